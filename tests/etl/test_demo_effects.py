"""Every planted effect is in the raw files of the synthetic sample, and none is in the null sample.

The effects are measured by short, direct tests of SciPy's, and not by the code under evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from etl.demo.build import EFFECTS, write_exports
from tests.etl.raw_sample import RawSample

LEVEL = 0.01
ENDS_ON = pd.Timestamp("2016-01-04")

Measured = tuple[float, float]


def measure_connecting(raw: RawSample, construct: str = "connecting") -> Measured:
    """Paired t-test over the panel: mean change A1 to A3, and p."""
    change = (raw.score("A3", construct) - raw.score("A1", construct)).dropna()
    return float(change.mean()), float(stats.ttest_1samp(change, 0.0).pvalue)


def measure_response(raw: RawSample) -> Measured:
    """Chi-square test of responding by being a doctor in A1: difference of the rates, and p."""
    rows = raw.read("invitations")
    rows = rows[(rows["wave_id"] == "A1") & (rows["disposition"] != "ineligible")]
    table = pd.crosstab(rows["profession"] == "Doctor", rows["disposition"].isin(["complete", "partial"]))
    rates = table[True] / table.sum(axis=1)
    return float(rates[False] - rates[True]), float(stats.chi2_contingency(table, correction=False).pvalue)


def measure_new_ties(raw: RawSample) -> Measured:
    """Welch's t-test of new ties of those who answered both waves, by two or more design events attended."""
    panel = raw.answered_both()
    earlier = set(zip(*raw.ties("C1")[["from_member_id", "to_member_id"]].to_numpy().T, strict=True))
    new = dict.fromkeys(sorted(panel), 0)
    for one, other in raw.ties("C3")[["from_member_id", "to_member_id"]].to_numpy():
        if one in panel and (one, other) not in earlier:
            new[one] += 1
    came_twice = raw.design_count() >= 2
    more = [count for who, count in new.items() if came_twice[who]]
    fewer = [count for who, count in new.items() if not came_twice[who]]
    return float(np.mean(more) - np.mean(fewer)), float(stats.ttest_ind(more, fewer, equal_var=False).pvalue)


def measure_meeting(raw: RawSample) -> Measured:
    """Fisher's test of new ties by having attended the same event between C1 and C3: odds ratio over pairs who answered both, and p."""
    panel = sorted(raw.answered_both())
    earlier, later = (
        {frozenset(ends) for ends in raw.ties(wave)[["from_member_id", "to_member_id"]].to_numpy()}
        for wave in ("C1", "C3")
    )
    between = ("D2", "D3", "CC201507", "CC201508", "CC201509", "CC201510")
    came = [people for event, people in raw.attended().items() if event in between]
    table = np.zeros((2, 2))
    for pair in map(frozenset, combinations(panel, 2)):
        if pair not in earlier:
            table[int(not any(pair <= people for people in came)), int(pair not in later)] += 1
    test = stats.fisher_exact(table)
    return float(test.statistic), float(test.pvalue)


def measure_homophily(raw: RawSample) -> Measured:
    """Permutation of the organisations over the members: share of C1 ties within, less the random share, and p."""
    ties = raw.ties("C1")
    homes = raw.members()["organisation"]
    codes = pd.factorize(homes)[0]
    place = {who: number for number, who in enumerate(homes.index)}
    one, other = (ties[name].map(place).to_numpy() for name in ("from_member_id", "to_member_id"))
    rng = np.random.default_rng(1)
    shuffled = [rng.permutation(codes) for _ in range(1999)]
    chance = np.array([np.mean(codes[one] == codes[other]) for codes in shuffled])
    found = float(np.mean(codes[one] == codes[other]))
    return found - float(chance.mean()), float((1 + np.sum(chance >= found)) / (1 + len(chance)))


def measure_crossing(raw: RawSample) -> Measured:
    """Paired t-test of each one's share of ties across organisations, C1 to C3, among those who answered both."""
    panel = raw.answered_both()
    first, third = (raw.ties(wave).groupby("from_member_id")["is_across"].mean() for wave in ("C1", "C3"))
    change = (third - first).dropna()
    change = change[change.index.isin(panel)]
    return float(change.mean()), float(stats.ttest_1samp(change, 0.0).pvalue)


