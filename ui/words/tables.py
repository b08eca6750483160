"""A Result as rows formatted for reading, and rows as an HTML table; unformatted ones are in ui/export/rows.py."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from indicators.result import Result, find_unit
from indicators.statistics.cells import explain_no_range
from ui.words.changes import judge_changes
from ui.words.language import gettext
from ui.words.numbers import (
    DECIMALS,
    describe_status,
    format_basis,
    format_figure,
    format_period,
    format_range,
    keep_together,
    name_dimension,
    name_status,
)

NOT_SHOWN = "–"
MOST_ROWS = 500
_STYLE = """<style>
.rows { overflow: auto; max-height: 36rem; border: 1px solid rgba(128, 134, 138, 0.3); border-radius: 0.25rem; }
.rows table { min-width: 100%; border-collapse: collapse; font-size: 0.8125rem; line-height: 1.35; }
.rows th, .rows td { text-align: left; vertical-align: top; padding: 0.3rem 0.45rem; border: 0; border-bottom: 1px solid rgba(128, 134, 138, 0.3);
  max-width: 26rem; overflow-wrap: break-word; font-variant-numeric: tabular-nums; }
.rows thead th { position: sticky; top: 0; font-weight: 600; white-space: nowrap; background: var(--st-secondary-background-color, Canvas); }
.rows tbody tr:last-child td { border-bottom: 0; }
.rows .number { text-align: right; }
.rows .number, .rows .short { white-space: nowrap; }
.rows .long { overflow-wrap: anywhere; min-width: 12rem; }
@media print { .rows { overflow: visible; max-height: none; border: 0; } .rows table { font-size: 0.7rem; }
  .rows th, .rows td { padding: 0.2rem 0.3rem; } .rows thead th { position: static; white-space: normal; } .rows .long { min-width: 6rem; } }
</style>"""
# Dimensions whose values are words of the software, and not of the data.
OF_OUR_OWN = ("part", "rung", "stage", "direction")
_SHORT, _LONG = 18, 40


def table_columns(result: Result) -> list[str]:
    """Headings of the table for reading, in order."""
    return [
        gettext("Period"),
        *map(name_dimension, result.dimensions),
        gettext("Figure"),
        _head_range(result),
        gettext("Rests on"),
        gettext("Note"),
    ]


def table_rows(result: Result, labels: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows as people read them; a hidden or missing figure says so in a note. `labels` names waves and items."""
    labels = result.name_items(labels)
    rows = []
    for row, verdict in zip(result.table.to_dict(orient="records"), judge_changes(result), strict=True):
        unit = find_unit(result.indicator, {str(name): value for name, value in row.items()})
        is_ok = row["status"] == "ok"
        has_interval = is_ok and not pd.isna(row["low"]) and unit in DECIMALS
        dimensions = [_name_group(name, row[name], labels) for name in result.dimensions]
        named = {str(name): value for name, value in row.items()}
        note = (
            describe_status(named)
            or gettext(explain_no_range(result.indicator, named))
            or _say_verdict(verdict)
        )
        cells = [
            format_period(str(row["period"]), labels),
            *dimensions,
            format_figure(named, unit) if is_ok else name_status(row["status"]),
            format_range(row["low"], row["high"], unit) if has_interval else NOT_SHOWN,
            format_basis(row, unit, result.indicator.n_words) if is_ok else NOT_SHOWN,
            note if note or row["is_complete"] else gettext("Incomplete period"),
        ]
        rows.append(dict(zip(table_columns(result), cells, strict=True)))
    return rows


def _say_verdict(verdict: str) -> str:
    """What a change is when all that are looked at together are judged together."""
    return (
        gettext("{verdict}, judged with all others").format(verdict=gettext(verdict).capitalize())
        if verdict
        else ""
    )


def _head_range(result: Result) -> str:
    words = gettext(result.indicator.range_words)
    return words[0].upper() + words[1:]


def _name_group(dimension: str, group: Any, labels: Mapping[str, str]) -> str:
    if pd.isna(group):
        return NOT_SHOWN
    if dimension in ("item", "wave"):
        return labels.get(str(group), str(group))
    return gettext(str(group)) if dimension in OF_OUR_OWN else str(group)


def write_table(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as a real table, whose text is inert: a screen reader reads it, it wraps, and on paper it is whole.

    Whole numbers stand to the right; of more than MOST_ROWS rows the first are shown, which is said.
    """
    heads = [str(name) for name in rows[0]]
    is_number = {name: {type(row[name]) for row in rows if row[name] != ""} == {int} for name in heads}
    head = "".join(
        f'<th scope="col"{_class_of("number" if is_number[name] else "")}>{html.escape(name)}</th>'
        for name in heads
    )
    body = "".join(
        f"<tr>{''.join(_write_cell(row[name], is_number=is_number[name]) for name in heads)}</tr>"
        for row in rows[:MOST_ROWS]
    )
    more = (
        "<p>"
        + gettext("The first {most:,} of {count:,} rows.").format(most=MOST_ROWS, count=len(rows))
        + "</p>"
        if len(rows) > MOST_ROWS
        else ""
    )
    named = html.escape(gettext("Table of {listed}").format(listed=", ".join(heads)))
    return (
        f'{_STYLE}<div class="rows" role="group" tabindex="0" aria-label="{named}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"
    )


def _write_cell(value: object, *, is_number: bool) -> str:
    if is_number:
        return f'<td class="number">{value if value == "" else f"{value:,}"}</td>'
    text = "" if value is None else str(value)
    is_long = max(map(len, text.split()), default=0) > _LONG
    how = "short" if len(text) <= _SHORT else "long" if is_long else ""
    return f"<td{_class_of(how)}>{html.escape(keep_together(text))}</td>"


def _class_of(name: str) -> str:
    return f' class="{name}"' if name else ""
