"""What an analytic page is made of: a result as a chart or an empty state, and the choice of a breakdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from indicators.catalogue import find_indicator
from indicators.definition import MEASURE_DIMENSIONS
from indicators.result import Result
from indicators.selection import list_attributes, word_attribute
from ui.blocks.cards import show_card, show_chart, show_missing
from ui.charts.figures import chart_for, kind_for, label_all, series_for
from ui.shell.address import choose, pick
from ui.shell.session import View, fetch
from ui.words.language import gettext, gettext_noop, speak_whole
from ui.words.numbers import escape_markdown, format_period, name_dimension
from ui.words.surveys.reach import read_weighting

NO_BREAKDOWN = gettext_noop("None")
USUAL = "profession"


@dataclass(frozen=True)
class Panel:
    """A chart that a page can show: its indicator, the breakdown, and what else goes to `fetch`.

    `is_series` says that it is drawn as a control chart.
    """

    indicator_id: str
    by: tuple[str, ...] = ()
    asked: Mapping[str, object] = field(default_factory=dict)
    is_series: bool = False

    def show(self, view: View) -> None:
        """Fetch it and show it."""
        if self.is_series:
            show_series(view, self.indicator_id, **self.asked)  # type: ignore[arg-type]
        else:
            show_panel(view, self.indicator_id, by=self.by, **self.asked)


# What stands under a title: charts, ids of indicators that are cards, or whatever shows itself.
Topic = Sequence[Panel] | tuple[str, ...] | Callable[[], None]


def list_panels(*indicator_ids: str, by: Sequence[str] = (), **asked: object) -> tuple[Panel, ...]:
    """Charts of several indicators that are all asked for alike."""
    return tuple(Panel(name, tuple(by), asked) for name in indicator_ids)


def show_more(view: View, topics: Mapping[str, Topic]) -> None:
    """More on this: a button a title; what stands under one is counted and drawn when it is pressed, and no sooner."""
    title = pick(
        gettext("More on this"), list(topics), key="more", noun=gettext("topic"), format_func=gettext
    )
    if title is None:
        return
    topic = topics[title]
    if callable(topic):
        topic()
        return
    if cards := [one for one in topic if isinstance(one, str)]:
        show_cards(view, *cards)
    for panel in topic:
        if isinstance(panel, Panel):
            panel.show(view)


def show_by_group(view: View, *indicator_ids: str, **asked: object) -> None:
    """By group: a box of the members' attributes, none at first, and the indicators by the one that is chosen."""
    by = choose_breakdown(view)
    if by:
        for panel in list_panels(*indicator_ids, by=by, **asked):
            panel.show(view)


def show_panel(view: View, indicator_id: str, *, by: Sequence[str] = (), **asked: object) -> None:
    """Fetch an indicator and show it; what is missing is said instead. `asked` goes to `fetch`."""
    result = fetch(view, indicator_id, by=by, **asked)  # type: ignore[arg-type]
    asked_for = [f"{value}" for _, value in asked.get("where", ())[:1]]  # type: ignore[index]
    show_result(view, result, key="-".join([indicator_id, *by, *asked_for]))


def show_result(view: View, result: Result, *, key: str) -> None:
    """A result as its chart with sentence, table and passport, or what is missing."""
    if result.is_empty:
        show_missing(result)
        return
    shown = chart_for(view, result)
    show_chart(result, shown.figure, shown.reading, shown.alt, key=key)


def show_kind(view: View, kind: str, *results: Result, heading: str) -> None:
    """A chart of `ui.charts.kinds.KINDS` under the question that it answers, or what is missing.

    Notes are those of the first result; table, passport and what may be said are of each.
    """
    first = results[0]
    if first.is_empty:
        show_missing(first, heading)
        return
    shown = kind_for(view, kind, results)
    alt = f"{heading} {shown.alt}"
    others = {
        one.indicator.id: one for one in results if not one.is_empty and one.indicator != first.indicator
    }
    show_chart(
        first,
        shown.figure,
        shown.reading,
        alt,
        key=f"{kind}-{first.indicator.id}",
        heading=heading,
        beside=tuple(others.values()),
    )


def show_weighting(view: View, indicator_id: str, *, period: str | None) -> None:
    """What weighting would change, in one sentence; the figures behind it are those of the indicator."""
    result = fetch(view, indicator_id, period=period)
    if not result.is_empty:
        with speak_whole():
            said = escape_markdown(read_weighting(result, label_all(view)))
        st.markdown("**" + gettext("Would weighting change the picture?") + f"** {said}")


