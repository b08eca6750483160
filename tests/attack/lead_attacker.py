"""A programme lead who tries to work out answers, by integer programming over everybody whose records the lead has.

It knows every member's groups, every figure that a lead is shown of answers and of who answered, for everybody and by
each attribute, in which steps counts are told and from which count on they are shown, that counts are whole numbers, and that nobody
answers twice. It shares no code with what closes the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from indicators.catalogue import list_indicators
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection, list_attributes
from tests.attack.attacker import Haul
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import Engine

ABOVE, LEAST, LEAST_OF_SHARE, NARROW, FEW = 4.0, 5.0, 10.0, 2.0, 5
TOGETHER = "Smaller groups together"
OF_ITEMS = ("item_distribution", "item_positive", "item_net", "item_mean")
OF_CONSTRUCTS = ("construct_distribution", "construct_positive", "construct_net")
ANSWERED = ("response_rate_rr1", "response_rate_rr2")
Weights = dict[int, float]
Row = Mapping[str, object]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Table:
    """What a lead is shown of an indicator by one attribute ('' for everybody)."""

    indicator: str
    attribute: str
    rows: list[dict[str, object]]

    def find_groups(self) -> set[str]:
        return {
            str(row[self.attribute])
            for row in self.rows
            if self.attribute and row[self.attribute] is not None
        }


class _System:
    """Linear statements about whole numbers that are not negative."""

    def __init__(self, size: int, most: Floats, seconds: float) -> None:
        self.size, self.most, self.seconds = size, most, seconds
        self._rows: list[Weights] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._constraint: LinearConstraint | None = None

    def state(self, weights: Weights, low: float, high: float) -> None:
        self._rows.append(weights)
        self._low.append(low)
        self._high.append(high)

    def bound(self, weights: Weights, *, is_whole: bool = True) -> tuple[float, float]:
        """The least and the greatest that a sum can be; what is certain after so many `seconds`, infinite where nothing is."""
        if self._constraint is None:
            data = [value for row in self._rows for value in row.values()]
            columns = [place for row in self._rows for place in row]
            numbers = [number for number, row in enumerate(self._rows) for _ in row]
            matrix = csr_array((data, (numbers, columns)), shape=(len(self._rows), self.size))
            self._constraint = LinearConstraint(matrix, np.array(self._low), np.array(self._high))
        objective = np.zeros(self.size)
        for place, weight in weights.items():
            objective[place] = weight
        ends = []
        for sign in (1.0, -1.0):
            solved = milp(
                sign * objective,
                constraints=self._constraint,
                bounds=Bounds(np.zeros(self.size), self.most),
                integrality=np.full(self.size, int(is_whole)),
                options={"mip_rel_gap": 0.0, "time_limit": self.seconds},
            )
            assert solved.status != 2, "the attacker has misread a figure: nothing fits what is shown"
            # Where time ends first, what has been shown to be impossible until then is still certain.
            bound = solved.fun if solved.status == 0 else getattr(solved, "mip_dual_bound", None)
            ends.append(-sign * np.inf if bound is None else sign * bound)
        return ends[0], ends[1]


def attack_as_lead(
    engine: Engine, most_people: int, most_rows: int | None = None, seconds: float = 10.0
) -> Haul:
    """Try every hidden row of answers and of response rates, and the answers of combinations of groups of a few people.

    Of these combinations `most_people` at random are tried for each construct and wave, of the rows `most_rows` where that is
    given; each for so many `seconds`.
    """
    attributes = list_attributes(engine)
    tables = {
        (name, attribute): _read(engine, name, attribute)
        for name in (*OF_ITEMS, *OF_CONSTRUCTS, *ANSWERED)
        for attribute in ("", *attributes)
    }
    haul = Haul()
    for table in tables.values():
        is_told = table.attribute == "" or table.find_groups()
        statuses = [str(row["status"]) for row in table.rows if is_told]
        haul.shown += statuses.count("ok")
        haul.hidden += statuses.count("suppressed")
    members = engine.query(f"SELECT member_id, {', '.join(attributes)} FROM members").fillna(NOT_RECORDED)
    sizes = members.groupby(attributes).size()
    atoms = [
        dict(zip(attributes, key if isinstance(key, tuple) else (key,), strict=True)) for key in sizes.index
    ]
    random = np.random.default_rng(1)
    questions = engine.query(
        """SELECT DISTINCT w.wave_id, coalesce(q.construct, q.item_id) AS construct, q.item_id, p.label, p.value,
          CASE WHEN q.reversed THEN q.scale_min + q.scale_max - p.value ELSE p.value END AS turned,
          q.scale_min, q.scale_max, q.positive_from
        FROM questions q JOIN scale_points p ON p.survey_id = q.survey_id AND p.item_id = q.item_id
        JOIN waves w ON w.survey_id = q.survey_id WHERE q.kind = 'likert' AND q.positive_from IS NOT NULL"""
    )
    for (wave, construct), asked in questions.groupby(["wave_id", "construct"]):
        system = _Answers(atoms, sizes.to_numpy(float), asked, seconds)
        for table in tables.values():
            system.read(table, str(wave), str(construct))
        rows = system.list_hidden(tables, str(wave))
        if most_rows is not None:
            rows = [rows[place] for place in random.permutation(len(rows))[:most_rows]]
        found = system.try_hidden(rows) + system.try_people(random, most_people)
        haul.recovered += [f"{wave} {construct}: {one}" for one in found]
    for wave in questions["wave_id"].unique():
        haul.recovered += _attack_response(atoms, sizes.to_numpy(float), tables, str(wave), seconds)
    return haul


def _read(engine: Engine, name: str, attribute: str) -> _Table:
    indicator = list_indicators(list_attributes(engine))[name]
    selection = Selection(by=(attribute,) if attribute else ())
    rows = compute_result(engine, indicator, selection, SCOPES["lead"]).table
    return _Table(name, attribute, rows.astype(object).where(rows.notna(), None).to_dict(orient="records"))


def _list_members(atoms: Sequence[Mapping[str, str]], table: _Table, row: Mapping[str, object]) -> list[int]:
    """The combinations of groups that a row is of."""
    if not table.attribute:
        return list(range(len(atoms)))
    group, named = str(row[table.attribute]), table.find_groups()
    if group == TOGETHER:
        return [place for place, atom in enumerate(atoms) if atom[table.attribute] not in named]
    return [place for place, atom in enumerate(atoms) if atom[table.attribute] == group]


class _Answers:
    """Unknown is, of each item of a construct, how many of each combination of groups gave each answer."""

    def __init__(
        self, atoms: Sequence[Mapping[str, str]], sizes: Floats, asked: pd.DataFrame, seconds: float
    ) -> None:
        self.atoms, self.sizes = atoms, sizes
        self.steps = {
            str(item): rows.sort_values("value").to_dict(orient="records")
            for item, rows in asked.groupby("item_id")
        }
        self.place: dict[tuple[str, int, int], int] = {}
        for item, steps in self.steps.items():
            for atom in range(len(atoms)):
                for step in range(len(steps)):
                    self.place[item, atom, step] = len(self.place)
        most = np.zeros(len(self.place))
        for (_, atom, _), place in self.place.items():
            most[place] = sizes[atom]
        self.system = _System(len(self.place), most, seconds)
        for item, steps in self.steps.items():
            for atom in range(len(atoms)):
                self.system.state(
                    {self.place[item, atom, step]: 1.0 for step in range(len(steps))}, 0.0, sizes[atom]
                )

    def sum_up(self, item: str, atoms: Sequence[int], weigh: Mapping[int, float]) -> Weights:
        return {
            self.place[item, atom, step]: weight for atom in atoms for step, weight in weigh.items() if weight
        }

    def read(self, table: _Table, wave: str, construct: str) -> None:
        for row in table.rows:
            if row["status"] != "ok" or str(row["period"]) != wave:
                continue
            atoms = _list_members(self.atoms, table, row)
            if table.indicator in OF_ITEMS and str(row["item"]) in self.steps:
                self._read_item(table.indicator, row, atoms)
            elif table.indicator in OF_CONSTRUCTS and str(row["construct"]) == construct:
                self._read_construct(table.indicator, row, atoms)

    def _read_item(self, name: str, row: Mapping[str, object], atoms: Sequence[int]) -> None:
        item = str(row["item"])
        everything = self.sum_up(item, atoms, dict.fromkeys(range(len(self.steps[item])), 1.0))
        n = float(row["n"])  # type: ignore[arg-type]
        self.system.state(everything, max(n, LEAST_OF_SHARE), n + ABOVE)
        if name == "item_mean":
            value = float(row["value"])  # type: ignore[arg-type]
            turned = {step: float(one["turned"]) for step, one in enumerate(self.steps[item])}
            self.system.state(
                self.sum_up(item, atoms, {s: v - value - 0.05 for s, v in turned.items()}), -np.inf, 1e-6
            )
            self.system.state(
                self.sum_up(item, atoms, {s: v - value + 0.05 for s, v in turned.items()}), -1e-6, np.inf
            )
        elif name == "item_net":
            sides = {step: self._find_side(one) for step, one in enumerate(self.steps[item])}
            value = float(row["numerator"])  # type: ignore[arg-type]
            self.system.state(self.sum_up(item, atoms, sides), value, value + ABOVE)
        else:
            told = str(row["answer"]).split(" + ") if name == "item_distribution" else None
            self._state_count(row, [(item, atoms, self._choose(item, told))])

    def _read_construct(self, name: str, row: Mapping[str, object], atoms: Sequence[int]) -> None:
        if name == "construct_net":
            return
        told = str(row["answer"]).split(" + ") if name == "construct_distribution" else None
        parts = []
        for item, steps in self.steps.items():
            chosen = (
                {s: 1.0 for s, one in enumerate(steps) if str(int(one["turned"])) in told}
                if told
                else self._choose(item, None)
            )
            parts.append((item, atoms, chosen))
        self._state_count(row, parts)

    def _state_count(
        self, row: Mapping[str, object], parts: Sequence[tuple[str, Sequence[int], Mapping[int, float]]]
    ) -> None:
        numerator, denominator = float(row["numerator"]), float(row["denominator"])  # type: ignore[arg-type]
        chosen: Weights = {}
        whole: Weights = {}
        for item, atoms, weigh in parts:
            chosen |= self.sum_up(item, atoms, weigh)
            whole |= self.sum_up(item, atoms, dict.fromkeys(range(len(self.steps[item])), 1.0))
        others = {place: weight for place, weight in whole.items() if place not in chosen}
        self.system.state(chosen, max(numerator, LEAST), numerator + ABOVE)
        self.system.state(whole, max(denominator, LEAST_OF_SHARE), denominator + ABOVE)
        self.system.state(others, LEAST, np.inf)

    def _choose(self, item: str, told: Sequence[str] | None) -> dict[int, float]:
        """The steps that a part of the scale names; without one the favourable steps."""
        return {
            step: 1.0
            for step, one in enumerate(self.steps[item])
            if (str(one["label"]) in told if told else float(one["turned"]) >= float(one["positive_from"]))
        }

    def _find_side(self, one: Mapping[str, object]) -> float:
        turned, cut = float(one["turned"]), float(one["positive_from"])  # type: ignore[arg-type]
        low = float(one["scale_min"]) + float(one["scale_max"]) - cut  # type: ignore[arg-type]
        return 1.0 if turned >= cut else -1.0 if turned <= low else 0.0

    def list_hidden(self, tables: Mapping[tuple[str, str], _Table], wave: str) -> list[tuple[_Table, Row]]:
        """The hidden rows of the items."""
        return [
            (table, row)
            for (name, attribute), table in tables.items()
            for row in table.rows
            if name == "item_positive"
            and attribute
            and row["status"] == "suppressed"
            and str(row["period"]) == wave
            and str(row["item"]) in self.steps
            and row[attribute] is not None
        ]

    def try_hidden(self, hidden: Sequence[tuple[_Table, Row]]) -> list[str]:
        """Those rows whose favourable answers, or the others, are bounded to a width of 2 or less."""
        found = []
        for table, row in hidden:
            item = str(row["item"])
            atoms, favourable = _list_members(self.atoms, table, row), self._choose(item, None)
            others = {step: 1.0 for step in range(len(self.steps[item])) if step not in favourable}
            for word, weigh in (("favourable", favourable), ("other", others)):
                low, high = self.system.bound(self.sum_up(item, atoms, weigh))
                if high - low <= NARROW:
                    group = f"{table.attribute} {row[table.attribute]}"
                    found.append(f"{word} {item} of {group} is {low:.0f} to {high:.0f}")
        return found

    def try_people(self, random: np.random.Generator, most: int) -> list[str]:
        """Combinations of groups of fewer than five people of whom it is certain how many answered favourably."""
        few = np.flatnonzero(self.sizes < FEW)
        found = []
        for atom in random.permutation(few)[:most]:
            for item in self.steps:
                weights = self.sum_up(item, [int(atom)], self._choose(item, None))
                low, high = self.system.bound(weights, is_whole=False)
                if np.ceil(low - 1e-6) == np.floor(high + 1e-6):
                    found.append(f"favourable {item} of {dict(self.atoms[atom])} is {low:.1f} to {high:.1f}")
        return found


def _attack_response(
    atoms: Sequence[Mapping[str, str]],
    sizes: Floats,
    tables: Mapping[tuple[str, str], _Table],
    wave: str,
    seconds: float,
) -> list[str]:
    """The hidden rows of who answered in full or at all, of all who were asked."""
    kinds = ("numerator", "denominator")
    found = []
    for name in ANSWERED:
        place = {
            (kind, atom): k * len(atoms) + atom for k, kind in enumerate(kinds) for atom in range(len(atoms))
        }
        system = _System(len(place), np.concatenate([sizes, sizes]), seconds)
        for atom in range(len(atoms)):
            system.state({place["denominator", atom]: 1.0, place["numerator", atom]: -1.0}, 0.0, np.inf)
        own = [table for (indicator, _), table in tables.items() if indicator == name]
        rows = [(table, row) for table in own for row in table.rows if str(row["period"]) == wave]
        for table, row in rows:
            if row["status"] != "ok":
                continue
            listed = _list_members(atoms, table, row)
            for kind, least in (("numerator", LEAST), ("denominator", LEAST_OF_SHARE)):
                value = float(row[kind])  # type: ignore[arg-type]
                system.state({place[kind, atom]: 1.0 for atom in listed}, max(value, least), value + ABOVE)
        for table, row in rows:
            if row["status"] != "suppressed" or not table.attribute or row[table.attribute] is None:
                continue
            listed = _list_members(atoms, table, row)
            answered = {place["numerator", atom]: 1.0 for atom in listed}
            refused = {place["denominator", atom]: 1.0 for atom in listed} | dict.fromkeys(answered, -1.0)
            for word, weights in (("answered", answered), ("did not", refused)):
                low, high = system.bound(weights)
                if high - low <= NARROW:
                    found.append(
                        f"{wave} {name} {word} of {table.attribute} {row[table.attribute]}: {low:.0f} to {high:.0f}"
                    )
    return found
