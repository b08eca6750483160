"""Weighted beside unweighted: answers raked to everybody asked by profession, region and cohort, and what it costs."""

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
    TABLES,
    Cut,
    list_cuts,
    list_least,
    tell_enough,
)
from indicators.catalogue.bases import CONSTRUCT, ITEM, QUESTION
from indicators.catalogue.response.rates import INELIGIBLE
from indicators.definition import Base, Indicator, Measure, Parameter, Unit
from indicators.engine.computed import make_figure
from indicators.statistics.estimators import (
    Floats,
    Interval,
    estimate_adjusted,
    estimate_from_variance,
    estimate_mean,
    estimate_proportion,
)
from indicators.statistics.weighting import Codes, count_effective, estimate_weighted, rake_cells
from warehouse.engine import quote_name, quote_text

MARGINS = ("profession", "region", "cohort")
# More than any attribute of the margins has groups.
_MOST_GROUPS = 100_000
_COLLAPSED = (
    "A group in which nobody answered is collapsed: its share is spread over the others (see the members whom the weights can stand for). There are no weights where empty combinations of groups stand in the way. "
    "Weights repair what goes with these margins and nothing else."
)
_NEEDS = (
    "survey answers and who was asked (items.csv, waves.csv, the answers, and invitations.csv or members.csv)"
)
_TABLES = (*TABLES, "members")


def _list_margins(attributes: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in MARGINS if name in attributes)


def _name_margins(margins: Sequence[str]) -> str:
    return (
        f"{', '.join(margins[:-1])} and {margins[-1]}" if len(margins) > 1 else "".join(margins) or "nothing"
    )


def _ask(margins: Sequence[str], scores: str = "", rated: Measure | None = None) -> Base:
    """Everybody asked with the cell of the margins (stage) and whether they responded, and respondents' scores of what is rated."""
    cell = "0"
    for name in margins:
        cell = f"({cell}) * CAST({_MOST_GROUPS} AS BIGINT) + g.{quote_name(name)}"
    scored = f"""
        UNION ALL
        SELECT a.wid, a.mid, a.stage, s.rated, s.score FROM asked a JOIN ({scores}) s ON s.wid = a.wid AND s.mid = a.mid
        WHERE a.is_respondent"""
    people = f"""(
        WITH asked AS (
          SELECT a.wid, a.mid, a.is_respondent, {cell} AS stage FROM people_asked a
          JOIN wave_groups g ON g.wid = a.wid AND g.mid = a.mid
        )
        SELECT wid, mid, stage, CAST(NULL AS INTEGER) AS rated, CASE WHEN is_respondent THEN 1 ELSE 0 END AS score
        FROM asked{scored if scores else ""})"""
    measures = (Measure("answer", "rated", rated.words),) if rated else ()
    return Base(people, "wid", (*measures, Measure("stage", "stage")))