def show_series(view: View, indicator_id: str, *, grain: str = "", **asked: object) -> None:
    """An indicator over many periods as a control chart: what is signal, and what is noise."""
    show_answer(view, fetch(view, indicator_id, grain=grain, **asked), key=f"{indicator_id}-{grain}")  # type: ignore[arg-type]


def show_answer(view: View, result: Result, *, key: str) -> None:
    """A result as what suits it: a control chart where it is one series, else the chart of its kind."""
    is_series = bool(result.selection.grain) or result.indicator.axis != "period"
    if not is_series or result.is_empty or set(result.telling) - {result.indicator.axis}:
        show_result(view, result, key=key)
        return
    shown = series_for(view, result)
    show_chart(result, shown.figure, shown.reading, shown.alt, key=key)


def show_cards(view: View, *indicator_ids: str, **asked: object) -> None:
    """Indicators as cards side by side, or as charts where one has several figures in its latest period. `asked` goes to `fetch`."""
    results = [fetch(view, name, **asked) for name in indicator_ids]  # type: ignore[arg-type]
    if all(result.table["period"].eq(result.table["period"].iloc[-1]).sum() == 1 for result in results):
        with st.grid(min_column_width=190, gap="medium"):
            for result in results:
                period = format_period(str(result.table["period"].iloc[-1]), label_all(view))
                show_card(result, note="" if period == format_period("all") or result.is_empty else period)
        return
    for result in results:
        show_result(view, result, key=result.indicator.id)


def keep_latest(result: Result) -> str | None:
    """The latest period of a result that has data; None when there is none."""
    known = result.table[result.table["status"] != "no_data"]
    return None if known.empty else str(known["period"].iloc[-1])


def choose_breakdown(view: View) -> tuple[str, ...]:
    """The dimension of members to break figures down by, kept in the URL as `by`."""
    options = [
        NO_BREAKDOWN,
        *(name for name in list_attributes(view.engine) if name not in MEASURE_DIMENSIONS),
    ]
    chosen = choose(
        gettext("Break down by"),
        options,
        format_func=lambda name: gettext(name) if name == NO_BREAKDOWN else name_dimension(name),
        key="by",
        noun=gettext("breakdown"),
        width=280,
    )
    return () if chosen == NO_BREAKDOWN else (chosen,)


def list_groupings(view: View) -> list[str]:
    """The attributes by which members can be described."""
    return [name for name in list_attributes(view.engine) if name not in MEASURE_DIMENSIONS]


def choose_attribute(view: View, first: str = USUAL, label: str = "") -> str | None:
    """The dimension of members to describe them by, kept in the URL as `attribute`; None where there is none."""
    options = list_groupings(view)
    if not options:
        return None
    return choose(
        label or gettext("Describe by"),
        options,
        index=options.index(first) if first in options else 0,
        format_func=name_dimension,
        key="attribute",
        noun=gettext("group to describe by"),
        width=280,
    )


def choose_parameter(view: View, indicator_id: str, name: str) -> tuple[tuple[str, str], ...]:
    """A value of an indicator's parameter, kept in the URL under the parameter's name, as settings for `fetch`.

    Where the record is too short for the default, the value nearest to it that gives a figure is chosen at first.
    """
    indicator = find_indicator(view.engine, indicator_id)
    parameter = next(one for one in indicator.parameters if one.name == name)
    ordered = [parameter.default, *(one for one in parameter.reasonable[::-1] if one != parameter.default)]
    first = next((one for one in ordered if not _is_silent(view, indicator_id, name, one)), parameter.default)
    value = choose(
        gettext(parameter.meaning),
        parameter.reasonable,
        index=parameter.reasonable.index(first),
        format_func=lambda one: (
            gettext("{value} (usual)").format(value=gettext(one))
            if one == parameter.default
            else gettext(one)
        ),
        key=name,
        noun=gettext("value of {name}").format(name=word_attribute(name)),
        width=280,
    )
    return () if value == parameter.default else ((name, value),)


def _is_silent(view: View, indicator_id: str, name: str, value: str) -> bool:
    return fetch(view, indicator_id, settings=((name, value),)).is_empty
