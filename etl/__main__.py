"""python -m etl: load, check, watch, pull, demo, people, releases, codebook, rollback, erase, new-marks, verify."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from commands import run_command
from etl.command.printing import out, print_counts, print_loaded, print_passed, print_remarks
from etl.command.proposing import print_proposals
from etl.command.releases import print_releases, print_verified, roll_back
from etl.command.watch import LOOK_SECONDS, Watch
from etl.load import NOT_TAKEN_TITLE, check_paths, load_paths
from etl.reading.mapping import Mapping, read_mappings, tell_unmatched
from etl.reading.types import Options, Refused
from etl.staging import list_inputs
from settings import load_settings
from warehouse.release import current_id, find_release
from warehouse.spark import NoSpark, Spark

FOUNDING_MEMBERS = 231
FOUNDING_SEED = 2015
DUCKDB = "duckdb"
DUCKDB_INTERRUPTED = "Query interrupted"
_err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 refused or failed with one sentence on stderr."""

    def run(given: argparse.Namespace) -> int:
        try:
            return int(given.run(given))
        except RuntimeError as error:
            if str(error) != DUCKDB_INTERRUPTED:
                raise
            raise KeyboardInterrupt from error

    return run_command(lambda: _make_parser().parse_args(arguments), run)


def _read_day(words: str) -> date:
    try:
        return date.fromisoformat(words)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{words} is no day: write it as 2015-12-31.") from None


def _read_seed(words: str) -> int:
    if not words.isdecimal():
        raise argparse.ArgumentTypeError(f"{words} is no seed: give a whole number from 0 on.")
    return int(words)


def _make_parser() -> argparse.ArgumentParser:
    settings = load_settings()
    parser = argparse.ArgumentParser(
        prog="python -m etl", description="Raw exports in, a checked release out."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, words in (
        ("load", _load, "add files to the release and publish a new one"),
        ("check", _check, "say what files are and what would be rejected; write nothing"),
        ("watch", _watch, "load what arrives in a folder, until interrupted"),
    ):
        command = commands.add_parser(name, help=words, description=words.capitalize() + ".")
        command.add_argument("paths", nargs="+" if name != "watch" else 1, type=Path, metavar="PATH")
        command.add_argument("--mapping", type=Path, help="TOML file that maps other columns to the template")
        command.add_argument("--encoding", help="encoding of files that are not UTF-8, for example cp1252")
        command.add_argument(
            "--date-order", choices=("dmy", "mdy", "ymd"), help="order of dates such as 03/04/2015"
        )
        command.add_argument(
            "--survey", help="survey that a file of answers (Qualtrics, LimeSurvey, SurveyMonkey, SPSS) is of"
        )
        command.add_argument("--wave", help="wave that a file of answers is of")
        command.add_argument("--event", help="event that a Teams or Zoom report is of")
        command.add_argument("--complete-to", type=_read_day, metavar="DATE", help="last day the files cover")
        command.add_argument(
            "--zone",
            help=f"time zone of local times and of days and weeks ({settings.zone} unless given); given, also of a table's times, "
            "which are UTC otherwise",
        )
        command.add_argument(
            "--same-people",
            action="store_true",
            help="anonymous respondents of several files who have the same number are the same people",
        )
        command.add_argument(
            "--sum-ties",
            action="append",
            default=[],
            metavar="RELATION",
            help="relation whose rows are contacts: a tie's strength is their sum, 1 for a row without one (may be given again)",
        )
        command.add_argument(
            "--fresh", action="store_true", help="start from these files only, without the earlier ones"
        )
        command.set_defaults(run=run)
    commands.choices["check"].add_argument(
        "--propose",
        type=Path,
        metavar="FILE",
        help="write the mapping that is proposed for files that are not known there, in place of printing it",
    )
    commands.choices["load"].add_argument(
        "--engine",
        default=DUCKDB,
        metavar="URL",
        help="what computes the figures of the pages: duckdb (once the dashboard shows the release), or at once Apache Spark at "
        "local[2], spark://HOST:PORT or sc://HOST:PORT",
    )
    pull = commands.add_parser(
        "pull",
        help="fetch from the tools what pull.toml in the data folder names, and load it",
        description="Fetch from LimeSurvey, Qualtrics, Eventbrite and Zoom what pull.toml in the data folder names, and load it as the files "
        "that they would have exported. docs/sources.md says how to write pull.toml; etl watch pulls by itself when a source is due.",
    )
    pull.add_argument("names", nargs="*", metavar="NAME", help="sources to pull; all unless given")
    pull.set_defaults(run=_pull)
    demo = commands.add_parser("demo", help="synthetic raw exports, then their load")
    demo.add_argument("--members", type=int, default=FOUNDING_MEMBERS)
    demo.add_argument("--seed", type=_read_seed, default=FOUNDING_SEED)
    demo.add_argument(
        "--write-only", type=Path, metavar="DIR", help="write the exports there and load nothing"
    )
    demo.set_defaults(run=_demo)
    people = commands.add_parser(
        "people", help="list who was not met, with candidates, in a file to be filled in and loaded"
    )
    people.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="the CSV to write; none says how many they are"
    )
    people.set_defaults(run=_people)
    listing = commands.add_parser("releases", help="list the releases")
    listing.set_defaults(run=print_releases)
    codebook = commands.add_parser("codebook", help="print the questions across waves, as CSV")
    codebook.set_defaults(run=_codebook)
    rollback = commands.add_parser("rollback", help="make an earlier release the live one")
    rollback.add_argument("id")
    rollback.set_defaults(run=roll_back)
    erase = commands.add_parser(
        "erase", help="remove a member from every release and staged file, and from later loads"
    )
    erase.add_argument("member", metavar="MEMBER", help="member id, e-mail address or pseudonym")
    erase.set_defaults(run=_erase)
    lost = commands.add_parser(
        "new-marks", help="confirm that the marks of erased people are lost, where no backup has them"
    )
    lost.set_defaults(run=_begin_marks)
    verify = commands.add_parser("verify", help="compare a release with its manifest")
    verify.add_argument("id", nargs="?")
    verify.set_defaults(run=print_verified)
    for command in commands.choices.values():
        command.add_argument("--data", type=Path, default=settings.data, metavar="DIR", help="data folder")
    return parser


