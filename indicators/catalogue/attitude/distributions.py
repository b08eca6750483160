"""Asymptotic tests of the panel's change of each item: McNemar of favourable answers, Bowker and Stuart–Maxwell of all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from indicators.catalogue.attitude.change import BEFORE, FIRST, Since, make_test, test_items, turn
from indicators.catalogue.attitude.items import LIKERT, list_cuts
from indicators.catalogue.bases import MOVE_TABLES
from indicators.definition import Indicator
from indicators.statistics.change import find_p_of_margins, find_p_of_symmetry, find_p_of_turns
from indicators.statistics.estimators import Floats

_FEW = "Approximate: with fewer than some ten who moved prefer the exact tests. "
_STAGE = 1000


def _find_turns_p(cell: pd.DataFrame) -> Floats:
    moved, net = (cell[name].to_numpy(dtype=np.float64) for name in ("xx", "x"))
    return find_p_of_turns((moved + net) / 2, (moved - net) / 2)


def _test_tables(find_p: Callable[[Floats], float], cell: pd.DataFrame) -> pd.DataFrame:
    """The test of every item's table of answers then and now."""
    found = []
    for item, rows in cell.groupby("answer", sort=True):
        moves = rows["stage"].to_numpy(dtype=np.float64)
        then, now = moves // _STAGE, moves % _STAGE
        answers = np.unique(np.concatenate((then, now)))
        table = np.zeros((len(answers), len(answers)))
        np.add.at(
            table, (np.searchsorted(answers, then), np.searchsorted(answers, now)), rows["n"].to_numpy()
        )
        found.append({"answer": item, "n": table.sum(), "p": find_p(table)})
    return test_items(lambda tested: tested["p"].to_numpy(dtype=np.float64), pd.DataFrame(found))


def _mcnemar(since: Since, cut: str = "half") -> Indicator:
    test = make_test(
        "item_positive_mcnemar_p",
        "Asymptotic McNemar test of positive answers to each item",
        "asymptotic McNemar test, χ² without continuity correction",
        "as many turned favourable as ceased to be",
        "McNemar 1947; Holm 1979",
        turn(cut),
        LIKERT,
        _find_turns_p,
        since,
        " Items to which nobody turned or ceased to be favourable.",
    )
    return replace(
        test,
        caveat=_FEW + test.caveat,
        is_for_evaluators=True,
        parameters=list_cuts(cut),
        rebuild=partial(_mcnemar, since),
    )


def _of_tables(
    id: str,
    title: str,
    test: str,
    question: str,
    source: str,
    find_p: Callable[[Floats], float],
    since: Since,
) -> Indicator:
    made = make_test(
        id, title, test, question, source, "1", LIKERT, _find_turns_p, since, " Items on which nobody moved."
    )
    return replace(
        made,
        base=MOVE_TABLES,
        sums=("answer", "stage"),
        caveat=_FEW + made.caveat,
        is_for_evaluators=True,
        compute=partial(_test_tables, find_p),
    )


def _margins(since: Since) -> Indicator:
    return _of_tables(
        "item_distribution_p",
        "Stuart–Maxwell test of the distribution of each item",
        "Stuart–Maxwell test of marginal homogeneity",
        "as many gave each answer as before",
        "Stuart 1955; Maxwell 1970; Holm 1979",
        find_p_of_margins,
        since,
    )


def _symmetry(since: Since) -> Indicator:
    return _of_tables(
        "item_symmetry_p",
        "Bowker test of the moves between answers of each item",
        "Bowker test of symmetry, a degree of freedom for each pair of answers between which anybody moved",
        "as many moved from each answer to each other as back",
        "Bowker 1948; Holm 1979",
        find_p_of_symmetry,
        since,
    )


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return tuple(make(since) for make in (_mcnemar, _margins, _symmetry) for since in (BEFORE, FIRST))
