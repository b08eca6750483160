"""What is said below a figure on the command line: what its range is, what is hidden and why, what its control chart finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indicators.command.printing import Points
from indicators.definition import GRAINS, Indicator
from indicators.gate.disclosure import Scope
from indicators.result import Result
from indicators.selection import WAVE, BadSelection
from indicators.statistics.cells import explain_no_range
from indicators.statistics.spc import LEAST_BASE, SpcChart, split_lines

_CHARTS = {
    "xmr": "XmR chart, mean ± 2.66 × mean moving range",
    "p": "p chart, limits by each denominator",
    "laney": f"p′ chart (Laney), limits by each denominator from a base of {LEAST_BASE} on",
    "t": "t chart, XmR of the 3.6th root of the days between, taken back",
    "g": "g chart, mean ± 3 √(mean (mean + 1)) around the median",
    "run": f"Run chart, the median and no limits below 12 points, or 12 with a base of {LEAST_BASE}",
}


def check_series(indicator: Indicator, is_series: bool) -> None:
    """Refuse limits for what is no series."""
    if indicator.estimator == "survival":
        raise BadSelection(f"{indicator.id} has no limits: it is a curve, and no series.")
    if indicator.time_axis == "all" and indicator.axis == "period":
        raise BadSelection(f"{indicator.id} has no limits: it is one figure over all time.")
    if indicator.time_axis not in (WAVE, "all") and not is_series:
        listed = ", ".join(GRAINS[1:])
        raise BadSelection(f"{indicator.id} has limits only as a series: add --period with one of {listed}.")


def order_points(result: Result, charts: Sequence[SpcChart]) -> Points:
    """The point of each row of the result; none without charts."""
    if not charts:
        return ()
    placed = {
        place: point
        for (_, rows), chart in zip(split_lines(result), charts, strict=True)
        for place, point in zip(rows.index, chart.points, strict=True)
    }
    return [placed[place] for place in result.table.index]


def describe_chart(chart: SpcChart) -> str:
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


def describe_ranges(result: Result) -> Iterator[str]:
    """What low and high are, and why figures stand without; nothing for what never has any."""
    indicator = result.indicator
    if result.table[["low", "high"]].notna().to_numpy().any():
        yield f"low to high: {indicator.range_words} ({indicator.interval_words})."
    if indicator.unit == "p" and indicator.numerator and not indicator.numerator.startswith("None"):
        yield f"numerator: {indicator.numerator}. denominator: {indicator.denominator}."
    rows = result.table.to_dict(orient="records")
    yield from dict.fromkeys(filter(None, (explain_no_range(indicator, row) for row in rows)))


def describe_steps(result: Result, scope: Scope) -> Iterator[str]:
    """That what a role is told is rounded, where it is: its figures do not follow from the counts beside them."""
    if scope.covers(result.indicator) and (result.table["status"] == "ok").any():
        step = scope.rounding
        yield (
            f"As {scope.role}: counts are in steps of {step} ({step} is {step} to {2 * step - 1}), shares are from the middle of the "
            "steps, and intervals are widened to hold whatever the counts were: they do not follow from the counts printed here."
        )


def list_reasons(result: Result) -> Iterator[str]:
    """Why figures are hidden or missing, each reason once with how many rows it is of, as they stand."""
    without = result.table[result.table["status"] != "ok"]
    for (status, reason), rows in without.groupby(["status", "reason"], sort=False):
        if reason:
            several = f" ({len(rows)} rows)" if len(rows) > 1 else ""
            yield f"{status}{several}: {str(reason).removeprefix('Hidden: ').removeprefix('No data: ')}"


def list_unfinished(result: Result) -> Iterator[str]:
    """That a period is not over yet, where one with a figure is not."""
    is_open = ~result.table["is_complete"].astype(bool) & (result.table["status"] != "no_data")
    periods = ", ".join(dict.fromkeys(result.table.loc[is_open, "period"].astype(str)))
    if periods:
        yield f"Not over yet, the data reach to {result.passport.complete_to}: {periods}."
