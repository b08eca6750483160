"""Facts of what members did: activities, and events attended."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.facts.membership import Facts

# Kinds of activity that the programme does to a member, and that are no activity of theirs.
RECEIVED = ("coffee_matched", "exchange_shortlisted", "exchange_funded")
CONTRIBUTIONS = ("post", "comment", "idea", "exchange_idea", "case_study", "resource", "talk", "peer_review")
ROLES = ("presenter", "speaker", "facilitator", "organiser", "organizer", "host")


def _list(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


EVENTS_ON = """
SELECT e.eid, d.event_kind, date_diff('day', DATE '1970-01-01', d.on_date) AS day, d.place,
  CAST(dense_rank() OVER (ORDER BY coalesce(d.event_kind, 'Not recorded')) AS INTEGER) AS ekid,
  coalesce(d.event_kind, 'Not recorded') AS kind
FROM event_days d JOIN event_codes e ON e.event_id = d.event_id
"""

DONE_ON = f"""
SELECT a.mid, a.kid, date_diff('day', DATE '1970-01-01',
    CAST((a."at" AT TIME ZONE 'UTC') AT TIME ZONE (SELECT zone FROM calendar) AS DATE)) AS day, a.amount,
  CASE WHEN k.kind IN ({_list(RECEIVED)}) THEN 0 ELSE 1 END AS is_deed,
  CASE WHEN lower(replace(k.kind, ' ', '_')) IN ({_list(CONTRIBUTIONS)}) THEN 1 ELSE 0 END AS gave
