"""The sample through the whole load: the planted faults are set aside, and the figures show the planted effects."""

from __future__ import annotations

from collections import Counter

import pytest

from etl.demo.build import FAULTS, write_exports
from etl.load import Loaded, load_paths
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import Selection
from warehouse.engine import Engine


@pytest.fixture(scope="module", params=[True, False], ids=["planted", "null"])
def sample(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[bool, Loaded, Engine]:
    folder = tmp_path_factory.mktemp("sample")
    write_exports(folder / "in", planted=request.param)
    loaded = load_paths([folder / "in"], folder / "data")
    return request.param, loaded, Engine(loaded.release)


def read_rows(
    engine: Engine, id: str, by: tuple[str, ...] = (), period: str = "all"
) -> dict[tuple[str, ...], tuple[float, float, float]]:
    result = compute_result(
        engine, find_indicator(engine, id), Selection(period=period, by=by), SCOPES["evaluator"]
    )
    return {
        (str(row.period), *(str(getattr(row, name)) for name in result.dimensions)): (
            row.value,
            row.low,
            row.high,
        )
        for row in result.table.itertuples()
    }


def test_every_planted_fault_and_nothing_else_is_set_aside(sample: tuple[bool, Loaded, Engine]) -> None:
    _, loaded, _ = sample
    for fate in ("quarantined", "duplicate"):
        planted = Counter()
        for fault in FAULTS:
            if fault.fate == fate:
                planted[fault.file] += fault.rows
        found = {
            file.staged.name: file.quarantined if fate == "quarantined" else file.duplicates
            for file in loaded.files
        }
        assert {name: count for name, count in found.items() if count} == dict(planted)
    assert loaded.release.is_synthetic
    assert all(check["ok"] for check in loaded.release.manifest["checks"])


def test_a_two_day_event_joins_its_meeting_report(sample: tuple[bool, Loaded, Engine]) -> None:
    _, _, engine = sample
    events = engine.query("SELECT event_id, title FROM events WHERE title LIKE 'Q design event%'")
    assert sorted(events["title"]) == ["Q design event 1", "Q design event 2", "Q design event 3"]
    minutes = engine.query(
        "SELECT count(*) AS n FROM attendance a JOIN events e USING (event_id) "
        "WHERE e.title <> 'Q design event 1' AND lower(e.kind) = 'design event' AND a.minutes > 0"
    )
    assert minutes["n"][0] > 100


def test_the_figures_show_the_planted_rise_in_connecting_and_only_that(
    sample: tuple[bool, Loaded, Engine],
) -> None:
    is_planted, _, engine = sample
    changes = read_rows(engine, "construct_change_since_first")
    value, low, high = changes["A3", "Connecting"]
    if is_planted:
        assert low > 0.3
        assert value == pytest.approx(0.5, abs=0.2)
    else:
        assert low < 0 < high
    _, low, high = changes["A3", "Developing"]
    assert low < 0 < high


def test_the_answers_of_every_export_reach_the_further_items(sample: tuple[bool, Loaded, Engine]) -> None:
    _, _, engine = sample
    rows = engine.query(
        "SELECT wave_id, item_id, count(*) AS n, min(value) AS low, max(value) AS high FROM answers "
        "WHERE item_id IN ('importance_1', 'stay_1', 'stay_2', 'wanted_1') AND value IS NOT NULL "
        "GROUP BY ALL"
    )
    assert set(zip(rows["wave_id"], rows["item_id"], strict=True)) == {
        (wave, item)
        for wave in ("A1", "A2", "A3")
        for item in ("importance_1", "stay_1", "stay_2", "wanted_1")
    }
    assert rows["n"].min() > 100
    assert (rows["low"] == 1).all()
    assert (rows["high"] == rows["item_id"].map(lambda item: 4 if item == "wanted_1" else 5)).all()


@pytest.mark.parametrize(
    "id",
    [
        "coffee_trials",
        "exchange_funnel",
        "stream_members",
        "importance",
        "intention_to_stay",
        "wanted_against_actual",
    ],
)
def test_the_new_indicators_have_figures(sample: tuple[bool, Loaded, Engine], id: str) -> None:
    _, _, engine = sample
    assert any(value == value for value, _, _ in read_rows(engine, id).values())


def test_the_figures_show_the_planted_non_response_of_doctors(sample: tuple[bool, Loaded, Engine]) -> None:
    is_planted, _, engine = sample
    rates = read_rows(engine, "response_rate_rr2", ("profession",), "A1")
    doctors = rates["A1", "Doctor"]
    nurses = rates["A1", "Nurse"]
    assert (doctors[2] < nurses[1]) == is_planted


def test_the_figures_show_the_planted_homophily(sample: tuple[bool, Loaded, Engine]) -> None:
    is_planted, _, engine = sample
    shares = read_rows(engine, "cross_organisation")
    first, last = shares["C1", "collaborates"], shares["C3", "collaborates"]
    assert (first[2] < last[1]) == is_planted


def test_the_figures_show_that_meeting_made_ties_and_only_where_it_did(
    sample: tuple[bool, Loaded, Engine],
) -> None:
    is_planted, _, engine = sample
    cell = ("C3", "collaborates")
    value, low, high = read_rows(engine, "event_ties_odds")[*cell, "Adjusted"]
    p, _, _ = read_rows(engine, "event_ties_p")[cell]
    if is_planted:
        assert low > 1.5
        assert value == pytest.approx(3.5, abs=1.5)
        assert p < 0.01
    else:
        assert low < 1 < high
        assert p > 0.05
