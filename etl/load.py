"""A load, from files to a release: stage, take in, resolve, validate, derive, build the cube, publish."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.checking.attendance import match_meetings, point_to_event, unite_attendance
from etl.checking.codebook import (
    add_observed_waves,
    build_codebook,
    check_scale,
    code_answers,
    ensure_survey,
    ensure_wave,
    list_unknown_questions,
)
from etl.checking.people import build_identities, name_strangers
from etl.checking.pseudonyms import load_key
from etl.checking.reconcile import FileCount, count_files
from etl.checking.validate import accept_rows, check_table, note_rejects
from etl.erasure import keep_cleaned, leave_out, restore_cleaned
from etl.intake import take_in
from etl.publish import publish_release
from etl.reading.files import Batch, Intake, StagedFile
from etl.reading.mapping import Mapping
from etl.reading.types import Options
from etl.sources import template
from etl.sources.template import OBSERVED_ON
from etl.staging import merge_staged, prune_staged, stage_files
from warehouse.contracts import MEMBER_DIMENSIONS, TABLES
from warehouse.release import NoRelease, Release, find_release, list_releases, lock_data

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """What a load gave: the live release, whether it is new, and the reconciliation of every file in it."""

    release: Release
    is_new: bool
    files: tuple[FileCount, ...]


def load_paths(
    paths: Sequence[Path],
    data: Path,
    *,
    options: Options | None = None,
    mappings: Iterable[Mapping] = (),
    zone: str = "Europe/London",
    is_fresh: bool = False,
    progress: Progress = lambda step: None,
) -> Loaded:
    """Add files to those of the live release and publish a new one, whole.

    `is_fresh` starts from these files only. Raises Refused with one sentence when a file cannot be taken, in which
    case nothing has changed; Busy when another load is under way.
    """
    state = data / "state"
    with lock_data(data):
        progress("Staging files")
        added = stage_files(state, paths, options or Options(zone=zone), list(mappings))
        earlier = [] if is_fresh else list_staged(data)
        return build_release(data, merge_staged(earlier, added), zone, progress)


def build_release(data: Path, staged: Sequence[StagedFile], zone: str, progress: Progress) -> Loaded:
    """Publish a release of exactly these staged files, without the rows of erased people. The caller holds the lock."""
    state = data / "state"
    key = load_key(state)
    with tempfile.TemporaryDirectory(dir=state, prefix="load-") as work:
        connection = open_kitchen(Path(work))
        try:
            taken = take_in_all(connection, staged, state, Path(work), progress)
            intakes = [
                intake if intake is before else keep_cleaned(connection, intake, state)
                for before, intake in zip(taken, leave_out(connection, taken, state, key), strict=True)
            ]
            attributes = list_attributes(intakes)
            notes = fill_tables(connection, intakes, attributes, key, zone, progress)
            files = count_files(connection, intakes, notes, zone)
            release, is_new = publish_release(connection, data, files, attributes, zone, progress)
        finally:
            connection.close()
    kept = [
        StagedFile.from_record(file).sha256
        for entry in list_releases(data)
        for file in entry.manifest["files"]
    ]
    prune_staged(state, kept)
    return Loaded(release, is_new, files)


def check_paths(
    paths: Sequence[Path],
    data: Path,
    *,
    options: Options | None = None,
    mappings: Iterable[Mapping] = (),
    zone: str = "Europe/London",
) -> tuple[list[FileCount], list[tuple[str, int, str]]]:
    """What the files are and what would be rejected if they were loaded now; changes no release.

    Returns the reconciliation and (file, line, reason) of each row that would be set aside.
    """
    with tempfile.TemporaryDirectory() as scratch:
        state = Path(scratch) / "state"
        added = stage_files(state, paths, options or Options(zone=zone), list(mappings))
        earlier = list_staged(data)
        for digest in {file.sha256 for file in earlier} - {file.sha256 for file in added}:
            (state / "staged" / digest).symlink_to((data / "state" / "staged" / digest).resolve())
        staged = merge_staged(earlier, added)
        connection = open_kitchen(Path(scratch))
        try:
            taken = take_in_all(connection, staged, state, Path(scratch), lambda step: None)
            intakes = leave_out(connection, taken, data / "state", bytes(32))
            notes = fill_tables(
                connection, intakes, list_attributes(intakes), bytes(32), zone, lambda step: None
            )
            new = {file.sha256 for file in added}
            counts = [
                count for count in count_files(connection, intakes, notes, zone) if count.staged.sha256 in new
            ]
            listed = connection.execute(
                "SELECT file, line, reason FROM rejects ORDER BY file, line"
            ).fetchall()
        finally:
            connection.close()
    rejects = [
        (intakes[number].staged.name, int(line), str(reason))
        for number, line, reason in listed
        if intakes[number].staged.sha256 in new
    ]
    return counts, rejects


def list_staged(data: Path) -> list[StagedFile]:
    """The files of the live release; none where there is no release."""
    try:
        return [StagedFile.from_record(file) for file in find_release(data).manifest["files"]]
    except NoRelease:
        return []


def open_kitchen(work: Path) -> duckdb.DuckDBPyConnection:
    """An empty database for one load; what does not fit into memory goes to `work`."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 2,
            "TimeZone": "UTC",
            "temp_directory": str(work),
            "autoinstall_known_extensions": False,
        },
    )
    connection.execute("CREATE TABLE rejects (file INTEGER, line BIGINT, tbl VARCHAR, reason VARCHAR)")
    connection.execute("CREATE TABLE duplicates (file INTEGER, line BIGINT, tbl VARCHAR)")
    return connection


