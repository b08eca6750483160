"""Header, headline cards, charts with their table and passport, and the calm empty states."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import plotly.graph_objects as go
import streamlit as st

from indicators.definition import Indicator
from indicators.result import Result
from ui.blocks.citing import show_citation
from ui.blocks.doubts import show_claims, show_switchboard
from ui.blocks.notes import show_notes, summarise_notes
from ui.blocks.passport import show_passport
from ui.blocks.take_away import note_shown, warns_first
from ui.charts.component import Words, paint
from ui.charts.figures import label_all
from ui.export import Exhibit, Handout, name_file, write_csv, write_rows
from ui.shell.session import View, current_view
from ui.words.language import ENGLISH, gettext, gettext_noop, speak
from ui.words.numbers import (
    COUNTS,
    describe_range,
    describe_status,
    escape_markdown,
    format_basis,
    format_day,
    format_figure,
    format_period,
    tell_reason,
)
from ui.words.tables import table_rows, write_table

LOG = logging.getLogger(__name__)
# What is told of each result where a chart has several.
OF_EACH = (
    gettext_noop("Table"),
    gettext_noop("Can I say this?"),
    gettext_noop("Passport"),
    gettext_noop("Cite"),
)


def show_header(
    title: str,
    lead_sentence: str = "",
    *,
    has_filters: bool = True,
    has_period: bool = True,
    view: View | None = None,
) -> None:
    """The top of a page: title, one sentence, and what every figure below rests on.

    `has_filters` and `has_period` say whether the page follows the groups and the period that are chosen; `view` is what it shows
    where that is not what the session looks at.
    """
    st.title(title, anchor=False)
    if lead_sentence:
        st.markdown(lead_sentence)
    view = view or current_view()
    if view is None:
        return
    complete_to = view.release.complete_to
    parts = [
        gettext("Data complete to {day}").format(day=format_day(complete_to))
        if complete_to
        else gettext("Data without dates")
    ]
    parts.append(gettext("release {release}").format(release=view.release.id))
    chosen = [value for _, value in view.filters] if has_filters else []
    if has_filters and has_period and view.period != "all":
        chosen.append(format_period(view.period))
    if chosen:
        parts.append(gettext("only ") + ", ".join(chosen))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if view.release.is_synthetic:
            st.badge(gettext("Synthetic sample data"), color="orange")
        st.caption(escape_markdown(" · ".join(parts)), width="content")


@st.fragment
def show_card(result: Result, *, label: str | None = None, note: str = "") -> None:
    """One headline figure: the last row of the result, with its interval, what it rests on, and its passport.

    A figure that is hidden, missing or of an incomplete period says so in words.
    """
    note_shown(replace(result, table=result.table.tail(1)), label=label or "", notes=note)
    row = {str(name): value for name, value in result.table.iloc[-1].items()}
    unit = result.indicator.unit
    heading = escape_markdown(label or gettext(result.indicator.title))
    is_known = row["status"] == "ok"
    with st.container(gap="xxsmall"):
        st.markdown(heading)
        figure = format_figure(row, unit) if is_known else _name_status(str(row["status"]))
        st.metric(heading, figure, label_visibility="collapsed")
        if is_known:
            basis = "" if unit in COUNTS else format_basis(row, unit, result.indicator.n_words)
            facts = [describe_range(row, result.indicator), basis]
            facts.append("" if row["is_complete"] else gettext("incomplete period"))
            _show_caption(" · ".join(fact for fact in facts if fact))
        else:
            _show_caption(describe_status(row))
        _show_caption(note)
        _show_caption(result.passport.unfollowed)
        popover = st.popover(
            gettext("Passport"),
            type="tertiary",
            key=f"card-passport-{result.indicator.id}-{label}",
            on_change="rerun",
        )
        if popover.open:
            with popover:
                show_passport(result)


@st.fragment
def show_chart(
    result: Result,
    figure: go.Figure,
    reading: str,
    alt: str,
    *,
    key: str,
    heading: str = "",
    beside: Sequence[Result] = (),
) -> None:
    """A chart under its heading and one-sentence reading; below it, quietly, what stands behind it.

    The heading is the question that the page asks with it, or else the indicator's title; `beside` are further results in it.

    What is behind a button is made when the button is pressed, and only that chart runs again.
    """
    view = current_view()
    notes = "" if view is None else summarise_notes(view, result)
    note_shown(result, reading=reading, notes=notes, label=heading, chart=figure, alt=alt)
    backgrounds = dict(list_backgrounds(result, key))
    asked = str(st.session_state.get(f"behind-{key}") or "")
    warnings = [one for one in result.passport.warnings[-1:] if warns_first(one, key)]
    below = (notes, *list_unfollowed([result, *beside]), *map(gettext, warnings))
    words = Words(
        heading or gettext(result.indicator.title),
        reading,
        tuple(note for note in below if note),
        tuple(backgrounds),
        asked if asked in backgrounds else "",
    )
    with st.container(key=f"chart-{key}"):
        paint(figure, alt, words, key=f"figure-{key}", on_open=partial(_open, key))
        if words.open:
            with st.container(key=f"open-{key}", border=True):
                backgrounds[words.open]()
                if words.open in map(gettext, OF_EACH):
                    for place, other in enumerate(beside):
                        st.markdown(f"**{escape_markdown(gettext(other.indicator.title))}**")
                        dict(list_backgrounds(other, f"{key}-{place}"))[words.open]()


def list_unfollowed(results: Sequence[Result]) -> list[str]:
    """What is chosen on the left that results of one chart do not follow; each named where others do follow it."""
    said = {gettext(one.indicator.title): one.passport.unfollowed for one in results}
    if len(set(said.values())) == 1:
        return [words for words in dict.fromkeys(said.values()) if words]
    return [f"{title}: {words}" for title, words in said.items() if words]


def _open(key: str) -> None:
    """Note what is to be open behind a chart, or that nothing is."""
    st.session_state[f"behind-{key}"] = st.session_state[f"figure-{key}"].open or ""


def list_backgrounds(result: Result, key: str) -> list[tuple[str, Callable[[], None]]]:
    """What can be asked about a chart: a name for its button, and what it shows."""
    backgrounds: list[tuple[str, Callable[[], None]]] = [
        (gettext("Table"), partial(show_table, result, key=key)),
        (gettext("Can I say this?"), partial(show_claims, result)),
        (gettext("Notes"), partial(show_notes, result, key=key)),
    ]
    if result.indicator.parameters:
        backgrounds.append((gettext("Other definitions"), partial(show_switchboard, result)))
    return [
        *backgrounds,
        (gettext("Passport"), partial(show_passport, result)),
        (gettext("Cite"), partial(show_citation, result)),
    ]


def show_table(result: Result, *, key: str) -> None:
    """The figures behind a chart as a table, with their download."""
    view = current_view()
    labels = {} if view is None else label_all(view)
    st.html(write_table(table_rows(result, labels)))
    with speak(ENGLISH):
        content = write_csv(Handout(result.indicator.title, (Exhibit(result),), labels))
    passport = result.passport
    show_download(content, f"{result.indicator.id}-{key}", passport.release, role=passport.role, key=key)


def show_download(content: bytes, subject: str, release_id: str, *, key: str, role: str = "") -> None:
    """A button for a CSV; its name holds a hash of the content, so that nobody is served another's file."""
    st.download_button(
        gettext("Download as CSV"),
        content,
        file_name=name_file(subject, release_id, content, role=role),
        mime="text/csv",
        key=f"download-{key}",
        on_click="ignore",
    )


