"""The verdict on a set of tables: how each check ended, table by table, without a figure in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from indicators.gate.disclosure import Scope
from indicators.published.checks import CHECKS, DOMINANCE, P_RATIO, PART, find_failures
from indicators.result import Result
from warehouse.files import write_whole

# The column of a table that says which rows are told as they were told before.
CARRIED = "is_carried"


@dataclass(frozen=True)
class Verdict:
    """On one table: how many rows are shown, hidden, and shown as they were told before; and how each check ended.

    `passed`; `hidden` where rows fail that are not shown; `failed` where one is shown; `not for this figure`.
    """

    indicator: str
    version: int
    by: tuple[str, ...]
    shown: int
    hidden: int
    told_before: int
    checks: dict[str, str]

    @property
    def is_passed(self) -> bool:
        return "failed" not in self.checks.values()


def judge(exact: Result, told: Result, scope: Scope) -> Verdict:
    """The checks of an exact table against the rows of it that are told. Rows told as they were before were judged then."""
    indicator = exact.indicator
    statuses = told.table["status"].to_numpy()
    before = np.zeros(len(told.table), dtype=bool)
    if CARRIED in told.table:
        before = told.table[CARRIED].to_numpy(bool)
    shown = (statuses == "ok") & ~before
    checks = {}
    for name, fails in find_failures(exact, scope).items():
        checks[name] = "failed" if (fails & shown).any() else "hidden" if fails.any() else "passed"
    if not any(str(name).startswith(PART) for name in exact.table):
        checks |= dict.fromkeys(("dominance", "p-ratio", "all same"), "not for this figure")
    return Verdict(
        indicator.id,
        indicator.version,
        told.groups,
        int((statuses == "ok").sum()),
        int((statuses == "suppressed").sum()),
        int(((statuses == "ok") & before).sum()),
        checks,
    )


def write_verdicts(path: Path, release_id: str, scope: Scope, verdicts: Sequence[Verdict]) -> None:
    """Keep the verdicts on a set, with the limits that they were made by. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = {
        "release": release_id,
        "for": scope.role,
        "judged_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "verdict": "passed" if all(one.is_passed for one in verdicts) else "failed",
        "limits": {
            "threshold": scope.minimum,
            "threshold of a share": scope.least_of_share,
            "people behind a mean": scope.least_of_mean,
            "dominance of two": DOMINANCE,
            "p-ratio": P_RATIO,
            "step of counts": scope.rounding,
        },
        "checks": CHECKS,
        "tables": [
            {
                "indicator": one.indicator,
                "definition_version": one.version,
                "by": list(one.by),
                "rows_shown": one.shown,
                "rows_hidden": one.hidden,
                "rows_told_before": one.told_before,
                "checks": one.checks,
            }
            for one in verdicts
        ],
    }
    with write_whole(path) as fresh:
        fresh.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
