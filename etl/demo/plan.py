"""The plan of the synthetic sample: its calendar, its words, the effects planted in it and the faults put in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from etl.demo.words import PROFESSIONS
from etl.reading.types import Refused

LONDON = ZoneInfo("Europe/London")
FOUNDING_MEMBERS = 231
FOUNDING_ORGANISATIONS = 48
FOUNDING_SEED = 2015
MOST_FOUNDING_MEMBERS = 2_000


@dataclass(frozen=True)
class PlantedEffect:
    """A difference that was put into the sample: `size` in `unit`, and what stands in its place in the null sample."""

    id: str
    sentence: str
    size: float
    unit: str
    null: str


EFFECTS: tuple[PlantedEffect, ...] = (
    PlantedEffect(
        "connecting_rises",
        "Connecting rises by about half a scale point between waves A1 and A3 within the panel; Developing does not change.",
        0.5,
        "scale points",
        "No construct changes between waves.",
    ),
    PlantedEffect(
        "doctors_respond_less",
        "Doctors respond much less than everybody else: about 45 % against about 78 % in each wave.",
        0.33,
        "difference in response rate",
        "Every profession responds at about 72 %.",
    ),
    PlantedEffect(
        "attendance_brings_ties",
        "Members who attended two or more design events make about two more new ties between C1 and C3 than the others.",
        2.0,
        "new ties a member",
        "New ties do not depend on attendance.",
    ),
    PlantedEffect(
        "meeting_makes_ties",
        "Seven in ten of the new ties of members who attended an event between C1 and C3 run to people who were there too: about three to four times the odds of a new tie for pairs who met.",
        3.0,
        "odds ratio",
        "New ties do not depend on who met.",
    ),
    PlantedEffect(
        "ties_cross_organisations",
        "In C1 ties within the organisation are far more common than under random mixing; the share of ties across organisations rises by about 19 points by C3.",
        0.19,
        "rise in the share of ties across organisations",
        "Ties mix at random between organisations in both waves.",
    ),
    PlantedEffect(
        "late_intake_leaves",
        "Members of Intake 3 leave sooner than members of Intake 1: their daily risk of leaving is many times as high and begins a month after joining.",
        0.2,
        "difference in the share who left within the year",
        "All intakes have the same risk of leaving from the fifteenth week on.",
    ),
    PlantedEffect(
        "activity_fades",
        "Weekly activity falls by about 6 % a week for members who never attended an event, and stays level for the others.",
        0.06,
        "fall a week",
        "Weekly activity stays level for everybody.",
    ),
    PlantedEffect(
        "managers_less_supported",
        "Managers are less positive about Supporting, by about 0.7 scale points in every wave.",
        0.7,
        "scale points",
        "Professions do not differ in their answers.",
    ),
)


@dataclass(frozen=True)
class PlantedFault:
    """Rows put in to be caught: in which file, how many, and what the load must do with them.

    `duplicate` and `quarantined` rows are counted as such in the reconciliation.
    """

    id: str
    file: str
    rows: int
    fate: Literal["duplicate", "quarantined"]
    sentence: str


FAULTS: tuple[PlantedFault, ...] = (
    PlantedFault(
        "repeated_member",
        "members.csv",
        1,
        "duplicate",
        "The row of one member is there twice, exactly alike.",
    ),
    PlantedFault(
        "impossible_date",
        "members.csv",
        1,
        "quarantined",
        "One further person is said to have joined on 2015-02-30.",
    ),
    PlantedFault(
        "unknown_member",
        "attendance.csv",
        1,
        "quarantined",
        "One row names the member M9999, who is in no members list.",
    ),
    PlantedFault(
        "off_scale_answer",
        "answers.csv",
        1,
        "quarantined",
        "One answer to a five-point item has the value 7.",
    ),
    PlantedFault("self_tie", "ties.csv", 1, "quarantined", "One tie runs from a member to the same member."),
    PlantedFault(
        "missing_kind",
        "activities.csv",
        1,
        "quarantined",
        "One activity has no kind, which is a required field.",
    ),
    PlantedFault(
        "teams_guest", "teams_design_event_2.csv", 1, "quarantined", "One guest who is no member joined once."
    ),
    PlantedFault(
        "zoom_guest", "zoom_design_event_3.csv", 1, "quarantined", "One guest who is no member joined once."
    ),
    PlantedFault(
        "preview_wave_2", "attitude_wave_2.csv", 1, "quarantined", "One response is a Survey Preview."
    ),
    PlantedFault(
        "preview_wave_3",
        "attitude_wave_3.csv",
        1,
        "quarantined",
        "One response is a Survey Preview, in its code 1.",
    ),
)


@dataclass(frozen=True)
class Strength:
    """What the draws take for each planted effect; the null sample runs the same draws with `NULL`.

    Shifts are in points of the latent scale, before rounding to 1-5; probabilities are shares; hazards are risks of
    leaving a day, beginning `onset_days` after joining; `fade` is the fall of activity a week.
    """

    connecting_shift: float
    manager_shift: float
    response: float
    doctor_response: float
    new_ties: float
    new_ties_attended: float
    met_share: float
    within_first: float | None
    within_new: float | None
    hazards: tuple[float, float, float]
    late_onset_days: int
    fade: float


ONSET_DAYS = 105
PLANTED = Strength(0.54, -0.8, 0.78, 0.45, 1.2, 3.4, 0.7, 0.55, 0.04, (0.00025, 0.0008, 0.0018), 30, 0.06)
NULL = Strength(0.0, 0.0, 0.72, 0.72, 2.2, 2.2, 0.0, None, None, (0.0011, 0.0011, 0.0011), ONSET_DAYS, 0.0)


@dataclass(frozen=True)
class Intake:
    """People who join together, on `days` days from `opens_on`; `early` of them on the first day of the plan."""

    label: str
    opens_on: date
    days: int
    early: int = 0


@dataclass(frozen=True)
class PlannedEvent:
    """An event; `report` says which export its attendance comes in. Times are UTC."""

    event_id: str
    title: str
    is_design: bool
    mode: str
    starts_at: datetime
    ends_at: datetime
    region: str
    capacity: int
    report: Literal["template", "teams", "zoom"] = "template"


@dataclass(frozen=True)
class PlannedWave:
    """A survey wave; `report` says which export its answers come in."""

    wave_id: str
    survey_id: Literal["attitude", "connections"]
    label: str
    opened_on: date
    closed_on: date
    report: Literal["template", "labels", "codes"] = "template"


@dataclass(frozen=True)
class Plan:
    """When everything happens: from `starts_on` up to, not including, `ends_on`.

    `weekly_activity` is a member and week; `leaving_scale` multiplies the hazards of leaving of `Strength`.
    """

    starts_on: date
    ends_on: date
    intakes: tuple[Intake, ...]
    events: tuple[PlannedEvent, ...]
    waves: tuple[PlannedWave, ...]
    call_share: float
    weekly_activity: float
    leaving_scale: float
    organisations: int
    is_founding: bool


TARGETS: tuple[tuple[object, ...], ...] = (
    ("attendance_rate", "2015", "", 0.3, 0.4),
    ("attendance_rate", "2015-Q3", "", 0.3, 0.4),
    ("active_members", "all", "", 0.4, 0.5),
    ("response_rate_rr1", "all", "", 0.6, 0.7),
    ("response_rate_rr1", "A1", "", 0.6, 0.7),
    ("response_rate_rr1", "A2", "", 0.6, 0.7),
    ("response_rate_rr1", "A3", "", 0.6, 0.7),
    ("construct_positive", "A1", "", 0.4, 0.5),
    ("construct_positive", "A3", "", 0.4, 0.6),
    *(("composition_profession", "all", name, share, "") for name, share in PROFESSIONS.items()),
)


def number_day(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def plan_sample(members: int) -> Plan:
    """The founding year for up to 2,000 members, seven years for more. Refused when there are fewer than 20."""
    if members < 20:
        raise Refused(f"A sample of {members} members is too small: ask for 20 or more.")
    return _plan_founding(members) if members <= MOST_FOUNDING_MEMBERS else _plan_years(members)


def _plan_founding(members: int) -> Plan:
    calls = [(6, 18), (7, 23), (8, 20), (9, 24), (10, 22), (11, 26), (12, 17)]
    events = (
        _design_event(1, date(2015, 7, 14), mode="in_person", region="Midlands and East"),
        _design_event(2, date(2015, 9, 15), report="teams"),
        _design_event(3, date(2015, 11, 17), report="zoom"),
        *(_call(date(2015, month, day)) for month, day in calls),
    )
    waves = (
        _wave("A1", "attitude", date(2015, 7, 16)),
        _wave("A2", "attitude", date(2015, 9, 17), "labels"),
        _wave("A3", "attitude", date(2015, 11, 19), "codes"),
        _wave("C1", "connections", date(2015, 7, 16)),
        _wave("C3", "connections", date(2015, 11, 19)),
    )
    early = round(members * 12 / FOUNDING_MEMBERS)
    return Plan(
        date(2015, 3, 30),
        date(2016, 1, 4),
        (
            Intake("Intake 1", date(2015, 4, 13), 8, early),
            Intake("Intake 2", date(2015, 5, 26), 7),
            Intake("Intake 3", date(2015, 7, 1), 8),
        ),
        events,
        waves,
        call_share=0.3,
        weekly_activity=0.8,
        leaving_scale=1.0,
        organisations=max(4, round(members * FOUNDING_ORGANISATIONS / FOUNDING_MEMBERS)),
        is_founding=True,
    )


def _plan_years(members: int) -> Plan:
    years = range(2015, 2022)
    design = [date(year, month, 16) for year in years for month in (3, 7, 11)]
    calls = [date(year, month, 20) for year in years for month in (1, 2, 4, 5, 6, 8, 9, 10, 12)]
    events = (
        *(_design_event(number, day, mode="in_person") for number, day in enumerate(design, start=1)),
        *(_call(day) for day in calls),
    )
    asked = [date(2015, 7, 16) + timedelta(days=208 * number) for number in range(12)]
    named = [date(2015, 7, 18) + timedelta(days=250 * number) for number in range(9)]
    waves = (
        *(_wave(f"A{number}", "attitude", day) for number, day in enumerate(asked, start=1)),
        *(_wave(f"C{number}", "connections", day) for number, day in enumerate(named, start=1)),
    )
    return Plan(
        date(2015, 1, 1),
        date(2022, 1, 1),
        tuple(Intake(str(year), date(year, 1, 1), 360) for year in years),
        events,
        waves,
        call_share=0.68,
        weekly_activity=0.08,
        leaving_scale=0.25,
        organisations=max(FOUNDING_ORGANISATIONS, members // 5),
        is_founding=False,
    )


def _design_event(
    number: int,
    day: date,
    mode: str = "online",
    region: str = "",
    report: Literal["template", "teams", "zoom"] = "template",
) -> PlannedEvent:
    starts_at, ends_at = _utc(day, time(9, 30)), _utc(day + timedelta(days=1), time(16, 0))
    return PlannedEvent(
        f"D{number}", f"Q design event {number}", True, mode, starts_at, ends_at, region, 200, report
    )


def _call(day: date) -> PlannedEvent:
    starts_at = _utc(day, time(12, 0))
    title = f"Community call {day:%B %Y}"
    return PlannedEvent(
        f"CC{day:%Y%m}", title, False, "online", starts_at, starts_at + timedelta(hours=1), "", 300
    )


def _wave(
    wave_id: str,
    survey_id: Literal["attitude", "connections"],
    opened_on: date,
    report: Literal["template", "labels", "codes"] = "template",
) -> PlannedWave:
    label = f"{survey_id.capitalize()} wave {wave_id[1:]}, {opened_on:%B %Y}"
    return PlannedWave(wave_id, survey_id, label, opened_on, opened_on + timedelta(days=14), report)


def _utc(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LONDON).astimezone(UTC)