def show_rows(rows: Sequence[Mapping[str, object]], *, download: str = "", release_id: str = "") -> None:
    """Rows as a table whose text is never read as Markdown; `download` names a CSV of them."""
    if not rows:
        return
    st.html(write_table(rows))
    if download:
        content = write_rows(list(rows[0]), [list(row.values()) for row in rows])
        show_download(content, download, release_id, key=download)


def _name_status(status: str) -> str:
    return gettext("Hidden") if status == "suppressed" else gettext("No data")


def _show_caption(words: str) -> None:
    if words:
        st.caption(escape_markdown(words))


def show_missing(missing: Result | Indicator, heading: str = "") -> None:
    """What is not there yet, and what to load to see it; under the question that it would answer, or its title."""
    indicator = missing.indicator if isinstance(missing, Result) else missing
    with st.container(gap="xxsmall"):
        st.header(escape_markdown(heading or gettext(indicator.title)), anchor=False)
        why = str(missing.table["reason"].iloc[-1]) if isinstance(missing, Result) else ""
        if why in ("", f"No data: load {indicator.needs}."):
            why = gettext("There is nothing to show yet. To see it, load {needs}.").format(
                needs=gettext(indicator.needs)
            )
        else:
            why = tell_reason(why)
        st.caption(escape_markdown(why))
