"""The figures of indicators on networks, read from a release: all but the last arguments are those of `Indicator.read`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from indicators.engine.computed import make_figure
from indicators.network.graphs import Ints, Network
from indicators.network.missing import HIGH, LOW, MEAN, bound_missing
from indicators.network.mixing import compare_mixing, measure_assortativity
from indicators.network.reading import Cell, list_cells, read_groups
from indicators.network.shape import bound_sampling, measure_shape, rank_betweenness
from indicators.result import FIGURES, LESS_EXPECTED
from warehouse.engine import Engine

Filters = Mapping[str, Sequence[str]]
Figure = dict[str, float | str]


def _tabulate(
    engine: Engine,
    waves: Sequence[str],
    groups: Sequence[str],
    filters: Filters,
    measure: Callable[[Cell], Iterator[Figure]],
    *further: str,
) -> pd.DataFrame:
    """The figures of every cell, one row a figure; `further` are the measures that the figures themselves carry."""
    words = ("period", "relation", *further, *groups)
    rows = [
        {
            "period": cell.wave,
            "relation": cell.relation,
            **dict(zip(groups, cell.groups, strict=True)),
            **figure,
        }
        for cell in list_cells(engine, waves, groups, filters)
        for figure in measure(cell)
    ]
    table = pd.DataFrame(rows, columns=[*words, "position", *FIGURES])
    return table.astype(dict.fromkeys(words, "str")).astype(dict.fromkeys(FIGURES, "float64"))


def read_shape(
    engine: Engine,
    waves: Sequence[str],
    groups: Sequence[str],
    filters: Filters,
    *,
    statistic: str,
    is_made_up: bool = False,
) -> pd.DataFrame:
    """A figure of the shape of the network as named, with what sampling leaves open; or with missing ties made up."""

    def measure(cell: Cell) -> Iterator[Figure]:
        network = cell.network
        if is_made_up:
            yield from _make_up(network, statistic)
            return
        value = measure_shape(network, statistic)
        if not np.isnan(value):
            yield make_figure(value, *bound_sampling(network, statistic), n=network.size)

    return _tabulate(engine, waves, groups, filters, measure)


def _make_up(network: Network, statistic: str) -> Iterator[Figure]:
    """A figure had everybody answered: as observed where nobody is missing, none where the draws would take too long."""
    bounds = bound_missing(network, statistic)
    if np.isnan(bounds[MEAN]) and network.is_missing.any():
        return
    value = measure_shape(network, statistic) if np.isnan(bounds[MEAN]) else bounds[MEAN]
    if not np.isnan(value):
        yield make_figure(value, bounds[LOW], bounds[HIGH], n=network.size)


def read_highest_betweenness(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters
) -> pd.DataFrame:
    """The highest betweenness of a member of the cell, in the whole network of the wave."""

    def measure(cell: Cell) -> Iterator[Figure]:
        network = cell.network
        value, low, high = rank_betweenness(cell.everybody, cell.members)
        if len(network.senders) and not np.isnan(value):
            yield make_figure(value, low, high, n=network.size)

    return _tabulate(engine, waves, groups, filters, measure)


def read_imputed_degree(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters
) -> pd.DataFrame:
    """Ties per member with the ties of missing respondents made up; as observed where nobody is missing."""

    def measure(cell: Cell) -> Iterator[Figure]:
        if cell.network.size:
            yield from _make_up(cell.network, "mean_degree")

    return _tabulate(engine, waves, groups, filters, measure)


def read_mixing(
    engine: Engine,
    waves: Sequence[str],
    groups: Sequence[str],
    filters: Filters,
    *,
    attribute: str,
    is_index: bool,
) -> pd.DataFrame:
    """Observed, expected at random and the difference, of the E-I index or of the share of ties across groups."""
    slope, start = (2, -1) if is_index else (1, 0)

    def measure(cell: Cell) -> Iterator[Figure]:
        mixing = compare_mixing(cell.network, _place(engine, cell, attribute))
        if mixing is None:
            return
        observed, expected = (slope * share + start for share in (mixing.observed, mixing.expected))
        low, high = (slope * share + start for share in mixing.limits)
        counted = slope * mixing.external + start * mixing.total
        n = mixing.members
        yield make_figure(
            observed, n=n, numerator=counted, denominator=mixing.total, position=0, part="Observed"
        )
        yield make_figure(expected, low, high, n=n, position=1, part="Expected at random")
        yield make_figure(
            observed - expected,
            observed - high,
            observed - low,
            n=n,
            position=2,
            part=LESS_EXPECTED,
        )

    return _tabulate(engine, waves, groups, filters, measure, "part")


def read_mixing_p(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters, *, attribute: str
) -> pd.DataFrame:
    """Probability that random mixing is as far from what is expected as what is observed."""

    def measure(cell: Cell) -> Iterator[Figure]:
        mixing = compare_mixing(cell.network, _place(engine, cell, attribute))
        if mixing is not None:
            yield make_figure(mixing.p, n=mixing.members)

    return _tabulate(engine, waves, groups, filters, measure)


def read_assortativity(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters, *, attribute: str
) -> pd.DataFrame:
    """Assortativity by an attribute, of the ties with both groups recorded."""

    def measure(cell: Cell) -> Iterator[Figure]:
        network, own = cell.network, _place(engine, cell, attribute)
        value = measure_assortativity(network, own)
        if not np.isnan(value):
            is_known = (own[network.senders] >= 0) & (own[network.receivers] >= 0)
            yield make_figure(value, n=len(np.unique(network.senders[is_known])))

    return _tabulate(engine, waves, groups, filters, measure)


def _place(engine: Engine, cell: Cell, attribute: str) -> Ints:
    """Each member of the cell's group of the attribute: a number, −1 if not recorded."""
    return read_groups(engine, cell.wave, attribute)[cell.members]
