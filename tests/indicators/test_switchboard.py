"""The switchboard goes through every reasonable definition and says whether the conclusion is the same under each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from indicators.catalogue import find_indicator
from indicators.definition import Indicator, Parameter
from indicators.gate.disclosure import SCOPES
from indicators.published.show import compute_result
from indicators.selection import BadSelection, Selection
from indicators.switchboard import MOST_DEFINITIONS, draw_conclusion, list_definitions, sweep_definitions
from tests.conftest import MakeRelease
from tests.ui.test_charts import make_result, row
from ui.blocks.doubts import describe_sweep
from warehouse.engine import Engine

EVALUATOR = SCOPES["evaluator"]


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    """Twenty nurses who all came to three events, twenty doctors of whom each came to one; one wave of ties."""
    nurses, doctors = ([f"{kind}{number}" for number in range(20)] for kind in "nd")
    members = [(name, "Nurse") for name in nurses] + [(name, "Doctor") for name in doctors]
    events = [f"e{number},Meeting {number},2015-0{number}-10T10:00:00Z" for number in (2, 3, 4)]
    there = [(f"e{number}", name) for number in (2, 3, 4) for name in nurses] + [
        ("e2", name) for name in doctors
    ]
    return make_release(
        {
            "members": "member_id,profession,joined_on\n"
            + "".join(f"{name},{profession},2015-01-01\n" for name, profession in members),
            "events": "event_id,title,starts_at\n" + "\n".join(events) + "\n",
            "attendance": "event_id,member_id,attended\n"
            + "".join(f"{event},{name},yes\n" for event, name in there),
        },
        complete_to=date(2015, 5, 1),
    )


def make_attenders(least: str = "1") -> Indicator:
    """Members who came to at least so many events: a definition with a choice, for these tests only."""
    return Indicator(
        id="attenders",
        title="Attenders",
        theme="engagement",
        outcome="connecting",
        definition=f"Share of members who came to at least {least} events.",
        formula="p",
        numerator="Attenders",
        denominator="Members",
        excluded="Nobody",
        caveat="None",
        source="Test",
        unit="share",
        direction="up",
        time_axis="all",
        estimator="proportion",
        chart="bars",
        facts=f"""
        SELECT 'all' AS period, m.member_id, 0.0 AS position,
          CASE WHEN count(a.event_id) >= {int(least)} THEN 1.0 ELSE 0.0 END AS x, 1.0 AS w
        FROM members m LEFT JOIN attendance a ON a.member_id = m.member_id GROUP BY m.member_id""",
        tables=("members", "attendance"),
        needs="members",
        parameters=(Parameter("least", "Events at least", least, "1", ("1", "2", "3")),),
        rebuild=make_attenders,
    )


def test_the_default_comes_first_and_every_combination_once() -> None:
    two = replace(
        make_attenders(),
        parameters=(*make_attenders().parameters, Parameter("window", "Days", "30", "30", ("7", "30"))),
    )
    definitions = list_definitions(two)
    assert definitions[0] == (("least", "1"), ("window", "30"))
    assert len(definitions) == len(set(definitions)) == 3 * 2


def test_with_too_many_combinations_one_parameter_at_a_time_is_varied() -> None:
    values = tuple(str(number) for number in range(1, 21))
    many = replace(
        make_attenders(),
        parameters=tuple(Parameter(name, name, "1", "1", values) for name in ("a", "b", "c")),
    )
    definitions = list_definitions(many)
    assert len(definitions) == 1 + 3 * 19 <= MOST_DEFINITIONS
    assert all(sum(value != "1" for _, value in settings) <= 1 for settings in definitions)


def test_a_setting_replaces_the_default_and_a_bad_one_is_refused(engine: Engine) -> None:
    for least, expected in (("1", 1.0), ("2", 0.5)):
        selection = Selection(settings=(("least", least),))
        (value,) = compute_result(engine, make_attenders(), selection, EVALUATOR).table["value"]
        assert value == expected
    with pytest.raises(BadSelection, match="least 9: use one of 1, 2, 3"):
        compute_result(engine, make_attenders(), Selection(settings=(("least", "9"),)), EVALUATOR)
    with pytest.raises(BadSelection, match="no parameter most; it has: least"):
        compute_result(engine, make_attenders(), Selection(settings=(("most", "1"),)), EVALUATOR)


def test_a_conclusion_that_hangs_on_the_definition_does_not_survive(engine: Engine) -> None:
    # One event at least: nurses and doctors both 100 %. Two or three: nurses 100 %, doctors none.
    sweep = sweep_definitions(engine, make_attenders(), Selection(by=("profession",)), EVALUATOR)
    assert [settings for settings, _ in sweep.results] == [(("least", least),) for least in ("1", "2", "3")]
    assert not sweep.survives
    assert sweep.differing == ((("least", "2"),), (("least", "3"),))
    assert (sweep.agreeing, sweep.silent) == (0, ())


def test_a_conclusion_that_all_definitions_share_survives(engine: Engine) -> None:
    two = make_attenders("2")
    default = replace(two, parameters=(replace(two.parameters[0], default="2", reasonable=("2", "3")),))
    sweep = sweep_definitions(engine, default, Selection(by=("profession",)), EVALUATOR)
    assert sweep.survives
    assert sweep.agreeing == 1


def test_a_single_figure_is_a_level_on_which_no_conclusion_hangs(engine: Engine) -> None:
    # 100 % becomes 50 %, as a stricter definition must make it: that contradicts nothing.
    sweep = sweep_definitions(engine, make_attenders(), Selection(), EVALUATOR)
    assert (sweep.concludes, sweep.differing) == (False, ())
    assert describe_sweep(sweep).startswith("Each definition counts something else")


def test_a_definition_is_named_in_words_and_counted_in_grammar(engine: Engine) -> None:
    one = make_attenders()
    default = replace(one, parameters=(replace(one.parameters[0], reasonable=("1", "3")),))
    sweep = sweep_definitions(engine, default, Selection(by=("profession",)), EVALUATOR)
    assert (
        describe_sweep(sweep)
        == "The conclusion is another one under the other definition (Events at least: 3)."
    )
    several = sweep_definitions(engine, one, Selection(by=("profession",)), EVALUATOR)
    assert describe_sweep(several) == (
        "The conclusion is not always the same: 2 of 2 other definitions say otherwise, such as Events at least: 2."
    )


def test_parts_of_a_whole_are_levels_and_their_direction_is_compared() -> None:
    rows = [
        {**row(wave, value, item=item), "n": 50}
        for wave, values in (("A1", (0.2, 0.8)), ("A2", (0.7, 0.3)))
        for item, value in zip(("q1", "q2"), values, strict=True)
    ]
    result = make_result("item_positive", rows)
    assert draw_conclusion(result) == frozenset({("line", "q1", "up"), ("line", "q2", "down")})
    lower = [
        {**one, "value": one["value"] / 2, "low": one["low"] / 2, "high": one["high"] / 2} for one in rows
    ]  # type: ignore[operator]
    assert draw_conclusion(make_result("item_positive", lower)) == draw_conclusion(result)
    parts = [
        row("all", value, event_series="Days", pattern=word) for word, value in (("yes", 0.3), ("no", 0.7))
    ]
    assert draw_conclusion(make_result("attendance_patterns", parts)) == frozenset()


def test_a_definition_without_a_figure_says_nothing_for_or_against(engine: Engine) -> None:
    sweep = sweep_definitions(
        engine, make_attenders(), Selection(where=(("profession", "Not recorded"),)), EVALUATOR
    )
    assert len(sweep.silent) == 2
    assert sweep.survives


def test_a_line_concludes_up_down_or_none(engine: Engine) -> None:
    # 10 February: everybody came; 10 March: the nurses; the intervals of the two months are apart.
    indicator = find_indicator(engine, "attendance_rate")
    line = compute_result(engine, indicator, Selection(grain="month"), EVALUATOR)
    assert draw_conclusion(line) == frozenset({("line", "down")})
    same = replace(line, table=line.table[line.table["period"] >= "2015-03"])
    assert draw_conclusion(same) == frozenset({("line", "none")})
