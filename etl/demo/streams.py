"""The sample's other streams and intentions: coffee trials, groups, a funding round, visits; importance and staying.

None of it has a planted effect: it does not depend on attendance, profession or wave, and keeps its level over time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from etl.demo.draws import DAY, Activities, Ints, People, Responses, stream
from etl.demo.exports import build_part, code_words
from etl.demo.plan import Plan, number_day
from etl.demo.words import LABELS

STREAM_KINDS = (
    "coffee_matched",
    "coffee_met",
    "group_meeting",
    "site_visit",
    "exchange_idea",
    "exchange_submitted",
    "exchange_shortlisted",
    "exchange_funded",
)
MATCHED, MET, GROUP, VISIT, IDEA = range(5)
ROUND = ((20, 0.77), (45, 0.4), (70, 0.5))
RUNGS = ("Dormant", "Occasional", "Active", "Core")
UNANSWERED = 0.05
FOUNDING_ACTIVITY = 0.8


@dataclass(frozen=True)
class Intention:
    """A further item of the attitude survey, asked last; `weights` are those of its answers 1, 2, ..."""

    item_id: str
    text: str
    construct: str
    is_reversed: bool
    weights: tuple[float, ...]
    labels: tuple[str, ...] = ()


INTENTIONS = (
    Intention(
        "importance_1",
        "Being part of the community is important for my work.",
        "Importance",
        False,
        (0.04, 0.09, 0.21, 0.42, 0.24),
    ),
    Intention(
        "stay_1",
        "I intend to stay a member for at least another year.",
        "Intention to stay",
        False,
        (0.03, 0.06, 0.16, 0.40, 0.35),
    ),
    Intention(
        "stay_2",
        "I often think about leaving the community.",
        "Intention to stay",
        True,
        (0.33, 0.37, 0.17, 0.09, 0.04),
    ),
    Intention(
        "wanted_1",
        "How engaged would you like to be?",
        "Wanted engagement",
        False,
        (0.05, 0.2, 0.5, 0.25),
        RUNGS,
    ),
)


def list_intentions() -> list[tuple[object, ...]]:
    """The rows of the codebook."""
    return [
        (
            "attitude",
            one.item_id,
            one.text,
            one.construct,
            "likert",
            1,
            len(one.weights),
            str(one.is_reversed).lower(),
            "|".join(f"{value}={label}" for value, label in enumerate(one.labels or LABELS, start=1)),
        )
        for one in INTENTIONS
    ]


def draw_intentions(item: Responses, seed: int) -> Ints:
    """Answers of the respondents of one attitude wave, a column an item of `INTENTIONS`; 0 is unanswered.

    One answer in twenty is left out; whoever gave a partial answer stopped before these items.
    """
    rng = stream(seed, 20, int(item.wave.wave_id[1:]))
    count = len(item.responded)
    values = np.column_stack(
        [rng.choice(len(one.weights), count, p=list(one.weights)) + 1 for one in INTENTIONS]
    )
    is_partial = item.recommend < 0
    return np.where(is_partial[:, None] | (rng.random(values.shape) < UNANSWERED), 0, values)


def word_intentions(values: Sequence[int], as_labels: bool) -> list[str]:
    """One respondent's answers as they stand in an export: labels or numbers, empty where there is none."""
    return [
        "" if value == 0 else (one.labels or LABELS)[value - 1] if as_labels else str(value)
        for one, value in zip(INTENTIONS, values, strict=True)
    ]


def tabulate_intentions(item: Responses, seed: int) -> pa.Table:
    """One row an answer to `INTENTIONS`."""
    values = draw_intentions(item, seed)
    place = np.flatnonzero(values.ravel() > 0)
    row, column = place // len(INTENTIONS), place % len(INTENTIONS)
    none = np.full(len(place), -1)
    return build_part(
        {
            "wave_id": code_words(np.zeros(len(place), np.int64), [item.wave.wave_id]),
            "respondent_id": item.responded[row],
            "item_id": code_words(column, [one.item_id for one in INTENTIONS]),
            "value": pa.array(values.ravel()[place]),
            "text": code_words(none, [""]),
            "submitted_at": item.submitted_at[row],
        }
    )


