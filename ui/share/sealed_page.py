"""The page that a share link opens: one column of gated figures, read only from the extract sealed for that link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from indicators.gate.disclosure import SCOPES
from indicators.result import Result
from settings import load_settings
from sharing.doors.funders import COOKIE, PAGE_FILE, REPORT, open_store
from sharing.sealing.extract import FILE, Extract, NoExtract, find_folder, read_extract
from ui.charts.component import Words, paint
from ui.share.claims import Claim, list_claims, list_whole
from ui.share.sealed_chart import choose_rows, describe_row, draw_figure, find_earlier, name_row
from ui.share.sealed_words import show_funder_notes, show_meaning, show_restated, show_words
from ui.shell.language import draw_language
from ui.words.language import gettext, gettext_noop, speak_whole
from ui.words.numbers import (
    describe_estimate,
    escape_markdown,
    format_day,
    format_period,
    format_value,
    name_dimension,
)
from ui.words.tables import table_rows, write_table

TITLE = gettext_noop("Q evaluation")
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (gettext_noop("The community"), ("membership", "retention")),
    (gettext_noop("Taking part"), ("engagement",)),
    (gettext_noop("What members say"), ("attitude",)),
    (gettext_noop("Connections"), ("connections",)),
    (gettext_noop("Who answered"), ("response",)),
)
BEHIND = (
    f"fewer than {SCOPES['funder'].minimum} people are in it or outside it (nearly nobody or nearly everybody), or it would give "
    "another such figure away"
)
HIDDEN = f"Hidden: {BEHIND}."
LEAST_ROWS, MOST_NAMED = 3, 4
ONLY_WORDS = frozenset({"construct_change"})  # the change is seen in the levels, and stands in the table
COLUMN = 760
RULES = (
    gettext_noop(
        "Counts are rounded down to a multiple of 5 (10 is 10 to 14), and percentages are taken from the middle of these steps."
    ),
    gettext_noop(
        "A figure that would rest on fewer than 10 people is hidden, and so is one from which it could be worked out. "
        "A percentage is also hidden when nearly everybody or nearly nobody is behind it. Hidden does not mean zero: it can be nobody, a few, or nearly everybody."
    ),
    f"Groups of fewer than {SCOPES['funder'].smallest_group} members are counted together as one group.",
    gettext_noop(
        "The lines through bars and dots are 95 % intervals, or the range that their figure names: where two overlap widely, a "
        "difference may be chance."
    ),
    gettext_noop("Surveys speak for those who answered, and not for everybody who was asked."),
    gettext_noop("The figures describe what was observed. They do not show by themselves what caused it."),
)


def show_page() -> None:
    """The whole page, for the link behind this viewer's session; looked up anew on every run."""
    session = st.context.cookies.get(COOKIE)
    link = open_store().find_by_session(session) if session else None
    extract = None if link is None else read_shared(link.id)
    if link is None or extract is None:
        st.title(gettext("Nothing is shared here"), anchor=False)
        st.markdown(gettext("Please ask the person who sent you the link for a new one."))
        return
    with st.container(horizontal_alignment="center"), st.container(width=COLUMN):
        with st.container(horizontal_alignment="right", gap="xxsmall"):
            draw_language()
        st.title(escape_markdown(name_page(extract)), anchor=False)
        show_restated(link)
        show_extract(extract)
        if extract.results:
            with st.container(horizontal=True):
                for name, path in (
                    (gettext("Download as PDF"), REPORT),
                    (gettext("Download as one web page"), PAGE_FILE),
                ):
                    st.link_button(name, path, type="tertiary", icon=":material/download:")


def name_page(extract: Extract) -> str:
    """The title of a shared page."""
    return extract.story.title or gettext(TITLE)


def show_preview(extract: Extract) -> None:
    """The page of an extract within another page."""
    st.header(escape_markdown(name_page(extract)), anchor=False)
    show_extract(extract)