FROM coded_activities a JOIN kind_codes k ON k.kid = a.kid
"""

# Everything recorded that a member did or received, one row a thing and day; events have the negative code of their kind.
THINGS = f"""
SELECT mid, day, thing, max(gave) AS gave, max(came) AS came, max(is_deed) AS is_deed FROM (
  SELECT mid, day, kid AS thing, gave, 0 AS came, is_deed FROM done_on
  UNION ALL
  SELECT a.mid, e.day, -e.ekid, CASE WHEN lower(a.role) IN ({_list(ROLES)}) THEN 1 ELSE 0 END, 1, 0
  FROM coded_attendance a JOIN events_on e ON e.eid = a.eid WHERE a.attended
) GROUP BY mid, day, thing
"""

# Days on which a member did anything, and the next of them.
ACTIVE_DAYS = """
SELECT mid, day, lead(day) OVER (PARTITION BY mid ORDER BY day) AS next_day
FROM (SELECT DISTINCT mid, day FROM things WHERE is_deed + came > 0)
"""

# What members at the end of a period did in it: different kinds of thing, whether they gave, whether they came.
DOINGS = """
WITH counted AS (
  SELECT d.mid, p.pid, count(DISTINCT CASE WHEN d.is_deed + d.came > 0 THEN d.thing END) AS kinds,
    max(d.gave) AS gave, max(d.came) AS came
  FROM things d JOIN day_periods p ON p.day = d.day WHERE d.is_deed + d.came + d.gave > 0
  GROUP BY d.mid, p.pid
)
SELECT k.pid, k.mid, k.kinds, k.gave, k.came FROM counted k
JOIN calendar_periods p ON p.pid = k.pid
JOIN stays s ON s.mid = k.mid AND s.from_day <= p.as_at_day AND (s.until_day IS NULL OR s.until_day > p.as_at_day)
"""

# What the ladder counts: weeks with a deed and events attended in a period, and the weeks since joining that it has.
STEPS = """
WITH weeks AS (
  SELECT d.mid, p.pid, count(DISTINCT (d.day + 3) // 7) AS weeks FROM things d JOIN day_periods p ON p.day = d.day
  WHERE d.is_deed = 1 AND p.grain <> 'week' GROUP BY d.mid, p.pid
),
came AS (
  SELECT a.mid, p.pid, count(*) AS events FROM coded_attendance a JOIN events_on e ON e.eid = a.eid
  JOIN day_periods p ON p.day = e.day WHERE a.attended AND p.grain <> 'week' GROUP BY a.mid, p.pid
),
united AS (
  SELECT mid, pid, sum(weeks) AS weeks, sum(events) AS events FROM (
    SELECT mid, pid, weeks, 0 AS events FROM weeks UNION ALL SELECT mid, pid, 0, events FROM came)
  GROUP BY mid, pid
)
SELECT b.pid, b.mid, b.events, b.weeks,
  (p.as_at_day - greatest(p.starts_day, s.from_day) + 7) // 7 AS possible_weeks
FROM united b JOIN calendar_periods p ON p.pid = b.pid
JOIN stays s ON s.mid = b.mid AND s.from_day <= p.as_at_day AND (s.until_day IS NULL OR s.until_day > p.as_at_day)
"""

# Attendance of people who were members on the day, with the first day on which each attended anything, and whether this was it.
VISITS = """
WITH seen AS (
  SELECT a.mid, a.eid, e.ekid, e.day, a.attended, a.registered, a.minutes,
    min(CASE WHEN a.attended THEN e.day END) OVER (PARTITION BY a.mid) AS first_day,
    min(CASE WHEN a.attended THEN e.place END) OVER (PARTITION BY a.mid) = e.place AS is_first
  FROM coded_attendance a JOIN events_on e ON e.eid = a.eid
)
SELECT v.* FROM seen v
JOIN stays s ON s.mid = v.mid AND s.from_day <= v.day AND (s.until_day IS NULL OR s.until_day > v.day)
"""

PERIOD_VISITS = """
SELECT d.pid, v.mid, v.eid, v.ekid, v.attended, v.registered, v.minutes, v.first_day, v.is_first, c.starts_day
FROM visits v JOIN day_periods d ON d.day = v.day JOIN calendar_periods c ON c.pid = d.pid
"""

EVENTS_RECORDED = """
SELECT DISTINCT eid FROM coded_attendance WHERE registered IS NOT NULL
"""

# Events up to and including each day, of each kind and of all together (kind 0): all, and those with registrations.
EVENT_TALLY = """
WITH kinds AS (SELECT DISTINCT ekid FROM events_on UNION SELECT 0),
counted AS (
  SELECT k.ekid, e.day, count(*) AS held, count(r.eid) AS recorded FROM events_on e
  JOIN kinds k ON k.ekid = 0 OR k.ekid = e.ekid LEFT JOIN events_recorded r ON r.eid = e.eid GROUP BY k.ekid, e.day
)
SELECT k.ekid, d.day, sum(coalesce(c.held, 0)) OVER (PARTITION BY k.ekid ORDER BY d.day) AS held,
  sum(coalesce(c.recorded, 0)) OVER (PARTITION BY k.ekid ORDER BY d.day) AS recorded
FROM calendar_days d CROSS JOIN kinds k LEFT JOIN counted c ON c.ekid = k.ekid AND c.day = d.day
"""

SUNDAY_TALLY = """
SELECT 0 AS ekid, day, (day + 4) // 7 - (SELECT (min(day) + 4) // 7 FROM calendar_days) AS held, 0 AS recorded
FROM calendar_days
"""

# Weeks, by their Sunday, in which somebody who was a member on it did anything.
ACTIVE_SUNDAYS = """
SELECT DISTINCT t.mid, t.sunday FROM (
  SELECT mid, ((day + 3) // 7) * 7 + 3 AS sunday FROM things WHERE is_deed + came > 0) t
JOIN stays s ON s.mid = t.mid AND s.from_day <= t.sunday AND (s.until_day IS NULL OR s.until_day > t.sunday)
"""

_SEEN_AT_EVENTS = """
SELECT p.pid, v.mid, coalesce(v.ekid, 0) AS ekid, count(*) FILTER (WHERE v.attended) AS came,
  count(*) FILTER (WHERE v.registered) AS registered, count(*) FILTER (WHERE v.registered AND v.attended) AS kept,
  sum(v.minutes) FILTER (WHERE v.attended) AS minutes, count(v.minutes) FILTER (WHERE v.attended) AS timed
FROM visits v JOIN day_periods p ON p.day = v.day WHERE p.grain <> 'week'
GROUP BY GROUPING SETS ((p.pid, v.mid), (p.pid, v.mid, v.ekid))
"""
_SEEN_ON_SUNDAYS = """
SELECT p.pid, a.mid, 0 AS ekid, count(*) AS came, 0 AS registered, 0 AS kept, 0 AS minutes, 0 AS timed
FROM active_sundays a JOIN day_periods p ON p.day = a.sunday WHERE p.grain <> 'week' GROUP BY p.pid, a.mid
"""


def _held_in_sql(tally: str) -> str:
    """How many occasions of a tally each period holds."""
    return f"""
SELECT p.pid, b.ekid, b.held - a.held AS held, b.recorded - a.recorded AS recorded FROM calendar_periods p
JOIN {tally} b ON b.day = p.as_at_day
JOIN {tally} a ON a.ekid = b.ekid AND a.day = greatest(p.starts_day, (SELECT min(day) + 1 FROM calendar_days)) - 1
WHERE b.held > a.held
"""


def _turnouts_sql(tally: str, held_in: str, seen: str) -> str:
    """Who was seen at the occasions of a period, or was a member for a part of it only: how many there were in their time.

    Nobody else has a row: who was a member throughout and never seen had as many as the period holds. `replaces` is 1 for
    somebody who was a member on the first day of the period.
    """
    return f"""
WITH edges AS (
  SELECT s.mid, s.spell, p.pid FROM stays s JOIN day_periods p ON p.day = s.from_day
  JOIN calendar_periods c ON c.pid = p.pid WHERE p.grain <> 'week' AND s.from_day > c.starts_day
  UNION
  SELECT s.mid, s.spell, p.pid FROM stays s JOIN day_periods p ON p.day = s.until_day
  JOIN calendar_periods c ON c.pid = p.pid WHERE p.grain <> 'week' AND s.until_day > c.starts_day
),
parts AS (
  SELECT e.mid, e.pid, b.ekid, sum(b.held - a.held) AS held, sum(b.recorded - a.recorded) AS recorded,
    max(CASE WHEN s.from_day <= c.starts_day THEN 1 ELSE 0 END) AS replaces
  FROM edges e JOIN stays s ON s.mid = e.mid AND s.spell = e.spell JOIN calendar_periods c ON c.pid = e.pid
  JOIN {tally} b ON b.day = least(c.as_at_day, coalesce(s.until_day - 1, c.as_at_day))
  JOIN {tally} a ON a.ekid = b.ekid AND a.day = greatest(c.starts_day, s.from_day) - 1
  GROUP BY e.mid, e.pid, b.ekid
),
seen AS ({seen})
SELECT coalesce(p.pid, s.pid) AS pid, coalesce(p.mid, s.mid) AS mid, coalesce(p.ekid, s.ekid) AS ekid,
  coalesce(s.came, 0) AS came, coalesce(s.registered, 0) AS registered,
  coalesce(s.registered - s.kept, 0) AS missed, coalesce(s.minutes, 0) AS minutes, coalesce(s.timed, 0) AS timed,
  CASE WHEN p.mid IS NULL THEN h.held ELSE p.held END AS held,
  CASE WHEN p.mid IS NULL THEN h.recorded ELSE p.recorded END AS recorded,
  CASE WHEN p.mid IS NULL THEN 1 ELSE p.replaces END AS replaces
FROM parts p FULL JOIN seen s ON s.pid = p.pid AND s.mid = p.mid AND s.ekid = p.ekid
LEFT JOIN {held_in} h ON h.pid = s.pid AND h.ekid = s.ekid
"""


STREAMS = """
SELECT p.pid, d.mid, d.kid, sum(coalesce(d.amount, 1.0)) AS amount,
  max(CASE WHEN s.mid IS NULL THEN 0 ELSE 1 END) AS is_member
FROM done_on d JOIN day_periods p ON p.day = d.day JOIN calendar_periods c ON c.pid = p.pid
LEFT JOIN stays s ON s.mid = d.mid AND s.from_day <= c.as_at_day AND (s.until_day IS NULL OR s.until_day > c.as_at_day)
GROUP BY p.pid, d.mid, d.kid
"""

ENGAGEMENT: Facts = {
    "events_on": (EVENTS_ON, True),
    "done_on": (DONE_ON, True),
    "things": (THINGS, True),
    "active_days": (ACTIVE_DAYS, True),
    "doings": (DOINGS, True),
    "steps": (STEPS, True),
    "visits": (VISITS, True),
    "period_visits": (PERIOD_VISITS, False),
    "events_recorded": (EVENTS_RECORDED, True),
    "event_tally": (EVENT_TALLY, True),
    "sunday_tally": (SUNDAY_TALLY, False),
    "held_in": (_held_in_sql("event_tally"), True),
    "sundays_in": (_held_in_sql("sunday_tally"), True),
    "active_sundays": (ACTIVE_SUNDAYS, False),
    "turnouts": (_turnouts_sql("event_tally", "held_in", _SEEN_AT_EVENTS), True),
    "week_turnouts": (_turnouts_sql("sunday_tally", "sundays_in", _SEEN_ON_SUNDAYS), True),
    "streams": (STREAMS, False),
}
