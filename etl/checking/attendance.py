"""Attendance: meetings matched to events, and join intervals united per member and event."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from etl.reading.files import Batch
from warehouse.quoting import quote_text

MOST_BREAK = 15
# How many hours an event may be from a meeting of its title before a load asks whether it is that.
MOST_APART = 3


def match_meetings(
    connection: duckdb.DuckDBPyConnection, meeting_files: list[int], names: Sequence[str], zone: str
) -> dict[int, list[str]]:
    """Make `meetings` (file, event_id → matched) of the reports, and return what is to be said by file.

    Reports of one title that overlap, or follow each other within `MOST_BREAK` minutes, are one meeting, as when the host drops
    and comes back; others of that day are meetings of their own, the later with their time in the id. A meeting takes the id of
    the event in the events table that has its title (letter case and spaces apart) on a day on which it took place: of several the
    nearest in time; of several meetings those that overlap the event, or the nearest one. Matched meetings leave `checked_events`.
    """
    if not meeting_files:
        connection.execute(
            "CREATE TABLE meetings (file INTEGER, event_id VARCHAR, own VARCHAR, matched VARCHAR)"
        )
        return {}
    files = ", ".join(map(str, meeting_files))

    def local(column: str) -> str:
        return f"timezone({quote_text(zone)}, timezone('UTC', {column}))"

    def day(column: str) -> str:
        return f"CAST({local(column)} AS DATE)"

    def title(column: str) -> str:
        return f"lower(regexp_replace({column}, '\\s+', ' ', 'g'))"

    connection.execute(
        f"""CREATE TABLE instances AS
        WITH reports AS (SELECT file, event_id, title, starts_at, coalesce(ends_at, starts_at) AS ends_at,
            split_part(event_id, '~', 1) AS base FROM checked_events WHERE file IN ({files}) AND reason IS NULL),
        reached AS (SELECT *, max(ends_at) OVER (PARTITION BY base ORDER BY starts_at, ends_at, file, event_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM reports),
        parts AS (SELECT *, sum((reached IS NULL OR starts_at > reached + INTERVAL {MOST_BREAK} MINUTE)::INTEGER)
            OVER (PARTITION BY base ORDER BY starts_at, ends_at, file, event_id) AS part FROM reached)
        SELECT file, event_id, base, part, title, min(starts_at) OVER w AS starts_at, max(ends_at) OVER w AS ends_at,
          coalesce(starts_at > reached, false) AND part = lag(part) OVER o AS has_break,
          CASE WHEN part = 1 THEN base ELSE base || '-' || strftime({local("min(starts_at) OVER w")}, '%H%M%S') END AS own
        FROM parts WINDOW w AS (PARTITION BY base, part), o AS (PARTITION BY base ORDER BY starts_at, ends_at, file, event_id)"""
    )
    connection.execute(
        f"""CREATE TABLE meetings AS
        WITH held AS (SELECT DISTINCT own, title, starts_at, ends_at FROM instances),
        near AS (SELECT h.own, e.event_id, greatest(0, epoch(e.starts_at) - epoch(h.ends_at),
            epoch(h.starts_at) - epoch(coalesce(e.ends_at, e.starts_at))) AS apart, abs(epoch(e.starts_at) - epoch(h.starts_at)) AS late
          FROM held h JOIN checked_events e ON e.file NOT IN ({files}) AND e.reason IS NULL AND {title("e.title")} = {title("h.title")}
          AND {day("h.starts_at")} BETWEEN {day("e.starts_at")} AND {day("coalesce(e.ends_at, e.starts_at)")}),
        best AS (SELECT own, arg_min(event_id, (apart, late, event_id)) AS event_id, min(apart) AS apart, min(late) AS late
          FROM near GROUP BY own),
        kept AS (SELECT *, row_number() OVER (PARTITION BY event_id ORDER BY apart, late, own) AS place FROM best)
        SELECT i.file, i.event_id, i.own, k.event_id AS matched FROM instances i
        LEFT JOIN kept k ON k.own = i.own AND (k.apart = 0 OR k.place = 1)"""
    )
    connection.execute(
        f"""CREATE OR REPLACE TABLE checked_events AS
        SELECT * FROM checked_events WHERE file NOT IN ({files}) OR reason IS NOT NULL
        UNION ALL BY NAME SELECT c.* REPLACE (i.own AS event_id, i.starts_at AS starts_at,
          CASE WHEN i.ends_at > i.starts_at THEN i.ends_at ELSE c.ends_at END AS ends_at)
        FROM checked_events c JOIN instances i ON i.file = c.file AND i.event_id = c.event_id
        JOIN meetings m ON m.file = i.file AND m.event_id = i.event_id
        WHERE m.matched IS NULL AND c.reason IS NULL
        QUALIFY row_number() OVER (PARTITION BY i.own ORDER BY c.file, c.event_id) = 1"""
    )
    notes: dict[int, list[str]] = {}
    for file, words in connection.execute(
        "SELECT file, any_value(title) FROM instances WHERE has_break GROUP BY file, base, part ORDER BY ALL"
    ).fetchall():
        notes.setdefault(int(file), []).append(
            f"{names[int(file)]}: meetings called {words} that followed each other within {MOST_BREAK} minutes were read as one."
        )
    for file, words, event, met, due in connection.execute(
        f"""SELECT DISTINCT i.file, i.title, m.matched, strftime({local("i.starts_at")}, '%H:%M'), strftime({local("e.starts_at")}, '%H:%M')
        FROM instances i JOIN meetings m ON m.file = i.file AND m.event_id = i.event_id
        JOIN checked_events e ON e.event_id = m.matched AND e.file NOT IN ({files}) AND e.reason IS NULL
        WHERE i.starts_at > coalesce(e.ends_at, e.starts_at) + INTERVAL {MOST_APART} HOUR OR i.ends_at < e.starts_at - INTERVAL {MOST_APART} HOUR
        ORDER BY ALL"""
    ).fetchall():
        notes.setdefault(int(file), []).append(
            f"{names[int(file)]}: the meeting {words} of {met} was taken for the event {event}, which is at {due} on that day: correct its "
            "starts_at, or give it another title if it is another event."
        )
    return notes


def point_to_event(connection: duckdb.DuckDBPyConnection, batch: Batch) -> Batch:
    """The batch with its meeting's id replaced by the matched event's."""
    raw = f"{batch.raw}_event"
    connection.execute(
        f"CREATE TABLE {raw} AS SELECT r.* REPLACE (coalesce(m.matched, m.own, r.event_id) AS event_id) FROM {batch.raw} r "
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
        """CREATE TABLE ranked_attendance AS SELECT *, row_number() OVER w AS place, first_value(file) OVER w AS first_file,
          first_value(line) OVER w AS first_line
        FROM checked_attendance WHERE reason IS NULL WINDOW w AS (
          PARTITION BY event_id, member_id, registered, attended, minutes, first_join_at, last_leave_at, role
          ORDER BY file, line)"""
    )
    connection.execute(
        "INSERT INTO duplicates SELECT file, line, 'attendance', first_file, first_line FROM ranked_attendance WHERE place > 1"
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