def show_extract(extract: Extract) -> None:
    """An extract in one column: the programme's words, the figures that stand first, then notes, all else, and how to read them."""
    claims = list_claims(extract)
    show_opening(extract, claims)
    show_words(extract.story)
    if claims:
        st.header(gettext("What was found"), anchor=False, divider="gray")
        for claim in claims:
            show_claim(claim, extract.waves)
    show_meaning(extract.story)
    show_funder_notes(extract)
    _show_rest(extract)
    show_methods(extract)


def show_claim(claim: Claim, waves: Mapping[str, str]) -> None:
    """One claim: what it says, from when to when, its chart, and what speaks for it and against it, folded away."""
    key = claim.result.indicator.id
    st.subheader(escape_markdown(claim.heading), anchor=False)
    st.markdown(escape_markdown(say_basis(claim, waves)))
    _show_chart(claim.result, claim.rows, waves, f"claim-{key}", claim.earlier, claim.target)
    with st.expander(gettext("What speaks for it, what against it")):
        for holds, heading in (
            (True, gettext("The figures support")),
            (False, gettext("The figures do not support")),
        ):
            said = [one for one in claim.verdict.claims if one.holds == holds]
            if said:
                lines = [f"- {escape_markdown(one.words)}: {escape_markdown(one.reason)}" for one in said]
                st.markdown(f"**{heading}**\n\n" + "\n".join(lines))
        caveat = escape_markdown(gettext(claim.result.indicator.caveat))
        st.markdown("**" + gettext("Read with care.") + f"** {caveat}")


@speak_whole()
def say_basis(claim: Claim, waves: Mapping[str, str]) -> str:
    """From when to when a claim is, how sure, and what is pale on its chart."""
    if claim.earlier.empty:
        return claim.basis
    return gettext("{basis} Pale dots: {period}.").format(
        basis=claim.basis, period=format_period(str(claim.earlier["period"].iloc[0]), waves)
    )


def _show_rest(extract: Extract) -> None:
    """Every figure of the extract, by theme, made when somebody asks for them."""
    whole = list_whole(extract)
    if not whole:
        return
    container = st.expander(
        gettext("All figures of this page ({count})").format(count=len(whole)),
        key="all-figures",
        on_change="rerun",
    )
    if not container.open:
        return
    with container:
        for title, themes in SECTIONS:
            figures = [one for one in whole if one.indicator.theme in themes]
            if figures:
                st.header(gettext(title), anchor=False)
            for one in figures:
                show_figure(
                    one, [other for other in extract.results if is_breakdown(other, one)], extract.waves
                )


def read_shared(link_id: str) -> Extract | None:
    """What is sealed for a link, read once for all its viewers; None when it is not there."""
    data = load_settings().data
    try:
        stamp = (find_folder(data, link_id) / FILE).stat()
        return _read_extract(str(data), link_id, stamp.st_mtime_ns, stamp.st_size)
    except (OSError, NoExtract):
        return None


@st.cache_resource(max_entries=50, show_spinner=False)
def _read_extract(data: str, link_id: str, modified: int, size: int) -> Extract:
    return read_extract(load_settings().data, link_id)


def is_breakdown(other: Result, result: Result) -> bool:
    """Whether a result shows the same indicator as another, in groups."""
    return other.indicator.id == result.indicator.id and bool(other.selection.by)


def show_opening(extract: Extract, claims: Sequence[Claim]) -> None:
    """What the page rests on, and a headline sentence where no figure stands first."""
    if extract.is_synthetic:
        st.badge(gettext("Synthetic sample data"), color="orange")
        st.markdown(gettext("These figures were made up to show the page. None is about real people."))
    if not claims:
        st.markdown(f"**{escape_markdown(write_headline(extract))}**")
    st.caption(escape_markdown(say_source(extract)))


