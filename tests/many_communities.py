"""Many simulated communities in one release, an attribute telling them apart: rows whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

# A Monday and a Sunday, so that every week is complete.
FIRST = np.datetime64("2014-12-29")
COMPLETE_TO = np.datetime64("2015-12-27")
DAYS = int((COMPLETE_TO - FIRST).astype(int)) + 1
WEEKS = DAYS // 7
WAVES = {"w1": np.datetime64("2015-07-10"), "w2": np.datetime64("2015-11-10")}
STEPS = np.arange(1.0, 6.0)
ANSWERS = np.array([0.05, 0.10, 0.20, 0.40, 0.25])
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """How many communities of how many members, and what is true of them.

    Members join by day `last_joining` and leave at a constant yearly rate. They attend the events with a chance of
    their own, Beta(α, α) around one half, answer at `response` whatever they think, and are active in a week at
    `weekly`. In the last `planted` communities a share `moved` of the answers is higher by up to two steps in the
    second wave, and in the last week few are active.
    """

    communities: int
    members: int
    items: int = 1
    events: int = 8
    alpha: float = 0.3
    yearly: float = 0.25
    response: float = 0.70
    weekly: float = 0.0
    last_joining: int = 180
    planted: int = 0
    moved: float = 0.9

    @property
    def hazard(self) -> float:
        return float(-np.log(1 - self.yearly) / 365)

    def name(self, place: int) -> str:
        return f"c{place:03}"


def draw_tables(plan: Plan, seed: int) -> dict[str, pd.DataFrame]:
    """The tables; attribute `hub` is the community. The same seed gives the same rows."""
    random = np.random.default_rng(seed)
    size = plan.communities * plan.members
    hub = np.repeat(np.arange(plan.communities), plan.members)
    joined = random.integers(0, plan.last_joining + 1, size)
    left = joined + np.ceil(random.exponential(1 / plan.hazard, size)).astype(np.int64)
    names = np.array([f"m{number:06}" for number in range(size)])
    members = pd.DataFrame(
        {
            "member_id": names,
            "hub": [plan.name(place) for place in hub.tolist()],
            "joined_on": _name_days(joined),
            "left_on": np.where(left < DAYS, _name_days(left), ""),
        }
    )
    is_planted = hub >= plan.communities - plan.planted
    tables = {"members": members, **_draw_survey(random, plan, names, joined, left, is_planted)}
    if plan.events:
        tables |= _draw_events(random, plan, names, joined, left)
    if plan.weekly:
        tables["activities"] = _draw_activities(random, plan, names, joined, left, is_planted)
    return tables


def _name_days(days: Ints) -> NDArray[np.str_]:
    return np.datetime_as_string(FIRST + days)


def _are_members(joined: Ints, left: Ints, day: int) -> NDArray[np.bool_]:
    return (joined <= day) & (left > day)


def _draw_events(
    random: Generator, plan: Plan, names: NDArray[np.str_], joined: Ints, left: Ints
) -> dict[str, pd.DataFrame]:
    days = np.linspace(20, DAYS - 20, plan.events).astype(np.int64)
    events = [f"e{number}" for number in range(plan.events)]
    starts = [f"{day}T10:00:00Z" for day in _name_days(days)]
    chance = random.beta(plan.alpha, plan.alpha, len(names))
    attended = [
        pd.DataFrame(
            {
                "event_id": event,
                "member_id": names[
                    _are_members(joined, left, int(day)) & (random.random(len(names)) < chance)
                ],
                "attended": "true",
            }
        )
        for event, day in zip(events, days, strict=True)
    ]
    return {
        "events": pd.DataFrame({"event_id": events, "title": events, "kind": "call", "starts_at": starts}),
        "attendance": pd.concat(attended, ignore_index=True),
    }


def _draw_survey(
    random: Generator,
    plan: Plan,
    names: NDArray[np.str_],
    joined: Ints,
    left: Ints,
    is_planted: NDArray[np.bool_],
) -> dict[str, pd.DataFrame]:
    items = [f"q{number + 1}" for number in range(plan.items)]
    invitations, answers = [], []
    for wave, opened in WAVES.items():
        is_asked = _are_members(joined, left, int((opened - FIRST).astype(int)))
        has_answered = is_asked & (random.random(len(names)) < plan.response)
        disposition = np.where(has_answered[is_asked], "complete", "non_contact")
        invitations.append(
            pd.DataFrame({"wave_id": wave, "member_id": names[is_asked], "disposition": disposition})
        )
        for item in items:
            values = random.choice(STEPS, len(names), p=ANSWERS)
            if wave == "w2":
                moved = is_planted & (random.random(len(names)) < plan.moved)
                values = np.where(moved, np.minimum(values + 2, STEPS[-1]), values)
            answers.append(
                pd.DataFrame(
                    {
                        "wave_id": wave,
                        "respondent_id": names[has_answered],
                        "item_id": item,
                        "value": values[has_answered],
                    }
                )
            )
    return {
        "waves": pd.DataFrame(
            [{"wave_id": wave, "survey_id": "s", "opened_on": str(day)} for wave, day in WAVES.items()]
        ),
        "items": pd.DataFrame(
            [
                {
                    "survey_id": "s",
                    "item_id": item,
                    "text": item,
                    "kind": "likert",
                    "scale_min": 1,
                    "scale_max": 5,
                }
                for item in items
            ]
        ),
        "invitations": pd.concat(invitations, ignore_index=True),
        "answers": pd.concat(answers, ignore_index=True),
    }


def _draw_activities(
    random: Generator,
    plan: Plan,
    names: NDArray[np.str_],
    joined: Ints,
    left: Ints,
    is_planted: NDArray[np.bool_],
) -> pd.DataFrame:
    """One post in each week in which a member is active, on its Wednesday."""
    parts = []
    for week in range(WEEKS):
        day = DAYS - 7 * (WEEKS - week) + 2
        is_quiet = is_planted & (week == WEEKS - 1)
        chance = np.where(is_quiet, plan.weekly / 6, plan.weekly)
        is_active = _are_members(joined, left, day) & (random.random(len(names)) < chance)
        stamp = f"{_name_days(np.array([day]))[0]}T12:00:00Z"
        parts.append(pd.DataFrame({"member_id": names[is_active], "at": stamp, "kind": "post"}))
    return pd.concat(parts, ignore_index=True)
