"""A load, from files to a release: stage, take in, fill the tables, publish."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from etl.checking.identity.listed import keep_listed, prune_listed
from etl.checking.identity.marks import REGISTER
from etl.checking.identity.met import begin_meeting, count_met
from etl.checking.identity.pseudonyms import ERASED, KEY, load_key
from etl.checking.identity.settled import find_fault
from etl.checking.reconcile import FileCount, count_files
from etl.coding.taken import FOLDER as TAKEN
from etl.coding.taken import prune_taken
from etl.erasure import leave_out
from etl.filling import Plan, Progress, fill_tables, list_attributes, note_broken
from etl.intake import BROKEN, explain_broken, take_in
from etl.publish import publish_release
from etl.reading.files import Intake, StagedFile
from etl.reading.mapping import Mapping
from etl.reading.physical.cleaned import keep_cleaned, restore_cleaned
from etl.reading.types import Options, Refused, Unfit
from etl.remarks import find_span, list_remarks, view_whole
from etl.staging import list_same, list_wrappers, merge_staged, open_work, prune_staged, stage_files
from warehouse.kept import find_kept_folder, prune_kept
from warehouse.release import Release, current_id, find_release, list_folders, list_releases, lock_data

SMALL, NOT_TAKEN = 4_000_000, "not taken"
NOT_TAKEN_TITLE = "cannot be loaded"
_FOR_MUCH_DATA = (
    "join_order",
    "build_side_probe_side",
    "statistics_propagation",
    "common_subplan",
    "cte_inlining",
    "compressed_materialization",
    "late_materialization",
    "duplicate_groups",
    "reorder_filter",
    "common_aggregate",
    "sampling_pushdown",
)


@dataclass(frozen=True)
class Loaded:
    """What a load gave: the live release, whether it is new, the reconciliation of every file in it, and what was passed over."""

    release: Release
    is_new: bool
    files: tuple[FileCount, ...]
    passed: tuple[str, ...] = ()


def load_paths(
    paths: Sequence[Path],
    data: Path,
    *,
    options: Options | None = None,
    mappings: Iterable[Mapping] = (),
    zone: str = "Europe/London",
    is_fresh: bool = False,
    must_be_whole: bool = False,
    progress: Progress = lambda step: None,
    by: str = "",
) -> Loaded:
    """Add files to those of the live release and publish a new one, whole.

    `is_fresh` starts from these files only; of files that `must_be_whole` none may be cut off in its last line; `by` is who loads
    them, where that is known. Raises Refused with one sentence when a file cannot be taken, in which case nothing has changed and no
    copy is kept; Busy when another load is under way.
    """
    state = data / "state"
    with lock_data(data), _keep_none(data):
        progress("Staging files")
        added, staged, live = _stage(state, paths, data, options or Options(zone=zone), mappings, is_fresh)
        loaded = build_release(
            data,
            staged,
            zone,
            progress,
            live,
            {file.sha256 for file in added} if must_be_whole else frozenset(),
            _list_optional(paths, added),
            by,
            {file.sha256 for file in added},
        )
    return replace(loaded, passed=(*loaded.passed, *list_same(added, staged)))


@contextmanager
def _keep_none(data: Path) -> Iterator[None]:
    """Where what is inside fails or is ended, the copies of files go that it made, and what it made of them; the caller holds the lock."""
    before = set(_list_copies(data))
    try:
        yield
    except BaseException:
        kept = {file.sha256[:24] for one in list_releases(data) for file in list_staged(one)}
        for path in _list_copies(data):
            if path not in before and path.name.split("-")[0][:24] not in kept:
                path.unlink(missing_ok=True)
        raise


def _list_copies(data: Path) -> list[Path]:
    folders = (data / "state" / name for name in ("staged", TAKEN))
    return [path for folder in folders if folder.is_dir() for path in folder.iterdir()]


@contextmanager
def rehearse(
    paths: Sequence[Path],
    data: Path,
    *,
    options: Options | None = None,
    mappings: Iterable[Mapping] = (),
    zone: str = "Europe/London",
    is_fresh: bool = False,
    progress: Progress = lambda step: None,
) -> Iterator[Loaded]:
    """The release that a load of these files would publish, in a private folder that goes afterwards; changes nothing else.

    Raises Refused as `load_paths` does.
    """
    with open_work(data / "state") as work:
        aside = work / "data"
        state = aside / "state"
        added, staged, live = _stage(state, paths, data, options or Options(zone=zone), mappings, is_fresh)
        for name in (KEY, ERASED, REGISTER):
            if (data / "state" / name).exists():
                (state / name).symlink_to((data / "state" / name).resolve())
        (state / TAKEN).mkdir(mode=0o700)
        # Parts are linked into a release, and a link to a link is none: where there are none to be had, the files are read again.
        with suppress(OSError):
            for part in (data / "state" / TAKEN).iterdir():
                os.link(part, state / TAKEN / part.name)
        yield build_release(
            aside,
            staged,
            zone,
            progress,
            live,
            optional=_list_optional(paths, added),
            added={file.sha256 for file in added},
        )


def _stage(
    state: Path,
    paths: Sequence[Path],
    data: Path,
    options: Options,
    mappings: Iterable[Mapping],
    is_fresh: bool,
) -> tuple[list[StagedFile], list[StagedFile], Path | None]:
    """Stage files in a state folder beside those of the live release, which are lent to one that is not the data folder's own.

    Returns the files that were added, those of the release to come, and the folder of the live one.
    """
    added = stage_files(state, paths, options, list(mappings))
    live = None if is_fresh else find_last(data)
    earlier = [] if live is None else list_staged(live)
    own = data / "state"
    if state != own:
        for digest in {file.sha256 for file in earlier} - {file.sha256 for file in added}:
            (state / "staged" / digest).symlink_to((own / "staged" / digest).resolve())
    return added, merge_staged(state, earlier, added), None if live is None else live.path


def build_release(
    data: Path,
    staged: Sequence[StagedFile],
    zone: str,
    progress: Progress,
    earlier: Path | None = None,
    whole: Set[str] = frozenset(),
    optional: Set[str] = frozenset(),
    by: str = "",
    added: Set[str] = frozenset(),
) -> Loaded:
    """Publish a release of exactly these staged files, without the rows of erased people. The caller holds the lock.

    `earlier` is the live release where its numbers are to stay; `whole` are files, by SHA-256, that must not be cut off,
    `optional` those that are passed over where they cannot be taken, `added` those that are new.
    """
    state = data / "state"
    key = load_key(state)
    with open_work(state) as work:
        connection = open_kitchen(work, state, staged)
        try:
            taken, passed = take_in_all(connection, staged, state, work, progress, optional=optional)
            left, known = leave_out(connection, taken, state, key)
            plan = Plan(list_attributes(left), key, zone, state, work, earlier, known)
            filled = fill_tables(connection, left, plan, progress)
            refuse_cut(connection, filled.intakes, whole)
            refuse_unsettled(connection, filled.intakes, added)
            intakes = [
                keep_cleaned(connection, intake, state)
                if left[number] is not taken[number] or number in filled.cleaned
                else intake
                for number, intake in enumerate(filled.intakes)
            ]
            files = count_files(connection, intakes, filled.notes, zone, filled.count_parts())
            release, is_new = publish_release(
                connection, data, files, filled.placed, plan.attributes, zone, progress, by
            )
            keep_listed(connection, state, release.id, [file.staged.name for file in files])
        finally:
            connection.close()
    releases, folders = list_releases(data), list_folders(data)
    prune_listed(state, [folder.name for folder in folders])
    if len(releases) == len(folders):
        kept = [file.sha256 for one in releases for file in list_staged(one)]
        prune_staged(state, kept)
        prune_taken(state, kept)
    prune_kept(find_kept_folder(data))
    return Loaded(release, is_new, files, tuple(passed))


def refuse_cut(connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake], whole: Set[str]) -> None:
    """Refused where the last line of one of these files is no line, as when the rest is still to be written."""
    for number, intake in enumerate(intakes):
        if intake.staged.sha256 in whole:
            found = connection.execute(
                "SELECT reason FROM rejects WHERE file = ? AND line > ? AND list_contains(?, reason)",
                [
                    number,
                    intake.last_line - 1 if intake.last_line else intake.read,
                    [explain_broken(kind) for kind in BROKEN],
                ],
            ).fetchone()
            if found:
                raise Refused(
                    f"{intake.staged.name} is not taken, because it seems to be cut off: in its last line {found[0]}. It is "
                    "taken once it is whole."
                )


def refuse_unsettled(
    connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake], added: Set[str]
) -> None:
    """Refused where one of these files says who somebody is and that cannot be so."""
    files = [number for number, intake in enumerate(intakes) if intake.staged.sha256 in added]
    if fault := find_fault(connection, files):
        number, line, reason = fault
        raise Refused(f"{intakes[number].staged.name} line {line}: {reason}.")


def _list_optional(paths: Sequence[Path], added: Sequence[StagedFile]) -> frozenset[str]:
    names = list_wrappers(paths)
    return frozenset(file.sha256 for file in added if file.name in names)


def check_paths(
    paths: Sequence[Path],
    data: Path,
    *,
    options: Options | None = None,
    mappings: Iterable[Mapping] = (),
    zone: str = "Europe/London",
    is_fresh: bool = False,
    progress: Progress = lambda step: None,
) -> tuple[list[FileCount], list[tuple[str, int, str]], list[str]]:
    """What the files are and what would be rejected if they were loaded now; changes no release.

    A file that cannot be taken stands in the reconciliation with the reason as its warning, beside the others; Refused where none
    can. Returns the reconciliation, (file, line, reason) of each row that would be set aside, and the remarks on the release that
    they would give together with the files of the live one.
    """
    with open_work(data / "state") as scratch:
        state = scratch / "state"
        added, staged, _ = _stage(state, paths, data, options or Options(zone=zone), mappings, is_fresh)
        new, optional = {file.sha256 for file in added}, _list_optional(paths, added)
        unfit: dict[str, str] = {}
        while True:
            connection = open_kitchen(scratch, state, staged)
            try:
                taken, passed = take_in_all(
                    connection, staged, state, scratch, progress, new, optional=optional, unfit=unfit
                )
                if all(intake.source == NOT_TAKEN for intake in taken if intake.staged.sha256 in new):
                    raise Refused("\n".join(words for intake in taken for words in intake.warnings))
                left, known = leave_out(connection, taken, data / "state", bytes(32), state / "staged")
                plan = Plan(list_attributes(left), bytes(32), zone, state, scratch, known=known)
                filled = fill_tables(connection, left, plan, progress)
                files = count_files(connection, filled.intakes, filled.notes, zone, filled.count_parts())
                view_whole(connection, filled.placed, zone)
                _, complete_to = find_span(connection, files, filled.placed)
                remarks = [
                    *passed,
                    *list_same(added, staged),
                    *list_remarks(connection, files, complete_to, zone),
                ]
                met = count_met(connection, filled.list_people())
                counts = [
                    replace(count, met=met.get(number))
                    for number, count in enumerate(files)
                    if count.staged.sha256 in new
                ]
                listed = connection.execute(
                    "SELECT file, line, reason FROM rejects ORDER BY file, line"
                ).fetchall()
                break
            except Unfit as fault:
                if not fault.reasons.keys() <= {file.name for file in added}:
                    raise
                unfit |= fault.reasons
            finally:
                connection.close()
    rejects = [
        (filled.intakes[number].staged.name, int(line), str(reason))
        for number, line, reason in listed
        if filled.intakes[number].staged.sha256 in new
    ]
    return counts, rejects, remarks


def find_last(data: Path) -> Release | None:
    """The release to whose files others are added: the live one, or the last one published where none is named as live."""
    if current_id(data) is None:
        return next(reversed(list_releases(data)), None)
    return find_release(data)


def list_staged(release: Release) -> list[StagedFile]:
    """The files of a release."""
    return [StagedFile.from_record(file) for file in release.manifest["files"]]


def open_kitchen(work: Path, state: Path, staged: Sequence[StagedFile]) -> duckdb.DuckDBPyConnection:
    """An empty database for a load of these files; what does not fit into memory goes to `work`.

    One thread keeps rows in the order of their file, in which lines are counted; more would mix them where a number is
    looked up. Of little data a statement costs what it takes to prepare, so that it is planned plainly.
    """
    is_small = sum((state / "staged" / file.sha256).stat().st_size for file in staged) < SMALL
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 1,
            "TimeZone": "UTC",
            "temp_directory": str(work),
            "autoinstall_known_extensions": False,
        },
    )
    if is_small:
        connection.execute(f"SET disabled_optimizers = '{','.join(_FOR_MUCH_DATA)}'")
    connection.execute("CREATE TABLE rejects (file INTEGER, line BIGINT, tbl VARCHAR, reason VARCHAR)")
    connection.execute(
        "CREATE TABLE duplicates (file INTEGER, line BIGINT, tbl VARCHAR, twin_file INTEGER, twin_line BIGINT)"
    )
    for name in ("summed", "guests"):
        connection.execute(f"CREATE TABLE {name} (file INTEGER, line BIGINT, tbl VARCHAR)")
    begin_meeting(connection)
    return connection


def take_in_all(
    connection: duckdb.DuckDBPyConnection,
    staged: Sequence[StagedFile],
    state: Path,
    work: Path,
    progress: Progress,
    refusable: Set[str] = frozenset(),
    *,
    optional: Set[str] = frozenset(),
    unfit: dict[str, str] | None = None,
) -> tuple[list[Intake], list[str]]:
    """Read every staged file into raw tables, note what could not be read, and say what was passed over.

    Of files, by SHA-256, that are `refusable` one that cannot be taken is an intake without rows that says why, as is one that is
    `unfit` by name; one that is `optional` is passed over. Raises Refused that names all the others that cannot be taken, in one sentence each.
    """
    intakes: list[Intake] = []
    passed, refused = [], []
    for file in staged:
        progress(f"Reading {file.name}")
        number, path = len(intakes), state / "staged" / file.sha256
        try:
            if unfit and file.name in unfit:
                raise Refused(unfit[file.name])
            intake = (
                restore_cleaned(connection, number, file, path)
                if file.is_cleaned
                else take_in(connection, number, file, path, work)
            )
        except Refused as fault:
            if file.sha256 in optional:
                passed.append(f"{file.name} was passed over: it {str(fault).removeprefix(f'{file.name} ')}")
                continue
            if file.sha256 not in refusable:
                refused.append(str(fault))
                continue
            intake = Intake(file, NOT_TAKEN, NOT_TAKEN_TITLE, 0, (), (), (str(fault),), None)
        note_broken(connection, number, intake.rejects)
        intakes.append(intake)
    if refused:
        raise Refused("\n".join(refused))
    return intakes, passed