def say_source(extract: Extract) -> str:
    """For whom the page is, and what it is made of."""
    parts = [gettext("Prepared for {label}").format(label=extract.label)] if extract.label else []
    if extract.complete_to:
        parts.append(gettext("data complete to {day}").format(day=format_day(extract.complete_to)))
    parts.append(gettext("release {release}").format(release=extract.release))
    told = " · ".join(parts)
    return told[0].upper() + told[1:]


@speak_whole()
def write_headline(extract: Extract) -> str:
    """One sentence of the latest figures of the members and of taking part, as far as they are shown."""
    words = {
        "members": gettext("the community had about {} members"),
        "active_members": gettext("{} of members were active"),
        "attendance_rate": gettext("the attendance rate was {}"),
    }
    found: dict[str, list[str]] = {}
    for result in extract.results:
        shown = result.table[result.table["status"] == "ok"]
        if result.indicator.id in words and not result.selection.by and not shown.empty:
            row = shown.iloc[-1]
            value = format_value(row["value"], result.indicator.unit)
            found.setdefault(str(row["period"]), []).append(words[result.indicator.id].format(value))
    if not found:
        return gettext("What can be shared of this evaluation, and what it rests on.")
    parts = []
    for period, said in found.items():
        *first, last = said
        parts.append(
            gettext("in {period} {said}").format(
                period=format_period(period),
                said=gettext(" and ").join([*([", ".join(first)] if first else []), last]),
            )
        )
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def show_figure(result: Result, groups: list[Result], waves: Mapping[str, str]) -> None:
    """One indicator: heading, sentence, chart; its groups, table and meaning below it, folded away."""
    key = result.indicator.id
    st.subheader(escape_markdown(gettext(result.indicator.title)), anchor=False)
    words, drawn = read_figure(result, waves)
    st.markdown(escape_markdown(words))
    if drawn is not None:
        _show_chart(result, drawn[0], waves, key, drawn[1])
    names = [
        gettext("By {dimension}").format(dimension=name_dimension(group.selection.by[0], is_within=True))
        for group in groups
    ]
    with st.expander(gettext("Groups, table and meaning") if groups else gettext("Table and meaning")):
        *group_tabs, table_tab, meaning_tab = st.tabs([*names, gettext("Table"), gettext("Meaning")])
        for tab, group in zip(group_tabs, groups, strict=True):
            with tab:
                _show_group(group, waves)
        with table_tab:
            _show_table(result, waves)
        with meaning_tab:
            _show_meaning(result)


@speak_whole()
def read_figure(
    result: Result, waves: Mapping[str, str]
) -> tuple[str, tuple[pd.DataFrame, pd.DataFrame] | None]:
    """The latest of a figure in words, and the rows of its chart with those before; None where words are enough."""
    rows, earlier = choose_rows(result), find_earlier(result)
    least = 2 if result.indicator.unit == "people" else LEAST_ROWS
    words = read_latest(result, waves)
    if len(rows) < least or result.indicator.id in ONLY_WORDS:
        return words, None
    if not earlier.empty:
        words += gettext(" Pale dots: {period}.").format(
            period=format_period(str(earlier["period"].iloc[0]), waves)
        )
    return words, (rows, earlier)


def explain(result: Result) -> Result:
    """The result with the reason for hidden rows in words for a reader who cannot ask for another grouping."""
    table = result.table.copy()
    table.loc[table["status"] == "suppressed", "reason"] = HIDDEN
    return Result(result.indicator, result.selection, result.dimensions, table, result.passport)


