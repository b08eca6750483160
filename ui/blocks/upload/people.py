"""People whom files name and who were not met: who they might be, and a choice that settles it, for whoever may see people."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import streamlit as st

from etl.command.people import (
    Somebody,
    count_people,
    count_unmet,
    list_people,
    name_file,
    say_people,
    write_people,
)
from etl.command.upload import How
from etl.reading.types import Refused
from settings import load_settings
from ui.blocks.cards import show_download, show_rows
from ui.blocks.upload.panel import check_files, open_upload, show_cancel, show_state
from ui.shell.once import Once
from ui.shell.session import View, current_view
from ui.words.language import gettext, ngettext
from ui.words.numbers import escape_markdown, format_count, say_list

KEY, MOST = "people", 10
_OPEN, _GUEST = "", "guest"
SETTLED_AT = Path("pages/programme/data_and_methods.py")
_UNMET: Once[dict[str, int]] = Once(1, has_words=False)


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _list_people(data: str, release_id: str, _view: View) -> list[Somebody]:
    return list_people(load_settings().data, _view.release)


def show_unmet(view: View, table: str) -> None:
    """How many attendances or responses are of people who were not met, and where that is settled; nothing for whoever sees aggregates only."""
    if view.scope.minimum:
        return
    count = _UNMET.get(view.engine, None, lambda: _count_unmet(view)).get(table)
    if not count:
        return
    said = (
        ngettext(
            "{rows} of attendance names somebody who was not met with a member, and does not count here.",
            "{rows} of attendance name somebody who was not met with a member, and do not count here.",
            count,
        ).format(rows=format_count(count, "row"))
        if table == "attendance"
        else ngettext(
            "{responses} is of somebody who was not met with a member: no group and no change of the same people has it.",
            "{responses} are of people who were not met with a member: no group and no change of the same people has them.",
            count,
        ).format(responses=format_count(count, "response"))
    )
    st.caption(said)
    st.page_link(SETTLED_AT, label=gettext("Say who they are: Data and methods"))


def _count_unmet(view: View) -> dict[str, int]:
    """What is known of them; where the list cannot be read, Data and methods says so."""
    with suppress(Refused):
        return count_unmet(load_settings().data, view.release)
    return {}


def show_people() -> None:
    """Who was not met and what may be done about it; nothing for whoever sees aggregates only."""
    view = current_view()
    if view is None or view.scope.minimum:
        return
    st.header(gettext("People who were not met"), anchor=False)
    _show_people()


@st.fragment
def _show_people() -> None:
    view = current_view()
    if view is None or view.scope.minimum:
        return
    try:
        people = _list_people(str(load_settings().data), view.release.id, view)
    except Refused as fault:
        st.info(escape_markdown(str(fault)))
        return
    if not people:
        st.markdown(gettext("Everybody whom the files name is a member."))
        return
    st.markdown(
        gettext("{people} What is settled counts in every file, and in every later load.").format(
            people=say_people(people)
        )
    )
    still = count_people(people)[0]
    upload = open_upload(str(load_settings().data), KEY)
    if still:
        show_rows(_list_rows(people[:still]))
    show_download(write_people(people), "people", view.release.id, key="people")
    st.caption(
        gettext(
            "The file has names and addresses. Fill in its column “is” with a member_id or with guest, and load it as any other file; "
            "or say here who they are."
        )
    )
    if still:
        _ask(view, people, still)
    show_cancel(upload, KEY)
    show_state(view.scope, upload, KEY)


def _list_rows(people: list[Somebody]) -> list[dict[str, object]]:
    said = {
        gettext("Name"): [one.name for one in people],
        gettext("Address"): [one.address for one in people],
        gettext("Identifier"): [one.external for one in people],
    }
    shown = {name: texts for name, texts in said.items() if any(texts)}
    return [
        {
            **{name: texts[place] for name, texts in shown.items()},
            gettext("Could be"): "; ".join(
                f"{near.name} ({near.member_id}): {near.why}" for near in one.candidates
            )
            or gettext("nobody near"),
            gettext("Why"): gettext("Several members have this name or address.")
            if one.is_unclear
            else gettext("No member has it."),
            gettext("Rows"): one.rows,
            gettext("Files"): ", ".join(one.files),
        }
        for place, one in enumerate(people)
    ]


def _name(one: Somebody) -> str:
    """Who it is as Markdown, in which an address is no link."""
    address = f"`{one.address.replace('`', '')}`" if one.address else ""
    return " · ".join(filter(None, (escape_markdown(one.name), address, escape_markdown(one.external))))


def _ask(view: View, people: list[Somebody], still: int) -> None:
    """A choice for each of the first people, which are checked together as a file is."""
    with st.form("people-form", border=False):
        answers = {}
        for place, one in enumerate(people[: min(still, MOST)]):
            known = {near.member_id: f"{near.name} ({near.member_id}): {near.why}" for near in one.candidates}
            words = {_OPEN: gettext("Not known yet"), _GUEST: gettext("A guest, no member"), **known}
            chosen = st.selectbox(
                gettext("{name}: {rows} of {list}").format(
                    name=_name(one),
                    rows=format_count(one.rows, "row"),
                    list=escape_markdown(say_list(one.files)),
                ),
                list(words),
                format_func=words.__getitem__,
                key=f"people-{view.release.id}-{place}",
            )
            if chosen:
                answers[place] = chosen
        if still > MOST:
            st.caption(
                gettext("The first {most} of {still:,}; the file has all of them.").format(
                    most=MOST, still=still
                )
            )
        if st.form_submit_button(gettext("Check"), icon=":material/fact_check:") and answers:
            upload = open_upload(str(load_settings().data), KEY)
            content = write_people(people, answers)
            check_files(view, upload, [(name_file(view.release), content)], How())
