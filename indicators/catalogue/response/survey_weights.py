"""Answers weighted by the weights that came with the survey (design weights), and what these weights cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from indicators.catalogue.attitude.items import (
    CUT_WORDS,
    HAS_SCORE,
    IS_FAVOURABLE,
    LIKERT,
    TURNED_ROUND,
    Cut,
    list_cuts,
    list_least,
    tell_enough,
)
from indicators.catalogue.bases import CONSTRUCT, ITEM, QUESTION
from indicators.catalogue.response.weighting import Estimate
from indicators.definition import Base, Indicator, Measure, Parameter, Unit
from indicators.engine.computed import make_figure
from indicators.statistics.estimators import estimate_adjusted, estimate_from_variance, ratio_variance
from indicators.statistics.weighting import count_effective

_TABLES = ("invitations", "answers", "items", "waves")
_NEEDS = (
    "weights that came with the survey, one for each respondent: load invitations.csv with the column weight, or name the column of "
    "weights of a file of answers in a mapping, as weight under [file.respondent]"
)
_EXCLUDED = (
    "Respondents without a weight; where there are invitations, who was not invited, or was found ineligible."
)
_CAVEAT = (
    "The weights are taken as they came: on any scale, neither raked nor trimmed. The interval supposes that each was known before "
    "anybody answered, and knows of no strata and clusters of the design."
)
_JOINED = "JOIN survey_weights s ON s.wid = f.wid AND s.mid = f.mid AND s.weight IS NOT NULL"
_ANSWERS = Base(
    f"(SELECT f.wid, f.mid, f.iid, s.weight, {IS_FAVOURABLE['half']} AS favourable_half, {IS_FAVOURABLE['top']} AS favourable_top "
    f"FROM ratings f {QUESTION} {_JOINED} WHERE {LIKERT})",
    "wid",
    (Measure("answer", "iid", ITEM.words),),
)
_SCORES = Base(
    f"(SELECT f.wid, f.mid, f.cid, f.score, f.answered, f.items, s.weight FROM respondents f {_JOINED})",
    "wid",
    (Measure("answer", "cid", CONSTRUCT.words),),
)


def _weigh(measure: str, estimate: Estimate, cell: pd.DataFrame) -> pd.DataFrame:
    """Σwx/Σw of each item or construct, with its interval out of the linearised variance."""
    n, x, w, xx, xw, ww = (
        cell[name].to_numpy(dtype=np.float64) for name in ("n", "x", "w", "xx", "xw", "ww")
    )
    interval = estimate(n, x / w, ratio_variance(n, x, w, xx, xw, ww))
    columns = (cell["answer"], *interval, n, x, w)
    return pd.DataFrame(
        [
            make_figure(value, low, high, n=people, numerator=above, denominator=below)
            | {measure: str(answer)}
            for answer, value, low, high, people, above, below in zip(*columns, strict=True)
        ]
    )


def _weighted(
    measure: str,
    id: str,
    title: str,
    what: str,
    numerator: str,
    denominator: str,
    interval: str,
    unit: Unit,
    base: Base,
    score: str,
    where: str,
    estimate: Estimate,
    parameters: tuple[Parameter, ...],
    rebuild: Callable[..., Indicator],
) -> Indicator:
    return Indicator(
        id=id,
        title=title,
        theme="response",
        outcome="learning",
        definition=f"{what}, each counting with the weight that came with the survey.",
        formula="Σwx / Σw; variance n/(n − 1) Σw²(x − x̄_w)² / (Σw)²",
        numerator=numerator,
        denominator=denominator,
        excluded=_EXCLUDED,
        caveat=_CAVEAT,
        source="Cochran 1977, ch. 6 (linearised variance of a ratio)",
        unit=unit,
        direction="up",
        time_axis="wave",
        estimator="computed",
        chart="bars",
        base=base,
        x=f"b.weight * {score}",
        w="b.weight",
        where=where,
        tables=_TABLES,
        attributes="as_at_wave",
        measures=(measure,),
        sums=("answer",),
        needs=_NEEDS,
        interval=interval,
        is_for_evaluators=True,
        compute=partial(_weigh, measure, estimate),
        parameters=parameters,
        rebuild=rebuild,
    )


def _construct_mean(least: str = "half") -> Indicator:
    return _weighted(
        "construct",
        "construct_mean_survey_weighted",
        "Mean score by construct, with the survey's own weights",
        "Mean over respondents of each one's mean of the construct's items",
        "Weighted sum of the respondents' scores",
        f"Sum of the weights of the respondents who answered {tell_enough(least)}",
        "Student's t, 95 %, linearised",
        "score",
        _SCORES,
        "b.score",
        HAS_SCORE[least],
        estimate_from_variance,
        list_least(least),
        _construct_mean,
    )


def _item_positive(cut: Cut = "half") -> Indicator:
    weighted = _weighted(
        "item",
        "item_positive_survey_weighted",
        "Positive answers to each item, with the survey's own weights",
        f"Share of those who answered the item {CUT_WORDS[cut]}",
        "Sum of the weights of the respondents with a favourable answer",
        "Sum of the weights of the respondents who answered the item with a value",
        "Wilson, 95 %, at the effective sample size (linearised variance)",
        "share",
        _ANSWERS,
        f"b.favourable_{cut}",
        "true",
        estimate_adjusted,
        list_cuts(cut),
        _item_positive,
    )
    return replace(weighted, turned=cut, caveat=weighted.caveat + TURNED_ROUND)


def _summarise(cell: pd.DataFrame) -> pd.DataFrame:
    """How many respondents have a weight, what the weights cost, and the least and the largest; nothing where nobody has one."""
    weights = cell["x"].dropna().to_numpy(dtype=np.float64)
    if not len(weights):
        return pd.DataFrame()
    people, effective = float(len(weights)), count_effective(weights, np.ones(len(weights)))
    parts = {
        "Respondents with a weight": people,
        "Respondents without a weight": float(len(cell)) - people,
        "Effective number of respondents": effective,
        "Design effect": people / effective,
        "Smallest weight": float(weights.min()),
        "Largest weight": float(weights.max()),
    }
    return pd.DataFrame(
        [
            make_figure(value, n=people, position=float(place), part=part)
            for place, (part, value) in enumerate(parts.items())
        ]
    )


SURVEY_WEIGHTS = Indicator(
    id="survey_weights",
    title="The survey's own weights",
    theme="response",
    outcome="learning",
    definition="How many respondents have a weight that came with the survey and how many have none, how many respondents without weights "
    "would tell as much, the design effect, and the smallest and the largest weight.",
    formula="n_eff = (Σw)² / Σw²; design effect n / n_eff",
    numerator="Respondents, or the weight",
    denominator="None",
    excluded="Where there are invitations, who was not invited, or was found ineligible.",
    caveat="n_eff supposes that weights have nothing to do with the answers; where they do, they cost less. Weights of which one is many "
    "times another let few people decide.",
    source="Kish 1965",
    unit="number",
    direction="neutral",
    time_axis="wave",
    estimator="computed",
    chart="bars",
    facts="""
        SELECT w.wave_id AS period, c.member_id, 0.0 AS position, s.weight AS x, 1.0 AS w
        FROM survey_weights s JOIN wave_codes w ON w.wid = s.wid JOIN member_codes c ON c.mid = s.mid""",
    tables=_TABLES,
    attributes="as_at_wave",
    measures=("part",),
    needs=_NEEDS,
    interval="None: it follows from the weights",
    is_for_evaluators=True,
    compute=_summarise,
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return (_construct_mean(), _item_positive(), SURVEY_WEIGHTS)
