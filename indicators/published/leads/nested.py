"""Groups of different attributes that nearly hold the same people: one less the other would be the answers of a few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from indicators.gate.disclosure import Scope
from indicators.gate.groups import TOGETHER, list_alone, list_people_sql
from warehouse.engine import Engine

MOST_ATTRIBUTES = 6
People = dict[str, frozenset[str]]


def choose_groups(
    engine: Engine, attributes: Sequence[str], scope: Scope, fixed: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """By attribute the groups that are told of alone. An attribute none of whose groups can be is left out.

    So is one that groups everybody as another does, and whatever is more than MOST_ATTRIBUTES ever: of as many rounded sums
    as there are people, each one's answer can be worked out (Dinur & Nissim 2003). Those in `fixed` come first.

    Two sets of groups, of one attribute each, that differ by one to a few people are never both told of: the smaller
    group is then counted among the smaller groups together.
    """
    people: dict[str, People] = {}
    for name in sorted(attributes, key=lambda name: name not in fixed):
        groups = _read_people(engine, name)
        is_new = name not in fixed
        if is_new and len({*fixed, *people}) >= MOST_ATTRIBUTES:
            continue
        if len(groups) > 1 and set(groups.values()) not in [set(other.values()) for other in people.values()]:
            people[name] = groups
    alone = {name: list_alone(engine, name, scope, fixed.get(name, ())) for name in people}
    least = max(scope.smallest_group, 1)
    while (found := _find_nested({n: _put_together(people[n], alone[n]) for n in alone}, least)) is not None:
        name, group = found
        alone[name] = _leave_out(people[name], alone[name], group)
    return {name: groups for name, groups in alone.items() if groups}


def _read_people(engine: Engine, attribute: str) -> People:
    """Everybody who was ever in each group."""
    rows = engine.query(list_people_sql(attribute))
    return {str(name): frozenset(group["member_id"]) for name, group in rows.groupby("value")}


def _put_together(people: People, alone: Sequence[str]) -> People:
    rest = frozenset[str]().union(*(who for name, who in people.items() if name not in alone))
    return {name: people[name] for name in alone} | ({TOGETHER: rest} if rest else {})


def _find_nested(groups: Mapping[str, People], least: int) -> tuple[str, str] | None:
    """The first group that some groups of another attribute make up but for a few people, with its attribute."""
    for one, other in permutations(groups, 2):
        for name, who in groups[one].items():
            inside = [each for each in groups[other].values() if 2 * len(each & who) > len(each)]
            union = frozenset[str]().union(*inside)
            if inside and 0 < len(union ^ who) < least:
                return one, name
    return None


def _leave_out(people: People, alone: Sequence[str], group: str) -> list[str]:
    """The groups without one more: the one named, or of the smaller ones together the next larger."""
    if group != TOGETHER:
        return [name for name in alone if name != group]
    smallest = min(alone, key=lambda name: (len(people[name]), name), default="")
    return [name for name in alone if name != smallest]
