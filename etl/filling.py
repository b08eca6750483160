"""Every table of a release, checked in the order in which they refer to each other: small ones row by row, large ones in parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from etl.checking.attendance import match_meetings, point_to_event, unite_attendance
from etl.checking.contacts import note_contacts, split_relations, sum_contacts
from etl.checking.identity.people import build_identities, name_members, name_strangers, reference_key
from etl.checking.identity.settled import settle_people
from etl.checking.measurements import check_periods, name_series
from etl.checking.reconcile import Parted
from etl.checking.surveys.codebook import (
    add_observed_waves,
    build_codebook,
    check_scale,
    code_answers,
)
from etl.checking.surveys.labels import check_labels
from etl.checking.surveys.own import check_own_items, has_own, settle_own
from etl.checking.surveys.prepare import prepare_surveys
from etl.checking.surveys.respondents import (
    note_alike,
    note_doubled,
    note_numbers,
    note_overlaps,
    note_people,
    set_aside_unknown,
    settle_repeats,
)
from etl.checking.validate import accept_rows, check_table, note_rejects
from etl.checking.written import write_dates
from etl.coding.bulk import Bulk
from etl.coding.numbers import number_values
from etl.coding.repeats import Placed, place_parts
from etl.coding.taken import Part
from etl.erasure import Known, leave_out_of, names_erased
from etl.intake import explain_broken, explain_faults, store_scan, take_rejects
from etl.reading.arrays import store_numbers
from etl.reading.files import Batch, Intake
from etl.reading.physical.lines import shift_line
from etl.reading.types import PERSON_COLUMNS, Refused, Reject, Scan
from etl.sources import template
from etl.sources.template import OBSERVED_ON, SHEET_LINES
from warehouse.codes import CODED, decode_sql
from warehouse.contracts import MEMBER_DIMENSIONS, SETTLED, TABLES
from warehouse.quoting import quote_text

Progress = Callable[[str], None]

MOST_FURTHER = 60
_LINES = (
    *((name, "file", "line") for name in ("rejects", "duplicates", "summed", "guests")),
    ("duplicates", "twin_file", "twin_line"),
)


@dataclass(frozen=True)
class Plan:
    """What a load fills its tables with besides the files: the release's attributes, the pseudonym key, the programme's zone.

    What is made of a file is kept in `state`; `work` is empty and goes afterwards. `earlier` is the live release, whose
    numbers stay where they can; `known` are the marks of erased people, None without any.
    """

    attributes: Sequence[str]
    key: bytes
    zone: str
    state: Path
    work: Path
    earlier: Path | None = None
    known: Known | None = None


@dataclass
class Filled:
    """The intakes with all that was read, further warnings by file, parts by table, and the files that were cleaned just now."""

    intakes: list[Intake]
    notes: dict[int, list[str]] = field(default_factory=dict)
    placed: dict[str, list[Placed]] = field(default_factory=dict)
    cleaned: set[int] = field(default_factory=set)

    def count_parts(self) -> dict[int, Parted]:
        """What is in a part of each file that has one."""
        return {
            one.file: Parted(table, one.rows, one.part.latest)
            for table, placed in self.placed.items()
            for one in placed
        }

    def list_people(self) -> dict[int, list[tuple[str, str]]]:
        """By file, the relations of its rows and their columns that hold people; none of the members list itself."""
        found: dict[int, list[tuple[str, str]]] = {}
        for number, intake in enumerate(self.intakes):
            for table in dict.fromkeys(_LOADED_AS.get(batch.table, batch.table) for batch in intake.batches):
                kept = f"kept_{table}" if table == "attendance" else f"accepted_{table}"
                found.setdefault(number, []).extend(
                    (f"{kept} WHERE file = {number}", name) for name in _list_people(table)
                )
        for table, placed in self.placed.items():
            for one in placed:
                rows = decode_sql(CODED[table], f"read_parquet({quote_text(str(one.path))})")
                found.setdefault(one.file, []).extend((f"({rows})", name) for name in _list_people(table))
        return found


_LOADED_AS = {"raw_answers": "answers"}


def _list_people(table: str) -> list[str]:
    """The columns of a table that hold people by pseudonym."""
    if table in ("members", "aliases", SETTLED):
        return []
    return [column.name for column in TABLES[table].columns if column.is_person]


def list_attributes(intakes: Sequence[Intake]) -> list[str]:
    """The fixed dimensions, then every further column of a members file. Refused where there are too many of these."""
    further: set[str] = set()
    for intake in intakes:
        for batch in intake.batches:
            if batch.table == "members":
                further |= {name for name in batch.columns if name not in TABLES["members"].column_names}
        if len(further) > MOST_FURTHER:
            raise Refused(
                f"With {intake.staged.name} the members have {len(further)} further columns, and {MOST_FURTHER} are the most "
                "that figures can be broken down by: take out those that nothing is to be broken down by."
            )
    return [*MEMBER_DIMENSIONS, *sorted(further)]


def fill_tables(
    connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake], plan: Plan, progress: Progress
) -> Filled:
    """Make `accepted_<table>` of every table, and the parts of the large ones."""
    filled = Filled(list(intakes))
    breaks = {number: intake.bulk.breaks for number, intake in enumerate(intakes) if intake.bulk}
    names = [intake.staged.name for intake in intakes]

    def batches(table: str) -> list[Batch]:
        return [batch for intake in filled.intakes for batch in intake.batches if batch.table == table]

    def check(table: str, rows: Sequence[Batch], **how: bool) -> None:
        progress(f"Checking {table}")
        check_table(connection, TABLES[table], rows, plan.attributes, **how)

    def accept(table: str) -> None:
        if table in CODED:
            filled.placed[table] = place_parts(
                connection, table, [one for one in parts if one[1].table == table], plan.work
            )
        note_rejects(connection, TABLES[table])
        if table == "attendance":
            unite_attendance(connection)
        else:
            accept_rows(connection, TABLES[table], names, plan.attributes)

    for table in ("members", "aliases"):
        check(table, batches(table), keep_identity=True)
        accept(table)
    build_identities(connection, plan.key)
    settle_people(connection, batches(SETTLED), names)
    for table in ("memberships", "waves", "items"):
        check(table, batches(table))
        if table == "items":
            check_labels(connection)
            check_own_items(connection, plan.attributes)
        accept(table)
    build_codebook(connection)
    ties = [
        add_observed_waves(connection, batch) if OBSERVED_ON in batch.columns else batch
        for batch in batches("ties")
    ]
    meetings = [number for number, intake in enumerate(intakes) if intake.source != template.NAME]
    check("events", batches("events"))
    united = match_meetings(connection, meetings, names, plan.zone)
    accept("events")
    surveys, filled.notes = prepare_surveys(connection, intakes, batches("raw_answers"), plan.attributes)
    filled.notes |= _note_ignored(intakes, plan.attributes) | united
    number_values(connection, plan.earlier)
    contacts = {
        number: split_relations(intake.staged.options.sum_ties)
        for number, intake in enumerate(filled.intakes)
        if "ties" in (*(batch.table for batch in intake.batches), intake.bulk and intake.bulk.table)
    }
    summed = sorted({relation for named in contacts.values() for relation in named})
    ruled = {name for name, is_so in (("ties", bool(summed)), ("answers", has_own(connection))) if is_so}
    parts = list(_take_bulk(connection, filled, plan, progress, ruled))
    check(
        "attendance",
        [
            point_to_event(connection, batch) if batch.file in meetings else batch
            for batch in batches("attendance")
        ],
    )
    accept("attendance")
    check("invitations", batches("invitations"))
    accept("invitations")
    said = _check_answers(
        connection, filled.intakes, batches("answers"), batches("raw_answers"), plan, surveys, progress
    )
    _add_notes(filled, said)
    accept("answers")
    early = {batch.file for batch in ties}
    ties += [batch for batch in batches("ties") if batch.file not in early]
    check("ties", [name_members(connection, batch, ("from_member_id", "to_member_id")) for batch in ties])
    if summed:
        sum_contacts(connection, summed)
        _add_notes(filled, note_contacts(connection, contacts, names))
    accept("ties")
    for table in ("activities", "targets"):
        check(table, batches(table))
        accept(table)
    check("measurements", [name_series(connection, one, names[one.file]) for one in batches("measurements")])
    check_periods(connection)
    accept("measurements")
    for number, found in breaks.items():
        if filled.intakes[number].last_line == 0:
            _name_lines(connection, number, found)
    for number, intake in enumerate(intakes):
        _name_sheets(connection, number, intake.sheets)
    connection.execute(
        "UPDATE rejects SET reason = regexp_replace(reason, $address, '(an address)', 'g') WHERE contains(reason, '@')",
        {"address": "'[^']*@[^']*'"},
    )
    return filled


def _add_notes(filled: Filled, said: Mapping[int, Sequence[str]]) -> None:
    for number, words in said.items():
        filled.notes[number] = [*filled.notes.get(number, []), *words]


def _name_sheets(connection: duckdb.DuckDBPyConnection, number: int, sheets: Sequence[str]) -> None:
    """Turn the lines of several sheets into those of each, with its name before the reason."""
    if len(sheets) > 1:
        listed = ", ".join(quote_text(name) for name in sheets)
        connection.execute(
            f"UPDATE rejects SET reason = 'sheet ' || ([{listed}])[line // {SHEET_LINES} + 1] || ': ' || reason, "
            f"line = line % {SHEET_LINES} WHERE file = {number}"
        )
        for table, file, line in _LINES[1:]:
            connection.execute(f"UPDATE {table} SET {line} = {line} % {SHEET_LINES} WHERE {file} = {number}")


def _name_lines(connection: duckdb.DuckDBPyConnection, number: int, breaks: Mapping[int, int]) -> None:
    """Turn the numbers of a file's records that were set aside into lines of the file, where cells have line breaks."""
    if breaks:
        store_numbers(connection, "line_breaks", {"record": breaks.keys(), "more": breaks.values()})
        for table, file, line in _LINES:
            connection.execute(
                f"UPDATE {table} SET {line} = {shift_line('line_breaks', line)} WHERE {file} = {number}"
            )


