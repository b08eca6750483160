"""New ties of pairs who met at an event: a drawn community of eight, worked out pair by pair; found where planted, and only there."""

from __future__ import annotations

from itertools import combinations
from math import exp, log, sqrt

import numpy as np
import pytest
from scipy import stats

from indicators.network.dyads.formation import draw_pairs
from indicators.statistics.dyads import estimate_odds, permute_p
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from tests.hand_dyads import HandPanel, permute_by_matrices, work_out_odds
from tests.meeting_communities import Meetings, draw_panel
from tests.oracles.pairs import SEED
from warehouse.engine import Engine

NAMES = ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal")
HOMES = dict(zip(NAMES, ("One", "One", "Two", "Two", "One", "Two", "One", ""), strict=True))
# ivy did not answer w2. ann, bob, cat and dan met at e1, eve came to e2 alone; e0 and e3 lie outside the two waves.
CAME = {"e0": ("eve", "fay"), "e1": ("ann", "bob", "cat", "dan"), "e2": ("eve",), "e3": ("gus", "hal")}
DAYS = {"e0": "2015-02-01", "e1": "2015-04-01", "e2": "2015-05-01", "e3": "2015-06-01"}
FIRST = {("ann", "eve"), ("bob", "eve"), ("fay", "gus")}
# bob named cat back: one pair. fay and gus lost their tie.
SECOND = {("ann", "bob"), ("cat", "bob"), ("bob", "cat"), ("cat", "dan"), ("gus", "hal"), ("dan", "fay"), ("ann", "eve")}  # fmt: skip
TABLES = {
    "members": "member_id,organisation,joined_on\n"
    + "".join(f"{name},{HOMES.get(name, '')},2015-01-01\n" for name in (*NAMES, "ivy")),
    "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\nw2,net,2015-06-01\n",
    "invitations": "wave_id,member_id,disposition,organisation\n"
    + "".join(
        f"{wave},{name},{'non_contact' if (wave, name) == ('w2', 'ivy') else 'complete'},{HOMES.get(name, '')}\n"
        for wave in ("w1", "w2")
        for name in (*NAMES, "ivy")
    ),
    "events": "event_id,title,starts_at\n"
    + "".join(f"{event},{event},{day}T10:00:00Z\n" for event, day in DAYS.items()),
    "attendance": "event_id,member_id,attended\n"
    + "".join(f"{event},{name},true\n" for event, names in CAME.items() for name in names),
    "ties": "wave_id,from_member_id,to_member_id,relation\n"
    + "".join(f"w1,{one},{other},works with\n" for one, other in sorted(FIRST | {("ivy", "ann")}))
    + "".join(f"w2,{one},{other},works with\n" for one, other in sorted(SECOND)),
}
CELL = ("w2", "works with")


