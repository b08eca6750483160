"""The page that a share link opens: one column of gated figures, read only from the extract sealed for that link."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from indicators.result import Result, escape_cell
from settings import load_settings
from sharing.doors import COOKIE, REPORT, open_store
from sharing.extract import FILE, Extract, NoExtract, find_folder, read_extract
from ui.tables import table_columns, table_rows
from ui.text import (
    describe_estimate,
    escape_markdown,
    format_day,
    format_n,
    format_period,
    format_range,
    format_value,
    name_dimension,
)

SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("The community", ("membership", "retention")),
    ("Taking part", ("engagement",)),
    ("What members say", ("attitude",)),
    ("Connections", ("connections",)),
    ("Who answered", ("response",)),
)
CHART_CONFIG = {"displaylogo": False, "displayModeBar": False, "showLink": False, "plotlyServerURL": ""}
HIDDEN = "Hidden: it would rest on too few people."
LABEL_WIDTH = 22
COLUMN = 760
RULES = (
    "Counts are rounded to the nearest 5, and percentages are taken from the rounded counts.",
    "A figure that would rest on fewer than 10 people is hidden, and so is one from which it could be worked out. "
    "A percentage is also hidden when nearly everybody or nearly nobody is behind it. Hidden never means zero.",
    "Groups of fewer than 10 members are counted together as one group.",
    "The lines through bars and dots are 95 % intervals: where two overlap widely, a difference may be chance.",
    "The figures describe what was observed. They do not show by themselves what caused it.",
)


def show_page() -> None:
    """The whole page, for the link behind this viewer's session; looked up anew on every run."""
    extract = find_extract(st.context.cookies.get(COOKIE))
    if extract is None:
        st.title("Nothing is shared here", anchor=False)
        st.markdown("Please ask the person who sent you the link for a new one.")
        return
    with st.container(horizontal_alignment="center"), st.container(width=COLUMN):
        show_extract(extract)


def show_extract(extract: Extract) -> None:
    """An extract in one column: the headline first, then the figures by theme, then how to read them."""
    show_opening(extract)
    for title, themes in SECTIONS:
        figures = [result for result in extract.results if result.indicator.theme in themes]
        whole = [result for result in figures if not result.selection.by]
        if whole:
            st.header(title, anchor=False, divider="gray")
        for result in whole:
            groups = [other for other in figures if is_breakdown(other, result)]
            show_figure(result, groups, extract.waves)
    show_methods(extract)


def find_extract(session: str | None) -> Extract | None:
    """What the link behind a session may see; None when the session or its link is no longer valid."""
    link = open_store().find_by_session(session) if session else None
    if link is None:
        return None
    data = load_settings().data
    try:
        stamp = (find_folder(data, link.id) / FILE).stat()
        return _read_extract(str(data), link.id, stamp.st_mtime_ns, stamp.st_size)
    except (OSError, NoExtract):
        return None


@st.cache_resource(max_entries=50, show_spinner=False)
def _read_extract(data: str, link_id: str, modified: int, size: int) -> Extract:
    return read_extract(load_settings().data, link_id)


def is_breakdown(other: Result, result: Result) -> bool:
    """Whether a result shows the same indicator as another, in groups."""
    return other.indicator.id == result.indicator.id and bool(other.selection.by)


def show_opening(extract: Extract) -> None:
    """Title, the headline sentence, and what the page rests on."""
    st.title("Q evaluation", anchor=False)
    st.markdown(f"**{escape_markdown(write_headline(extract))}**")
    if extract.is_synthetic:
        st.badge("Synthetic sample data", color="orange")
        st.markdown("These figures were made up to show the page. None is about real people.")
    parts = [f"Prepared for {extract.label}"]
    if extract.complete_to:
        parts.append(f"data complete to {format_day(extract.complete_to)}")
    parts.append(f"release {extract.release}")
    st.caption(escape_markdown(" · ".join(parts)))
    if extract.results:
        st.link_button("Download as PDF", REPORT, type="tertiary", icon=":material/download:")


def write_headline(extract: Extract) -> str:
    """One sentence of the latest figures of the members and of taking part, as far as they are shown."""
    words = {
        "members": "about {} members",
        "active_members": "{} of members active",
        "attendance_rate": "attendance rate {}",
    }
    found: dict[str, list[str]] = {}
    for result in extract.results:
        shown = result.table[result.table["status"] == "ok"]
        if result.indicator.id in words and not result.selection.by and not shown.empty:
            row = shown.iloc[-1]
            value = format_value(row["value"], result.indicator.unit)
            found.setdefault(str(row["period"]), []).append(words[result.indicator.id].format(value))
    if not found:
        return "What can be shared of this evaluation, and what it rests on."
    parts = [f"{format_period(period)}: {', '.join(said)}" for period, said in found.items()]
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."