def _note_ignored(intakes: Sequence[Intake], attributes: Sequence[str]) -> dict[int, list[str]]:
    """What is to be said, by file, about columns that would be attributes if the members had them."""
    notes = {}
    for number, intake in enumerate(intakes):
        if intake.source != template.NAME:
            continue
        found: list[Batch | Scan] = [*intake.batches, *([intake.bulk] if intake.bulk else [])]
        further = {
            name
            for one in found
            if TABLES[one.table].has_attributes
            for name in one.columns
            if name not in (*TABLES[one.table].column_names, *PERSON_COLUMNS, *attributes)
        }
        if further:
            notes[number] = [
                f"{intake.staged.name} has the column {name}, which no members file has, so that it was left out: "
                f"add {name} to the members."
                for name in sorted(further)
            ]
    return notes


def _take_bulk(
    connection: duckdb.DuckDBPyConnection,
    filled: Filled,
    plan: Plan,
    progress: Progress,
    ruled: Set[str],
) -> Iterator[tuple[int, Part]]:
    """Take the large files, put what is left of them for the rules into their intakes, and give (file, part) of each.

    All rows of the tables `ruled` are left for the rules.
    """
    waiting = [number for number, intake in enumerate(filled.intakes) if intake.bulk]
    if not waiting:
        return
    is_mixed = len({intake.staged.is_synthetic for intake in filled.intakes}) > 1
    bulk = Bulk(connection, plan.state, plan.work, plan.attributes, plan.zone)
    for number in waiting:
        intake = filled.intakes[number]
        progress(f"Reading {intake.staged.name}")
        is_ruled = intake.bulk is not None and intake.bulk.table in ruled
        part = None if is_ruled or (plan.known and is_mixed) else _take_part(connection, bulk, intake)
        if part and intake.bulk and part.rows + len(part.absent) != intake.bulk.rows:
            part = None
        found = _judge_aside(connection, number, intake, part) if part else None
        if plan.known and part and found:
            is_theirs = (
                leave_out_of(connection, found, plan.known, _is_touched(plan, number, found)) is not found
            )
            if is_theirs or names_erased(connection, part, plan.known, intake.staged.is_synthetic):
                part = None
        if part and found:
            yield number, part
        else:
            found = whole = store_scan(connection, number, intake)
            if plan.known:
                found = leave_out_of(connection, whole, plan.known, _is_touched(plan, number, whole))
            if found is not whole:
                filled.cleaned.add(number)
        note_broken(connection, number, found.rejects)
        filled.intakes[number] = found


