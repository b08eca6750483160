"""What needs us: at most five items over everything that was looked at, each a sentence, a small chart and a way to its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import streamlit as st

from commands import Refusal
from indicators.catalogue import find_indicator
from indicators.notable.late import list_late
from indicators.notable.ranking import LEVEL
from indicators.notable.scan import find_notable, select_figures_of
from indicators.result import Result
from indicators.selection import Selection
from journal.store import Entry
from settings import load_settings
from ui.blocks.take_away import note_shown
from ui.blocks.week.headlines import Headline, list_headlines, see_everybody
from ui.charts.component import Words, paint
from ui.charts.figures import label_all
from ui.charts.notable import draw_finding, draw_targets
from ui.charts.parts import list_rows
from ui.shell.notebook import open_shared_journal
from ui.shell.preparing import PREPARING
from ui.shell.refresh import watch
from ui.shell.session import View, fetch
from ui.words.attention import (
    TONES,
    Item,
    Standing,
    Tone,
    choose_items,
    judge_checks,
    judge_decisions,
    judge_late,
    judge_targets,
    tell_finding,
)
from ui.words.language import ENGLISH, find_language, gettext, ngettext, speak, speak_whole
from ui.words.numbers import escape_markdown, format_count, format_day, format_value

ACCENTS = {"light": "#0b5c66", "dark": "#6fc3cc"}
COLOURS: dict[Tone, Literal["orange", "blue", "gray"]] = {"concern": "orange", "good": "blue", "know": "gray"}
# The cards of the last row are as wide as there is room for: five leave no hole, and neither do four.
_STYLE = """<style>
.st-key-items [data-testid="stGrid"] { display: flex; flex-wrap: wrap; align-items: stretch; }
.st-key-items [data-testid="stGridCell"] { flex: 1 1 240px; display: grid; height: auto; }
</style>"""
EXPLORE = Path("pages/programme/explore.py")


def list_standings(headlines: Sequence[Headline]) -> list[Standing]:
    return [standing for one in headlines if (standing := one.standing) is not None]


def list_items(view: View, headlines: Sequence[Headline]) -> tuple[list[Item], list[Item]]:
    """What is told, and what else stands out; what does not come of looking through the figures, while that goes on."""
    found = find_notable(view.engine, view.scope)
    labels = label_all(view)
    findings = [
        tell_finding(row, find_indicator(view.engine, str(row["indicator"])), labels)
        for row in ([] if found is None else list_rows(found))
    ]
    today = datetime.now(ZoneInfo(load_settings().zone)).date()
    urgent = [
        judge_checks(view.release.manifest),
        judge_late(list_late(view.engine, view.scope), is_closed=view.scope.minimum > 0),
        judge_decisions(_list_decisions(), today),
        judge_targets(list_standings(headlines)),
    ]
    return choose_items(urgent, findings)


def _list_decisions() -> list[Entry]:
    try:
        return open_shared_journal().list_entries(kind="decision")
    except Refusal:
        return []


def show_items(view: View, seen: frozenset[str] | None) -> list[str]:
    """The items as cards; `seen` are the headings that this person was told before. Returns the headings that are shown."""
    with speak_whole():
        headlines = list_headlines(view)
        items, more = list_items(view, headlines)
    is_english = find_language() == ENGLISH
    kept = [one.heading for one in (*items, *more)] if is_english else _list_kept(view, headlines)
    is_waiting = find_notable(view.engine, view.scope) is None
    if not items and not is_waiting:
        st.markdown(
            gettext(
                "Nothing notable: no comparison stands out, no target is missed, nothing is due and nothing is late."
            )
        )
    st.html(_STYLE)
    with st.container(key="items"), st.grid(min_column_width=240, gap="small"):
        for place, item in enumerate(items):
            _show_item(view, headlines, item, place, is_unseen=seen is not None and kept[place] not in seen)
    _close_list(more, is_waiting=is_waiting)
    if is_waiting:
        _wait(view)
        return kept[: len(items)]
    return kept


def _list_kept(view: View, headlines: Sequence[Headline]) -> list[str]:
    """The headings as they are remembered: in English, whichever language they are read in."""
    with speak(ENGLISH):
        items, more = list_items(view, headlines)
    return [item.heading for item in (*items, *more)]


def _close_list(more: Sequence[Item], *, is_waiting: bool) -> None:
    """What else stands out, and how it was looked for."""
    title = ngettext("{more_things} that stands out", "{more_things} that stand out", len(more)).format(
        more_things=format_count(len(more), "more thing")
    )
    with st.expander(title) if more else st.container():
        for item in more:
            st.markdown(f"**{escape_markdown(item.heading)}.** {escape_markdown(item.sentence)}")
        if not is_waiting:
            st.caption(
                gettext(
                    "Every indicator that is watched, for every group, is looked at when a release goes live; what is told is beyond "
                    "chance with an error of {value} for all of them together (Benjamini and Yekutieli)."
                ).format(value=escape_markdown(format_value(LEVEL, "share")))
            )


@st.fragment
def _wait(view: View) -> None:
    """Until the figures have been looked through, say so, and then run the page again."""
    if find_notable(view.engine, view.scope) is not None:
        st.rerun()
    st.caption(
        PREPARING.say_progress(view.release.id)
        or gettext("The figures of this release are being looked through.")
    )
    watch("live-items")


def _show_item(view: View, headlines: Sequence[Headline], item: Item, place: int, *, is_unseen: bool) -> None:
    with st.container(key=f"item-{place}", border=True, gap="xsmall", height="stretch"):
        with st.container(horizontal=True, gap="small"):
            st.badge(gettext(TONES[item.tone]), color=COLOURS[item.tone])
            if is_unseen:
                st.badge(gettext("New to you"), color="green")
        st.subheader(escape_markdown(item.heading), anchor=False)
        st.markdown(escape_markdown(item.sentence))
        theme = str(st.context.theme.type)
        figure = _draw(view, headlines, item, ACCENTS.get(theme, ACCENTS["light"]))
        alt = gettext("Chart of {heading}. {sentence}").format(heading=item.heading, sentence=item.sentence)
        if figure is not None:
            paint(figure, alt, Words(), key=f"item-figure-{place}")
        if item.finding:
            # What leaves the page is on paper, whatever the theme of the page.
            paper = _draw(view, headlines, item, ACCENTS["light"]) if theme == "dark" else figure
            note_shown(
                _fetch_told(view, item), reading=item.sentence, label=item.heading, chart=paper, alt=alt
            )
            asked = _select(view, item)
            query = [("indicator", str(item.finding["indicator"])), *(("by", name) for name in asked.by)]
            query += [("grain", asked.grain)] if asked.grain else []
            since = (
                gettext(" · told since {day}").format(
                    day=format_day(datetime.fromisoformat(item.since).date())
                )
                if item.since and not item.is_new
                else ""
            )
            st.page_link(
                EXPLORE, label=gettext("See the figures{since}").format(since=since), query_params=query
            )


def _select(view: View, item: Item) -> Selection:
    """What is asked for the figures that an item was found in."""
    assert item.finding is not None
    indicator = find_indicator(view.engine, str(item.finding["indicator"]))
    return select_figures_of(indicator, str(item.finding["by"]))


def _fetch(view: View, item: Item) -> Result:
    """The figures that an item was found in."""
    asked, name = _select(view, item), str(item.finding["indicator"])
    return fetch(see_everybody(view), name, by=asked.by, period="all", grain=asked.grain)


def _fetch_told(view: View, item: Item) -> Result:
    """The figures that the chart of an item shows: of what is set side by side those of one time."""
    result = _fetch(view, item)
    if item.finding["kind"] not in ("rest", "change", "odds"):
        return result
    rows = result.table[result.table["period"] == item.finding["period"]]
    return replace(result, table=rows.reset_index(drop=True))


def _draw(view: View, headlines: Sequence[Headline], item: Item, accent: str) -> go.Figure | None:
    if item.finding:
        return draw_finding(item.finding, _fetch(view, item), label_all(view), accent)
    standings = list_standings(headlines)
    with speak_whole():
        is_of_targets = judge_targets(standings) == item
    return draw_targets(standings, accent) if is_of_targets else None
