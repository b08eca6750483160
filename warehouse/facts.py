"""The facts that many figures share: sparse, in integers and day numbers, so that every engine reads them alike.

A row says that something is recorded; what is not recorded is no row, and who did nothing is counted as everybody less
those with a row. Days count from 1970-01-01; `pid` numbers calendar periods, `wid` waves, `mid` members, `iid` items,
`eid` events, `kid` kinds of activity.
"""

from __future__ import annotations

from collections.abc import Sequence

# Kinds of activity that the programme does to a member, and that are no activity of theirs.
RECEIVED = ("coffee_matched", "exchange_shortlisted", "exchange_funded")
CONTRIBUTIONS = ("post", "comment", "idea", "exchange_idea", "case_study", "resource", "talk", "peer_review")
ROLES = ("presenter", "speaker", "facilitator", "organiser", "organizer", "host")

# Later than any day of a release.
NO_DAY = 2_000_000_000


def _list(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


DAY_PERIODS = """
SELECT date_diff('day', DATE '1970-01-01', CAST(d.day AS DATE)) AS day, p.pid, p.grain
FROM calendar c, unnest(generate_series(c.first_on, c.complete_to, INTERVAL 1 DAY)) AS d(day)
JOIN calendar_periods p ON CAST(d.day AS DATE) BETWEEN p.starts_on AND p.as_at
"""

STAYS = """
SELECT c.mid, s.spell, date_diff('day', DATE '1970-01-01', s.starts_on) AS from_day,
  date_diff('day', DATE '1970-01-01', s.ends_on) AS until_day
FROM spells s JOIN member_codes c ON c.member_id = s.member_id
"""

# Everybody's first stay: the periods in which it began, and for how many whole months it has been observed and lasted.
LIVES = """
WITH observed AS (
  SELECT s.member_id, s.starts_on, c.complete_to, least(coalesce(s.ends_on - 1, c.complete_to), c.complete_to) AS last_on
  FROM spells s CROSS JOIN calendar c WHERE s.spell = 1 AND s.starts_on <= c.complete_to
)
SELECT a.pid, c.mid, m.pid AS month_pid, q.pid AS quarter_pid,
  (year(o.complete_to) - year(o.starts_on)) * 12 + month(o.complete_to) - month(o.starts_on)
    - CASE WHEN least(day(o.starts_on), day(last_day(o.complete_to))) > day(o.complete_to) THEN 1 ELSE 0 END AS observed,
  (year(o.last_on) - year(o.starts_on)) * 12 + month(o.last_on) - month(o.starts_on)
    - CASE WHEN least(day(o.starts_on), day(last_day(o.last_on))) > day(o.last_on) THEN 1 ELSE 0 END AS lasted
FROM observed o JOIN member_codes c ON c.member_id = o.member_id
JOIN calendar_periods a ON a.grain = 'all'
JOIN calendar_periods m ON m.grain = 'month' AND o.starts_on BETWEEN m.starts_on AND m.ends_on
JOIN calendar_periods q ON q.grain = 'quarter' AND o.starts_on BETWEEN q.starts_on AND q.ends_on
"""

# Members of the day before a period (of the first day, for all time) who left in it; whether they were back at its end.
LOSSES = """
SELECT p.pid, s.mid, CASE WHEN b.mid IS NULL THEN 0 ELSE 1 END AS is_back
FROM stays s JOIN day_periods p ON p.day = s.until_day JOIN calendar_periods c ON c.pid = p.pid
LEFT JOIN stays b ON b.mid = s.mid AND b.from_day <= c.as_at_day AND (b.until_day IS NULL OR b.until_day > c.as_at_day)
WHERE s.from_day < c.starts_day OR c.grain = 'all' AND s.from_day = c.starts_day AND s.until_day > c.starts_day
"""

JOINED = """
SELECT DISTINCT p.pid, s.mid FROM stays s JOIN day_periods p ON p.day = s.from_day
"""

LEFT = """
SELECT DISTINCT p.pid, s.mid FROM stays s JOIN day_periods p ON p.day = s.until_day
"""

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

# Every day of the release, and the one before.
CALENDAR_DAYS = """
SELECT date_diff('day', DATE '1970-01-01', CAST(g.day AS DATE)) AS day
FROM calendar c, unnest(generate_series(c.first_on - INTERVAL 1 DAY, c.complete_to, INTERVAL 1 DAY)) AS g(day)
"""

# Weeks, by their Sunday, in which somebody who was a member on it did anything.
ACTIVE_SUNDAYS = """
SELECT DISTINCT t.mid, t.sunday FROM (
  SELECT mid, ((day + 3) // 7) * 7 + 3 AS sunday FROM things WHERE is_deed + came > 0) t
JOIN stays s ON s.mid = t.mid AND s.from_day <= t.sunday AND (s.until_day IS NULL OR s.until_day > t.sunday)
"""

_SEEN_AT_EVENTS = """
SELECT p.pid, v.mid, coalesce(v.ekid, 0) AS ekid, count(*) FILTER (WHERE v.attended) AS came,
  count(*) FILTER (WHERE v.registered) AS registered
FROM visits v JOIN day_periods p ON p.day = v.day WHERE p.grain <> 'week'
GROUP BY GROUPING SETS ((p.pid, v.mid), (p.pid, v.mid, v.ekid))
"""
_SEEN_ON_SUNDAYS = """
SELECT p.pid, a.mid, 0 AS ekid, count(*) AS came, 0 AS registered
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

# The codebook as figures need it: how an item is turned round, and from which value on it is favourable.
QUESTIONS = """
SELECT c.iid, i.survey_id, i.item_id, i.construct, i.kind, i.reversed, i.scale_min, i.scale_max,
  i.scale_max - ((i.scale_max - i.scale_min + 1) // 2) + 1 AS positive_from,
  CAST(dense_rank() OVER (ORDER BY i.construct) AS INTEGER) AS cid
FROM items i JOIN item_codes c ON c.survey_id = i.survey_id AND c.item_id = i.item_id
"""

RATINGS = """
SELECT a.wid, a.mid, a.iid, a.value FROM coded_answers a WHERE a.value IS NOT NULL
"""

# Two answers of one person to one item: now, and in the wave before (since = 0) or the first (since = 1).
MOVES = """
SELECT w.wid, w.since, b.mid, b.iid, a.value AS value_then, b.value AS value_now
FROM wave_pairs w JOIN ratings b ON b.wid = w.wid
JOIN ratings a ON a.wid = w.earlier AND a.mid = b.mid AND a.iid = b.iid
"""

WAVE_PAIRS = """
SELECT c.wid, p.wid AS earlier, 0 AS since FROM wave_order w
JOIN wave_codes c ON c.wave_id = w.wave_id JOIN wave_codes p ON p.wave_id = w.previous_wave_id
UNION ALL
SELECT c.wid, p.wid, 1 FROM wave_order w
JOIN wave_codes c ON c.wave_id = w.wave_id JOIN wave_codes p ON p.wave_id = w.first_wave_id
WHERE w.first_wave_id <> w.wave_id
"""

# One row a respondent and construct: its answers, their mean, how many are favourable, and how many items it has.
RESPONDENTS = """
WITH sized AS (
  SELECT survey_id, cid, count(*) FILTER (WHERE kind IN ('likert', 'number')) AS items,
    count(*) FILTER (WHERE kind IN ('likert', 'number') AND scale_max > scale_min) AS scaled_items
  FROM questions WHERE construct IS NOT NULL GROUP BY survey_id, cid
),
turned AS (
  SELECT r.wid, r.mid, q.survey_id, q.cid, lower(replace(trim(q.construct), '_', ' ')) AS topic, q.kind, q.scale_min, q.scale_max, q.positive_from,
    CASE WHEN q.reversed THEN q.scale_min + q.scale_max - r.value ELSE r.value END AS favourable
  FROM ratings r JOIN questions q ON q.iid = r.iid WHERE q.construct IS NOT NULL
)
SELECT t.wid, t.mid, t.cid, any_value(t.topic) AS topic, any_value(z.items) AS items, any_value(z.scaled_items) AS scaled_items,
  count(t.favourable) FILTER (WHERE t.kind IN ('likert', 'number')) AS answered,
  avg(t.favourable) FILTER (WHERE t.kind IN ('likert', 'number')) AS score,
  count(t.favourable) FILTER (WHERE t.kind IN ('likert', 'number') AND t.scale_max > t.scale_min) AS scaled,
  avg((t.favourable - t.scale_min) / (t.scale_max - t.scale_min))
    FILTER (WHERE t.kind IN ('likert', 'number') AND t.scale_max > t.scale_min) AS scaled_score,
  count(*) FILTER (WHERE t.kind = 'likert' AND t.positive_from IS NOT NULL) AS given,
  count(*) FILTER (WHERE t.kind = 'likert' AND t.favourable >= t.positive_from) AS favourable_half,
  count(*) FILTER (WHERE t.kind = 'likert' AND t.positive_from IS NOT NULL AND t.favourable >= t.scale_max) AS favourable_top,
  count(*) FILTER (WHERE t.kind = 'likert' AND t.favourable < t.positive_from
    AND t.favourable <= t.scale_min + t.scale_max - t.positive_from) AS unfavourable
FROM turned t JOIN sized z ON z.survey_id = t.survey_id AND z.cid = t.cid
GROUP BY t.wid, t.mid, t.cid
"""

SHIFTS = """
SELECT w.wid, w.since, b.mid, b.cid, a.score AS score_then, b.score AS score_now, a.answered AS answered_then,
  b.answered AS answered_now, b.items FROM wave_pairs w
JOIN respondents b ON b.wid = w.wid AND b.score IS NOT NULL
JOIN respondents a ON a.wid = w.earlier AND a.mid = b.mid AND a.cid = b.cid AND a.score IS NOT NULL
"""

# Everybody who answered anything in a wave, with a value or in words.
GIVEN = """
SELECT DISTINCT w.wid, c.mid FROM answers a JOIN wave_codes w ON w.wave_id = a.wave_id
JOIN member_codes c ON c.member_id = a.respondent_id WHERE a.value IS NOT NULL OR a.text IS NOT NULL
"""

ITEMS_GIVEN = """
SELECT DISTINCT a.wid, a.mid, a.iid FROM coded_answers a JOIN questions q ON q.iid = a.iid
WHERE (a.value IS NOT NULL OR a.text IS NOT NULL) AND q.kind IN ('likert', 'nps', 'single', 'number')
"""

ASKED = """
SELECT w.wid, c.mid FROM frames f
JOIN wave_codes w ON w.wave_id = f.wave_id JOIN member_codes c ON c.member_id = f.member_id
WHERE f.is_asked AND f.disposition IS DISTINCT FROM 'ineligible'
"""

ASKED_RATINGS = """
SELECT r.wid, r.mid, r.iid, r.value FROM ratings r JOIN people_asked a ON a.wid = r.wid AND a.mid = r.mid
"""

INVITED = """
SELECT w.wid, c.mid, f.disposition FROM frames f
JOIN wave_codes w ON w.wave_id = f.wave_id JOIN member_codes c ON c.member_id = f.member_id WHERE f.is_invited
"""

TIE_COUNTS = """
SELECT w.wid, c.mid, r.rid, t.kept, t.new, t.lost FROM tie_changes t JOIN wave_codes w ON w.wave_id = t.wave_id
JOIN member_codes c ON c.member_id = t.member_id JOIN relation_codes r ON r.relation = t.relation
"""

STRENGTHS = """
SELECT w.wid, c.mid, r.rid, any_value(lower(replace(t.relation, '_', ' '))) AS named,
  CAST(sum(t.strength) AS DOUBLE) AS strength, count(*) AS ties
FROM ties t JOIN wave_codes w ON w.wave_id = t.wave_id JOIN member_codes c ON c.member_id = t.from_member_id
JOIN relation_codes r ON r.relation = t.relation
WHERE t.strength IS NOT NULL AND t.from_member_id <> t.to_member_id
GROUP BY w.wid, c.mid, r.rid
"""

PLACES = """
SELECT w.wid, c.mid, r.rid, n.has_responded, n.degree, n.in_degree, n.out_degree, n.burt_constraint, n.clustering,
  n.is_in_largest_component, count(*) OVER (PARTITION BY n.wave_id, n.relation) - 1 AS others
FROM network_nodes n JOIN wave_codes w ON w.wave_id = n.wave_id
JOIN member_codes c ON c.member_id = n.member_id JOIN relation_codes r ON r.relation = n.relation
"""

FACTS: dict[str, tuple[str, bool]] = {
    "day_periods": (DAY_PERIODS, True),
    "stays": (STAYS, True),
    "lives": (LIVES, False),
    "losses": (LOSSES, False),
    "joinings": (JOINED, False),
    "departures": (LEFT, False),
    "events_on": (EVENTS_ON, True),
    "done_on": (DONE_ON, True),
    "things": (THINGS, True),
    "active_days": (ACTIVE_DAYS, True),
    "doings": (DOINGS, True),
    "steps": (STEPS, True),
    "visits": (VISITS, True),
    "period_visits": (PERIOD_VISITS, False),
    "calendar_days": (CALENDAR_DAYS, True),
    "events_recorded": (EVENTS_RECORDED, True),
    "event_tally": (EVENT_TALLY, True),
    "sunday_tally": (SUNDAY_TALLY, False),
    "held_in": (_held_in_sql("event_tally"), True),
    "sundays_in": (_held_in_sql("sunday_tally"), True),
    "active_sundays": (ACTIVE_SUNDAYS, False),
    "turnouts": (_turnouts_sql("event_tally", "held_in", _SEEN_AT_EVENTS), True),
    "week_turnouts": (_turnouts_sql("sunday_tally", "sundays_in", _SEEN_ON_SUNDAYS), True),
    "streams": (STREAMS, False),
    "questions": (QUESTIONS, True),
    "ratings": (RATINGS, False),
    "wave_pairs": (WAVE_PAIRS, True),
    "moves": (MOVES, False),
    "respondents": (RESPONDENTS, True),
    "shifts": (SHIFTS, False),
    "people_given": (GIVEN, True),
    "items_given": (ITEMS_GIVEN, False),
    "people_asked": (ASKED, False),
    "asked_ratings": (ASKED_RATINGS, False),
    "invited": (INVITED, False),
    "tie_counts": (TIE_COUNTS, False),
    "strengths": (STRENGTHS, False),
    "places": (PLACES, False),
}


def tie_ends_sql(attributes: Sequence[str]) -> str:
    """One row a member who names ties, wave and relation: for each attribute the ties of which both sides are known (`t0` …)
    and those of them that cross it (`e0` …), the ties among respondents and those of them returned."""
    crossing = "".join(
        f''', CAST(count(*) FILTER (WHERE f."{name}" <> t."{name}") AS DOUBLE) AS e{place},
    CAST(count(*) FILTER (WHERE f."{name}" IS NOT NULL AND t."{name}" IS NOT NULL) AS DOUBLE) AS t{place}'''
        for place, name in enumerate(attributes)
    )
    both = "f.has_responded AND t.has_responded"
    return f"""
SELECT w.wid, r.rid, c.mid{crossing},
  count(*) FILTER (WHERE {both}) AS among,
  count(*) FILTER (WHERE {both} AND b.from_id IS NOT NULL) AS returned
FROM arcs a
JOIN frames f ON f.wave_id = a.wave_id AND f.member_id = a.from_id
JOIN frames t ON t.wave_id = a.wave_id AND t.member_id = a.to_id
LEFT JOIN arcs b ON b.wave_id = a.wave_id AND b.relation = a.relation AND b.from_id = a.to_id AND b.to_id = a.from_id
JOIN wave_codes w ON w.wave_id = a.wave_id JOIN relation_codes r ON r.relation = a.relation
JOIN member_codes c ON c.member_id = a.from_id
GROUP BY w.wid, r.rid, c.mid
"""
