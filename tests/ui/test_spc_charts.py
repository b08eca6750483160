"""A control chart's figure holds its points, limits and notes; its sentence says what stands out and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import isnan, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.definition import Direction
from indicators.result import Result
from indicators.statistics.spc import SpcChart, make_chart, make_charts
from journal.store import Entry, Kind
from tests.ui.test_charts import make_result, row
from ui.charts.control.drawing import draw_spc
from ui.charts.control.noted import choose_rebases
from ui.charts.control.reading import describe_flags, read_spc
from ui.charts.parts import BLUE, ORANGE, mark_time
from ui.words.numbers import find_monday


def make_weeks(
    values: list[float], *, is_last_complete: bool = True, direction: Direction | None = None
) -> Result:
    rows = [
        row(f"2015-W{place + 1:02d}", None if isnan(value) else value) for place, value in enumerate(values)
    ]
    for entry in rows:
        entry["status"] = "ok" if "value" in entry else "suppressed"
    rows[-1]["is_complete"] = is_last_complete
    result = make_result("active_members", rows)
    return replace(
        result, indicator=replace(result.indicator, direction=direction or result.indicator.direction)
    )


def read_traces(result: Result, chart: SpcChart) -> dict[str, Any]:
    return {trace.name: trace for trace in draw_spc(result, chart).data}


STEADY = [0.40, 0.42] * 8


def test_points_centre_and_limits_are_those_of_the_chart() -> None:
    result = make_weeks(STEADY)
    chart = make_chart(result)
    traces = read_traces(result, chart)
    assert list(traces["points"].y) == STEADY
    lines = [traces[name] for name in ("centre", "lower", "upper")]
    assert [line.y[0] for line in lines] == pytest.approx([0.41, 0.41 - 2.66 * 0.02, 0.41 + 2.66 * 0.02])
    assert {line.line.shape for line in lines} == {"hvh"}
    assert list(traces["path"].y) == STEADY
    assert set(traces["points"].marker.symbol) == {"circle"}
    words = [str(annotation.text) for annotation in draw_spc(result, chart).layout.annotations]
    assert words == ["lower 36 %", "mean 41 %", "upper 46 %"]


def test_a_line_between_two_counts_keeps_its_decimal_and_the_axis_its_whole_numbers() -> None:
    result = make_result("leavers", [row("2015-10", 6), row("2015-11", 7)])
    figure = draw_spc(result, make_chart(result))
    assert [annotation.text for annotation in figure.layout.annotations] == ["median 6.5"]
    assert figure.layout.yaxis.ticktext == ("5", "6", "7", "8")
    result = make_result("leavers", [row("2015-10", 6), row("2015-11", 60)])
    figure = draw_spc(result, make_chart(result))
    assert [annotation.text for annotation in figure.layout.annotations] == ["median 33"]
    assert {int(one) % 10 for one in figure.layout.yaxis.ticktext} == {0}


@pytest.mark.parametrize(
    ("direction", "shapes", "colours"),
    [
        ("up", ["square", "diamond"], [ORANGE, BLUE]),
        ("down", ["diamond", "square"], [BLUE, ORANGE]),
        ("neutral", ["triangle-down", "triangle-up"], None),
    ],
)
def test_flagged_points_are_told_by_shape_and_colour(
    direction: Direction, shapes: list[str], colours: list[str] | None
) -> None:
    result = make_weeks([*STEADY, 0.1, *STEADY, 0.9], direction=direction)
    points = read_traces(result, make_chart(result))["points"]
    places = [16, 33]
    assert [points.marker.symbol[place] for place in places] == shapes
    if colours:
        assert [points.marker.color[place] for place in places] == colours
    assert {points.marker.symbol[place] for place in range(34) if place not in places} == {"circle"}


def test_an_incomplete_point_is_hollow_and_a_hidden_one_is_a_word() -> None:
    values = [*STEADY, 0.05]
    values[3] = nan
    result = make_weeks(values, is_last_complete=False)
    figure = draw_spc(result, make_chart(result))
    traces = {trace.name: trace for trace in figure.data}
    points = traces["points"]
    assert points.marker.symbol[-1] == "circle-open"
    assert points.y[-1] == 0.05
    assert np.isnan(points.y[3])
    assert traces["path"].y[3] is None
    assert traces["path"].y[-1] is None
    assert traces["path"].connectgaps is False
    assert (list(traces["path so far"].y), traces["path so far"].line.dash) == ([0.42, 0.05], "dot")
    assert "hidden" in [annotation.text for annotation in figure.layout.annotations]
    assert "incomplete, not judged" in points.text[-1]


def test_limits_step_at_a_rebase_and_its_note_is_inert() -> None:
    values = [*STEADY, *(value + 0.3 for value in STEADY)]
    result = make_weeks(values)
    note = "<b>New</b> platform & a very long story about why all of it changed in that week"
    chart = make_chart(result, [("2015-W17", note)])
    figure = draw_spc(result, chart)
    traces = {trace.name: trace for trace in figure.data}
    centre = traces["centre"]
    assert [height for height in centre.y if height is not None] == pytest.approx([0.41] * 16 + [0.71] * 16)
    assert centre.y[16] is None
    assert centre.x[16] == centre.x[17] == traces["points"].x[16]
    texts = [str(annotation.text) for annotation in figure.layout.annotations]
    assert any(
        text.replace("<br>", " ").startswith("&lt;b&gt;New&lt;/b&gt; platform &amp; a very") for text in texts
    )
    assert not any("<b>" in text for text in texts)
    assert [shape.x0 for shape in figure.layout.shapes] == [15.5]


def test_the_target_is_a_dashed_line() -> None:
    result = make_weeks(STEADY)
    chart = make_chart(result, target=0.6)
    target = read_traces(result, chart)["target"]
    assert set(target.y) == {0.6}
    assert target.line.dash == "dash"
    assert read_spc(result, chart) == (
        "No signal in 16 weeks: the ups and downs are what this process does by itself; "
        "the target of 60 % will not be met unless something changes."
    )
    assert "is met as a matter of course" in read_spc(result, make_chart(result, target=0.2))
    assert "by chance" in read_spc(result, make_chart(result, target=0.41))


def test_labels_of_lines_that_lie_close_are_moved_apart() -> None:
    result = make_weeks(STEADY)
    figure = draw_spc(result, make_chart(result, target=0.411))
    named = {str(one.text).split()[0]: one for one in figure.layout.annotations}
    assert named["mean"].yshift == 0
    assert 10 <= named["target"].yshift <= 13


def test_a_run_chart_has_a_median_and_no_limits() -> None:
    result = make_weeks(STEADY[:8])
    chart = make_chart(result)
    figure = draw_spc(result, chart)
    assert [trace.name for trace in figure.data] == ["path", "centre", "points"]
    assert [annotation.text for annotation in figure.layout.annotations] == ["median 41 %"]
    assert read_spc(result, chart) == (
        "Too few weeks to judge: 8 weeks, and limits need 12 in a row; only 5 in a row that rise or fall would stand out, "
        "and there are none."
    )


def test_the_sentence_says_that_nothing_stands_out() -> None:
    result = make_weeks([0.40, 0.42] * 12)
    assert (
        read_spc(result, make_chart(result))
        == "No signal in 24 weeks: the ups and downs are what this process does by itself."
    )


def test_the_sentence_names_what_stands_out() -> None:
    result = make_weeks([*STEADY, 0.33])
    assert read_spc(result, make_chart(result)) == (
        "1 of 17 weeks stands out, week 17, 2015 (below the lower limit: concerning); "
        "the others are what this process does by itself."
    )
    both = make_weeks([*STEADY, 0.33, *STEADY, 0.49, 0.05], is_last_complete=False)
    assert read_spc(both, make_chart(both)) == (
        "2 of 34 weeks stand out (1 concerning, 1 improving), the latest week 34, 2015 "
        "(above the upper limit: improving); the others are what this process does by itself; "
        "week 35, 2015 is incomplete and not judged."
    )
    few = make_weeks([0.4])
    assert (
        read_spc(few, make_chart(few))
        == "1 week with a figure: too few to say anything about change over time."
    )


def test_a_short_group_is_said_to_be_provisional() -> None:
    result = make_weeks([*STEADY, 0.7, 0.72, 0.7])
    chart = make_chart(result, [("2015-W17", "Moved")])
    assert read_spc(result, chart).endswith(
        "; limits from week 17, 2015 are provisional, with fewer than 12 weeks."
    )


def test_flags_in_words_name_the_rule_of_their_kind_of_chart() -> None:
    result = make_weeks([0.1, 0.2, 0.3, 0.4, 0.5])
    chart = make_chart(result)
    assert describe_flags(chart, chart.points[0]) == "5 or more in a row rising: improving"
    long = make_chart(make_weeks([*([0.2, 0.6] * 8), *([0.45, 0.5] * 4)]))
    assert describe_flags(long, long.points[-1]) == "7 or more in a row above the mean: improving"
    assert describe_flags(long, long.points[0]) == ""


def make_entry(kind: Kind, period: str, text: str, indicator_id: str = "active_members") -> Entry:
    return Entry(1, kind, indicator_id, period, text, "a", datetime(2015, 1, 1, tzinfo=UTC), None, "", "")


def test_rebases_of_the_journal_are_of_the_indicator_and_at_its_periods() -> None:
    entries = [
        make_entry("rebase", "2015-W05", "newest"),
        make_entry("rebase", "2015-W05", "older"),
        make_entry("rebase", "2015-W02", "earlier"),
        make_entry("rebase", "2015-02", "a month, in a chart of weeks"),
        make_entry("rebase", "2015-W03", "another figure", "members"),
        make_entry("annotation", "2015-W04", "a note"),
    ]
    result = make_weeks(STEADY)
    assert choose_rebases(result, entries) == [("2015-W02", "earlier"), ("2015-W05", "newest")]
    make_chart(result, choose_rebases(result, entries))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    values=st.lists(st.one_of(st.just(nan), st.floats(0, 1)), min_size=1, max_size=40),
    is_last_complete=st.booleans(),
    rebase=st.integers(0, 39),
    direction=st.sampled_from(["up", "down", "neutral"]),
)
def test_any_series_can_be_drawn_and_read(
    values: list[float], is_last_complete: bool, rebase: int, direction: Direction
) -> None:
    result = make_weeks(values, is_last_complete=is_last_complete, direction=direction)
    rebases = [(f"2015-W{rebase + 1:02d}", "why")] if rebase < len(values) else []
    chart = make_chart(result, rebases, 0.5)
    points = read_traces(result, chart)["points"]
    np.testing.assert_array_equal(np.array(points.y, dtype=float), np.array(values))
    sentence = read_spc(result, chart)
    assert sentence.endswith(".")
    flagged = sum(bool(point.flags) for point in chart.points)
    assert (f"{flagged} of " in sentence) == (flagged > 0)


def test_the_line_of_a_group_hovers_with_its_own_figures() -> None:
    rows = [
        row(f"2015-W{week:02d}", value, profession=group)
        for week in range(1, 15)
        for group, value in (("Nurse", 0.4), ("Doctor", 0.8))
    ]
    result = make_result("active_members", rows, ("profession",))
    nurses, doctors = make_charts(result)
    assert "Nurse" in read_traces(result, nurses)["points"].text[0]
    assert "80 %" in read_traces(result, doctors)["points"].text[0]


def test_events_and_notes_stand_on_the_chart_where_they_happened() -> None:
    result = make_weeks(STEADY)
    chart = make_chart(result)
    weeks = [point.period for point in chart.points]
    days = [(find_monday(weeks[3]).isoformat(), "A call"), ("1999-01-01", "Long ago")]
    figure = draw_spc(result, chart, notes=[(weeks[5], "<b>Rain</b>")], events=days)
    traces = {trace.name: trace for trace in figure.data}
    points = traces["points"]
    marks = traces["events"]
    assert (list(marks.x), list(marks.text)) == ([points.x[3]], [f"{points.x[3]}: A call"])
    assert max(marks.y) < min(points.y)
    assert [shape.x0 for shape in figure.layout.shapes] == [5]
    assert "&lt;b&gt;Rain&lt;/b&gt;" in [one.text for one in figure.layout.annotations]


def test_an_axis_of_weeks_is_read_by_month() -> None:
    weeks = [f"2015-W{number:02d}" for number in range(14, 54)]
    ticks = mark_time(weeks, {})
    assert ticks["ticktext"] == ["Apr<br>2015", "Jun", "Aug", "Oct", "Dec"]
    assert ticks["tickvals"] == [f"week {number}, 2015" for number in (14, 23, 32, 40, 49)]
    months = mark_time(["2015-11", "2015-12", "2016-01"], {})
    assert months["ticktext"] == ["Nov<br>2015", "Dec", "Jan<br>2016"]
    assert mark_time(["A1", "A2"], {"A1": "Wave 1", "A2": "Wave 2"})["ticktext"] == ["Wave 1", "Wave 2"]
    assert mark_time([], {})["tickvals"] == []
