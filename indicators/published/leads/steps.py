"""How finely the answers to a question are told: one scale a question and attribute, which every figure of it keeps to.

Every part of the scale that is told has enough answers in every group of which it is told, so nobody of a group is known to
have answered one way, and the groups of which nothing is told have enough of each part together. Hundepool et al. 2012,
Statistical Disclosure Control, ch. 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.gate.disclosure import Scope
from indicators.published.checks import PART
from indicators.result import Result
from warehouse.engine import Engine

EVERY, SIDES, HALVES, NOTHING = range(4)
EVERYBODY = ""

_TURNED = "CASE WHEN q.reversed THEN q.scale_min + q.scale_max - p.value ELSE p.value END"
_OF_ITEMS = f"""
SELECT DISTINCT q.item_id AS subject, p.label AS answer, p.value AS place,
  CASE WHEN q.kind = 'nps' THEN CASE WHEN p.value >= 9 THEN 1 WHEN p.value <= 6 THEN -1 ELSE 0 END
    WHEN q.positive_from IS NULL THEN NULL WHEN {_TURNED} >= q.positive_from THEN 1
    WHEN {_TURNED} <= q.scale_min + q.scale_max - q.positive_from THEN -1 ELSE 0 END AS side
FROM questions q JOIN scale_points p ON p.survey_id = q.survey_id AND p.item_id = q.item_id"""
_OF_CONSTRUCTS = """
WITH scales AS (
  SELECT construct, min(scale_min) AS least, min(scale_max) AS most, min(positive_from) AS positive_from,
    count(DISTINCT concat_ws(' ', scale_min, scale_max, positive_from)) AS scales
  FROM questions WHERE kind = 'likert' AND construct IS NOT NULL GROUP BY construct)
SELECT DISTINCT q.construct AS subject, CAST(CAST(p.value AS BIGINT) AS VARCHAR) AS answer, p.value AS place,
  CASE WHEN s.scales > 1 OR s.positive_from IS NULL THEN NULL WHEN p.value >= s.positive_from THEN 1
    WHEN p.value <= s.least + s.most - s.positive_from THEN -1 ELSE 0 END AS side
