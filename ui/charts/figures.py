"""Figures and labels of the release on show, made once for each result and shared between sessions."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from indicators.gate.disclosure import Scope
from indicators.result import Result
from indicators.selection import Selection
from indicators.statistics.spc import make_chart
from indicators.targets import find_series_target, find_shown_target
from ui.charts.control import choose_rebases, draw_spc, read_spc
from ui.charts.kinds import KINDS, draw
from ui.charts.parts import INKS, write_in
from ui.shell.notebook import list_notes
from ui.shell.session import View
from ui.shell.timeline import label_waves
from warehouse.engine import Engine

WORDS = {
    "complete": "Complete",
    "partial": "Partial",
    "refused": "Refused",
    "non_contact": "No contact",
    "other": "Other",
    "unknown_eligibility": "Eligibility unknown",
    "ineligible": "Ineligible",
    "003": "003 (no ties)",
    "012": "012 (one tie)",
    "102": "102 (one mutual pair)",
    "021D": "021D (one names both others)",
    "021U": "021U (both others name one)",
    "021C": "021C (a chain of two)",
    "111D": "111D (a mutual pair, one of whom a third names)",
    "111U": "111U (a mutual pair, one of whom names a third)",
    "030T": "030T (transitive)",
    "030C": "030C (a cycle)",
    "201": "201 (two mutual pairs)",
    "120D": "120D (a mutual pair that a third names)",
    "120U": "120U (a mutual pair that names a third)",
    "120C": "120C (a mutual pair with a chain through a third)",
    "210": "210 (all but one of the ties)",
    "300": "300 (all ties)",
}


def figure_for(view: View, result: Result) -> go.Figure:
    """The figure of a result in the viewer's light or dark; read only, because sessions share it."""
    ink = INKS.get(str(st.context.theme.type), "")
    path, name = str(view.release.path), result.indicator.id
    return _draw(path, name, result.selection, view.scope, ink, result, label_all(view))


def series_for(view: View, result: Result) -> tuple[go.Figure, str]:
    """The control chart of a series, with the journal's new baselines and the programme's target, and what it says."""
    rebases = choose_rebases(result, list_notes(result.indicator.id))
    chart = make_chart(result, rebases, find_series_target(view.engine, result))
    labels = label_all(view)
    return _ink(draw_spc(result, chart, labels)), read_spc(result, chart, labels)


@st.cache_resource(max_entries=400, show_spinner=False)
def _draw(
    path: str,
    indicator_id: str,
    selection: Selection,
    scope: Scope,
    ink: str,
    _result: Result,
    _labels: dict[str, str],
) -> go.Figure:
    return _ink(draw(_result, _labels), ink)


def kind_for(view: View, kind: str, results: Sequence[Result]) -> tuple[go.Figure, str]:
    """A chart of `ui.charts.kinds.KINDS`, of one result or several, and what it says."""
    ink = INKS.get(str(st.context.theme.type), "")
    target = find_shown_target(view.engine, results[0])
    asked = tuple((result.indicator.id, result.selection) for result in results)
    return _make_kind(str(view.release.path), kind, asked, view.scope, ink, target, results, label_all(view))


@st.cache_resource(max_entries=400, show_spinner=False)
def _make_kind(
    path: str,
    kind: str,
    asked: tuple[tuple[str, Selection], ...],
    scope: Scope,
    ink: str,
    target: float | None,
    _results: Sequence[Result],
    _labels: dict[str, str],
) -> tuple[go.Figure, str]:
    made = KINDS[kind]
    return _ink(made.draw(_results, _labels, target), ink), made.read(_results, _labels, target)


def _ink(figure: go.Figure, ink: str | None = None) -> go.Figure:
    """The words of a figure in the ink of the viewer's light or dark."""
    ink = INKS.get(str(st.context.theme.type), "") if ink is None else ink
    return write_in(figure, ink)


def label_all(view: View) -> dict[str, str]:
    """Names for readers of waves, items, events, dispositions and kinds of activity, by id."""
    return {
        **WORDS,
        **_name_codes(str(view.release.path), view.engine),
        **item_texts(view),
        **label_waves(view),
    }


@st.cache_resource(max_entries=3, show_spinner=False)
def _name_codes(path: str, _engine: Engine) -> dict[str, str]:
    """Kinds of activity in words, and the titles of events; a title that several have stays with its code."""
    kinds = _engine.query("SELECT DISTINCT kind FROM activities WHERE regexp_full_match(kind, '[a-z0-9_]+')")
    names = {str(kind): str(kind).replace("_", " ").capitalize() for kind in kinds["kind"]}
    events = _engine.query(
        """SELECT event_id, title FROM events
        QUALIFY count(*) OVER (PARTITION BY title) = 1 AND count(*) OVER (PARTITION BY event_id) = 1"""
    )
    return names | dict(zip(events["event_id"].astype(str), events["title"].astype(str), strict=True))


def item_texts(view: View) -> dict[str, str]:
    """The question of each item, by item id."""
    return _item_texts(str(view.release.path), view.engine)


@st.cache_resource(max_entries=3, show_spinner=False)
def _item_texts(path: str, _engine: Engine) -> dict[str, str]:
    items = _engine.query("SELECT item_id, min(text) AS text FROM items GROUP BY item_id")
    return {str(item): str(text) for item, text in zip(items["item_id"], items["text"], strict=True)}


def list_items(view: View, kind: str, construct: str = "") -> list[str]:
    """Ids of the items of a kind, of one construct or of all."""
    items = view.engine.query(
        "SELECT DISTINCT item_id FROM items WHERE kind = ? AND (? = '' OR construct = ?) ORDER BY item_id",
        [kind, construct, construct],
    )
    return [str(item) for item in items["item_id"]]


def list_constructs(view: View) -> list[str]:
    """The constructs of the codebook."""
    found = view.engine.query(
        "SELECT DISTINCT construct FROM items WHERE construct IS NOT NULL ORDER BY construct"
    )
    return [str(construct) for construct in found["construct"]]
