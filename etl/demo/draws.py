"""The draws of the synthetic sample: people, attendance, answers, ties and activities as arrays over members.

Members are numbered from 0. Days are whole days and times whole seconds since 1970-01-01 UTC. Every subject has a
random stream of its own, so that the null sample differs from the planted one only by the planted effects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from etl.demo.meeting import name_met
from etl.demo.plan import ONSET_DAYS, Plan, PlannedEvent, PlannedWave, Strength, number_day
from etl.demo.words import (
    ACTIVITY_KINDS,
    COMMENTS,
    CONSTRUCTS,
    EXPERIENCE,
    FIRST_NAMES,
    LAST_NAMES,
    LEAVING_REASONS,
    ORGANISATION_TYPES,
    PROFESSIONS,
    QUESTIONS,
    REGIONS,
)

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FAR = 1_000_000
DAY = 86_400
DISPOSITIONS = ("complete", "partial", "refused", "non_contact", "other", "ineligible")
RETURNING_SHARE = 0.013
FIRST_TIES = 4.2
BEYOND_SHARE = 0.1


@dataclass(frozen=True)
class People:
    """One entry a member: codes into the words, and days; `left` and `rejoined` are FAR where there is none."""

    first_name: Ints
    last_name: Ints
    intake: Ints
    profession: Ints
    experience: Ints
    organisation: Ints
    organisation_type: Ints
    region: Ints
    joined: Ints
    left: Ints
    rejoined: Ints
    reason: Ints

    def were_members(self, day: int) -> Flags:
        return ((self.joined <= day) & (day < self.left)) | (self.rejoined <= day)


@dataclass(frozen=True)
class Attendance:
    """Who registered for and who attended one event: flags over all members."""

    event: PlannedEvent
    registered: Flags
    attended: Flags


@dataclass(frozen=True)
class Responses:
    """One wave: whom it asked, each one's disposition, and the answers of those who responded (0 or -1 is none)."""

    wave: PlannedWave
    invited: Ints
    disposition: Ints
    reminders: Ints
    responded: Ints
    submitted_at: Ints
    values: Ints
    recommend: Ints
    comment: Ints


@dataclass(frozen=True)
class Ties:
    """The ties named in one wave: members by number, strength 1 to 3."""

    wave: PlannedWave
    named_by: Ints
    named: Ints
    strength: Ints


@dataclass(frozen=True)
class Activities:
    """Activities: who, when, what kind and how much."""

    member: Ints
    at: Ints
    kind: Ints
    amount: Ints


def stream(seed: int, subject: int, part: int = 0) -> np.random.Generator:
    """The random numbers of one subject and part of a sample."""
    return np.random.default_rng([seed, subject, part])


def draw_people(plan: Plan, members: int, seed: int, strength: Strength) -> People:
    """Draw who the members are and when they join, leave and come back."""
    rng = stream(seed, 1)
    types = _fill_quotas(rng, plan.organisations, ORGANISATION_TYPES)
    regions = _fill_quotas(rng, plan.organisations, REGIONS)
    organisation = _place_members(rng, members, plan.organisations)
    names = np.arange(members) % (len(FIRST_NAMES) * len(LAST_NAMES))
    names = rng.permutation(len(FIRST_NAMES) * len(LAST_NAMES))[names]
    intake = _fill_quotas(rng, members, {item.label: 1 / len(plan.intakes) for item in plan.intakes})
    opens = np.array([number_day(item.opens_on) for item in plan.intakes])
    spread = np.array([item.days for item in plan.intakes])
    joined = opens[intake] + np.floor(rng.random(members) * spread[intake]).astype(np.int64)
    for number, item in enumerate(plan.intakes):
        joined[np.flatnonzero(intake == number)[: item.early]] = number_day(plan.starts_on)
    left, rejoined = _draw_leaving(plan, stream(seed, 2), intake, joined, strength)
    return People(
        first_name=names // len(LAST_NAMES),
        last_name=names % len(LAST_NAMES),
        intake=intake,
        profession=_fill_quotas(rng, members, PROFESSIONS),
        experience=_fill_quotas(rng, members, EXPERIENCE),
        organisation=organisation,
        organisation_type=types[organisation],
        region=regions[organisation],
        joined=joined,
        left=left,
        rejoined=rejoined,
        reason=rng.choice(len(LEAVING_REASONS), members, p=list(LEAVING_REASONS.values())),
    )


