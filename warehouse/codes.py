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

CODED: dict[str, str] = {
    "coded_attendance": """
        SELECT e.eid, c.mid, a.registered, a.attended, a.minutes, a.first_join_at, a.last_leave_at, a.role
        FROM attendance a JOIN event_codes e ON e.event_id = a.event_id JOIN member_codes c ON c.member_id = a.member_id""",
    "coded_answers": """
        SELECT w.wid, c.mid, i.iid, a.value, a.text, a.submitted_at FROM answers a
        JOIN waves v ON v.wave_id = a.wave_id JOIN wave_codes w ON w.wave_id = a.wave_id
        JOIN member_codes c ON c.member_id = a.respondent_id
        JOIN item_codes i ON i.survey_id = v.survey_id AND i.item_id = a.item_id""",
    "coded_activities": """
        SELECT c.mid, a."at", k.kid, a.amount
        FROM activities a JOIN kind_codes k ON k.kind = a.kind JOIN member_codes c ON c.member_id = a.member_id""",
}
