"""Change of attitude between waves within the panel, and its tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from indicators.catalogue.attitude.items import (
    CUT_WORDS,
    IS_FAVOURABLE,
    LIKERT,
    SCORED,
    TABLES,
    TURNED,
    UNANSWERED,
    Cut,
    list_cuts,
    list_least,
    tell_enough,
)
from indicators.catalogue.bases import MOVES, SHIFTS, TESTED_MOVES
from indicators.definition import LEAST_PAIRS, TWO_WAVES, Base, Indicator
from indicators.engine.computed import make_figure
from indicators.statistics.change import (
    adjust_holm,
    find_p_of_counts,
    find_p_of_means,
)
from indicators.statistics.estimators import Floats

PANEL_NEEDS = f"the same items answered by the same people in {TWO_WAVES}"
PANEL_ONLY = (
    "The panel's change only: it says nothing about those who answered in one wave. "
    "Two shown means may differ by one in the last digit from their shown change."
)
ONE_WAVE = "People who answered in only one of the two waves. "
# What a change is since: suffix of the id, words, rows of two waves.
BEFORE = ("", "the wave before", "since = 0")
FIRST = ("_since_first", "the first wave", "since = 1")
Since = tuple[str, str, str]


def now(score: str) -> str:
    """A score of an answer, of the later of two."""
    return score.replace("f.value", "f.value_now")


def then(score: str) -> str:
    """A score of an answer, of the earlier of two."""
    return score.replace("f.value", "f.value_then")


HAS_BOTH = {
    "one": "true",
    "half": "b.answered_then * 2 >= b.items AND b.answered_now * 2 >= b.items",
    "all": "b.answered_then >= b.items AND b.answered_now >= b.items",
}
_MOVED = f"({now(TURNED)}) - ({then(TURNED)})"
BOTH_SCORED = f"{now(SCORED)} AND {then(SCORED)}"


def _change(base: Base, x: str, where: str, excluded: str, since: Since) -> Indicator:
    suffix, words, which = since
    (measure,) = (one.name for one in base.measures)
    return Indicator(
        id=f"{measure}_change{suffix}",
        title=f"Change of each {measure} since {words}",
        theme="attitude",
        outcome="learning",
        definition=f"Mean change of the score since {words}, among those who answered in both waves (the matched panel).",
        formula="d̄ = Σ(score now − score then) / n, with the paired t interval",
        numerator="Sum of the changes",
        denominator="Respondents with a score in both waves",
        excluded=ONE_WAVE + excluded,
        caveat=PANEL_ONLY,
        source=f"Survey; interval: paired Student's t, from {LEAST_PAIRS} pairs",
        unit="difference",
        direction="up",
        time_axis="wave",
        estimator="mean",
        chart="change",
        base=base,
        x=x,
        where=f"{where} AND {which}",
        tables=TABLES,
        attributes="as_at_wave",
        measures=(measure,),
        least_n=LEAST_PAIRS,
        turned="score",
        needs=PANEL_NEEDS,
    )


def _construct_change(since: Since, least: str = "half") -> Indicator:
    changed = _change(
        SHIFTS,
        "b.score_now - b.score_then",
        HAS_BOTH[least],
        f"Respondents who did not answer {tell_enough(least)} in each.",
        since,
    )
    return replace(changed, parameters=list_least(least), rebuild=partial(_construct_change, since))


def turn(cut: str) -> str:
    """1 who turned favourable, −1 who ceased to be, 0 who stayed."""
    return f"({now(IS_FAVOURABLE[cut])}) - ({then(IS_FAVOURABLE[cut])})"


def _positive_change(since: Since, cut: Cut = "half") -> Indicator:
    suffix, words, which = since
    return Indicator(
        id=f"item_positive_change{suffix}",
        title=f"Change of positive answers to each item since {words}",
        theme="attitude",
        outcome="learning",
        definition=f"Change since {words} of the share who answered the item {CUT_WORDS[cut]}, "
        "among those who answered it in both waves (the matched panel).",
        formula="(b − c) / n, b turned favourable and c ceased to be; standard error √(b + c − (b − c)²/n) / n",
        numerator="Respondents who turned favourable less those who ceased to be",
        denominator="Respondents who answered the item in both waves",
        excluded=ONE_WAVE + UNANSWERED,
        caveat=PANEL_ONLY,
        source=f"Agresti 2013, ch. 11 (matched pairs); interval: normal, from {LEAST_PAIRS} pairs",
        unit="net",
        direction="up",
        time_axis="wave",
        estimator="paired",
        chart="change",
        base=MOVES,
        x=turn(cut),
        where=f"{LIKERT} AND f.{which}",
        tables=TABLES,
        attributes="as_at_wave",
        measures=("item",),
        least_n=LEAST_PAIRS,
        turned=cut,
        needs=PANEL_NEEDS,
        parameters=list_cuts(cut),
        rebuild=partial(_positive_change, since),
    )


def _construct_positive_change(since: Since, cut: str = "half") -> Indicator:
    suffix, words, _ = since
    changed = _change(
        SHIFTS,
        f"1.0 * b.favourable_{cut}_now / b.given_now - 1.0 * b.favourable_{cut}_then / b.given_then",
        "b.given_then > 0 AND b.given_now > 0",
        UNANSWERED,
        since,
    )
    return replace(
        changed,
        id=f"construct_positive_change{suffix}",
        title=f"Change of positive answers to each construct since {words}",
        definition=f"Mean change since {words} of the share of a respondent's answers to the construct's items that are favourable, each "
        f"{CUT_WORDS[cut]}, among those who answered any in both waves (the matched panel).",
        formula="d̄ = Σ(share now − share then) / n, a respondent's share being favourable answers / answers with a value; paired t interval",
        numerator="Sum of the changes of the respondents' shares",
        denominator="Respondents who answered an item of the construct with a value in both waves",
        caveat=PANEL_ONLY.replace("means", "shares")
        + " Each respondent counts alike, however many items were answered.",
        unit="net",
        turned="",
        parameters=list_cuts(cut),
        rebuild=partial(_construct_positive_change, since),
    )


def _find_mean_p(cell: pd.DataFrame) -> Floats:
    return find_p_of_means(*(cell[name].to_numpy(dtype=np.float64) for name in ("n", "x", "xx")))


def _find_count_p(cell: pd.DataFrame) -> Floats:
    """x is −1, 0 or 1: Σx² are those who moved and Σx those up less those down."""
    moved, net = (cell[name].to_numpy(dtype=np.float64) for name in ("xx", "x"))
    return find_p_of_counts((moved + net) / 2, (moved - net) / 2)


def test_items(find_p: Callable[[pd.DataFrame], Floats], cell: pd.DataFrame) -> pd.DataFrame:
    """One figure an item: its p adjusted over the items of the cell, those without a test left out."""
    own = find_p(cell)
    is_tested = ~np.isnan(own)
    people = cell["n"].to_numpy(dtype=np.float64)[is_tested]
    items, own = cell["answer"].astype(str)[is_tested], own[is_tested]
    return pd.DataFrame(
        make_figure(float(p), n=n, numerator=float(raw), denominator=len(own), item=item)
        for p, n, raw, item in zip(adjust_holm(own), people, own, items, strict=True)
    )


def make_test(
    id: str,
    title: str,
    test: str,
    question: str,
    source: str,
    x: str,
    where: str,
    find_p: Callable[[pd.DataFrame], Floats],
    since: Since,
    untested: str,
) -> Indicator:
    """A test of each item's change, adjusted for all items of the wave; `find_p` gives the p of each row of a cell."""
    suffix, words, which = since
    return Indicator(
        id=f"{id}{suffix}",
        title=f"{title} since {words}",
        theme="attitude",
        outcome="learning",
        definition=f"How surprising the panel's change of each item since {words} would be if {question}: {test}, "
        "adjusted for all items of the wave tested together (Holm).",
        formula=f"p of the {test}; the i-th smallest of m times m − i + 1, never below the one before, at most 1",
        numerator="None: a p-value is no ratio (given is the item's own p, before the adjustment)",
        denominator="None: a p-value is no ratio (given is the number of items tested together)",
        excluded=ONE_WAVE + UNANSWERED + untested,
        caveat="A small p says that chance alone is unlikely to explain the change, not that it is large or why it came; "
        "a large p does not say that nothing changed. " + PANEL_ONLY,
        source=source,
        unit="p",
        direction="neutral",
        time_axis="wave",
        estimator="computed",
        chart="bars",
        base=TESTED_MOVES,
        x=x,
        where=f"{where} AND f.{which}",
        tables=TABLES,
        attributes="as_at_wave",
        measures=("item",),
        turned="score",
        sums=("answer",),
        needs=PANEL_NEEDS,
        interval="None: it is a p-value",
        compute=partial(test_items, find_p),
    )