def _fill_quotas(rng: np.random.Generator, count: int, shares: dict[str, float]) -> Ints:
    """Codes 0, 1, ... in the given shares (to the nearest whole number), shuffled."""
    edges = np.round(np.cumsum(list(shares.values())) * count).astype(np.int64)
    edges[-1] = count
    return rng.permutation(np.repeat(np.arange(len(shares)), np.diff(edges, prepend=0)))


def _place_members(rng: np.random.Generator, members: int, organisations: int) -> Ints:
    """An organisation for each member: one each first, the rest unequally."""
    weights = rng.gamma(2.0, 1.0, organisations)
    seats = min(members, organisations)
    rest = rng.choice(organisations, members - seats, p=weights / weights.sum())
    return rng.permutation(np.concatenate([np.arange(seats), rest]))


def _draw_leaving(
    plan: Plan, rng: np.random.Generator, intake: Ints, joined: Ints, strength: Strength
) -> tuple[Ints, Ints]:
    """Days of leaving, in the plan's last year by December, and of coming back.

    The first, the middle and the last intakes have their own hazard.
    """
    last = len(plan.intakes) - 1
    hazard = (
        plan.leaving_scale
        * np.array(strength.hazards)[np.where(intake == 0, 0, np.where(intake == last, 2, 1))]
    )
    onset = np.where(intake == last, strength.late_onset_days, ONSET_DAYS)
    left = joined + onset + np.floor(rng.exponential(1.0, len(joined)) / hazard).astype(np.int64)
    ends = number_day(date(plan.ends_on.year, 1, 1))
    left = np.where(left < ends, left, FAR)
    rejoined = np.full(len(joined), FAR)
    back = left + 40 + rng.integers(0, 15, len(joined))
    candidates = np.flatnonzero(back < ends)
    candidates = candidates[np.argsort(back[candidates], kind="stable")]
    returning = candidates[: round(len(joined) * RETURNING_SHARE)]
    rejoined[returning] = back[returning]
    return left, rejoined


def draw_attendance(plan: Plan, people: People, seed: int) -> list[Attendance]:
    """Draw who comes to which event; about 28 in 100 members never come to any."""
    members = len(people.joined)
    comes_at_all = stream(seed, 3).random(members) >= 0.28
    drawn = []
    for number, event in enumerate(plan.events):
        rng = stream(seed, 4, number)
        is_member = people.were_members(number_day(event.starts_at.date()))
        share = 0.62 if event.is_design else plan.call_share
        attended = is_member & comes_at_all & (rng.random(members) < share)
        registered = is_member & (rng.random(members) < np.where(attended, 0.96, 0.12))
        drawn.append(Attendance(event, registered, attended))
    return drawn


def count_design_events(attendance: Iterable[Attendance], up_to: int, members: int, since: int = 0) -> Ints:
    """Design events that each member attended after day `since` and before day `up_to`."""
    count = np.zeros(members, np.int64)
    for item in attendance:
        if item.event.is_design and since < number_day(item.event.starts_at.date()) < up_to:
            count += item.attended
    return count


