"""Comparisons out of the figures that a viewer is shown: one row each, with its p. Pure; no row is looked at by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from indicators.definition import Indicator
from indicators.gate.groups import TOGETHER
from indicators.result import LESS_EXPECTED, Result
from indicators.statistics.contrasts import Figures, test_against_rest, test_difference, test_from_zero
from indicators.statistics.estimators import find_t
from indicators.statistics.spc import FEWEST_POINTS, make_charts
from indicators.statistics.survival import compare_with_rest
from warehouse.contracts import NOT_RECORDED

COLUMNS = (
    "kind",
    "indicator",
    "by",
    "group",
    "measure",
    "period",
    "since",
    "value",
    "low",
    "high",
    "n",
    "other",
    "p",
)
RECENT_WEEKS = 4
# Beside the columns of a Result: the survey that a wave is of.
SURVEY = "survey"
_NORMAL = ("proportion", "composition", "paired", "survival", "computed")
_WORDS = ("by", "group", "measure", "period", "since")
# What is said of one of these is said of all of it.
_LEFT_OUT = ("time_days", "part")


def compare_groups(result: Result, by: str) -> pd.DataFrame:
    """Each group of `by` against the others at the latest time, for each value of a measure."""
    rows = _keep_latest(_list_known(result))
    keys = [name for name in ("period", *_list_measures(result.indicator, by)) if name in rows]
    family = rows.groupby(keys, sort=False, dropna=False)
    others, p = test_against_rest(_read(rows, result.indicator), np.asarray(family.ngroup(), dtype=np.intp))
    rows = rows.assign(other=others, p=p)
    # Of two groups each is the other's rest: told once.
    is_twin = (family[by].transform("size") == 2) & (family.cumcount() == 1)
    is_named = ~rows[by].isin([TOGETHER, NOT_RECORDED])
    rest_n = family["n"].transform("sum") - rows["n"]
    least = result.indicator.minimum_n
    return _name(rows[is_named & ~is_twin & (rows["n"] >= least) & (rest_n >= least)], result, "rest", by)


def test_changes(result: Result, by: str) -> pd.DataFrame:
    """Differences that are figures themselves, at the latest time, against none."""
    rows = _keep_latest(_list_known(result))
    figures = _read(rows, result.indicator)
    below, above = figures.errors
    error = np.where(figures.value > 0, below, above)
    p = test_from_zero(figures.value, error, figures.degrees)
    named = rows.assign(other=0.0, p=p)
    return _name(_drop_unnamed(named[named["n"] >= result.indicator.minimum_n], by), result, "change", by)


def compare_before(result: Result, by: str) -> pd.DataFrame:
    """The latest figure of each line against the one before it."""
    rows = _list_known(result)
    lines = [
        *(name for name in (SURVEY,) if name in rows),
        *_list_measures(result.indicator, by),
        *([by] if by else []),
    ]
    figures = ["value", "low", "high", "n", "period"]
    before = (
        rows.groupby(lines, sort=False, dropna=False)[figures].shift() if lines else rows[figures].shift()
    )
    rows = rows.assign(**{f"{name}_before": before[name] for name in figures})
    rows = rows[rows["value_before"].notna()]
    latest = _keep_latest(rows)
    one = _read(latest, result.indicator)
    other = _read(
        pd.DataFrame({name: latest[f"{name}_before"] for name in ("value", "low", "high", "n")}),
        result.indicator,
    )
    latest = latest.assign(
        p=test_difference(one, other), other=latest["value_before"], since=latest["period_before"]
    )
    least = result.indicator.minimum_n
    enough = latest[(latest["n"] >= least) & (latest["n_before"] >= least)]
    return _name(_drop_unnamed(enough, by), result, "before", by)


def compare_chance(result: Result) -> pd.DataFrame:
    """The observed share of ties against random mixing at the latest time: the share less what is expected, by the spread of that."""
    rows = _keep_latest(_list_known(result, has_interval=False))
    gaps = rows[rows["part"] == LESS_EXPECTED].reset_index(drop=True)
    keys = ["period", *(name for name in ("relation",) if name in rows)]
    observed = gaps[keys].merge(rows[rows["part"] == "Observed"], on=keys, how="left")
    error = (gaps["high"] - gaps["low"]).to_numpy(dtype=np.float64) / (2 * find_t(np.array(np.inf)))
    p = test_from_zero(gaps["value"].to_numpy(dtype=np.float64), error, np.full(len(gaps), np.inf))
    gaps = gaps.assign(
        other=observed["value"] - gaps["value"], value=observed["value"], low=np.nan, high=np.nan, p=p
    )
    return _name(gaps[gaps["n"] >= result.indicator.minimum_n], result, "chance", "")


def compare_curves(result: Result, by: str) -> pd.DataFrame:
    """Each group's curve against that of the others; `since` is the day, after joining, that the two figures are of."""
    table = result.table
    rows = table[(table["status"] == "ok") & (table["denominator"] > 0)].assign(
        day=table["time_days"].astype(float)
    )
    rows = rows[rows["period"] == rows["period"].iloc[-1]]
    keyed = rows.pivot(index=by, columns="day")
    ended = keyed["numerator"].fillna(0.0).to_numpy(dtype=np.float64)
    # Who is at risk on a day without a row of the group's own is who is so on its next one.
    at_risk = keyed["denominator"].bfill(axis=1).fillna(0.0).to_numpy(dtype=np.float64)
    days = keyed["numerator"].columns.to_numpy(dtype=np.float64)
    found = compare_with_rest(days, ended, at_risk)
    people = at_risk[:, 0]
    compared = pd.DataFrame(
        {by: keyed.index, "p": found.p, "value": found.value, "other": found.other, "n": people}
    )
    compared = compared.assign(
        since=pd.Series(found.day).map("{:.0f}".format), period=rows["period"].iloc[-1]
    )
    if len(compared) == 2:
        compared = compared.head(1)
    least = result.indicator.minimum_n
    enough = (compared["n"] >= least) & (people.sum() - compared["n"] >= least)
    return _name(_drop_unnamed(compared[enough], by), result, "survival", by)


