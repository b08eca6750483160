"""What a load counts and says once: to which day the tables reach, and what lies where figures leave it out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from datetime import date, timedelta

import duckdb

from etl.checking.identity.people import fold_identifier, place_shared
from etl.checking.measurements import PERIOD, first_day_sql, last_day_sql
from etl.checking.reconcile import FileCount
from etl.checking.surveys.choices import MISSING_CODES
from etl.coding.repeats import Placed
from warehouse.codes import CODED, decode_sql
from warehouse.contracts import MEMBER_DIMENSIONS, TABLES
from warehouse.derived import SPELLS
from warehouse.quoting import quote_name, quote_text

# What is recorded as it happens, beside attended events and dated ties; only without any of it what is planned counts as well.
_OBSERVED = ("activities", "attendance", "answers")
_PLANNED = ("waves", "events")
# Days that files do not tell by themselves, by the tables whose files may state to which day they reach.
_LATEST = (
    (
        {"measurements"},
        f"max({last_day_sql('period')}) FROM accepted_measurements WHERE {first_day_sql('period')} <= current_date",
    ),
    (
        {"attendance"},
        "max(d.on_date) FROM whole_attendance a JOIN whole_days d ON d.event_id = a.event_id WHERE a.attended",
    ),
    ({"ties"}, "max(observed_on) FROM whole_ties"),
    # Nobody answers before a wave opens, and many exports of answers have no times.
    ({"answers"}, "max(w.opened_on) FROM whole_answers a JOIN accepted_waves w ON w.wave_id = a.wave_id"),
    ({"ties"}, "max(w.opened_on) FROM whole_ties t JOIN accepted_waves w ON w.wave_id = t.wave_id"),
    ({"members", "memberships"}, "max(starts_on) FROM whole_spells WHERE starts_on <= current_date"),
    ({"members", "memberships"}, "max(ends_on) FROM whole_spells WHERE ends_on <= current_date"),
)
# What groups rows beside the attributes of members: column, what the rows are, and their table.
_GROUPING = (
    ("kind", "events", "accepted_events"),
    ("kind", "activities", "whole_activities"),
    ("relation", "ties", "whole_ties"),
    ("series", "measurements", "accepted_measurements"),
)
_SILENCE = timedelta(days=92)
# Tables that have rows only where a file holds some.
_HELD = ("activities", "answers", "attendance", "events", "invitations", "measurements", "targets", "ties")
_SOURCE = re.compile(r"FROM (\w+)")
Parts = Mapping[str, Sequence[Placed]]

_OUTSIDE = """NOT EXISTS (SELECT 1 FROM whole_spells s WHERE s.member_id = {member} AND s.starts_on <= {day}
  AND (s.ends_on IS NULL OR s.ends_on > {day}))"""
_SHARED = "SELECT count(*) FROM identities WHERE kind = 'address' AND pseudonym IS NULL"
_COUNTS: tuple[tuple[str, str, str, str], ...] = (
    (
        "SELECT count(*) FROM whole_attendance a JOIN whole_days e ON e.event_id = a.event_id WHERE a.attended AND "
        + _OUTSIDE.format(member="a.member_id", day="e.on_date"),
        "attendance lies on a day when the person was not a member",
        "attendances lie on days when the person was not a member",
        "figures leave them out. Correct joined_on and left_on of the members, or add their stays to memberships.csv.",
    ),
    (
        """SELECT count(*) FROM whole_attendance a JOIN accepted_events e ON e.event_id = a.event_id WHERE a.attended AND
        (a.first_join_at < e.starts_at - INTERVAL 1 DAY OR a.first_join_at > coalesce(e.ends_at, e.starts_at) + INTERVAL 1 DAY)""",
        "attendance has a join more than a day before or after its event",
        "attendances have joins more than a day before or after their event",
        "they count as attendance of it. Correct event_id, first_join_at, or the start of the event.",
    ),
    (
        """SELECT count(*) FROM whole_attendance a JOIN accepted_events e ON e.event_id = a.event_id
        WHERE a.minutes > 2 * date_diff('minute', e.starts_at, e.ends_at) + 60""",
        "attendance has more than an hour over twice the minutes of its event",
        "attendances have more than an hour over twice the minutes of their event",
        "the minutes count as they stand. Correct them, or starts_at and ends_at of the event.",
    ),
    (
        """SELECT count(*) FROM (SELECT 1 FROM kept_attendance WHERE first_join_at IS NULL AND (attended OR registered IS NULL)
        GROUP BY event_id, member_id HAVING count(DISTINCT file) > 1 AND count(DISTINCT (attended, coalesce(minutes, -1))) > 1)""",
        "attendance stands in several files with other values",
        "attendances stand in several files with other values",
        "whoever came by any of them counts as there, with the most minutes. Where one file corrects another, load all files again without "
        "the older one, with --fresh.",
    ),
    (
        f"""SELECT count(*) FROM whole_answers a JOIN accepted_waves w ON w.wave_id = a.wave_id
        JOIN accepted_items i ON i.survey_id = w.survey_id AND i.item_id = a.item_id AND i.kind = 'number' AND i.scale_min IS NULL
        WHERE a.value IN {MISSING_CODES}""",
        "answer to a question for a number is -99 or another code for no answer",
        "answers to questions for a number are -99 or another code for no answer",
        "figures count them as numbers. Take them out of answers.csv, or give the items a scale_min in items.csv.",
    ),
    (
        """SELECT count(*) FROM whole_ties a JOIN whole_ties b ON b.from_member_id = a.to_member_id AND b.to_member_id = a.from_member_id
        AND b.wave_id = a.wave_id AND b.relation = a.relation WHERE NOT a.directed AND NOT b.directed AND a.from_member_id < a.to_member_id""",
        "undirected tie is listed from both sides",
        "undirected ties are listed from both sides",
        "each is one tie, and both strengths count in the mean. List it once where it is one report.",
    ),
    (
        """SELECT count(*) FROM (SELECT 1 FROM kept_attendance GROUP BY event_id, member_id
        HAVING bool_or(attended) AND bool_or(NOT attended AND registered IS NULL)
          AND NOT (count(DISTINCT file) FILTER (first_join_at IS NULL AND (attended OR registered IS NULL)) > 1))""",
        "attendance is both yes and no",
        "attendances are both yes and no",
        "whoever came by any row counts as there. Take out the row that is wrong.",
    ),
    (
        _SHARED,
        "e-mail address is that of more than one member",
        "e-mail addresses are each that of more than one member",
        "whoever a file names by it alone is not met. Give each member an own address in the members list, or leave it empty there.",
    ),
    (
        f"SELECT count(*) FROM (SELECT 1 FROM accepted_members GROUP BY {fold_identifier('member_id')} HAVING count(*) > 1)",
        "member_id differs from another in capitals, leading zeros or a .0 behind it only",
        "member_ids differ each from another in capitals, leading zeros or a .0 behind it only",
        "each counts as a member of its own. Write it in one way where one is meant.",
    ),
    (
        """SELECT count(*) FROM accepted_targets WHERE period <> 'all' AND NOT regexp_full_match(period, '{known}')
        AND period NOT IN (SELECT wave_id FROM accepted_waves)""",
        "target is for a period that is none",
        "targets are for periods that are none",
        "no figure is held against them. Write a period as all, 2015, 2015-Q3, 2015-07, 2015-W37, or as a wave_id.",
    ),
    (
        "SELECT count(*) FROM whole_activities a WHERE " + _OUTSIDE.format(member="a.member_id", day="{at}"),
        "activity lies on a day when the person was not a member",
        "activities lie on days when the person was not a member",
        "figures of members leave them out. Correct joined_on and left_on of the members, or add their stays to memberships.csv.",
    ),
    (
        """SELECT count(*) FROM (SELECT DISTINCT a.wave_id, a.respondent_id FROM whole_answers a
        WHERE a.wave_id IN (SELECT wave_id FROM whole_invitations) AND NOT EXISTS (
          SELECT 1 FROM whole_invitations i WHERE i.wave_id = a.wave_id AND i.member_id = a.respondent_id))""",
        "respondent answered a wave without being among those invited to it",
        "respondents answered a wave without being among those invited to it",
        "response rates leave them out, and figures of attitude count them. Add them to invitations.csv.",
    ),
    (
        """SELECT count(*) FROM whole_invitations i WHERE i.disposition NOT IN ('complete', 'partial') AND EXISTS (
          SELECT 1 FROM whole_answers a WHERE a.wave_id = i.wave_id AND a.respondent_id = i.member_id)""",
        "person answered a wave whose invitation says that they did not",
        "people answered a wave whose invitations say that they did not",
        "response rates go by the invitations, and figures of attitude count their answers. Correct disposition in invitations.csv.",
    ),
    (
        """SELECT count(*) FROM whole_invitations i JOIN accepted_waves w ON w.wave_id = i.wave_id WHERE """
        + _OUTSIDE.format(member="i.member_id", day="w.opened_on"),
        "invitation went to somebody who was not a member when the wave opened",
        "invitations went to people who were not members when the wave opened",
        "response rates count them as asked. Take them out of invitations.csv, or correct joined_on and left_on.",
    ),
    (
        "SELECT count(*) FROM whole_ties t JOIN accepted_waves w ON w.wave_id = t.wave_id WHERE "
        + _OUTSIDE.format(member="t.from_member_id", day="w.opened_on")
        + " OR "
        + _OUTSIDE.format(member="t.to_member_id", day="w.opened_on"),
        "tie is of somebody who was not a member on the day of its wave",
        "ties are of people who were not members on the day of their wave",
        "networks count these people as met and not as asked. Correct joined_on and left_on of the members.",
    ),
)
_LATER: tuple[tuple[str, str, str], ...] = (
    ("event", "events", "SELECT count(*) FROM whole_days WHERE on_date > ?"),
    ("wave", "waves", "SELECT count(*) FROM accepted_waves WHERE opened_on > ?"),
    (
        "first day of a membership",
        "first days of memberships",
        "SELECT count(*) FROM whole_spells WHERE starts_on > ?",
    ),
    (
        "last day of a membership",
        "last days of memberships",
        "SELECT count(*) FROM whole_spells WHERE ends_on > ?",
    ),
    ("activity", "activities", "SELECT count(*) FROM whole_activities a WHERE {at} > ?"),
    (
        "answer",
        "answers",
        "SELECT count(*) FROM whole_answers a WHERE {submitted} > ?",
    ),
)
MOST_NAMED = 5


def view_whole(connection: duckdb.DuckDBPyConnection, placed: Parts, zone: str) -> None:
    """Make views `whole_<table>` of all rows that a load takes, `whole_days` of its events and `whole_spells` of its members."""
    for name, coded in CODED.items():
        names = ", ".join(quote_name(column.name) for column in TABLES[name].columns)
        sources = [f"SELECT {names} FROM accepted_{name}"]
        if placed.get(name):
            listed = ", ".join(quote_text(str(one.path)) for one in placed[name])
            sources.append(f"SELECT {names} FROM ({decode_sql(coded, f'read_parquet([{listed}])')})")
        connection.execute(f"CREATE OR REPLACE TEMP VIEW whole_{name} AS {' UNION ALL '.join(sources)}")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW whole_days AS SELECT event_id, {_find_day('starts_at', zone)} AS on_date FROM accepted_events"
    )
    connection.execute("CREATE OR REPLACE TEMP VIEW memberships AS SELECT * FROM accepted_memberships")
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW members AS SELECT p.pseudonym AS member_id, m.joined_on, m.left_on, m.left_reason "
        "FROM accepted_members m JOIN people p ON p.member_id = m.member_id"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE whole_spells AS {SPELLS}")


def _list_empty(files: Sequence[FileCount]) -> frozenset[str]:
    """Names of the tables and views that no file gives a row: to prepare a statement that asks them costs more than all it finds."""
    held = {table for file in files for table in file.tables}
    empty = [table for table in _HELD if table not in held]
    named = [f"{kind}_{table}" for table in empty for kind in ("accepted", "kept", "whole")]
    return frozenset((*named, "whole_days") if "events" in empty else named)


def _is_asked(statement: str, empty: Set[str]) -> bool:
    """Whether what a statement counts, the innermost that it reads first, has rows."""
    found = _SOURCE.search(statement)
    return found is None or found[1] not in empty


def _find_day(moment: str, zone: str) -> str:
    return f"CAST(timezone({quote_text(zone)}, timezone('UTC', {moment})) AS DATE)"


def find_span(
    connection: duckdb.DuckDBPyConnection, files: Sequence[FileCount], placed: Parts
) -> tuple[date | None, date | None]:
    """First day of anything, and the day to which the release is complete; after `view_whole`.

    That day is the latest one stated at load, or, in files of which none is stated, seen in what is recorded as it happens:
    activities, attended events, attendance, answers and ties, by their day or the opening of their wave, invitations, and
    joining and leaving up to today. Waves and events without attendance are plans, and count only where nothing but members is recorded.
    """
    first = connection.execute(
        f"""SELECT min(day) FROM (SELECT min(joined_on) AS day FROM accepted_members
        UNION ALL SELECT min(joined_on) FROM accepted_memberships
        UNION ALL SELECT CAST(min(starts_at) AS DATE) FROM accepted_events
        UNION ALL SELECT min(opened_on) FROM accepted_waves
        UNION ALL SELECT CAST(min("at") AS DATE) FROM accepted_activities
        UNION ALL SELECT min({first_day_sql("period")}) FROM accepted_measurements)"""
    ).fetchall()[0][0]
    begun = [one.part.first for one in placed.get("activities", ())]
    first = min((day for day in (first, *begun) if day), default=None)
    stated = [file for file in files if file.staged.options.complete_to]
    empty = _list_empty(files)
    told = {table for file in stated for table in file.tables}
    *recorded, joined, left = (
        connection.execute(f"SELECT {latest}").fetchall()[0][0]
        if not told & tables and _is_asked(latest, empty)
        else None
        for tables, latest in _LATEST
    )
    seen = [*recorded, *_list_days(files, _OBSERVED)]
    planned = [] if any(seen) else _list_days(files, _PLANNED)
    days = [*seen, *planned, joined, left, *_list_days(files, ("invitations",))]
    last = max((day for day in (*days, *(file.complete_to for file in stated)) if day), default=None)
    return (min(first, last) if first and last else last), last


def _list_days(files: Sequence[FileCount], tables: Sequence[str]) -> list[date | None]:
    return [file.complete_to for file in files if set(file.tables) & set(tables)]


def list_remarks(
    connection: duckdb.DuckDBPyConnection, files: Sequence[FileCount], complete_to: date | None, zone: str
) -> list[str]:
    """What lies where figures leave it out, a sentence each: how much of what, what becomes of it, what to do; after `view_whole`."""
    at = {"at": _find_day('a."at"', zone), "submitted": _find_day("a.submitted_at", zone), "known": PERIOD}
    remarks = []
    empty = _list_empty(files)
    for statement, one, several, then in _COUNTS:
        if _is_asked(statement, empty) and (count := _count(connection, statement.format(**at))):
            placed = place_shared(connection, MOST_NAMED) if statement == _SHARED else ""
            remarks.append(f"{count:,} {one if count == 1 else several}: {then}{placed}")
    if complete_to is not None:
        later = [
            f"{count:,} {one if count == 1 else several}"
            for one, several, statement in _LATER
            if _is_asked(statement, empty)
            and (count := _count(connection, statement.format(**at), complete_to))
        ]
        if later:
            listed = " and ".join(part for part in (", ".join(later[:-1]), later[-1]) if part)
            remarks.append(
                f"After {complete_to.isoformat()}, the last day to which the data are complete, lie {listed}: figures leave them out. "
                "Where the files reach further, say so with --complete-to."
            )
    remarks += [*_list_spellings(connection, empty), *_tell_silence(connection, at["at"], complete_to)]
    remarks += _list_valueless(connection)
    guests = _count(
        connection,
        "SELECT count(DISTINCT who) FROM guest_rows JOIN checked_attendance a USING (file, line) WHERE a.attended",
    )
    if guests:
        remarks.append(
            f"{guests:,} guest{'s' if guests > 1 else ''} came to events: they are no members, and figures of members leave them out."
        )
    surveys = connection.execute(
        """SELECT w.survey_id, count(*) FILTER (i.kind IN ('likert', 'nps') AND i.scale_min IS NOT NULL AND i.scale_max IS NOT NULL),
          count(*) FILTER (i.kind = 'likert'), count(i.construct) FILTER (i.kind = 'likert')
        FROM (SELECT DISTINCT w.survey_id FROM whole_answers a JOIN accepted_waves w ON w.wave_id = a.wave_id) w
        LEFT JOIN accepted_items i ON i.survey_id = w.survey_id GROUP BY w.survey_id ORDER BY w.survey_id"""
    ).fetchall()
    return [
        *remarks,
        *(
            f"The survey {survey} has answers and no item on a scale, so that it gives no figure of attitude: add its items to items.csv "
            "with kind likert, scale_min, scale_max and construct."
            for survey, scaled, _, _ in surveys
            if not scaled
        ),
        *(
            f"The {'one item' if count == 1 else f'{count} items'} on a scale of the survey {survey} {'is' if count == 1 else 'are'} of no "
            "construct, and Attitude shows constructs: their figures stand in Explore until items.csv names a construct for them."
            for survey, _, count, named in surveys
            if count and not named
        ),
    ]


def _list_valueless(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Answers that have no value, such as N/A: what they are and what becomes of them, a sentence a survey."""
    rows = connection.execute(
        """SELECT survey_id, sum(n)::BIGINT, list(told ORDER BY n DESC, told) FROM (
          SELECT i.survey_id, count(*) AS n, a.item_id || ' ''' || CASE WHEN contains(any_value(a.text), '@') THEN 'an address' ELSE left(any_value(trim(a.text)), 40) END || ''' (' || count(*) || ')' AS told
          FROM whole_answers a JOIN accepted_waves w ON w.wave_id = a.wave_id
          JOIN accepted_items i ON i.survey_id = w.survey_id AND i.item_id = a.item_id
            AND i.kind IN ('likert', 'nps', 'single', 'number', 'multiple')
          WHERE a.value IS NULL AND trim(a.text) <> '' GROUP BY i.survey_id, a.item_id, lower(trim(a.text)))
        GROUP BY survey_id ORDER BY survey_id"""
    ).fetchall()
    return [
        f"{count:,} answer{'' if count == 1 else 's'} of the survey {survey} ha{'s' if count == 1 else 've'} no value and count{'s' if count == 1 else ''} "
        f"in no share or mean: {', '.join(told[:MOST_NAMED])}{f' and {len(told) - MOST_NAMED} more' if len(told) > MOST_NAMED else ''}. "
        "Where one is a step of the scale, give it its place in the labels of items.csv."
        for survey, count, told in rows
    ]