def _rake(count: int, asked: pd.DataFrame) -> tuple[pd.Index, list[Codes], Floats, Floats | None]:
    """The cells of so many margins, each margin's groups, who responded in each cell, and the weights."""
    asked = asked.set_index("stage")
    cells = asked.index.to_numpy(dtype=np.int64)
    margins: list[Codes] = [
        np.unique(cells // _MOST_GROUPS**place % _MOST_GROUPS, return_inverse=True)[1]
        for place in reversed(range(max(count, 1)))
    ]
    people, answered = (asked[name].to_numpy(dtype=np.float64) for name in ("n", "x"))
    return asked.index, margins, answered, rake_cells(margins, people, answered)


Estimate = Callable[[Floats, Floats, Floats], Interval]


def _estimate_plain_share(n: Floats, total: Floats, squares: Floats) -> Interval:
    return estimate_proportion(total, n)


def _weigh(count: int, measure: str, plain: Estimate, adjusted: Estimate, cell: pd.DataFrame) -> pd.DataFrame:
    """Unweighted and weighted mean of every item or construct; no weighted one where there are no weights."""
    cells, margins, _, weights = _rake(count, cell[cell["answer"].isna()])
    rows = []
    for answer, scored in cell.groupby("answer", sort=True):
        placed = scored.set_index("stage").reindex(cells)
        n, total, squares = (placed[name].fillna(0.0).to_numpy(dtype=np.float64) for name in ("n", "x", "xx"))
        people, whole = np.array([n.sum()]), np.array([total.sum()])
        parts = {"Unweighted": plain(people, whole, np.array([squares.sum()]))}
        sums = {"Unweighted": (float(whole[0]), float(people[0]))}
        if weights is not None:
            value, variance = estimate_weighted(weights, n, total, squares, margins)
            parts["Weighted"] = adjusted(people, np.array([value]), np.array([variance]))
            sums["Weighted"] = (float((weights * total).sum()), float((weights * n).sum()))
        for place, (part, interval) in enumerate(parts.items()):
            numerator, denominator = sums[part]
            figure = make_figure(
                *(float(bound[0]) for bound in interval),
                n=float(people[0]),
                numerator=numerator,
                denominator=denominator,
                position=float(place),
                part=part,
            )
            rows.append(figure | {measure: str(answer)})
    return pd.DataFrame(rows)


def _weighted(
    margins: tuple[str, ...],
    id: str,
    title: str,
    what: str,
    numerator: str,
    denominator: str,
    interval: str,
    unit: Unit,
    rated: Measure,
    scores: str,
    plain: Estimate,
    adjusted: Estimate,
    parameters: tuple[Parameter, ...],
    rebuild: Callable[..., Indicator],
) -> Indicator:
    return Indicator(
        id=id,
        title=title,
        theme="response",
        outcome="learning",
        definition=f"{what}, as it is, and with weights that give those who answered the {_name_margins(margins)} of "
        "everybody asked.",
        formula="Σwx / Σw; w by iterative proportional fitting to each margin of everybody asked, mean 1 over respondents",
        numerator=numerator,
        denominator=denominator,
        excluded=INELIGIBLE,
        caveat=_COLLAPSED
        + " Where the two hardly differ, who answered matters little here as far as one can see.",
        source="Deming & Stephan 1940; Deville & Särndal 1992",
        unit=unit,
        direction="up",
        time_axis="wave",
        estimator="computed",
        chart="bars",
        base=_ask(margins, scores, rated),
        x="b.score",
        tables=_TABLES,
        attributes="as_at_wave",
        measures=(rated.name, "part"),
        sums=("answer", "stage"),
        needs=_NEEDS,
        interval=interval,
        is_whole=True,
        compute=partial(_weigh, len(margins), rated.name, plain, adjusted),
        parameters=parameters,
        rebuild=rebuild,
    )


def _construct_mean(margins: tuple[str, ...], least: str = "half") -> Indicator:
    return _weighted(
        margins,
        "construct_mean_weighted",
        "Mean score by construct, weighted and unweighted",
        "Mean over respondents of each one's mean of the construct's items",
        "(Weighted) sum of the respondents' scores",
        f"(Weighted) respondents who answered {tell_enough(least)}",
        "Student's t, 95 %; weighted: linearised, what the margins explain taken out",
        "score",
        CONSTRUCT,
        f"SELECT b.wid, b.mid, b.cid AS rated, b.score FROM respondents b WHERE {HAS_SCORE[least]}",
        estimate_mean,
        estimate_from_variance,
        list_least(least),
        partial(_construct_mean, margins),
    )


def _item_positive(margins: tuple[str, ...], cut: Cut = "half") -> Indicator:
    weighted = _weighted(
        margins,
        "item_positive_weighted",
        "Positive answers to each item, weighted and unweighted",
        f"Share of those who answered the item {CUT_WORDS[cut]}",
        "(Weighted) respondents with a favourable answer",
        "(Weighted) respondents who answered the item with a value",
        "Wilson, 95 %; weighted: at the effective sample size, what the margins explain taken out",
        "share",
        ITEM,
        f"SELECT f.wid, f.mid, f.iid AS rated, {IS_FAVOURABLE[cut]} AS score FROM ratings f {QUESTION} WHERE {LIKERT}",
        _estimate_plain_share,
        estimate_adjusted,
        list_cuts(cut),
        partial(_item_positive, margins),
    )
    return replace(weighted, turned=cut)


def _compute_effective(count: int, cell: pd.DataFrame) -> pd.DataFrame:
    """The effective number of respondents; nothing where there are no weights."""
    _, _, answered, weights = _rake(count, cell)
    if weights is None:
        return pd.DataFrame()
    squares = float((weights**2 * answered).sum())
    figure = make_figure(
        count_effective(weights, answered),
        n=float(answered.sum()),
        numerator=float((weights * answered).sum()) ** 2,
        denominator=squares,
    )
    return pd.DataFrame([figure])


def _compute_design_effect(count: int, cell: pd.DataFrame) -> pd.DataFrame:
    """Respondents over their effective number; nothing where there are no weights."""
    _, _, answered, weights = _rake(count, cell)
    if weights is None:
        return pd.DataFrame()
    people, effective = float(answered.sum()), count_effective(weights, answered)
    return pd.DataFrame([make_figure(people / effective, n=people, numerator=people, denominator=effective)])


def _cost(margins: tuple[str, ...], *, is_effect: bool) -> Indicator:
    words = (
        (
            "design_effect",
            "Design effect of the weights",
            "How many times as many respondents are needed as without weights: respondents over their effective number.",
            "n / n_eff",
            "Respondents",
            "Effective number of respondents",
        )
        if is_effect
        else (
            "effective_respondents",
            "Effective number of respondents",
            "How many respondents without weights would tell as much as those who answered, weighted to the "
            f"{_name_margins(margins)} of everybody asked.",
            "n_eff = (Σw)² / Σw²",
            "Square of the sum of the weights",
            "Sum of the squared weights",
        )
    )
    id, title, definition, formula, numerator, denominator = words
    return Indicator(
        id=id,
        title=title,
        theme="response",
        outcome="learning",
        definition=definition,
        formula=formula,
        numerator=numerator,
        denominator=denominator,
        excluded=INELIGIBLE,
        caveat=_COLLAPSED
        + " Supposes that weights have nothing to do with the answers; where they do, they cost less.",
        source="Kish 1965; Deming & Stephan 1940",
        unit="number",
        direction="down" if is_effect else "up",
        time_axis="wave",
        estimator="computed",
        chart="bars",
        base=_ask(margins),
        x="b.score",
        tables=_TABLES,
        attributes="as_at_wave",
        sums=("stage",),
        needs=_NEEDS,
        interval="None: it follows from the weights",
        is_whole=True,
        # Beside the design effect it would tell exactly how many answered.
        is_for_evaluators=not is_effect,
        compute=partial(_compute_design_effect if is_effect else _compute_effective, len(margins)),
    )


def _coverage(margins: tuple[str, ...]) -> Indicator:
    rows = " UNION ALL ".join(
        f"""
        SELECT a.wid, a.mid, {place} AS margin,
          max(CASE WHEN a.is_respondent THEN 1 ELSE 0 END) OVER (PARTITION BY a.wid, g.{quote_name(name)}) AS is_met
        FROM people_asked a JOIN wave_groups g ON g.wid = a.wid AND g.mid = a.mid"""
        for place, name in enumerate(margins)
    )
    listed = ", ".join(f"({place}, {quote_text(name)}, {place}.0)" for place, name in enumerate(margins))
    words = f"SELECT * FROM (VALUES {listed}) AS v(code, word, position)"
    return Indicator(
        id="weighting_coverage",
        title="Members whom the weights can stand for",
        theme="response",
        outcome="learning",
        definition=f"Share of everybody asked who are in a group in which somebody answered, for each of {_name_margins(margins)}; "
        "the other groups are collapsed in weighting.",
        formula="members asked of groups with a respondent / members asked",
        numerator="Members asked in groups in which somebody answered",
        denominator="Members asked",
        excluded=INELIGIBLE,
        is_for_evaluators=True,
        caveat="Below 100 % the weights cannot repair that the other groups are missing.",
        source="Deming & Stephan 1940; interval: Wilson 1927",
        unit="share",
        direction="up",
        time_axis="wave",
        estimator="proportion",
        chart="bars",
        base=Base(f"({rows})", "wid", (Measure("part", "margin", words),)),
        x="b.is_met",
        tables=_TABLES,
        attributes="as_at_wave",
        measures=("part",),
        needs=_NEEDS,
    )


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; the margins are those of MARGINS that the release has."""
    margins = _list_margins(attributes)
    return (
        _construct_mean(margins),
        _item_positive(margins),
        _cost(margins, is_effect=False),
        _cost(margins, is_effect=True),
        *((_coverage(margins),) if margins else ()),
    )
