"""The shared page as it would be now, for everybody who signs in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st

from commands import Refusal
from indicators.catalogue import find_indicator, list_indicators
from indicators.gate.disclosure import Scope
from indicators.published.show import compute_result
from indicators.selection import Selection, list_attributes
from settings import load_settings
from sharing.sealing.extract import Extract
from sharing.sealing.preflight import add_words
from sharing.sealing.seal import HEADLINES, seal_release
from sharing.store.links import LATEST
from ui.share.page import open_shared_links
from ui.share.sealed_page import COLUMN, show_preview
from ui.shell.session import View, say_refusal
from ui.words.language import gettext
from warehouse.engine import Engine

NOBODY = "00000000"
_TOLD = "response_rate_rr1"


def show_story(view: View) -> None:
    """The page that a link would open, made of the live release and the programme's words; nothing of it is kept.

    Leads are told on it what they are told elsewhere.
    """
    try:
        with st.spinner(gettext("Making what a link would show")):
            extract = _seal(load_settings().data, view.release.id)
        extract = add_words(tell_role(extract, view.engine, view.scope), open_shared_links())
    except Refusal as fault:
        st.markdown(say_refusal(fault))
        return
    with st.container(border=True, key="story_preview", width=COLUMN):
        show_preview(extract)


def tell_role(extract: Extract, engine: Engine, scope: Scope) -> Extract:
    """The extract with whatever a role is told from a fixed set told from that: a fresh extract of each release remembers nothing
    of what it told before, and a figure that is not told has its rows all the same."""
    if not scope.covers(find_indicator(engine, _TOLD)):
        return extract
    known = list_indicators(list_attributes(engine))
    groups = list(dict.fromkeys(one.selection.by for one in extract.results))
    told = [one for one in extract.results if not scope.covers(one.indicator)]
    for indicator in (known[name] for name in HEADLINES if name in known and scope.covers(known[name])):
        asked = [Selection(by=by) for by in groups]
        told += [
            one for each in asked if not (one := compute_result(engine, indicator, each, scope)).is_empty
        ]
    told.sort(key=lambda one: HEADLINES.index(one.indicator.id))
    return replace(extract, results=tuple(told))


@st.cache_resource(max_entries=2, show_spinner=False)
def _seal(data: Path, release_id: str) -> Extract:
    return seal_release(data, LATEST, NOBODY, "")