def test_odds(result: Result) -> pd.DataFrame:
    """Odds ratios against 1 at the latest time, on the logarithmic scale; the adjusted one where there are two."""
    rows = _keep_latest(_list_known(result))
    rows = rows[rows["part"] == "Adjusted"]
    value, low, high = (np.log(rows[name].to_numpy(dtype=np.float64)) for name in ("value", "low", "high"))
    error = (high - low) / (2 * find_t(np.array(np.inf)))
    p = test_from_zero(value, error, np.full(len(rows), np.inf))
    return _name(rows.assign(other=1.0, p=p), result, "odds", "")


def judge_weeks(result: Result) -> pd.DataFrame:
    """The latest whole week, and the latest four together, against the centre of the series and what it does by itself.

    σ is that of the control chart (of moving ranges, for shares Laney's); the mean of the latest k of m has the variance
    σ²(1/k − 1/m) about the centre, which is of all m.
    """
    rows = []
    for chart in make_charts(result):
        points = chart.judged
        if chart.kind == "run" or len(points) < FEWEST_POINTS:
            continue
        centre, value = (np.array([getattr(one, name) for one in points]) for name in ("centre", "value"))
        sigma = np.array([max(one.upper - one.centre, one.centre - one.lower) / 3 for one in points])
        for kind, latest in (("week", 1), ("weeks", RECENT_WEEKS)):
            scaled = ((value - centre) / sigma)[-latest:]
            error = np.sqrt(1 / latest - 1 / len(points))
            p = test_from_zero(scaled.mean(keepdims=True), np.array([error]), np.array([len(points) - 1.0]))
            shown = result.table[result.table["period"] == points[-1].period].iloc[0]
            rows.append(
                {
                    "kind": kind,
                    "period": points[-1].period,
                    "since": points[-latest].period,
                    "value": float(value[-latest:].mean()),
                    "low": shown["low"] if latest == 1 else np.nan,
                    "high": shown["high"] if latest == 1 else np.nan,
                    "n": shown["n"],
                    "other": float(centre[-1]),
                    "p": float(p[0]),
                }
            )
    found = pd.DataFrame(
        rows, columns=[name for name in COLUMNS if name not in ("indicator", "by", "group", "measure")]
    )
    return _fill(found.assign(indicator=result.indicator.id))


def find_measure(indicator: Indicator, by: str) -> str:
    """The dimension that the `measure` of a comparison by `by` is a value of: a construct, an item, a relation; '' for none."""
    return next(iter(_list_measures(indicator, by)), "")


def _list_known(result: Result, *, has_interval: bool = True) -> pd.DataFrame:
    """The rows of whole periods that have a figure."""
    table = result.table
    is_known = (table["status"] == "ok") & table["is_complete"]
    if has_interval:
        is_known &= table["low"].notna() & table["high"].notna()
    return table[is_known].reset_index(drop=True)


def _keep_latest(rows: pd.DataFrame) -> pd.DataFrame:
    """Of each survey, and each thing measured, the rows of the latest time that has any: each has waves of its own."""
    lines = [name for name in (SURVEY, "construct", "item", "relation") if name in rows]
    if rows.empty:
        return rows
    latest = (
        rows.groupby(lines, dropna=False)["period"].transform("last") if lines else rows["period"].iloc[-1]
    )
    return rows[rows["period"] == latest].reset_index(drop=True)


def _list_measures(indicator: Indicator, by: str) -> list[str]:
    return [name for name in indicator.measures if name != by and name not in _LEFT_OUT]


def _read(rows: pd.DataFrame, indicator: Indicator) -> Figures:
    """The figures of rows, with the degrees of freedom that their intervals were made with."""
    value, low, high, n = (rows[name].to_numpy(dtype=np.float64) for name in ("value", "low", "high", "n"))
    degrees = np.full_like(n, np.inf) if indicator.estimator in _NORMAL else np.maximum(n - 1, 1.0)
    return Figures(value, low, high, n, degrees)


def _drop_unnamed(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    return rows[~rows[by].isin([TOGETHER, NOT_RECORDED])] if by else rows


def _name(rows: pd.DataFrame, result: Result, kind: str, by: str) -> pd.DataFrame:
    """Rows as candidates: the words of the group, and of what is measured."""
    measure = find_measure(result.indicator, by)
    named = rows.assign(kind=kind, indicator=result.indicator.id, by=by)
    named["group"] = rows.get(by, "")
    # The only relation that there is need not be named.
    named["measure"] = rows[measure] if measure and measure in result.telling else ""
    return _fill(named)


def _fill(rows: pd.DataFrame) -> pd.DataFrame:
    filled = rows.reindex(columns=list(COLUMNS))
    filled[list(_WORDS)] = filled[list(_WORDS)].fillna("").astype(str)
    return filled
