"""The gate: what it hides, that nothing hidden can be recovered along a line, and that no surface shows it."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.__main__ import main
from indicators.catalogue import find_indicator, list_indicators
from indicators.gate import disclosure
from indicators.gate.disclosure import SCOPES, Role, apply_gate
from indicators.gate.groups import TOGETHER
from indicators.published.leads.rules import HIDDEN
from indicators.published.show import compute_result
from indicators.result import FIGURES
from indicators.selection import Selection
from tests.conftest import MakeRelease
from tests.figures import read_cells, read_records
from warehouse.engine import Engine

MEMBERS = list_indicators()["members"]
RESPONSE = list_indicators()["response_rate_rr1"]
DISPOSITIONS = list_indicators()["dispositions"]
MEAN = list_indicators()["item_mean"]
# (complete, refused): porters and the five dentists are 54 together, enough to be told of as one group.
GROUPS = {"Nurse": (60, 12), "Doctor": (50, 3), "Manager": (40, 13), "Porter": (24, 25), "Dentist": (1, 4)}
MINIMUM = {"lead": 5, "funder": 10}


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    people = [
        (f"{profession}{number}", profession, "complete" if number < complete else "refused", number)
        for profession, (complete, refused) in GROUPS.items()
        for number in range(complete + refused)
    ]
    return make_release(
        {
            "members": "member_id,profession,joined_on\n"
            + "".join(f"{name},{profession},2015-01-01\n" for name, profession, *_ in people),
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
            "items": "survey_id,item_id,text,kind,scale_min,scale_max\ns,q1,Useful?,likert,1,5\n",
            "invitations": "wave_id,member_id,disposition\n"
            + "".join(f"w1,{name},{disposition}\n" for name, _, disposition, _ in people),
            "answers": "wave_id,respondent_id,item_id,value\n"
            + "".join(
                f"w1,{name},q1,{1 + number % 5}\n" for name, _, is_in, number in people if is_in == "complete"
            ),
        }
    )


def draw_table(counts: dict[tuple[str, ...], tuple[int, int]], names: tuple[str, ...]) -> pd.DataFrame:
    """A table as the gate gets it, from (numerator, denominator) by cell."""
    rows = [
        {
            "period": "all",
            **dict(zip(names, cell, strict=True)),
            "value": x / w if w else np.nan,
            "low": 0.0,
            "high": 1.0,
            "n": float(w),
            "numerator": float(x),
            "denominator": float(w),
            "status": "ok" if w else "no_data",
            "reason": "",
        }
        for cell, (x, w) in counts.items()
    ]
    return pd.DataFrame(rows)


def test_the_lead_sees_the_programme_s_records_and_no_small_counts_of_who_answered(engine: Engine) -> None:
    assert read_cells(engine, "members", "value", "status", role="lead", by=("profession",)) == {
        ("all", "Dentist"): (5, "ok"),
        ("all", "Doctor"): (53, "ok"),
        ("all", "Manager"): (53, "ok"),
        ("all", "Nurse"): (72, "ok"),
        ("all", "Porter"): (49, "ok"),
    }
    # 3 doctors did not answer; of the others the 13 managers and the 12 nurses are as few in steps (10 to 14): the first by name
    # are hidden, so that the whole less the rest is not 3.
    assert read_cells(
        engine, "response_rate_rr1", "numerator", "denominator", "status", role="lead", by=("profession",)
    ) == {
        ("w1", TOGETHER): (25, 50, "ok"),
        ("w1", "Doctor"): (None, None, "suppressed"),
        ("w1", "Manager"): (None, None, "suppressed"),
        ("w1", "Nurse"): (60, 70, "ok"),
    }


@pytest.mark.parametrize("role", ["lead", "funder"])
@pytest.mark.parametrize("indicator_id", ["members", "response_rate_rr1", "item_mean"])
def test_a_filter_shows_no_more_than_the_breakdown(engine: Engine, indicator_id: str, role: str) -> None:
    # All members less those where profession is Nurse, Doctor and Manager is the one dentist.
    by_profession = read_records(engine, indicator_id, role=role, by=("profession",))
    for record in by_profession:
        if record["status"] == "suppressed":
            where = (("profession", record["dimensions"]["profession"]),)
            filtered = read_records(engine, indicator_id, role=role, where=where)
            assert {row["status"] for row in filtered} == {"suppressed"}, where


def test_what_is_hidden_of_answers_says_nothing_of_why(engine: Engine) -> None:
    indicator = find_indicator(engine, "response_rate_rr1")
    table = compute_result(engine, indicator, Selection(by=("profession",)), SCOPES["lead"]).table
    assert set(table.loc[table["status"] == "suppressed", "reason"]) == {HIDDEN}


def test_a_mean_is_shown_to_one_decimal_and_without_its_sum(engine: Engine) -> None:
    # 1 to 5 in turn, from every fifth person 1: the mean of whole turns is 3.
    assert read_cells(engine, "item_mean", "value", "n", "numerator", role="lead", by=("profession",)) == {
        ("w1", "q1", TOGETHER): (2.8, 25, None),
        ("w1", "q1", "Doctor"): (3.0, 50, None),
        ("w1", "q1", "Manager"): (3.0, 40, None),
        ("w1", "q1", "Nurse"): (3.0, 60, None),
    }


def test_few_people_behind_many_attendances_are_hidden(make_release: MakeRelease) -> None:
    # Twelve of 180 places taken, all by the same two of thirty people: a share of places, but of two people.
    places = [
        (f"e{event}", f"p{person}", "true" if person < 2 else "false")
        for event in range(6)
        for person in range(30)
    ]
    few = make_release(
        {
            "members": "member_id,joined_on\n" + "".join(f"p{person},2015-01-01\n" for person in range(30)),
            "events": "event_id,title,starts_at\n"
            + "".join(f"e{event},Meeting,2015-03-0{event + 1}T10:00:00Z\n" for event in range(6)),
            "attendance": "event_id,member_id,registered,attended\n"
            + "".join(f"{event},{person},true,{came}\n" for event, person, came in places),
        }
    )
    assert read_cells(few, "attendance_rate", "numerator", "denominator", "status") == {
        ("all",): (12, 180, "ok")
    }
    assert read_cells(few, "attendance_rate", "status", role="funder") == {("all",): "suppressed"}
    assert read_cells(few, "attendance_rate", "status", role="lead") == {("all",): "ok"}, (
        "a lead has the list"
    )


@pytest.mark.parametrize("role", ["evaluator", "admin"])
def test_the_evaluator_sees_everything(engine: Engine, role: str) -> None:
    assert read_cells(engine, "members", "value", "status", role=role, by=("profession",)) == {
        ("all", "Dentist"): (5, "ok"),
        ("all", "Doctor"): (53, "ok"),
        ("all", "Manager"): (53, "ok"),
        ("all", "Nurse"): (72, "ok"),
        ("all", "Porter"): (49, "ok"),
    }


def test_the_funder_sees_rounded_figures_of_ten_and_more(engine: Engine) -> None:
    # 232 members are told as 230: 230 to 234.
    assert read_cells(engine, "members", "value", "n", "numerator", role="funder") == {
        ("all",): (230, 230, 230)
    }
    (record,) = [
        {name: row[name] for name in ("value", "n", "numerator", "denominator")}
        for row in apply_and_list(draw_table({("a",): (32, 49)}, ("region",)), RESPONSE, "funder")
    ]
    # 32 of 49 are told as 30 to 34 of 45 to 49: 32 of 47 in the middle.
    assert record == {"value": round(32 / 47, 2), "n": 45, "numerator": 30, "denominator": 45}
    # 40 complete and 9 not: nine people could be told, so nothing is shown.
    few = apply_and_list(draw_table({("a",): (40, 49)}, ("region",)), RESPONSE, "funder")
    assert few[0]["status"] == "suppressed"
    # 175 answers of 1 to 5 in turn: their mean to one decimal, without the sum.
    scores = [1 + number % 5 for complete, _ in GROUPS.values() for number in range(complete)]
    (mean,) = read_records(engine, "item_mean", role="funder")
    assert (mean["value"], mean["n"], mean["numerator"]) == (round(sum(scores) / 175, 1), 175, None)


def test_a_share_for_the_funder_needs_twenty_people() -> None:
    table = draw_table({("a",): (10, 20), ("b",): (10, 19)}, ("region",))
    statuses = [row["status"] for row in apply_and_list(table, RESPONSE, "funder")]
    assert statuses == ["suppressed", "suppressed"], "b for its size, a because b is the total less a"


def apply_and_list(table: pd.DataFrame, indicator: object, role: str) -> list[dict[str, object]]:
    dimensions = [name for name in table.columns if name in ("region", "cohort")]
    gated = apply_gate(table, indicator, dimensions, SCOPES[role])  # type: ignore[arg-type,index]
    return gated.to_dict(orient="records")


SHARES = st.integers(0, 40).flatmap(lambda w: st.tuples(st.integers(0, w), st.just(w)))


@given(
    st.lists(SHARES, min_size=1, max_size=30),
    st.integers(1, 5),
    st.sampled_from(["members", "response_rate_rr1", "item_mean"]),
    st.sampled_from(["lead", "funder"]),
)
def test_no_total_gives_a_hidden_row_away(
    counts: list[tuple[int, int]], width: int, indicator_id: str, role: str
) -> None:
    cells = {(f"r{place // width}", f"c{place % width}"): figures for place, figures in enumerate(counts)}
    table = draw_table(cells, ("region", "cohort"))
    indicator = list_indicators()[indicator_id]
    gated = apply_gate(table, indicator, ("region", "cohort"), SCOPES[role])  # type: ignore[index]
    if not SCOPES[role].covers(indicator):  # type: ignore[index]
        assert gated["status"].tolist() == table["status"].tolist(), "the programme's own records"
        return
    is_hidden = gated["status"] == "suppressed"
    for dimension in ("region", "cohort"):
        for _, line in gated.groupby(dimension):
            hidden, shown = (line["status"] == "suppressed").sum(), (line["status"] == "ok").sum()
            assert hidden != 1 or shown == 0
    assert gated.loc[is_hidden, list(FIGURES)].isna().all().all()
    assert (gated.loc[is_hidden, "reason"].str.startswith("Hidden: ")).all()
    assert (gated.loc[table["status"] == "no_data", "status"] == "no_data").all()
    shown = table[gated["status"] == "ok"]
    assert (shown["n"] >= MINIMUM[role]).all()
    if indicator is RESPONSE:
        assert (shown["numerator"] >= MINIMUM[role]).all()
        assert (shown["denominator"] - shown["numerator"] >= MINIMUM[role]).all()


@pytest.mark.parametrize("role", ["lead", "funder"])
def test_what_is_hidden_besides_says_nothing_of_what_is_too_few(role: Role) -> None:
    """Of 33 each 16 are complete, 15 to 17 non-contact, none to two refused: by exact counts one of these tips which is the less."""
    hidden = set()
    for first, second in ((0, 0), (1, 0), (0, 2), (2, 2)):
        cells = {
            (group, disposition): (count, 33)
            for group, refused in (("north", first), ("south", second))
            for disposition, count in (
                ("complete", 16),
                ("non_contact", 17 - refused),
                ("refused", refused),
            )
        }
        table = draw_table(cells, ("region", "disposition")).assign(status="ok")
        gated = apply_gate(table, DISPOSITIONS, ("region", "disposition"), SCOPES[role])
        hidden.add(tuple(gated["status"]))
        turned = apply_gate(table[::-1], DISPOSITIONS, ("region", "disposition"), SCOPES[role])
        assert turned["status"].to_dict() == gated["status"].to_dict(), (
            "the order of the rows decides nothing"
        )
    assert len(hidden) == 1
    assert {"ok", "suppressed"} == set(hidden.pop()), "positive control"


@given(st.lists(SHARES, min_size=1, max_size=12))
def test_an_evaluator_s_table_is_left_as_it_is(counts: list[tuple[int, int]]) -> None:
    table = draw_table({(f"r{place}",): figures for place, figures in enumerate(counts)}, ("region",))
    pd.testing.assert_frame_equal(apply_gate(table, RESPONSE, ("region",), SCOPES["evaluator"]), table)


def test_what_is_shown_to_funders_is_rounded(engine: Engine) -> None:
    result = compute_result(
        engine, find_indicator(engine, "members"), Selection(grain="month"), SCOPES["funder"]
    )
    shown = result.table[result.table["status"] == "ok"]
    assert len(shown) == 2, "of the month that is still running nothing is said"
    assert set(shown["value"] % 5) == {0}


@pytest.mark.parametrize(
    ("indicator_id", "role"),
    [("response_rate_rr1", "lead"), ("response_rate_rr1", "funder")],
)
def test_a_hidden_row_has_no_figure_on_any_surface(
    engine: Engine, capsys: pytest.CaptureFixture[str], indicator_id: str, role: str
) -> None:
    records = read_records(engine, indicator_id, role=role, by=("profession",))
    hidden = [record for record in records if record["status"] == "suppressed"]
    names = {record["dimensions"]["profession"] for record in hidden}
    assert names == {"Doctor", "Manager"}
    assert all(record[name] is None for record in hidden for name in FIGURES)

    data = engine.release.path.parent.parent
    printed = {}
    for form in ("json", "csv", "table"):
        arguments = [
            "value",
            indicator_id,
            "--by",
            "profession",
            "--as",
            role,
            "--format",
            form,
            "--data",
            str(data),
        ]
        assert main(arguments) == 0
        printed[form] = capsys.readouterr().out
    assert json.loads(printed["json"]) == records
    rows = list(csv.DictReader(io.StringIO(printed["csv"])))
    assert len(rows) == len(records)
    for row in rows:
        if row["profession"] in names:
            assert [row[name] for name in FIGURES] == [""] * len(FIGURES)
            assert row["status"] == "suppressed"
    for profession in names:
        (line,) = [
            line for line in printed["table"].splitlines() if f" {profession} " in line and "+" not in line
        ]
        assert line.split() == [records[0]["period"], *profession.split(), "suppressed"]


def test_whether_a_change_has_an_interval_tells_no_more_than_its_rounded_count() -> None:
    """Of six people a change has an interval and of five it has none: told in steps of five both are 5, and have none."""
    changes = pd.DataFrame(
        {
            "value": 0.5,
            "low": [np.nan, 0.1, 0.1, 0.1],
            "high": [np.nan, 0.9, 0.9, 0.9],
            "n": [5.0, 6.0, 9.0, 10.0],
            "numerator": 3.0,
            "denominator": [5.0, 6.0, 9.0, 10.0],
        }
    )
    known = list_indicators()
    rounded = disclosure._round_figures(changes, known["construct_change"], SCOPES["lead"])
    assert rounded["n"].tolist() == [5, 5, 5, 10]
    assert rounded["low"].isna().tolist() == [True, True, True, False]
    others = disclosure._round_figures(changes.assign(low=0.1, high=0.9), known["item_mean"], SCOPES["lead"])
    assert others["low"].notna().all()
