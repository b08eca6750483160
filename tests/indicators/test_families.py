"""The counts of families are those of each indicator's own rows, for everybody, each dimension, pairs and filters."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pandas as pd
import pytest

from indicators.catalogue import list_indicators
from indicators.engine.cells import read_statistics
from indicators.gate.disclosure import SCOPES
from indicators.prepare import list_statements
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.conftest import MakeRelease
from tests.figures import read_cells
from tests.indicators import slow_sums
from tests.indicators.random_community import ATTRIBUTES, COMPLETE_TO, make_community
from tests.indicators.slow_sums import check_counts, read_rows
from warehouse.engine import Engine

COUNTED = [name for name, one in list_indicators(ATTRIBUTES).items() if one.estimator != "computed"]


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(make_community(seed=2015, size=14).export(), complete_to=COMPLETE_TO)


@pytest.mark.parametrize("name", COUNTED)
def test_every_dimension_pair_series_and_filter(engine: Engine, name: str) -> None:
    indicator = list_indicators(engine.attributes)[name]
    attributes = () if indicator.is_whole else ATTRIBUTES
    dimensions = [*indicator.breakdowns, *attributes]
    pairs = list(combinations(dimensions, 2))
    chosen = Random(name).sample(pairs, min(len(pairs), 2))
    selections = [Selection(by=by) for by in [(), *((one,) for one in dimensions), *chosen]]
    selections += [Selection(grain=grain) for grain in indicator.grains if grain != "all"]
    if attributes:
        selections.append(Selection(where=(("profession", "Nurse"),)))
        selections.append(Selection(where=(("profession", "Nurse"), ("region", "Wales"))))
        selections.append(Selection(by=("profession",), where=(("hub", "North"),)))
    rows = read_rows(engine, indicator)
    cells = [check_counts(engine, indicator, selection, rows) for selection in selections]
    assert len(cells) == len(selections)


@pytest.mark.parametrize("name", COUNTED)
def test_other_parameters_too(engine: Engine, name: str) -> None:
    indicator = list_indicators(engine.attributes)[name]
    for parameter in indicator.parameters:
        for value in parameter.reasonable:
            assert indicator.rebuild is not None
            values = {one.name: one.value for one in indicator.parameters} | {parameter.name: value}
            rebuilt = indicator.rebuild(**values)
            check_counts(engine, rebuilt, Selection(by=() if indicator.is_whole else ("profession",)))
    assert all(len(parameter.reasonable) > 1 for parameter in indicator.parameters)


def test_most_indicators_have_something_to_count(engine: Engine) -> None:
    known = list_indicators(engine.attributes)
    cells = [check_counts(engine, known[name], Selection()) for name in COUNTED]
    assert sum(count > 0 for count in cells) > 0.8 * len(COUNTED)


def test_a_wrong_count_would_be_seen(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    indicator = list_indicators(engine.attributes)["members"]

    def miscount(*given: object) -> pd.DataFrame:
        rows = read_statistics(*given)  # type: ignore[arg-type]
        return rows.assign(n=rows["n"] + 1)

    monkeypatch.setattr(slow_sums, "read_statistics", miscount)
    with pytest.raises(AssertionError):
        check_counts(engine, indicator, Selection())


def test_distinct_members_are_never_summed_over_groups(make_release: MakeRelease) -> None:
    # Both members were there for both kinds: two by kind, and still two people in all.
    engine = make_release(
        {
            "members": "member_id,region,joined_on\nann,Wales,2015-01-01\nbob,Wales,2015-01-01\n",
            "events": "event_id,title,kind,starts_at\n"
            "e1,One,call,2015-02-01T10:00:00Z\ne2,Two,workshop,2015-02-02T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\ne1,ann,yes\ne2,ann,yes\ne1,bob,yes\n",
        },
        complete_to=COMPLETE_TO,
    )
    by_kind = read_cells(engine, "attendance_rate", "n", by=("event_kind",))
    assert by_kind == {("all", "call"): 2, ("all", "workshop"): 2}
    assert read_cells(engine, "attendance_rate", "n", "denominator") == {("all",): (2, 4)}
    assert read_cells(engine, "attendance_rate", "n", by=("region",)) == {("all", "Wales"): 2}
    several = (("event_kind", "call"), ("event_kind", "workshop"))
    assert read_cells(engine, "attendance_rate", "n", "denominator", where=several) == {("all",): (2, 4)}


def test_a_dimension_of_many_values_is_counted_when_it_is_asked_for(make_release: MakeRelease) -> None:
    members = "".join(f"m{number},Trust {number // 2},2015-01-01\n" for number in range(140))
    engine = make_release({"members": "member_id,organisation,joined_on\n" + members})
    by_organisation = read_cells(engine, "members", by=("organisation",))
    assert by_organisation == {("all", f"Trust {number}"): 2 for number in range(70)}
    assert read_cells(engine, "members", where=(("organisation", "Trust 3"),)) == {("all",): 2}
    curve = read_cells(engine, "membership_retention", "denominator", where=(("organisation", "Trust 3"),))
    assert curve == {("all", "0"): 2}


def test_nothing_is_counted_of_waves_where_there_are_none(make_release: MakeRelease) -> None:
    engine = make_release({"members": "member_id,joined_on\na,2015-01-05\n"})
    titles = {title for title, _ in list_statements(engine)}
    assert "membership_retention" in titles
    assert not titles & {"response_rate_rr1", "ties_per_member", "construct_positive"}
    result = compute_result(engine, list_indicators()["ties_per_member"], Selection(), SCOPES["evaluator"])
    assert list(result.table["status"]) == ["no_data"]
