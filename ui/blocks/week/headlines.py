"""The headlines: which indicators stand in the table, their latest figure, their series, their target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from indicators.catalogue import find_indicator
from indicators.definition import Indicator
from indicators.result import Result
from indicators.statistics.spc import SpcChart, make_charts, split_lines
from indicators.targets import find_target, list_targeted
from ui.charts.figures import label_all
from ui.shell.notebook import list_notes
from ui.shell.once import Once
from ui.shell.session import View, fetch
from ui.words.attention import Standing, judge_target
from ui.words.language import gettext
from ui.words.numbers import shorten_period
from warehouse.engine import Engine

# Each with the calendar periods that its series is of; on the axis wave it has none.
HEADLINES: tuple[tuple[str, str], ...] = (
    ("members", "month"),
    ("period_retention", "month"),
    ("active_members", "week"),
    ("attendance_rate", "month"),
    ("response_rate_rr1", ""),
    ("construct_positive", ""),
    ("ties_new", ""),
    ("cross_organisation", ""),
)
_SERIES = {"week": "week", "month": "month"}
Rebases = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Headline:
    """One row: what it is called, its latest whole figure as a result of one `row`, its series with its chart, its target; `before` is the
    figure of the period before, where that has one."""

    key: str
    label: str
    result: Result
    row: Mapping[str, Any]
    series: tuple[float, ...]
    chart: SpcChart | None
    target: float | None
    period: str
    before: float | None = None

    @property
    def indicator(self) -> Indicator:
        return self.result.indicator

    @property
    def standing(self) -> Standing | None:
        """The figure beside its target, where it has one."""
        if self.target is None or self.row["status"] != "ok" or self.indicator.direction == "neutral":
            return None
        verdict = judge_target(self.row, self.indicator, self.target)
        is_by_chance = self.chart is not None and self.chart.assurance == "hit and miss"
        return Standing(self.label, self.row, self.indicator, self.target, verdict, self.period, is_by_chance)


_LISTED: Once[list[Headline]] = Once(6)


def see_everybody(view: View) -> View:
    """The view without what is chosen in the filters: this page is of everybody and all time."""
    return replace(view, filters=(), period="all")


def list_headlines(view: View) -> list[Headline]:
    """The rows of the table: the programme's headlines and whatever else has a target; what was never loaded is left out."""
    notes = tuple(
        (name, tuple((note.period, note.text) for note in list_notes(name) if note.kind == "rebase"))
        for name, _ in HEADLINES
    )
    return _LISTED.get(
        view.engine, (view.scope, notes), lambda: _list_headlines(see_everybody(view), dict(notes))
    )


def list_latest(view: View) -> list[Headline]:
    """The rows of the table for a release that no page shows, but for what is told of published ones only: read from no session."""
    return _list_headlines(see_everybody(view), {}, lambda indicator: not view.scope.covers(indicator))


def _list_headlines(
    view: View, rebases: Mapping[str, Rebases], is_told: Callable[[Indicator], bool] = lambda indicator: True
) -> list[Headline]:
    grains = {name: _find_grain(view.engine, name) for name in list_targeted(view.engine)} | dict(HEADLINES)
    named = dict.fromkeys((*dict(HEADLINES), *grains))
    return [
        headline
        for name in named
        if is_told(find_indicator(view.engine, name))
        for headline in read_headlines(view, name, grains[name], rebases.get(name, ()))
    ]


def _find_grain(engine: Engine, name: str) -> str:
    return _SERIES.get(find_indicator(engine, name).time_axis, "")


def read_headlines(view: View, name: str, grain: str, rebases: Rebases = ()) -> list[Headline]:
    """One row of an indicator, or one for each value of its measure: each construct, each relation."""
    result = fetch(view, name, grain=grain, period="all")
    if result.is_empty:
        return []
    known = result.table[result.table["is_complete"] & (result.table["status"] != "no_data")]
    result = replace(result, table=known.reset_index(drop=True))
    if known.empty:
        return []
    lines = zip(split_lines(result), make_charts(result), strict=True)
    return [_read(view, result, own, chart, rebases) for (_, own), chart in lines]


def _read(view: View, result: Result, own: pd.DataFrame, chart: SpcChart, rebases: Rebases) -> Headline:
    lines = [name for name in result.dimensions if name != result.indicator.axis]
    latest = {str(name): value for name, value in own.iloc[-1].items()}
    period, labels = str(latest["period"]), label_all(view)
    found = find_target(view.engine, result.indicator.id, period)
    target = None if found is None else found.target
    line = replace(result, table=own.reset_index(drop=True), dimensions=())
    applied = [rebase for rebase in rebases if rebase[0] in set(own["period"])]
    (judged,) = make_charts(line, applied, target)
    told = [part for name, part in zip(lines, chart.line, strict=True) if name in result.telling]
    parts = [labels.get(part, part) for part in told]
    title = gettext(result.indicator.title)
    label = (
        gettext("Positive: {construct}").format(construct=parts[0])
        if "construct" in lines and parts
        else ": ".join([title, *parts])
    )
    return Headline(
        key="/".join([result.indicator.id, *told]),
        label=label,
        result=replace(result, table=own.tail(1).reset_index(drop=True)),
        row=latest,
        series=tuple(float(point.value) for point in judged.points),
        chart=judged,
        target=target,
        period=shorten_period(period, labels),
        before=float(own["value"].iloc[-2]) if len(own) > 1 and own["status"].iloc[-2] == "ok" else None,
    )


def list_before(headlines: Sequence[Headline]) -> dict[str, float]:
    """The figures of the period before by key, of those that have one."""
    return {one.key: one.before for one in headlines if one.before is not None}


def list_shown(headlines: Sequence[Headline]) -> dict[str, float]:
    """The figures by key, of those that are shown."""
    return {one.key: float(one.row["value"]) for one in headlines if one.row["status"] == "ok"}
