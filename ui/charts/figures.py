"""Figures and labels of the release on show, made once for each result and shared between sessions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from indicators.statistics.spc import Rebase, make_chart
from indicators.targets import find_series_target, find_shown_target
from ui.charts.control.drawing import draw_spc
from ui.charts.control.noted import Happenings, choose_notes, choose_rebases
from ui.charts.control.reading import read_spc
from ui.charts.kinds import KINDS, draw
from ui.shell.notebook import list_notes
from ui.shell.once import Once
from ui.shell.session import View
from ui.shell.timeline import label_waves, list_events
from ui.words.numbers import MONTHS, format_day
from ui.words.readings import read_result

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
KINDS_OF_ACTIVITY = {
    "coffee_matched": "Coffee trial: matched",
    "coffee_met": "Coffee trial: met",
    "coffee_trial": "Coffee trial: joined",
    "download": "Downloaded something",
    "exchange_idea": "Funding round: idea",
    "exchange_submitted": "Funding round: submitted",
    "exchange_shortlisted": "Funding round: shortlisted",
    "exchange_funded": "Funding round: funded",
    "group_call": "Call of a group",
    "group_meeting": "Meeting of a group",
    "post": "Wrote a post",
    "site_visit": "Visited another site",
}


@dataclass(frozen=True)
class Shown:
    """What a chart shows of the rows of its results: its figure, its sentence, and what people are told who do not see it.

    Read only: sessions share it.
    """

    rows: tuple[pd.DataFrame, ...]
    figure: go.Figure
    reading: str
    alt: str


_SHOWN: Once[Shown] = Once(800)
_LABELS: Once[dict[str, str]] = Once(2)


def chart_for(view: View, result: Result) -> Shown:
    """The chart of a result, made once for its release, selection and scope."""
    return _keep(view, (result,), (), lambda: _make_chart(view, result))


def kind_for(view: View, kind: str, results: Sequence[Result]) -> Shown:
    """A chart of `ui.charts.kinds.KINDS`, of one result or several."""
    return _keep(view, results, kind, lambda: _make_kind(view, kind, results))


def series_for(view: View, result: Result) -> Shown:
    """The control chart of a series, with the journal's new baselines and notes, the programme's events and its target."""
    entries = list_notes(result.indicator.id)
    rebases, notes = tuple(choose_rebases(result, entries)), tuple(choose_notes(result, entries))
    how = ("series", rebases, notes)
    return _keep(view, (result,), how, lambda: _make_series(view, result, rebases, notes))


def _keep(view: View, results: Sequence[Result], how: Hashable, make: Callable[[], Shown]) -> Shown:
    """What is shown of all rows of some results is kept; of some of their rows it is made each time."""
    asked = tuple((result.indicator.id, result.selection) for result in results)
    kept = _SHOWN.get(view.engine, (asked, view.scope, how), make)
    is_whole = all(one is result.table for one, result in zip(kept.rows, results, strict=True))
    return kept if is_whole else make()


def _make_chart(view: View, result: Result) -> Shown:
    labels = label_all(view)
    reading = read_result(result, labels)
    return Shown(
        (result.table,), draw(result, labels), reading, f"Chart of {result.indicator.title}. {reading}"
    )


def _make_kind(view: View, kind: str, results: Sequence[Result]) -> Shown:
    made, labels = KINDS[kind], label_all(view)
    aim = {"target": find_shown_target(view.engine, results[0])} if made.has_target else {}
    figure, reading = made.draw(results, labels, **aim), made.read(results, labels, **aim)
    return Shown(tuple(result.table for result in results), figure, reading, reading)


def _make_series(view: View, result: Result, rebases: Sequence[Rebase], notes: Happenings) -> Shown:
    chart = make_chart(result, list(rebases), find_series_target(view.engine, result))
    labels = label_all(view)
    reading = read_spc(result, chart, labels)
    alt = f"Control chart of {result.indicator.title}. {reading}"
    events = [(day, labels.get(event, event)) for event, day in list_events(view).items()]
    return Shown((result.table,), draw_spc(result, chart, labels, notes, events), reading, alt)


def label_all(view: View) -> dict[str, str]:
    """Names for readers of waves, items, events, dispositions and kinds of activity, by id. Read only."""
    return _LABELS.get(
        view.engine,
        "all",
        lambda: {**WORDS, **_name_codes(view), **item_texts(view), **label_waves(view)},
    )


def _name_codes(view: View) -> dict[str, str]:
    """Kinds of activity in words, and events by title and day; where several have both, or an id, they stay with their code."""
    kinds = view.engine.query(
        "SELECT DISTINCT kind FROM activities WHERE regexp_full_match(kind, '[a-z0-9_]+')"
    )
    names = {
        str(kind): KINDS_OF_ACTIVITY.get(str(kind), str(kind).replace("_", " ").capitalize())
        for kind in kinds["kind"]
    }
    events = view.engine.query(
        """SELECT e.event_id, e.title, d.on_date FROM events e JOIN event_days d USING (event_id)
        QUALIFY count(*) OVER (PARTITION BY e.title, d.on_date) = 1 AND count(*) OVER (PARTITION BY e.event_id) = 1"""
    )
    for event, title, day in zip(events["event_id"], events["title"], events["on_date"], strict=True):
        names[str(event)] = _name_event(str(title), day.date())
    return names


def _name_event(title: str, day: date) -> str:
    """An event by its title and day, of which the month is not said twice."""
    month = f" {MONTHS[day.month - 1]} {day.year}"
    return f"{title.removesuffix(month)}, {format_day(day)}"


def item_texts(view: View) -> dict[str, str]:
    """The question of each item, by item id. Read only."""
    return _LABELS.get(view.engine, "items", lambda: _item_texts(view))


def _item_texts(view: View) -> dict[str, str]:
    items = view.engine.query("SELECT item_id, min(text) AS text FROM items GROUP BY item_id")
    return {str(item): str(text) for item, text in zip(items["item_id"], items["text"], strict=True)}


def list_items(view: View, kind: str, construct: str = "") -> list[str]:
    """Ids of the items of a kind, of one construct or of all."""
    items = view.engine.query(
        "SELECT DISTINCT item_id FROM items WHERE kind = ? AND (? = '' OR construct = ?) ORDER BY item_id",
        [kind, construct, construct],
    )
    return [str(item) for item in items["item_id"]]


def list_all_items(view: View) -> list[str]:
    """Ids of the items with answers of a scale."""
    return [item for kind in ("likert", "nps") for item in list_items(view, kind)]


def list_constructs(view: View) -> list[str]:
    """The constructs of the codebook."""
    found = view.engine.query(
        "SELECT DISTINCT construct FROM items WHERE construct IS NOT NULL ORDER BY construct"
    )
    return [str(construct) for construct in found["construct"]]