def _change_p(since: Since) -> Indicator:
    return make_test(
        "item_change_p",
        "Test of the change of each item",
        "paired t test",
        "the mean had not changed",
        "Student's paired t; Holm 1979",
        _MOVED,
        BOTH_SCORED,
        _find_mean_p,
        since,
        " Items that fewer than two answered twice, or that all changed by the same.",
    )


def _sign_p(since: Since) -> Indicator:
    return make_test(
        "item_sign_p",
        "Sign test of the change of each item",
        "sign test",
        "as many moved up as down",
        "Dixon & Mood 1946; Holm 1979",
        f"sign({_MOVED})",
        BOTH_SCORED,
        _find_count_p,
        since,
        "",
    )


def _positive_p(since: Since, cut: Cut = "half") -> Indicator:
    test = make_test(
        "item_positive_p",
        "Test of the change of positive answers to each item",
        "exact McNemar test",
        "as many turned favourable as ceased to be",
        "McNemar 1947, exact; Holm 1979",
        turn(cut),
        LIKERT,
        _find_count_p,
        since,
        "",
    )
    return replace(test, turned=cut, parameters=list_cuts(cut), rebuild=partial(_positive_p, since))


_INDICATORS = (
    *(_change(MOVES, _MOVED, BOTH_SCORED, UNANSWERED, since) for since in (BEFORE, FIRST)),
    *(_construct_change(since) for since in (BEFORE, FIRST)),
    *(_construct_positive_change(since) for since in (BEFORE, FIRST)),
    *(_positive_change(since) for since in (BEFORE, FIRST)),
    *(make(since) for make in (_change_p, _positive_p, _sign_p) for since in (BEFORE, FIRST)),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
