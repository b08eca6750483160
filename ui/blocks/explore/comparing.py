"""Two groups or two periods of the figure on show, and their difference with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from indicators.comparison import PERIOD, compare_two, list_comparable
from indicators.result import Result
from ui.charts.figures import label_all
from ui.shell.address import choose
from ui.shell.session import View, fetch
from ui.words.differences import describe_differences, tell_difference
from ui.words.language import gettext, gettext_noop, speak_whole
from ui.words.numbers import escape_markdown, format_period, name_dimension

NOTHING = gettext_noop("Nothing")


@dataclass(frozen=True)
class Pair:
    """Two values of a dimension of a figure, or two of its periods."""

    dimension: str
    first: str
    second: str


def choose_pair(view: View, result: Result) -> Pair | None:
    """Boxes for two of the result's groups or periods; None where none is asked for, or there are not two."""
    offered = list_comparable(result)
    if not offered:
        return None
    labels = dict(result.name_items(label_all(view)))
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        dimension = choose(
            gettext("Compare two of"),
            [NOTHING, *offered],
            key="compare",
            noun=gettext("comparison"),
            format_func=_name,
            width=200,
        )
        if dimension == NOTHING:
            return None

        def name(value: str) -> str:
            return labels.get(value, format_period(value) if dimension == PERIOD else value)

        values = offered[dimension]
        first = choose(
            _name(dimension), values, key="first", index=len(values) - 1, format_func=name, width=240
        )
        rest = [one for one in values if one != first]
        second = choose(
            gettext("with"),
            rest,
            key="second",
            noun=gettext("second of the two"),
            format_func=name,
            width=240,
        )
    return Pair(dimension, first, second)


def narrow(view: View, result: Result, pair: Pair) -> Result:
    """The result of the two groups alone; as it is where two periods are compared, or it cannot be asked for so."""
    selection = result.selection
    if pair.dimension not in selection.by:
        return result
    others = [one for one in selection.where if one[0] != pair.dimension and one not in view.filters]
    two = [(pair.dimension, pair.first), (pair.dimension, pair.second)]
    return fetch(
        view,
        result.indicator.id,
        by=selection.by,
        where=[*others, *two],
        period=selection.period,
        grain=selection.grain,
        settings=selection.settings,
    )


def show_pair(view: View, result: Result, pair: Pair) -> None:
    """What lies between the two."""
    table = compare_two(result, pair.dimension, pair.first, pair.second)
    if table.empty:
        st.markdown(gettext("The two have no row in common: choose two others."))
        return
    with speak_whole():
        told = tell_difference(result, table, *_name_pair(view, result, pair))
    st.markdown(f"**{escape_markdown(told)}**")
    if len(table) > 1:
        labels = dict(result.name_items(label_all(view)))
        named = _name_pair(view, result, pair)
        st.table(describe_differences(result, table, *named, labels), hide_index=True)
    if pair.dimension == PERIOD and result.indicator.is_interval:
        st.caption(
            gettext(
                "The interval holds for two samples that have nobody in common. Where the same people are in both it is too wide: the "
                "indicators of change within the panel are made for that."
            )
        )


def _name_pair(view: View, result: Result, pair: Pair) -> tuple[str, str]:
    labels = result.name_items(label_all(view))
    first, second = (
        labels.get(one, format_period(one) if pair.dimension == PERIOD else one)
        for one in (pair.first, pair.second)
    )
    return first, second


def _name(dimension: str) -> str:
    return gettext(dimension) if dimension == NOTHING else name_dimension(dimension)
