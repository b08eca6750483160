"""Why values of a link are hidden, for whoever makes it: never sealed, and never told to its recipient."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from indicators.gate.disclosure import Scope, is_mean
from indicators.result import Result

Cause = Literal["few", "nearly nobody", "nearly everybody", "apart"]
Causes = tuple[tuple[Cause, int], ...]


def count_causes(exact: Result, told: Result, scope: Scope) -> Causes:
    """How many hidden values of `told` have each cause, by the figures of the same rows before the gate, commonest first."""
    keys = ["period", *told.dimensions]
    hidden = told.table.loc[told.table["status"] == "suppressed", keys]
    rows = hidden.astype(str).merge(
        exact.table.assign(**{name: exact.table[name].astype(str) for name in keys}), on=keys
    )
    causes = pd.Series(
        [_find_cause(row, exact, scope) for row in rows.to_dict(orient="records")], dtype="str"
    )
    return tuple((str(cause), int(count)) for cause, count in causes.value_counts().items())  # type: ignore[misc]


def describe_causes(causes: Causes, scope: Scope) -> str:
    """The causes in words: "4 because nearly everybody is in them (fewer than 10 are not)"; '' for none."""
    words: dict[Cause, str] = {
        "few": f"too few people are behind them (at least {scope.minimum}, of a percentage {scope.least_of_share})",
        "nearly nobody": f"nearly nobody is in them (fewer than {scope.minimum})",
        "nearly everybody": f"nearly everybody is in them (fewer than {scope.minimum} are not)",
        "apart": "they would give away a hidden figure, or what changed between two links",
    }
    return "; ".join(f"{count} because {words[cause]}" for cause, count in causes)


def advise(causes: Sequence[Causes], scope: Scope) -> list[str]:
    """What can be done about figures of which nothing is shown, a sentence a cause."""
    found = {cause for one in causes for cause, _ in one}
    advice: dict[Cause, str] = {
        "nearly everybody": "Hidden because nearly everybody is in it is no bad sign, and nothing is to be mended: it shows once "
        f"{scope.minimum} people or more are outside it.",
        "few": "Hidden because too few people are behind it: it shows once more people take part, or where small groups are "
        "put together in the members list.",
        "nearly nobody": f"Hidden because nearly nobody is in it: it shows once {scope.minimum} people or more are.",
    }
    return [words for cause, words in advice.items() if cause in found]


def _find_cause(row: Mapping[Hashable, Any], exact: Result, scope: Scope) -> Cause:
    indicator = exact.indicator
    inside, everybody = float(row["numerator"]), float(row["denominator"])
    least = scope.least_of_mean if is_mean(indicator) else scope.minimum
    if float(row["n"]) < least:
        return "few"
    if is_mean(indicator) or not inside <= everybody:
        return "apart"
    if everybody < scope.least_of_share:
        return "few"
    if everybody - inside < scope.minimum:
        return "nearly everybody"
    return "nearly nobody" if inside < scope.minimum else "apart"
