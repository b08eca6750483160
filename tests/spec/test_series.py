"""Series that are counted elsewhere: rows in, values and shares by period and name out, and their control charts."""

from __future__ import annotations

import json
from datetime import date

import pytest

from etl.load import find_last
from indicators.__main__ import main
from tests.conftest import MakeRelease
from tests.figures import read_cells
from warehouse.engine import Engine

MEASUREMENTS = """
series | period   | value | denominator
Visits | 2015-01  | 120   |
Visits | 2015-02  | 90.5  |
Visits | 2015-Q1  | 300   |
Posts  | 2015-02  | 4     |
Opened | 2015-01  | 30    | 40
Opened | Feb-2015 | 0     | 50
"""


@pytest.fixture(scope="module")
def series(make_release: MakeRelease) -> Engine:
    return make_release({"measurements": MEASUREMENTS})


@pytest.mark.spec("series_values")
def test_the_value_of_each_series_in_its_period(series: Engine) -> None:
    assert read_cells(series, "series_values", "value", grain="month") == {
        ("2015-01", "Visits"): 120,
        ("2015-02", "Visits"): 90.5,
        ("2015-02", "Posts"): 4,
    }
    assert read_cells(series, "series_values", "value", period="2015-Q1") == {("2015-Q1", "Visits"): 300}


@pytest.mark.spec("series_shares")
def test_shares_of_what_each_was_counted_out_of(series: Engine) -> None:
    # 30 of 40 opened in January; "Feb-2015" is what a spreadsheet makes of a month.
    assert read_cells(series, "series_shares", "value", "numerator", "denominator", "n", grain="month") == {
        ("2015-01", "Opened"): (0.75, 30, 40, 40),
        ("2015-02", "Opened"): (0, 0, 50, 50),
    }


def test_a_release_of_a_series_alone_reaches_to_the_end_of_its_last_period(series: Engine) -> None:
    manifest = series.release.manifest
    assert (manifest["first_on"], manifest["complete_to"]) == ("2015-01-01", date(2015, 3, 31).isoformat())


def test_the_command_gives_a_series_its_control_chart(
    make_release: MakeRelease, capsys: pytest.CaptureFixture[str]
) -> None:
    months = "\n".join(f"2015-{month:02d},{100 + month % 3}" for month in range(1, 13))
    engine = make_release({"measurements": f"period,value\n{months}\n"})
    data = engine.release.path.parent.parent
    assert find_last(data) is not None
    assert (
        main(
            [
                "value",
                "series_values",
                "--period",
                "month",
                "--limits",
                "--format",
                "json",
                "--data",
                str(data),
            ]
        )
        == 0
    )
    records = json.loads(capsys.readouterr().out)
    assert len(records) == 12
    assert {record["dimensions"]["series"] for record in records} == {"measurements"}
    assert {round(record["centre"], 6) for record in records} == {101.0}
