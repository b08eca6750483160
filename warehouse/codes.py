"""Integers in place of texts: what facts are joined and grouped by."""

from __future__ import annotations

CODES: dict[str, str] = {
    "member_codes": """
        SELECT CAST(row_number() OVER (ORDER BY member_id) AS INTEGER) AS mid, member_id FROM (
          SELECT member_id FROM members UNION SELECT respondent_id FROM answers)
        ORDER BY member_id""",
    "wave_codes": """
        SELECT CAST(row_number() OVER (ORDER BY wave_id) AS INTEGER) AS wid, wave_id FROM waves ORDER BY wave_id""",
    "item_codes": """
        SELECT CAST(row_number() OVER (ORDER BY survey_id, item_id) AS INTEGER) AS iid, survey_id, item_id FROM items
        ORDER BY survey_id, item_id""",
    "event_codes": """
        SELECT CAST(row_number() OVER (ORDER BY event_id) AS INTEGER) AS eid, event_id FROM events ORDER BY event_id""",
    "kind_codes": """
        SELECT CAST(row_number() OVER (ORDER BY kind) AS INTEGER) AS kid, kind FROM (SELECT DISTINCT kind FROM activities)
        ORDER BY kind""",
    "relation_codes": """
        SELECT CAST(row_number() OVER (ORDER BY relation) AS INTEGER) AS rid, relation
        FROM (SELECT DISTINCT relation FROM ties) ORDER BY relation""",
}
