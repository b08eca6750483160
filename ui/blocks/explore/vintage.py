"""A figure as an earlier release gave it, and what has changed since."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from commands import Refusal
from indicators.result import Result
from indicators.vintages import list_causes, list_changed
from ui.charts.figures import label_all
from ui.shell.address import RELEASE, read_all
from ui.shell.session import View, fetch, open_engine
from ui.words.language import gettext, speak_whole
from ui.words.numbers import escape_markdown
from ui.words.origin.vintages import tell_causes, tell_change, tell_definition

MOST_LINES = 8


def reopen(view: View) -> View:
    """The view on the release that the address names, or on the live one where it names none or one that is not kept."""
    asked = [one for one in read_all(RELEASE) if one != view.release.id]
    if not asked:
        return view
    try:
        engine = open_engine(asked[-1])
    except Refusal:
        st.warning(
            gettext(
                "The address asks for a release that is not kept any more: the live one is shown. What the figure was then stands in "
                "the citation."
            )
        )
        return view
    return replace(view, engine=engine, release=engine.release)


def show_vintage(live: View, shown: View, result: Result) -> None:
    """Say of a figure that is shown as it was whether it is still so, what it is now, and why."""
    cited = next(iter(read_all("version")), "")
    if said := tell_definition(result.indicator, cited):
        st.warning(escape_markdown(said))
    if shown.release.id == live.release.id:
        return
    st.info(
        escape_markdown(
            gettext("As it was in release {shown}; the live release is {live}.").format(
                shown=shown.release.id, live=live.release.id
            )
        )
    )
    selection = result.selection
    try:
        now = fetch(
            live,
            result.indicator.id,
            by=selection.by,
            where=[pair for pair in selection.where if pair not in live.filters],
            period=selection.period,
            grain=selection.grain,
            settings=selection.settings,
        )
    except Refusal:
        st.markdown(gettext("The live release has no such figure any more."))
        return
    changed = list_changed(result, now)
    if not changed:
        st.markdown("**" + gettext("Nothing of it has changed since.") + "**")
        return
    causes = list_causes(shown.release, live.release, result.indicator, live.scope)
    with speak_whole():
        told, labels = tell_causes(len(changed), len(result.table), causes), label_all(live)
        lines = [f"- {escape_markdown(tell_change(one, result, labels))}" for one in changed[:MOST_LINES]]
    st.markdown(f"**{escape_markdown(told)}**")
    if len(changed) > MOST_LINES:
        lines.append("- " + gettext("and {count} more").format(count=len(changed) - MOST_LINES))
    st.markdown("\n".join(lines))
    st.page_link(
        "pages/programme/explore.py", label=gettext("See it as it is now"), query_params=_keep_address()
    )


def _keep_address() -> list[tuple[str, str]]:
    """The address without the release: what it asks for, of the live one."""
    names = [name for name in st.query_params if name not in (RELEASE, "version")]
    return [(name, value) for name in names for value in st.query_params.get_all(name)]
