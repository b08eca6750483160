"""python -m indicators: the catalogue, and any figure without a page."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from indicators.catalogue import list_indicators
from indicators.compute import compute_result, find_indicator
from indicators.definition import GRAINS
from indicators.disclosure import SCOPES
from indicators.result import FIGURES, Result, escape_cell
from indicators.selection import BadSelection, Selection, list_attributes
from settings import load_settings
from warehouse.engine import Engine
from warehouse.release import NoRelease, current_id, find_release

_LISTED = (
    "id",
    "title",
    "theme",
    "unit",
    "time_axis",
    "version",
    "definition",
    "formula",
    "numerator",
    "denominator",
    "excluded",
    "caveat",
    "source",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 refused with one sentence on stderr."""
    given = _make_parser().parse_args(arguments)
    try:
        return int(given.run(given))
    except (BadSelection, NoRelease) as error:
        print(error, file=sys.stderr)
        return 1


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m indicators", description="Indicators of the live release."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="every indicator and what it means")
    listing.add_argument("--format", choices=("table", "json"), default="table")
    listing.set_defaults(run=_list)
    value = commands.add_parser("value", help="one indicator's figures")
    value.add_argument("id", metavar="ID")
    value.add_argument("--by", default="", metavar="DIM[,DIM]", help="break down by these dimensions")
    value.add_argument(
        "--where", action="append", default=[], metavar="DIM=VALUE", help="only this value; may be repeated"
    )
    value.add_argument(
        "--period",
        default="all",
        metavar="P",
        help="all, 2015, 2015-Q3, 2015-09, 2015-W37, a wave, or year, quarter, month, week for a series",
    )
    value.add_argument("--release", metavar="ID", help="another release than the live one")
    value.add_argument(
        "--as", dest="role", choices=tuple(SCOPES), default="evaluator", help="what this role may see"
    )
    value.add_argument("--format", choices=("table", "json", "csv"), default="table")
    value.set_defaults(run=_value)
    for command in commands.choices.values():
        command.add_argument(
            "--data", type=Path, default=load_settings().data, metavar="DIR", help="data folder"
        )
    return parser


def _list(given: argparse.Namespace) -> int:
    if current_id(given.data):
        engine = Engine(find_release(given.data))
        known = list_indicators(list_attributes(engine))
        engine.close()
    else:
        known = list_indicators()
    if given.format == "json":
        print(
            json.dumps(
                [{name: getattr(indicator, name) for name in _LISTED} for indicator in known.values()],
                indent=1,
                ensure_ascii=False,
            )
        )
        return 0
    table = Table("id", "title", "unit", "by", box=None, pad_edge=False)
    for indicator in known.values():
        table.add_row(indicator.id, indicator.title, indicator.unit, indicator.time_axis)
    _open_console().print(table)
    return 0


def _value(given: argparse.Namespace) -> int:
    where = []
    for condition in given.where:
        name, separator, value = condition.partition("=")
        if not separator:
            raise BadSelection(f"--where {condition} is not of the form DIM=VALUE.")
        where.append((name.strip(), value.strip()))
    by = tuple(name.strip() for name in given.by.split(",") if name.strip())
    is_series = given.period in GRAINS[1:]
    selection = Selection(
        period="all" if is_series else given.period,
        grain=given.period if is_series else "",
        by=by,
        where=tuple(where),
    )
    engine = Engine(find_release(given.data, given.release))
    try:
        result = compute_result(engine, find_indicator(engine, given.id), selection, SCOPES[given.role])
    finally:
        engine.close()
    {"json": _print_json, "csv": _print_csv, "table": _print_table}[given.format](result)
    return 0


def _print_json(result: Result) -> None:
    print(json.dumps(result.to_records(), indent=1, ensure_ascii=False))


def _print_csv(result: Result) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    fixed = ("release", "indicator", "definition_version", "period")
    writer.writerow([*fixed, *result.dimensions, *FIGURES, "unit", "status"])
    for row in result.to_records():
        dimensions = [escape_cell(row["dimensions"].get(name, "")) for name in result.dimensions]
        writer.writerow(
            [
                *(escape_cell(str(row[name])) for name in fixed),
                *dimensions,
                *(row[name] for name in FIGURES),
                row["unit"],
                row["status"],
            ]
        )


def _open_console() -> Console:
    return Console(soft_wrap=True, highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)


def _print_table(result: Result) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("period", *result.dimensions):
        table.add_column(name, no_wrap=True)
    for name in (*FIGURES, "status"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in result.to_records():
        figures = ["" if row[name] is None else f"{row[name]:.7g}" for name in FIGURES]
        table.add_row(
            row["period"],
            *(row["dimensions"].get(name, "") for name in result.dimensions),
            *figures,
            row["status"],
        )
    console = _open_console()
    console.print(f"{result.indicator.title} ({result.indicator.unit}), release {result.passport.release}")
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
