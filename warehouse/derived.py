"""What follows from the tables alone and every indicator shares: periods, spells, frames, scores, arcs.

Each is plain SQL over the released tables and the two one-row facts of a release, `calendar`
(first_on, complete_to, zone). Stored ones are built once at publish; the others are views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

from warehouse.contracts import NOT_RECORDED
from warehouse.facts import FACTS, RECEIVED, tie_ends_sql
from warehouse.quoting import quote_name, quote_text


@dataclass(frozen=True)
class Derived:
    """A derived table: its name, its SQL, and whether its rows are kept (or worked out by every query)."""

    name: str
    sql: str
    is_stored: bool


@dataclass(frozen=True)
class Made:
    """A derived table that no SQL gives: `make` takes a query and returns the rows; `reads` are the tables it asks for."""

    name: str
    reads: tuple[str, ...]
    make: Callable[[Callable[[str], pd.DataFrame]], pd.DataFrame]


MADE: dict[str, Made] = {}


def register(made: Made) -> None:
    """Let every engine know a table that is made by a function."""
    MADE[made.name] = made


SPELLS = """
WITH stated AS (
  SELECT member_id, joined_on, left_on, left_reason FROM memberships
  UNION ALL
  SELECT member_id, joined_on, left_on, left_reason FROM members m
  WHERE NOT EXISTS (SELECT 1 FROM memberships s WHERE s.member_id = m.member_id AND s.joined_on = m.joined_on)
),
marked AS (
  SELECT *, coalesce(left_on, DATE '9999-12-31') AS until,
    max(coalesce(left_on, DATE '9999-12-31')) OVER (
      PARTITION BY member_id ORDER BY joined_on, left_on NULLS LAST
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM stated
),
numbered AS (
  SELECT *, sum(CASE WHEN reached IS NULL OR joined_on > reached THEN 1 ELSE 0 END) OVER (
    PARTITION BY member_id ORDER BY joined_on, left_on NULLS LAST ROWS UNBOUNDED PRECEDING) AS spell
  FROM marked
)
SELECT member_id, spell, min(joined_on) AS starts_on,
  CASE WHEN max(until) = DATE '9999-12-31' THEN NULL ELSE max(until) END AS ends_on,
  CASE WHEN max(until) = DATE '9999-12-31' THEN NULL ELSE arg_max(left_reason, until) END AS reason
FROM numbered GROUP BY member_id, spell ORDER BY member_id, spell
"""

CALENDAR_PERIODS = """
WITH days AS (
  SELECT CAST(day AS DATE) AS day
  FROM calendar, unnest(generate_series(first_on, complete_to, INTERVAL 1 DAY)) AS t(day)
),
labelled AS (
  SELECT day, 'year' AS grain, strftime(day, '%Y') AS period,
    CAST(date_trunc('year', day) AS DATE) AS starts_on,
    CAST(date_trunc('year', day) + INTERVAL 1 YEAR - INTERVAL 1 DAY AS DATE) AS ends_on FROM days
  UNION ALL
  SELECT day, 'quarter', strftime(day, '%Y') || '-Q' || quarter(day),
    CAST(date_trunc('quarter', day) AS DATE),
    CAST(date_trunc('quarter', day) + INTERVAL 3 MONTH - INTERVAL 1 DAY AS DATE) FROM days
  UNION ALL
  SELECT day, 'month', strftime(day, '%Y-%m'),
    CAST(date_trunc('month', day) AS DATE),
    CAST(date_trunc('month', day) + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) FROM days
  UNION ALL
  SELECT day, 'week', strftime(day, '%G-W%V'),
    CAST(date_trunc('week', day) AS DATE), CAST(date_trunc('week', day) + INTERVAL 6 DAY AS DATE) FROM days
)
SELECT CAST(row_number() OVER (ORDER BY grain, starts_on) AS INTEGER) AS pid, *,
  date_diff('day', DATE '1970-01-01', starts_on) AS starts_day,
  date_diff('day', DATE '1970-01-01', as_at) AS as_at_day
FROM (
  SELECT period, grain, starts_on, ends_on,
    least(ends_on, (SELECT complete_to FROM calendar)) AS as_at,
    ends_on <= (SELECT complete_to FROM calendar) AS is_complete
  FROM labelled GROUP BY period, grain, starts_on, ends_on
  UNION ALL
  SELECT 'all', 'all', first_on, complete_to, complete_to, true FROM calendar WHERE first_on IS NOT NULL
) ORDER BY grain, starts_on
"""

EVENT_DAYS = """
SELECT event_id, kind AS event_kind, row_number() OVER (ORDER BY starts_at, event_id) AS place,
  CAST(timezone((SELECT zone FROM calendar), timezone('UTC', starts_at)) AS DATE) AS on_date
FROM events ORDER BY event_id
"""

ACTIVITY_DAYS = """
SELECT member_id, kind, amount,
  CAST(("at" AT TIME ZONE 'UTC') AT TIME ZONE (SELECT zone FROM calendar) AS DATE) AS on_date
FROM activities ORDER BY member_id, on_date, kind
"""

DEEDS = f"""
SELECT member_id, kind, on_date FROM activity_days
WHERE kind NOT IN ({", ".join(f"'{kind}'" for kind in RECEIVED)})
"""

WAVE_ORDER = """
SELECT wave_id, survey_id, label, opened_on, closed_on,
  row_number() OVER w AS wave_number,
  lag(wave_id) OVER w AS previous_wave_id,
  first_value(wave_id) OVER w AS first_wave_id
FROM waves
WINDOW w AS (PARTITION BY survey_id ORDER BY opened_on, wave_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
ORDER BY survey_id, opened_on, wave_id
"""

SCORES = """
SELECT a.wave_id, w.survey_id, a.respondent_id AS member_id, i.item_id, i.construct, i.kind, a.value,
  CASE WHEN i.reversed THEN i.scale_min + i.scale_max - a.value ELSE a.value END AS favourable,
  i.scale_min, i.scale_max,
  i.scale_max - ((i.scale_max - i.scale_min + 1) // 2) + 1 AS positive_from
FROM answers a
JOIN waves w ON w.wave_id = a.wave_id
JOIN items i ON i.survey_id = w.survey_id AND i.item_id = a.item_id
WHERE a.value IS NOT NULL
"""

SCALE_POINTS = """
WITH written AS (
  SELECT survey_id, item_id, unnest(string_split(labels, '|')) AS label,
    generate_subscripts(string_split(labels, '|'), 1) AS place
  FROM items WHERE labels IS NOT NULL
),
labelled AS (
  SELECT survey_id, item_id, TRY_CAST(trim(split_part(label, '=', 1)) AS DOUBLE) AS value,
    arg_min(trim(substr(label, strpos(label, '=') + 1)), place) AS label
  FROM written GROUP BY ALL
),
ranged AS (
  SELECT survey_id, item_id, CAST(value AS DOUBLE) AS value
  FROM items, unnest(generate_series(scale_min, scale_max)) AS t(value)
  WHERE scale_min IS NOT NULL AND scale_max IS NOT NULL
)
SELECT coalesce(l.survey_id, r.survey_id) AS survey_id, coalesce(l.item_id, r.item_id) AS item_id,
  coalesce(l.value, r.value) AS value, coalesce(l.label, CAST(CAST(r.value AS BIGINT) AS VARCHAR)) AS label
FROM labelled l
FULL JOIN ranged r ON r.survey_id = l.survey_id AND r.item_id = l.item_id AND r.value = l.value
WHERE coalesce(l.value, r.value) IS NOT NULL
ORDER BY survey_id, item_id, value
"""

ARCS = """
SELECT DISTINCT wave_id, relation, from_id, to_id FROM (
  SELECT wave_id, relation, from_member_id AS from_id, to_member_id AS to_id FROM ties
  UNION ALL
  SELECT wave_id, relation, to_member_id, from_member_id FROM ties WHERE directed = false
) WHERE from_id <> to_id ORDER BY wave_id, relation, from_id, to_id
"""

CALENDAR = "calendar"

# Bounded by the days, the waves, the codebook or the list of events: DuckDB makes them, whatever engine makes the rest.
SMALL = frozenset(
    [
        "calendar_periods",
        "day_periods",
        "event_tally",
        "event_days",
        "events_on",
        "wave_order",
        "wave_pairs",
        "scale_points",
        "questions",
    ]
)


def frames_sql(attributes: tuple[str, ...]) -> str:
    """Who could answer in each wave, with the attributes as at the wave: one row a wave and member.

    Those invited, or, where a wave has no invitations, everybody who was a member on its opening day;
    besides them anybody who answered or is named in a tie (`is_asked` false). An invitation without a disposition
    counts as complete where there is an answer and as non-contact where there is none; where a wave has no
    invitations, everybody asked counts as having responded. An attribute that is not recorded is the one that the answers state, if any.
    """

    def listed(alias: str) -> str:
        return "".join(f', {alias}."{name}"' for name in attributes)

    def united(alias: str) -> str:
        return "".join(
            f", coalesce(nullif({alias}.{name}, {quote_text(NOT_RECORDED)}), said.{name}, {alias}.{name}) AS {name}"
            for name in map(quote_name, attributes)
        )

    said = "".join(
        f", max(a.text) FILTER (q.item_id = {quote_text(name)}) AS {quote_name(name)}" for name in attributes
    )
    return f"""
WITH said AS (
  SELECT w.wave_id, c.member_id{said} FROM coded_answers a JOIN questions q ON q.iid = a.iid AND q.kind = 'attribute'
  JOIN wave_codes w ON w.wid = a.wid JOIN member_codes c ON c.mid = a.mid GROUP BY w.wave_id, c.member_id
),
answered AS (
  SELECT wave_id, respondent_id AS member_id FROM answers
  UNION SELECT wave_id, from_member_id FROM ties
),
asked AS (
  SELECT i.wave_id, i.member_id, true AS is_invited,
    coalesce(i.disposition, CASE WHEN r.member_id IS NULL THEN 'non_contact' ELSE 'complete' END) AS disposition
    {listed("i")}
  FROM invitations i LEFT JOIN answered r ON r.wave_id = i.wave_id AND r.member_id = i.member_id
  UNION ALL
  SELECT w.wave_id, m.member_id, false, NULL{listed("m")} FROM waves w
  JOIN spells s ON s.starts_on <= w.opened_on AND (s.ends_on IS NULL OR s.ends_on > w.opened_on)
  JOIN members m ON m.member_id = s.member_id
  WHERE NOT EXISTS (SELECT 1 FROM invitations i WHERE i.wave_id = w.wave_id)
),
met AS (SELECT wave_id, member_id FROM answered UNION SELECT wave_id, to_member_id FROM ties)
SELECT asked.wave_id, asked.member_id, is_invited, true AS is_asked, disposition,
  coalesce(disposition IN ('complete', 'partial'), true) AS has_responded{united("asked")}
FROM asked LEFT JOIN said ON said.wave_id = asked.wave_id AND said.member_id = asked.member_id
UNION ALL
SELECT met.wave_id, met.member_id, false, false, NULL, r.member_id IS NOT NULL{united("m")} FROM met
LEFT JOIN said ON said.wave_id = met.wave_id AND said.member_id = met.member_id
LEFT JOIN answered r ON r.wave_id = met.wave_id AND r.member_id = met.member_id
LEFT JOIN members m ON m.member_id = met.member_id
WHERE NOT EXISTS (SELECT 1 FROM asked a WHERE a.wave_id = met.wave_id AND a.member_id = met.member_id)
ORDER BY wave_id, member_id
"""


TIE_CHANGES = """
WITH compared AS (
  SELECT b.wave_id, w.previous_wave_id, b.member_id, a.has_responded AND b.has_responded AS answered_both
  FROM wave_order w
  JOIN frames b ON b.wave_id = w.wave_id AND b.is_asked
  JOIN frames a ON a.wave_id = w.previous_wave_id AND a.member_id = b.member_id AND a.is_asked
),
asked AS (SELECT DISTINCT wave_id, relation FROM arcs),
relations AS (
  SELECT w.wave_id, n.relation FROM wave_order w
  JOIN asked n ON n.wave_id = w.wave_id
  JOIN asked t ON t.wave_id = w.previous_wave_id AND t.relation = n.relation
),
seen AS (
  SELECT wave_id, relation, from_id, to_id, 1 AS is_now, 0 AS is_then FROM arcs
  UNION ALL
  SELECT w.wave_id, a.relation, a.from_id, a.to_id, 0, 1 FROM wave_order w JOIN arcs a ON a.wave_id = w.previous_wave_id
),
united AS (
  SELECT wave_id, relation, from_id, to_id, max(is_now) AS is_now, max(is_then) AS is_then
  FROM seen GROUP BY wave_id, relation, from_id, to_id
),
counted AS (
  SELECT u.wave_id, u.relation, u.from_id,
    CAST(sum(is_now * is_then) AS DOUBLE) AS kept,
    CAST(sum(is_now * (1 - is_then)) AS DOUBLE) AS new,
    CAST(sum(is_then * (1 - is_now)) AS DOUBLE) AS lost
  FROM united u JOIN compared t ON t.wave_id = u.wave_id AND t.member_id = u.to_id
  GROUP BY u.wave_id, u.relation, u.from_id
)
SELECT s.wave_id, r.relation, s.member_id,
  coalesce(c.kept, 0.0) AS kept, coalesce(c.new, 0.0) AS new, coalesce(c.lost, 0.0) AS lost
FROM compared s JOIN relations r ON r.wave_id = s.wave_id
LEFT JOIN counted c ON c.wave_id = s.wave_id AND c.relation = r.relation AND c.from_id = s.member_id
WHERE s.answered_both ORDER BY s.wave_id, r.relation, s.member_id
"""


def group_words_sql(attributes: Sequence[str]) -> str:
    """What each code of a dimension stands for, in order of the words; 0 is what is not recorded."""
    missing = f"'{NOT_RECORDED}'"
    parts = []
    for name in attributes:
        literal = quote_text(name)
        parts.append(
            f"""SELECT {literal} AS dimension, 0 AS code, {missing} AS value
            UNION ALL SELECT {literal}, CAST(row_number() OVER (ORDER BY value) AS INTEGER), value FROM (
              SELECT CAST({quote_name(name)} AS VARCHAR) AS value FROM members
              UNION SELECT CAST({quote_name(name)} AS VARCHAR) FROM invitations
              UNION SELECT a.text FROM coded_answers a JOIN questions q ON q.iid = a.iid
              WHERE q.kind = 'attribute' AND q.item_id = {literal})
            WHERE value <> {missing}"""
        )
    return " UNION ALL ".join(parts) + " ORDER BY dimension, code"


def coded_groups_sql(columns: str, source: str, attributes: Sequence[str]) -> str:
    """Some columns of a table (alias t) and the code of each attribute in place of its words."""
    joins, codes = "", ""
    for place, name in enumerate(attributes):
        literal = quote_text(name)
        joins += (
            f" LEFT JOIN group_words w{place} ON w{place}.dimension = {literal} "
            f"AND w{place}.value = CAST(t.{quote_name(name)} AS VARCHAR)"
        )
        codes += f", coalesce(w{place}.code, 0) AS {quote_name(name)}"
    return f"SELECT {columns}{codes} FROM {source}{joins}"


def list_derived(attributes: tuple[str, ...]) -> tuple[Derived, ...]:
    """Every derived table of a release with these attributes, each after those that it reads."""
    return (
        Derived("spells", SPELLS, True),
        Derived("calendar_periods", CALENDAR_PERIODS, True),
        Derived("event_days", EVENT_DAYS, True),
        Derived("activity_days", ACTIVITY_DAYS, True),
        Derived("deeds", DEEDS, False),
        Derived("wave_order", WAVE_ORDER, True),
        Derived("scores", SCORES, False),
        Derived("scale_points", SCALE_POINTS, True),
        Derived("arcs", ARCS, True),
        Derived("frames", frames_sql(attributes), True),
        Derived("tie_changes", TIE_CHANGES, True),
        Derived("group_words", group_words_sql(attributes), True),
        Derived(
            "member_groups",
            coded_groups_sql(
                "c.mid, t.member_id", "members t JOIN member_codes c USING (member_id)", attributes
            ),
            True,
        ),
        Derived(
            "wave_groups",
            coded_groups_sql(
                "w.wid, t.wave_id, c.mid, t.member_id",
                "frames t JOIN wave_codes w USING (wave_id) JOIN member_codes c USING (member_id)",
                attributes,
            ),
            True,
        ),
        *(Derived(name, sql, is_stored) for name, (sql, is_stored) in FACTS.items()),
        Derived("tie_ends", tie_ends_sql(attributes), True),
    )