def _is_touched(plan: Plan, number: int, intake: Intake) -> bool:
    """Whether the file of an intake names somebody who was erased."""
    if plan.known is None or number in plan.known.touched:
        return plan.known is not None
    path = plan.state / "staged" / intake.staged.sha256
    return bool(intake.rejects) and plan.known.is_in(intake.staged, path, has_broken=True)


def _take_part(connection: duckdb.DuckDBPyConnection, bulk: Bulk, intake: Intake) -> Part | None:
    """The part of a file; None where the rules have to read all of it, as where the parser of codes stops."""
    with explain_faults(intake.staged.name):
        try:
            return bulk.take(intake)
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            take_rejects(connection)
            return None


def _judge_aside(connection: duckdb.DuckDBPyConnection, number: int, intake: Intake, part: Part) -> Intake:
    """The intake of a file with a part: only the rows that are not in it are left to be judged."""
    batches: tuple[Batch, ...] = ()
    if len(part.absent) > len(part.broken):
        raw = f"aside_{number}"
        connection.execute(f"CREATE TABLE {raw} AS SELECT * FROM read_parquet({quote_text(str(part.aside))})")
        assert intake.bulk is not None
        batch = Batch(number, intake.bulk.table, raw, intake.bulk.columns)
        batches = (write_dates(connection, intake.staged, batch, is_zoned=False)[0],)
    return replace(
        intake,
        read=part.rows + len(part.absent),
        batches=batches,
        rejects=tuple(Reject(line, explain_broken(kind)) for line, kind in sorted(part.broken.items())),
        bulk=None,
    )


