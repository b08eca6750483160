"""Wording of numbers, by worked examples."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.catalogue import list_indicators
from indicators.definition import Indicator, Unit
from ui.charts.text import label_row
from ui.words import numbers as text
from ui.words.tables import MOST_ROWS, write_table

UNITS: tuple[Unit, ...] = ("people", "share", "score", "difference", "index", "ties")


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (231.0, "people", "231"),
        (4500.0, "people", "4,500"),
        (0.0, "people", "0"),
        (0.72, "share", "72 %"),
        (0.725, "share", "73 %"),
        (0.125, "share", "13 %"),
        (0.29, "share", "29 %"),
        (0.0, "share", "0 %"),
        (1.0, "share", "100 %"),
        (0.004, "share", "0.4 %"),
        (0.0001, "share", "under 0.1 %"),
        (0.006, "share", "1 %"),
        (0.991, "share", "99 %"),
        (0.996, "share", "99.6 %"),
        (0.99996, "share", "over 99.9 %"),
        (3.75, "score", "3.8"),
        (3.0, "score", "3.0"),
        (0.309, "difference", "+0.31"),
        (-0.309, "difference", "\u22120.31"),
        (0.001, "difference", "0.00"),
        (-0.001, "difference", "0.00"),
        (-0.567, "index", "\u22120.57"),
        (0.567, "index", "0.57"),
        (2.44, "ties", "2.4"),
        (10.0, "number", "10"),
        (4.86, "number", "4.9"),
    ],
)
def test_a_figure_is_rounded_last_and_half_away_from_zero(value: float, unit: Unit, words: str) -> None:
    assert text.format_value(value, unit) == words


@pytest.mark.parametrize("unit", UNITS)
def test_a_missing_figure_is_never_zero_or_blank(unit: Unit) -> None:
    assert text.format_value(math.nan, unit) == "no figure"
    assert text.format_value(None, unit) == "no figure"


def find_of_unit(unit: Unit) -> Indicator:
    """An indicator of this unit, with a confidence interval if there is one."""
    of_unit = [one for one in list_indicators().values() if one.unit == unit and one.is_interval]
    return of_unit[0]


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (0.66, 0.78, "share", "95 % interval 66 to 78 %"),
        (0.0, 0.031, "share", "95 % interval 0 to 3 %"),
        (0.002, 0.0081, "share", "95 % interval 0.2 to 0.8 %"),
        (0.12, 0.5, "difference", "95 % interval +0.12 to +0.50"),
        (-0.1, 0.2, "difference", "95 % interval \u22120.10 to +0.20"),
        (3.61, 3.99, "score", "95 % interval 3.6 to 4.0"),
        (math.nan, math.nan, "people", ""),
        (None, None, "people", ""),
    ],
)
def test_an_interval_has_one_unit_and_even_decimals(
    low: float | None, high: float | None, unit: Unit, words: str
) -> None:
    assert text.format_interval(low, high, find_of_unit(unit)) == words


def test_what_a_figure_rests_on() -> None:
    assert text.format_n(231, 167, 231, "share") == "167 of 231"
    assert text.format_n(231, 880.2, 231, "score") == "n = 231"
    assert text.format_n(1200.0) == "n = 1,200"
    assert text.format_n(math.nan) == ""
    assert text.format_n(40, math.nan, 50, "share") == "n = 40"
    assert text.format_n(55, 20, 55, "share", step=5) == "20 to 24 of 55 to 59"
    assert text.format_n(55, unit="score", whom="members", step=5) == "n = 55 to 59 members"


def test_counts_have_their_noun() -> None:
    assert text.format_count(1) == "1 member"
    assert text.format_count(0, "row") == "0 rows"
    assert text.format_count(4500, "row") == "4,500 rows"


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("all", "all time"),
        ("2015", "2015"),
        ("2015-Q3", "quarter 3, 2015"),
        ("2015-09", "September 2015"),
        ("2015-W07", "week 7, 2015"),
        ("w1", "July survey"),
        ("w9", "w9"),
    ],
)
def test_periods_are_read_as_words(period: str, words: str) -> None:
    assert text.format_period(period, {"w1": "July survey"}) == words


def test_a_week_is_named_by_its_days() -> None:
    assert text.format_week_span("2015-W37") == "7 to 13 September 2015"
    assert text.format_week_span("2015-W40") == "28 September to 4 October 2015"
    assert text.format_week_span("2015-W53") == "28 December 2015 to 3 January 2016"


def test_days_and_moments() -> None:
    assert text.format_day(date(2015, 11, 9)) == "9 November 2015"
    assert text.format_weekday(date(2015, 11, 19)) == "Thursday 19 November 2015"
    assert text.format_moment("2015-11-19T14:05:00+01:00") == "19 November 2015, 13:05 UTC"
    assert text.format_moment("soon") == "soon"


def test_a_row_without_a_figure_says_why() -> None:
    hidden = {"status": "suppressed", "reason": "Hidden: fewer than 5 people."}
    assert text.describe_status(hidden) == "Hidden: fewer than 5 people."
    missing = {"status": "no_data", "reason": "load answers.csv."}
    assert text.describe_status(missing) == "No data: load answers.csv."
    assert text.describe_status({"status": "ok", "reason": ""}) == ""
    assert text.describe_estimate(hidden, find_of_unit("share")) == "Hidden: fewer than 5 people."


def test_an_estimate_is_one_phrase() -> None:
    row = {
        "status": "ok",
        "value": 0.723,
        "low": 0.661,
        "high": 0.777,
        "n": 231,
        "numerator": 167,
        "denominator": 231,
    }
    assert text.describe_estimate(row, find_of_unit("share")) == "72 % (95 % interval 66 to 78 %; 167 of 231)"
    count = {**row, "value": 231.0, "low": math.nan, "high": math.nan}
    assert text.describe_estimate(count, find_of_unit("people")) == "231"


def test_a_share_less_another_is_a_difference_in_points() -> None:
    row = {
        "status": "ok",
        "value": -0.36,
        "low": -0.41,
        "high": -0.3,
        "n": 12,
        "part": "Observed less expected",
    }
    row |= {"numerator": None, "denominator": None}
    words = text.describe_estimate(row, find_of_unit("share"))
    assert words == "\u221236 points (95 % interval \u221241 to \u221230 points; n = 12)"


@pytest.mark.parametrize(
    ("name", "words"),
    [("organisation_type", "Organisation type"), ("joined_period", "Joined"), ("item", "Item")],
)
def test_dimensions_are_read_as_words(name: str, words: str) -> None:
    assert text.name_dimension(name) == words


@given(st.text(max_size=80))
def test_escaped_text_has_no_live_markdown(raw: str) -> None:
    escaped = text.escape_markdown(raw)
    live = escaped.replace("\\\\", "")
    for place, sign in enumerate(live):
        if sign in "[]<>*_`#!:$":
            assert live[place - 1] == "\\"
    assert "\n" not in escaped


@given(st.floats(min_value=-1e6, max_value=1e6), st.sampled_from(UNITS))
def test_no_figure_is_a_signed_nought(value: float, unit: Unit) -> None:
    words = text.format_value(value, unit)
    if words.startswith(("\u2212", "+")):
        assert any(digit in words for digit in "123456789")


def test_the_ends_of_an_interval_are_told_apart() -> None:
    assert text.format_range(0.018, 0.024, "share") == "1.8 to 2.4 %"
    assert text.format_range(0.0231, 0.0234, "share") == "2.31 to 2.34 %"
    assert text.format_range(0.66, 0.78, "share") == "66 to 78 %"
    assert text.format_range(0.5, 0.5, "share") == "50 to 50 %"


def test_no_line_ends_between_a_number_and_what_it_is_of() -> None:
    said = text.keep_together("In 44 %, n = 134, p < 0.001 and a = 3")
    assert said == "In 44\u00a0%, n\u00a0=\u00a0134, p\u00a0<\u00a00.001 and a = 3"


def test_rows_are_a_real_table_whose_text_is_inert_and_whose_length_is_said() -> None:
    rows: list[dict[str, object]] = [{"File": "<b>a</b> 3 %", "Rows": 1234, "Why": None}] * (MOST_ROWS + 1)
    written = write_table(rows)
    assert written.count("<tr>") == MOST_ROWS + 1
    assert "&lt;b&gt;a&lt;/b&gt; 3\u00a0%" in written
    assert '<td class="number">1,234</td>' in written
    assert '<th scope="col">File</th>' in written
    assert f"The first {MOST_ROWS} of {MOST_ROWS + 1} rows." in written
    assert "The first" not in write_table(rows[:2])


def test_a_verdict_ends_before_the_statement_begins() -> None:
    assert label_row("Through it I know people.", "58 %", "▲ rose") == [
        "<b>58 %</b> ▲ rose:  Through it I know people."
    ]
    assert label_row("", "58 %", "▲ rose") == ["<b>58 %</b> ▲ rose"]
