"""Engagement: attendance over member-events, weekly activity, and the ladder."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.definition import Indicator

CORE_EVENTS = 2
ACTIVE_WEEK_SHARE = 0.25
LADDER_RULE = (
    f"Core: at least {CORE_EVENTS} events and active in at least one week in {1 / ACTIVE_WEEK_SHARE:.0f}. "
    f"Active: at least one event, or active in at least one week in {1 / ACTIVE_WEEK_SHARE:.0f}. "
    "Occasional: any activity. Dormant: none. Weeks count from joining."
)
_NO_MINIMUM = "The programme expects no minimum of engagement: low activity is not failure."

ATTENDANCE_RATE = Indicator(
    id="attendance_rate",
    title="Attendance rate",
    theme="engagement",
    outcome="connecting",
    definition="Share of member-events attended: each member counts once for each event held while a member.",
    formula="p = Σ events attended / Σ events held while a member; linearised variance with the member as the cluster",
    numerator="Member-events attended",
    denominator="Member-events: for each event, everybody who was a member on its first day",
    excluded="Attendance by people who were not members on the day; guests; events after the complete-to day.",
    caveat="Counts every event for every member, also those held in another region or with few places. "
    + _NO_MINIMUM,
    source="Attendance reports; variance: Cochran 1977, ch. 6; interval: Wilson at the effective sample size",
    unit="share",
    direction="up",
    time_axis="month",
    estimator="share",
    chart="bars",
    facts="""
        SELECT p.period, s.member_id, e.event_id AS event, coalesce(e.event_kind, 'Not recorded') AS event_kind, 0.0 AS position,
          CASE WHEN a.attended THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM event_days e
        JOIN periods p ON e.on_date BETWEEN p.starts_on AND p.as_at
        JOIN spells s ON s.starts_on <= e.on_date AND (s.ends_on IS NULL OR s.ends_on > e.on_date)
        LEFT JOIN attendance a ON a.event_id = e.event_id AND a.member_id = s.member_id""",
    tables=("events", "attendance", "members", "memberships"),
    breakdowns=("event", "event_kind"),
    grains=("all", "year", "quarter", "month"),
    needs="events and who attended them (events.csv with attendance.csv, Teams or Zoom reports)",
)

ACTIVE_MEMBERS = Indicator(
    id="active_members",
    title="Active members",
    theme="engagement",
    outcome="connecting",
    definition="Share of members who did anything recorded in the period: attended an event or were active between events.",
    formula="p = members with any attendance or activity / members at the end of the period",
    numerator="Members with any attendance or activity in the period",
    denominator="Members at the end of the period, or on the complete-to day if that is earlier",
    excluded="People who had left by the end of the period.",
    caveat="Sees only what is recorded. " + _NO_MINIMUM,
    source="Activity log and attendance reports; interval: Wilson 1927",
    unit="share",
    direction="up",
    time_axis="week",
    estimator="proportion",
    chart="line",
    facts="""
        WITH done AS (
          SELECT DISTINCT p.period, d.member_id FROM periods p
          JOIN activity_days d ON d.on_date BETWEEN p.starts_on AND p.as_at
          UNION
          SELECT p.period, a.member_id FROM periods p
          JOIN event_days e ON e.on_date BETWEEN p.starts_on AND p.as_at
          JOIN attendance a ON a.event_id = e.event_id AND a.attended
        )
        SELECT p.period, s.member_id, 0.0 AS position,
          CASE WHEN d.member_id IS NULL THEN 0.0 ELSE 1.0 END AS x, 1.0 AS w
        FROM periods p
        JOIN spells s ON s.starts_on <= p.as_at AND (s.ends_on IS NULL OR s.ends_on > p.as_at)
        LEFT JOIN done d ON d.period = p.period AND d.member_id = s.member_id""",
    tables=("activities", "attendance", "events", "members", "memberships"),
    grains=("all", "year", "quarter", "month", "week"),
    needs="the activity log (activities.csv) or attendance",
)

ENGAGEMENT_LADDER = Indicator(
    id="engagement_ladder",
    title="Engagement ladder",
    theme="engagement",
    outcome="connecting",
    definition="Share of members on each rung in the period. " + LADDER_RULE,
    formula="p = members on the rung / members at the end of the period",
    numerator="Members on the rung",
    denominator="Members at the end of the period, or on the complete-to day if that is earlier",
    excluded="People who had left by the end of the period.",
    caveat="The rungs depend on the rule, which is printed. " + _NO_MINIMUM,
    source="Activity log and attendance reports; interval: Wilson 1927",
    unit="share",
    direction="neutral",
    time_axis="month",
    estimator="proportion",
    chart="bars",
    facts=f"""
        WITH weeks AS (
          SELECT p.period, d.member_id, count(DISTINCT date_trunc('week', d.on_date)) AS active_weeks
          FROM periods p JOIN activity_days d ON d.on_date BETWEEN p.starts_on AND p.as_at
          GROUP BY p.period, d.member_id
        ),
        visits AS (
          SELECT p.period, a.member_id, count(*) AS events
          FROM periods p JOIN event_days e ON e.on_date BETWEEN p.starts_on AND p.as_at
          JOIN attendance a ON a.event_id = e.event_id AND a.attended
          GROUP BY p.period, a.member_id
        ),
        done AS (
          SELECT p.period, s.member_id, coalesce(v.events, 0) AS events, coalesce(w.active_weeks, 0) AS active_weeks,
            coalesce(w.active_weeks, 0)
              >= {ACTIVE_WEEK_SHARE} * ((p.as_at - greatest(p.starts_on, s.starts_on) + 7) // 7) AS is_regular
          FROM periods p
          JOIN spells s ON s.starts_on <= p.as_at AND (s.ends_on IS NULL OR s.ends_on > p.as_at)
          LEFT JOIN weeks w ON w.period = p.period AND w.member_id = s.member_id
          LEFT JOIN visits v ON v.period = p.period AND v.member_id = s.member_id
        ),
        placed AS (
          SELECT period, member_id,
            CASE WHEN events >= {CORE_EVENTS} AND is_regular THEN 'Core'
              WHEN events >= 1 OR is_regular THEN 'Active'
              WHEN active_weeks >= 1 THEN 'Occasional' ELSE 'Dormant' END AS rung
          FROM done
        )
        SELECT d.period, d.member_id, r.rung, r.position, CASE WHEN d.rung = r.rung THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM placed d
        CROSS JOIN (VALUES ('Core', 1.0), ('Active', 2.0), ('Occasional', 3.0), ('Dormant', 4.0)) AS r(rung, position)""",
    tables=("activities", "attendance", "events", "members", "memberships"),
    measures=("rung",),
    grains=("all", "year", "quarter"),
    needs="the activity log (activities.csv) or attendance",
)

_INDICATORS = (ATTENDANCE_RATE, ACTIVE_MEMBERS, ENGAGEMENT_LADDER)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
