"""Engagement between events: weekly activity, the ladder, breadth, recency, contribution, and what members want."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.catalogue.bases import AT_END as BY_END
from indicators.catalogue.bases import DOINGS, EVERYBODY_PRESENT, PRESENT, UNSEEN_ON_SUNDAYS, WEEK_TURNOUTS
from indicators.definition import Base, Indicator, Measure, Others, Parameter
from warehouse.facts import CONTRIBUTIONS, NO_DAY, ROLES

NO_MINIMUM = "The programme expects no minimum of engagement: low activity is not failure."
SEES_RECORDED = (
    "Sees only what is recorded; what is done to a member, such as being matched or funded, is no activity. "
    f"What lies before the first record has no figure. {NO_MINIMUM}"
)
TABLES = ("activities", "attendance", "events", "members", "memberships")
NEEDS = "the activity log (activities.csv) or attendance"
AT_END = "Members at the end of the period, or on the complete-to day if that is earlier"
LEFT = "People who had left by the end of the period."
RUNGS = ("Core", "Active", "Occasional", "Dormant")


def describe_ladder(core_events: str, active_week_share: str) -> str:
    """The rule of the ladder in words."""
    weeks = f"active in at least one week in {1 / float(active_week_share):.0f}"
    return (
        f"Core: at least {core_events} {'event' if core_events == '1' else 'events'} and {weeks}. "
        f"Active: at least one event, or {weeks}. "
        "Occasional: any activity. Dormant: none. Weeks count from joining."
    )


def place_members(windows: str, core_events: str, active_week_share: str) -> str:
    """SQL that places everybody who was a member on the last day of a window on a rung, by what they did in it.

    `windows` is SQL with cell, starts_on and ends_on; the result has cell, member_id and rung. Weeks of which only a
    part lies in the window count whole, and before joining none.
    """
    return f"""
        WITH windows AS ({windows}),
        weeks AS (
          SELECT p.cell, d.member_id, count(DISTINCT date_trunc('week', d.on_date)) AS active_weeks
          FROM windows p JOIN deeds d ON d.on_date BETWEEN p.starts_on AND p.ends_on
          GROUP BY p.cell, d.member_id
        ),
        visits AS (
          SELECT p.cell, a.member_id, count(*) AS events
          FROM windows p JOIN event_days e ON e.on_date BETWEEN p.starts_on AND p.ends_on
          JOIN attendance a ON a.event_id = e.event_id AND a.attended
          GROUP BY p.cell, a.member_id
        ),
        done AS (
          SELECT p.cell, s.member_id, coalesce(v.events, 0) AS events, coalesce(w.active_weeks, 0) AS active_weeks,
            coalesce(w.active_weeks, 0)
              >= {float(active_week_share)} * ((date_diff('day', greatest(p.starts_on, s.starts_on), p.ends_on) + 7) // 7) AS is_regular
          FROM windows p
          JOIN spells s ON s.starts_on <= p.ends_on AND (s.ends_on IS NULL OR s.ends_on > p.ends_on)
          LEFT JOIN weeks w ON w.cell = p.cell AND w.member_id = s.member_id
          LEFT JOIN visits v ON v.cell = p.cell AND v.member_id = s.member_id
        )
        SELECT cell, member_id,
          CASE WHEN events >= {int(core_events)} AND is_regular THEN 'Core'
            WHEN events >= 1 OR is_regular THEN 'Active'
            WHEN active_weeks >= 1 THEN 'Occasional' ELSE 'Dormant' END AS rung
        FROM done"""


def _place_on_rung(core_events: str, active_week_share: str) -> str:
    """SQL of the rung of somebody who did anything in a period."""
    is_regular = f"b.weeks >= {float(active_week_share)} * b.possible_weeks"
    return (
        f"CASE WHEN b.events >= {int(core_events)} AND {is_regular} THEN 'Core' "
        f"WHEN b.events >= 1 OR {is_regular} THEN 'Active' ELSE 'Occasional' END"
    )


def _ladder(core_events: str = "2", active_week_share: str = "0.25") -> Indicator:
    return Indicator(
        id="engagement_ladder",
        title="Engagement ladder",
        theme="engagement",
        outcome="connecting",
        definition="Share of members on each rung in the period. "
        + describe_ladder(core_events, active_week_share),
        formula="p = members on the rung / members at the end of the period",
        numerator="Members on the rung",
        denominator=AT_END,
        excluded=LEFT,
        caveat="The rungs depend on the rule, which is printed. " + NO_MINIMUM,
        source="Activity log and attendance reports; interval: Wilson 1927",
        unit="share",
        direction="neutral",
        time_axis="month",
        estimator="proportion",
        chart="bars",
        base=Base("steps", "pid", (Measure("rung", _place_on_rung(core_events, active_week_share)),)),
        others=Others(PRESENT, values=RUNGS, rest=RUNGS[-1]),
        tables=TABLES,
        measures=("rung",),
        grains=("all", "year", "quarter"),
        needs=NEEDS,
        parameters=_ladder_parameters(core_events, active_week_share),
        rebuild=_ladder,
    )


def _ladder_parameters(core_events: str, active_week_share: str) -> tuple[Parameter, ...]:
    return (
        Parameter("core_events", "Events that make somebody core", core_events, "2", ("1", "2", "3")),
        Parameter(
            "active_week_share",
            "Share of weeks with activity that makes somebody regular",
            active_week_share,
            "0.25",
            ("0.125", "0.25", "0.5"),
        ),
    )


def _wanted(window: str = "365", core_events: str = "2", active_week_share: str = "0.25") -> Indicator:
    windows = f"""SELECT wave_id AS cell, opened_on - {int(window)} AS starts_on, opened_on - 1 AS ends_on FROM wave_order"""
    steps = " ".join(f"WHEN '{rung}' THEN {4 - place}.0" for place, rung in enumerate(RUNGS))
    return Indicator(
        id="wanted_against_actual",
        title="Wanted against actual engagement",
        theme="engagement",
        outcome="supporting",
        definition="Share of those who said how engaged they want to be who were less engaged than that, as much, or "
        f"more, in the {window} days before the wave. " + describe_ladder(core_events, active_week_share),
        formula="p = respondents whose rung is below, at, or above the one wanted / respondents who named a rung",
        numerator="Respondents in the direction",
        denominator="Members on the day before the wave opened who named a rung they want to be on",
        excluded="Those without an answer to the item, or with one that is no rung; those who joined on or after the "
        "opening day. Of several such items the first counts.",
        caveat="The item's labels must be the names of the rungs. " + SEES_RECORDED,
        source="Survey, activity log and attendance reports; interval: Wilson 1927",
        unit="share",
        direction="neutral",
        time_axis="wave",
        estimator="composition",
        chart="bars",
        facts=f"""
        WITH named AS (
          SELECT a.wave_id, a.member_id,
            CASE upper(substr(trim(l.label), 1, 1)) || lower(substr(trim(l.label), 2)) {steps} END AS step,
            row_number() OVER (PARTITION BY a.wave_id, a.member_id ORDER BY a.item_id) AS place
          FROM scores a
          JOIN scale_points l ON l.survey_id = a.survey_id AND l.item_id = a.item_id AND l.value = a.value
          WHERE lower(replace(a.construct, '_', ' ')) = 'wanted engagement'
        ),
        compared AS (
          SELECT w.wave_id, w.member_id, sign(CASE a.rung {steps} END - w.step) AS side
          FROM named w
          JOIN ({place_members(windows, core_events, active_week_share)}) a
            ON a.cell = w.wave_id AND a.member_id = w.member_id
          WHERE w.place = 1 AND w.step IS NOT NULL
        )
        SELECT wave_id AS period, member_id,
          CASE side WHEN -1 THEN 'Less than wanted' WHEN 0 THEN 'As wanted' ELSE 'More than wanted' END AS direction,
          side AS position, 1.0 AS x, 1.0 AS w
        FROM compared""",
        tables=("answers", "items", *TABLES),
        attributes="as_at_wave",
        measures=("direction",),
        values=("Less than wanted", "As wanted", "More than wanted"),
        needs="an item of the construct Wanted engagement, with the rungs as its labels (1=Dormant|2=Occasional|3=Active|4=Core), with its answers",
        parameters=(
            Parameter("window", "Days before the wave that count", window, "365", ("90", "180", "365")),
            *_ladder_parameters(core_events, active_week_share),
        ),
        rebuild=_wanted,
    )


ACTIVE_MEMBERS = Indicator(
    id="active_members",
    title="Active members",
    theme="engagement",
    outcome="connecting",
    definition="Share of members who did anything recorded in the period: attended an event or were active between events.",
    formula="p = members with any attendance or activity / members at the end of the period",
    numerator="Members with any attendance or activity in the period",
    denominator=AT_END,
    excluded=LEFT,
    caveat=SEES_RECORDED,
    source="Activity log and attendance reports; interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="week",
    estimator="proportion",
    chart="line",
    base=DOINGS,
    where="b.kinds > 0",
    others=EVERYBODY_PRESENT,
    tables=TABLES,
    grains=("all", "year", "quarter", "month", "week"),
    needs=NEEDS,
)

ACTIVE_BY_ATTENDANCE = Indicator(
    id="active_by_attendance",
    title="Active members, by whether they had attended an event",
    theme="engagement",
    outcome="connecting",
    definition="Share of members who did anything recorded in the period, of those who had attended an event before it and of those "
    "who had not yet.",
    formula="p = members with any attendance or activity in the period / members at the end of the period, by attendance before it",
    numerator="Members with any attendance or activity in the period",
    denominator=f"{AT_END}, who had attended before its first day, or had not",
    excluded=f"{LEFT} Periods before the first event.",
    caveat="What goes together, not what causes what: who comes to events may be more active in any case. Who attends in the period "
    f"counts as having attended from the next on. {SEES_RECORDED}",
    source="Activity log and attendance reports; interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="proportion",
    chart="line",
    facts="""
        WITH visits AS (
          SELECT a.member_id, e.on_date FROM attendance a JOIN event_days e ON e.event_id = a.event_id WHERE a.attended
        ),
        came AS (SELECT member_id, min(on_date) AS on_date FROM visits GROUP BY member_id),
        did AS (
          SELECT DISTINCT p.period, d.member_id FROM periods p
          JOIN (SELECT member_id, on_date FROM deeds UNION ALL SELECT member_id, on_date FROM visits) d
            ON d.on_date BETWEEN p.starts_on AND p.as_at
        )
        SELECT p.period, s.member_id, CASE WHEN c.on_date < p.starts_on THEN 'Had attended' ELSE 'Not yet' END AS attended,
          CASE WHEN c.on_date < p.starts_on THEN 0.0 ELSE 1.0 END AS position,
          CASE WHEN d.member_id IS NULL THEN 0.0 ELSE 1.0 END AS x, 1.0 AS w
        FROM periods p
        JOIN spells s ON s.starts_on <= p.as_at AND (s.ends_on IS NULL OR s.ends_on > p.as_at)
        LEFT JOIN came c ON c.member_id = s.member_id
        LEFT JOIN did d ON d.period = p.period AND d.member_id = s.member_id
        WHERE EXISTS (SELECT 1 FROM came WHERE came.on_date < p.starts_on)""",
    tables=("attendance", "events", "activities", "members", "memberships"),
    measures=("attended",),
    grains=("quarter", "month"),
    needs=f"{NEEDS}, and who attended events (events.csv with attendance.csv, Teams or Zoom reports)",
)

WEEKLY_ACTIVE = Indicator(
    id="weekly_active",
    title="Weeks with activity",
    theme="engagement",
    outcome="connecting",
    definition="Of the whole weeks of the period that members were members, the share in which they did anything recorded.",
    formula="p = Σ active member-weeks / Σ member-weeks; linearised variance with the member as the cluster",
    numerator="Member-weeks with any attendance or activity",
    denominator="Member-weeks: for each Sunday of the period, everybody who was a member on it",
    excluded="Weeks that end after the complete-to day; activity by people who were not members that Sunday.",
    caveat=SEES_RECORDED,
    source="Activity log and attendance reports; variance: Cochran 1977, ch. 6",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="share",
    chart="bars",
    base=WEEK_TURNOUTS,
    x="b.came",
    w="b.held",
    where="b.held > 0",
    others=UNSEEN_ON_SUNDAYS,
    tables=TABLES,
    grains=("all", "year", "quarter", "month"),
    needs=NEEDS,
)

BREADTH = Indicator(
    id="breadth",
    title="Breadth of engagement",
    theme="engagement",
    outcome="connecting",
    definition="Mean number of different kinds of thing that a member did in the period: kinds of event and of activity.",
    formula="k̄ = Σ kinds / members at the end of the period",
    numerator="Sum over members of the kinds of thing they did",
    denominator=AT_END,
    excluded=LEFT,
    caveat="Depends on how finely kinds are recorded. " + SEES_RECORDED,
    source="Activity log and attendance reports; interval: Student's t",
    unit="number",
    direction="up",
    time_axis="month",
    estimator="mean",
    chart="bars",
    base=DOINGS,
    x="b.kinds",
    where="b.kinds > 0",
    others=EVERYBODY_PRESENT,
    tables=TABLES,
    grains=("all", "year", "quarter"),
    needs=NEEDS,
)

_RECENCIES = (
    ("Up to 7 days", 0),
    ("8 to 30 days", 8),
    ("31 to 90 days", 31),
    ("91 to 365 days", 91),
    ("More than a year", 366),
)
_NEVER = "Never"
_CLASSES = ", ".join(
    f"({days}, {following})"
    for (_, days), following in zip(_RECENCIES, (*(days for _, days in _RECENCIES[1:]), "NULL"), strict=True)
)
_WORDS = " ".join(f"WHEN {days} THEN '{word}'" for word, days in _RECENCIES)

# A row for each class that a member passes through after a day with activity, while a member.
_AGEING = f"""(
  SELECT s.mid, v.least_days, greatest(s.from_day, a.day + v.least_days) AS from_day,
    least(s.until_day, a.next_day, a.day + v.next_days) AS until_day
  FROM active_days a CROSS JOIN (VALUES {_CLASSES}) AS v(least_days, next_days)
  JOIN stays s ON s.mid = a.mid
  WHERE greatest(s.from_day, a.day + v.least_days)
    < coalesce(least(s.until_day, a.next_day, a.day + v.next_days), {NO_DAY}))"""

RECENCY = Indicator(
    id="recency",
    title="Days since the last activity",
    theme="engagement",
    outcome="connecting",
    definition="Share of members by how many days before the end of the period, or the complete-to day if that is earlier, "
    "they last did anything recorded: attended an event or were active between events.",
    formula="p = members in the class / members at the end of the period",
    numerator="Members in the class",
    denominator=AT_END,
    excluded=LEFT,
    caveat="Looks back to the first record, also before a return to membership. " + SEES_RECORDED,
    source="Activity log and attendance reports; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="month",
    estimator="composition",
    chart="bars",
    base=Base(
        _AGEING,
        "pid",
        (Measure("recency", f"CASE f.least_days {_WORDS} END"),),
        kind="standing",
        values=("least_days",),
        points=BY_END,
    ),
    others=Others(PRESENT, values=(*(word for word, _ in _RECENCIES), _NEVER), rest=_NEVER),
    tables=TABLES,
    measures=("recency",),
    grains=("all", "year", "quarter"),
    needs=NEEDS,
)

CONTRIBUTION_RATE = Indicator(
    id="contribution_rate",
    title="Contribution rate",
    theme="engagement",
    outcome="collaborating",
    definition="Share of members who gave something to others in the period: "
    f"an activity of the kinds {', '.join(CONTRIBUTIONS)}, or a part at an event as {', '.join(ROLES)}.",
    formula="p = members who contributed / members at the end of the period",
    numerator="Members who contributed in the period",
    denominator=AT_END,
    excluded=LEFT,
    caveat="Other kinds of activity may be contributions too; they need one of these names to count. "
    + NO_MINIMUM,
    source="Activity log and attendance reports; interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="proportion",
    chart="line",
    base=DOINGS,
    where="b.gave > 0",
    others=EVERYBODY_PRESENT,
    tables=TABLES,
    grains=("all", "year", "quarter", "month"),
    needs=NEEDS,
)


_COUNTS = ("No event", "1 event", *(f"{count} events" for count in range(2, 10)), "10 or more events")
_WITH_EVENTS = (
    "SELECT p.pid, p.as_at_day AS day FROM calendar_periods p JOIN held_in h ON h.pid = p.pid AND h.ekid = 0"
)
EVENTS_ATTENDED = Indicator(
    id="events_attended",
    title="How many events members attended",
    theme="engagement",
    outcome="connecting",
    definition="Share of members who attended exactly so many events of the period, from none to nine, and ten or more.",
    formula="p = members who attended exactly k events of the period / members at the end of the period",
    numerator="Members who attended exactly so many events",
    denominator=AT_END,
    excluded=f"{LEFT} Periods without an event.",
    caveat=f"Those who joined late had fewer events to attend. {NO_MINIMUM}",
    source="Attendance reports; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="month",
    estimator="composition",
    chart="bars",
    base=Base(
        "(SELECT * FROM steps WHERE events > 0)",
        "pid",
        (
            Measure(
                "attended",
                f"CASE WHEN b.events >= 10 THEN '{_COUNTS[-1]}' WHEN b.events = 1 THEN '{_COUNTS[1]}' "
                "ELSE CAST(CAST(b.events AS INTEGER) AS VARCHAR) || ' events' END",
            ),
        ),
    ),
    others=Others(
        Base("stays", "pid", kind="standing", points=_WITH_EVENTS), values=_COUNTS, rest=_COUNTS[0]
    ),
    tables=("attendance", "events", "members", "memberships"),
    measures=("attended",),
    grains=("all", "year", "quarter"),
    needs="events and who attended them (events.csv with attendance.csv, Teams or Zoom reports)",
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return (
        ACTIVE_MEMBERS,
        ACTIVE_BY_ATTENDANCE,
        WEEKLY_ACTIVE,
        _ladder(),
        _wanted(),
        RECENCY,
        BREADTH,
        CONTRIBUTION_RATE,
        EVENTS_ATTENDED,
    )
