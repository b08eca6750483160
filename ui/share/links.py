"""The links on the Share page: how each stands, what can be done with it, and its receipts by day."""

from __future__ import annotations

from datetime import date, timedelta

import plotly.graph_objects as go
import streamlit as st

from settings import load_settings
from sharing.sealing.preflight import revoke_link, say_count
from sharing.store.links import ENDED, LATEST, Link, Links
from ui.blocks.cards import show_rows
from ui.charts.component import Words, paint
from ui.charts.parts import finish
from ui.words.numbers import escape_markdown, format_day

HEIGHT = 150
LEAST_DAYS, MOST_DAYS = 29, 90
DAY = 24 * 3600 * 1000


def show_links(links: Links) -> None:
    """Every link in use with its buttons, then those that have ended in one table."""
    every = links.list_links()
    in_use = [link for link in every if link.status not in ENDED]
    ended = [link for link in every if link.status in ENDED]
    st.header("Links", anchor=False)
    if not every:
        st.markdown("Nothing has been shared yet.")
    elif not in_use:
        st.markdown("No link is in use.")
    for link in in_use:
        _show_link(links, link)
    if ended:
        with st.expander(f"{say_count(len(ended), 'link')} that ended"):
            show_rows([_list_ended(link) for link in ended])


def describe_link(link: Link) -> str:
    """How a link stands, in one line: "Live · until 3 May 2026 · opened 2 of 5 times · follows the latest release"."""
    most = f" of {link.max_views}" if link.max_views else ""
    parts = [
        link.status.capitalize(),
        f"until {format_day(link.expires_at.date())}",
        f"opened {link.views}{most} {'time' if link.views == 1 and not most else 'times'}",
        "follows the latest release" if link.release_id == LATEST else f"release {link.release_id}",
        f"sleeps after {say_count(link.sleep_days, 'day')} unopened",
    ]
    return " · ".join([*parts, *(["password"] if link.has_password else []), link.id])


def draw_receipts(days: list[tuple[date, int]]) -> go.Figure:
    """Opens by day, as small bars, over at least a month."""
    figure = go.Figure(
        go.Bar(
            x=[day.isoformat() for day, _ in days],
            width=0.8 * DAY,
            y=[count for _, count in days],
            text=[f"{format_day(day)}: opened {count}" for day, count in days],
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
            st.markdown(escape_markdown(f"Figures restated since {format_day(link.restated_on)}: {titles}."))
        _show_state_button(links, link)
        _show_revoking(links, link)
        if link.views:
            _show_receipts(links, link)


def _show_state_button(links: Links, link: Link) -> None:
    if link.status == "live":
        if st.button("Pause", key=f"share_pause_{link.id}", help="Stops every page opened through it."):
            links.pause_link(link.id)
            st.rerun()
    else:
        name = "Wake" if link.status == "asleep" else "Resume"
        if st.button(name, key=f"share_resume_{link.id}"):
            links.resume_link(link.id)
            st.rerun()


def _show_revoking(links: Links, link: Link) -> None:
    """The second press stands right after the first: what pops over a page is the last that Tab comes to."""
    with st.expander("Revoke", key=f"share_revoke_{link.id}"):
        st.markdown("It stops for good, pages that are open close, and what was sealed is deleted.")
        if st.button("Revoke for good", key=f"share_revoke_now_{link.id}"):
            revoke_link(load_settings().data, links, link.id)
            st.rerun()


def _show_receipts(links: Links, link: Link) -> None:
    days = links.count_opens(link.id)[-MOST_DAYS:]
    opened = [f"{format_day(day)}: {count}" for day, count in days if count]
    alt = f"Opens of {link.label} by day. " + "; ".join(opened or ["None in the last 90 days"])
    st.caption("Opened, by day. Who opened it is not kept.")
    paint(draw_receipts(days), alt, Words(), key=f"share_receipts_{link.id}")


def _list_ended(link: Link) -> dict[str, object]:
    return {
        "For whom": link.label,
        "How": link.status,
        "Until": format_day((link.revoked_at or link.expires_at).date()),
        "Opened": link.views,
        "Id": link.id,
    }
