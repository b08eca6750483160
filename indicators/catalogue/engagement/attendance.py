"""Engagement at events: the funnel, no-shows, time there, first-timers and the patterns over a series."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.catalogue.bases import (
    DOINGS,
    EVENT_VISITS,
    FUNNEL,
    KIND_FUNNEL,
    KIND_TURNOUTS,
    PRESENT,
    TURNOUTS,
    UNSEEN,
    UNSEEN_AT_EVENT,
    UNSEEN_BY_KIND,
    UNSEEN_IN_EVENT_FUNNEL,
    UNSEEN_IN_FUNNEL,
    UNSEEN_IN_KIND_FUNNEL,
    VISITORS,
    VISITS,
)
from indicators.catalogue.bases import EVENT_FUNNEL as EVENT_STAGES
from indicators.catalogue.engagement.activity import AT_END, LEFT, NO_MINIMUM
from indicators.definition import Counting, Indicator, Others, Parameter

_TABLES = ("events", "attendance", "members", "memberships")
_NEEDS = "events and who attended them (events.csv with attendance.csv, Teams or Zoom reports)"
_REGISTERED = "events with who registered and who attended (events.csv and attendance.csv)"
_NOT_MEMBERS = (
    "Attendance by people who were not members on the day; guests; events after the complete-to day."
)
_EVERY_EVENT = "Counts every event for every member, also those held in another region or with few places. "
_GRAINS = ("all", "year", "quarter", "month")
_MISSED = "CASE WHEN b.attended THEN 0 ELSE 1 END"
_TIMED = "b.attended AND b.minutes IS NOT NULL"


def _count_visits(x: str, where: str, summed: str, of: str) -> tuple[tuple[str, Counting], ...]:
    """By event over the visits themselves, else over what each member has of them in a period."""
    seen = f"{of} > 0"
    return (
        ("event", Counting(EVENT_VISITS, x, where=where)),
        ("event_kind", Counting(KIND_TURNOUTS, summed, of, seen)),
        ("", Counting(TURNOUTS, summed, of, seen)),
    )


# Member-events: for each event of a period, everybody who was a member on its first day.
_MEMBER_EVENTS = """
        SELECT p.period, s.member_id, e.event_id AS event, coalesce(e.event_kind, 'Not recorded') AS event_kind,
          coalesce(a.attended, false) AS attended, coalesce(a.registered, false) AS registered
        FROM event_days e
        JOIN periods p ON e.on_date BETWEEN p.starts_on AND p.as_at
        JOIN spells s ON s.starts_on <= e.on_date AND (s.ends_on IS NULL OR s.ends_on > e.on_date)
        LEFT JOIN attendance a ON a.event_id = e.event_id AND a.member_id = s.member_id"""

ATTENDANCE_RATE = Indicator(
    id="attendance_rate",
    title="Attendance rate",
    theme="engagement",
    outcome="connecting",
    definition="Share of member-events attended: each member counts once for each event held while a member.",
    formula="p = Σ events attended / Σ events held while a member; linearised variance with the member as the cluster",
    numerator="Member-events attended",
    denominator="Member-events: for each event, everybody who was a member on its first day",
    excluded=_NOT_MEMBERS,
    caveat=_EVERY_EVENT + NO_MINIMUM,
    source="Attendance reports; variance: Cochran 1977, ch. 6; interval: Wilson at the effective sample size",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="share",
    chart="bars",
    facts=f"""
        SELECT period, member_id, event, event_kind, 0.0 AS position,
          CASE WHEN attended THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM ({_MEMBER_EVENTS})""",
    base=TURNOUTS,
    x="b.came",
    w="b.held",
    where="b.held > 0",
    others=UNSEEN,
    finer=(
        ("event", Counting(EVENT_VISITS, x="CASE WHEN b.attended THEN 1 ELSE 0 END", others=UNSEEN_AT_EVENT)),
        ("event_kind", Counting(KIND_TURNOUTS, "b.came", "b.held", "b.held > 0", UNSEEN_BY_KIND)),
    ),
    tables=_TABLES,
    breakdowns=("event", "event_kind"),
    grains=_GRAINS,
    needs=_NEEDS,
)

EVENT_FUNNEL = Indicator(
    id="event_funnel",
    title="From invited to attended",
    theme="engagement",
    outcome="connecting",
    definition="Share of member-events that reached each stage, of events for which registration is recorded: invited (a member "
    "on the day), registered, and attended of those registered.",
    formula="p = Σ member-events at the stage / Σ member-events; the member as the cluster",
    numerator="Member-events at the stage",
    denominator="Member-events of events for which registration is recorded, at every stage the same",
    excluded=f"Events without any registration recorded, whose attendance is in the attendance rate. {_NOT_MEMBERS}",
    caveat="Those who come without registering are in the attendance rate and not here. "
    + _EVERY_EVENT
    + NO_MINIMUM,
    source="Registration and attendance reports; variance: Cochran 1977, ch. 6",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="share",
    chart="bars",
    facts=f"""
        WITH recorded AS (SELECT DISTINCT event_id FROM attendance WHERE registered IS NOT NULL)
        SELECT m.period, m.member_id, m.event, m.event_kind, t.stage, t.position,
          CASE WHEN t.stage = 'Invited' OR t.stage = 'Registered' AND m.registered
            OR t.stage = 'Registered and attended' AND m.registered AND m.attended THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM ({_MEMBER_EVENTS}) m JOIN recorded r ON r.event_id = m.event
        CROSS JOIN (VALUES ('Invited', 1.0), ('Registered', 2.0), ('Registered and attended', 3.0)) AS t(stage, position)""",
    base=FUNNEL,
    x="b.reached",
    w="b.held",
    where="b.held > 0",
    others=UNSEEN_IN_FUNNEL,
    finer=(
        ("event", Counting(EVENT_STAGES, "b.reached", others=UNSEEN_IN_EVENT_FUNNEL)),
        ("event_kind", Counting(KIND_FUNNEL, "b.reached", "b.held", "b.held > 0", UNSEEN_IN_KIND_FUNNEL)),
    ),
    tables=_TABLES,
    measures=("stage",),
    baseline="Invited",
    breakdowns=("event", "event_kind"),
    grains=("all", "year"),
    version=3,
    needs=_REGISTERED,
)

NO_SHOW_RATE = Indicator(
    id="no_show_rate",
    title="No-show rate",
    theme="engagement",
    outcome="connecting",
    definition="Of the member-events registered for, the share not attended.",
    formula="p = Σ registered and not attended / Σ registered; the member as the cluster",
    numerator="Member-events registered for and not attended",
    denominator="Member-events registered for",
    excluded=_NOT_MEMBERS + " Those who came without registering.",
    caveat="Some who could not come cancelled in time, where that is not recorded. An event of which only registrations "
    "were loaded counts as missed by all. " + NO_MINIMUM,
    source="Registration and attendance reports; variance: Cochran 1977, ch. 6",
    unit="share",
    direction="down",
    time_axis="month",
    estimator="share",
    chart="bars",
    base=VISITS,
    x=_MISSED,
    where="b.registered",
    finer=_count_visits(_MISSED, "b.registered", "b.missed", "b.registered"),
    tables=_TABLES,
    breakdowns=("event", "event_kind"),
    grains=_GRAINS,
    needs=_REGISTERED,
)

ATTENDANCE_MINUTES = Indicator(
    id="attendance_minutes",
    title="Minutes at an event",
    theme="engagement",
    outcome="connecting",
    definition="Mean time that a member who attended was there: the union of the join intervals, never their sum.",
    formula="x̄ = Σ minutes / Σ attendances with known minutes; the member as the cluster",
    numerator="Minutes",
    denominator="Attendances of members with known minutes",
    excluded=_NOT_MEMBERS + " Attendances without minutes, such as those in person.",
    caveat="Time connected is not attention. Events differ in length.",
    source="Teams and Zoom attendance reports; variance: Cochran 1977, ch. 6",
    unit="minutes",
    direction="neutral",
    time_axis="month",
    estimator="ratio",
    chart="bars",
    base=VISITS,
    x="b.minutes",
    where=_TIMED,
    finer=_count_visits("b.minutes", _TIMED, "b.minutes", "b.timed"),
    tables=_TABLES,
    breakdowns=("event", "event_kind"),
    grains=_GRAINS,
    needs="attendance with minutes (Teams or Zoom reports, or minutes in attendance.csv)",
)

ATTENDED_ANY = Indicator(
    id="attended_any",
    title="Attended at least one event",
    theme="engagement",
    outcome="connecting",
    definition="Share of members who attended at least one event of the period.",
    formula="p = members with any attendance in the period / members at the end of the period",
    numerator="Members with any attendance in the period",
    denominator=AT_END,
    excluded=LEFT,
    caveat="Those who joined late had fewer events to attend. " + NO_MINIMUM,
    source="Attendance reports; interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="proportion",
    chart="bars",
    base=DOINGS,
    where="b.came > 0",
    others=Others(PRESENT, found="SELECT pid FROM held_in WHERE ekid = 0"),
    tables=_TABLES,
    grains=_GRAINS,
    needs=_NEEDS,
)

FIRST_TIMERS = Indicator(
    id="first_timers",
    title="First-timers",
    theme="engagement",
    outcome="connecting",
    definition="Of the people who attended in the period, the share who had not attended any event before it.",
    formula="p = attenders whose first attendance lies in the period / attenders in the period",
    numerator="Attenders whose first attendance lies in the period",
    denominator="People with any attendance in the period",
    excluded=_NOT_MEMBERS,
    caveat="Always 100 % over all time. Earlier events that are not recorded make people look new.",
    source="Attendance reports; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="month",
    estimator="proportion",
    chart="line",
    base=VISITORS,
    x="CASE WHEN b.first_day >= b.starts_day THEN 1 ELSE 0 END",
    tables=_TABLES,
    grains=_GRAINS,
    needs=_NEEDS,
)

EVENT_FIRST_TIMERS = Indicator(
    id="event_first_timers",
    title="First-timers at each event",
    theme="engagement",
    outcome="connecting",
    definition="Of the people at an event, the share who had not attended any event before it.",
    formula="p = attenders for whom the event was the first / attenders of the event",
    numerator="Attenders for whom the event was the first",
    denominator="Attenders of the event",
    excluded=_NOT_MEMBERS,
    caveat="Earlier events that are not recorded make people look new.",
    source="Attendance reports; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="month",
    estimator="proportion",
    chart="bars",
    base=EVENT_VISITS,
    x="CASE WHEN b.is_first THEN 1 ELSE 0 END",
    where="b.attended",
    tables=_TABLES,
    measures=("event",),
    grains=("all", "year"),
    needs=_NEEDS,
)

EVENT_ATTENDANCE = Indicator(
    id="event_attendance",
    title="People who attended",
    theme="engagement",
    outcome="connecting",
    definition="Number of people who attended at least one event in the period, each counted once.",
    formula="n = distinct members with an attendance on a day when they were members",
    numerator="Members with any attendance",
    denominator="None: it is a count",
    excluded=_NOT_MEMBERS,
    caveat="A count of the whole record, so it has no sampling interval. By event its figures add up to attendances, "
    "not to people.",
    source="Attendance reports",
    unit="people",
    direction="up",
    time_axis="month",
    estimator="count",
    chart="bars",
    base=VISITS,
    where="b.attended",
    finer=_count_visits("1", "b.attended", "b.came", "b.came"),
    tables=("attendance", "events", "members", "memberships"),
    breakdowns=("event", "event_kind"),
    grains=_GRAINS,
    minimum_n=1,
    needs=_NEEDS,
)

EVENTS_HELD = Indicator(
    id="events_held",
    title="Events held",
    theme="engagement",
    outcome="connecting",
    definition="Number of events that began in the period.",
    formula="n = events whose first day lies in the period, up to the complete-to day",
    numerator="Events",
    denominator="None: it is a count",
    excluded="Events after the complete-to day.",
    caveat="Cancelled events count where they are in the list under a kind of their own.",
    source="The programme's list of events",
    unit="events",
    direction="neutral",
    time_axis="month",
    estimator="total",
    chart="bars",
    facts="""
        SELECT p.period, e.event_id AS member_id, coalesce(e.event_kind, 'Not recorded') AS event_kind,
          0.0 AS position, 1.0 AS x, 1.0 AS w
        FROM event_days e JOIN periods p ON e.on_date BETWEEN p.starts_on AND p.as_at""",
    tables=("events",),
    breakdowns=("event_kind",),
    grains=_GRAINS,
    minimum_n=1,
    needs="events (events.csv)",
    is_whole=True,
)


def _patterns(events: str = "3") -> Indicator:
    places = range(int(events), 0, -1)
    marks = " || '-' || ".join(
        f"max(CASE WHEN h.back = {back} AND a.attended THEN 'yes' ELSE 'no' END)" for back in places
    )
    weights = " ".join(f"WHEN {back} THEN {2 ** (back - 1)}.0" for back in places)
    return Indicator(
        id="attendance_patterns",
        title="Attendance patterns over a series",
        theme="engagement",
        outcome="connecting",
        definition=f"Share of members by which of the last {events} events of a series they attended, first to last.",
        formula="p = members with the pattern / members on the first day of each of these events",
        numerator="Members with the pattern",
        denominator=f"Members on the first day of each of the last {events} events of the series",
        excluded=f"People who were not members at all {events}; series with fewer events.",
        caveat=NO_MINIMUM,
        source="Attendance reports; interval: Wilson 1927",
        unit="share",
        direction="neutral",
        time_axis="all",
        estimator="composition",
        chart="bars",
        facts=f"""
        WITH held AS (
          SELECT v.series, e.event_id, e.on_date, count(*) OVER (PARTITION BY v.series) AS held,
            row_number() OVER (PARTITION BY v.series ORDER BY e.on_date DESC, e.event_id DESC) AS back
          FROM event_days e JOIN events v ON v.event_id = e.event_id
          WHERE v.series IS NOT NULL AND e.on_date <= (SELECT complete_to FROM calendar)
        ),
        walked AS (
          SELECT h.series, s.member_id,
            {marks} AS pattern,
            -sum(CASE WHEN a.attended THEN CASE h.back {weights} END ELSE 0.0 END) AS position
          FROM held h
          JOIN spells s ON s.starts_on <= h.on_date AND (s.ends_on IS NULL OR s.ends_on > h.on_date)
          LEFT JOIN attendance a ON a.event_id = h.event_id AND a.member_id = s.member_id
          WHERE h.held >= {int(events)} AND h.back <= {int(events)}
          GROUP BY h.series, s.member_id HAVING count(*) = {int(events)}
        )
        SELECT 'all' AS period, member_id, series AS event_series, pattern, position, 1.0 AS x, 1.0 AS w
        FROM walked""",
        tables=_TABLES,
        measures=("event_series", "pattern"),
        needs="events of a series (series in events.csv) and who attended them",
        parameters=(
            Parameter("events", "Events of the series, counted from the last", events, "3", ("2", "3", "4")),
        ),
        rebuild=_patterns,
    )


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return (
        ATTENDANCE_RATE,
        EVENT_FUNNEL,
        NO_SHOW_RATE,
        ATTENDED_ANY,
        FIRST_TIMERS,
        EVENT_FIRST_TIMERS,
        _patterns(),
        ATTENDANCE_MINUTES,
        EVENT_ATTENDANCE,
        EVENTS_HELD,
    )
