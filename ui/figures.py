"""Figures and labels of the release on show, made once for each result and shared between sessions."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from indicators.disclosure import Scope
from indicators.result import Result
from indicators.selection import Selection
from ui.charts import draw
from ui.session import View
from ui.timeline import label_waves
from warehouse.engine import Engine

INKS = {"light": "#0d191d", "dark": "#e6ecec"}


def figure_for(view: View, result: Result) -> go.Figure:
    """The figure of a result in the viewer's light or dark; read only, because sessions share it."""
    ink = INKS.get(str(st.context.theme.type), "")
    path, name = str(view.release.path), result.indicator.id
    return _draw(path, name, result.selection, view.scope, ink, result, label_all(view))


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
    figure = draw(_result, _labels)
    if ink:
        figure.update_layout(font_color=ink, legend_font_color=ink).update_annotations(font_color=ink)
        figure.update_xaxes(tickfont_color=ink, title_font_color=ink).update_yaxes(tickfont_color=ink)
    return figure


def label_all(view: View) -> dict[str, str]:
    """Names for readers of waves and items, by id."""
    return {**item_texts(view), **label_waves(view)}


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