def draw_streams(plan: Plan, people: People, seed: int) -> Activities:
    """What members did in the other streams, sorted by member and time; no time comes twice for a member."""
    share = plan.weekly_activity / FOUNDING_ACTIVITY
    parts = [
        part
        for number, month in enumerate(_list_months(plan))
        for part in _draw_month(people, month, share, stream(seed, 21, number))
    ]
    parts += [
        part
        for number, opens in enumerate(_list_rounds(plan))
        for part in _draw_round(people, opens, stream(seed, 22, number))
    ]
    ends = number_day(plan.ends_on) * DAY
    member, at, kind = (np.concatenate([part[place] for part in parts]) for place in range(3))
    order = np.lexsort((kind, at, member))
    member, at, kind = member[order], at[order], kind[order]
    kept = at < ends
    kept[1:] &= (member[1:] != member[:-1]) | (at[1:] != at[:-1])
    return Activities(member[kept], at[kept], kind[kept], np.ones(int(kept.sum()), np.int64))


def tabulate_streams(item: Activities) -> pa.Table:
    return build_part(
        {
            "member_id": item.member,
            "at": item.at,
            "kind": code_words(item.kind, STREAM_KINDS),
            "amount": item.amount,
        }
    )


def _list_months(plan: Plan) -> Iterator[date]:
    """The first Monday of every month but the first."""
    month = (plan.starts_on.replace(day=1) + timedelta(32)).replace(day=1)
    while month < plan.ends_on:
        yield month + timedelta((7 - month.weekday()) % 7)
        month = (month + timedelta(32)).replace(day=1)


def _list_rounds(plan: Plan) -> Iterator[date]:
    """The first of October of every year: a funding round opens."""
    for year in range(plan.starts_on.year, plan.ends_on.year + 1):
        if plan.starts_on < date(year, 10, 1) < plan.ends_on:
            yield date(year, 10, 1)


Part = tuple[Ints, Ints, Ints]


def _draw_month(people: People, month: date, share: float, rng: np.random.Generator) -> Iterator[Part]:
    """One member in six is matched for a coffee, two pairs in three meet; some go to a group or on a visit.

    `share` multiplies how many do, for plans in which members do less. Only members are on record on any day.
    """
    day = number_day(month)
    there = np.flatnonzero(people.were_members(day))
    pairs = rng.permutation(there)[: int(len(there) * share / 12) * 2]
    yield _at(rng, pairs, np.full(len(pairs), day), MATCHED)
    has_met = np.repeat(rng.random(len(pairs) // 2) < 0.66, 2)
    met_on = np.repeat(day + rng.integers(3, 20, len(pairs) // 2), 2)
    is_there = (people.left[pairs] > met_on) | (people.rejoined[pairs] <= met_on)
    has_met &= np.repeat(is_there.reshape(-1, 2).all(axis=1), 2)
    yield _at(rng, pairs[has_met], met_on[has_met], MET)
    for kind, rate, days in ((GROUP, 0.06, 9), (VISIT, 0.01, 16)):
        going = there[rng.random(len(there)) < rate * share]
        going = going[people.were_members(day + days)[going]]
        yield _at(rng, going, np.full(len(going), day + days), kind)


def _draw_round(people: People, opens: date, rng: np.random.Generator) -> Iterator[Part]:
    """Ideas of one member in twelve; each later stage keeps a share of the stage before."""
    day = number_day(opens)
    there = np.flatnonzero(people.were_members(day))
    idea = there[rng.random(len(there)) < 0.08]
    yield _at(rng, idea, np.full(len(idea), day), IDEA)
    for stage, (days, share) in enumerate(ROUND, IDEA + 1):
        idea = idea[(rng.random(len(idea)) < share) & people.were_members(day + days)[idea]]
        yield _at(rng, idea, np.full(len(idea), day + days), stage)


def _at(rng: np.random.Generator, member: Ints, day: Ints, kind: int) -> Part:
    return member, day * DAY + 8 * 3600 + rng.integers(0, 9 * 3600, len(member)), np.full(len(member), kind)
