"""The figures of the sample are those that were recorded, to 1e-9; an indicator whose definition changed says so."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from indicators.catalogue import find_indicator, list_indicators
from indicators.result import FIGURES
from tests.recorded.figures import RECORDED, load_sample, read_figures
from warehouse.contracts import MEMBER_DIMENSIONS
from warehouse.engine import Engine

KEYS = ["by", "period", "cell"]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = load_sample(tmp_path_factory.mktemp("recorded") / "data")
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def recorded() -> pd.DataFrame:
    return pd.read_parquet(RECORDED)


@pytest.mark.parametrize("indicator_id", list_indicators(MEMBER_DIMENSIONS))
def test_figures_are_those_recorded(sample: Engine, recorded: pd.DataFrame, indicator_id: str) -> None:
    indicator = find_indicator(sample, indicator_id)
    before = recorded[recorded["indicator"] == indicator_id]
    now = read_figures(sample, indicator)
    assert set(before["version"]) <= {indicator.version}, "record the set anew: the definition has changed"
    assert not now.duplicated(KEYS).any(), now[now.duplicated(KEYS)].head(10)
    both = before.merge(now, on=KEYS, how="outer", suffixes=("_before", "_now"), indicator=True)
    assert (both["_merge"] == "both").all(), both.loc[both["_merge"] != "both", [*KEYS, "_merge"]].head(10)
    for figure in FIGURES:
        np.testing.assert_allclose(
            both[f"{figure}_now"].astype(float),
            both[f"{figure}_before"].astype(float),
            rtol=1e-9,
            atol=1e-9,
            err_msg=figure,
        )


def test_a_changed_figure_would_be_seen(sample: Engine, recorded: pd.DataFrame) -> None:
    before = recorded[recorded["indicator"] == "members"]
    now = read_figures(sample, find_indicator(sample, "members"))
    both = before.merge(now, on=KEYS, suffixes=("_before", "_now"))
    assert len(both) == len(before) > 100
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(both["value_now"] + 1e-6, both["value_before"], rtol=1e-9, atol=1e-9)
