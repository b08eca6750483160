"""Facts of surveys: answers, who was asked, and ties between members."""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.contracts import OF_RESPONDENTS
from warehouse.facts.membership import Facts

# The codebook as figures need it: how an item is turned round, and from which value on it is favourable.
QUESTIONS = """
SELECT c.iid, i.survey_id, i.item_id, i.construct, i.kind, i.reversed, i.scale_min, i.scale_max,
  i.scale_max - ((i.scale_max - i.scale_min + 1) // 2) + 1 AS positive_from,
  CAST(dense_rank() OVER (ORDER BY i.construct) AS INTEGER) AS cid
FROM items i JOIN item_codes c ON c.survey_id = i.survey_id AND c.item_id = i.item_id
"""

_TURNED = "CASE WHEN q.reversed THEN q.scale_min + q.scale_max - r.value ELSE r.value END"

RATINGS = """
SELECT a.wid, a.mid, a.iid, a.value FROM coded_answers a WHERE a.value IS NOT NULL
"""

# One row a respondent, construct and step of its scale: answers at the step, of those that could have been.
CHOICES = f"""
SELECT r.wid, r.mid, q.cid, p.value, sum(CASE WHEN {_TURNED} = p.value THEN 1 ELSE 0 END) AS at_step, count(*) AS of_steps
FROM ratings r JOIN questions q ON q.iid = r.iid JOIN scale_points p ON p.survey_id = q.survey_id AND p.item_id = q.item_id
WHERE q.kind = 'likert' AND q.construct IS NOT NULL GROUP BY r.wid, r.mid, q.cid, p.value
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
RESPONDENTS = f"""
WITH sized AS (
  SELECT survey_id, cid, count(*) FILTER (WHERE kind IN ('likert', 'number')) AS items,
    count(*) FILTER (WHERE kind IN ('likert', 'number') AND scale_max > scale_min) AS scaled_items
  FROM questions WHERE construct IS NOT NULL GROUP BY survey_id, cid
),
turned AS (
  SELECT r.wid, r.mid, q.survey_id, q.cid, lower(replace(trim(q.construct), '_', ' ')) AS topic, q.kind, q.scale_min, q.scale_max, q.positive_from,
    {_TURNED} AS favourable
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
  b.answered AS answered_now, b.items, a.given AS given_then, b.given AS given_now, a.favourable_half AS favourable_half_then,
  b.favourable_half AS favourable_half_now, a.favourable_top AS favourable_top_then, b.favourable_top AS favourable_top_now
FROM wave_pairs w
JOIN respondents b ON b.wid = w.wid AND b.score IS NOT NULL
JOIN respondents a ON a.wid = w.earlier AND a.mid = b.mid AND a.cid = b.cid AND a.score IS NOT NULL
"""

# Everybody who answered anything in a wave, with a value or in words.
GIVEN = f"""
SELECT DISTINCT wid, mid FROM coded_answers WHERE (value IS NOT NULL OR text IS NOT NULL)
AND iid NOT IN (SELECT iid FROM questions WHERE kind IN {OF_RESPONDENTS})
"""

ITEMS_GIVEN = """
SELECT a.wid, a.mid, a.iid FROM coded_answers a JOIN questions q ON q.iid = a.iid
WHERE (a.value IS NOT NULL OR a.text IS NOT NULL) AND q.kind IN ('likert', 'nps', 'single', 'number')
"""

# Everybody asked in a wave, and whether they responded: by the disposition where there are invitations, else by any answer.
ASKED = """
SELECT w.wid, c.mid, CASE WHEN f.is_invited THEN f.has_responded ELSE g.mid IS NOT NULL END AS is_respondent FROM frames f
JOIN wave_codes w ON w.wave_id = f.wave_id JOIN member_codes c ON c.member_id = f.member_id
LEFT JOIN people_given g ON g.wid = w.wid AND g.mid = c.mid
WHERE f.is_asked AND f.disposition IS DISTINCT FROM 'ineligible'
"""

ASKED_RATINGS = """
SELECT r.wid, r.mid, r.iid, r.value FROM ratings r JOIN people_asked a ON a.wid = r.wid AND a.mid = r.mid
"""

# Everybody who responded, of those invited where anybody was, with the weight that came with the survey, if any: with the
# invitation, or else with the answers.
SURVEY_WEIGHTS = """
WITH said AS (
  SELECT a.wid, a.mid, max(TRY_CAST(a.text AS DOUBLE)) AS weight FROM coded_answers a JOIN questions q ON q.iid = a.iid
  WHERE q.kind = 'weight' GROUP BY a.wid, a.mid
)
SELECT a.wid, a.mid, coalesce(i.weight, s.weight) AS weight FROM people_asked a
JOIN coded_invitations i ON i.wid = a.wid AND i.mid = a.mid LEFT JOIN said s ON s.wid = a.wid AND s.mid = a.mid WHERE a.is_respondent
UNION ALL
SELECT g.wid, g.mid, s.weight FROM people_given g LEFT JOIN said s ON s.wid = g.wid AND s.mid = g.mid
WHERE g.wid IN (SELECT wid FROM said) AND g.wid NOT IN (SELECT wid FROM coded_invitations)
"""

INVITED = """
SELECT w.wid, c.mid, f.disposition FROM frames f
JOIN wave_codes w ON w.wave_id = f.wave_id JOIN member_codes c ON c.member_id = f.member_id WHERE f.is_invited
"""

# Who named whom, each once; an undirected tie from both sides.
TIE_CODES = """
SELECT DISTINCT wid, rid, sender, receiver FROM (
  SELECT wid, rid, from_mid AS sender, to_mid AS receiver FROM coded_ties
  UNION ALL
  SELECT wid, rid, to_mid, from_mid FROM coded_ties WHERE directed = false
) WHERE sender <> receiver
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

SURVEYS: Facts = {
    "questions": (QUESTIONS, True),
    "ratings": (RATINGS, False),
    "choices": (CHOICES, False),
    "wave_pairs": (WAVE_PAIRS, True),
    "moves": (MOVES, False),
    "respondents": (RESPONDENTS, True),
    "shifts": (SHIFTS, False),
    "people_given": (GIVEN, True),
    "items_given": (ITEMS_GIVEN, False),
    "people_asked": (ASKED, True),
    "asked_ratings": (ASKED_RATINGS, False),
    "invited": (INVITED, False),
    "survey_weights": (SURVEY_WEIGHTS, False),
    "tie_codes": (TIE_CODES, True),
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
