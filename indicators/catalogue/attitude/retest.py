"""How alike the two answers of the panel are, and how large its change is beside how differently people changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pandas as pd

from indicators.catalogue.attitude.change import (
    BEFORE,
    BOTH_SCORED,
    FIRST,
    HAS_BOTH,
    ONE_WAVE,
    PANEL_NEEDS,
    PANEL_ONLY,
    Since,
    now,
    then,
)
from indicators.catalogue.attitude.items import TABLES, TURNED, UNANSWERED, tell_enough
from indicators.catalogue.bases import RETESTED, TESTED_MOVES
from indicators.definition import Base, Indicator
from indicators.engine.computed import make_figure
from indicators.statistics.change import Figures, correlate, standardise_change

_SUMS = ("n", "x", "w", "xx", "xw", "ww")
# What is measured: its base, the score now and then, which rows, and who is left out besides.
Measured = tuple[Base, str, str, str, str]
MEASURED: dict[str, Measured] = {
    "construct": (
        RETESTED,
        "b.score_now",
        "b.score_then",
        f"{HAS_BOTH['half']} AND {{since}}",
        f"Respondents who did not answer {tell_enough('half')} in each.",
    ),
    "item": (TESTED_MOVES, now(TURNED), then(TURNED), f"{BOTH_SCORED} AND f.{{since}}", UNANSWERED),
}


def _standardise(n: float, x: float, w: float, xx: float, xw: float, ww: float) -> Figures:
    return standardise_change(n, x - w, xx - 2 * xw + ww)


def _compute(measure: str, figure: Callable[..., Figures], cell: pd.DataFrame) -> pd.DataFrame:
    """One figure a construct or item, of those that have one."""
    rows = []
    for name, *sums in cell[["answer", *_SUMS]].itertuples(index=False, name=None):
        value, low, high = figure(*map(float, sums))
        if value == value:
            rows.append(make_figure(value, low, high, n=float(sums[0])) | {measure: str(name)})
    return pd.DataFrame(rows)


def _make(
    kind: str,
    title: str,
    definition: str,
    formula: str,
    numerator: str,
    denominator: str,
    interval: str,
    caveat: str,
    source: str,
    figure: Callable[..., Figures],
    measure: str,
    since: Since,
) -> Indicator:
    suffix, words, which = since
    base, score_now, score_then, where, excluded = MEASURED[measure]
    return Indicator(
        id=f"{measure}_{kind}{suffix}",
        title=title.format(measure=measure, words=words),
        theme="attitude",
        outcome="learning",
        definition=definition.format(measure=measure, words=words),
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        excluded=ONE_WAVE + excluded,
        caveat=f"{caveat} {PANEL_ONLY}",
        source=source,
        unit="coefficient",
        direction="neutral",
        time_axis="wave",
        estimator="computed",
        chart="bars",
        base=base,
        turned="score" if measure == "item" else "",
        x=score_now,
        w=score_then,
        where=where.format(since=which),
        tables=TABLES,
        attributes="as_at_wave",
        measures=(measure,),
        sums=("answer",),
        needs=PANEL_NEEDS,
        interval=interval,
        is_for_evaluators=True,
        compute=partial(_compute, measure, figure),
    )


_retest = partial(
    _make,
    "retest",
    "Retest correlation of each {measure} with {words}",
    "Correlation of the score now with that in {words}, among those who answered in both waves (the matched panel).",
    "r = Σ(x − x̄)(w − w̄) / √(Σ(x − x̄)² Σ(w − w̄)²), x the score now and w the one then",
    "Covariance of the two scores",
    "Product of their standard deviations",
    "Fisher's z, 95 %",
    "Below 1 because people changed differently and because answers are not exact: both lower it alike.",
    "Pearson 1895; Fisher 1921",
    correlate,
)
_dz = partial(
    _make,
    "dz",
    "Standardised change of each {measure} since {words} (d_z)",
    "Mean change of the score since {words} over the standard deviation of the changes, among those who answered in both waves "
    "(the matched panel).",
    "d_z = d̄ / s_d, d the change of each",
    "Mean change",
    "Standard deviation of the changes",
    "Noncentral t, 95 %",
    "Not Cohen's d of two groups: it is larger the more alike people changed. By his rule 0.2 is small, 0.5 middling, 0.8 large.",
    "Cohen 1988; Steiger & Fouladi 1997",
    _standardise,
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return tuple(
        make(measure, since) for make in (_retest, _dz) for measure in MEASURED for since in (BEFORE, FIRST)
    )
