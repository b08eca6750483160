"""Attendance: meetings matched to events, and join intervals united per member and event."""

from __future__ import annotations

import duckdb

from etl.reading.files import Batch
from warehouse.quoting import quote_text


def match_meetings(connection: duckdb.DuckDBPyConnection, meeting_files: list[int], zone: str) -> None:
    """Make `meetings` (file, event_id → matched): a report of an event in the events table takes that event's id.

    An event matches by its title (letter case and spaces apart) and by a day on which it took place. Matched
    meetings leave `checked_events`; the others stay as events of their own.
    """
    files = ", ".join(str(file) for file in meeting_files) or "NULL"

    def day(column: str) -> str:
        return f"CAST(timezone({quote_text(zone)}, timezone('UTC', {column})) AS DATE)"

    connection.execute(
        f"""CREATE TABLE meetings AS
        SELECT m.file, m.event_id, min(e.event_id) AS matched FROM checked_events m
        LEFT JOIN checked_events e ON e.file NOT IN ({files}) AND e.reason IS NULL
          AND lower(regexp_replace(e.title, '\\s+', ' ', 'g')) = lower(regexp_replace(m.title, '\\s+', ' ', 'g'))
          AND {day("m.starts_at")} BETWEEN {day("e.starts_at")} AND {day("coalesce(e.ends_at, e.starts_at)")}
        WHERE m.file IN ({files}) GROUP BY m.file, m.event_id"""
    )
    connection.execute(
        "DELETE FROM checked_events WHERE EXISTS (SELECT 1 FROM meetings m WHERE m.file = checked_events.file "
        "AND m.event_id = checked_events.event_id AND m.matched IS NOT NULL)"
    )


def point_to_event(connection: duckdb.DuckDBPyConnection, batch: Batch) -> Batch:
    """The batch with its meeting's id replaced by the matched event's."""
    raw = f"{batch.raw}_event"
    connection.execute(
        f"CREATE TABLE {raw} AS SELECT r.* REPLACE (coalesce(m.matched, r.event_id) AS event_id) FROM {batch.raw} r "
        f"LEFT JOIN meetings m ON m.file = {batch.file} AND m.event_id = r.event_id"
    )
    return Batch(batch.file, batch.table, raw, batch.columns)


def unite_attendance(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `accepted_attendance`, one row a member and event, and note rows that repeat another exactly.

    Minutes are the union of the join intervals where there are any, otherwise the largest stated total: two devices
    at once are one presence. A member counts as attended, or registered, when any row says so. `kept_attendance` are
    the rows that went in.
    """
    repeated = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM checked_attendance WHERE reason IS NULL "
        "GROUP BY event_id, member_id HAVING count(*) > 1 OR count(first_join_at) > 0)"
    ).fetchall()[0][0]
    if not repeated:
        for name in ("kept", "accepted"):
            connection.execute(
                f"CREATE VIEW {name}_attendance AS SELECT * EXCLUDE (reason) FROM checked_attendance WHERE reason IS NULL"
            )
        return
    connection.execute(
        """CREATE TABLE ranked_attendance AS SELECT *, row_number() OVER (
          PARTITION BY event_id, member_id, registered, attended, minutes, first_join_at, last_leave_at, role
          ORDER BY file, line) AS place
        FROM checked_attendance WHERE reason IS NULL"""
    )
    connection.execute(
        "INSERT INTO duplicates SELECT file, line, 'attendance' FROM ranked_attendance WHERE place > 1"
    )
    connection.execute("CREATE VIEW kept_attendance AS SELECT * FROM ranked_attendance WHERE place = 1")
    connection.execute(
        """CREATE TABLE accepted_attendance AS
        WITH intervals AS (
          SELECT event_id, member_id, first_join_at AS joined, last_leave_at AS parted,
            max(last_leave_at) OVER (PARTITION BY event_id, member_id ORDER BY first_join_at, last_leave_at
              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
          FROM kept_attendance WHERE first_join_at IS NOT NULL AND last_leave_at IS NOT NULL
        ),
        present AS (
          SELECT event_id, member_id, sum(greatest(0, epoch(parted) - greatest(epoch(joined),
            coalesce(epoch(reached), epoch(joined))))) / 60 AS minutes
          FROM intervals GROUP BY event_id, member_id
        ),
        stated AS (
          SELECT event_id, member_id, bool_or(registered) AS registered, bool_or(attended) AS attended,
            max(CASE WHEN last_leave_at IS NULL THEN minutes END) AS minutes,
            min(first_join_at) AS first_join_at, max(last_leave_at) AS last_leave_at,
            arg_min(role, file * 1000000000000 + line) AS role,
            min(file) AS file, min(line) AS line
          FROM kept_attendance GROUP BY event_id, member_id
        )
        SELECT s.file, s.line, s.event_id, s.member_id, s.registered, s.attended,
          greatest(p.minutes, s.minutes) AS minutes, s.first_join_at, s.last_leave_at, s.role
        FROM stated s LEFT JOIN present p ON p.event_id = s.event_id AND p.member_id = s.member_id"""
    )