def draw_responses(plan: Plan, people: People, seed: int, strength: Strength) -> Iterator[Responses]:
    """Draw each wave in turn: who is asked, who responds, and what the attitude waves' respondents answer."""
    members = len(people.joined)
    rng = stream(seed, 5)
    willing = rng.standard_normal(members)
    general = rng.standard_normal(members)
    leaning = 0.35 * general[:, None] + 0.35 * rng.standard_normal((members, len(CONSTRUCTS)))
    is_doctor = people.profession == list(PROFESSIONS).index("Doctor")
    threshold = ndtri(np.where(is_doctor, strength.doctor_response, strength.response))
    attitude = [wave for wave in plan.waves if wave.survey_id == "attitude"]
    for number, wave in enumerate(plan.waves):
        rng = stream(seed, 6, number)
        invited = np.flatnonzero(people.were_members(number_day(wave.opened_on)))
        effort = (willing[invited] + rng.standard_normal(len(invited))) / np.sqrt(2.0)
        responds = effort < threshold[invited]
        is_attitude = wave.survey_id == "attitude"
        silent = rng.choice([2, 3, 4], len(invited), p=[0.12, 0.8, 0.08])
        partial = (rng.random(len(invited)) < 0.06) & is_attitude
        disposition = np.where(responds, np.where(partial, 1, 0), silent)
        disposition = np.where(rng.random(len(invited)) < 0.008, 5, disposition)
        responded = invited[disposition <= 1]
        reminders = np.where(disposition <= 1, rng.integers(0, 3, len(invited)), 2)
        progress = attitude.index(wave) / (len(attitude) - 1) if is_attitude else 0.0
        opened_at = number_day(wave.opened_on) * DAY + 9 * 3600
        delay = rng.beta(0.8, 2.0, len(responded)) * 13 * DAY
        values, recommend, comment = (
            _draw_answers(
                rng,
                people,
                responded,
                disposition[disposition <= 1] == 1,
                leaning,
                general,
                strength,
                progress,
            )
            if is_attitude
            else (np.empty((0, 0), np.int64), np.empty(0, np.int64), np.empty(0, np.int64))
        )
        yield Responses(
            wave,
            invited,
            disposition,
            reminders,
            responded,
            opened_at + delay.astype(np.int64),
            values,
            recommend,
            comment,
        )


def _draw_answers(
    rng: np.random.Generator,
    people: People,
    responded: Ints,
    is_partial: Flags,
    leaning: Floats,
    general: Floats,
    strength: Strength,
    progress: float,
) -> tuple[Ints, Ints, Ints]:
    """Values 1-5 as asked (0 unanswered), recommendation 0-10 and comment (both -1 where there is none).

    Somebody who gave a partial answer stopped after the fifth to eighth item; one in seven others skipped one item.
    """
    count = len(responded)
    construct = np.array([CONSTRUCTS.index(question.construct) for question in QUESTIONS])
    is_reversed = np.array([question.is_reversed for question in QUESTIONS])
    easiness = np.linspace(-0.25, 0.25, len(QUESTIONS))
    latent = (
        3.3
        + easiness
        + leaning[responded][:, construct]
        + 0.75 * rng.standard_normal((count, len(QUESTIONS)))
    )
    latent += np.where(construct == CONSTRUCTS.index("Connecting"), strength.connecting_shift * progress, 0.0)
    is_manager = people.profession[responded] == list(PROFESSIONS).index("Manager")
    latent += is_manager[:, None] * np.where(
        construct == CONSTRUCTS.index("Supporting"), strength.manager_shift, 0.0
    )
    values = np.clip(np.rint(latent), 1, 5).astype(np.int64)
    values = np.where(is_reversed, 6 - values, values)
    stop = np.where(is_partial, rng.integers(5, 9, count), len(QUESTIONS))
    skipped = np.where(rng.random(count) < 1 / 7, rng.integers(0, len(QUESTIONS), count), -1)
    place = np.arange(len(QUESTIONS))
    values[(place >= stop[:, None]) | (place == skipped[:, None])] = 0
    recommend = np.clip(np.rint(7.3 + 1.5 * general[responded] + 1.2 * rng.standard_normal(count)), 0, 10)
    recommend = np.where(is_partial, -1, recommend).astype(np.int64)
    comment = np.where(is_partial | (rng.random(count) >= 0.15), -1, rng.integers(0, len(COMMENTS), count))
    return values, recommend, comment