def measure_leaving(raw: RawSample) -> Measured:
    """Log-rank test of the first spells of Intake 1 and Intake 3: difference of the shares who left, and p."""
    members = raw.members()
    spells = raw.read("memberships")
    ended = spells[spells["left_on"] != ""].set_index("member_id")["left_on"]
    left = pd.to_datetime(members["left_on"].where(~members.index.isin(ended.index), ended))
    days = (left.fillna(ENDS_ON) - pd.to_datetime(members["joined_on"])).dt.days
    groups, shares = [], []
    for intake in ("Intake 1", "Intake 3"):
        chosen = members["cohort"] == intake
        gone = left[chosen].notna()
        groups.append(stats.CensoredData(uncensored=days[chosen][gone], right=days[chosen][~gone]))
        shares.append(gone.mean())
    return float(shares[1] - shares[0]), float(stats.logrank(groups[0], groups[1]).pvalue)


def measure_fading(raw: RawSample) -> Measured:
    """Welch's t-test of each one's share of activities in the second half of the membership, by ever attending."""
    members = raw.members()
    joined = pd.to_datetime(members["joined_on"])
    middle = joined + (pd.to_datetime(members["left_on"]).fillna(ENDS_ON) - joined) / 2
    rows = raw.read("activities")
    rows = rows[rows["kind"] != ""]
    at = pd.to_datetime(rows["at"]).dt.tz_localize(None)
    late = (at > rows["member_id"].map(middle)).groupby(rows["member_id"]).mean()
    ever = set().union(*raw.attended().values())
    came = late.index.isin(ever)
    return float(late[came].mean() - late[~came].mean()), float(
        stats.ttest_ind(late[came], late[~came], equal_var=False).pvalue
    )


def measure_managers(raw: RawSample) -> Measured:
    """Welch's t-test of the Supporting score in A1: others less managers, and p."""
    score = raw.score("A1", "supporting").dropna()
    is_manager = (raw.members().loc[score.index, "profession"] == "Manager").to_numpy()
    others, managers = score[~is_manager], score[is_manager]
    return float(others.mean() - managers.mean()), float(
        stats.ttest_ind(others, managers, equal_var=False).pvalue
    )


MEASURES: dict[str, tuple[tuple[Callable[[RawSample], Measured], float, float], ...]] = {
    "connecting_rises": ((measure_connecting, 0.3, 0.7),),
    "doctors_respond_less": ((measure_response, 0.18, 0.48),),
    "attendance_brings_ties": ((measure_new_ties, 1.2, 2.8),),
    "meeting_makes_ties": ((measure_meeting, 2.0, 6.0),),
    "ties_cross_organisations": ((measure_homophily, 0.15, 0.6), (measure_crossing, 0.05, 0.25)),
    "late_intake_leaves": ((measure_leaving, 0.08, 0.32),),
    "activity_fades": ((measure_fading, 0.1, 0.35),),
    "managers_less_supported": ((measure_managers, 0.4, 1.0),),
}
TESTS = [(effect.id, *measure) for effect in EFFECTS for measure in MEASURES[effect.id]]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> RawSample:
    folder = tmp_path_factory.mktemp("planted")
    write_exports(folder)
    return RawSample(folder)


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory) -> RawSample:
    folder = tmp_path_factory.mktemp("null")
    write_exports(folder, planted=False)
    return RawSample(folder)


@pytest.mark.parametrize(("effect", "measure", "low", "high"), TESTS)
def test_effect_is_in_the_raw_files(
    planted: RawSample, effect: str, measure: Callable[[RawSample], Measured], low: float, high: float
) -> None:
    size, p = measure(planted)
    assert p < LEVEL, effect
    assert low <= size <= high, effect


@pytest.mark.parametrize(("effect", "measure", "low", "high"), TESTS)
def test_effect_is_not_in_the_null_sample(
    null: RawSample, effect: str, measure: Callable[[RawSample], Measured], low: float, high: float
) -> None:
    size, p = measure(null)
    assert p >= LEVEL, effect
    assert size < low, effect


def test_developing_does_not_change(planted: RawSample) -> None:
    change, p = measure_connecting(planted, "developing")
    assert p >= LEVEL
    assert abs(change) < 0.15


def test_response_rates_are_the_stated_ones(planted: RawSample) -> None:
    rows = planted.read("invitations")
    rows = rows[rows["disposition"] != "ineligible"]
    responded = rows["disposition"].isin(["complete", "partial"])
    is_doctor = rows["profession"] == "Doctor"
    assert responded[is_doctor].mean() == pytest.approx(0.45, abs=0.1)
    assert responded[~is_doctor].mean() == pytest.approx(0.78, abs=0.05)
