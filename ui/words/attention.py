"""What needs attention this week: short sentences, each with its numbers. Pure: no Streamlit, no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from indicators.result import Result
from indicators.statistics.spc import find_usual_range
from ui.words.numbers import (
    describe_estimate,
    format_count,
    format_period,
    format_range,
    format_week_span,
    format_weekday,
)

LOW_RESPONSE = 0.60
MOST_WEEKS = 24
FILES_NAMED = 3


@dataclass(frozen=True)
class Attention:
    """One thing to look at: a few words, and the sentence with the numbers behind them."""

    heading: str
    sentence: str


def list_attention(
    weeks: Result,
    response: Result,
    manifest: Mapping[str, Any],
    labels: Mapping[str, str],
    complete_to: date | None,
) -> list[Attention]:
    """What needs attention, the most pressing first; empty when nothing does.

    `weeks` is active_members by week, `response` is response_rate_rr1 by wave, `labels` names the waves.
    """
    found = [
        judge_checks(manifest),
        judge_week(weeks),
        judge_response(response, labels),
        judge_quarantine(manifest),
        name_incomplete_week(weeks, complete_to),
    ]
    return [attention for attention in found if attention is not None]


def list_complete_weeks(weeks: Result) -> list[dict[str, Any]]:
    """The rows of complete periods that have a figure, oldest first."""
    table = weeks.table
    return [
        _name_keys(row) for row in table[table["is_complete"] & (table["status"] == "ok")].to_dict("records")
    ]


def judge_week(weeks: Result) -> Attention | None:
    """Whether the last complete week lies below the usual range of the complete weeks before it."""
    rows = list_complete_weeks(weeks)
    if not rows or "-W" not in str(rows[-1]["period"]):
        return None
    last, before = rows[-1], rows[-1 - MOST_WEEKS : -1]
    usual = find_usual_range([float(row["value"]) for row in before])
    if usual is None or float(last["value"]) >= usual[0]:
        return None
    unit = weeks.indicator.unit
    reach = ""
    if float(last["high"]) >= usual[0]:
        reach = " The interval reaches into that range, so chance alone could do this."
    return Attention(
        "A quieter week than usual",
        f"In {format_period(str(last['period']))} ({format_week_span(str(last['period']))}) members active: "
        f"{describe_estimate(last, weeks.indicator)}. The usual range, from the {len(before)} complete weeks before, is "
        f"{format_range(*usual, unit)}.{reach}",
    )


def judge_response(response: Result, labels: Mapping[str, str]) -> Attention | None:
    """Whether the latest wave was answered by fewer than 60 % of those invited."""
    row = _name_keys(response.table.iloc[-1].to_dict())
    if row["status"] != "ok" or float(row["value"]) >= LOW_RESPONSE:
        return None
    return Attention(
        "Response below 60 %",
        f"{format_period(str(row['period']), labels)}: {describe_estimate(row, response.indicator)} of "
        "those invited completed the survey. Those who answered may differ from those who did not.",
    )


def judge_quarantine(manifest: Mapping[str, Any]) -> Attention | None:
    """Whether rows of this release were set aside, and of which files."""
    files = [file for file in manifest["files"] if file["quarantined"]]
    if not files:
        return None
    aside = sum(int(file["quarantined"]) for file in files)
    read = sum(int(file["read"]) for file in manifest["files"])
    names = [str(file["name"]) for file in sorted(files, key=lambda file: -int(file["quarantined"]))]
    more = len(names) - FILES_NAMED
    named = ", ".join(names[:FILES_NAMED]) + (f" and {format_count(more, 'more file')}" if more > 0 else "")
    verb = "is" if aside == 1 else "are"
    return Attention(
        "Rows set aside",
        f"{format_count(aside, 'row')} of {read:,} read {verb} in quarantine and not in any figure: {named}. "
        "Data and methods lists each with its reason.",
    )


def judge_checks(manifest: Mapping[str, Any]) -> Attention | None:
    """Whether a check of the release failed."""
    failed = [check for check in manifest["checks"] if not check["ok"]]
    if not failed:
        return None
    return Attention(
        "A check failed",
        f"{len(failed)} of {format_count(len(manifest['checks']), 'check')} of this release failed: "
        "see Data and methods before using its figures.",
    )


def name_incomplete_week(weeks: Result, complete_to: date | None) -> Attention | None:
    """Name the current week as incomplete, with its figure so far, and say that it is not compared."""
    row = _name_keys(weeks.table.iloc[-1].to_dict())
    if row["status"] != "ok" or row["is_complete"] or complete_to is None:
        return None
    period = format_period(str(row["period"]))
    return Attention(
        "This week is incomplete",
        f"Data for {period} end on {format_weekday(complete_to)}. So far members active: "
        f"{describe_estimate(row, weeks.indicator)}. It is not compared with whole weeks.",
    )


def _name_keys(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}
