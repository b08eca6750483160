"""Vintages of a figure: what an earlier release gave, what the live one gives, and why they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from indicators.definition import Indicator
from indicators.gate.disclosure import Scope, is_closed_file
from indicators.result import Result
from warehouse.release import Release

LATE, CORRECTED, REMOVED = "came in", "was corrected", "was taken out"
OF_ANSWERS = "what people answered came in or was corrected"
OF_WORKBOOKS = "a file that holds answers too came in, was corrected or was taken out"
_SHOWN = ("value", "low", "high")
_EQUAL = 1e-9


@dataclass(frozen=True)
class Change:
    """A row of a figure in an earlier release (`then`) and in a later one (`now`), None where it does not stand there."""

    period: str
    dimensions: tuple[str, ...]
    then: Mapping[str, Any] | None
    now: Mapping[str, Any] | None


def list_changed(then: Result, now: Result) -> list[Change]:
    """The rows whose value, interval or status differ between two vintages of one figure, in order of the later one."""
    keys = (
        ["period", *then.telling] if set(then.telling) == set(now.telling) else ["period", *then.dimensions]
    )
    one, other = (_index(result.table, keys) for result in (then, now))
    changed = []
    for key in dict.fromkeys((*other, *one)):
        was, is_now = one.get(key), other.get(key)
        if was is None or is_now is None or _differs(was, is_now):
            changed.append(Change(key[0], key[1:], was, is_now))
    return changed


def _index(table: pd.DataFrame, keys: list[str]) -> dict[tuple[str, ...], Mapping[str, Any]]:
    rows = table.to_dict(orient="records")
    return {tuple(str(row[name]) for name in keys): {str(k): v for k, v in row.items()} for row in rows}


def _differs(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    if was["status"] != now["status"]:
        return True
    pairs = [(float(was[name]), float(now[name])) for name in _SHOWN]
    return any(pd.isna(a) != pd.isna(b) or abs(a - b) > _EQUAL * max(1.0, abs(a)) for a, b in pairs)


def list_causes(then: Release, now: Release, indicator: Indicator, scope: Scope) -> list[str]:
    """Why a figure may differ between two releases: its files that came in, were corrected or taken out, each in words.

    Of files of answers, workbooks with a sheet of them too, whoever sees aggregates only is told that they changed, not which: a file
    can be one person's.
    """
    was, are = (_list_files(release, indicator) for release in (then, now))
    causes = [(name, LATE) for name in are if name not in was]
    causes += [(name, CORRECTED) for name in are if name in was and are[name] != was[name]]
    causes += [(name, REMOVED) for name in was if name not in are]
    if causes and scope.minimum and indicator.is_protected:
        return [OF_ANSWERS]
    files = [file for release in (then, now) for file in release.manifest["files"]]
    closed = {str(file["name"]) for file in files if is_closed_file(scope, file["tables"])}
    told = [OF_WORKBOOKS if name in closed else f"{name} {how}" for name, how in causes]
    return list(dict.fromkeys(told))


def _list_files(release: Release, indicator: Indicator) -> dict[str, str]:
    """The hash of each file that gave rows to the indicator's tables, by name."""
    return {
        str(file["name"]): str(file["sha256"])
        for file in release.manifest["files"]
        if set(file["tables"]) & {*indicator.tables, "members", "memberships"}
    }
