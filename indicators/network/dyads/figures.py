"""The figures of indicators on pairs and triples of members: all but the last arguments are those of `Indicator.read`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from indicators.engine.computed import make_figure
from indicators.network.dyads.census import count_dyads, count_triads
from indicators.network.dyads.formation import (
    APART,
    MET,
    MOST_PAIRS,
    NEITHER,
    ONE,
    Panel,
    draw_pairs,
    read_panels,
)
from indicators.network.graphs import are_in, induce_network
from indicators.network.reading import list_cells
from indicators.network.seeding import SEED
from indicators.result import FIGURES
from indicators.statistics.dyads import estimate_odds, estimate_share_of_pairs, permute_p
from warehouse.engine import Engine

Filters = Mapping[str, Sequence[str]]
Figure = dict[str, float | str]
DRAWS, FEWER_DRAWS = 499, 199
ADJUSTED, UNADJUSTED = "Adjusted", "Unadjusted"
ATTENDED = {
    MET: "The same event",
    APART: "Other events",
    ONE: "One of the two attended",
    NEITHER: "Neither attended",
}
STABILITY, ANSWERED, THEN, NOW = (
    "Jaccard between the waves",
    "Answered both waves",
    "Partners before",
    "Partners now",
)


def _tabulate(
    engine: Engine, waves: Sequence[str], measure: Callable[[Panel], Iterator[Figure]], *further: str
) -> pd.DataFrame:
    """The figures of every wave and relation, one row a figure; `further` are measures that the figures carry."""
    rows: list[Figure] = [
        {"period": wave, "relation": relation, **figure}
        for wave in sorted(waves)
        for relation, panel in read_panels(engine, wave).items()
        for figure in measure(panel)
    ]
    return _as_table(rows, *further)


def _as_table(rows: Sequence[Figure], *further: str) -> pd.DataFrame:
    words = ("period", "relation", *further)
    table = pd.DataFrame(rows, columns=[*words, "position", *FIGURES])
    return table.astype(dict.fromkeys(words, "str")).astype(dict.fromkeys(FIGURES, "float64"))


def read_odds(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters, *, is_attendance_held: bool
) -> pd.DataFrame:
    """The odds ratio of a new tie for pairs who met, adjusted and as it is."""

    def measure(panel: Panel) -> Iterator[Figure]:
        pairs, stands = draw_pairs(panel)
        design = panel.describe(pairs.one, pairs.other)
        held = design if is_attendance_held else design[:, :-1]
        for place, (part, chosen) in enumerate(((ADJUSTED, held), (UNADJUSTED, design[:, :2]))):
            found = estimate_odds(pairs, chosen)
            if found is not None:
                counted = stands * design[:, 0]
                yield make_figure(
                    *found,
                    n=panel.size,
                    numerator=float(counted @ pairs.outcome),
                    denominator=float(counted.sum()),
                    position=place,
                    part=part,
                )

    return _tabulate(engine, waves, measure, "part")


def read_p(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters, *, is_attendance_held: bool
) -> pd.DataFrame:
    """p of the permutation test that meeting has nothing to do with new ties."""

    def measure(panel: Panel) -> Iterator[Figure]:
        pairs, _ = draw_pairs(panel)

        def describe(one: np.ndarray, other: np.ndarray) -> np.ndarray:
            design = panel.describe(one, other)
            return design if is_attendance_held else design[:, :-1]

        draws = DRAWS if len(pairs.one) <= MOST_PAIRS else FEWER_DRAWS
        p = permute_p(pairs, describe, draws, SEED)
        if not np.isnan(p):
            yield make_figure(p, n=panel.size)

    return _tabulate(engine, waves, measure)


def read_shares(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters
) -> pd.DataFrame:
    """The share of pairs without a tie that came to have one, by what the two attended."""

    def measure(panel: Panel) -> Iterator[Figure]:
        if not panel.attended.any():
            return
        pairs, stands = draw_pairs(panel)
        kinds = panel.classify(pairs.one, pairs.other)
        for kind, attended in ATTENDED.items():
            chosen = kinds == kind
            found = estimate_share_of_pairs(pairs, stands, chosen)
            if not np.isnan(found.value[0]):
                yield make_figure(
                    *(float(bound[0]) for bound in found),
                    n=float(len(np.unique(np.concatenate((pairs.one[chosen], pairs.other[chosen]))))),
                    numerator=float((stands * chosen) @ pairs.outcome),
                    denominator=float(stands @ chosen),
                    position=kind,
                    attended=attended,
                )

    return _tabulate(engine, waves, measure, "attended")


def read_adequacy(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters
) -> pd.DataFrame:
    """What says whether two waves can carry a model of change: stability, who answered both, partners in each."""

    def measure(panel: Panel) -> Iterator[Figure]:
        kept = float(are_in(panel.after, panel.before).sum())
        either = len(panel.before) + len(panel.after) - kept
        sizes = [(kept, float(either)), (float(panel.size), float(panel.asked))]
        sizes += [(2.0 * len(ties), float(panel.size)) for ties in (panel.before, panel.after)]
        for place, (part, (own, whole)) in enumerate(
            zip((STABILITY, ANSWERED, THEN, NOW), sizes, strict=True)
        ):
            if whole:
                yield make_figure(
                    own / whole, n=panel.size, numerator=own, denominator=whole, position=place, part=part
                )

    return _tabulate(engine, waves, measure, "part")


def read_census(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Filters, *, is_of_triads: bool
) -> pd.DataFrame:
    """How many pairs or triples of those who answered have which ties, as a share of all of them."""
    rows = []
    for cell in list_cells(engine, waves, (), {}):
        network = induce_network(cell.network, np.flatnonzero(cell.network.has_responded))
        counts = count_triads(network) if is_of_triads else count_dyads(network)
        whole = sum(counts.values())
        for place, (part, count) in enumerate(counts.items() if whole else ()):
            figure = make_figure(
                count / whole,
                n=network.size,
                numerator=count,
                denominator=whole,
                position=place,
                part=part,
            )
            rows.append({"period": cell.wave, "relation": cell.relation, **figure})
    return _as_table(rows, "part")
