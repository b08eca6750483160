"""No figure lies outside its own interval, no interval is without width or beyond what can be, none is called what it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from indicators.catalogue import list_indicators
from indicators.definition import INTERVAL, Indicator
from indicators.statistics.cells import explain_no_range, settle_ranges
from indicators.switchboard import list_definitions
from tests.recorded.figures import RECORDED
from ui.export.marks import describe_mark
from ui.words.numbers import describe_estimate, describe_range

KNOWN = list_indicators()
EVERY = [pytest.param(indicator, id=name) for name, indicator in KNOWN.items()]
ROUNDING = 1e-9
ROW = {
    "status": "ok",
    "value": 0.5,
    "low": 0.25,
    "high": 0.75,
    "n": 40.0,
    "numerator": 20.0,
    "denominator": 40.0,
}


def make_every_definition(indicator: Indicator) -> list[Indicator]:
    """The indicator under each of its reasonable definitions."""
    if indicator.rebuild is None:
        return [indicator]
    return [indicator.rebuild(**dict(settings)) for settings in list_definitions(indicator)]


@pytest.fixture(scope="module")
def recorded() -> pd.DataFrame:
    """Every figure of the sample, by every dimension: those that the engine is held to."""
    return pd.read_parquet(RECORDED)


@pytest.mark.parametrize("indicator", EVERY)
def test_every_figure_of_the_sample_lies_in_an_interval_with_width(
    recorded: pd.DataFrame, indicator: Indicator
) -> None:
    figures = recorded[(recorded["indicator"] == indicator.id) & recorded["value"].notna()]
    value, low, high = (figures[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    assert not (value < low - ROUNDING).any(), figures[value < low - ROUNDING].head()
    assert not (value > high + ROUNDING).any(), figures[value > high + ROUNDING].head()
    assert not (high - low <= ROUNDING).any(), figures[high - low <= ROUNDING].head()
    if indicator.is_interval:
        least, most = indicator.limits
        assert not ((low < least - ROUNDING) | (high > most + ROUNDING)).any(), figures.head()


def test_scores_of_the_sample_keep_within_their_scale(recorded: pd.DataFrame) -> None:
    for name in ("item_mean", "construct_mean", "construct_mean_weighted", "construct_sides"):
        figures = recorded[recorded["indicator"] == name]
        scored = figures[~figures["cell"].str.contains("nps|recommend", case=False)]
        assert scored["low"].min() >= 1, name
        assert scored["high"].max() <= 7, name


@pytest.mark.parametrize("indicator", EVERY)
def test_only_a_confidence_interval_is_called_one(indicator: Indicator) -> None:
    for one in make_every_definition(indicator):
        says = one.interval_words
        is_other = says.startswith(("Not an interval", "No confidence interval")) or "no confidence" in says
        assert is_other or "95 %" in says or says.startswith("None"), says
        assert one.is_interval == (not is_other), says
        told = (describe_range(ROW, one), describe_estimate(ROW, one), describe_mark(ROW, one.unit))
        if is_other:
            assert not any("interval" in words for words in told), told
            assert all(one.range_words in words for words in told[:2])
        else:
            assert INTERVAL in told[0]
            assert INTERVAL in told[1]


@pytest.mark.parametrize("indicator", EVERY)
def test_a_figure_without_its_interval_says_why(indicator: Indicator) -> None:
    for n in (1.0, 2.0, 40.0):
        row = {**ROW, "low": np.nan, "high": np.nan, "n": n}
        why = explain_no_range(indicator, row)
        if indicator.interval_words.startswith("None"):
            assert why == ""
        elif indicator.is_interval:
            assert why.startswith("No interval: ")
            assert why.endswith(".")
            assert describe_range(row, indicator) == why
        if indicator.is_interval and why:
            assert "no interval" in describe_estimate(row, indicator)


def make_table(*figures: tuple[float, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(figures, columns=["value", "low", "high", "n"])


def settle(indicator: Indicator, *figures: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    settled = settle_ranges(indicator, make_table(*figures), np.nan, np.nan)
    return list(settled[["low", "high"]].itertuples(index=False, name=None))


def test_an_interval_is_cut_off_at_what_can_be() -> None:
    minutes = settle(KNOWN["attendance_minutes"], (180, -40, 399, 3), (180, 120, 240, 3))
    assert minutes == [(0, 399), (120, 240)]
    table = make_table((4.8, 4.4, 5.2, 9), (-3.5, -4.5, -2.5, 9))
    settled = settle_ranges(KNOWN["item_change"], table, np.array([1.0, -4.0]), np.array([5.0, 4.0]))
    assert settled["low"].tolist() == [4.4, -4.0]
    assert settled["high"].tolist() == [5.0, -2.5]


def test_an_interval_without_width_or_of_too_few_is_none() -> None:
    nothing = pytest.approx((np.nan, np.nan), nan_ok=True)
    assert settle(KNOWN["item_mean"], (4, 4, 4, 200), (4, 3, 5, 3)) == [nothing, (3, 5)]
    assert settle(KNOWN["item_change"], (0.33, -0.1, 0.76, 5), (0.33, -0.1, 0.76, 6)) == [
        nothing,
        (-0.1, 0.76),
    ]
    few = {**ROW, "low": np.nan, "high": np.nan, "n": 5.0}
    assert "fewer than 6 people" in explain_no_range(KNOWN["construct_change"], few)
