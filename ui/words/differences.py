"""The difference of two groups or periods in words. Pure: no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from indicators.comparison import DAYS
from indicators.definition import Unit
from indicators.result import Result, find_unit
from ui.words.language import gettext
from ui.words.numbers import format_range, format_value, name_dimension, say_zero, tell_reason
from ui.words.tables import NOT_SHOWN

# What a difference of two figures of a unit is in; every other stays in its own, with its sign.
_UNITS: dict[Unit, Unit] = {"share": "net", "score": "difference"}
_FIXED = ("first", "second", "difference", "low", "high", "reason")


def tell_difference(result: Result, table: pd.DataFrame, first: str, second: str) -> str:
    """What lies between two, in a sentence: of the last row where there are several, such as the last day of two curves."""
    row = {str(name): value for name, value in table.iloc[-1].items()}
    unit = find_unit(result.indicator, row)
    at = gettext(" after {days} days").format(days=int(row[DAYS])) if DAYS in row else ""
    if pd.isna(row["difference"]):
        return tell_reason(str(row["reason"]))
    figures = (
        f"{first}: {format_value(row['first'], unit)}; {second}: {format_value(row['second'], unit)}{at}"
    )
    difference = gettext("a difference of {value}").format(value=_format(row["difference"], unit))
    if unit == "share" and round(100 * row["first"]) - round(100 * row["second"]) != round(
        100 * row["difference"]
    ):
        difference += gettext(", each rounded by itself")
    if pd.isna(row["low"]):
        return f"{figures}; {difference}. {tell_reason(str(row['reason']))}"
    is_in = bool(row["low"] <= 0 <= row["high"])
    verdict = gettext("no difference can be told from these figures") if is_in else gettext("the two differ")
    return gettext("{figures}; {difference} (95 % interval {range}), which {zero}: {verdict}.").format(
        figures=figures,
        difference=difference,
        range=_format_range(row["low"], row["high"], unit),
        zero=say_zero(is_in=is_in),
        verdict=verdict,
    )


def describe_differences(
    result: Result, table: pd.DataFrame, first: str, second: str, labels: Mapping[str, str]
) -> list[dict[str, str]]:
    """The rows of a comparison as they are read."""
    others = [name for name in table if name not in _FIXED]
    rows = []
    for one in table.to_dict(orient="records"):
        row = {str(name): value for name, value in one.items()}
        unit = find_unit(result.indicator, row)
        is_told = not pd.isna(row["difference"])
        rows.append(
            {
                **{
                    name_dimension(str(name)): str(labels.get(str(row[str(name)]), row[str(name)]))
                    for name in others
                },
                first: format_value(row["first"], unit) if is_told else NOT_SHOWN,
                second: format_value(row["second"], unit) if is_told else NOT_SHOWN,
                gettext("Difference"): _format(row["difference"], unit) if is_told else NOT_SHOWN,
                gettext("95 % interval"): NOT_SHOWN
                if pd.isna(row["low"])
                else _format_range(row["low"], row["high"], unit),
                gettext("Note"): tell_reason(str(row["reason"])),
            }
        )
    return (
        rows
        if any(row["Note"] for row in rows)
        else [{k: v for k, v in row.items() if k != "Note"} for row in rows]
    )


def _format(value: Any, unit: Unit) -> str:
    words = format_value(value, _UNITS.get(unit, unit))
    return words if words.startswith(("+", "\u2212")) or not value else f"+{words}" if value > 0 else words


def _format_range(low: Any, high: Any, unit: Unit) -> str:
    return format_range(low, high, _UNITS.get(unit, unit))
