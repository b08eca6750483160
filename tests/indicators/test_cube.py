"""What a release holds and its rows give the same figures; those of the oracles are met in tests/oracles."""

from __future__ import annotations

from itertools import combinations

import pytest

from indicators.catalogue import list_indicators
from indicators.selection import Selection, list_attributes
from tests.conftest import MakeRelease
from tests.figures import read_cells
from tests.indicators.both_paths import check_both_paths, count_figures
from tests.indicators.random_community import ATTRIBUTES, COMPLETE_TO, make_community
from warehouse.engine import Engine


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(make_community(seed=2015, size=14).export(), complete_to=COMPLETE_TO)


def list_dimensions(engine: Engine, name: str) -> list[str]:
    indicator = list_indicators(list_attributes(engine))[name]
    return [*indicator.breakdowns, *(() if indicator.is_whole else ATTRIBUTES)]


def test_every_indicator_by_every_dimension_and_pair(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    selections = [
        (name, Selection(by=by))
        for name in list_indicators(list_attributes(engine))
        for dimensions in [list_dimensions(engine, name)]
        for by in [(), *((one,) for one in dimensions), *combinations(dimensions, 2)]
    ]
    assert count_figures(check_both_paths(engine, selections, monkeypatch)) > 1000


def test_every_series_and_filter(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    known = list_indicators(list_attributes(engine))
    selections = [
        (name, Selection(grain=grain, by=("profession",), where=(("hub", "North"),)))
        for name, indicator in known.items()
        if not indicator.is_whole
        for grain in indicator.grains
        if grain not in ("all", "week")
    ]
    selections += [
        (name, Selection(where=(("profession", "Nurse"), ("region", "Wales"))))
        for name, indicator in known.items()
        if not indicator.is_whole
    ]
    assert count_figures(check_both_paths(engine, selections, monkeypatch)) > 200


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


def test_a_dimension_of_many_values_is_read_from_the_rows(make_release: MakeRelease) -> None:
    members = "".join(f"m{number},Trust {number // 2},2015-01-01\n" for number in range(140))
    engine = make_release({"members": "member_id,organisation,joined_on\n" + members})
    by_organisation = read_cells(engine, "members", by=("organisation",))
    assert by_organisation == {("all", f"Trust {number}"): 2 for number in range(70)}
    assert read_cells(engine, "members", where=(("organisation", "Trust 3"),)) == {("all",): 2}
    curve = read_cells(engine, "membership_retention", "denominator", where=(("organisation", "Trust 3"),))
    assert curve == {("all", "0"): 2}
