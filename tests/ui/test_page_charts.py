"""Charts of Engagement, Connections and Who stays on drawn tables: what they order, mark and say, and what is hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indicators.result import Result
from tests.ui.test_charts import make_result, row
from ui.charts.connections.boundary import rank_boundaries, read_boundaries
from ui.charts.connections.matrix import draw_matrix, read_matrix
from ui.charts.connections.new_ties import draw_new_ties, read_new_ties
from ui.charts.connections.timeline import draw_timeline, read_timeline
from ui.charts.engagement.ladder import draw_ladder, draw_sides
from ui.charts.engagement.turnout import draw_turnout, read_turnout
from ui.charts.parts import FAINT, find_floor
from ui.charts.staying.compare import draw_comparisons, read_comparisons
from ui.charts.staying.multiples import draw_multiples, read_multiples


def crossing(attribute: str, *waves: tuple[float, float]) -> Result:
    """Observed share and mean of random mixing of each wave, the latter ± 10 points."""
    rows = []
    for number, (share, expected) in enumerate(waves, 1):
        rows.append(row(f"C{number}", share, relation="advice", part="Observed"))
        rows.append(row(f"C{number}", expected, relation="advice", part="Expected at random"))
    return make_result(f"mixing_cross_{attribute}", rows)


def test_the_boundary_that_moved_most_beyond_chance_comes_first() -> None:
    # Region moves by 20 points and chance with it; profession by 20 while chance stays; cohort not at all.
    region, profession = (
        crossing("region", (0.3, 0.5), (0.5, 0.7)),
        crossing("profession", (0.3, 0.8), (0.5, 0.8)),
    )
    cohort = crossing("cohort", (0.6, 0.6), (0.6, 0.6))
    ranked = rank_boundaries([cohort, region, profession])
    assert ranked[0] is profession
    told = read_boundaries(ranked, {})
    assert told.startswith("Ties across profession rose from 30 % to 50 %; random mixing would make 80 %")
    assert "Cohort is as open as chance makes it" in told


def test_what_a_lead_may_not_see_is_a_dash_with_its_reason() -> None:
    rows = [row("C2", None, "suppressed", relation=None, part=None)]
    new, cross = (
        make_result("ties_new_by_region", rows),
        make_result(
            "mixing_cross_region", [row("C2", None, "suppressed", relation="advice", part="Observed")]
        ),
    )
    figure = draw_new_ties((new, cross), {})
    assert "\u2013 hidden" in str(figure.layout.annotations[0].text)
    assert not [trace for trace in figure.data if trace.type == "bar" and trace.x]
    assert read_new_ties((new, cross), {}) == "Hidden: few people."
    ties = make_result("ties_per_member", [row("C2", None, "suppressed", relation="advice")])
    ties = replace(ties, table=ties.table.assign(day="2015-07-16"))
    figure = draw_timeline((ties, ties, ties), {})
    assert figure.layout.xaxis.visible is figure.layout.yaxis.visible is False, "no axes of nothing"
    assert read_timeline((ties, ties, ties), {}) == "Hidden: few people."
    hidden = make_result(
        "mixing_matrix_region", [row("C2", None, "suppressed", relation=None, group=None, part=None)]
    )
    assert "hidden" in str(draw_matrix((hidden,), {}).layout.annotations[0].text)
    assert read_matrix((hidden,), {}) == "Hidden: few people."


def test_the_matrix_shades_the_change_and_writes_the_share() -> None:
    rows = [
        row(wave, value, relation="advice", group=group, part=part)
        for wave, group, part, value in (
            ("C1", "North", "North", 0.9),
            ("C1", "North", "South", 0.1),
            ("C1", "South", "North", 0.5),
            ("C1", "South", "South", 0.5),
            ("C2", "North", "North", 0.4),
            ("C2", "North", "South", 0.6),
            ("C2", "South", "North", 0.5),
            ("C2", "South", "South", 0.5),
        )
    ]
    still, moved, words = draw_matrix((make_result("mixing_matrix_region", rows),), {}).data
    assert np.array(moved.z) == pytest.approx(np.array([[-0.5, 0.5], [np.nan, np.nan]]), nan_ok=True)
    assert list(moved.text[0]) == ["40", "60"]
    # What is as it was lets the page through, in any theme, and its words have the ink of the page.
    assert np.array(still.z) == pytest.approx(np.array([[np.nan, np.nan], [0, 0]]), nan_ok=True)
    assert {shade for _, shade in still.colorscale} == {FAINT}
    assert still.text is None
    assert (list(words.text), words.textfont.color) == (["50", "50"], None)
    # Own: (0.4 + 0.5) / 2 now, (0.9 + 0.5) / 2 before.
    told = read_matrix((make_result("mixing_matrix_region", rows),), {})
    assert told.startswith("45 % of the ties named stay in the own region, 70 % in the wave before")


def test_a_quarter_that_is_not_over_is_pale_and_says_so() -> None:
    shares = {"Core": 0.2, "Active": 0.5, "Occasional": 0.2, "Dormant": 0.1}
    rows = [
        {**row(period, value, rung=rung), "is_complete": period == "2015-Q3"}
        for period in ("2015-Q3", "2015-Q4")
        for rung, value in shares.items()
    ]
    figure = draw_ladder((make_result("engagement_ladder", rows),), {})
    over, running = figure.data[0].marker.opacity
    assert over > running
    words = [str(one.text) for one in figure.layout.annotations]
    assert any("Quarter 4, 2015, not over yet" in one for one in words)
    assert [list(bar.text) for bar in figure.data[:2]] == [["20 %", ""], ["50 %", ""]], (
        "no figure on what is pale"
    )
    assert [bar.x[0] for bar in figure.data] == [0.2, 0.5, 0.2, 0.1]


def test_a_quarter_of_few_members_says_of_how_many_it_is() -> None:
    few, many = (
        {**row(period, 1.0, rung="Dormant"), "denominator": members}
        for period, members in (("2015-Q1", 12), ("2015-Q2", 200))
    )
    figure = draw_ladder((make_result("engagement_ladder", [few, many]),), {})
    words = " ".join(str(one.text) for one in figure.layout.annotations)
    assert "Quarter 1, 2015, 12 members" in words
    assert "200 members" not in words


def test_as_wanted_stands_around_the_middle() -> None:
    shares = {"Less than wanted": 0.3, "As wanted": 0.4, "More than wanted": 0.3}
    rows = [row("A1", value, direction=name) for name, value in shares.items()]
    less, alike, more, middle = draw_sides((make_result("wanted_against_actual", rows),), {}).data
    assert (less.base[0], alike.base[0], more.base[0]) == pytest.approx((-0.5, -0.2, 0.2))
    assert min(one for one in middle.y if one is not None) >= alike.width / 2, (
        "under the strip, not through its figures"
    )


def test_events_keep_their_order_and_are_held_against_the_target() -> None:
    rate = make_result(
        "attendance_rate", [row("all", 0.5, event="e2"), row("all", 0.2, event="e1")], by=("event",)
    )
    rate = replace(rate, table=rate.table.assign(day=["2015-07-01", "2015-08-01"], target=0.4))
    funnel = make_result("event_funnel", [row("all", 0.6, stage="Registered", event="e2")], by=("event",))
    first = make_result("event_first_timers", [row("all", 0.5, event="e2"), row("all", 0.0, event="e1")])
    figure = draw_turnout((rate, funnel, first), {"e1": "Second", "e2": "First"})
    before, fresh = figure.data[:2]
    assert (list(before.x), list(fresh.x)) == (pytest.approx([0.25, 0.2]), pytest.approx([0.25, 0.0]))
    told = read_turnout((rate, funnel, first), {"e1": "Second", "e2": "First"})
    assert told.startswith("1 of 2 events reached the target of 40 %.")
    assert "To the latest, Second, 20 % of members came" in told


def test_a_difference_that_is_for_evaluators_is_said_and_not_drawn() -> None:
    compared = make_result("journey_ties_by_attendance", [row("all", None, "suppressed", attended="None")])
    gap = make_result("journey_ties_gap", [row("all", None, "suppressed", part=None)])
    figure = draw_comparisons((compared, gap), {})
    assert "the difference is for evaluators" in str(figure.layout.annotations[0].text).replace("<br>", " ")
    assert not len(figure.data[0].x)
    assert "hidden" in read_comparisons((compared, gap), {})


def test_each_group_has_a_panel_and_the_axis_says_where_it_begins() -> None:
    rows = [
        row("all", value, time_days=str(day), cohort=cohort)
        for cohort, values in (("Allied health professional", (0.99, 0.98)), ("Two", (0.9, 0.65)))
        for day, value in zip((100, 200), values, strict=True)
    ]
    curves = make_result("membership_retention", rows, by=("cohort",))
    test = make_result("logrank_cohort", [row("all", 0.01)])
    figure = draw_multiples((curves, test), {})
    assert (figure.layout.yaxis.range[0], figure.layout.yaxis2.range[0]) == (pytest.approx(0.5),) * 2
    assert list(figure.layout.yaxis.ticktext) == ["50 %", "75 %", "100 %"]
    names = [str(one.text) for one in figure.layout.annotations]
    assert "Allied health<br>professional" in names, "not cut where there is room"
    told = read_multiples((curves, test), {})
    assert "The curves differ more than chance would make them" in told
    assert told.endswith("The axis begins at 50 %.")


def test_an_axis_begins_below_all_that_is_drawn() -> None:
    values = make_result("members", [row("all", 0.85)]).table["value"]
    assert find_floor(values) == pytest.approx(0.8)
    assert find_floor(values * 0) == 0


def test_where_earlier_ties_would_part_is_marked_under_the_strip_and_never_on_its_figures() -> None:
    rows = [
        row("C2", value, relation="advice", part=part) for part, value in (("Across", 1.5), ("Within", 0.5))
    ]
    new = make_result("ties_new_by_region", rows)
    across, _, before = draw_new_ties((new, crossing("region", (0.4, 0.5), (0.5, 0.5))), {}).data
    assert list(before.x) == pytest.approx([0.4 * 2.0])
    assert before.y[0] - across.y[0] > across.width / 2


def test_the_figures_of_ties_stand_beside_the_path_and_not_on_it() -> None:
    for values, sides in (((4.0, 6.0), (-1, 1)), ((6.0, 4.0), (1, -1))):
        rows = [row(f"C{number}", value, relation="advice") for number, value in enumerate(values, 1)]
        ties = make_result("ties_per_member", rows)
        ties = replace(ties, table=ties.table.assign(day=["2015-07-16", "2015-11-19"]))
        events = replace(ties, table=ties.table.assign(event="e1", day=""))
        figure = draw_timeline((ties, ties, events), {})
        shifts = [one.yshift for one in figure.layout.annotations if str(one.text).startswith("<b>")]
        assert [shift * side > 0 for shift, side in zip(shifts, sides, strict=True)] == [True, True]


def test_a_band_of_the_few_who_are_followed_longest_empties_no_panel() -> None:
    rows = [
        {**row("all", value, time_days=str(day), cohort="One"), "low": low, "n": n}
        for day, value, low, n in ((100, 0.9, 0.85, 60), (200, 0.88, 0.1, 3))
    ]
    figure = draw_multiples((make_result("membership_retention", rows, by=("cohort",)),), {})
    assert figure.layout.yaxis.range[0] == pytest.approx(0.8)