def _read_options(given: argparse.Namespace) -> tuple[Options, list[Mapping]]:
    is_stated, given.zone = given.zone is not None, given.zone or load_settings().zone
    options = Options(
        encoding=given.encoding,
        date_order=given.date_order,
        zone=given.zone,
        is_zone_stated=is_stated,
        is_same_people=given.same_people,
        sum_ties="|".join(given.sum_ties) or None,
        survey_id=given.survey,
        wave_id=given.wave,
        event_id=given.event,
        complete_to=given.complete_to,
    )
    return options, read_mappings(given.mapping) if given.mapping else []


def _read_options_of_paths(given: argparse.Namespace) -> tuple[Options, list[Mapping]]:
    """The options, where the files are known: a mapping that is the one of none of them is said."""
    options, mappings = _read_options(given)
    if mappings:
        print_remarks(tell_unmatched(mappings, [path.name for path in list_inputs(given.paths)]))
    return options, mappings


def _load(given: argparse.Namespace) -> int:
    options, mappings = _read_options_of_paths(given)
    if given.engine == DUCKDB:
        return _run_load(given.paths, given.data, options, mappings, given.zone, given.fresh)
    with _err.status(f"Starting Spark at {given.engine}"):
        spark = Spark(given.engine)
    with spark:
        _run_load(given.paths, given.data, options, mappings, given.zone, given.fresh)
        _prepare_on(spark, given.data)
    return 0


def _prepare_on(spark: Spark, data: Path) -> None:
    """Have Spark compute what the pages of the live release show; refuse with what is live where it does not finish."""
    from indicators.prepare import prepare
    from warehouse.engine import Engine

    engine = Engine(find_release(data), spark.write)
    try:
        with _err.status("Computing") as status:
            prepare(engine, status.update if _err.is_terminal else _err.print)
    except (NoSpark, KeyboardInterrupt) as error:
        reason = str(error) or "Interrupted."
        raise Refused(
            f"{reason} Release {engine.release.id} is live, and what Spark has not computed DuckDB does when a page asks for "
            "it; the same load again goes on where this one ended."
        ) from error
    finally:
        engine.close()
    out.print("Spark has computed the figures of the pages.")


