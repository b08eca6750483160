"""Colour and words of the charts of several results come from the same verdicts, and those from the figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from indicators.result import Result
from tests.ui.test_charts import make_result
from ui.charts.kinds import KINDS
from ui.charts.notable import draw_finding
from ui.charts.parts import BLUE, ORANGE, shade
from ui.words.surveys.contrasts import list_contrasts
from ui.words.surveys.reach import read_weighting

NAMES = {"w1": "Wave 1, July 2015", "w2": "Wave 2, November 2015"}
TOPICS = ("Connecting", "Staying", "Wanting")


def cell(
    period: str, value: float | None, half: float = 0.05, n: int = 100, **names: object
) -> dict[str, object]:
    if value is None:
        return {"period": period, "status": "suppressed", "reason": "Hidden: few people.", **names}
    figures = {"value": value, "low": value - half, "high": value + half, "n": n, "denominator": n}
    return {"period": period, **figures, "numerator": n * value, "status": "ok", "reason": "", **names}


def levels(*waves: tuple[str, tuple[float | None, ...]]) -> Result:
    rows = [
        cell(wave, value, construct=topic)
        for wave, values in waves
        for topic, value in zip(TOPICS, values, strict=True)
    ]
    return make_result("construct_positive", rows)


def changes(*values: float, half: float = 0.1, of: str = "construct_positive_change") -> Result:
    rows = [cell("w2", value, half, construct=topic) for topic, value in zip(TOPICS, values, strict=True)]
    return make_result(f"{of}_since_first", rows)


def dots(figure: Any) -> dict[float, str]:
    """The colour of each dot of the latest wave, by its figure."""
    (latest,) = (trace for trace in figure.data if trace.error_x.array is not None)
    return dict(zip((float(x) for x in latest.x), latest.marker.color, strict=True))


def words(figure: Any) -> str:
    return " ".join(str(note.text) for note in figure.layout.annotations).replace("\u00a0", " ")


def test_only_a_change_that_stands_has_a_colour_and_is_said() -> None:
    results = (levels(("w1", (0.3, 0.7, 0.5)), ("w2", (0.6, 0.65, 0.5))), changes(0.5, -0.4, 0.1))
    figure = KINDS["tracks"].draw(results, NAMES, None)
    assert dots(figure) == {0.6: shade(BLUE, 1, 2), 0.65: shade(ORANGE, 1, 2), 0.5: shade("#80868a", 1, 2)}
    assert KINDS["tracks"].read(results, NAMES, None) == (
        "Since Wave 1, July 2015, Connecting rose from 30 % to 60 % and Staying fell from 70 % to 65 %. "
        "The other construct cannot be told from no change, judged together, among those who answered both times (100 people at most)."
    )
    assert "<b>Connecting</b> 30 \u2192 60 % <span" in words(figure)
    assert "\u25b2" in words(figure)
    assert "\u25bc" in words(figure)
    assert "July 2015" in words(figure)
    assert "Wave 1" not in words(figure)


def test_what_is_drawn_is_not_judged_by_the_change_of_something_else() -> None:
    """The means of a construct may have moved where its favourable share has not."""
    results = (
        levels(("w1", (0.3, 0.5, 0.5)), ("w2", (0.3, 0.5, 0.5))),
        changes(0.5, 0.0, 0.0, of="construct_change"),
    )
    with pytest.raises(ValueError, match="construct_change_since_first is no change of construct_positive"):
        KINDS["tracks"].draw(results, NAMES, None)


def test_a_change_that_stands_alone_and_not_among_all_is_neither_coloured_nor_said() -> None:
    """An interval of ±0.1 about 0.11 has p = 0.03; of three judged together (Holm) that is 0.09."""
    results = (levels(("w1", (0.3, 0.5, 0.5)), ("w2", (0.4, 0.45, 0.5))), changes(0.11, 0.0, 0.0))
    figure = KINDS["tracks"].draw(results, NAMES, None)
    assert set(dots(figure).values()) == {shade("#80868a", 1, 2)}
    assert "None of 3 constructs has changed since Wave 1, July 2015 by more than chance" in KINDS[
        "tracks"
    ].read(results, NAMES, None)


def test_a_rise_of_the_same_people_is_not_told_by_levels_that_fell() -> None:
    results = (levels(("w1", (0.5, 0.5, 0.5)), ("w2", (0.4, 0.5, 0.5))), changes(0.5, 0.0, 0.0))
    said = KINDS["tracks"].read(results, NAMES, None)
    assert "Connecting rose by 50 points among those who answered both times" in said


def test_a_hidden_wave_is_a_word_in_its_place_and_the_target_is_a_stroke_at_each_row() -> None:
    results = (levels(("w1", (None, 0.7, 0.5)), ("w2", (0.6, None, 0.5))), changes(0.0, 0.0, 0.0))
    figure = KINDS["tracks"].draw(results, NAMES, 0.55)
    assert "hidden \u2192 60 %" in words(figure)
    assert "70 % \u2192 hidden" in words(figure)
    assert "target 55 %" in words(figure)
    (stroke,) = (trace for trace in figure.data if trace.line.dash == "solid")
    assert [x for x in stroke.x if x is not None] == [0.55] * 6
    assert "2 figures are hidden" in KINDS["tracks"].read(results, NAMES, None)


def test_with_one_wave_nothing_is_said_of_change() -> None:
    results = (
        levels(("w1", (0.3, 0.7, 0.5))),
        make_result("construct_positive_change_since_first", [cell("w1", None)]),
    )
    said = KINDS["tracks"].read(results, NAMES, None)
    assert "rose" not in said
    assert "chang" not in said
    assert "highest" not in said


def test_a_change_is_split_into_the_same_people_and_who_answered() -> None:
    parts = ("All who answered", "Within the panel", "Change in who answered")
    rows = [
        cell("w2", value, 0.1, construct=topic, part=part)
        for topic, values in {"Connecting": (0.5, 0.53, -0.03), "Staying": (0.1, 0.02, 0.08)}.items()
        for part, value in zip(parts, values, strict=True)
    ]
    results = (
        make_result("construct_change_split_since_first", rows),
        changes(0.53, 0.02, 0.0, of="construct_change"),
    )
    figure = KINDS["split"].draw(results, NAMES)
    same, other = (trace for trace in figure.data if trace.mode == "markers")
    assert list(same.x) == [0.53, 0.02]
    assert list(other.x) == [-0.03, 0.08]
    assert list(same.marker.color) == [BLUE, "#80868a"]
    assert KINDS["split"].read(results, NAMES) == (
        "Connecting moved among the same people by +0.53 points of the scale (95 % interval +0.43 to +0.63); "
        "a change in who answered makes \u22120.03."
    )


def contrasts(
    doctors: tuple[float | None, ...], nurses: tuple[float | None, ...], n: int = 100
) -> tuple[Result, Result]:
    rows = [
        cell("w2", value, 0.05, n, construct=topic, profession=group)
        for group, values in {"Doctor": doctors, "Nurse": nurses}.items()
        for topic, value in zip(TOPICS, values, strict=True)
    ]
    everybody = [cell("w2", 0.5, 0.035, 2 * n, construct=topic) for topic in TOPICS]
    return make_result("construct_positive", rows, ("profession",)), make_result(
        "construct_positive", everybody
    )


def test_a_group_is_set_against_the_rest_and_a_hidden_cell_is_a_dash() -> None:
    """Of 200 half are favourable, of 100 doctors 70: of the other 100 it is (100 − 70) / 100 = 30 %, which is 40 points less."""
    results = contrasts((0.7, 0.5, None), (0.3, 0.5, 0.5))
    found = {(one.group, one.thing): one for one in list_contrasts(results)}
    doctors = found["Doctor", "Connecting"]
    assert doctors.value == pytest.approx(0.4)
    assert (doctors.low, doctors.high) == pytest.approx(
        (0.4 - np.hypot(0.05, 0.035 * np.sqrt(2)), 0.4 + np.hypot(0.05, 0.035 * np.sqrt(2)))
    )
    assert doctors.way == 1
    assert found["Nurse", "Connecting"].way == -1
    assert found["Doctor", "Staying"].way == 0
    assert np.isnan(found["Doctor", "Wanting"].value)
    figure = KINDS["contrasts"].draw(results, NAMES)
    cells = {
        (trace.x[place], trace.y[place]): text
        for trace in figure.data
        if trace.type == "scatter"
        for place, text in enumerate(trace.text)
    }
    assert cells[0, 0] == "<b>+40</b>"
    assert cells[1, 0] == "0"
    assert cells[2, 0] == "\u2013"
    shades = {trace.colorscale[0][1]: trace.z for trace in figure.data if trace.type == "heatmap"}
    assert [list(row) for row in shades[BLUE]] == [[1, None, None], [None, None, None]]
    assert [list(row) for row in shades[ORANGE]] == [[None, None, None], [1, None, None]]
    assert KINDS["contrasts"].read(results, NAMES) == (
        "Of 5 differences from the rest, judged together, 2 stand: Doctor on Connecting (+40 points) and "
        "Nurse on Connecting (\u221240 points). 1 figure is hidden to protect people in small groups."
    )


def test_a_group_of_fewer_than_the_minimum_is_not_judged() -> None:
    results = contrasts((0.7, 0.5, 0.5), (0.3, 0.5, 0.5), n=9)
    assert all(np.isnan(one.value) for one in list_contrasts(results))


def reach(gap: float, half: float) -> tuple[Result, Result, Result]:
    shares = [
        cell("w2", value, group=group, part=part)
        for group, values in {"Doctor": (0.2, 0.1), "Nurse": (0.8, 0.9)}.items()
        for part, value in zip(("Frame", "Respondents"), values, strict=True)
    ]
    gaps = [cell("w2", gap, half, group="Doctor"), cell("w2", -gap, half, group="Nurse")]
    members = [cell("all", 0.25, group="Doctor"), cell("all", 0.75, group="Nurse")]
    return (
        make_result("respondents_profession", shares),
        make_result("representation_profession", gaps),
        make_result("composition_profession", members),
    )


def test_a_group_that_the_answers_leave_out_is_coloured_and_said() -> None:
    results = reach(-0.1, 0.03)
    figure = KINDS["reach"].draw(results, NAMES)
    assert [list(trace.x) for trace in figure.data] == [[0.75, 0.25], [0.8, 0.2], [0.9, 0.1]]
    assert list(figure.data[2].marker.color) == [BLUE, ORANGE]
    assert "\u221210 points" in words(figure)
    assert KINDS["reach"].read(results, NAMES) == (
        "In Wave 2, November 2015: under-represented is Doctor (20 % of those asked, 10 % of those who answered); "
        "over-represented is Nurse (80 % of those asked, 90 % of those who answered)."
    )
    # The line through the share of those who answered is of the difference: it stops short of the share asked where that stands.
    asked, answered = (figure.data[place] for place in (1, 2))
    assert answered.x[0] - answered.error_x.arrayminus[0] > asked.x[0]
    assert answered.x[1] + answered.error_x.array[1] < asked.x[1]
    quiet = reach(-0.1, 0.2)
    assert set(KINDS["reach"].draw(quiet, NAMES).data[2].marker.color) == {"#80868a"}
    assert "none of 2 differences stands" in KINDS["reach"].read(quiet, NAMES)


def test_waves_are_held_against_the_target() -> None:
    results = (make_result("response_rate_rr1", [cell("w1", 0.6), cell("w2", 0.8)]),)
    figure = KINDS["waves"].draw(results, NAMES, 0.7)
    assert len(set(figure.data[0].marker.color)) == 2
    assert "The target of 70 % was met in 1 of 2 waves." in KINDS["waves"].read(results, NAMES, 0.7)
    assert "target" not in KINDS["waves"].read(results, NAMES, None)


@pytest.mark.parametrize(
    ("weighted", "said"),
    [
        (
            (3.46, 3.0),
            "Weighting moves no construct by more than 0.1 points of its scale; most Connecting, from 3.4 to 3.5.",
        ),
        ((3.40, 3.04), "Weighting moves no construct by more than 0.1 points of its scale."),
        ((3.40, 3.00), "Weighting moves no construct at all."),
        ((3.40, None), "Weighting moves no construct at all."),
        ((None, None), "Weighting cannot be judged: there are no weights, or its figures are hidden."),
    ],
)
def test_what_weighting_changes_follows_from_the_means(weighted: tuple[float | None, ...], said: str) -> None:
    rows = [
        cell("w2", value, construct=topic, part=part)
        for topic, plain, other in zip(TOPICS, (3.4, 3.0), weighted, strict=False)
        for part, value in (("Unweighted", plain), ("Weighted", other))
    ]
    assert read_weighting(make_result("construct_mean_weighted", rows), NAMES) == said


@pytest.mark.parametrize("kind", ["tracks", "contrasts"])
def test_labels_from_the_data_are_inert(kind: str) -> None:
    evil = "<img src=x>&"
    level = make_result("construct_positive", [cell("w2", 0.5, construct=evil)])
    parted = make_result(
        "construct_positive", [cell("w2", 0.5, construct=evil, profession=evil)], ("profession",)
    )
    figure = KINDS[kind].draw((level,) if kind == "tracks" else (parted, level), {})
    assert "<img" not in figure.to_json().replace("\\u003c", "<")
    assert "&lt;img" in figure.to_json().replace("\\u0026", "&")


def test_beside_what_stands_out_no_difference_stays_written() -> None:
    """Of the ticks of a small chart every second one is left out, and 0 is not among these."""
    finding = {"kind": "change", "by": "", "group": "", "measure": "Connecting", "period": "w2", "other": 0.0}
    result = changes(0.53, -0.25, 0.0, of="construct_change")
    axis = draw_finding(finding, result, NAMES, BLUE).layout.xaxis
    assert 0 in axis.tickvals
    assert "0.00" in axis.ticktext
