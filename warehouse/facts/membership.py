"""Facts of days and of who is a member on them."""

from __future__ import annotations

Facts = dict[str, tuple[str, bool]]

# Later than any day of a release.
NO_DAY = 2_000_000_000

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

# Every day of the release, and the one before.
CALENDAR_DAYS = """
SELECT date_diff('day', DATE '1970-01-01', CAST(g.day AS DATE)) AS day
FROM calendar c, unnest(generate_series(c.first_on - INTERVAL 1 DAY, c.complete_to, INTERVAL 1 DAY)) AS g(day)
"""

MEMBERSHIP: Facts = {
    "day_periods": (DAY_PERIODS, True),
    "stays": (STAYS, True),
    "lives": (LIVES, False),
    "losses": (LOSSES, False),
    "joinings": (JOINED, False),
    "departures": (LEFT, False),
    "calendar_days": (CALENDAR_DAYS, True),
}
