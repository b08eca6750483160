"""Scales: the construct's index of 0–100 and how well its items go together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from indicators.catalogue.attitude.items import (
    NEEDS,
    TABLES,
    TURNED,
    UNANSWERED,
    WHO,
    list_least,
    tell_enough,
)
from indicators.catalogue.bases import CONSTRUCT, ITEM, QUESTION, RESPONDENTS
from indicators.definition import Base, Indicator, Measure, Parameter
from indicators.engine.computed import make_figure
from indicators.statistics.scales import estimate_alpha

_RATED = f"""
          SELECT f.wid, f.mid, q.cid, f.iid, {TURNED} AS one_score, count(*) OVER (PARTITION BY f.wid, q.cid, f.mid) AS answered
          FROM ratings f {QUESTION} WHERE q.construct IS NOT NULL AND q.kind IN ('likert', 'number') AND ({TURNED}) IS NOT NULL"""
_COMPLETE = """
          JOIN (SELECT wid, cid, count(DISTINCT iid) AS items FROM rated GROUP BY wid, cid) k
            ON k.wid = r.wid AND k.cid = r.cid AND k.items = r.answered"""
_MISSING_WORDS = {
    "pairs": "each covariance from those who answered both items",
    "complete": "from those who answered all items",
}


_HAS_INDEX = {
    "one": "b.scaled > 0",
    "half": "b.scaled > 0 AND b.scaled * 2 >= b.scaled_items",
    "all": "b.scaled > 0 AND b.scaled >= b.scaled_items",
}


def make_construct_index(least: str = "half") -> Indicator:
    """The construct's score as an index of 0–100."""
    return Indicator(
        id="construct_index",
        title="Index of each construct",
        theme="attitude",
        outcome="learning",
        definition="Mean over respondents of each one's score, rescaled so that the least favourable answer to every item "
        "of the construct gives 0 and the most favourable 100.",
        formula="100 · mean of (x − lowest) / (highest − lowest) over the items answered, then the mean over respondents",
        numerator="Sum of the respondents' indices",
        denominator=f"Respondents who answered {tell_enough(least)}",
        excluded=f"Respondents who did not answer {tell_enough(least)}. Items without a scale. {UNANSWERED}",
        caveat=WHO + " Treats the steps of the scale as equal. An index of 72 does not mean that 72 % agree.",
        source="Civil Service People Survey (index); interval: Student's t",
        unit="points",
        direction="up",
        time_axis="wave",
        estimator="mean",
        chart="line",
        base=RESPONDENTS,
        x="100.0 * b.scaled_score",
        where=_HAS_INDEX[least],
        tables=TABLES,
        attributes="as_at_wave",
        measures=("construct",),
        needs=NEEDS,
        parameters=list_least(least),
        rebuild=make_construct_index,
    )


def _compute_alpha(cell: pd.DataFrame) -> pd.DataFrame:
    """Cronbach's alpha of one construct from the sums over respondents of each pair of its items."""
    both = cell["item"].tolist(), cell["answer"].tolist()
    items = sorted({*both[0], *both[1]})
    place = {item: number for number, item in enumerate(items)}
    n, x, w, xw = (cell[name].to_numpy(dtype=np.float64) for name in ("n", "x", "w", "xw"))
    fewest = float(n.min())
    if len(cell) < len(items) * (len(items) + 1) // 2 or fewest < 2:
        return pd.DataFrame()
    one, other = ([place[item] for item in named] for named in both)
    covariances = np.zeros((len(items), len(items)))
    covariances[one, other] = covariances[other, one] = (xw - x * w / n) / (n - 1)
    alpha, low, high = estimate_alpha(covariances, fewest)
    if np.isnan(alpha):
        return pd.DataFrame()
    whole = float(covariances.sum())
    between = whole - float(covariances.trace())
    return pd.DataFrame([make_figure(alpha, low, high, n=fewest, numerator=between, denominator=whole)])


def _pair_items(missing: str) -> Base:
    """Respondents' scores of every two items of a construct, and of each item with itself."""
    pairs = f"""(
        WITH rated AS ({_RATED}),
        kept AS (SELECT r.* FROM rated r {_COMPLETE if missing == "complete" else ""})
        SELECT a.wid, a.mid, a.cid, a.iid, b.iid AS other_iid, a.one_score, b.one_score AS other_score
        FROM kept a JOIN kept b ON b.wid = a.wid AND b.mid = a.mid AND b.cid = a.cid AND b.iid >= a.iid)"""
    measures = (CONSTRUCT, ITEM, Measure("answer", "other_iid", ITEM.words))
    return Base(pairs, "wid", measures, "counted", ("one_score", "other_score"))


def make_construct_reliability(missing: str = "pairs") -> Indicator:
    """Cronbach's alpha of each construct."""
    return Indicator(
        id="construct_reliability",
        title="Reliability of each construct (Cronbach's alpha)",
        theme="attitude",
        outcome="learning",
        definition=f"How far the items of a construct go together, from the covariances of its items: {_MISSING_WORDS[missing]}.",
        formula="α = k/(k − 1) · Σ covariances between different items / Σ all variances and covariances, k items",
        numerator="Sum of the covariances between different items",
        denominator="Sum of all variances and covariances of the items",
        excluded=UNANSWERED + " Constructs of one item, and items that nobody answered in the wave.",
        caveat="High where the items repeat one another and where there are many; it says nothing on whether they measure "
        "what they are meant to. With answers missing it depends on how they are treated: see the parameter.",
        source="Cronbach 1951; interval: Feldt 1965",
        unit="coefficient",
        direction="neutral",
        time_axis="wave",
        estimator="computed",
        chart="bars",
        base=_pair_items(missing),
        x="f.one_score",
        w="f.other_score",
        tables=TABLES,
        attributes="as_at_wave",
        measures=("construct",),
        sums=("construct", "item", "answer"),
        needs=NEEDS,
        interval="Feldt, 95 %, for the fewest respondents that any pair of items has",
        compute=_compute_alpha,
        parameters=(
            Parameter(
                "missing",
                "Respondents with answers missing: those of each pair of items, or complete ones only",
                missing,
                "pairs",
                ("pairs", "complete"),
            ),
        ),
        rebuild=make_construct_reliability,
    )


_INDICATORS = (make_construct_index(), make_construct_reliability())


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