def _tell_silence(connection: duckdb.DuckDBPyConnection, day: str, complete_to: date | None) -> list[str]:
    """That members joined long before the first event or activity on record, or that the data reach long after the last, where they do."""
    joined, begun, ended = connection.execute(
        f"""SELECT (SELECT min(starts_on) FROM whole_spells), min(day), max(day) FROM (SELECT on_date AS day FROM whole_days
          WHERE on_date <= coalesce($1, on_date) UNION ALL SELECT {day} FROM whole_activities a WHERE {day} <= coalesce($1, {day}))""",
        [complete_to],
    ).fetchall()[0]
    said = []
    if joined and begun and begun - joined > _SILENCE:
        said.append(
            f"Members joined from {joined.isoformat()} on, and the first event or activity on record is of {begun.isoformat()}: until then "
            "figures of engagement show that nothing was recorded, not that nobody took part."
        )
    if complete_to and ended and complete_to - ended > _SILENCE:
        said.append(
            f"The data count as complete to {complete_to.isoformat()}, and the last event or activity on record is of {ended.isoformat()}: "
            "from then on figures of engagement show nobody. Where the files end earlier, say so with --complete-to."
        )
    return said


def _list_spellings(connection: duckdb.DuckDBPyConnection, empty: Set[str]) -> list[str]:
    """Values that are alike but for case or how their words are parted, which count as groups of their own, with their rows."""
    known = [row[0] for row in connection.execute("DESCRIBE accepted_members").fetchall()]
    fixed = [name for name in TABLES["members"].column_names if name not in MEMBER_DIMENSIONS]
    written = [
        (name, "members", "accepted_members") for name in known if name not in (*fixed, "file", "line")
    ]
    remarks = []
    for name, rows_of, table in (*written, *(one for one in _GROUPING if one[2] not in empty)):
        value = quote_name(name)
        found = connection.execute(
            f"""SELECT list(value ORDER BY rows DESC, value), list(rows ORDER BY rows DESC, value) FROM (
              SELECT {value} AS value, count(*) AS rows FROM {table} WHERE {value} IS NOT NULL GROUP BY 1)
            GROUP BY regexp_replace(lower(value), '[\\s_-]+', ' ', 'g') HAVING count(*) > 1 ORDER BY min(lower(value))"""
        ).fetchall()
        for values, rows in found:
            listed = [f"'{one}' ({count:,})" for one, count in zip(values, rows, strict=True)]
            remarks.append(
                f"{name} of {rows_of} is written {', '.join(listed[:-1])} and {listed[-1]}: they count as groups of their own. "
                "Write it in one way where one is meant."
            )
    return remarks


def _count(connection: duckdb.DuckDBPyConnection, statement: str, *parameters: object) -> int:
    return int(connection.execute(statement, list(parameters)).fetchall()[0][0])