def draw_ties(
    plan: Plan,
    people: People,
    attendance: list[Attendance],
    responses: Iterable[Responses],
    seed: int,
    strength: Strength,
    beyond: People | None = None,
) -> Iterator[Ties]:
    """Draw the ties of each connections wave from those of the wave before: kept, and new ones.

    Whoever is asked for the first time draws `FIRST_TIES` on average; what is drawn twice counts once. Of the ties
    across organisations a share of `BEYOND_SHARE` goes to the people `beyond`, who are numbered after `people`.
    """
    members = len(people.joined)
    everybody = members + (len(beyond.joined) if beyond else 0)
    order = np.argsort(people.organisation, kind="stable")
    size = np.bincount(people.organisation, minlength=plan.organisations)
    start = np.cumsum(size) - size
    earlier = np.empty(0, np.int64)
    since = before = 0
    is_known = np.zeros(members, np.bool_)
    for number, response in enumerate(responses):
        rng = stream(seed, 7, number)
        opened = number_day(response.wave.opened_on)
        asked = np.zeros(everybody, np.bool_)
        asked[response.invited] = True
        if beyond:
            asked[members:] = beyond.were_members(opened)
        kept = earlier[rng.random(len(earlier)) < 0.75]
        came_twice = count_design_events(attendance, opened, members, since) >= 2
        mean = np.where(came_twice, strength.new_ties_attended, strength.new_ties)
        count = rng.poisson(np.where(is_known, mean, FIRST_TIES))
        named_by = np.repeat(np.arange(members), count)
        named = rng.choice(response.invited, len(named_by))
        if strength.within_first is not None and strength.within_new is not None:
            home = people.organisation[named_by]
            colleague = order[start[home] + np.floor(rng.random(len(home)) * size[home]).astype(np.int64)]
            stranger = np.where(people.organisation[named] == home, named_by, named)
            within = np.where(is_known[named_by], strength.within_new, strength.within_first)
            named = np.where(rng.random(len(home)) < within, colleague, stranger)
        days = [number_day(item.event.starts_at.date()) for item in attendance]
        held = [item.attended for item, day in zip(attendance, days, strict=True) if before < day < opened]
        met = name_met(stream(seed, 14, number), held, named_by, named, asked, strength.met_share)
        named = np.where(is_known[named_by], met, named)
        away = np.flatnonzero(asked[members:]) + members
        if len(away):
            is_across = people.organisation[named] != people.organisation[named_by]
            goes = is_across & (rng.random(len(named)) < BEYOND_SHARE)
            named = np.where(goes, rng.choice(away, len(named)), named)
        pairs = named_by * everybody + named
        new = np.setdiff1d(pairs[named != named_by], earlier)
        ties = np.union1d(kept, new)
        ties = ties[asked[ties // everybody] & asked[ties % everybody]]
        earlier, since, before = ties, 0 if plan.is_founding else opened, opened
        is_known |= asked[:members]
        has_answered = np.zeros(members, np.bool_)
        has_answered[response.responded] = True
        reported = ties[has_answered[ties // everybody]]
        strengths = rng.integers(1, 4, len(reported))
        yield Ties(response.wave, reported // everybody, reported % everybody, strengths)


def draw_activities(
    plan: Plan, people: People, has_attended: Flags, seed: int, strength: Strength
) -> Activities:
    """Draw what members did between events; no time comes twice for a member."""
    ends = number_day(plan.ends_on)
    rng = stream(seed, 8)
    before = np.minimum(people.left, ends) - people.joined
    weeks = (before + np.maximum(0, ends - people.rejoined)) / 7
    fade = np.maximum(np.where(has_attended, 0.0, strength.fade), 1e-9)
    remaining = -np.expm1(-fade * weeks)
    rate = plan.weekly_activity * rng.gamma(3.0, 1 / 3, len(people.joined))
    count = rng.poisson(rate * remaining / fade)
    who = np.repeat(np.arange(len(people.joined)), count)
    week = -np.log1p(-rng.random(len(who)) * remaining[who]) / fade[who]
    day = np.floor(week * 7).astype(np.int64)
    day += people.joined[who] + np.where(day >= before[who], people.rejoined[who] - people.left[who], 0)
    at = day * DAY + 7 * 3600 + rng.integers(0, 12 * 3600, len(who))
    kind = rng.choice(len(ACTIVITY_KINDS), len(who), p=list(ACTIVITY_KINDS.values()))
    amount = np.where(kind == 1, rng.integers(1, 4, len(who)), 1)
    return _drop_repeats(Activities(who, at, kind, amount))


def _drop_repeats(drawn: Activities) -> Activities:
    order = np.lexsort((drawn.at, drawn.member))
    member, at = drawn.member[order], drawn.at[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (member[1:] != member[:-1]) | (at[1:] != at[:-1])
    return replace(
        drawn,
        member=member[fresh],
        at=at[fresh],
        kind=drawn.kind[order][fresh],
        amount=drawn.amount[order][fresh],
    )