def _run_load(
    paths: Sequence[Path],
    data: Path,
    options: Options,
    mappings: list[Mapping],
    zone: str,
    is_fresh: bool,
    must_be_whole: bool = False,
) -> int:
    before = find_release(data).manifest if current_id(data) else {}
    with _err.status("Loading") as status:
        loaded = load_paths(
            paths,
            data,
            options=options,
            mappings=mappings,
            zone=zone,
            is_fresh=is_fresh,
            must_be_whole=must_be_whole,
            progress=status.update,
        )
    print_loaded(loaded, before)
    print_remarks(loaded.passed)
    print_passed(paths)
    return 0


def _check(given: argparse.Namespace) -> int:
    options, mappings = _read_options_of_paths(given)
    try:
        counts, _, remarks = check_paths(
            given.paths,
            given.data,
            options=options,
            mappings=mappings,
            zone=given.zone,
            is_fresh=given.fresh,
        )
    except Refused as fault:
        print_proposals(given.paths, given.data, str(fault).splitlines(), options, given.propose)
        raise
    print_counts(counts, sys.maxsize)
    print_passed(given.paths)
    print_remarks(remarks)
    out.print("Nothing was written.")
    unread = [count for count in counts if not count.tables and count.title == NOT_TAKEN_TITLE]
    refused = [count.staged.name for count in unread]
    said = [words for count in unread for words in count.warnings]
    print_proposals(given.paths, given.data, said, options, given.propose)
    if refused:
        out.print(
            f"A load of these files would stop at {', '.join(refused)}; lines of the others that rest on it are set aside above for that alone."
        )
    return 1 if refused else 0


def _watch(given: argparse.Namespace) -> int:
    from etl.command.pull import Due

    options, mappings = _read_options(given)
    folder = given.paths[0]
    if not folder.is_dir():
        raise Refused(f"{folder} is not a folder: name the folder into which exports are put.")
    out.print(f"Watching {folder}; stop with Ctrl-C.")

    def load(paths: Sequence[Path]) -> None:
        _run_load(paths, given.data, options, mappings, given.zone, given.fresh, must_be_whole=True)

    watch = Watch(folder, given.data, load, lambda words: print(words, file=sys.stderr))
    due = Due(given.data, given.zone)
    try:
        while True:
            watch.look(time.monotonic())
            due.look(time.monotonic())
            time.sleep(LOOK_SECONDS)
    except KeyboardInterrupt:
        out.print("Stopped watching.")
        return 0


def _pull(given: argparse.Namespace) -> int:
    from etl.command.pull import pull_named

    return pull_named(given.data, given.names, load_settings().zone)


def _demo(given: argparse.Namespace) -> int:
    from etl.demo.build import write_exports

    if given.members < 1:
        raise Refused("--members must be at least 1.")
    if given.write_only:
        write_exports(given.write_only, given.members, given.seed)
        out.print(f"Synthetic raw exports of {given.members} members are in {given.write_only}.")
        return 0
    given.data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=given.data))
    try:
        write_exports(folder, given.members, given.seed)
        return _run_load([folder], given.data, Options(), [], "Europe/London", True)
    finally:
        shutil.rmtree(folder)


def _people(given: argparse.Namespace) -> int:
    from etl.command.people import print_people

    return print_people(given.data, given.file)


def _codebook(given: argparse.Namespace) -> int:
    from etl.command.codebook import print_codebook

    return print_codebook(given)


def _begin_marks(given: argparse.Namespace) -> int:
    from etl.checking.identity.marks import begin_marks

    out.print(
        f"Marks of erased people that are kept: {begin_marks(given.data)}. Whoever else was erased comes back with the next load "
        "of their exports: erase them again."
    )
    return 0


def _erase(given: argparse.Namespace) -> int:
    from etl.erasing.erase import erase_member

    with _err.status("Erasing") as status:
        erased = erase_member(given.data, given.member, status.update)
    for name, rows in erased.rows.items():
        out.print(f"{name}: {rows} rows removed.")
    for words in erased.replaced:
        out.print(words)
    for name in erased.named:
        out.print(f"The name of the file {name} still names them: load it under another, with --fresh.")
    out.print(
        f"{given.member} is erased. Release {erased.release.id} is live without a row of theirs, and where texts of others had "
        f"their address or full name it reads [removed]; other releases removed: {erased.removed}. Later loads do the same. Not "
        "looked for: a first name alone, a spelling that is no alias, a name that another member has too."
    )
    out.print(
        f"Exports outside {given.data / 'releases'} and {given.data / 'state'} are not touched: remove those. "
        "The journal is not looked through: python -m journal find NAME."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