def show_figure(result: Result, groups: list[Result], waves: Mapping[str, str]) -> None:
    """One indicator: heading, sentence, chart; its groups, table and meaning below it, folded away."""
    key = result.indicator.id
    st.subheader(escape_markdown(result.indicator.title), anchor=False)
    st.markdown(escape_markdown(read_latest(result, waves)))
    rows = choose_rows(result)
    if (rows["status"] == "ok").any():
        _show_chart(result, rows, waves, key)
    names = [f"By {name_dimension(group.selection.by[0]).lower()}" for group in groups]
    with st.expander("Groups, table and meaning" if groups else "Table and meaning"):
        *group_tabs, table_tab, meaning_tab = st.tabs([*names, "Table", "Meaning"])
        for tab, group in zip(group_tabs, groups, strict=True):
            with tab:
                _show_group(group, waves)
        with table_tab:
            _show_table(result, waves)
        with meaning_tab:
            _show_meaning(result)


def explain(result: Result) -> Result:
    """The result with the reason for hidden rows in words for a reader who cannot ask for another grouping."""
    table = result.table.copy()
    table.loc[table["status"] == "suppressed", "reason"] = HIDDEN
    return Result(result.indicator, result.selection, result.dimensions, table, result.passport)


def choose_rows(result: Result) -> pd.DataFrame:
    """The rows to draw: all of a series, each construct or relation in order of time; of groups, those of the latest
    period in which any can be shown.
    """
    table: pd.DataFrame = result.table
    if not result.selection.by:
        series = [name for name in result.dimensions if name != "time_days"]
        return table.sort_values(series, kind="stable") if series else table
    shown = table[table["status"] == "ok"]
    latest = (table if shown.empty else shown)["period"].iloc[-1]
    rows: pd.DataFrame = table.loc[table["period"] == latest]
    return rows


def read_latest(result: Result, waves: Mapping[str, str]) -> str:
    """The latest figures in words: all values of the latest period that is shown."""
    unit = result.indicator.unit
    shown = result.table[result.table["status"] == "ok"]
    if shown.empty:
        return HIDDEN if (result.table["status"] == "suppressed").any() else "No data."
    rows = shown[shown["period"] == shown["period"].iloc[-1]].to_dict(orient="records")
    period = format_period(str(rows[0]["period"]), waves)
    when = "" if rows[0]["period"] == "all" else f"{period[0].upper()}{period[1:]}: "
    if len(rows) == 1:
        day = f" after {rows[0]['time_days']} days" if "time_days" in result.dimensions else ""
        about = "about " if unit == "people" else ""
        return f"{when}{about}{describe_estimate(_keyed(rows[0]), unit)}{day}."
    words = [f"{_name_row(result, row)} {format_value(row['value'], unit)}" for row in rows]
    return f"{when}{'; '.join(words)}."


def draw_figure(result: Result, rows: pd.DataFrame, waves: Mapping[str, str]) -> go.Figure:
    """Bars of counts, else dots with their intervals; one row each, and hidden rows say so."""
    unit = result.indicator.unit
    scale = 100 if unit == "share" else 1
    has_periods = rows["period"].nunique() > 1
    records = rows.to_dict(orient="records")
    names = [_label_row(result, row, waves, has_periods) for row in records]
    is_shown = [row["status"] == "ok" for row in records]
    values = [row["value"] * scale if ok else None for row, ok in zip(records, is_shown, strict=True)]
    texts = [
        format_value(row["value"], unit) if ok else "" for row, ok in zip(records, is_shown, strict=True)
    ]
    hovers = [_escape(_describe_row(row, result)) for row in records]
    spread = {
        "type": "data",
        "symmetric": False,
        "array": [_gap(row["high"], row["value"], scale) for row in records],
        "arrayminus": [_gap(row["value"], row["low"], scale) for row in records],
        "thickness": 1.5,
        "width": 4,
    }
    common: dict[str, Any] = {
        "x": values,
        "y": names,
        "customdata": hovers,
        "hovertemplate": "%{customdata}<extra></extra>",
        "showlegend": False,
    }
    if rows["low"].notna().any():
        common["error_x"] = spread
    if unit == "people":
        trace = go.Bar(
            orientation="h",
            text=texts,
            textposition="inside",
            insidetextanchor="start",
            textangle=0,
            **common,
        )
    else:
        trace = go.Scatter(
            mode="markers+text", marker={"size": 11}, text=texts, textposition="top center", **common
        )
    figure = go.Figure(trace)
    for name, ok in zip(names, is_shown, strict=True):
        if not ok:
            figure.add_annotation(
                x=0,
                y=name,
                text="hidden",
                showarrow=False,
                xanchor="left",
                xshift=4,
                font={"style": "italic"},
            )
    figure.update_xaxes(rangemode="tozero", nticks=6, fixedrange=True)
    if unit == "share":
        figure.update_xaxes(range=[0, 104], tickvals=[0, 50, 100], ticktext=["0 %", "50 %", "100 %"])
    if unit == "difference":
        figure.add_vline(x=0, line_width=1, line_dash="dot")
    figure.update_yaxes(range=[len(names) - 0.5, -0.75], type="category", automargin=True, fixedrange=True)
    lines = sum(name.count("<br>") + 1 for name in names)
    figure.update_layout(
        height=90 + max(40 * len(names), 22 * lines), margin={"l": 0, "r": 10, "t": 10, "b": 40}
    )
    return figure


