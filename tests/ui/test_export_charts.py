"""Charts of the files: what is drawn is where its axis says, and a hidden figure is a word."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email import message_from_bytes, policy
from typing import Any
from xml.etree import ElementTree

import pytest

from indicators.result import Result
from tests.conftest import MakeRelease
from tests.ui.handouts import compute, draw_community, make_handout
from ui.charts.kinds import draw as draw_figure
from ui.export import Exhibit, Handout
from ui.export.formats.mail_file import write_eml
from ui.export.formats.pdf_file import TALLEST, WIDTH, lay_out, write_pdf
from ui.export.looks import PAPER
from ui.export.marks import describe_basis, make_card, make_chart
from warehouse.engine import Engine

SVG = "{http://www.w3.org/2000/svg}"
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


def draw(handout: Handout) -> list[ElementTree.Element]:
    """The shapes and words of the one picture of a report, in order."""
    (picture,) = [part for part in walk(lay_out(handout)["parts"]) if part["kind"] == "picture"]
    assert "var(" not in picture["svg"]
    assert picture["alt"].startswith("Chart of ")
    return list(ElementTree.fromstring(picture["svg"]).iter())


def walk(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield part
        yield from walk(part.get("parts", []))


def draw_kind(engine: Engine, kind: str) -> tuple[Result, list[ElementTree.Element]]:
    name, asked = ASKED[kind]
    result = compute(engine, "evaluator", name, **asked)  # type: ignore[arg-type]
    handout = Handout("x", (Exhibit(result),))
    assert make_chart(handout, result).kind == kind
    return result, draw(handout)


def find_all(shapes: list[ElementTree.Element], tag: str) -> list[ElementTree.Element]:
    return [one for one in shapes if one.tag == f"{SVG}{tag}"]


def read_ticks(shapes: list[ElementTree.Element], axis: str) -> list[tuple[float, float]]:
    """Value and place of every tick that is a share."""
    ticks = [
        (float(found[1]) / 100, float(one.attrib[axis]))
        for one in find_all(shapes, "text")
        if (found := re.fullmatch(r"(\d+)\s%", "".join(one.itertext()))) and one.get("font-size") == "12"
    ]
    assert len(ticks) > 2
    return ticks


@pytest.mark.parametrize(("kind", "axis"), [("rows", "x"), ("series", "y"), ("survival", "y")])
def test_ticks_stand_in_proportion_to_their_values(kind: str, axis: str, engine: Engine) -> None:
    _, shapes = draw_kind(engine, kind)
    ticks = read_ticks(shapes, axis)
    (v0, p0), (v1, p1) = ticks[0], ticks[-1]
    for value, place in ticks:
        assert place == pytest.approx(p0 + (value - v0) / (v1 - v0) * (p1 - p0), abs=0.11)


def test_bars_and_their_intervals_end_where_the_figures_are(engine: Engine) -> None:
    result, shapes = draw_kind(engine, "rows")
    (v0, p0), *_, (v1, p1) = read_ticks(shapes, "x")
    bars = [one for one in find_all(shapes, "rect") if one.get("fill") == PAPER["c0"]]
    whiskers = [
        one
        for one in find_all(shapes, "line")
        if one.get("stroke-width") == "1.5" and one.get("y1") == one.get("y2")
    ]
    rows = result.table.to_dict(orient="records")
    assert len(bars) == len(rows)
    for row, bar, whisker in zip(rows, bars, whiskers, strict=True):
        ends = [p0 + (row[name] - v0) / (v1 - v0) * (p1 - p0) for name in ("value", "low", "high")]
        drawn = [
            float(bar.attrib["x"]) + float(bar.attrib["width"]),
            float(whisker.attrib["x1"]),
            float(whisker.attrib["x2"]),
        ]
        assert drawn == pytest.approx(ends, abs=0.02)


def test_a_curve_steps_down_to_its_last_figure(engine: Engine) -> None:
    result, shapes = draw_kind(engine, "survival")
    (v0, p0), *_, (v1, p1) = read_ticks(shapes, "y")
    curve = max(
        (one for one in find_all(shapes, "path") if one.get("fill") == "none"),
        key=lambda one: float(one.get("stroke-width", "0")),
    )
    places = [float(one) for one in re.findall(r"[-\d.]+", curve.attrib["d"])]
    last = float(result.table["value"].iloc[-1])
    assert last < 0.9
    # The baseline of a tick's words lies a constant below its line.
    fall = places[-1] - places[1]
    assert fall == pytest.approx((last - 1) / (v1 - v0) * (p1 - p0), abs=0.15)


def test_a_hidden_month_is_a_word_and_breaks_the_line(engine: Engine) -> None:
    result = compute(engine, "evaluator", "active_members", grain="month")
    table = result.table.copy()
    table.loc[3, ["value", "low", "high", "n", "numerator", "denominator"]] = float("nan")
    table.loc[3, ["status", "reason"]] = ["suppressed", "Hidden: fewer."]
    hidden = replace(result, table=table)
    shapes = draw(Handout("x", (Exhibit(hidden),)))
    texts = ["".join(one.itertext()) for one in find_all(shapes, "text")]
    assert sum("hidden" in text for text in texts) == 1
    lines = [one for one in find_all(shapes, "path") if one.get("stroke-width") == "2.5"]
    assert sum(one.attrib["d"].count("M") for one in lines) == 2
    assert len(find_all(shapes, "circle")) == len(table) - 1


def test_a_chart_that_is_longer_than_a_page_is_drawn_smaller_and_one_that_could_not_be_read_is_its_table(
    engine: Engine,
) -> None:
    result = compute(engine, "evaluator", "attendance_rate", by=("region",))
    for height, is_drawn in ((TALLEST / 0.8, True), (TALLEST / 0.6, False)):
        chart = draw_figure(result).update_layout(height=height)
        handout = Handout("x", (Exhibit(result, chart=chart, alt="Chart of rates."),))
        parts = list(walk(lay_out(handout)["parts"]))
        sizes = [part["svg"] for part in parts if part["kind"] == "picture"]
        assert bool(sizes) == is_drawn
        assert any(part["kind"] == "table" and len(part["rows"]) == len(result.table) for part in parts)
        if is_drawn:
            assert f'width="{WIDTH / 0.8:g}" height="{height:g}"' in sizes[0]


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
    assert not make_chart(handout, result).is_drawable
    assert "picture" not in {part["kind"] for part in walk(lay_out(handout)["parts"])}
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


def test_a_mail_shows_the_charts_of_the_report_with_their_words(engine: Engine) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [*ASKED.values(), ("members", {})]
    exhibits = tuple(Exhibit(compute(engine, "evaluator", name, **how)) for name, how in asked)
    handout = replace(make_handout(engine, "evaluator"), exhibits=exhibits)
    content = write_eml(handout)
    assert content == write_eml(handout)
    parts = list(message_from_bytes(content, policy=policy.default).walk())
    pictures = {
        str(part["Content-ID"]): part.get_content()
        for part in parts
        if part.get_content_type() == "image/png"
    }
    (shown,) = [str(part.get_content()) for part in parts if part.get_content_type() == "text/html"]
    named = re.findall(r'<img src="cid:([^"]+)" alt="([^"]+)"', shown)
    assert [f"<{name}>" for name, _ in named] == list(pictures), "the single figure has none"
    assert len(named) == len(ASKED)
    assert all(picture.startswith(b"\x89PNG") for picture in pictures.values())
    told = [part["alt"] for part in walk(lay_out(handout)["parts"]) if part["kind"] == "picture"]
    assert [html.unescape(alt) for _, alt in named] == told
