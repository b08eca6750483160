"""Every indicator is worked out in a spec, says all that its passport needs, and has an id of its own."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from etl.reading.types import Refused
from indicators.catalogue import PARTS, list_indicators
from indicators.definition import GRAINS, MEASURE_DIMENSIONS, Indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.result import FIGURES
from indicators.selection import Selection, list_attributes
from tests.conftest import MakeRelease
from warehouse.contracts import MEMBER_DIMENSIONS, TABLES
from warehouse.engine import Engine

SPECS = Path(__file__).resolve().parents[1] / "spec"
ATTRIBUTES = (*MEMBER_DIMENSIONS, "hub")
KNOWN = list_indicators(ATTRIBUTES)
EVERY = [pytest.param(indicator, id=name) for name, indicator in KNOWN.items()]
WORDS = (
    "id",
    "title",
    "outcome",
    "definition",
    "formula",
    "numerator",
    "denominator",
    "excluded",
    "caveat",
    "source",
    "needs",
)


def list_specified() -> set[str]:
    """Ids that a test in tests/spec is marked with."""
    specified: set[str] = set()
    for path in sorted(SPECS.glob("test_*.py")):
        module = importlib.import_module(f"tests.spec.{path.stem}")
        for name, function in vars(module).items():
            if name.startswith("test_"):
                marks: Sequence[pytest.Mark] = getattr(function, "pytestmark", ())
                specified |= {str(id) for mark in marks if mark.name == "spec" for id in mark.args}
    return specified


def test_every_indicator_has_a_spec_and_every_spec_an_indicator() -> None:
    specified = list_specified()
    assert sorted(set(KNOWN) - specified) == [], "these indicators have no spec in tests/spec"
    assert sorted(specified - set(KNOWN)) == [], "these specs are of no indicator"


def test_no_two_indicators_have_the_same_id() -> None:
    ids = [indicator.id for part in PARTS for indicator in part.list_indicators(ATTRIBUTES)]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    assert len(ids) == len(KNOWN)


def test_a_further_attribute_has_indicators_of_its_own() -> None:
    further = set(KNOWN) - set(list_indicators())
    assert {"cross_hub", "ei_hub"} <= further
    assert {name.rsplit("_", 1)[1] for name in further} == {"hub"}


@pytest.mark.parametrize("indicator", EVERY)
def test_no_field_of_the_passport_is_empty(indicator: Indicator) -> None:
    empty = [name for name in WORDS if len(str(getattr(indicator, name)).strip()) < 3]
    assert empty == []
    assert indicator.version >= 1
    assert indicator.minimum_n >= 1
    assert indicator.tables
    assert set(indicator.tables) <= set(TABLES)
    assert {*indicator.measures, *indicator.breakdowns} <= set(MEASURE_DIMENSIONS)
    assert set(indicator.grains) <= set(GRAINS)
    assert bool(indicator.grains) == (indicator.time_axis in ("week", "month"))
    own = (indicator.compute is not None) + (indicator.read is not None)
    assert own == (indicator.estimator == "computed") == bool(indicator.interval)
    assert bool(indicator.facts or indicator.base) == (indicator.read is None)
    assert (indicator.rebuild is not None) == bool(indicator.parameters)


@pytest.mark.parametrize("indicator", [one for one in KNOWN.values() if one.parameters])
def test_an_indicator_can_be_rebuilt_with_every_reasonable_value(indicator: Indicator) -> None:
    assert indicator.rebuild is not None
    defaults = {parameter.name: parameter.default for parameter in indicator.parameters}
    rebuilt = indicator.rebuild(**defaults)
    assert rebuilt == indicator
    assert (rebuilt.family, rebuilt.family_grains) == (indicator.family, indicator.family_grains)
    for parameter in indicator.parameters:
        assert parameter.default in parameter.reasonable
        assert len(parameter.reasonable) > 1
        for value in parameter.reasonable:
            other = indicator.rebuild(**{**defaults, parameter.name: value})
            assert (other == indicator) == (value == parameter.default)
            assert other.id == indicator.id


@pytest.fixture(scope="module")
def nothing(make_release: MakeRelease) -> Engine:
    """A release of headings only."""
    headings = {
        name: ",".join(table.column_names) + (",hub" if name == "members" else "") + "\n"
        for name, table in TABLES.items()
    }
    return make_release(headings)


@pytest.mark.parametrize("indicator", EVERY)
def test_without_data_there_is_no_figure_and_the_reason_says_what_to_load(
    nothing: Engine, indicator: Indicator
) -> None:
    assert "hub" in list_attributes(nothing)
    for selection in (Selection(), *(() if indicator.is_whole else (Selection(by=("profession",)),))):
        result = compute_result(nothing, indicator, selection, SCOPES["evaluator"])
        assert result.is_empty
        for record in result.to_records():
            assert record["status"] == "no_data"
            assert [record[name] for name in FIGURES if name != "n"] == [None] * 5
            assert record["n"] == 0
        assert set(result.table["reason"]) == {f"No data: load {indicator.needs}."}


@pytest.fixture(scope="module")
def one(make_release: MakeRelease) -> Engine:
    """A release of one member, and nothing else."""
    return make_release(
        {"members": "member_id,hub,joined_on\nann,North,2015-01-01\n"}, complete_to=date(2015, 2, 10)
    )


@pytest.mark.parametrize("indicator", EVERY)
def test_one_member_gives_a_figure_or_says_that_there_is_none(one: Engine, indicator: Indicator) -> None:
    result = compute_result(one, indicator, Selection(), SCOPES["evaluator"])
    by_status = {(record["status"], record["value"] is None) for record in result.to_records()}
    assert by_status <= {("ok", False), ("no_data", True)}
    if indicator.id in ("members", "membership_retention"):
        assert ("ok", False) in by_status
    if indicator.id in ("active_members", "engagement_ladder"):
        # Nothing is recorded of what members do: that nobody was active is not known.
        assert by_status == {("no_data", True)}


@pytest.mark.parametrize(
    "name",
    [
        "position",
        "period",
        "item",
        "event",
        "rung",
        "value",
        "status",
        "n",
        "low",
        "reason",
        "line",
        "wave_id",
    ],
)
def test_an_attribute_with_a_name_that_figures_use_is_refused(make_release: MakeRelease, name: str) -> None:
    # Two columns of one name give a figure of one for the other: value 1.0 as the name of a group.
    with pytest.raises(Refused, match=name):
        make_release({"members": f"member_id,joined_on,{name}\nann,2015-01-01,p\nbob,2015-01-01,q\n"})