def show_methods(extract: Extract) -> None:
    """What was done to every figure, and where the data stand."""
    st.header("How to read this page", anchor=False, divider="gray")
    for rule in RULES:
        st.markdown("- " + escape_markdown(rule))
    if extract.results:
        passport = extract.results[0].passport
        checks = f"{passport.checks_passed} checks of the data passed, {passport.checks_failed} failed"
        st.caption(escape_markdown(f"Sealed on {format_day(extract.sealed_at.date())}; {checks}."))


def _show_chart(result: Result, rows: pd.DataFrame, waves: Mapping[str, str], key: str) -> None:
    words = [
        f"{_name_row(result, row)} {_describe_row(row, result)}" for row in rows.to_dict(orient="records")
    ]
    alt = f"{result.indicator.title}. " + "; ".join(word.strip() for word in words)
    figure = draw_figure(result, rows, waves)
    st.plotly_chart(
        figure, width="stretch", theme="streamlit", key=f"figure-{key}", config=CHART_CONFIG, alt=alt
    )


def _show_group(group: Result, waves: Mapping[str, str]) -> None:
    rows = choose_rows(group)
    if not (rows["status"] == "ok").any():
        st.markdown("Hidden for every group, because it would rest on too few people.")
        return
    complete_to = group.passport.complete_to
    when = f"From the start to {format_day(complete_to)}" if complete_to else "Over all time"
    if group.indicator.time_axis == "wave":
        when = format_period(str(rows["period"].iloc[0]), waves)
    st.markdown(escape_markdown(f"{when}."))
    _show_chart(group, rows, waves, f"{group.indicator.id}-{group.selection.by[0]}")


def _show_table(result: Result, waves: Mapping[str, str]) -> None:
    table = [
        {name: escape_cell(cell) for name, cell in row.items()} for row in table_rows(explain(result), waves)
    ]
    config = {name: st.column_config.TextColumn(name) for name in table_columns(result)}
    key = f"table-{result.indicator.id}"
    st.dataframe(table, hide_index=True, column_config=config, width="stretch", key=key)


def _show_meaning(result: Result) -> None:
    indicator = result.indicator
    for name, words in (
        ("Definition", indicator.definition),
        ("Denominator", indicator.denominator),
        ("Left out", indicator.excluded),
        ("Read with care", indicator.caveat),
        ("Source", indicator.source),
        ("Groups", f"Members' groups are {result.passport.attributes}."),
    ):
        st.markdown(f"**{name}.** {escape_markdown(words)}")


def _name_row(result: Result, row: Mapping[Any, Any]) -> str:
    """The groups of a row, leaving out a dimension that has one value only."""
    parts = []
    for name in result.dimensions:
        if pd.isna(row[name]) or (result.table[name].nunique() < 2 and name != "time_days"):
            continue
        parts.append(f"after {row[name]} days" if name == "time_days" else str(row[name]))
    return ", ".join(parts)


def _label_row(result: Result, row: Mapping[Any, Any], waves: Mapping[str, str], has_periods: bool) -> str:
    name = _name_row(result, row)
    period = format_period(str(row["period"]), waves)
    words = [part for part in (name, period if has_periods or not name else "") if part]
    label = ", ".join(words)
    return "<br>".join(_escape(line) for line in textwrap.wrap(label[:1].upper() + label[1:], LABEL_WIDTH))


def _describe_row(row: Mapping[Any, Any], result: Result) -> str:
    unit = result.indicator.unit
    if row["status"] != "ok":
        return "hidden" if row["status"] == "suppressed" else "no data"
    parts = [format_value(row["value"], unit)]
    if not pd.isna(row["low"]):
        parts.append(f"95 % interval {format_range(row['low'], row['high'], unit)}")
    if unit != "people":
        parts.append("about " + format_n(row["n"], row["numerator"], row["denominator"], unit))
    return ", ".join(parts)


def _keyed(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}


def _gap(upper: float, lower: float, scale: float) -> float | None:
    return None if pd.isna(upper) or pd.isna(lower) else max((upper - lower) * scale, 0.0)


def _escape(text: str) -> str:
    """Text from the data, inert where Plotly reads a little HTML."""
    return html.escape(text, quote=False)
