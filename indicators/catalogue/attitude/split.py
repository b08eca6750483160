"""A change of a construct then and now: everybody and the panel, and what of it is within the panel or who answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import isnan

import numpy as np
import pandas as pd

from indicators.catalogue.attitude.change import BEFORE, FIRST, PANEL_NEEDS, Since
from indicators.catalogue.attitude.items import HAS_SCORE, TABLES, UNANSWERED, list_least, tell_enough
from indicators.catalogue.bases import CONSTRUCT
from indicators.definition import LEAST_PAIRS, Base, Chart, Indicator, Measure, Unit
from indicators.engine.computed import make_figure
from indicators.statistics.change import Moments, estimate_score, split_change


def _read_moments(cell: pd.DataFrame) -> dict[str, Moments]:
    """The sums of those who answered both times, then only and now only."""
    sums = cell[["n", "x", "w", "xx", "xw", "ww"]].to_numpy(dtype=np.float64)
    found = {str(stage): Moments(*map(float, row)) for stage, row in zip(cell["stage"], sums, strict=True)}
    return {stage: found.get(stage, Moments()) for stage in ("both", "then", "now")}


def _compute_split(cell: pd.DataFrame) -> pd.DataFrame:
    """The change of a construct and its two parts; nothing where one of the waves has no score."""
    people = _read_moments(cell)
    parts = split_change(people["both"], people["then"], people["now"])
    once = people["then"].n + people["now"].n
    counts = (people["both"].n + once, people["both"].n, once)
    return pd.DataFrame(
        make_figure(*figures, n=n, position=float(place), part=part)
        for place, ((part, figures), n) in enumerate(zip(parts.items(), counts, strict=True))
        if not isnan(figures[0])
    )


def _compute_sides(cell: pd.DataFrame) -> pd.DataFrame:
    """The mean of a construct then and now: of everybody, and of the panel; nothing where a wave has no score."""
    both, then, now = _read_moments(cell).values()
    if not both.n + then.n or not both.n + now.n:
        return pd.DataFrame()
    sides = (
        ("Everybody then", both.n + then.n, both.w + then.w, both.ww + then.ww),
        ("Everybody now", both.n + now.n, both.x + now.x, both.xx + now.xx),
        ("Panel then", both.n, both.w, both.ww),
        ("Panel now", both.n, both.x, both.xx),
    )
    return pd.DataFrame(
        make_figure(
            *estimate_score(n, total, squares),
            n=n,
            numerator=total,
            denominator=n,
            part=part,
            position=float(place),
        )
        for place, (part, n, total, squares) in enumerate(sides)
        if n
    )


def _side(least: str) -> Base:
    """Respondents of either of two waves, or of both, with their score of a construct in each."""
    sides = " UNION ALL ".join(
        f"""
          SELECT w.wid, w.since, b.mid, b.cid, {now} AS score_now, {then} AS score_then
          FROM wave_pairs w JOIN respondents b ON b.wid = w.{wave} WHERE {HAS_SCORE[least]}"""
        for wave, now, then in (("wid", "b.score", "NULL"), ("earlier", "NULL", "b.score"))
    )
    people = f"""(
        SELECT wid, since, mid, cid, max(score_now) AS score_now, max(score_then) AS score_then,
          CASE WHEN count(score_now) = 0 THEN 'then' WHEN count(score_then) = 0 THEN 'now' ELSE 'both' END AS stage
        FROM ({sides}) GROUP BY wid, since, mid, cid)"""
    return Base(people, "wid", (CONSTRUCT, Measure("stage", "stage")))


def _compare(
    id: str,
    title: str,
    definition: str,
    formula: str,
    numerator: str,
    denominator: str,
    interval: str,
    unit: Unit,
    chart: Chart,
    compute: Callable[[pd.DataFrame], pd.DataFrame],
    since: Since,
    least: str = "half",
) -> Indicator:
    suffix, words, which = since
    return Indicator(
        id=f"{id}{suffix}",
        title=f"{title} since {words}",
        theme="attitude",
        outcome="learning",
        definition=definition,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        excluded=f"Respondents who did not answer {tell_enough(least)}. {UNANSWERED}",
        caveat="Groups are as they are now, because whoever answered then only need not have been asked again. "
        "Respondents who cannot be recognised in both waves count as different people. "
        "Shown figures are rounded last: two of them may differ by one in the last digit from their shown sum.",
        source="Kish 1965 (overlapping samples); linearised over persons",
        unit=unit,
        direction="up",
        time_axis="wave",
        estimator="computed",
        chart=chart,
        base=_side(least),
        x="coalesce(b.score_now, 0)",
        w="coalesce(b.score_then, 0)",
        where=which,
        tables=TABLES,
        measures=("construct", "part"),
        sums=("construct", "stage"),
        least_n=LEAST_PAIRS if unit == "difference" else 0,
        needs=PANEL_NEEDS,
        interval=interval,
        compute=compute,
        parameters=list_least(least),
        rebuild=partial(
            _compare,
            id,
            title,
            definition,
            formula,
            numerator,
            denominator,
            interval,
            unit,
            chart,
            compute,
            since,
        ),
    )


def _change_split(since: Since) -> Indicator:
    return _compare(
        "construct_change_split",
        "Where the change of each construct comes from",
        f"Change of the mean score since {since[1]} of all who answered, and its two parts: within the panel of those "
        "who answered in both waves, and from who answered in only one of them.",
        "(mean of everybody now − then) = (mean change of the panel) + (the rest: a change in who answered)",
        "Difference of the means, or the mean of the panel's changes",
        "Respondents of either wave; of both waves for within the panel; of one wave only for the change in who answered",
        f"Student's t, linearised over persons, 95 %; within the panel the paired t; from {LEAST_PAIRS} people",
        "difference",
        "change",
        _compute_split,
        since,
    )


def _sides(since: Since) -> Indicator:
    return _compare(
        "construct_sides",
        "Each construct then and now, everybody and the panel",
        f"Mean score {since[1].replace('the ', 'in the ', 1)} and now, of everybody who answered, and of the matched panel "
        "of those who answered in both.",
        "x̄ = Σ respondent scores / n",
        "Sum of the respondents' scores",
        "Respondents with a score in the wave; with one in both waves for the panel",
        "Student's t, 95 %",
        "score",
        "bars",
        _compute_sides,
        since,
    )


_INDICATORS = tuple(make(since) for make in (_sides, _change_split) for since in (BEFORE, FIRST))


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
