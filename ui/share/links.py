"""The links on the Share page: how each stands, what can be done with it, and its receipts by day."""

from __future__ import annotations

from datetime import date, timedelta

import plotly.graph_objects as go
import streamlit as st

from settings import load_settings
from sharing.sealing.preflight import revoke_link
from sharing.store.links import ENDED, LATEST, Link, Links
from ui.blocks.cards import show_rows
from ui.charts.component import Words, paint
from ui.charts.parts import finish
from ui.words.language import gettext, ngettext
from ui.words.numbers import escape_markdown, format_count, format_day

HEIGHT = 150
LEAST_DAYS, MOST_DAYS = 29, 90
DAY = 24 * 3600 * 1000


def show_links(links: Links) -> None:
    """Every link in use with its buttons, then those that have ended in one table."""
    every = links.list_links()
    in_use = [link for link in every if link.status not in ENDED]
    ended = [link for link in every if link.status in ENDED]
    st.header(gettext("Links"), anchor=False)
    if not every:
        st.markdown(gettext("Nothing has been shared yet."))
    elif not in_use:
        st.markdown(gettext("No link is in use."))
    for link in in_use:
        _show_link(links, link)
    if ended:
        with st.expander(gettext("{links} that ended").format(links=format_count(len(ended), "link"))):
            show_rows([_list_ended(link) for link in ended])


def describe_link(link: Link) -> str:
    """How a link stands, in one line: "Live · until 3 May 2026 · opened 2 of 5 times · follows the latest release"."""
    opened = (
        gettext("opened {views} of {most} times")
        if link.max_views
        else ngettext("opened {views} time", "opened {views} times", link.views)
    ).format(views=link.views, most=link.max_views)
    parts = [
        gettext(link.status.capitalize()),
        gettext("until {day}").format(day=format_day(link.expires_at.date())),
        opened,
        gettext("follows the latest release")
        if link.release_id == LATEST
        else gettext("release {release}").format(release=link.release_id),
        gettext("sleeps after {days} unopened").format(days=format_count(link.sleep_days, "day")),
    ]
    return " · ".join([*parts, *([gettext("password")] if link.has_password else []), link.id])


def draw_receipts(days: list[tuple[date, int]]) -> go.Figure:
    """Opens by day, as small bars, over at least a month."""
    figure = go.Figure(
        go.Bar(
            x=[day.isoformat() for day, _ in days],
            width=0.8 * DAY,
            y=[count for _, count in days],
            text=[
                gettext("{day}: opened {count}").format(day=format_day(day), count=count)
                for day, count in days
            ],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    )
    most = max((count for _, count in days), default=0)
    figure.update_yaxes(rangemode="tozero", tickvals=[0, most], fixedrange=True)
    last = days[-1][0]
    first = min(days[0][0], last - timedelta(days=LEAST_DAYS))
    ends = [f"{first - timedelta(days=1)}T12:00", f"{last}T12:00"]
    figure.update_xaxes(range=ends, fixedrange=True)
    return finish(figure, HEIGHT)


def _show_link(links: Links, link: Link) -> None:
    with st.container(border=True, key=f"share_link_{link.id}"):
        st.subheader(escape_markdown(link.label), anchor=False)
        st.caption(escape_markdown(describe_link(link)))
        if link.restated_on:
            titles = ", ".join(link.restated)
            st.markdown(
                escape_markdown(
                    gettext("Figures restated since {day}: {titles}.").format(
                        day=format_day(link.restated_on), titles=titles
                    )
                )
            )
        _show_state_button(links, link)
        _show_revoking(links, link)
        if link.views:
            _show_receipts(links, link)


def _show_state_button(links: Links, link: Link) -> None:
    if link.status == "live":
        if st.button(
            gettext("Pause"),
            key=f"share_pause_{link.id}",
            help=gettext("Stops every page opened through it."),
        ):
            links.pause_link(link.id)
            st.rerun()
    else:
        name = gettext("Wake") if link.status == "asleep" else gettext("Resume")
        if st.button(name, key=f"share_resume_{link.id}"):
            links.resume_link(link.id)
            st.rerun()


def _show_revoking(links: Links, link: Link) -> None:
    """The second press stands right after the first: what pops over a page is the last that Tab comes to."""
    with st.expander(gettext("Revoke"), key=f"share_revoke_{link.id}"):
        st.markdown(gettext("It stops for good, pages that are open close, and what was sealed is deleted."))
        if st.button(gettext("Revoke for good"), key=f"share_revoke_now_{link.id}"):
            revoke_link(load_settings().data, links, link.id)
            st.rerun()


def _show_receipts(links: Links, link: Link) -> None:
    days = links.count_opens(link.id)[-MOST_DAYS:]
    opened = [f"{format_day(day)}: {count}" for day, count in days if count]
    alt = gettext("Opens of {label} by day. ").format(label=link.label) + "; ".join(
        opened or [gettext("None in the last 90 days")]
    )
    st.caption(gettext("Opened, by day. Who opened it is not kept."))
    paint(draw_receipts(days), alt, Words(), key=f"share_receipts_{link.id}")


def _list_ended(link: Link) -> dict[str, object]:
    return {
        gettext("For whom"): link.label,
        gettext("How"): gettext(link.status),
        gettext("Until"): format_day((link.revoked_at or link.expires_at).date()),
        gettext("Opened"): link.views,
        gettext("Id"): link.id,
    }
