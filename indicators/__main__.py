"""python -m indicators: the catalogue, and any figure without a page."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path

from commands import Refusal, run_command
from indicators.catalogue import find_indicator, list_indicators
from indicators.definition import GRAINS, Indicator
from indicators.gate.disclosure import SCOPES, Scope
from indicators.published.show import compute_result
from indicators.result import FIGURES, Result, escape_cell
from indicators.selection import WAVE, BadSelection, Selection, list_attributes
from indicators.statistics.cells import explain_no_range
from indicators.statistics.spc import LEAST_BASE, SpcChart, SpcPoint, make_charts, split_lines
from indicators.targets import find_series_target
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
_LIMITS = ("centre", "lower", "upper")
_CHARTS = {
    "xmr": "XmR chart, mean ± 2.66 × mean moving range",
    "p": "p chart, limits by each denominator",
    "laney": f"p′ chart (Laney), limits by each denominator from a base of {LEAST_BASE} on",
    "t": "t chart, XmR of the 3.6th root of the days between, taken back",
    "g": "g chart, mean ± 3 √(mean (mean + 1)) around the median",
    "run": f"Run chart, the median and no limits below 12 points, or 12 with a base of {LEAST_BASE}",
}
Points = Sequence[SpcPoint]


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
    value.add_argument("--release", metavar="ID", help="another release than the live one")
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
    _print(table)
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
    engine = Engine(find_release(given.data, given.release))
    try:
        indicator = find_indicator(engine, given.id)
        if given.limits:
            _check_series(indicator, bool(given.grain))
        result = compute_result(engine, indicator, selection, SCOPES[given.role])
        target = find_series_target(engine, result) if given.limits else None
    finally:
        engine.close()
    charts = make_charts(result, given.rebase, target) if given.limits else ()
    points = _order_points(result, charts)
    {"json": _print_json, "csv": _print_csv, "table": _print_table}[given.format](result, points)
    if given.format == "table":
        _print(
            *_describe_steps(result, SCOPES[given.role]),
            *_describe_ranges(result),
            *_list_reasons(result),
            *_list_unfinished(result),
        )
        for chart in charts:
            _print(_describe_chart(chart))
    return 0


def _bundle(given: argparse.Namespace) -> int:
    from indicators.rsiena import write_bundle

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


def _check_series(indicator: Indicator, is_series: bool) -> None:
    """Refuse limits for what is no series."""
    if indicator.estimator == "survival":
        raise BadSelection(f"{indicator.id} has no limits: it is a curve, and no series.")
    if indicator.time_axis == "all" and indicator.axis == "period":
        raise BadSelection(f"{indicator.id} has no limits: it is one figure over all time.")
    if indicator.time_axis not in (WAVE, "all") and not is_series:
        listed = ", ".join(GRAINS[1:])
        raise BadSelection(f"{indicator.id} has limits only as a series: add --period with one of {listed}.")


def _order_points(result: Result, charts: Sequence[SpcChart]) -> Points:
    """The point of each row of the result; none without charts."""
    if not charts:
        return ()
    placed = {
        place: point
        for (_, rows), chart in zip(split_lines(result), charts, strict=True)
        for place, point in zip(rows.index, chart.points, strict=True)
    }
    return [placed[place] for place in result.table.index]


def _describe_chart(chart: SpcChart) -> str:
    """A chart in a line: its kind, its latest variation, and its assurance where there is a target."""
    found = "no point yet" if chart.variation == "none" else f"{chart.variation} at the latest complete point"
    parts = [f"{_CHARTS[chart.kind]}: {found}"]
    if chart.target is not None and chart.assurance != "none":
        parts.append(f"{chart.assurance} the target of {chart.target:.7g}")
    if chart.runs is not None:
        found = chart.runs.verdict or "as by chance"
        parts.append(
            f"{chart.runs.count} runs of {chart.runs.points} points off the median, {found} "
            f"({chart.runs.fewest} to {chart.runs.most} in 95 of 100 series)"
        )
    line = f"{', '.join(chart.line)}. " if chart.line else ""
    return f"{line}{'; '.join(parts)}."


def _describe_ranges(result: Result) -> Iterator[str]:
    """What low and high are, and why figures stand without; nothing for what never has any."""
    indicator = result.indicator
    if result.table[["low", "high"]].notna().to_numpy().any():
        yield f"low to high: {indicator.range_words} ({indicator.interval_words})."
    if indicator.unit == "p" and indicator.numerator and not indicator.numerator.startswith("None"):
        yield f"numerator: {indicator.numerator}. denominator: {indicator.denominator}."
    rows = result.table.to_dict(orient="records")
    yield from dict.fromkeys(filter(None, (explain_no_range(indicator, row) for row in rows)))


def _describe_steps(result: Result, scope: Scope) -> Iterator[str]:
    """That what a role is told is rounded, where it is: its figures do not follow from the counts beside them."""
    if scope.covers(result.indicator) and (result.table["status"] == "ok").any():
        step = scope.rounding
        yield (
            f"As {scope.role}: counts are in steps of {step} ({step} is {step} to {2 * step - 1}), shares are from the middle of the "
            "steps, and intervals are widened to hold whatever the counts were: they do not follow from the counts printed here."
        )


def _list_reasons(result: Result) -> Iterator[str]:
    """Why figures are hidden or missing, each reason once with how many rows it is of, as they stand."""
    without = result.table[result.table["status"] != "ok"]
    for (status, reason), rows in without.groupby(["status", "reason"], sort=False):
        if reason:
            several = f" ({len(rows)} rows)" if len(rows) > 1 else ""
            yield f"{status}{several}: {str(reason).removeprefix('Hidden: ').removeprefix('No data: ')}"


def _list_unfinished(result: Result) -> Iterator[str]:
    """That a period is not over yet, where one with a figure is not."""
    is_open = ~result.table["is_complete"].astype(bool) & (result.table["status"] != "no_data")
    periods = ", ".join(dict.fromkeys(result.table.loc[is_open, "period"].astype(str)))
    if periods:
        yield f"Not over yet, the data reach to {result.passport.complete_to}: {periods}."


def _list_limits(point: SpcPoint) -> dict[str, float | None]:
    figures = {name: getattr(point, name) for name in _LIMITS}
    return {name: value if isfinite(value) else None for name, value in figures.items()}


def _print_json(result: Result, points: Points) -> None:
    records = result.to_records()
    for record, point in zip(records, points, strict=False):
        record |= {**_list_limits(point), "flags": list(point.flags)}
    print(json.dumps(records, indent=1, ensure_ascii=False))


def _print_csv(result: Result, points: Points) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    fixed = ("release", "indicator", "definition_version", "period")
    further = (*_LIMITS, "flags") if points else ()
    texts = ("item_text",) if result.items else ()
    writer.writerow([*fixed, *result.dimensions, *texts, *FIGURES, "unit", "status", "is_complete", *further])
    for place, row in enumerate(result.to_records()):
        dimensions = [escape_cell(row["dimensions"].get(name, "")) for name in result.dimensions]
        limits = [*_list_limits(points[place]).values(), "; ".join(points[place].flags)] if points else []
        writer.writerow(
            [
                *(escape_cell(str(row[name])) for name in fixed),
                *dimensions,
                *(escape_cell(row[name]) for name in texts),
                *(row[name] for name in FIGURES),
                row["unit"],
                row["status"],
                str(row["is_complete"]).lower(),
                *limits,
            ]
        )


def _print(*parts: object) -> None:
    from rich.console import Console

    width = None if sys.stdout.isatty() else 200
    console = Console(soft_wrap=True, highlight=False, markup=False, width=width)
    for part in parts:
        console.print(part)


def _print_table(result: Result, points: Points) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("period", *result.dimensions):
        table.add_column(name, no_wrap=True)
    for name in (*FIGURES, "status", *(_LIMITS if points else ())):
        table.add_column(name, justify="right", no_wrap=True)
    if points:
        table.add_column("flags", no_wrap=True)
    for place, row in enumerate(result.to_records()):
        limits = [_write_number(limit) for limit in _list_limits(points[place]).values()] if points else []
        table.add_row(
            row["period"],
            *(row["dimensions"].get(name, "") for name in result.dimensions),
            *(_write_number(row[name]) for name in FIGURES),
            row["status"],
            *limits,
            *(["; ".join(points[place].flags)] if points else []),
        )
    _print(f"{result.indicator.title} ({result.indicator.unit}), release {result.passport.release}", table)
    shown = set(result.table["item"]) if result.items else set()
    _print(*(f"{item}: {words}" for item, words in result.items.items() if item in shown))


def _write_number(value: float | None) -> str:
    """A figure with what can be read of it: whole numbers whole, others with at least four digits and no more than three decimals
    from 1 on."""
    if value is None:
        return ""
    return (
        f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}" if abs(value) >= 1 else f"{value:.4g}"
    )


if __name__ == "__main__":
    sys.exit(main())
