"""Charts of the files: what is drawn is where its axis says, and a hidden figure is a word."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from reportlab.graphics.shapes import Circle, Line, PolyLine, Rect, String

from tests.conftest import MakeRelease
from tests.ui.handouts import compute, draw_community
from ui.export import Exhibit, Handout
from ui.export.looks import BAR
from ui.export.marks import Chart, Kind, Mark, describe_basis, make_card, make_chart
from ui.export.pdf_charts import TALLEST, draw_charts
from ui.export.pdf_file import write_pdf
from warehouse.engine import Engine

WIDTH = 480.0
ASKED = {
    "rows": ("attendance_rate", {"by": ("region",)}),
    "series": ("active_members", {"grain": "month"}),
    "survival": ("membership_retention", {}),
}


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    tables = draw_community()
    members = [dict(row) for row in tables["members"]]
    for number, row in enumerate(members):
        if number % 4 == 0:
            row["left_on"] = f"2015-{8 + number % 5:02d}-20"
    more = [
        {"member_id": f"m{number}", "at": f"2015-{month:02d}-11T09:00:00Z", "kind": "post"}
        for number in range(0, 105, 4)
        for month in range(1, 13)
    ]
    return make_release({**tables, "members": members, "activities": [*tables["activities"], *more]})


def draw(engine: Engine, kind: str, role: str = "evaluator") -> tuple[Chart, list[Any]]:
    name, asked = ASKED[kind]
    result = compute(engine, role, name, **asked)  # type: ignore[arg-type]
    chart = make_chart(Handout("x", (Exhibit(result),)), result)
    assert chart.kind == kind
    (drawing,) = draw_charts(chart, WIDTH)
    return chart, drawing.contents


def read_ticks(shapes: list[Any], axis: str) -> list[tuple[float, float]]:
    """Value and place of every tick that is a share."""
    across = "end" if axis == "y" else "middle"
    ticks = [
        (float(re.sub(r" %$", "", one.text)) / 100, getattr(one, axis) + (2.5 if axis == "y" else 0))
        for one in shapes
        if isinstance(one, String) and one.textAnchor == across and re.fullmatch(r"\d+ %", one.text)
    ]
    assert len(ticks) > 2
    return ticks


@pytest.mark.parametrize(("kind", "axis"), [("rows", "x"), ("series", "y"), ("survival", "y")])
def test_ticks_stand_in_proportion_to_their_values(kind: str, axis: str, engine: Engine) -> None:
    _, shapes = draw(engine, kind)
    ticks = read_ticks(shapes, axis)
    (v0, p0), (v1, p1) = ticks[0], ticks[-1]
    for value, place in ticks:
        assert place == pytest.approx(p0 + (value - v0) / (v1 - v0) * (p1 - p0), abs=0.01)


def test_bars_and_their_intervals_end_where_the_figures_are(engine: Engine) -> None:
    chart, shapes = draw(engine, "rows")
    (v0, p0), *_, (v1, p1) = read_ticks(shapes, "x")
    bars = [one for one in shapes if isinstance(one, Rect)]
    assert len(bars) == len(chart.marks)
    whiskers = [one for one in shapes if isinstance(one, Line) and one.y1 == one.y2 and one.x1 != one.x2]
    for mark, bar, whisker in zip(chart.marks, bars, whiskers, strict=True):
        assert mark.value is not None
        assert mark.low is not None
        assert mark.high is not None
        ends = [p0 + (value - v0) / (v1 - v0) * (p1 - p0) for value in (mark.value, mark.low, mark.high)]
        assert [bar.x + bar.width, whisker.x1, whisker.x2] == pytest.approx(ends, abs=0.01)
        assert bar.fillColor.hexval() == f"0x{BAR}"


def test_a_curve_steps_down_to_its_last_figure(engine: Engine) -> None:
    chart, shapes = draw(engine, "survival")
    (v0, p0), *_, (v1, p1) = read_ticks(shapes, "y")
    curve = max((one for one in shapes if isinstance(one, PolyLine)), key=lambda one: one.strokeWidth)
    last = chart.marks[-1].value
    assert last is not None
    assert last < 0.9
    assert curve.points[-1] == pytest.approx(p0 + (last - v0) / (v1 - v0) * (p1 - p0), abs=0.01)
    assert curve.points[1] == pytest.approx(p1, abs=0.01)


def test_a_hidden_month_is_a_word_and_breaks_the_line(engine: Engine) -> None:
    result = compute(engine, "evaluator", "active_members", grain="month")
    table = result.table.copy()
    table.loc[3, ["value", "low", "high", "n", "numerator", "denominator"]] = float("nan")
    table.loc[3, ["status", "reason"]] = ["suppressed", "Hidden: fewer."]
    hidden = replace(result, table=table)
    chart = make_chart(Handout("x", (Exhibit(hidden),)), hidden)
    (drawing,) = draw_charts(chart, WIDTH)
    texts = [one.text for one in drawing.contents if isinstance(one, String)]
    assert texts.count("hidden") == 1
    assert len([one for one in drawing.contents if isinstance(one, PolyLine)]) == 2
    assert len([one for one in drawing.contents if isinstance(one, Circle)]) == len(chart.marks) - 1


@pytest.mark.parametrize("kind", ["rows", "likert"])
def test_a_long_chart_is_drawn_in_parts_that_fit_on_a_page(kind: Kind) -> None:
    marks = tuple(
        Mark(f"A very long question about the programme, number {number}, " * 3, label, 0.5, 0.4, 0.6, "50 %")
        for number in range(40)
        for label in ("No", "Yes")
    )
    if kind == "rows":
        marks = tuple(replace(mark, label=mark.series) for mark in marks)
    drawings = draw_charts(Chart(kind, "share", marks), WIDTH)
    assert len(drawings) > 2
    assert all(drawing.height < TALLEST + 60 for drawing in drawings)
    bars = [
        one for drawing in drawings for one in drawing.contents if isinstance(one, Rect) and one.width > 20
    ]
    assert len(bars) == len(marks)


def test_reports_written_at_once_are_not_mixed_up(engine: Engine) -> None:
    results = [compute(engine, "evaluator", name) for name in ("members", "leavers", "active_members")]
    handouts = [Handout(f"Report {place}", (Exhibit(result),) * 8) for place, result in enumerate(results)]
    alone = [write_pdf(handout) for handout in handouts]
    with ThreadPoolExecutor(6) as threads:
        together = list(threads.map(write_pdf, handouts * 4))
    assert together == alone * 4
    assert len(set(alone)) == 3


def test_nothing_is_drawn_where_nothing_is_shown_and_a_card_says_why(make_release: MakeRelease) -> None:
    few = make_release({"members": [{"member_id": "m1", "name": "P", "joined_on": "2015-01-05"}]})
    result = compute(few, "lead", "members")
    handout = Handout("x", (Exhibit(result),))
    chart = make_chart(handout, result)
    assert draw_charts(chart, WIDTH) == []
    card = make_card(handout, handout.exhibits[0])
    assert card.figure == "Hidden"
    assert card.words.startswith("Hidden: fewer than 5 people.")
    assert handout.read(handout.exhibits[0]).startswith("All time: Hidden: fewer than 5 people.")


def test_n_is_of_people_where_shares_are_of_answers(engine: Engine) -> None:
    result = compute(engine, "evaluator", "construct_positive")
    rows = result.table.iloc[[0, 0]].assign(
        n=[135, 175], numerator=[250, 300], denominator=[480, 600], status="ok"
    )
    assert describe_basis(replace(result, table=rows)) == "n = 135 to 175"
    alike = replace(result, table=rows.assign(denominator=rows["n"]))
    assert describe_basis(alike) == "n = 135 to 175 answers", "control"
    assert describe_basis(replace(result, table=rows.head(1))) == "250 of 480 answers"