def take_in_all(
    connection: duckdb.DuckDBPyConnection,
    staged: Sequence[StagedFile],
    state: Path,
    work: Path,
    progress: Progress,
) -> list[Intake]:
    """Read every staged file into raw tables, and note what could not be read."""
    intakes = []
    for number, file in enumerate(staged):
        progress(f"Reading {file.name}")
        path = state / "staged" / file.sha256
        intake = (
            restore_cleaned(connection, number, file, path)
            if file.is_cleaned
            else take_in(connection, number, file, path, work)
        )
        if intake.rejects:
            connection.executemany(
                "INSERT INTO rejects VALUES (?, ?, '', ?)",
                [(number, reject.line, reject.reason) for reject in intake.rejects],
            )
        intakes.append(intake)
    return intakes


def list_attributes(intakes: Sequence[Intake]) -> list[str]:
    """The fixed dimensions, then every further column of a members file."""
    further = {
        name
        for intake in intakes
        for batch in intake.batches
        if batch.table == "members"
        for name in batch.columns
        if name not in TABLES["members"].column_names
    }
    return [*MEMBER_DIMENSIONS, *sorted(further)]


def fill_tables(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    attributes: Sequence[str],
    key: bytes,
    zone: str,
    progress: Progress,
) -> dict[int, list[str]]:
    """Validate every table, in the order in which they refer to each other; returns further warnings by file."""
    names = [intake.staged.name for intake in intakes]
    batches: dict[str, list[Batch]] = {}
    for intake in intakes:
        for batch in intake.batches:
            batches.setdefault(batch.table, []).append(batch)

    def fill(table: str, rows: Sequence[Batch], *, keep_identity: bool = False) -> None:
        progress(f"Checking {table}")
        check_table(connection, TABLES[table], rows, attributes, keep_identity=keep_identity)
        note_rejects(connection, TABLES[table])
        accept_rows(connection, TABLES[table], names)

    fill("members", batches.get("members", []), keep_identity=True)
    fill("aliases", batches.get("aliases", []), keep_identity=True)
    build_identities(connection, key)
    for table in ("memberships", "waves", "items"):
        fill(table, batches.get(table, []))
    build_codebook(connection)
    ties = [
        add_observed_waves(connection, batch) if OBSERVED_ON in batch.columns else batch
        for batch in batches.get("ties", [])
    ]
    _fill_attendance(connection, intakes, batches, names, attributes, zone, progress)
    surveys, notes = _prepare_surveys(connection, intakes, batches.get("raw_answers", []))
    fill("invitations", batches.get("invitations", []))
    _fill_answers(connection, intakes, batches, names, attributes, key, zone, surveys, progress)
    fill("ties", ties)
    for table in ("activities", "targets"):
        fill(table, batches.get(table, []))
    return notes


def _fill_attendance(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    batches: dict[str, list[Batch]],
    names: Sequence[str],
    attributes: Sequence[str],
    zone: str,
    progress: Progress,
) -> None:
    progress("Checking events")
    meetings = [number for number, intake in enumerate(intakes) if intake.source != template.NAME]
    check_table(connection, TABLES["events"], batches.get("events", []), attributes)
    match_meetings(connection, meetings, zone)
    note_rejects(connection, TABLES["events"])
    accept_rows(connection, TABLES["events"], names)
    progress("Checking attendance")
    rows = [
        point_to_event(connection, batch) if batch.file in meetings else batch
        for batch in batches.get("attendance", [])
    ]
    check_table(connection, TABLES["attendance"], rows, attributes)
    note_rejects(connection, TABLES["attendance"])
    unite_attendance(connection)


def _prepare_surveys(
    connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake], raw: Sequence[Batch]
) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Survey of each raw answers file, and what is to be said about it."""
    surveys: dict[int, str] = {}
    notes: dict[int, list[str]] = {}
    for batch in raw:
        staged = intakes[batch.file].staged
        described = [
            item
            for intake in intakes
            if intake.staged.options.survey_id == staged.options.survey_id
            for item in intake.items
        ]
        survey = ensure_survey(connection, batch, staged.name, staged.options, described)
        ensure_wave(connection, batch, staged.name, survey, staged.options)
        surveys[batch.file] = survey
        unknown = list_unknown_questions(connection, batch, survey)
        if unknown:
            shown = ", ".join(unknown[:5]) + (" and others" if len(unknown) > 5 else "")
            notes[batch.file] = [
                f"{len(unknown)} questions of {staged.name} are not in the codebook of {survey} and were left out: {shown}."
            ]
    return surveys, notes


def _fill_answers(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    batches: dict[str, list[Batch]],
    names: Sequence[str],
    attributes: Sequence[str],
    key: bytes,
    zone: str,
    surveys: dict[int, str],
    progress: Progress,
) -> None:
    progress("Checking answers")
    templates = batches.get("answers", [])
    unknown = " UNION ALL ".join(
        f"SELECT trim(respondent_id) AS value FROM {batch.raw} WHERE trim(respondent_id) <> '' "
        f"AND trim(respondent_id) NOT IN (SELECT value FROM references_by_id)"
        for batch in templates
        if "respondent_id" in batch.columns
    )
    name_strangers(connection, key, unknown or "SELECT '' AS value WHERE false")
    check_table(connection, TABLES["answers"], templates, attributes, allow_strangers=True)
    check_scale(connection)
    for batch in batches.get("raw_answers", []):
        staged = intakes[batch.file].staged
        coded = code_answers(connection, batch, key, surveys[batch.file], staged.options, zone)
        connection.execute(f"INSERT INTO checked_answers BY NAME {coded}")
    note_rejects(connection, TABLES["answers"])
    accept_rows(connection, TABLES["answers"], names)
