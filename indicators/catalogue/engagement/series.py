"""Series that the programme counts elsewhere (measurements.csv): each by its name, as control charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from indicators.definition import Indicator
from indicators.engine.computed import make_figure


def _give_values(cell: pd.DataFrame) -> pd.DataFrame:
    """The value itself: a period without one stays a gap, and is not 0."""
    return pd.DataFrame([make_figure(float(cell["x"].sum()), n=float(len(cell)))])


_VALUES = Indicator(
    id="series_values",
    title="Recorded series",
    theme="engagement",
    outcome="supporting",
    definition="The value of each series in the period, as it was counted outside of the members' records.",
    formula="x = the value recorded for the period",
    numerator="The value",
    denominator="None: it is a count",
    excluded="Values that are a part of something, which Recorded shares has; values of longer or shorter periods.",
    caveat="It is as good as whoever counted it; nothing here can be followed back to people.",
    source="Series of the programme's own (measurements.csv); limits: XmR",
    unit="number",
    direction="neutral",
    time_axis="month",
    estimator="computed",
    chart="line",
    facts="""
        SELECT p.period, s.series AS member_id, s.series, 0.0 AS position, CAST(s.value AS DOUBLE) AS x, 1.0 AS w
        FROM measurements s JOIN periods p ON p.period = s.period WHERE s.denominator IS NULL""",
    tables=("measurements",),
    measures=("series",),
    grains=("year", "quarter", "month", "week"),
    minimum_n=1,
    needs="a series (measurements.csv)",
    is_whole=True,
    interval="None: it is what was counted",
    n_words="values",
    compute=_give_values,
)

_SHARES = replace(
    _VALUES,
    id="series_shares",
    title="Recorded shares",
    definition="The share that each series was in the period, of what it was counted out of outside of the members' records.",
    formula="p = value / denominator recorded for the period",
    denominator="What it was counted out of",
    excluded="Values without a denominator, which Recorded series has; values of longer or shorter periods.",
    source="Series of the programme's own (measurements.csv); interval: Wilson 1927; limits: p′ (Laney 2002)",
    unit="share",
    estimator="proportion",
    interval="",
    compute=None,
    facts="""
        SELECT p.period, concat(s.series, ' ', t.place) AS member_id, s.series, 0.0 AS position,
          CASE WHEN t.place <= s.value THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM measurements s JOIN periods p ON p.period = s.period,
          unnest(generate_series(1, CAST(s.denominator AS BIGINT))) AS t(place)""",
    needs="a series with denominators (measurements.csv)",
    n_words="",
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _VALUES, _SHARES
