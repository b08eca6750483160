"""Groups too small to be named: counted together they give what the same people in one recorded group give."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import pytest

from etl.load import load_paths
from indicators.catalogue import list_indicators
from indicators.engine.compute import compute_exact
from indicators.gate.disclosure import SCOPES
from indicators.gate.groups import TOGETHER, count_groups, list_alone
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.sharing.known_programme import PROFESSIONS, write_programme
from warehouse.engine import Engine
from warehouse.release import find_release

BY_PROFESSION = Selection(by=("profession",))
SMALL = ("Dentist", "Astronaut")
COMPARE_GROUPS = {"weighting_coverage", "cross_profession", "ei_profession", "brokerage"}
BY_ORDER = {"in_largest_component"}  # of two parts of one size the first by pseudonym counts as the largest


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """The known programme, and the same with its two smallest professions recorded as one."""
    opened = []
    for is_merged in (False, True):
        root = tmp_path_factory.mktemp("programme")
        path = write_programme(root / "raw") / "members.csv"
        text = path.read_text(encoding="utf-8")
        for name in SMALL if is_merged else ():
            text = text.replace(f",{name},", f",{TOGETHER},")
        path.write_text(text, encoding="utf-8")
        load_paths([root / "raw"], root / "data")
        opened.append(Engine(find_release(root / "data")))
    yield opened[0], opened[1]
    for engine in opened:
        engine.close()


def test_the_groups_are_counted_smallest_first(engines: tuple[Engine, Engine]) -> None:
    assert list(count_groups(engines[0], "profession").items()) == sorted(
        PROFESSIONS.items(), key=lambda group: group[1]
    )


@pytest.mark.parametrize(
    "indicator_id",
    [
        name
        for name, one in list_indicators(["profession"]).items()
        if one.estimator not in ("computed", "reach") and not one.is_whole and one.is_about_people
        if name not in COMPARE_GROUPS | BY_ORDER
    ],
)
def test_small_groups_give_what_one_recorded_group_gives(
    engines: tuple[Engine, Engine], indicator_id: str
) -> None:
    indicator = list_indicators(["profession"])[indicator_id]
    names = ["value", "low", "high", "n", "numerator", "denominator", "status"]
    alone = {"profession": [name for name in PROFESSIONS if name not in SMALL]}
    folded, recorded = (
        compute_exact(engine, indicator, BY_PROFESSION, groups).table
        for engine, groups in zip(engines, (alone, {}), strict=True)
    )
    keys = ["period", *indicator.measures, "profession"]
    left, right = (table.sort_values(keys)[[*keys, *names]] for table in (folded, recorded))
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))


def test_the_groups_that_stand_alone_leave_enough_together(engines: tuple[Engine, Engine]) -> None:
    # 4 dentists, 1 astronaut and 12 managers are 17: enough for a funder, for a lead with the 28 doctors only.
    assert list_alone(engines[0], "profession", SCOPES["funder"]) == ["Doctor", "Nurse"]
    assert list_alone(engines[0], "profession", SCOPES["lead"]) == ["Nurse"]


@pytest.mark.parametrize("role", ["lead", "funder"])
def test_no_indicator_names_a_small_group(engines: tuple[Engine, Engine], role: str) -> None:
    engine, seen, scope = engines[0], set(), SCOPES[role]  # type: ignore[index]
    for indicator in list_indicators(["profession"]).values():
        if not scope.covers(indicator):
            continue
        selection = Selection() if indicator.is_whole else BY_PROFESSION
        table = compute_result(engine, indicator, selection, scope).table
        words = {str(cell) for name in table for cell in table[name]}
        assert not {word for word in words if any(name in word for name in SMALL)}, indicator.id
        seen |= words & {TOGETHER, "Nurse"}
    everything = compute_result(engine, list_indicators()["members"], BY_PROFESSION, SCOPES["evaluator"])
    assert seen == {TOGETHER, "Nurse"}
    assert set(SMALL) <= set(everything.table["profession"])


def test_a_filter_on_a_small_group_shows_nothing_of_what_it_answered(engines: tuple[Engine, Engine]) -> None:
    indicator = list_indicators()["response_rate_rr1"]
    for group, status in (("Dentist", "suppressed"), ("Nurse", "ok")):
        selection = Selection(where=(("profession", group),))
        table = compute_result(engines[0], indicator, selection, SCOPES["lead"]).table
        assert list(table["status"]) == [status]
