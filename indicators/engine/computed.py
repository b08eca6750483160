"""Figures that are no sums over members: an indicator's own function, called once a cell."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from indicators.definition import Indicator
from indicators.result import FIGURES
from indicators.statistics.cells import BEHIND


def compute_cells(indicator: Indicator, rows: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """The figures of every cell: `period`, the measures, `groups`, `position` and the figures, one row a figure.

    `rows` are the indicator's facts with the attributes; a cell is one period, one value of each measure that is a
    column of the facts, and one group.
    """
    assert indicator.compute is not None
    keys = ["period", *(name for name in indicator.measures if name in rows.columns), *groups]
    columns = ["period", *indicator.measures, *groups, "position", *FIGURES]
    computed, cells = [], []
    for names, cell in rows.groupby(keys, dropna=False, sort=True):
        figures = indicator.compute(cell)
        if len(figures):
            computed.append(figures)
            cells += [tuple(map(str, names))] * len(figures)
    if not computed:
        return pd.DataFrame(columns=columns)
    table = pd.concat(computed, ignore_index=True)
    table[keys] = pd.DataFrame(cells, columns=keys)
    words = dict.fromkeys((*indicator.measures, *groups), "str")
    behind = [name for name in BEHIND if name in table]
    return table[columns + behind].astype(words).astype(dict.fromkeys(FIGURES, "float64"))


def make_figure(
    value: float,
    low: float = float("nan"),
    high: float = float("nan"),
    *,
    n: float,
    numerator: float = float("nan"),
    denominator: float = float("nan"),
    position: float = 0.0,
    **measures: str,
) -> dict[str, float | str]:
    """One figure of a computed indicator as a row; `n` are the members behind it."""
    return {
        **measures,
        "position": position,
        "value": value,
        "low": low,
        "high": high,
        "n": n,
        "numerator": numerator,
        "denominator": denominator,
    }