FROM questions q JOIN scale_points p ON p.survey_id = q.survey_id AND p.item_id = q.item_id
JOIN scales s ON s.construct = q.construct WHERE q.kind = 'likert'"""
STATEMENTS = {"item": _OF_ITEMS, "construct": _OF_CONSTRUCTS}

Parts = tuple[tuple[str, ...], ...]
Cell = tuple[str, str, str]
# By period, question and group: of every answer how many there are, and of how many people.
Counts = Mapping[Cell, Mapping[str, tuple[float, float]]]


@dataclass(frozen=True)
class Steps:
    """The scale of one question: how fine it is, and the answers that are told together, in the order of the scale."""

    fineness: int
    parts: Parts


@dataclass(frozen=True)
class Told:
    """What is told of the answers in one breakdown: the steps of each question, and of which (period, question, group)."""

    steps: Mapping[str, Steps]
    cells: frozenset[Cell]

    def tells(self, period: str, subject: str, group: str, fineness: int = HALVES) -> bool:
        """Whether the answers of a group are told at least so finely. A question without a scale is left to the gate."""
        if subject not in self.steps:
            return True
        return self.steps[subject].fineness <= fineness and (period, subject, group) in self.cells


def choose_steps(engine: Engine, exact: Result, scope: Scope, items: Told | None = None) -> Told:
    """The scale of every question of a table of distributions (`measures` are the question and the answer).

    Of the scales on which most groups can be told it is the finest. Constructs are told after their `items`: what is told
    of all items of a construct but one would give that one away.
    """
    subject, _ = exact.indicator.measures
    counts = _count_answers(exact, subject)
    parts_of = engine.lookup("SELECT DISTINCT construct, item_id FROM questions WHERE kind = 'likert'")
    steps: dict[str, Steps] = {}
    cells: set[Cell] = set()
    for name, scale in engine.lookup(STATEMENTS[subject]).groupby("subject", sort=True):
        own = {cell: answers for cell, answers in counts.items() if cell[1] == name}
        listed = parts_of.loc[parts_of["construct"] == name, "item_id"].astype(str) if items else ()
        safe = {cell for cell in own if items is None or _count_untold(items, cell, listed) != 1}
        fineness, parts, told = _choose(_list_scales(scale), own, safe, scope, has_rest=bool(exact.groups))
        steps[str(name)] = Steps(fineness, parts)
        cells |= told
    return Told(steps, frozenset(cells))


def _count_untold(items: Told, cell: Cell, listed: Iterable[str]) -> int:
    return sum(not items.tells(cell[0], item, cell[2]) for item in listed)


def coarsen(exact: Result, told: Told) -> pd.DataFrame:
    """A table of distributions with the answers that are told together as one row each, hidden where nothing is told."""
    subject, answer = exact.indicator.measures
    is_known = exact.table[answer].notna().to_numpy()
    known = exact.table[is_known]
    names = {
        (name, one): " + ".join(part)
        for name, steps in told.steps.items()
        for part in steps.parts
        for one in part
    }
    cells = list(zip(known[subject].astype(str), known[answer].astype(str), strict=True))
    known = known.assign(**{answer: [names.get(cell, cell[1]) for cell in cells]})
    places = zip(
        known["period"].astype(str), known[subject].astype(str), name_groups(exact, known), strict=True
    )
    is_told = np.array([told.tells(*place) for place in places], dtype=bool)
    keys = ["period", subject, *exact.groups, answer]
    summed = known.assign(numerator=known["numerator"].where(is_told, 0.0)).groupby(
        keys, sort=False, dropna=False
    )
    coarse = known.drop_duplicates(keys).reset_index(drop=True)
    coarse["numerator"] = summed["numerator"].sum().to_numpy()
    coarse = coarse.drop(columns=[name for name in coarse if str(name).startswith(PART)])
    is_merged = coarse[answer].astype(str).str.contains(" + ", regex=False)
    coarse.loc[is_merged, ["low", "high"]] = np.nan
    if "people_in" in coarse:
        # Where a part is told, so is another of as many people at least: nobody but a few is out of it either.
        coarse["people_in"] = coarse["people_out"] = summed["people_in"].max().to_numpy()
    return pd.concat([coarse, exact.table[~is_known]], ignore_index=True)


def name_groups(exact: Result, table: pd.DataFrame) -> list[str]:
    """The group of each row of a table by one attribute at most; EVERYBODY where it is by none."""
    return table[exact.groups[0]].astype(str).tolist() if exact.groups else [EVERYBODY] * len(table)


def _count_answers(exact: Result, subject: str) -> dict[Cell, dict[str, tuple[float, float]]]:
    """By period, question and group: of every answer how many there are, and of how many people."""
    counts: dict[Cell, dict[str, tuple[float, float]]] = {}
    answer = exact.indicator.measures[1]
    known = exact.table[exact.table[answer].notna()]
    for group, row in zip(name_groups(exact, known), known.to_dict(orient="records"), strict=True):
        number = 0.0 if pd.isna(row["numerator"]) else float(row["numerator"])
        counts.setdefault((str(row["period"]), str(row[subject]), group), {})[str(row[answer])] = (
            number,
            float(row.get("people_in", number)),
        )
    return counts


def _list_scales(scale: pd.DataFrame) -> list[tuple[int, Parts]]:
    """Every scale that a question can be told on, the finest first."""
    ordered = scale.sort_values("place", kind="stable")
    answers = list(dict.fromkeys(ordered["answer"].astype(str)))
    scales: list[tuple[int, Parts]] = [(EVERY, tuple((one,) for one in answers))]
    if ordered["side"].isna().any():
        return scales
    sides = dict(zip(ordered["answer"].astype(str), ordered["side"].astype(int), strict=True))
    for fineness, cut in ((SIDES, (-1, 0, 1)), (HALVES, (False, True))):
        own = [sides[one] if fineness == SIDES else sides[one] == 1 for one in answers]
        parts = [tuple(one for one, side in zip(answers, own, strict=True) if side == part) for part in cut]
        scales.append((fineness, tuple(part for part in parts if part)))
    return scales


def _choose(
    scales: Sequence[tuple[int, Parts]], counts: Counts, safe: set[Cell], scope: Scope, *, has_rest: bool
) -> tuple[int, Parts, set[Cell]]:
    """The fineness and the parts of the scale that tells most, the finest of these, and what it tells."""
    best: tuple[int, Parts, set[Cell]] = (NOTHING, scales[-1][1], set())
    for fineness, parts in scales:
        told = {cell for cell, answers in counts.items() if cell in safe and _fits(parts, answers, scope)}
        if has_rest:
            told = _close_few(told, counts, parts, scope)
        if len(told) > len(best[2]):
            best = (fineness, parts, told)
    return best


def _fits(parts: Parts, answers: Mapping[str, tuple[float, float]], scope: Scope) -> bool:
    """Whether every part has enough answers, of enough people."""
    return len(parts) > 1 and min(_count_steps(parts, answers, scope)) > 0


def _count_steps(parts: Parts, answers: Mapping[str, tuple[float, float]], scope: Scope) -> list[int]:
    """How many times the least count each part of a group has, of answers as of people: what is too few to be told counts nothing."""
    counts = []
    for part in parts:
        number = sum(answers[one][0] for one in part if one in answers)
        people = max((answers[one][1] for one in part if one in answers), default=0.0)
        counts.append(int(min(number, people) // scope.minimum))
    return counts


def _count_told_steps(parts: Parts, answers: Mapping[str, tuple[float, float]], scope: Scope) -> float:
    """How many steps the parts of a group are told in together."""
    told = [sum(answers[one][0] for one in part if one in answers) for part in parts]
    return sum(number // scope.rounding for number in told)


def _close_few(fitting: set[Cell], counts: Counts, parts: Parts, scope: Scope) -> set[Cell]:
    """The cells to tell when what is not told, which is the whole less these, must have enough of each part too.

    Which one is hidden besides says no more than what is told: it is that of the fewest steps, of several the first in the order of the
    words, and it is hidden until a part of what is not told has enough in one group by itself. How many there are of what is too
    few to be told decides nothing (simulatable auditing: Kenthapadi, Mishra & Nissim 2005).
    """
    told = set(fitting)
    steps = {cell: _count_steps(parts, answers, scope) for cell, answers in counts.items()}
    for period in {cell[0] for cell in counts}:
        of_period = sorted(cell for cell in counts if cell[0] == period)
        while shown := [cell for cell in of_period if cell in told]:
            rest = [steps[cell] for cell in of_period if cell not in told]
            if not rest or (len(rest) > 1 and all(sum(part) for part in zip(*rest, strict=True))):
                break
            told.remove(min(shown, key=lambda cell: _count_told_steps(parts, counts[cell], scope)))
    return told
