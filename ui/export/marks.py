"""What a chart in a file draws, for every kind of file: a Result as marks with their labels, words and intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from indicators.definition import Indicator, Unit
from indicators.gate.disclosure import is_closed
from indicators.result import Result, find_unit
from ui.export.handout import Exhibit, Handout
from ui.export.rows import STATUS
from ui.words.changes import judge_changes
from ui.words.numbers import (
    COUNTS,
    describe_range,
    describe_status,
    format_basis,
    format_n,
    format_period,
    format_range,
    format_value,
)

Kind = Literal["rows", "series", "likert", "survival", "triangle"]
MANY_PERIODS = 6
MOST_ROWS = 30
Labels = Mapping[str, str]


@dataclass(frozen=True)
class Mark:
    """One figure of a chart: the series and place that it has, its figure and interval, and both in words.

    `value` is None for a figure that is hidden or missing: `words` then say which.
    """

    series: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    words: str
    is_complete: bool = True


@dataclass(frozen=True)
class Chart:
    """The marks of a result in order, how they are drawn, and how many more the table has.

    A curve is stepped unless it is at fixed days only: where its steps lie is then not told.
    """

    kind: Kind
    unit: Unit
    marks: tuple[Mark, ...]
    left_out: int = 0
    is_stepped: bool = True

    @property
    def series(self) -> tuple[str, ...]:
        """The names of the series in order."""
        return tuple(dict.fromkeys(mark.series for mark in self.marks))

    @property
    def labels(self) -> tuple[str, ...]:
        """The places in order."""
        return tuple(dict.fromkeys(mark.label for mark in self.marks))

    @property
    def is_drawable(self) -> bool:
        """Whether any figure is shown."""
        return any(mark.value is not None for mark in self.marks)


def make_chart(handout: Handout, result: Result) -> Chart:
    """The chart of a result: all of it, or of many rows those of the latest period, at most 30."""
    kind = choose_kind(result)
    table = result.table
    if kind in ("likert", "rows") and (kind == "likert" or len(table) > MOST_ROWS):
        shown = table[table["status"] == "ok"]
        latest = (table if shown.empty else shown)["period"].iloc[-1]
        table = table[table["period"] == latest]
    if kind == "rows" and result.telling and table["period"].nunique() > 1:
        table = result.gather(table)
    if kind == "rows":
        table = table.head(MOST_ROWS)
    has_periods, labels = table["period"].nunique() > 1, result.name_items(handout.labels)
    verdicts = dict(zip(result.table.index, judge_changes(result), strict=True))
    marks = [
        _say(mark, verdicts[place])
        for place, mark in zip(
            table.index,
            (
                _make_mark(result, kind, {str(name): cell for name, cell in row.items()}, labels, has_periods)
                for row in table.to_dict(orient="records")
            ),
            strict=True,
        )
    ]
    if kind == "likert":
        marks = _name_ends(marks)
    left_out, is_stepped = (
        len(result.table) - len(marks),
        not is_closed(result.passport.role, result.indicator),
    )
    return Chart(kind, result.indicator.unit, tuple(marks), left_out, is_stepped)


@dataclass(frozen=True)
class Card:
    """A single figure in words: what it is, the figure or "Hidden", and what it rests on or why it is not shown."""

    heading: str
    figure: str
    words: str


def make_card(handout: Handout, exhibit: Exhibit) -> Card:
    """The card of an exhibit of one row."""
    row = {str(name): value for name, value in exhibit.result.table.iloc[0].items()}
    unit = exhibit.result.indicator.unit
    if row["status"] != "ok":
        word = STATUS[str(row["status"])]
        return Card(exhibit.heading, word[0].upper() + word[1:], describe_status(row))
    period = format_period(str(row["period"]), handout.labels)
    parts = [describe_range(row, exhibit.result.indicator), _describe_one(row, exhibit.result.indicator)]
    parts += [exhibit.notes or period, "" if row["is_complete"] else "incomplete period"]
    return Card(exhibit.heading, format_value(row["value"], unit), " · ".join(part for part in parts if part))


def choose_kind(result: Result) -> Kind:
    """How a result is drawn: as on the page."""
    match result.indicator.chart:
        case "likert" if "answer" in result.dimensions:
            return "likert"
        case "survival" if "time_days" in result.dimensions:
            return "survival"
        case "triangle" if {"joined_period", "periods_since"} <= set(result.dimensions):
            return "triangle"
    if not result.telling and result.table["period"].nunique() > MANY_PERIODS:
        return "series"
    return "rows"


def describe_mark(row: Mapping[str, Any], unit: Unit) -> str:
    """A figure with its interval: "72 % (66 to 78 %)", "hidden"."""
    if row["status"] != "ok":
        return STATUS[str(row["status"])]
    words = format_value(row["value"], unit)
    if pd.isna(row["low"]) or pd.isna(row["high"]):
        return words
    return f"{words} ({format_range(row['low'], row['high'], unit)})"


def describe_basis(result: Result) -> str:
    """What the figures of a result rest on: "167 of 231", "n = 25 to 231"; empty for counts and where all is hidden."""
    shown = result.table[result.table["status"] == "ok"]
    unit = result.indicator.unit
    if unit in COUNTS or shown["n"].dropna().empty:
        return ""
    if len(shown) == 1:
        return _describe_one({str(name): value for name, value in shown.iloc[0].items()}, result.indicator)
    least, most = float(shown["n"].min()), float(shown["n"].max())
    # What a share is of may be answers, of which one person gives several.
    counts_others = (shown["denominator"].notna() & (shown["denominator"] != shown["n"])).any()
    whom = "" if counts_others else result.indicator.n_words
    words = format_n(least, unit="score", whom=whom if least == most else "")
    return words if least == most else f"{words} to {format_n(most, unit='score', whom=whom)[4:]}"


def _say(mark: Mark, verdict: str) -> Mark:
    """A change with its verdict: its interval holds for it alone, and not among all that are looked at."""
    return replace(mark, words=f"{mark.words}, {verdict}") if verdict else mark


def _name_ends(marks: list[Mark]) -> list[Mark]:
    """Bare numbers at either end of a scale say which end they are."""
    labels = list(dict.fromkeys(mark.label for mark in marks))
    ends = {labels[0]: "least favourable", labels[-1]: "most favourable"}
    return [
        replace(mark, label=f"{mark.label} {ends[mark.label]}")
        if mark.label in ends and mark.label.isdigit()
        else mark
        for mark in marks
    ]


def _make_mark(result: Result, kind: Kind, row: Mapping[str, Any], labels: Labels, has_periods: bool) -> Mark:
    place = {"likert": "answer", "survival": "time_days", "triangle": "periods_since"}.get(kind, "")
    groups = [
        labels.get(str(row[name]), str(row[name]))
        for name in result.telling
        if name != place and not pd.isna(row[name])
    ]
    if kind == "triangle":
        groups = [format_period(str(row["joined_period"]), labels)]
    period = format_period(str(row["period"]), labels)
    series, label = ", ".join(groups), str(row.get(place, ""))
    if kind == "series":
        label = period
    elif kind == "rows":
        label = ", ".join([*groups, *([period] if has_periods or not groups else [])])
    label = label[:1].upper() + label[1:]
    value, low, high = (
        None if row["status"] != "ok" or pd.isna(row[name]) else float(row[name])
        for name in ("value", "low", "high")
    )
    unit = find_unit(result.indicator, row)
    words = describe_mark(row, unit)
    return Mark(series, label, value, low, high, words, bool(row["is_complete"]))


def _describe_one(row: Mapping[str, Any], indicator: Indicator) -> str:
    unit = indicator.unit
    basis = format_basis(row, unit, indicator.n_words)
    return "" if unit in COUNTS else basis
