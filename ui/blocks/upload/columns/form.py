"""A form that says what a file is and what each of its columns is, as it seems until somebody says otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from etl.sources.proposals.columns import Column, find_missing
from etl.sources.proposals.draft import CONSTANT, KINDS, NOT_READ, SURVEY, Draft, list_roles
from etl.sources.proposals.guess import guess, list_came
from ui.blocks.upload.columns.roles import say_kind, say_role
from ui.words.language import gettext
from ui.words.numbers import escape_markdown, say_list, shorten

MOST_COLUMNS, MOST_WORDS = 80, 50
MOST_CELLS, MOST_SHOWN, LONGEST_CELL = 3, 44, 30


def ask_draft(draft: Draft, attributes: Sequence[str], key: str) -> Draft:
    """The file as it is said to be; `attributes` are those of members."""
    st.subheader(
        escape_markdown(gettext("What are the columns of {file}?").format(file=draft.name)), anchor=False
    )
    if draft.like:
        st.markdown(escape_markdown(_say_like(draft)))
    kind = st.selectbox(
        gettext("What the file is"),
        KINDS,
        index=KINDS.index(draft.kind),
        format_func=say_kind,
        key=f"{key}-kind",
    )
    if kind != draft.kind:
        draft = guess(draft, kind)
    key = f"{key}-{kind}"
    draft = _ask_missing(_ask_roles(draft, attributes, key), key)
    return _ask_survey(draft, key) if kind == SURVEY else _ask_table(draft, key)


def _say_like(draft: Draft) -> str:
    if draft.like == draft.name:
        words = gettext("It takes the place of the earlier {file}, and is proposed as that was read.")
    else:
        words = gettext(
            "It has the columns of {file}, and is proposed as that was read. It is added to it: to take its place it has to have its name."
        )
    return words.format(file=draft.like)


def _ask_roles(draft: Draft, attributes: Sequence[str], key: str) -> Draft:
    further = (*attributes, *draft.roles.values()) if draft.kind == SURVEY else ()
    roles = list(dict.fromkeys((NOT_READ, *list_roles(draft.kind), *further)))
    chosen = dict(draft.roles)
    for place, column in enumerate(draft.columns[:MOST_COLUMNS]):
        if place % 2 == 0:
            boxes = st.columns(2, vertical_alignment="bottom")
        cells = _list_cells(column)
        with boxes[place % 2].container(gap="xxsmall"):
            shown = " ".join(f"`{cell}`" for cell in cells) or gettext("no cell is filled in")
            st.markdown(f":small[**{escape_markdown(column.name)}**] {shown}")
            chosen[column.name] = st.selectbox(
                _make_plain(", ".join((column.name, *cells))),
                roles,
                index=roles.index(draft.roles.get(column.name, NOT_READ)),
                format_func=lambda role: say_role(draft.kind, role),
                key=f"{key}-role-{place}",
                label_visibility="collapsed",
            )
    if len(draft.columns) > MOST_COLUMNS:
        st.caption(
            gettext("The first {most} of {n} columns; the others are read as they seem.").format(
                most=MOST_COLUMNS, n=len(draft.columns)
            )
        )
    return replace(draft, roles=chosen)


def _list_cells(column: Column) -> list[str]:
    """The first different cells of a column, as code in which an address is no link."""
    plain = (" ".join(cell.replace("`", " ").split()) for cell in dict.fromkeys(column.cells))
    cells = [shorten(cell, LONGEST_CELL) for cell in filter(None, plain)][:MOST_CELLS]
    return cells if sum(map(len, cells)) <= MOST_SHOWN else cells[:-1]


def _make_plain(text: str) -> str:
    """Text from the data as the name of a control that stands beside it: read out as it is written, and as Markdown nothing but words."""
    kept = re.sub(r"[^\w\s,.;?'’“”&+%/=-]|_", " ", text.replace("@", " at ")).replace("www.", "www ")
    return " ".join(kept.split())


def _ask_table(draft: Draft, key: str) -> Draft:
    came = draft.came
    if attended := draft.find("attended"):
        words = attended.words[:MOST_WORDS]
        guessed = [word for word in words if word in came] or list_came(attended)
        came = st.pills(
            gettext("Words that mean that somebody came"),
            words,
            selection_mode="multi",
            format_func=escape_markdown,
            default=[word for word in guessed if word in words],
            key=f"{key}-came-{attended.name}",
        )
    asked = CONSTANT.get(draft.kind, ())
    constants = {name: value for name, value in draft.constants.items() if name not in asked}
    for name in asked:
        if draft.find(name) is None and (said := _ask_constant(draft, name, key)):
            constants[name] = said
    if "wave_id" in constants or draft.find("wave_id"):
        constants.pop("observed_on", None)
    return replace(draft, came=tuple(came), constants=constants)


def _ask_constant(draft: Draft, name: str, key: str) -> str:
    """What is the same for every row, '' where nothing is said."""
    given = draft.constants.get(name, "")
    label = say_role(draft.kind, name)
    if name == "attended":
        is_so = st.checkbox(gettext("Everybody in this file came"), bool(given), key=f"{key}-{name}")
        return "true" if is_so else ""
    if name == "observed_on":
        return _ask_day(gettext("{what}, the same for every row").format(what=label), given, f"{key}-{name}")
    return st.text_input(
        gettext("{what}, the same for every row").format(what=label), given, key=f"{key}-{name}"
    ).strip()


def _ask_day(label: str, given: str, key: str) -> str:
    day = st.date_input(label, date.fromisoformat(given) if given else None, key=key)
    return day.isoformat() if isinstance(day, date) else ""


def _ask_survey(draft: Draft, key: str) -> Draft:
    options = dict(draft.options)
    first, second = st.columns(2)
    with first:
        options["survey_id"] = st.text_input(
            gettext("Survey: the same name in all of its waves"),
            options.get("survey_id", ""),
            key=f"{key}-survey",
        ).strip()
    with second:
        if draft.find("wave_id") is None:
            options["wave_id"] = st.text_input(
                gettext("Wave: empty where the days of the answers say it"),
                options.get("wave_id", ""),
                key=f"{key}-wave",
            ).strip()
        else:
            options.pop("wave_id", None)
        if draft.find("submitted_at") is None:
            options["complete_to"] = _ask_day(
                gettext("Day on which it was answered"), options.get("complete_to", ""), f"{key}-day"
            )
    order: dict[str, list[str]] = {}
    for place, (words, headings) in enumerate(draft.list_scales().items()):
        asked = gettext("If the words of {list} are a scale, press them from the lowest on").format(
            list=say_list([f"“{name}”" for name in headings])
        )
        with st.container(gap="xxsmall"):
            st.markdown(f":small[{escape_markdown(asked)}]")
            chosen = st.pills(
                _make_plain(asked),
                words,
                selection_mode="multi",
                format_func=escape_markdown,
                default=[word for word in draft.order.get(headings[0], ()) if word in words],
                key=f"{key}-order-{place}-{headings[0]}",
                label_visibility="collapsed",
            )
            if len(chosen) > 1:
                ordered = gettext("From the lowest on: {list}.").format(list=" → ".join(chosen))
                st.caption(escape_markdown(ordered))
        if len(chosen) > 1:
            order |= dict.fromkeys(headings, chosen)
    return replace(draft, options=options, order=order)


def _ask_missing(draft: Draft, key: str) -> Draft:
    found = list(dict.fromkeys((*find_missing(draft.columns), *draft.missing)))
    if not found:
        return draft
    missing = st.pills(
        gettext("Cells that mean that nothing was given"),
        found,
        selection_mode="multi",
        format_func=escape_markdown,
        default=draft.missing,
        key=f"{key}-missing",
    )
    return replace(draft, missing=tuple(missing))
