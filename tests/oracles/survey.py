"""The rows of a made-up survey as people see them: who was asked, who responded, what each answered and scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.indicators.random_community import WAVES, Community
from tests.oracles.connections import find_groups

BEFORE = {"w2": "w1", "w3": "w2"}
FIRST = {"w2": "w1", "w3": "w1"}
NOT_RECORDED = "Not recorded"


@dataclass(frozen=True)
class Answer:
    """One answer with a value; `score` is turned round where the item is reversed, `step` is as asked."""

    wave: str
    person: str
    item: str
    construct: str | None
    kind: str
    step: float
    score: float
    low: float
    high: float

    @property
    def is_positive(self) -> bool:
        """In the upper half of the scale, without its middle."""
        return self.score > (self.low + self.high) / 2

    @property
    def side(self) -> int:
        middle = (self.low + self.high) / 2
        return (self.score > middle) - (self.score < middle)


@dataclass(frozen=True)
class Asked:
    """One person asked in a wave."""

    person: str
    disposition: str | None
    has_responded: bool


def list_answers(community: Community) -> list[Answer]:
    items = {row["item_id"]: row for row in community.tables.get("items", [])}
    found = []
    for row in community.tables.get("answers", []):
        if row["value"] is None:
            continue
        item = items[row["item_id"]]
        low, high, value = item["scale_min"], item["scale_max"], row["value"]
        score = low + high - value if item["reversed"] else value
        found.append(
            Answer(
                row["wave_id"],
                row["respondent_id"],
                row["item_id"],
                item["construct"],
                item["kind"],
                value,
                score,
                low,
                high,
            )
        )
    return found


def collect(pairs: Iterable[tuple[tuple[str, ...], Any]]) -> dict[tuple[str, ...], list[Any]]:
    """Values by key."""
    collected: dict[tuple[str, ...], list[Any]] = {}
    for key, value in pairs:
        collected.setdefault(key, []).append(value)
    return collected


def score_items(community: Community) -> dict[tuple[str, str, str], float]:
    """By wave, item and person."""
    return {(one.wave, one.item, one.person): one.score for one in list_answers(community)}


def score_constructs(community: Community, *, is_index: bool = False) -> dict[tuple[str, str, str], float]:
    """By wave, construct and person: the mean of the items, if at least half of them are answered."""
    sizes: dict[str, int] = {}
    for row in community.tables.get("items", []):
        if row["construct"] and row["kind"] == "likert":
            sizes[row["construct"]] = sizes.get(row["construct"], 0) + 1
    given = collect(
        (
            (one.wave, str(one.construct), one.person),
            100 * (one.score - one.low) / (one.high - one.low) if is_index else one.score,
        )
        for one in list_answers(community)
        if one.construct and one.kind == "likert"
    )
    return {
        (wave, construct, person): sum(scores) / len(scores)
        for (wave, construct, person), scores in given.items()
        if len(scores) * 2 >= sizes[construct]
    }


def list_given(community: Community, wave: str) -> set[str]:
    """Who gave any answer, with or without a value."""
    return {
        row["respondent_id"]
        for row in community.tables.get("answers", [])
        if row["wave_id"] == wave and (row["value"] is not None or row["text"] is not None)
    }


def list_invited(community: Community, wave: str) -> list[Asked]:
    """Everybody invited, with what came of it."""
    seen = {row["respondent_id"] for row in community.tables.get("answers", []) if row["wave_id"] == wave}
    seen |= {row["from_member_id"] for row in community.tables.get("ties", []) if row["wave_id"] == wave}
    found = []
    for row in community.tables.get("invitations", []):
        if row["wave_id"] == wave:
            known = row["disposition"] or ("complete" if row["member_id"] in seen else "non_contact")
            found.append(Asked(row["member_id"], known, known in ("complete", "partial")))
    return found


def list_asked(community: Community, wave: str) -> list[Asked]:
    """The frame: those invited and eligible, or the members of the day where nobody was invited."""
    invited = list_invited(community, wave)
    if invited:
        return [one for one in invited if one.disposition != "ineligible"]
    given = list_given(community, wave)
    return [
        Asked(name, None, name in given)
        for name in community.spells
        if community.is_member(name, WAVES[wave])
    ]


def name_group(community: Community, wave: str, attribute: str, person: str) -> str:
    return str(find_groups(community, wave, attribute).get(person) or NOT_RECORDED)
