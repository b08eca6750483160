"""What a difference is called, and which differences stand: those of enough people, judged together. Pure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from indicators.result import Result
from indicators.statistics.change import adjust_holm, test_interval
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import COUNTS

SIGNIFICANT = 0.05
STANDS, COULD_BE_CHANCE = gettext_noop("stands"), gettext_noop("could be chance")


def has_enough(result: Result, rows: pd.DataFrame) -> pd.Series:
    """Which rows rest on enough people to be ranked or claimed; a count of the whole list always does."""
    return (rows["n"] >= result.indicator.minimum_n) | (result.indicator.unit in COUNTS)


def find_clear(result: Result, rows: pd.DataFrame) -> list[bool]:
    """Which changes can be told from no change: Holm's adjustment keeps the chance that any of them is wrong at 5 %.

    Several items or constructs are tested together, so that an interval alone, which holds for one, is not enough. Of fewer people
    than the indicator's minimum none can.
    """
    value, low, high, n = (rows[name].to_numpy(dtype=float) for name in ("value", "low", "high", "n"))
    # Differences of shares are judged by the normal approximation that their interval is of; means of people's own changes by Student's t.
    indicator = result.indicator
    is_normal = indicator.estimator in ("paired", "composition") or (
        indicator.unit == "net" and indicator.estimator != "mean"
    )
    p = test_interval(value, low, high, np.full_like(n, np.inf) if is_normal else n - 1)
    known = ~np.isnan(p)
    adjusted = np.full_like(p, np.nan)
    adjusted[known] = adjust_holm(p[known])
    return [bool(one < SIGNIFICANT) for one in np.where(has_enough(result, rows), adjusted, np.nan)]


def judge_changes(result: Result) -> list[str]:
    """Of each row of a result what its mark says: whether a change stands; empty where there is nothing to judge.

    The intervals that are drawn hold for one change each; what is looked at together is judged together, by period; of a change in
    parts (the same people, who answered) each part by itself, as the charts draw it.
    """
    verdicts = [""] * len(result.table)
    if result.indicator.chart != "change":
        return verdicts
    shown = result.table.reset_index(drop=True)
    shown = shown[(shown["status"] == "ok") & shown["low"].notna()]
    families = ["period", *(name for name in ("part",) if name in result.indicator.measures)]
    for _, rows in shown.groupby(families, sort=False):
        for place, is_clear in zip(rows.index, find_clear(result, rows), strict=True):
            verdicts[int(place)] = STANDS if is_clear else COULD_BE_CHANCE
    return verdicts


def name_ways(result: Result) -> tuple[str, str, str]:
    """What a difference is when it is above 0, below it, or neither: of a group's share, of a change, of anything else."""
    if "group" in result.indicator.measures:
        return (
            gettext("is over-represented"),
            gettext("is under-represented"),
            gettext("is represented as it is in the whole"),
        )
    if "change" in result.indicator.id:
        return gettext("rose"), gettext("fell"), gettext("changed")
    return gettext("is higher"), gettext("is lower"), gettext("differs")
