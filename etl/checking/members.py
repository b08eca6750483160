"""Members lists with several rows of one person: the first join, every stay and all groups of theirs are held."""

from __future__ import annotations

from dataclasses import replace

import duckdb

from etl.reading.files import Batch, Intake
from etl.reading.written.headings import FIRST, LAST, find_role
from warehouse.quoting import quote_name

BETWEEN = "; "
_STAY = ("joined_on", "left_on", "left_reason")


def unite_members(connection: duckdb.DuckDBPyConnection, intake: Intake) -> Intake:
    """The intake with one row a member, where rows of one file differ in stays and groups only; the same object where none do.

    The member has the first day of joining, and the groups and address of the latest stay, of several groups all, in one value.
    Each further row is a stay in `memberships`, and a further address an alias. Rows that contradict each other, in the name or in the end of a stay, are
    left to be set aside. Where the name stands in two columns, it is put together.
    """
    intake = _join_names(connection, intake)
    batch = next((one for one in intake.batches if one.table == "members"), None)
    if batch is None or not {"member_id", "joined_on"} <= set(batch.columns):
        return intake
    made = f"{batch.raw}_several"
    if not _find_several(connection, batch, made):
        return intake
    groups = [name for name in batch.columns if name not in ("member_id", "name", "email", *_STAY)]
    united = _write_united(connection, batch, made, groups)
    stays = [name for name in ("member_id", *_STAY) if name in batch.columns]
    connection.execute(
        f"CREATE TABLE {batch.raw}_stays AS SELECT line, {_list(stays)} FROM {made} WHERE NOT is_first"
    )
    batches = [
        replace(batch, raw=united),
        Batch(batch.file, "memberships", f"{batch.raw}_stays", tuple(stays)),
    ]
    if "email" in batch.columns:
        connection.execute(
            f"""CREATE TABLE {batch.raw}_addresses AS SELECT DISTINCT 0::BIGINT AS line, s.member_id, 'email' AS kind, s.email AS value
            FROM {made} s JOIN {united} u ON trim(u.member_id) = s.member_id WHERE lower(s.email) <> lower(u.email)"""
        )
        batches.append(Batch(batch.file, "aliases", f"{batch.raw}_addresses", ("member_id", "kind", "value")))
    return replace(
        intake,
        batches=tuple(new for one in intake.batches for new in (batches if one is batch else (one,))),
        warnings=(*intake.warnings, _say(connection, intake.staged.name, made, groups)),
    )


def _join_names(connection: duckdb.DuckDBPyConnection, intake: Intake) -> Intake:
    """The intake with a first and a last name as the name, unless there is one, and neither as an attribute of members."""
    batch = next((one for one in intake.batches if one.table == "members"), None)
    parts = [name for name in batch.columns if find_role(name) in (FIRST, LAST)] if batch else []
    if batch is None or not parts:
        return intake
    ordered = sorted(parts, key=lambda name: find_role(name) == LAST)
    filled = ", ".join(f"nullif(trim({quote_name(name)}), '')" for name in ordered)
    whole = f"nullif(concat_ws(' ', {filled}), '')"
    name = f"coalesce(nullif(trim(name), ''), {whole})" if "name" in batch.columns else whole
    kept = [column for column in batch.columns if column not in (*parts, "name")]
    raw = f"{batch.raw}_named"
    connection.execute(f"CREATE TABLE {raw} AS SELECT line, {_list(kept)}, {name} AS name FROM {batch.raw}")
    named = replace(batch, raw=raw, columns=(*kept, "name"))
    return replace(intake, batches=tuple(named if one is batch else one for one in intake.batches))


def _find_several(connection: duckdb.DuckDBPyConnection, batch: Batch, made: str) -> bool:
    """Make the table `made` of the rows, trimmed, of members with several that do not contradict each other, and say whether there are any."""
    columns = ", ".join(
        f"nullif(trim({quote_name(name)}), '') AS {quote_name(name)}" for name in batch.columns
    )
    ends = [f"coalesce({name}, '')" for name in _STAY[1:] if name in batch.columns]
    name = "count(DISTINCT lower(name)) < 2" if "name" in batch.columns else "true"
    connection.execute(
        f"""CREATE TABLE {made} AS
        WITH repeated AS (SELECT trim(member_id) FROM {batch.raw} GROUP BY ALL HAVING count(*) > 1),
        given AS (SELECT line, {columns} FROM {batch.raw} WHERE trim(member_id) IN (FROM repeated)),
        rows AS (SELECT *, row({_list(batch.columns)}) AS whole, TRY_CAST(joined_on AS DATE) AS day FROM given WHERE member_id <> ''),
        several AS (SELECT member_id FROM rows GROUP BY member_id
          HAVING count(DISTINCT whole) > 1 AND bool_and(day IS NOT NULL) AND {name}),
        unclear AS (SELECT member_id FROM rows GROUP BY member_id, day HAVING count(DISTINCT concat_ws(chr(31), '', {", ".join(ends) or "''"})) > 1)
        SELECT * EXCLUDE (whole), whole IS NOT DISTINCT FROM first_value(whole) OVER (PARTITION BY member_id ORDER BY day, line) AS is_first,
          day = max(day) OVER (PARTITION BY member_id) AS is_latest
        FROM rows WHERE member_id IN (FROM several) AND member_id NOT IN (FROM unclear)"""
    )
    return bool(connection.execute(f"SELECT count(*) FROM {made}").fetchall()[0][0])


def _write_united(connection: duckdb.DuckDBPyConnection, batch: Batch, made: str, groups: list[str]) -> str:
    """Make the members' rows with one of each of those with several."""
    united, held = f"{batch.raw}_united", [*groups, *(["email"] if "email" in batch.columns else [])]
    values = []
    for name in map(quote_name, held):
        value = (
            f"string_agg(DISTINCT {name}, '{BETWEEN}' ORDER BY {name})" if name != '"email"' else "max(email)"
        )
        values.append(f"coalesce({value} FILTER (is_latest), {value}) AS {name}")
    connection.execute(
        f"CREATE TABLE {united}_values AS SELECT member_id{''.join(f', {value}' for value in values)} FROM {made} GROUP BY member_id"
    )
    shown = [f"v.{quote_name(name)}" if name in held else f"s.{quote_name(name)}" for name in batch.columns]
    connection.execute(
        f"""CREATE TABLE {united} AS SELECT line, {_list(batch.columns)} FROM {batch.raw}
          WHERE coalesce(trim(member_id), '') NOT IN (SELECT member_id FROM {united}_values)
        UNION ALL SELECT s.line, {", ".join(shown)} FROM {made} s JOIN {united}_values v USING (member_id) WHERE s.is_first"""
    )
    return united


def _say(connection: duckdb.DuckDBPyConnection, file: str, made: str, groups: list[str]) -> str:
    several = [
        name
        for name in groups
        if connection.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {made} WHERE is_latest GROUP BY member_id HAVING count(DISTINCT {quote_name(name)}) > 1)"
        ).fetchall()[0][0]
    ]
    count = connection.execute(f"SELECT count(DISTINCT member_id) FROM {made}").fetchall()[0][0]
    held = f", and of several values of {', '.join(several)} all are held in one" if several else ""
    who = "1 member has" if count == 1 else f"{count:,} members have"
    return f"{file}: {who} several rows: the first day of joining is kept, each stay counts{held}."


def _list(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(map(quote_name, names))
