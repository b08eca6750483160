"""What was told before stays until enough people behind it told something else: else two releases would tell what one told."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from itertools import permutations

import numpy as np
import pandas as pd

from indicators.catalogue import list_indicators
from indicators.definition import MEASURE_DIMENSIONS, PROTECTED, Indicator
from indicators.gate.disclosure import Scope
from indicators.gate.groups import TOGETHER
from indicators.published.closing import hide_rows
from indicators.published.leads.earlier import Earlier
from indicators.published.leads.later.changed import ANYTHING, Changed, Signs
from indicators.published.leads.rules import HIDDEN, find_topic
from indicators.result import FIGURES
from indicators.selection import list_attributes
from warehouse.engine import Engine

# The measures that say what a figure is told of: each is told anew for itself.
_SUBJECTS = ("item", "construct", "relation")
REDEFINED = (
    "Hidden: its definition has changed since it was first told, and both figures together could tell what a few people said. "
    "It is told anew when enough people have said something else."
)
# The subject of the one row of an indicator of which nothing is told.
NOTHING_OF = "None"
# Indicator whatever its version, breakdown, period and subject.
Key = tuple[str, str, str, str]


def carry(
    engine: Engine,
    rows: pd.DataFrame,
    before: Sequence[pd.DataFrame],
    read_signs: Callable[[str], Signs],
    scope: Scope,
) -> pd.DataFrame:
    """What was told `before` of a period and a question stays, a table as a whole, unless it differs from all that was ever
    told of it by enough people in every group, or by nobody in it; of each question and each source of answers for itself.
    A figure of another definition is held against what was told by the one before, and is hidden until so many differ. One that
    was never told is held against all that was told of its period: it is of the same people, or of enough others.

    `read_signs` gives what everybody told in a release by its id.
    """
    attributes = list_attributes(engine)
    known = list_indicators(attributes)
    alone = list_groups_alone(rows)
    listed = engine.lookup("SELECT DISTINCT construct, item_id FROM questions WHERE construct IS NOT NULL")
    items = {str(name): set(each["item_id"].astype(str)) for name, each in listed.groupby("construct")}
    then = [_list_tables(one, known) for one in before]
    now = read_signs(engine.release.id)
    earlier = Earlier.of_release(engine)
    all_told_by = sorted({str(one) for rows_then in before for one in rows_then["told_by"].unique()})

    @cache
    def compare(told_by: str) -> Changed:
        return Changed(now, read_signs(told_by))

    kept = []
    for key, table in _list_tables(rows, known).items():
        name, by, period, subject = key
        own = [one[key] for one in then if key in one] or _list_nothing(then, key)
        if own and _are_same(table, own[-1]):
            kept.append(own[-1])
            continue
        of_period = [
            other
            for one in then
            for (_, _, at, _), other in one.items()
            if at == period or compare(_find_release(other)).is_former(period, at)
        ]
        indicator = known[name]
        parts = _list_parts(indicator, subject, items)
        counts: list[int] = []
        (other,) = earlier.list_waves(indicator, [period])
        waves = tuple(dict.fromkeys((period, other)))
        matter = [each for each in attributes if indicator.id.endswith(f"_{each}")]
        renamed = {one for one in all_told_by if any(compare(one).has_former(wave, parts) for wave in waves)}
        for told_by in {_find_release(one) for one in own or of_period} | renamed:
            for among, is_rest in _list_groups(by, alone):
                counts += _count(compare(told_by), indicator, waves, parts, matter, among, is_rest=is_rest)
            # Signs of before this was asked: what has another name may be what it was but for one person.
            counts += [1] if told_by in renamed and not compare(told_by).is_comparable else []
        is_enough = all(count == 0 or count >= scope.minimum for count in counts)
        everything = np.ones(len(table), dtype=bool)
        if not own:
            kept.append(table if is_enough else hide_rows(table, everything, HIDDEN))
        elif is_enough and any(counts):
            kept.append(table)
        elif _are_one_definition(table, own[-1]):
            kept.append(own[-1])
        else:
            kept.append(hide_rows(table, everything, REDEFINED))
    # Of several relations each may have had the one row in its place that says that nothing is told.
    return pd.concat(kept, ignore_index=True).drop_duplicates(
        ["indicator", "by", "period", "cell"], ignore_index=True
    )


def _list_nothing(then: Sequence[Mapping[Key, pd.DataFrame]], key: Key) -> list[pd.DataFrame]:
    """Of what was told before in place of a table: the one row that says that nothing is told, in place of its relations, and
    these in place of that."""
    name, by, period, subject = key
    found = []
    for one in then:
        alike = [at for at in one if at[:3] == (name, by, period) and NOTHING_OF in (at[3], subject)]
        if alike:
            found.append(pd.concat([one[at] for at in alike]))
    return found


def _find_release(table: pd.DataFrame) -> str:
    return str(table["told_by"].iloc[0])


def list_groups_alone(rows: pd.DataFrame) -> dict[str, list[str]]:
    """By attribute the groups that are told of alone in the rows of a set."""
    found: dict[str, set[str]] = {}
    for by, cells in rows.groupby("by")["cell"]:
        if by and by not in MEASURE_DIMENSIONS:
            found.setdefault(str(by), set()).update(str(json.loads(cell)[-1]) for cell in cells)
    return {name: sorted(values - {TOGETHER, "None"}) for name, values in found.items()}


def _list_parts(
    indicator: Indicator, subject: str, items: Mapping[str, Collection[str]]
) -> Collection[str | None]:
    """What people told that a figure is made of: an item, each of a construct's, a relation; else that they told anything, and
    whatever they told."""
    topic = find_topic(indicator, items)
    if "construct" in indicator.measures or topic:
        return items.get(subject or topic, (None,))
    if subject:
        return (subject,)
    return (ANYTHING, None)


def _count(
    changed: Changed,
    indicator: Indicator,
    waves: Sequence[str],
    parts: Collection[str | None],
    attributes: Sequence[str],
    among: tuple[str, Collection[str]] | None,
    *,
    is_rest: bool,
) -> list[int]:
    """How many differ in each source by itself: five who were asked again hide nobody's answer. Of a change also in each of its two
    waves by itself, of all and of those who told something in both."""
    period = waves[0]
    sources = [name for name in indicator.tables if name in PROTECTED]
    records = [name for name in indicator.tables if name not in PROTECTED]
    both: list[tuple[str, str]] = list(permutations(waves, 2))
    counts = [
        changed.count([name], period, (), among, part, is_rest=is_rest, wave=wave, also=also)
        for name in sources
        for part in parts
        for wave, also in (
            *((one, None) for one in waves),
            *((one, (other, parts if name == "answers" else (ANYTHING,))) for one, other in both),
        )
    ]
    return [*counts, changed.count(records, period, attributes, among, of=sources, is_rest=is_rest)]


def _list_groups(
    by: str, alone: Mapping[str, Sequence[str]]
) -> list[tuple[tuple[str, Collection[str]] | None, bool]]:
    """The groups of a table, each with the values of the attribute that it stands for, or whether it stands for all others; everybody
    as None."""
    if by not in alone:
        return [(None, False)]
    return [*(((by, (group,)), False) for group in alone[by]), ((by, alone[by]), True)]


def _list_tables(rows: pd.DataFrame, known: Mapping[str, Indicator]) -> dict[Key, pd.DataFrame]:
    """The rows of each indicator, breakdown, period and subject."""
    tables: dict[Key, pd.DataFrame] = {}
    for (name, by, period), table in rows.groupby(["indicator", "by", "period"], sort=False):
        indicator = known.get(_name_indicator(str(name)))
        measures = () if indicator is None else indicator.measures
        place = next((measures.index(one) for one in _SUBJECTS if one in measures), None)
        subjects = ["" if place is None else str(json.loads(cell)[place]) for cell in table["cell"]]
        # As a Series: a list as long as one is taken for the name of a column, and the subject for a tuple.
        for subject, own in table.groupby(pd.Series(subjects, table.index), sort=False):
            tables[_name_indicator(str(name)), str(by), str(period), str(subject)] = own
    return tables


def _name_indicator(versioned: str) -> str:
    return versioned.split(":")[0]


def _are_one_definition(block: pd.DataFrame, previous: pd.DataFrame) -> bool:
    return bool(block["indicator"].iloc[0] == previous["indicator"].iloc[0])


def _are_same(block: pd.DataFrame, previous: pd.DataFrame) -> bool:
    """Whether a table tells what was told before, by the same definition."""
    if not _are_one_definition(block, previous):
        return False
    compared = ["cell", *FIGURES, "status"]
    return bool(block[compared].reset_index(drop=True).equals(previous[compared].reset_index(drop=True)))
