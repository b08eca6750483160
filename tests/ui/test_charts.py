"""Figures hold the numbers of their result; what is hidden is a word and never a 0; labels are inert."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.catalogue import list_indicators
from indicators.result import FIGURES, Passport, Result
from indicators.selection import Selection
from ui.charts.connections.map import Panel, draw_map
from ui.charts.kinds import draw
from ui.charts.kinds.rows import draw_bars
from ui.charts.parts import BLUE, GREY, ORANGE, list_axis
from ui.charts.picture.draw import draw_picture
from ui.charts.picture.settled import settle
from ui.charts.text import PHONE, measure, wrap
from ui.words.readings import read_result

KNOWN = list_indicators()
KINDS = {indicator.chart: indicator.id for indicator in KNOWN.values()} | {"bars": "response_rate_rr1"}


def make_result(indicator_id: str, rows: list[dict[str, object]], by: tuple[str, ...] = ()) -> Result:
    indicator = KNOWN[indicator_id]
    selection = Selection(by=by)
    dimensions = (*indicator.measures, *by)
    table = pd.DataFrame(rows).reindex(
        columns=["period", "is_complete", *dimensions, *FIGURES, "status", "reason"]
    )
    table = table.astype(dict.fromkeys(FIGURES, "float64"))
    table["is_complete"] = [bool(row.get("is_complete", True)) for row in rows]
    passport = Passport(
        indicator,
        selection,
        "r",
        "2016-01-04T09:00:00+00:00",
        date(2016, 1, 3),
        "current",
        (),
        1,
        0,
        "admin",
        True,
    )
    return Result(indicator, selection, dimensions, table, passport)


def row(period: str, value: float | None, status: str = "ok", **dimensions: object) -> dict[str, object]:
    if value is None:
        return {"period": period, "status": status, "reason": "Hidden: few people.", **dimensions}
    return {
        "period": period,
        "value": value,
        "low": max(value - 0.1, 0),
        "high": min(value + 0.1, 1),
        "n": 50,
        "numerator": round(50 * value),
        "denominator": 50,
        "status": status,
        "reason": "",
        **dimensions,
    }


def texts(result: Result) -> list[str]:
    return [str(annotation.text) for annotation in draw(result).layout.annotations]


def test_bars_hold_the_value_and_the_interval_of_each_row() -> None:
    result = make_result(
        "attendance_rate",
        [row("all", 0.4, profession="Nurse"), row("all", 0.7, profession="Doctor")],
        ("profession",),
    )
    (bar,) = draw(result).data
    assert list(bar.x) == [0.4, 0.7]
    assert list(bar.error_x.array) == pytest.approx([0.1, 0.1])
    assert list(bar.error_x.arrayminus) == pytest.approx([0.1, 0.1])
    assert texts(result) == ["<b>40 %</b>  Nurse", "<b>70 %</b>  Doctor"]


def test_a_hidden_row_is_a_word_and_no_bar() -> None:
    rows = [row("all", None, "suppressed", profession="Nurse"), row("all", 0.7, profession="Doctor")]
    result = make_result("attendance_rate", rows, ("profession",))
    (bar,) = draw(result).data
    assert list(bar.x) == [0.7]
    assert texts(result)[0] == "<b>hidden</b>  Nurse"
    assert "1 figure is hidden" in read_result(result)


def test_labels_from_the_data_are_inert() -> None:
    result = make_result("attendance_rate", [row("all", 0.4, profession="<img src=x>&")], ("profession",))
    figure = draw(result)
    assert "<img" not in str(figure.layout.annotations)
    assert "<img" not in "".join(figure.data[0].text)
    assert "&lt;img src=x&gt;&amp;" in str(figure.layout.annotations)


def test_a_line_marks_the_incomplete_period_and_leaves_a_gap_for_a_hidden_one() -> None:
    rows = [row(f"2015-W{week:02d}", 0.5) for week in range(20, 28)]
    rows[3] = row("2015-W23", None, "suppressed")
    rows[-1]["is_complete"] = False
    line, low, high = draw(make_result("active_members", rows)).data
    assert np.isnan(line.y[3])
    assert list(line.marker.symbol) == ["circle"] * 7 + ["circle-open"]
    assert low.y[0] == pytest.approx(0.4)
    assert high.y[0] == pytest.approx(0.6)


def test_neighbouring_hidden_periods_are_one_band_with_one_word() -> None:
    rows = [row(f"2015-W{week:02d}", 0.5) for week in range(20, 40)]
    for place in (3, 10, 11, 12):
        rows[place] = row(str(rows[place]["period"]), None, "suppressed")
    layout = draw(make_result("active_members", rows)).layout
    assert [(band.x0, band.x1) for band in layout.shapes] == [(2.5, 3.5), (9.5, 12.5)]
    assert [(word.text, word.x, word.textangle) for word in layout.annotations] == [
        ("hidden", 3, -90),
        ("hidden", 11, 0),
    ]


def test_a_likert_bar_is_centred_on_the_middle_of_its_scale() -> None:
    shares = [0.1, 0.2, 0.3, 0.3, 0.1]
    rows = [row("A1", share, item="q1", answer=str(step)) for step, share in enumerate(shares, 1)]
    *bars, middle = draw(make_result("item_distribution", rows)).data
    assert [bar.x[0] for bar in bars] == shares
    assert set(middle.x) == {0, None}
    assert min(one for one in middle.y if one is not None) >= bars[0].width / 2, (
        "under the bar, not through its figures"
    )
    assert bars[0].base[0] == pytest.approx(-(0.1 + 0.2 + 0.15))
    assert bars[2].base[0] == pytest.approx(-0.15)


def test_an_item_with_answers_of_its_own_is_not_named_by_the_legend_of_the_others() -> None:
    agree, rungs = ("Disagree", "Neither", "Agree"), ("Dormant", "Active", "Core")
    scales = {"q0": rungs, "q1": agree, "q2": agree}
    rows = [
        row("A1", share, item=item, answer=answer)
        for item, scale in scales.items()
        for share, answer in zip((0.2, 0.3, 0.5 if item != "q2" else 0.1), scale, strict=True)
    ]
    result = make_result("item_distribution", rows)
    figure = draw(result)
    (legend,) = [note.text for note in figure.layout.annotations if "◼" in note.text]
    assert all(word in legend for word in agree)
    assert not any(word in legend for word in rungs)
    assert "q0 (from “Dormant” to “Core”)" in texts(result)
    assert read_result(result) == (
        "In A1 the upper half of the scale has most answers for q1 (50 %) and fewest for q2 (10 %); "
        "1 item, reversed or with answers of other words, is not ranked."
    )
    turned = replace(result, reversed_items=frozenset({"q2"}))
    assert "q2" not in read_result(turned)


def test_a_likert_row_with_a_hidden_share_shows_no_bar_at_all() -> None:
    rows = [row("A1", 0.5, item="q1", answer="1"), row("A1", None, "suppressed", item="q1", answer="2")]
    figure = draw(make_result("item_distribution", rows))
    assert len(figure.data) == 0
    assert "hidden" in figure.layout.annotations[0].text


def test_the_survival_curve_starts_at_one_and_names_those_at_risk() -> None:
    rows = [row("all", value, time_days=str(day)) for day, value in ((10, 0.9), (40, 0.8))]
    result = make_result("membership_retention", rows)
    curve = draw(result).data[0]
    assert list(curve.x) == [0, 10, 40]
    assert list(curve.y) == [1, 0.9, 0.8]
    assert curve.line.shape == "hv"
    assert "At risk:" in texts(result)
    assert "50" in texts(result)


def test_a_hidden_cell_of_the_triangle_is_grey_and_one_without_a_cohort_is_empty() -> None:
    rows = [
        row("all", 1.0, joined_period="2015-04", periods_since="0"),
        row("all", None, "suppressed", joined_period="2015-04", periods_since="1"),
        row("all", 1.0, joined_period="2015-05", periods_since="0"),
    ]
    figure = draw(make_result("cohort_retention", rows))
    grey, shown = figure.data
    assert figure.layout.xaxis.title.text.endswith("(–: hidden)")
    assert list(shown.y) == ["May 2015", "April 2015"]
    assert [list(line) for line in shown.z] == [[1.0, None], [1.0, None]]
    assert [list(line) for line in grey.z] == [[None, None], [None, 0]]
    assert [list(line) for line in shown.text] == [["100", ""], ["100", "–"]]
    assert "hidden" not in draw(make_result("cohort_retention", rows[:1])).layout.xaxis.title.text


def test_a_curve_of_which_nothing_is_shown_is_named_as_hidden() -> None:
    rows = [
        row("all", 0.9, time_days="60", profession="Nurse"),
        row("all", None, "suppressed", time_days="60", profession="Doctor"),
    ]
    result = make_result("membership_retention", rows, ("profession",))
    assert "Hidden: Doctor" in texts(result)
    assert [trace.name for trace in draw(result).data] == ["Nurse"]
    nothing = make_result("membership_retention", [row("all", None, "suppressed", time_days="60")])
    assert texts(nothing) == ["Hidden: Members"]
    assert draw(nothing).layout.xaxis.visible is False


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(sorted(KINDS)),
    cells=st.lists(
        st.tuples(
            st.sampled_from(["A1", "A2"]),
            st.one_of(st.none(), st.floats(0, 1)),
            st.sampled_from(["suppressed", "no_data"]),
        ),
        max_size=8,
    ),
)
def test_any_mixture_of_rows_can_be_drawn_and_read(
    kind: str, cells: list[tuple[str, float | None, str]]
) -> None:
    rows = []
    for place, (period, value, status) in enumerate(cells):
        dimensions = {"joined_period": "2015-04"} if kind == "triangle" else {}
        dimensions |= {name: str(place + 1) for name in KNOWN[KINDS[kind]].measures if name not in dimensions}
        rows.append(row(period, value, "ok" if value is not None else status, **dimensions))
    result = make_result(KINDS[kind], rows or [row("all", None, "no_data")])
    figure = draw(result)
    if kind == "bars":
        drawn = [float(x) for trace in figure.data for x in trace.x]
        assert sorted(drawn) == sorted(value for _, value, _ in cells if value is not None)
    assert read_result(result)
    assert draw_picture(settle(figure), "").startswith("<svg")


def test_one_row_alone_is_a_bar() -> None:
    assert len(draw_bars(make_result("attendance_rate", [row("all", 0.4)])).data) == 1


def test_a_figure_stands_before_its_label_and_a_long_label_takes_a_second_line_and_its_room() -> None:
    question = "I know how to start a project together with other & unlike members"
    rows = [row("all", 0.54, item=question), row("all", 0.4, item="Short")]
    figure = draw(make_result("item_agreement", rows))
    assert [str(label.text) for label in figure.layout.annotations] == [
        "<b>54 %</b>  I know how to start a project together with<br>other &amp; unlike members",
        "<b>40 %</b>  Short",
    ]
    first, second = figure.data[0].y
    assert second - first == 1
    assert figure.layout.height > draw(make_result("item_agreement", [rows[1], rows[1]])).layout.height
    assert all(measure(html.unescape(line)) <= PHONE for line in wrap(question * 3 + "W" * 200))


def test_axes_write_their_figures_as_everywhere_else() -> None:
    assert list_axis("share")["ticktext"] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    near = list_axis("share", [0.31, 0.42], is_whole=False)["ticktext"]
    assert near == ["25 %", "30 %", "35 %", "40 %", "45 %", "50 %"]
    assert list_axis("net", [-0.05, 0.07])["ticktext"] == ["\u221210", "\u22125", "0", "+5", "+10", "+15"]
    assert list_axis("people", [1, 2])["ticktext"] == ["0", "1", "2", "3"]


def test_the_legend_of_answers_is_text_that_wraps_above_the_first_row() -> None:
    rows = [row("A1", 1 / 11, item="q1", answer=str(step)) for step in range(11)]
    figure = draw(make_result("item_distribution", rows))
    assert not any(bar.showlegend for bar in figure.data)
    legend = figure.layout.annotations[-1]
    assert "10 most favourable" in html.unescape(legend.text).replace("\u00a0", " ")
    assert figure.layout.margin.t >= 17 * (legend.text.count("<br>") + 1)


@pytest.mark.parametrize(("count", "last"), [(8, "Group 7"), (9, "Others")])
def test_the_map_names_every_group_that_has_a_mark_and_the_others_last(count: int, last: str) -> None:
    groups = [f"Group {place}" for place in range(count) for _ in range(count - place)]
    ids = [f"m{place}" for place in range(len(groups))]
    nodes = pd.DataFrame({"member_id": ids, "x": 0.0, "y": 0.0, "degree": 1, "grouped": groups})
    ties = pd.DataFrame({"a": ["m0"], "b": ["m1"], "x0": [0.0], "x1": [1.0], "y0": [0.0], "y1": [1.0]})
    names = [trace.name for trace in draw_map([Panel("C1", nodes, ties)]).data if trace.name]
    assert names == [*(f"Group {place}" for place in range(7)), last]


def test_of_changes_only_what_stands_has_a_colour() -> None:
    """±0.1 about 0.11 alone has p = 0.03; with 0 beside it, after the two that stand (Holm), it is 0.06."""
    rows = [
        {**row("A2", 0.5, construct=name), "value": value, "low": value - 0.1, "high": value + 0.1}
        for name, value in {"a": 0.5, "b": -0.4, "c": 0.11, "d": 0.0}.items()
    ]
    (dots,) = draw(make_result("construct_change", rows)).data
    found = dict(zip(map(float, dots.x), dots.marker.color, strict=True))
    assert found == {0.5: BLUE, -0.4: ORANGE, 0.11: GREY, 0.0: GREY}


def test_scores_on_unlike_scales_stand_each_on_its_own() -> None:
    """7 of 0 to 10 is no more than 3.8 of 1 to 5."""
    result = replace(
        make_result(
            "item_mean", [row("w1", 3.8, item="a"), row("w1", 7.0, item="b"), row("w1", 12.0, item="c")]
        ),
        scales={"a": (1.0, 5.0), "b": (0.0, 10.0)},
    )
    figure = draw(result)
    (dots,) = figure.data
    assert list(dots.x)[:2] == [pytest.approx(0.7), pytest.approx(0.7)]
    assert np.isnan(dots.x[2])
    assert figure.layout.xaxis.title.text == "each on its own scale"
    assert figure.layout.xaxis.ticktext == ("lowest", "middle", "highest")
    words = " ".join(str(note.text) for note in figure.layout.annotations)
    assert "<b>3.8 on 1 to 5</b>" in words
    assert "<b>12.0 on no scale</b>" in words
    many = make_result(
        "item_mean", [row("w1", 3.0 + place / 10, item=name) for place, name in enumerate("abdefgh")]
    )
    assert "7 figures from 3.0 to 3.6" in read_result(many, {})
    told = read_result(replace(many, scales={**dict.fromkeys("adefgh", (1.0, 5.0)), "b": (0.0, 10.0)}), {})
    assert (
        "7 figures, each on its own scale; they are answers to different questions, and not ranked." in told
    )
    alike = replace(result, scales=dict.fromkeys("abc", (1.0, 5.0)))
    assert list(draw(alike).data[0].x) == [3.8, 7.0, 12.0]
    change = replace(
        make_result("item_change", [row("w2", 0.4, item="a"), row("w2", 1.0, item="b")]),
        scales={"a": (1.0, 5.0), "b": (0.0, 10.0)},
    )
    assert list(draw(change).data[0].x) == [pytest.approx(0.1), pytest.approx(0.1)]
    assert draw(change).layout.xaxis.title.text == "% of each one's own scale"
