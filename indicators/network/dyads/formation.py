"""Pairs of members between two waves: who could come to be tied, who did, and who had met at an event in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.network.graphs import Bools, Floats, Ints, Network, are_in, sort_codes
from indicators.network.reading import open_wave, read_groups
from indicators.network.seeding import SEED
from indicators.statistics.dyads import Pairs
from warehouse.engine import Engine

MOST_PAIRS = 40_000
ALIKE = ("organisation", "region", "profession", "cohort")
MET, APART, ONE, NEITHER = range(4)


@dataclass(frozen=True, eq=False)
class Panel:
    """Members who answered a wave and the one before it, numbered from 0; `asked` counts those asked in both.

    - groups: one column an attribute of ALIKE that there is, as at the wave before, −1 where not recorded;
    - partners: in the wave before, of all its members;
    - attended: one column an event after the opening day of the wave before and before that of this one;
    - before, after: codes of the pairs with a tie in either direction, lower × size + upper, in order;
    - acquainted: codes of the pairs with a common partner in the wave before.
    """

    size: int
    asked: int
    groups: Ints
    partners: Ints
    attended: Bools
    before: Ints
    after: Ints
    acquainted: Ints

    @property
    def new(self) -> Ints:
        """Codes of the pairs tied now and not before."""
        return np.setdiff1d(self.after, self.before, assume_unique=True)

    @property
    def at_risk(self) -> int:
        """Pairs without a tie before."""
        return self.size * (self.size - 1) // 2 - len(self.before)

    def met(self, one: Ints, other: Ints) -> Bools:
        """Which pairs attended the same event."""
        return np.asarray((self.attended[one] & self.attended[other]).any(axis=1))

    def describe(self, one: Ints, other: Ints) -> Floats:
        """The design of pairs: whether they met, ones, for each attribute whether they are alike, ln(1 + partners) of the
        two together, whether they have a common partner, and the events attended by the two together."""
        lower, upper = np.minimum(one, other), np.maximum(one, other)
        own, others = self.groups[one], self.groups[other]
        alike = np.logical_and(np.equal(own, others), own >= 0)
        degree = np.log1p(self.partners)
        events = self.attended.sum(axis=1)
        return np.column_stack(
            (
                self.met(one, other),
                np.ones(len(one)),
                alike,
                degree[one] + degree[other],
                are_in(lower * self.size + upper, self.acquainted),
                events[one] + events[other],
            )
        ).astype(np.float64)

    def classify(self, one: Ints, other: Ints) -> Ints:
        """MET, APART (both attended, never the same event), ONE of the two attended, NEITHER."""
        came: Bools = np.asarray(self.attended.any(axis=1))
        both, any_of = came[one] & came[other], came[one] | came[other]
        return np.where(
            self.met(one, other), MET, np.where(both, APART, np.where(any_of, ONE, NEITHER))
        ).astype(np.int64)


def draw_pairs(panel: Panel) -> tuple[Pairs, Floats]:
    """The pairs at risk of a new tie, and how many each stands for: all of them up to 40,000 pairs of members.

    Beyond, at most 40,000 pairs with a new tie and 40,000 others, drawn at random and seeded, which leaves odds ratios as they
    are (Prentice & Pyke 1979).
    """
    size, new = panel.size, panel.new
    if size * (size - 1) // 2 <= MOST_PAIRS:
        one, other = np.triu_indices(size, 1)
        codes = one * size + other
        codes = codes[~are_in(codes, panel.before)]
        outcome = are_in(codes, new).astype(np.float64)
        return Pairs(size, codes // size, codes % size, outcome), np.ones(len(codes))
    random = np.random.default_rng(SEED)
    cases = new if len(new) <= MOST_PAIRS else np.sort(random.choice(new, MOST_PAIRS, replace=False))
    others = panel.at_risk - len(new)
    controls = np.empty(0, dtype=np.int64)
    while len(controls) < min(MOST_PAIRS, others):
        ends = random.integers(size, size=(2, 2 * MOST_PAIRS))
        drawn = (ends.min(axis=0) * size + ends.max(axis=0))[ends[0] != ends[1]]
        drawn = drawn[~are_in(drawn, panel.before) & ~are_in(drawn, panel.after)]
        controls = sort_codes(np.concatenate((controls, drawn)))
    controls = np.sort(random.permutation(controls)[:MOST_PAIRS])
    codes = np.concatenate((cases, controls))
    outcome = np.repeat((1.0, 0.0), (len(cases), len(controls)))
    stands = np.repeat(
        (len(new) / max(len(cases), 1), others / max(len(controls), 1)), (len(cases), len(controls))
    )
    return Pairs(size, codes // size, codes % size, outcome), stands


def read_panels(engine: Engine, wave: str) -> dict[str, Panel]:
    """The panel of a wave with the one before it, by each relation asked in both; none where no wave came before."""
    order = engine.query(
        """SELECT w.previous_wave_id, w.opened_on, p.opened_on AS since FROM wave_order w
        JOIN wave_order p ON p.wave_id = w.previous_wave_id WHERE w.wave_id = ?""",
        [wave],
    )
    if order.empty:
        return {}
    earlier = str(order["previous_wave_id"].iloc[0])
    then, now = open_wave(engine, earlier), open_wave(engine, wave)
    people = _read_people(engine, earlier, wave)
    is_in = people["answered"].to_numpy(dtype=bool)
    own, later = (people[name].to_numpy(dtype=np.int64)[is_in] for name in ("node_then", "node_now"))
    names = [name for name in ALIKE if name in engine.attributes]
    groups = [read_groups(engine, earlier, name)[own] for name in names]
    attended = _read_attended(engine, earlier, wave, people["member_id"].astype(str)[is_in])
    if len(own) < 2:
        return {}
    alike = np.array(groups, dtype=np.int64).reshape(len(names), len(own)).T
    return {
        relation: _make_panel(len(people), then.networks[relation], network, own, later, alike, attended)
        for relation, network in now.networks.items()
        if relation in then.networks
    }


def _read_people(engine: Engine, earlier: str, wave: str) -> pd.DataFrame:
    """Who was asked in both waves, in order: their numbers in each, and whether they answered both."""
    return engine.query(
        """WITH numbered AS (
          SELECT wave_id, member_id, is_asked AND disposition IS DISTINCT FROM 'ineligible' AS is_asked, has_responded,
            row_number() OVER (PARTITION BY wave_id ORDER BY member_id) - 1 AS node FROM frames WHERE wave_id IN (?, ?)
        )
        SELECT a.member_id, a.node AS node_then, b.node AS node_now, a.has_responded AND b.has_responded AS answered
        FROM numbered a JOIN numbered b ON b.wave_id = ? AND b.member_id = a.member_id AND b.is_asked
        WHERE a.wave_id = ? AND a.is_asked ORDER BY a.member_id""",
        [earlier, wave, wave, earlier],
    )


def _read_attended(engine: Engine, earlier: str, wave: str, members: pd.Series) -> Bools:
    """Which of these members attended which event after the opening of the earlier wave and before that of the later."""
    visits = engine.query(
        """SELECT DISTINCT a.member_id, a.event_id FROM attendance a JOIN event_days e ON e.event_id = a.event_id
        JOIN wave_order p ON p.wave_id = ? JOIN wave_order w ON w.wave_id = ?
        WHERE a.attended AND e.on_date > p.opened_on AND e.on_date < w.opened_on""",
        [earlier, wave],
    )
    places = pd.Series(np.arange(len(members)), index=members.to_numpy())
    visits = visits[visits["member_id"].isin(places.index)]
    events, names = pd.factorize(visits["event_id"], sort=True)
    attended = np.zeros((len(members), len(names)), dtype=bool)
    attended[places[visits["member_id"]].to_numpy(), events] = True
    return attended


def _make_panel(
    asked: int, then: Network, now: Network, own: Ints, later: Ints, groups: Ints, attended: Bools
) -> Panel:
    """A panel of the members who are numbered `own` in the wave before and `later` in this one."""
    from scipy import sparse

    size = len(own)
    ends = np.concatenate((then.pairs, then.pairs[:, ::-1]))
    ties = sparse.csr_array((np.ones(len(ends), dtype=np.int32), ends.T), shape=(then.size, then.size))[own]
    shared = sparse.coo_array(sparse.triu(ties @ ties.T, k=1))
    return Panel(
        size,
        asked,
        groups,
        then.degrees[own],
        attended,
        _code_pairs(then, own),
        _code_pairs(now, later),
        np.sort(shared.row.astype(np.int64) * size + shared.col),
    )


def _code_pairs(network: Network, own: Ints) -> Ints:
    """The codes of the pairs of these members with a tie in either direction, in order."""
    places = np.full(network.size, -1)
    places[own] = np.arange(len(own))
    pairs = places[network.pairs]
    one, other = pairs[(pairs >= 0).all(axis=1)].T
    return sort_codes(np.minimum(one, other) * len(own) + np.maximum(one, other))