@pytest.fixture(scope="module")
def eight(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


def draw_by_hand() -> HandPanel:
    before, after = ({tuple(sorted(tie)) for tie in ties} for ties in (FIRST, SECOND))
    came = {name: {event for event in ("e1", "e2") if name in CAME[event]} for name in NAMES}
    partners = {name: {end for tie in FIRST | {("ivy", "ann")} if name in tie for end in tie} - {name} for name in NAMES}  # fmt: skip
    columns = {
        (one, other): [
            float(bool(came[one] & came[other])),
            1.0,
            float(HOMES[one] == HOMES[other] != ""),
            log(1 + len(partners[one])) + log(1 + len(partners[other])),
            float(bool(partners[one] & partners[other])),
            float(len(came[one]) + len(came[other])),
        ]
        for one, other in combinations(NAMES, 2)
    }
    return HandPanel(NAMES, 9, columns, after - before, before, after, came)  # type: ignore[arg-type]


@pytest.mark.spec("event_ties_share")
def test_new_ties_by_what_the_two_attended(eight: Engine) -> None:
    # Of 28 pairs ann–eve, bob–eve and fay–gus were tied. Met: the six pairs of ann to dan, of which ab, bc, cd became tied.
    # Both attended, never the same: cat–eve, dan–eve. One of two: 5 × 3 less none; of these dan–fay. Neither: fay, gus, hal
    # without fay–gus: fay–hal and gus–hal, of which the last.
    assert read_cells(eight, "event_ties_share", "value", "numerator", "denominator") == {
        (*CELL, "The same event"): (3 / 6, 3, 6),
        (*CELL, "Other events"): (0, 0, 2),
        (*CELL, "One of the two attended"): (1 / 15, 1, 15),
        (*CELL, "Neither attended"): (1 / 2, 1, 2),
    }
    met = read_records(eight, "event_ties_share")[0]
    # ab, bc, cd: residuals ±1/2 over 6, by member ann −1/12, bob +1/12 …; pairs that share nobody do not go together.
    parts = {pair: (0.5 if pair in (("ann", "bob"), ("bob", "cat"), ("cat", "dan")) else -0.5) / 6 for pair in combinations(NAMES[:4], 2)}  # fmt: skip
    robust = sum(a * b for one, a in parts.items() for two, b in parts.items() if set(one) & set(two)) * 8 / 7
    effective = min(0.25 / max(robust, 6 * (1 / 12) ** 2), 6)
    t = stats.t.ppf(0.975, 6 - 1)
    reach = t / (1 + t * t / effective) * sqrt(0.25 / effective + t * t / (4 * effective**2))
    assert (met["low"], met["high"]) == pytest.approx((0.5 - reach, 0.5 + reach), abs=1e-12)


@pytest.mark.spec("event_ties_odds")
def test_odds_of_pairs_who_met(eight: Engine) -> None:
    """Without other columns Firth's odds ratio adds a half to each of four counts."""
    cells = read_cells(eight, "event_ties_odds", "value", "low", "high", "numerator", "denominator")
    value, _, _, *counts = cells[(*CELL, "Unadjusted")]
    assert counts == [3, 6]
    assert value == pytest.approx((3.5 * 17.5) / (3.5 * 2.5), rel=1e-7)
    rows, outcome = draw_by_hand().design()
    for part, chosen in (("Adjusted", rows), ("Unadjusted", rows[:, :2])):
        expected = work_out_odds(chosen, outcome, draw_by_hand().at_risk, 8)
        assert expected is not None
        assert cells[(*CELL, part)][:3] == pytest.approx(expected, rel=1e-6)
    left_out = read_cells(eight, "event_ties_odds", settings=(("events", "left out"),))
    expected = work_out_odds(rows[:, :-1], outcome, draw_by_hand().at_risk, 8)
    assert expected is not None
    assert left_out[(*CELL, "Adjusted")] == pytest.approx(expected[0], rel=1e-6)


@pytest.mark.spec("event_ties_p")
def test_the_permutation_test_by_matrices(eight: Engine) -> None:
    """A release orders its members by their pseudonyms, so that its draws are others: alike within chance."""
    expected = permute_by_matrices(draw_by_hand(), 499, SEED)
    assert read_cells(eight, "event_ties_p") == {CELL: pytest.approx(expected, abs=0.1)}
    panel = draw_panel(np.random.default_rng(8), Meetings(members=20, base=-1.5))
    names = tuple(map(str, range(100, 120)))
    pairs, _ = draw_pairs(panel)
    listed = np.triu_indices(20, 1)
    columns = dict(zip(combinations(names, 2), panel.describe(*listed).tolist(), strict=True))
    new, before, after = (
        {(names[code // 20], names[code % 20]) for code in codes.tolist()}
        for codes in (panel.new, panel.before, panel.after)
    )
    hand = HandPanel(names, 20, columns, new, before, after, {})
    assert permute_p(pairs, panel.describe, 199, 1) == permute_by_matrices(hand, 199, 1)


@pytest.mark.spec("tie_change_adequacy")
def test_what_says_whether_the_waves_can_carry_a_model(eight: Engine) -> None:
    # Kept ann–eve; before 3 pairs, now ab, bc, cd, gh, df, ae; nine asked in both, ivy did not answer the second.
    assert read_cells(eight, "tie_change_adequacy") == {
        (*CELL, "Jaccard between the waves"): 1 / 8,
        (*CELL, "Answered both waves"): 8 / 9,
        (*CELL, "Partners before"): 6 / 8,
        (*CELL, "Partners now"): 12 / 8,
    }


@pytest.mark.spec("event_ties_share", "event_ties_odds", "event_ties_p", "tie_change_adequacy")
def test_leads_are_told_that_it_is_for_evaluators(eight: Engine) -> None:
    for name in ("event_ties_share", "event_ties_odds", "event_ties_p", "tie_change_adequacy"):
        for record in read_records(eight, name, role="lead"):
            assert (record["status"], record["value"], record["n"]) == ("suppressed", None, None)


def test_what_is_planted_is_held_and_nothing_is_found_where_nothing_is() -> None:
    """Thirty communities of sixty a plan: intervals hold the planted odds, and the test is seldom at 5 % without any."""
    for plan in (Meetings(members=60, base=-3.2), Meetings(members=60, base=-3.4, odds=3.0)):
        held, alarms = [], []
        for number in range(30):
            panel = draw_panel(np.random.default_rng([2015, number]), plan)
            pairs, stands = draw_pairs(panel)
            assert len(pairs.one) == panel.at_risk == stands.sum()
            found = estimate_odds(pairs, panel.describe(pairs.one, pairs.other))
            if found is None:
                continue
            held.append(found.low <= plan.odds <= found.high)
            if number < 12:
                alarms.append(permute_p(pairs, panel.describe, 39, number) <= 0.05)
        assert len(held) - sum(held) <= stats.binom.ppf(0.999, len(held), 0.05)
        if plan.odds == 1:
            assert sum(alarms) <= stats.binom.ppf(0.999, len(alarms), 0.05)
        else:
            assert sum(alarms) >= len(alarms) / 3


def test_a_large_community_is_drawn_from_and_tells_the_same() -> None:
    panel = draw_panel(np.random.default_rng(3), Meetings(members=420, base=-5.0, odds=3.0))
    pairs, stands = draw_pairs(panel)
    assert len(pairs.one) == 40_000 + len(panel.new)
    assert stands.sum() == pytest.approx(panel.at_risk)
    found = estimate_odds(pairs, panel.describe(pairs.one, pairs.other))
    assert found is not None
    assert found.low < 3.0 < found.high
    assert exp(abs(log(found.value / 3.0))) < 1.4
