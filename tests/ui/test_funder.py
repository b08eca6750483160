"""The funder's page: sentences and charts of gated figures, hidden ones said as hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from math import nan
from pathlib import Path

import pandas as pd
import pytest

from indicators.catalogue import list_indicators
from indicators.result import FIGURES, Passport, Result
from indicators.selection import Selection
from sharing.sealing.extract import Extract
from sharing.store.links import open_links
from ui.share.sealed_chart import choose_rows, draw_figure, find_earlier
from ui.share.sealed_page import HIDDEN, explain, read_latest, write_headline
from ui.share.sealed_words import describe_restated

WAVES = {"w1": "Spring wave", "w2": "Autumn wave"}


def make_result(
    indicator_id: str, rows: Sequence[Mapping[str, object]], *, by: tuple[str, ...] = ()
) -> Result:
    """A gated result; `rows` give what differs from a figure that is hidden."""
    indicator = list_indicators()[indicator_id]
    dimensions = (*indicator.measures, *by)
    empty: dict[str, object] = {
        "period": "all",
        "is_complete": True,
        "status": "suppressed",
        "reason": "Hidden: x.",
    }
    table = pd.DataFrame([{**empty, **dict.fromkeys(FIGURES, nan), **row} for row in rows])
    passport = Passport(
        indicator=indicator,
        selection=Selection(by=by),
        release="r1",
        published_at="2016-01-04T00:00:00+00:00",
        complete_to=date(2016, 1, 3),
        attributes="current in the release",
        sources=(),
        checks_passed=3,
        checks_failed=0,
        role="funder",
        is_synthetic=True,
    )
    return Result(indicator, passport.selection, dimensions, table, passport)


def show(
    period: str, value: float, numerator: float, denominator: float, **more: object
) -> dict[str, object]:
    figures = {"value": value, "low": value - 0.05, "high": value + 0.05, "n": denominator}
    return {
        "period": period,
        "status": "ok",
        "reason": "",
        **figures,
        "numerator": numerator,
        "denominator": denominator,
        **more,
    }


def make_extract(*results: Result) -> Extract:
    return Extract(
        "0a1b2c3d", "x", "r1", "", date(2016, 1, 3), datetime(2016, 1, 4, tzinfo=UTC), True, WAVES, results
    )


def test_the_headline_says_the_latest_figures_that_are_shown() -> None:
    members = make_result("members", [show("2015-Q3", 225, 225, nan), show("2015-Q4", 220, 220, nan)])
    active = make_result("active_members", [show("2015-Q4", 0.9, 200, 220)])
    attendance = make_result("attendance_rate", [show("2015-Q3", 0.22, 255, 1145), {"period": "2015-Q4"}])
    assert write_headline(make_extract(members, active, attendance)) == (
        "In quarter 4, 2015 the community had about 220 members and 90 % of members were active; "
        "in quarter 3, 2015 the attendance rate was 22 %."
    )


def test_a_headline_without_any_figure_invents_none() -> None:
    hidden = make_result("members", [{"period": "2015-Q4"}])
    for extract in (make_extract(), make_extract(hidden)):
        assert write_headline(extract) == "What can be shared of this evaluation, and what it rests on."


def test_the_latest_figure_is_read_out_with_its_interval() -> None:
    response = make_result("response_rate_rr1", [show("w1", 0.7, 70, 100), show("w2", 0.6, 60, 100)])
    assert read_latest(response, WAVES) == "Autumn wave: 60 % (95 % interval 55 to 65 %; 60 of 100)."
    retention = make_result("membership_retention", [show("all", 0.85, nan, 85, time_days="180")])
    assert read_latest(retention, WAVES) == "85 % (95 % interval 80 to 90 %; n = 85) after 180 days."


def test_a_figure_that_is_hidden_everywhere_says_so() -> None:
    hidden = make_result("response_rate_rr1", [{"period": "w1"}])
    assert read_latest(hidden, WAVES) == HIDDEN
    assert list(explain(hidden).table["reason"]) == [HIDDEN]
    assert "nearly nobody or nearly everybody" in HIDDEN
    missing = make_result("response_rate_rr1", [{"period": "w1", "status": "no_data"}])
    assert read_latest(missing, WAVES) == "No data."


def test_groups_are_drawn_for_the_latest_wave_in_which_any_is_shown() -> None:
    rows: list[Mapping[str, object]] = [
        show("w1", 0.7, 35, 50, profession="Nurse"),
        {"period": "w1", "profession": "Doctor"},
        {"period": "w2", "profession": "Nurse"},
        {"period": "w2", "profession": "Doctor"},
    ]
    drawn = choose_rows(make_result("response_rate_rr1", rows, by=("profession",)))
    assert list(zip(drawn["period"], drawn["profession"], strict=True)) == [("w1", "Nurse"), ("w1", "Doctor")]


def test_a_hidden_row_is_a_word_and_not_a_zero() -> None:
    rows: list[Mapping[str, object]] = [
        show("w1", 0.7, 35, 50, profession="Nurse"),
        {"period": "w1", "profession": "Doctor"},
    ]
    result = make_result("response_rate_rr1", rows, by=("profession",))
    figure = draw_figure(result, result.table, WAVES)
    (trace,) = figure.data
    assert list(trace.y) == ["Nurse", "Doctor"]
    assert trace.x[0] == pytest.approx(70)
    assert trace.x[1] is None
    assert trace.error_x.arrayminus[0] == pytest.approx(5)
    assert [(note.y, note.text) for note in figure.layout.annotations] == [("Doctor", "hidden")]


def test_several_constructs_are_drawn_once_each_over_the_wave_before() -> None:
    rows: list[Mapping[str, object]] = [
        show(wave, value, 100 * value, 100, construct=name)
        for wave, values in (("w1", (0.5, 0.6, 0.7, 0.1, 0.2)), ("w2", (0.4, 0.9, 0.8, 0.3, 0.35)))
        for name, value in zip("ABCDE", values, strict=True)
    ]
    rows[0] = {"period": "w1", "construct": "A"}
    result = make_result("construct_positive", rows)
    drawn, earlier = choose_rows(result), find_earlier(result)
    assert set(drawn["period"]) == {"w2"}
    assert list(zip(earlier["period"], earlier["construct"], strict=True)) == [
        ("w1", name) for name in "BCDE"
    ]
    assert read_latest(result, WAVES) == "Autumn wave: from 30 % (D) to 90 % (B)."
    latest, pale = draw_figure(result, drawn, WAVES, earlier).data
    assert list(latest.y) == list("ABCDE")
    assert dict(zip(pale.y, pale.x, strict=True)) == pytest.approx({"B": 60, "C": 70, "D": 10, "E": 20})
    assert find_earlier(make_result("members", [show("w1", 20, 20, nan), show("w2", 30, 30, nan)])).empty


def test_the_banner_says_since_when_and_what_to_do(tmp_path: Path) -> None:
    store = open_links(tmp_path)
    pinned, _ = store.create_link("x", release_id="r1")
    following, _ = store.create_link("y")
    assert describe_restated(pinned) == ""
    assert describe_restated(store.note_restated(pinned.id, date(2016, 1, 5), ["Members"])) == (
        "Some of these figures have been restated since 5 January 2016: Members. "
        "Please ask the person who sent you this link for a new one."
    )
    assert describe_restated(store.note_restated(following.id, date(2016, 1, 5), ["Members", "Ties"])) == (
        "Figures restated on 5 January 2016: Members, Ties. This page shows them as they are now."
    )


def test_names_from_the_data_are_inert_in_a_chart() -> None:
    name = "<b>x</b>&"
    result = make_result(
        "members",
        [show("all", 20, 20, nan, profession=name), show("all", 30, 30, nan, profession="y")],
        by=("profession",),
    )
    (trace,) = draw_figure(result, result.table, WAVES).data
    assert trace.y[0] == "&lt;b&gt;x&lt;/b&gt;&amp;"
    assert "<" not in trace.customdata[0]
