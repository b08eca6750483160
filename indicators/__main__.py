"""python -m indicators: the catalogue, and any figure without a page."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from commands import Refusal, run_command
from indicators.catalogue import find_indicator, list_indicators
from indicators.command.printing import print_csv, print_json, print_table, show
from indicators.command.saying import (
    check_series,
    describe_chart,
    describe_ranges,
    describe_steps,
    list_reasons,
    list_unfinished,
    order_points,
)
from indicators.command.since import tell_since
from indicators.definition import GRAINS
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection, list_attributes
from indicators.statistics.spc import make_charts
from indicators.targets import find_series_target, list_unfit_targets
from settings import load_settings
from warehouse.engine import Engine
from warehouse.release import current_id, find_release

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
    return run_command(lambda: _make_parser().parse_args(arguments), lambda given: int(given.run(given)))


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
        "--where",
        type=_read_pair("DIM=VALUE"),
        action="append",
        default=[],
        metavar="DIM=VALUE",
        help="only this value; may be repeated",
    )
    value.add_argument(
        "--set",
        dest="settings",
        type=_read_pair("NAME=VALUE"),
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="another value of a parameter of the definition; may be repeated",
    )
    value.add_argument(
        "--period",
        default="all",
        metavar="P",
        help="all, 2015, 2015-Q3, 2015-09, 2015-W37, a wave, or year, quarter, month, week for a series",
    )
    value.add_argument(
        "--grain", default="", choices=GRAINS[1:], help="a figure for every such period inside --period"
    )
    value.add_argument(
        "--limits",
        action="store_true",
        help="for a series: the limits of its control chart and the rules that each point breaks",
    )
    value.add_argument(
        "--rebase",
        type=_read_pair("PERIOD=NOTE"),
        action="append",
        default=[],
        metavar="PERIOD=NOTE",
        help="with --limits: limits start anew at this period, and why; may be repeated",
    )
    value.add_argument(
        "--as-of",
        "--release",
        dest="release",
        metavar="RELEASE",
        help="the figure as this release gave it, and what has changed in it since",
    )
    value.add_argument(
        "--as", dest="role", choices=tuple(SCOPES), default="evaluator", help="what this role may see"
    )
    value.add_argument("--format", choices=("table", "json", "csv"), default="table")
    value.set_defaults(run=_value, refuse=value.error)
    bundle = commands.add_parser("bundle", help="files for another program, for evaluators")
    bundle.add_argument("program", choices=("rsiena",))
    bundle.add_argument("--to", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    bundle.add_argument("--relation", default="", metavar="R", help="which relation, where there are several")
    bundle.add_argument("--survey", default="", metavar="S", help="which survey, where there are several")
    bundle.add_argument("--release", metavar="ID", help="another release than the live one")
    bundle.add_argument("--as", dest="role", choices=tuple(SCOPES), default="evaluator", help="who asks")
    bundle.set_defaults(run=_bundle)
    for command in commands.choices.values():
        command.add_argument(
            "--data", type=Path, default=load_settings().data, metavar="DIR", help="data folder"
        )
    return parser


def _read_pair(form: str) -> Callable[[str], tuple[str, str]]:
    """Read a text of this form; anything else is wrong usage."""

    def read(text: str) -> tuple[str, str]:
        name, separator, value = text.partition("=")
        if not separator or not name.strip():
            raise argparse.ArgumentTypeError(f"{text} is not of the form {form}.")
        return name.strip(), value.strip()

    return read


def _list(given: argparse.Namespace) -> int:
    if current_id(given.data):
        engine = Engine(find_release(given.data))
        known = list_indicators(list_attributes(engine))
        for words in list_unfit_targets(engine):
            print(words, file=sys.stderr)
        engine.close()
    else:
        known = list_indicators()
    if given.format == "json":
        print(
            json.dumps(
                [
                    {name: getattr(indicator, name) for name in _LISTED}
                    | {"parameters": [asdict(parameter) for parameter in indicator.parameters]}
                    for indicator in known.values()
                ],
                indent=1,
                ensure_ascii=False,
            )
        )
        return 0
    from rich.table import Table

    table = Table("id", "title", "unit", "by", box=None, pad_edge=False)
    for indicator in known.values():
        table.add_row(indicator.id, indicator.title, indicator.unit, indicator.time_axis)
    show(table)
    return 0


def _value(given: argparse.Namespace) -> int:
    if given.rebase and not given.limits:
        given.refuse("argument --rebase: limits start anew only where there are any: add --limits.")
    by = tuple(name.strip() for name in given.by.split(",") if name.strip())
    if given.period in GRAINS[1:]:
        given.period, given.grain = "all", given.period
    selection = Selection(
        period=given.period,
        grain=given.grain,
        by=by,
        where=tuple(given.where),
        settings=tuple(given.settings),
    )
    live, scope = find_release(given.data), SCOPES[given.role]
    engine = Engine(find_release(given.data, given.release))
    try:
        indicator = find_indicator(engine, given.id)
        if given.limits:
            check_series(indicator, bool(given.grain))
        result = compute_result(engine, indicator, selection, scope)
        target = find_series_target(engine, result) if given.limits else None
    finally:
        engine.close()
    charts = make_charts(result, given.rebase, target) if given.limits else ()
    points = order_points(result, charts)
    {"json": print_json, "csv": print_csv, "table": print_table}[given.format](result, points)
    if given.format == "table":
        show(
            *describe_steps(result, scope),
            *describe_ranges(result),
            *list_reasons(result),
            *list_unfinished(result),
        )
        for chart in charts:
            show(describe_chart(chart))
        if engine.release.id != live.id:
            show(*tell_since(result, engine.release, live, scope))
    return 0


def _bundle(given: argparse.Namespace) -> int:
    from indicators.command.rsiena import write_bundle

    if SCOPES[given.role].minimum:
        raise Refusal(
            f"A bundle holds who is tied to whom: it is for evaluators, and not for a {given.role}."
        )
    engine = Engine(find_release(given.data, given.release))
    try:
        written = write_bundle(engine, given.to, given.relation, given.survey)
    finally:
        engine.close()
    print(
        f"{len(written)} files are in {given.to}, readable by you alone. Run model.R there in R with the package RSiena."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
