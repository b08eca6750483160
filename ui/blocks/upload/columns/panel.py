"""Files whose columns are asked for: a form for each, what is lacking, and the check with what was said."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from etl.command.upload import Upload
from etl.sources.proposals.draft import SURVEY, Draft
from etl.sources.proposals.written import write_toml
from ui.blocks.upload.columns.form import ask_draft
from ui.blocks.upload.columns.roles import say_lacking, say_role
from ui.export import name_file
from ui.words.language import gettext
from ui.words.numbers import escape_markdown, say_list

T = TypeVar("T")


def is_asked(upload: Upload[T], drafts: Sequence[Draft]) -> bool:
    """Whether files cannot be loaded before something is said of their columns."""
    stopping = upload.checked.stopping if upload.checked else ()
    is_refused = upload.state == "refused" and bool(drafts)
    return not upload.is_running and (is_refused or any(draft.name in stopping for draft in drafts))


def ask_drafts(
    upload: Upload[T], key: str, drafts: Sequence[Draft], attributes: Sequence[str]
) -> tuple[Draft, ...]:
    """What is said of files that no importer knows; nothing until it is to be checked. `attributes` are those of members."""
    if not drafts or upload.is_running:
        return ()
    is_open = is_asked(upload, drafts)
    with st.container() if is_open else st.expander(gettext("The columns as they were said")):
        said = []
        for place, draft in enumerate(drafts):
            said.append(ask_draft(draft, attributes, f"{key}-{upload.checks}-columns-{place}"))
            _show_said(said[-1], f"{key}-mapping-{place}")
        if not is_open and any(
            one.make_mapping() != was.make_mapping() for one, was in zip(said, drafts, strict=True)
        ):
            st.warning(
                gettext(
                    "Load loads what was checked: check with these columns, so that what is changed here counts."
                )
            )
        is_whole = not any(draft.lacking or draft.twice for draft in said)
        pressed = st.button(
            gettext("Check with these columns"),
            key=f"{key}-check-columns",
            disabled=not is_whole,
            icon=":material/fact_check:",
        )
    return tuple(said) if pressed else ()


def _show_said(draft: Draft, key: str) -> None:
    """What is still lacking of a file, or its mapping."""
    if draft.lacking:
        roles = [say_lacking(draft.kind, role) for role in draft.lacking]
        st.warning(escape_markdown(gettext("Still to be said: {list}.").format(list=say_list(roles))))
    if draft.twice:
        roles = [say_role(draft.kind, role) for role in draft.twice]
        words = gettext("Said of several columns, where only one can be: {list}.")
        st.warning(escape_markdown(words.format(list=say_list(roles))))
    if draft.lacking or draft.twice:
        return
    if draft.kind == "members" and not draft.find("member_id"):
        st.caption(
            gettext("No column is an identifier, so that members are told apart by their e-mail addresses.")
        )
    pattern = _name_alike(draft)
    content = write_toml(draft, pattern).encode()
    st.caption(
        escape_markdown(
            gettext(
                "Once it is loaded, a later file with the same columns is proposed as it was read. The mapping says the same to the command and to a watched folder, of files called {name}: give it with --mapping."
            ).format(name=pattern)
        )
    )
    st.download_button(
        gettext("Download the mapping"),
        content,
        file_name=name_file(draft.name, "", content, ending="toml"),
        mime="application/toml",
        key=key,
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def _name_alike(draft: Draft) -> str:
    """The names of files that are read like this one: of a survey, which names its wave, that one alone."""
    name = glob.escape(draft.name)
    return name if draft.kind == SURVEY else re.sub(r"\d[\d _.-]*\d|\d", "*", name)