@speak_whole()
def read_latest(result: Result, waves: Mapping[str, str]) -> str:
    """The latest figures in words: all values of the latest period that is shown."""
    unit = result.indicator.unit
    shown = result.table[result.table["status"] == "ok"]
    if shown.empty:
        return gettext(HIDDEN) if (result.table["status"] == "suppressed").any() else gettext("No data.")
    rows = shown[shown["period"] == shown["period"].iloc[-1]].to_dict(orient="records")
    period = format_period(str(rows[0]["period"]), waves)
    when = "" if rows[0]["period"] == "all" else f"{period[0].upper()}{period[1:]}: "
    if len(rows) == 1:
        day = (
            gettext(" after {days} days").format(days=rows[0]["time_days"])
            if "time_days" in result.dimensions
            else ""
        )
        about = gettext("about ") if unit == "people" else ""
        return f"{when}{about}{describe_estimate(_keyed(rows[0]), result.indicator)}{day}."
    if len(rows) > MOST_NAMED:
        rows = sorted(rows, key=lambda row: float(row["value"]))
        low, high = (
            f"{format_value(row['value'], unit)} ({name_row(result, row)})" for row in (rows[0], rows[-1])
        )
        return gettext("{when}from {low} to {high}.").format(when=when, low=low, high=high)
    words = [f"{name_row(result, row)} {format_value(row['value'], unit)}" for row in rows]
    return f"{when}{'; '.join(words)}."


def show_methods(extract: Extract) -> None:
    """What was done to every figure, and where the data stand."""
    st.header(gettext("How to read this page: methods and limits"), anchor=False, divider="gray")
    st.markdown("\n".join(f"- {escape_markdown(gettext(rule))}" for rule in RULES))
    if extract.results:
        st.caption(escape_markdown(say_sealed(extract)))


def say_sealed(extract: Extract) -> str:
    """When the page was sealed, and what the checks of its data found."""
    passport = extract.results[0].passport
    checks = gettext("{passed} checks of the data passed, {failed} failed").format(
        passed=passport.checks_passed, failed=passport.checks_failed
    )
    return gettext("Sealed on {day}; {checks}.").format(
        day=format_day(extract.sealed_at.date()), checks=checks
    )


def _show_chart(
    result: Result,
    rows: pd.DataFrame,
    waves: Mapping[str, str],
    key: str,
    earlier: pd.DataFrame | None = None,
    target: float | None = None,
) -> None:
    alt = describe_chart(result, rows)
    paint(draw_figure(result, rows, waves, earlier, target), alt, Words(), key=f"figure-{key}")


def describe_chart(result: Result, rows: pd.DataFrame) -> str:
    """What a chart says to those who do not see it."""
    words = [f"{name_row(result, row)} {describe_row(row, result)}" for row in rows.to_dict(orient="records")]
    return f"{gettext(result.indicator.title)}. " + "; ".join(word.strip() for word in words)


def _show_group(group: Result, waves: Mapping[str, str]) -> None:
    rows = choose_rows(group)
    if not (rows["status"] == "ok").any():
        st.markdown(escape_markdown(gettext("Hidden for every group: {why}.").format(why=gettext(BEHIND))))
        return
    complete_to = group.passport.complete_to
    when = (
        gettext("From the start to {day}").format(day=format_day(complete_to))
        if complete_to
        else gettext("Over all time")
    )
    if group.indicator.time_axis == "wave":
        when = format_period(str(rows["period"].iloc[0]), waves)
    st.markdown(escape_markdown(f"{when}."))
    _show_chart(group, rows, waves, f"{group.indicator.id}-{group.selection.by[0]}")


def _show_table(result: Result, waves: Mapping[str, str]) -> None:
    st.html(write_table(table_rows(explain(result), waves)))


def _show_meaning(result: Result) -> None:
    indicator = result.indicator
    for name, words in (
        (gettext("Definition"), gettext(indicator.definition)),
        (gettext("Denominator"), gettext(indicator.denominator)),
        (gettext("Left out"), gettext(indicator.excluded)),
        (gettext("Read with care"), gettext(indicator.caveat)),
        (gettext("Source"), gettext(indicator.source)),
        (
            gettext("Groups"),
            gettext("Members' groups are {attributes}.").format(
                attributes=gettext(result.passport.attributes)
            ),
        ),
    ):
        st.markdown(f"**{name}.** {escape_markdown(words)}")


def _keyed(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}
