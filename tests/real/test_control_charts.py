"""The public A&E series against NHSRplotthedots, point by point: limits, flags and what they mean.

Loaded as activities of one pseudo member and asked through the commands, and the same straight through the chart. The
data lie beside the project, see ../shared/real/README.md there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from indicators.statistics.spc import Observation, Rebase, SpcChart, build_chart
from tests.real.networks import REAL, load, read_rows, write_table

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder ../shared/real is not there"),
]
CASES: list[tuple[str, list[Rebase]]] = [
    ("stable", []),
    ("all", []),
    ("rebase_2018-07-01", [("2018-07", "Three sites are counted from now on")]),
]
TYPES = {
    "Above UCL": "above limits",
    "Below LCL": "below limits",
    "7 Point Trend (Increasing)": "rising",
    "7 Point Trend (Decreasing)": "falling",
    "2 in 3 Above CL": "2 of 3 high",
    "2 in 3 Below CL": "2 of 3 low",
    "7 Points Above CL": "run above",
    "7 Points Below CL": "run below",
}
MEANINGS = {
    "common_cause": "common cause",
    "special_cause_improvement": "improving",
    "special_cause_concern": "concerning",
}


def read_expected(name: str) -> list[dict[str, str]]:
    return read_rows(f"spc_ae/expected_ptd_RRK_{name}.csv")


def check_printed(value: float, printed: str) -> None:
    """Equal to every printed digit."""
    assert f"{value:.15g}" == printed or abs(value - float(printed)) < 10.0 ** -(
        len(printed.partition(".")[2])
    )


@pytest.mark.parametrize(("name", "rebases"), CASES)
def test_every_point_of_plot_the_dots(name: str, rebases: list[Rebase]) -> None:
    expected = read_expected(name)
    observations = [Observation(row["x"][:7], float(row["y"])) for row in expected]
    chart = build_chart(observations, "down", rebases=rebases)
    assert (chart.kind, len(chart.points)) == ("xmr", len(expected))
    for point, row in zip(chart.points, expected, strict=True):
        for value, column in ((point.centre, "mean_col"), (point.lower, "lpl"), (point.upper, "upl")):
            check_printed(value, row[column])
        assert point.group == int(row["rebase_group"])
        assert ("above limits" in point.flags or "below limits" in point.flags) == (
            row["outside_limits"] == "TRUE"
        )
        assert (point.value > point.centre) - (point.value < point.centre) == int(row["relative_to_mean"])
        is_close = (
            not point.inner_lower <= point.value <= point.inner_upper
            and point.lower <= point.value <= point.upper
        )
        assert is_close == (row["close_to_limits"] == "TRUE")
        assert bool(point.flags) == (row["special_cause_flag"] == "TRUE")
        first = point.flags[0] if point.flags else "Common Cause"
        assert first == TYPES.get(row["special_cause_type"], row["special_cause_type"])
        assert point.meaning == MEANINGS[row["point_type"]]
    short = {row["x"][:7] for row in expected if row["short_group_warning"] == "TRUE"}
    assert list(chart.short_groups) == sorted(short)[:1]


def judge(target: float) -> SpcChart:
    observations = [Observation(row["x"][:7], float(row["y"])) for row in read_expected("stable")]
    return build_chart(observations, "down", target=target)


def test_assurance_against_a_target_of_breaches() -> None:
    """Limits 849.7932 and 2573.957: fewer breaches are better."""
    assert judge(2574).assurance == "consistently hits"
    assert judge(2000).assurance == "hit and miss"
    assert judge(849).assurance == "consistently misses"


@pytest.mark.parametrize(("name", "rebases"), CASES)
def test_the_same_through_the_commands(tmp_path: Path, ask: Any, name: str, rebases: list[Rebase]) -> None:
    expected = read_expected(name)
    folder = tmp_path / "in"
    write_table(folder, "members", "member_id joined_on", [("RRK", "2016-01-01")])
    rows = [
        ("RRK", f"{row['period']}T12:00:00Z", kind, row[kind])
        for row in read_rows("spc_ae/ae_attendances_RRK.csv")
        if row["period"] in {one["x"] for one in expected}
        for kind in ("breaches", "attendances")
    ]
    write_table(folder, "activities", "member_id at kind amount", rows)
    end = expected[-1]["x"][:7]
    data = load(folder, complete_to=f"{end}-31")
    asked = ["--period", "month", "--where", "activity_kind=breaches", "--limits"]
    asked += [part for period, note in rebases for part in ("--rebase", f"{period}={note}")]
    records = {record["period"]: record for record in ask(data, "activity_amount", *asked)}
    records = {period: record for period, record in records.items() if period >= "2016-04"}
    assert list(records) == [row["x"][:7] for row in expected]
    for record, row in zip(records.values(), expected, strict=True):
        assert record["value"] == float(row["y"])
        for figure, column in (("centre", "mean_col"), ("lower", "lpl"), ("upper", "upl")):
            check_printed(record[figure], row[column])
        assert (record["flags"] or ["Common Cause"])[0] == TYPES.get(
            row["special_cause_type"], row["special_cause_type"]
        )


def test_the_data_are_those_of_the_readme() -> None:
    assert (REAL / "spc_ae").is_dir()
    (limits,) = {(row["lpl"], row["upl"]) for row in read_expected("stable")}
    assert [round(float(limit), 4) for limit in limits] == [849.7932, 2573.9568]