def note_broken(connection: duckdb.DuckDBPyConnection, number: int, rejects: Sequence[Reject]) -> None:
    """Add lines that could not be read to `rejects`."""
    if rejects:
        connection.executemany(
            "INSERT INTO rejects VALUES (?, ?, '', ?)",
            [(number, reject.line, reject.reason) for reject in rejects],
        )


def _check_answers(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    templates: Sequence[Batch],
    raw: Sequence[Batch],
    plan: Plan,
    surveys: dict[int, str],
    progress: Progress,
) -> dict[int, list[str]]:
    """Make `checked_answers`; returns what is to be said by file."""
    progress("Checking answers")
    unknown = " UNION ALL ".join(
        f"SELECT {reference_key('trim(respondent_id)')} AS value FROM {batch.raw} WHERE trim(respondent_id) <> '' "
        f"AND {reference_key('trim(respondent_id)')} NOT IN (SELECT value FROM references_by_id)"
        for batch in templates
        if "respondent_id" in batch.columns
    )
    name_strangers(connection, plan.key, unknown or "SELECT '' AS value WHERE false")
    check_table(connection, TABLES["answers"], templates, plan.attributes, allow_strangers=True)
    check_scale(connection)
    names = {number: intake.staged.name for number, intake in enumerate(intakes)}
    notes = note_alike(connection, [one for one in templates if "respondent_id" in one.columns], names)
    for batch in raw:
        name, survey = names[batch.file], surveys[batch.file]
        options = intakes[batch.file].staged.options
        coded = code_answers(connection, batch, name, plan.key, survey, options, plan.zone)
        connection.execute(f"INSERT INTO checked_answers BY NAME {coded}")
        set_aside_unknown(connection, batch)
        overlaps = [] if options.wave_id else note_overlaps(connection, batch, survey, name)
        notes[batch.file] = [
            *overlaps,
            *note_people(connection, batch, name),
            *note_numbers(connection, batch, name),
        ]
    if has_own(connection):
        settle_own(connection, plan.attributes)
    settle_repeats(connection, raw, list(names.values()))
    apart = [batch for batch in raw if not intakes[batch.file].staged.options.is_same_people]
    for number, words in note_doubled(connection, apart, names).items():
        notes[number] += words
    return notes
