"""Load files from the page: choose, check, see what they would change, load."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from etl.command.upload import How, Upload
from indicators.gate.disclosure import Scope
from indicators.selection import list_attributes
from settings import load_settings
from ui.blocks.cards import show_rows
from ui.blocks.upload.columns.panel import ask_drafts, is_asked
from ui.blocks.upload.moved import Moved, list_moved
from ui.blocks.upload.reading import ask_how
from ui.blocks.upload.told import (
    Found,
    list_files,
    list_reasons,
    list_sentences,
    list_unmet,
    say_fault,
    say_stopping,
)
from ui.shell.refresh import watch
from ui.shell.session import View, current_view, find_scope
from ui.shell.viewer.identity import find_viewer
from ui.words.language import find_language, gettext, speak, speak_whole
from ui.words.numbers import escape_markdown
from warehouse.release import Release

KINDS = ["csv", "tsv", "txt", "xlsx", "parquet", "sav", "zsav", "zip", "json", "qsf", "toml"]
KEY, _TURN, _CHECKED = "upload", "upload-turn", "upload-checked"
Files = Upload[tuple[Moved, ...]]


@st.cache_resource(
    scope="session", max_entries=2, show_spinner=False, on_release=lambda upload: upload.cancel()
)
def open_upload(data: str, key: str) -> Files:
    """This session's files of one panel; when it ends they are given up."""
    return Upload(load_settings().data)


@st.fragment
def show_upload() -> None:
    """Files of this session: whatever is to be said of them where they are."""
    view, scope = current_view(), find_scope()
    upload = open_upload(str(load_settings().data), KEY)
    st.markdown(
        gettext(
            "Choose exports or tables as the tools gave them. Nothing is loaded before you have seen what they would change."
        )
    )
    most = st.get_option("server.maxUploadSize")
    chosen = st.file_uploader(
        gettext("Files to load"),
        type=KINDS,
        accept_multiple_files=True,
        key=f"upload-files-{st.session_state.get(_TURN, 0)}",
        help=gettext("A mapping for columns of other names goes with them as a .toml file."),
    )
    st.caption(
        gettext(
            "Up to {most} MB a file: one that is larger is loaded on the server, with python -m etl load."
        ).format(most=most)
    )
    # A file of the same name that was chosen since is another.
    same = {one.name for one in chosen if one.file_id in st.session_state.get(_CHECKED, ())}
    drafts = [draft for draft in upload.proposals if draft.name in same]
    with st.container(horizontal=True, vertical_alignment="center"):
        how = ask_how(may_settle=not scope.minimum)
        if not is_asked(upload, drafts) and st.button(
            gettext("Check"),
            key="upload-check",
            disabled=not chosen or upload.is_running,
            icon=":material/fact_check:",
        ):
            _check_chosen(view, upload, chosen, replace(how, drafts=tuple(drafts)))
        show_cancel(upload, KEY)
    show_state(scope, upload, KEY)
    attributes = list_attributes(view.engine) if view else []
    if said := ask_drafts(upload, KEY, drafts, attributes):
        _check_chosen(view, upload, chosen, replace(how, drafts=said))
        st.rerun(scope="fragment")


def _check_chosen(view: View | None, upload: Files, chosen: Sequence[UploadedFile], how: How) -> None:
    st.session_state[_CHECKED] = {one.file_id for one in chosen}
    check_files(view, upload, [(one.name, one.getvalue()) for one in chosen], how)


def show_cancel(upload: Files, key: str) -> None:
    """The way out of what is under way."""
    if upload.state in ("checking", "loading", "checked"):
        st.button(
            gettext("Cancel"),
            key=f"{key}-cancel",
            disabled=upload.is_ending,
            on_click=_cancel,
            args=(upload,),
        )


def check_files(view: View | None, upload: Files, files: list[tuple[str, bytes]], how: How) -> None:
    """Begin to check files and what they would move of what this viewer sees."""
    upload.check(files, how, _look_as(view))


def _look_as(view: View | None) -> Callable[[Release], tuple[Moved, ...]]:
    """What a release moves of what a viewer sees, if anything is there to be seen, in the language of now."""
    code = find_language()

    def look(release: Release) -> tuple[Moved, ...]:
        with speak(code), speak_whole():
            return () if view is None else list_moved(view, release)

    return look


def _cancel(upload: Files) -> None:
    upload.cancel()
    _forget_chosen()


def _check_again(upload: Files) -> None:
    upload.check_again(_look_as(current_view()))


def _load(upload: Files) -> None:
    person = find_viewer()
    if person is not None and person.role is not None and not upload.is_outdated:
        upload.load(person.email or person.name)
        _forget_chosen()


def _forget_chosen() -> None:
    """Let the chosen files go, which the server holds for the box they were put into."""
    st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1


def show_state(scope: Scope, upload: Files, key: str) -> None:
    """How far files are: checked with what they would change, refused with why, or loaded."""
    asked = {draft.name for draft in upload.proposals}
    match upload.state:
        case "checking" | "loading":
            doing = gettext("Cancelling") if upload.is_ending else gettext(upload.state.capitalize())
            st.info(escape_markdown(f"{doing}: {upload.step[:1].lower()}{upload.step[1:]}"))
        case "refused":
            for words in upload.words.splitlines():
                st.error(escape_markdown(say_fault(words, asked)))
        case "loaded":
            said = (
                gettext("Release {release} is live.")
                if upload.is_new
                else gettext("Release {release} stays live: nothing has changed.")
            )
            st.success(said.format(release=upload.release_id))
        case "checked":
            assert upload.checked is not None
            _show_checked(scope, upload.checked, asked, key)
            if upload.is_outdated:
                st.warning(
                    gettext(
                        "Another release has gone live since these files were checked, so that they may change something else now: check "
                        "them again. Nothing of them was loaded, and they are still here."
                    )
                )
                st.button(
                    gettext("Check again"),
                    key=f"{key}-again",
                    on_click=_check_again,
                    args=(upload,),
                    icon=":material/fact_check:",
                )
            elif not upload.checked.stopping:
                st.button(
                    gettext("Load"),
                    key=f"{key}-load",
                    on_click=_load,
                    args=(upload,),
                    icon=":material/upload:",
                )
    if upload.is_running:
        watch(f"{key}-watch", upload)


def _show_checked(scope: Scope, found: Found, asked: Collection[str], key: str) -> None:
    st.subheader(gettext("What these files would change"), anchor=False)
    show_rows(list_files(scope, found))
    if stopping := say_stopping(found):
        st.error(escape_markdown(stopping))
    for words in list_sentences(scope, found, asked):
        st.markdown("- " + escape_markdown(words))
    _show_listed(gettext("Rows that would be set aside"), list_reasons(scope, found), f"{key}-reasons")
    _show_listed(gettext("People who are not in the members list"), list_unmet(found), f"{key}-unmet")
    if found.seen is None or found.live is None:
        return
    st.markdown("**" + gettext("Headline figures that would move") + "**")
    moved = [
        {gettext("Figure"): one.label, gettext("Now"): one.then, gettext("After loading"): one.now}
        for one in found.seen
    ]
    if moved:
        show_rows(moved)
    else:
        st.markdown(gettext("None of them would move."))
    if scope.minimum:
        st.caption(
            gettext(
                "Figures of answers, of ties and of who answered are worked out for leads once a release is published, and not before."
            )
        )


def _show_listed(title: str, rows: list[dict[str, object]], key: str) -> None:
    if rows:
        st.markdown(f"**{title}**")
        show_rows(rows)
