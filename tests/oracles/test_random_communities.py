"""Whatever the community, every indicator gives figures that can be, those of its oracle, or says that it has none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from indicators.catalogue import list_indicators
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.result import FIGURES, Result
from indicators.selection import Selection, list_attributes
from indicators.statistics.cells import explain_no_range
from indicators.switchboard import list_definitions
from tests.conftest import MakeRelease
from tests.indicators.random_community import (
    ATTRIBUTES,
    COMPLETE_TO,
    SPECIAL,
    Community,
    make_community,
)
from tests.indicators.slow_sums import check_counts
from tests.oracles.conftest import LoadNamed
from tests.oracles.runner import compare, list_oracles
from warehouse.engine import Engine

ORACLES = list_oracles()
ROUNDING = 1e-9
# The list that these count is of attendances and of events, and not of members.
NOT_OF_PEOPLE = ("event_attendance", "events_held")
DIFFERENCE = "Observed less expected"
RANGES = {"share": (0.0, 1.0), "p": (0.0, 1.0), "net": (-1.0, 1.0), "index": (-1.0, 1.0)}


def count_people(community: Community) -> int:
    """Members, and those who are only met in a survey."""
    respondents = {row["respondent_id"] for row in community.tables.get("answers", [])}
    return len(respondents | set(community.spells))


def count_figures(results: Iterable[Result]) -> int:
    """How many figures of status ok there are."""
    return sum(int((result.table["status"] == "ok").sum()) for result in results)


def check_results(results: Iterable[Result], people: int) -> None:
    for result in results:
        for record in result.to_records():
            assert record["status"] in ("ok", "no_data"), record
            if record["status"] == "ok":
                check_figure(record, result, people)
            else:
                assert [record[name] for name in FIGURES if name != "n"] == [None] * (len(FIGURES) - 1), (
                    record
                )
        silent = result.table[result.table["status"] == "no_data"]
        assert silent["reason"].str.len().gt(10).all(), result.indicator.id


def check_figure(record: dict[str, object], result: Result, people: int) -> None:
    """A figure of status ok is finite, in the range of its unit, within its interval and of no more people than there are."""
    value, low, high, n = (
        math.nan if record[name] is None else float(str(record[name]))
        for name in ("value", "low", "high", "n")
    )
    indicator = result.indicator
    assert math.isfinite(value), record
    least, most = RANGES.get(indicator.unit, (-math.inf, math.inf))
    if record["dimensions"].get("part") == DIFFERENCE:  # type: ignore[attr-defined]
        least, most = least - most, most - least
    for figure in (value, low, high):
        assert math.isnan(figure) or least - ROUNDING <= figure <= most + ROUNDING, record
    if indicator.id != "membership_median":  # open where fewer than half may leave
        assert math.isnan(low) == math.isnan(high), record
    assert math.isnan(low) or low - ROUNDING <= value, record
    assert math.isnan(high) or value <= high + ROUNDING, record
    assert not high - low <= ROUNDING, record
    if math.isnan(low) and math.isnan(high):
        is_said = explain_no_range(indicator, {**record, **record["dimensions"]})  # type: ignore[dict-item]
        assert is_said or indicator.interval_words.startswith("None") or not indicator.is_interval, record
    assert n >= 0, record
    assert n <= people or indicator.id in NOT_OF_PEOPLE, record


def list_selections(attributes: Iterable[str], random: Random) -> list[tuple[str, Selection]]:
    """Every indicator once: for everybody, or by one or two dimensions."""
    selections = []
    for name, indicator in list_indicators(tuple(attributes)).items():
        dimensions = [*indicator.breakdowns, *(() if indicator.is_whole else ATTRIBUTES)]
        chosen = random.sample(dimensions, min(len(dimensions), random.choice((0, 1, 1, 2))))
        selections.append((name, Selection(by=tuple(chosen))))
    return selections


def check_community(engine: Engine, community: Community, random: Random) -> int:
    """Check every indicator; returns how many figures there were."""
    known = list_indicators(tuple(list_attributes(engine)))
    results = []
    for name, selection in list_selections(list_attributes(engine), random):
        if known[name].estimator != "computed":
            check_counts(engine, known[name], selection)
        results.append(compute_result(engine, known[name], selection, SCOPES["evaluator"]))
    check_results(results, count_people(community))
    return count_figures(results)


@settings(
    max_examples=2,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6), size=st.integers(1, 9))
def test_a_random_community(make_release: MakeRelease, seed: int, size: int) -> None:
    community = make_community(seed, size)
    engine = make_release(community.export(), complete_to=COMPLETE_TO)
    assert check_community(engine, community, Random(seed)) > 0
    for oracle in ORACLES:
        compare(engine, community, oracle)
    engine.close()


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_community_at_the_edge(load_named: LoadNamed, kind: str) -> None:
    community, engine = load_named(kind)
    figures = check_community(engine, community, Random(len(kind)))
    assert (figures > 0) == (kind != "empty")


@pytest.mark.parametrize("name", ["9-3", "one_member", "empty"])
def test_every_reasonable_definition(load_named: LoadNamed, name: str) -> None:
    community, engine = load_named(name)
    known = list_indicators(tuple(list_attributes(engine)))
    results = [
        compute_result(engine, indicator, Selection(by=by, settings=settings), SCOPES["evaluator"])
        for indicator in known.values()
        if indicator.parameters
        for settings in list_definitions(indicator)[1:]
        for by in ((), *(() if indicator.is_whole else (("hub",),)))
    ]
    check_results(results, count_people(community))
    assert len(results) > 100
    assert (count_figures(results) > 0) == (name != "empty")
