"""Which figure is looked at: every choice is in the address, under the names that the command line has."""

from __future__ import annotations

import streamlit as st

from commands import Refusal
from indicators.catalogue import find_indicator, list_indicators
from indicators.definition import Indicator
from indicators.result import Result
from indicators.selection import list_attributes, word_attribute
from ui.blocks.panels import NO_BREAKDOWN, keep_latest
from ui.charts.figures import label_all, list_all_items, list_constructs
from ui.shell.address import ALL, choose, choose_by_id, read_all
from ui.shell.session import View, fetch, say_refusal
from ui.shell.timeline import label_waves
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import name_dimension, shorten

USUAL = "response_rate_rr1"
WHOLE = gettext_noop("One figure")
MOST_DRAWN = 40
GRAIN_WORDS = {
    "year": gettext_noop("Year"),
    "quarter": gettext_noop("Quarter"),
    "month": gettext_noop("Month"),
    "week": gettext_noop("Week"),
}


def ask_result(view: View) -> Result | None:
    """The figure that the boxes ask for; None, and why in a sentence, where there can be none."""
    known = list_indicators(list_attributes(view.engine))
    ids = list(known)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen = choose_by_id(
            gettext("Figure"),
            ids,
            key="indicator",
            index=ids.index(USUAL),
            format_func=lambda one: f"{gettext(known[one].title)} · {one}",
            filter_mode="contains",
            width=460,
        )
        indicator = find_indicator(view.engine, chosen)
        by = _choose_by(view, indicator)
        grain = _choose_grain(indicator)
        wave = _choose_wave(view, indicator)
        only = _choose_measure(view, indicator)
        settings = _choose_settings(indicator)
    where = (*only, *_read_where())
    try:
        return fetch(view, chosen, by=by, where=where, period=wave or None, grain=grain, settings=settings)
    except Refusal as fault:
        st.warning(say_refusal(fault))
        return None


def _choose_by(view: View, indicator: Indicator) -> tuple[str, ...]:
    """The dimensions to break down by: one, and for whoever sees rows a second."""
    attributes = [] if indicator.is_whole else list_attributes(view.engine)
    options = [NO_BREAKDOWN, *attributes, *indicator.breakdowns]
    if len(options) == 1:
        return ()
    first = choose(
        gettext("Break down by"), options, key="by", noun=gettext("breakdown"), format_func=_name, width=200
    )
    if first == NO_BREAKDOWN:
        return ()
    others = [one for one in options if one != first]
    if view.scope.minimum or len(others) == 1:
        return (first,)
    second = choose(
        gettext("and by"), others, key="and", noun=gettext("second breakdown"), format_func=_name, width=200
    )
    return (first,) if second == NO_BREAKDOWN else (first, second)


def _choose_grain(indicator: Indicator) -> str:
    offered = [one for one in indicator.grains if one in GRAIN_WORDS]
    if not offered:
        return ""
    chosen = choose(
        gettext("For each"),
        [WHOLE, *offered],
        key="grain",
        noun=gettext("step of time"),
        format_func=lambda one: gettext(GRAIN_WORDS.get(one, one)),
        width=150,
    )
    return "" if chosen == WHOLE else chosen


def _choose_wave(view: View, indicator: Indicator) -> str:
    if indicator.time_axis != "wave":
        return ""
    labels = label_waves(view)
    chosen = choose(
        gettext("Wave"), [ALL, *labels], key="wave", format_func=lambda one: labels.get(one, one), width=200
    )
    return "" if chosen == ALL else chosen


def _choose_measure(view: View, indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """One construct or item, of figures that have a row for each."""
    listed = {"construct": list_constructs, "item": list_all_items}
    name = next((one for one in indicator.measures if one in listed), "")
    if not name:
        return ()
    texts = label_all(view)
    values = [ALL, *listed[name](view)]
    chosen = choose(
        name_dimension(name),
        values,
        key=name,
        format_func=lambda one: shorten(texts.get(one, one)),
        width=300,
    )
    return () if chosen == ALL else ((name, chosen),)


def draw_whole(view: View, result: Result) -> Result:
    """The result, or where its rows would make a wall of a chart those of its latest period alone, which is said."""
    latest = keep_latest(result)
    if len(result.table) <= MOST_DRAWN or latest is None or result.indicator.estimator == "survival":
        return result
    selection = result.selection
    if result.indicator.time_axis != "wave" or selection.period == latest:
        return result
    st.caption(
        gettext("Of {waves} waves the latest is drawn: choose a wave for another.").format(
            waves=result.table["period"].nunique()
        )
    )
    where = [one for one in selection.where if one not in view.filters]
    return fetch(
        view, result.indicator.id, by=selection.by, where=where, period=latest, settings=selection.settings
    )


def _choose_settings(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """Other values of what its definition could reasonably say otherwise."""
    if not indicator.parameters:
        return ()
    chosen = []
    with st.popover(
        gettext("Definition"), help=gettext("What its definition could reasonably say otherwise")
    ):
        for one in indicator.parameters:
            value = choose(
                gettext("{meaning}: {default} by default").format(
                    meaning=gettext(one.meaning), default=gettext(one.default)
                ),
                one.reasonable,
                index=one.reasonable.index(one.default),
                format_func=gettext,
                key=one.name,
                noun=gettext("value of {name}").format(name=word_attribute(one.name)),
                width=300,
            )
            if value != one.default:
                chosen.append((one.name, value))
    return tuple(chosen)


def _read_where() -> tuple[tuple[str, str], ...]:
    """Further values that the address picks, as `where=item=ATT1`: those of a chart that was cited."""
    asked = [text.partition("=") for text in read_all("where")]
    pairs = tuple((name.strip(), value.strip()) for name, sign, value in asked if sign)
    if pairs:
        st.caption(
            gettext("Only ")
            + ", ".join(f"{name_dimension(name, is_within=True)} {value}" for name, value in pairs)
        )
    return pairs


def _name(dimension: str) -> str:
    return gettext(dimension) if dimension == NO_BREAKDOWN else name_dimension(dimension)
