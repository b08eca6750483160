"""The figures of computed indicators on networks: each takes the facts of one cell, as `graphs.read_network` does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from indicators.engine.computed import make_figure
from indicators.network.graphs import STATISTICS, read_network
from indicators.network.missing import HIGH, LOW, MEAN, bound_missing
from indicators.network.mixing import Mixing, compare_mixing, measure_assortativity, read_groups

Compute = Callable[[pd.DataFrame], pd.DataFrame]
NOTHING = pd.DataFrame()


def compute_statistic(statistic: str) -> Compute:
    """A figure of the shape of the network; low and high are those with the ties of missing respondents made up."""

    def compute(rows: pd.DataFrame) -> pd.DataFrame:
        network = read_network(rows)
        value = STATISTICS[statistic](network)
        if np.isnan(value):
            return NOTHING
        bounds = bound_missing(network, statistic)
        return pd.DataFrame([make_figure(value, bounds[LOW], bounds[HIGH], n=network.size)])

    return compute


def compute_highest_betweenness(rows: pd.DataFrame) -> pd.DataFrame:
    """The highest betweenness of a member of the cell, in the whole network of the wave."""
    values = rows.loc[rows["other"] < 0, "betweenness"].dropna()
    network = read_network(rows)
    if values.empty or not len(network.senders):
        return NOTHING
    bounds = bound_missing(network, "betweenness")
    return pd.DataFrame([make_figure(float(values.max()), bounds[LOW], bounds[HIGH], n=network.size)])


def compute_imputed_degree(rows: pd.DataFrame) -> pd.DataFrame:
    """Ties per member with the ties of missing respondents made up; as observed where nobody is missing."""
    network = read_network(rows)
    observed = STATISTICS["mean_degree"](network)
    if np.isnan(observed):
        return NOTHING
    bounds = bound_missing(network, "mean_degree")
    if np.isnan(bounds[MEAN]) and network.is_missing.any():
        return NOTHING
    value = observed if np.isnan(bounds[MEAN]) else bounds[MEAN]
    return pd.DataFrame([make_figure(value, bounds[LOW], bounds[HIGH], n=network.size)])


def compute_mixing(attribute: str, *, is_index: bool) -> Compute:
    """Observed, expected at random and the difference, of the E-I index or of the share of ties across groups."""
    slope, start = (2, -1) if is_index else (1, 0)

    def compute(rows: pd.DataFrame) -> pd.DataFrame:
        mixing = compare_mixing(rows, attribute)
        if mixing is None:
            return NOTHING
        return pd.DataFrame(_list_parts(mixing, slope, start))

    return compute


def _list_parts(mixing: Mixing, slope: int, start: int) -> list[dict[str, float | str]]:
    observed, expected = (slope * share + start for share in (mixing.observed, mixing.expected))
    low, high = (slope * share + start for share in mixing.limits)
    external, total = mixing.external, mixing.total
    counted = slope * external + start * total
    return [
        make_figure(
            observed, n=mixing.members, numerator=counted, denominator=total, position=0, part="Observed"
        ),
        make_figure(expected, low, high, n=mixing.members, position=1, part="Expected at random"),
        make_figure(
            observed - expected,
            observed - high,
            observed - low,
            n=mixing.members,
            position=2,
            part="Observed less expected",
        ),
    ]


def compute_mixing_p(attribute: str) -> Compute:
    """How often random mixing is as far from what is expected as what is observed."""

    def compute(rows: pd.DataFrame) -> pd.DataFrame:
        mixing = compare_mixing(rows, attribute)
        return NOTHING if mixing is None else pd.DataFrame([make_figure(mixing.p, n=mixing.members)])

    return compute


def compute_assortativity(attribute: str) -> Compute:
    """Assortativity by an attribute, of the ties with both groups recorded."""

    def compute(rows: pd.DataFrame) -> pd.DataFrame:
        network = read_network(rows)
        names, groups = read_groups(rows)
        own = groups[:, names.index(attribute)]
        value = measure_assortativity(network, own)
        if np.isnan(value):
            return NOTHING
        is_known = (own[network.senders] >= 0) & (own[network.receivers] >= 0)
        return pd.DataFrame([make_figure(value, n=len(np.unique(network.senders[is_known])))])

    return compute
