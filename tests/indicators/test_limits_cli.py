"""python -m indicators value --limits, --rebase and --set, and the targets behind them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from indicators.__main__ import main
from indicators.catalogue import find_indicator, list_indicators
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.result import FIGURES
from indicators.selection import Selection
from indicators.targets import Target, find_series_target, find_target
from tests.conftest import MakeRelease
from warehouse.engine import Engine

# Joined by the end of each month of 2015: 10, then 2 more a month, and 40 at once in September.
JOINED = [10, 2, 2, 2, 2, 2, 2, 2, 40, 2, 2, 2, 2, 2]
MONTHS = [f"2015-{month:02d}" for month in range(1, 13)] + ["2016-01", "2016-02"]
MEMBERS = "member_id,region,joined_on\n" + "".join(
    f"m{month}-{number},{('Wales', 'London')[number % 2]},{month}-01\n"
    for month, count in zip(MONTHS, JOINED, strict=True)
    for number in range(count)
)
TARGETS = """
indicator_id      | period  | group | baseline | target
members           | 2015    |       | 10       | 50
members           | 2015    | Wales | 1        | 20
members           | 2015-03 |       |          | 14
members           | 2015-06 | Wales |          | 9
response_rate_rr1 | all     |       | 0.4      | 0.6
response_rate_rr1 | 2015    |       |          | 0.7
response_rate_rr1 | 2015-Q2 |       | 0.5      |
response_rate_rr1 | w3      |       |          | 0.9
"""
WAVES = """
wave_id | survey_id | opened_on
w1      | s         | 2015-02-01
w2      | s         | 2015-05-01
w3      | s         | 2016-01-05
w4      | s         | 2016-02-05
"""
INVITATIONS = "wave_id,member_id,disposition\n" + "".join(
    f"w{wave},m2015-01-{number},{'complete' if number < 4 + wave else 'refused'}\n"
    for wave in (1, 2, 3, 4)
    for number in range(10)
)
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(
        {"members": MEMBERS, "targets": TARGETS, "waves": WAVES, "invitations": INVITATIONS},
        complete_to=date(2016, 2, 10),
    )


@pytest.fixture
def run(engine: Engine, capsys: pytest.CaptureFixture[str]) -> Ask:
    data: Path = engine.release.path.parent.parent

    def run_here(*arguments: str) -> tuple[int, str, str]:
        try:
            status = main([*arguments, "--data", str(data)])
        except SystemExit as stop:
            status = int(stop.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_here


def read_json(run: Ask, *arguments: str) -> list[dict[str, Any]]:
    status, out, error = run("value", *arguments, "--format", "json")
    assert (status, error) == (0, "")
    records: list[dict[str, Any]] = json.loads(out)
    return records


def test_limits_are_four_more_keys_of_each_row(run: Ask) -> None:
    plain = read_json(run, "members", "--period", "month")
    records = read_json(run, "members", "--period", "month", "--limits")
    assert [list(record)[-4:] for record in records] == [["centre", "lower", "upper", "flags"]] * 14
    assert [dict(list(record.items())[:-4]) for record in records] == plain
    totals = [sum(JOINED[: place + 1]) for place in range(13)]
    assert [record["value"] for record in records[:13]] == totals
    # Twelve ranges, 11 of 2 and one of 40, which is above 3.267 × 62 / 12 and dropped: 2.66 × 2.
    centre = sum(totals) / 13
    for record in records:
        assert (record["centre"], record["lower"], record["upper"]) == pytest.approx(
            (centre, centre - 5.32, centre + 5.32)
        )
    assert records[0]["flags"] == ["below limits", "rising", "run below"]
    assert records[12]["flags"] == ["above limits", "rising"]
    assert records[13]["flags"] == [], "February 2016 is incomplete: never judged"


def test_limits_start_anew_at_a_rebase(run: Ask) -> None:
    records = read_json(
        run, "members", "--period", "month", "--limits", "--rebase", "2015-09=The doors opened = for all"
    )
    assert [record["centre"] for record in records] == pytest.approx([17] * 8 + [68] * 6)
    assert records[0]["lower"] == pytest.approx(17 - 5.32)
    for rebase, words in (
        ("2015-09=", "has no note: say what changed."),
        ("1999-01=why", "no period 1999-01"),
    ):
        status, out, error = run("value", "members", "--period", "month", "--limits", "--rebase", rebase)
        assert (status, out) == (1, "")
        assert words in error
        assert len(error.splitlines()) == 1


def test_limits_in_csv_and_in_a_table(run: Ask) -> None:
    _, out, _ = run("value", "members", "--period", "month", "--limits", "--format", "csv")
    header, *rows = csv.reader(io.StringIO(out))
    assert header[-6:] == ["status", "is_complete", "centre", "lower", "upper", "flags"]
    assert rows[0][-1] == "below limits; rising; run below"
    _, out, _ = run("value", "members", "--period", "month", "--limits")
    lines = out.splitlines()
    assert lines[1].split() == ["period", *FIGURES, "status", "centre", "lower", "upper", "flags"]
    assert lines[2].endswith("below limits; rising; run below")
    assert lines[-1].startswith("XmR chart, mean ± 2.66 × mean moving range: ")
    _, plain, _ = run("value", "members", "--period", "month")
    assert "centre" not in plain
    assert "chart" not in plain


def test_waves_are_a_series_and_below_twelve_a_run_chart(run: Ask) -> None:
    records = read_json(run, "response_rate_rr1", "--limits")
    assert [record["value"] for record in records] == pytest.approx([0.5, 0.6, 0.7, 0.8])
    assert [record["centre"] for record in records] == pytest.approx([0.65] * 4)
    assert {(record["lower"], record["upper"], *record["flags"]) for record in records} == {(None, None)}
    _, out, _ = run("value", "response_rate_rr1", "--limits")
    assert out.splitlines()[-1].startswith(
        "Run chart, the median and no limits below 12 points, or 12 with a base of 30: "
    )


def test_each_line_of_a_breakdown_has_limits_of_its_own(run: Ask) -> None:
    records = read_json(run, "members", "--period", "month", "--by", "region", "--limits")
    whole = read_json(run, "members", "--period", "month", "--limits")
    by_region: dict[str, set[float]] = {}
    for record in records:
        by_region.setdefault(record["dimensions"]["region"], set()).add(record["centre"])
    assert {region: len(centres) for region, centres in by_region.items()} == {"London": 1, "Wales": 1}
    assert sum(centre for centres in by_region.values() for centre in centres) == pytest.approx(
        whole[0]["centre"]
    )


def test_one_figure_has_no_limits(run: Ask) -> None:
    over_all_time = next(one.id for one in list_indicators().values() if one.time_axis == "all")
    for arguments, words in (
        (["members"], "add --period with one of year, quarter, month, week"),
        (["members", "--period", "2015"], "limits only as a series"),
        ([over_all_time], "one figure over all time"),
        (["membership_retention", "--period", "year"], "it is a curve, and no series"),
    ):
        status, out, error = run("value", *arguments, "--limits")
        assert (status, out) == (1, "")
        assert words in error


def test_settings_are_passed_on_and_listed(run: Ask) -> None:
    _, out, _ = run("list", "--format", "json")
    listed = {entry["id"]: entry["parameters"] for entry in json.loads(out)}
    with_parameters = {name: one for name, one in list_indicators().items() if one.parameters}
    for name, indicator in with_parameters.items():
        assert [one["name"] for one in listed[name]] == [one.name for one in indicator.parameters]
        assert set(listed[name][0]) == {"name", "meaning", "value", "default", "reasonable"}
    assert listed["members"] == []
    status, _, error = run("value", "members", "--set", "window=90")
    assert (status, error) == (1, "members has no parameter window; it has: none.\n")
    for name, indicator in list(with_parameters.items())[:1]:
        parameter = indicator.parameters[0]
        arguments = ["value", name, "--set", f"{parameter.name}={parameter.default}", "--format", "json"]
        assert run(*arguments)[:2] == run("value", name, "--format", "json")[:2]
        status, _, error = run("value", name, "--set", f"{parameter.name}=never")
        assert status == 1
        assert ", ".join(parameter.reasonable) in error


def test_the_target_is_that_of_the_period_or_of_what_holds_it(engine: Engine) -> None:
    def find(indicator: str, period: str) -> Target | None:
        return find_target(engine, indicator, period)

    assert find("response_rate_rr1", "w1") == Target(None, 0.7)
    assert find("response_rate_rr1", "w2") == Target(0.5, None), "the quarter is shorter than the year"
    assert find("response_rate_rr1", "w3") == Target(None, 0.9), "the wave itself comes first"
    assert find("response_rate_rr1", "w4") == Target(0.4, 0.6), "all time comes last"
    assert find("members", "2015") == Target(10, 50)
    assert find("members", "2015-03") == Target(None, 14)
    assert find("members", "2015-04") is None, "a year's count is not a month's"
    assert find("members", "2015-06") is None, "a group's target is not everybody's"
    assert find("attendance_rate", "2015") is None


def test_a_chart_is_held_against_the_target_of_its_latest_complete_period(engine: Engine) -> None:
    def find(name: str, **selection: Any) -> float | None:
        indicator = find_indicator(engine, name)
        return find_series_target(
            engine, compute_result(engine, indicator, Selection(**selection), SCOPES["evaluator"])
        )

    assert find("response_rate_rr1", where=(("wave", "w1"),)) is None
    assert find("response_rate_rr1", by=("region",)) is None
    assert find("response_rate_rr1", period="2015") is None, "the second quarter has a baseline alone"
    assert find("members", grain="month", period="2015") is None
    assert find("members", grain="year", period="2015") == 50
