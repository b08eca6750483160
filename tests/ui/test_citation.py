"""A figure cited and asked for elsewhere is the same figure."""

from __future__ import annotations

import contextlib
import csv
import io
import shlex
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest

from indicators.__main__ import main
from indicators.result import Result
from tests.conftest import MakeRelease
from tests.ui.handouts import PORTERS, compute, draw_community
from ui.words.origin.citation import (
    cite_result,
    list_arguments,
    write_address,
    write_command,
    write_python,
    write_r,
)
from warehouse.engine import Engine

FILTERS = ("cohort", "profession", "region", "organisation_type")
ASKED: list[tuple[str, dict[str, object]]] = [
    ("members", {}),
    (
        "attendance_rate",
        {"by": ("profession", "region"), "where": (("profession", "Nurse"), ("profession", "Doctor"))},
    ),
    ("active_members", {"grain": "month", "period": "2015", "where": (("region", "Ynys Môn a'r Ŵyr"),)}),
    ("lapsed_members", {"settings": (("window", "90"),)}),
]


@pytest.fixture
def engine(make_release: MakeRelease) -> Engine:
    return make_release(draw_community())


@pytest.fixture(params=ASKED, ids=[name for name, _ in ASKED])
def result(engine: Engine, request: pytest.FixtureRequest) -> Result:
    name, asked = request.param
    return compute(engine, "evaluator", name, **asked)


def test_the_command_prints_the_same_rows(engine: Engine, result: Result) -> None:
    command = shlex.split(write_command(result))
    assert command[:3] == ["python", "-m", "indicators"]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main([*command[3:], "--data", str(engine.release.path.parents[1])]) == 0
    rows = list(csv.DictReader(said.getvalue().splitlines()))
    assert [float(row["value"]) for row in rows] == pytest.approx(result.table["value"].tolist())
    assert [row["period"] for row in rows] == result.table["period"].tolist()


def test_the_python_program_gives_the_same_table(
    engine: Engine, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALUATION_DATA", str(engine.release.path.parents[1]))
    known: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(write_python(result), known)
    found = known["result"]
    assert isinstance(found, Result)
    assert found.table.equals(result.table)


def test_the_r_program_passes_the_arguments_of_the_command(result: Result) -> None:
    """R is not here: what is between its quotation marks is read as R reads it."""
    (line,) = [line for line in write_r(result).splitlines() if line.startswith("arguments")]
    quoted = csv.reader(
        [line.removeprefix("arguments <- c(").removesuffix(")")], skipinitialspace=True, escapechar="\\"
    )
    assert next(quoted) == ["-m", "indicators", *list_arguments(result)]


def test_the_address_holds_all_that_was_asked(result: Result) -> None:
    address = write_address(result, FILTERS, "https://q.example/explore")
    asked = parse_qsl(urlsplit(address).query)
    assert ("release", result.passport.release) in asked
    assert ("indicator", result.indicator.id) in asked
    assert ("version", str(result.indicator.version)) in asked
    selection = result.selection
    told = {(name, value) for name, value in asked if name in FILTERS}
    told |= {tuple(value.split("=", 1)) for name, value in asked if name == "where"}  # type: ignore[misc]
    assert told == set(selection.where)
    assert [value for name, value in asked if name in ("by", "and")] == list(selection.by)
    assert dict(asked).get("grain", "") == selection.grain
    assert set(selection.settings) <= set(asked)


def test_a_citation_has_what_a_reader_must_know(engine: Engine) -> None:
    result = compute(engine, "evaluator", "attendance_rate", where=(("profession", "Nurse"),))
    said = cite_result(result, {}, "https://q.example/explore?x", date(2026, 11, 27))
    for part in (
        "Attendance rate (only Nurse), all time: ",
        "95 % interval",
        f"version {result.indicator.version}",
        engine.release.id,
        "as seen by an evaluator",
        "https://q.example/explore?x (27 November 2026).",
    ):
        assert part in said


def test_what_is_hidden_is_hidden_in_a_citation(engine: Engine) -> None:
    result = compute(engine, "funder", "attendance_minutes", by=("profession",))
    said = cite_result(result, {}, "a", date(2026, 11, 27))
    assert "Hidden" in said or "Smaller groups together" in said
    assert not any(figure in said for figure in PORTERS)
