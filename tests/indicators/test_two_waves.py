"""What a lead is told of a change: no more of the earlier wave than that wave's own figures tell, in one release and in the next."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from etl.load import load_paths
from indicators.published.leads.sets import Source, read_set
from tests.conftest import write_drawn
from warehouse.engine import Engine

MEMBERS = [f"m{number:03}" for number in range(140)]
# By wave, question and member.
Answers = dict[tuple[str, str, str], int]
Tables = Mapping[str, list[dict[str, Any]]]


def find_region(name: str) -> str:
    return "North" if int(name[1:]) < 70 else "South"


def make_answers() -> Answers:
    """Of each region the same 34 answer in both waves."""
    return {
        (wave, "q", name): 1 + int(name[1:]) * times % 5
        for name in MEMBERS
        if int(name[1:]) % 70 < 34
        for wave, times in (("w1", 1), ("w2", 7))
    }


def make_tables(answers: Answers) -> dict[str, list[dict[str, Any]]]:
    came = {(wave, name) for wave, _, name in answers}
    return {
        "members": [
            {"member_id": name, "region": find_region(name), "joined_on": "2015-01-05"} for name in MEMBERS
        ],
        "activities": [{"member_id": MEMBERS[0], "at": "2016-04-20T10:00:00Z", "kind": "post"}],
        "waves": [
            {"wave_id": wave, "survey_id": "s", "opened_on": day}
            for wave, day in (("w1", "2015-07-01"), ("w2", "2015-12-01"))
        ],
        "items": [
            {
                "survey_id": "s",
                "item_id": item,
                "text": f"It matters to me, {item}",
                "construct": "importance",
                "kind": "likert",
                "scale_min": 1,
                "scale_max": 5,
            }
            for item in sorted({item for _, item, _ in answers})
        ],
        "invitations": [
            {
                "wave_id": wave,
                "member_id": name,
                "disposition": "complete" if (wave, name) in came else "non_contact",
            }
            for wave in sorted({wave for wave, _ in came})
            for name in MEMBERS
        ],
        "answers": [
            {"wave_id": wave, "respondent_id": name, "item_id": item, "value": value}
            for (wave, item, name), value in answers.items()
        ],
    }


def load(root: Path, tables: Tables, source: Source = "answers") -> pd.DataFrame:
    """The rows that a lead is told of the release of these tables, which replace those of before."""
    shutil.rmtree(root / "raw", ignore_errors=True)
    write_drawn(root / "raw", tables)
    engine = Engine(load_paths([root / "raw"], root / "data").release)
    try:
        return read_set(engine, source).rows
    finally:
        engine.close()


def find_told(rows: pd.DataFrame, by: str = "", period: str = "w2") -> set[str]:
    """The indicators of which something is told."""
    told = rows[(rows["status"] == "ok") & (rows["by"] == by) & (rows["period"] == period)]
    return set(told["indicator"].str.partition(":")[0])


def say_told(rows: pd.DataFrame) -> list[str]:
    """Every figure that is told, in words."""
    told = rows[rows["status"] == "ok"].drop(columns=["told_by", "reason"])
    return sorted(repr(row) for row in told.itertuples(index=False, name=None))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """The data folder of a first release, and what a lead was told of it."""
    root = tmp_path_factory.mktemp("first")
    return root, load(root, make_tables(make_answers()))


def find_changes(told: set[str]) -> set[str]:
    return {name for name in told if "_change" in name or "_sides" in name}


def test_what_is_hidden_of_a_wave_does_not_follow_from_the_next_less_its_change(tmp_path: Path) -> None:
    answers = make_answers()
    told = load(tmp_path / "mixed", make_tables(answers))
    assert find_changes(find_told(told, "region")) >= {"item_change", "construct_change"}, "positive control"
    answers |= {key: 5 for key in answers if key[0] == "w1" and find_region(key[2]) == "North"}
    rows = load(tmp_path / "alike", make_tables(answers))
    assert "item_mean" not in find_told(rows, "region", "w1"), "all of a group said the same"
    assert "item_mean" in find_told(rows, "region")
    assert not find_changes(find_told(rows, "region"))
    assert find_changes(find_told(rows)), "of everybody both waves are told"


def test_one_answer_of_an_earlier_wave_is_not_told_by_a_change(
    first: tuple[Path, pd.DataFrame], tmp_path: Path
) -> None:
    shutil.copytree(first[0], tmp_path / "copy", dirs_exist_ok=True)
    answers = make_answers()
    for name in (*MEMBERS[:6], *MEMBERS[70:76]):
        answers["w2", "q", name] = answers["w2", "q", name] % 5 + 1
    answers["w1", "q", "m000"] = 5
    rows = load(tmp_path / "copy", make_tables(answers))

    def pick(rows: pd.DataFrame, *, is_change: bool) -> list[str]:
        is_of = rows["indicator"].str.contains("_change|_sides") & rows["period"].eq("w2")
        return say_told(rows[is_of if is_change else ~is_of & rows["period"].eq("w2")])

    assert pick(rows, is_change=True) == pick(first[1], is_change=True)
    assert pick(rows, is_change=False) != pick(first[1], is_change=False), "positive control: twelve of w2"


@pytest.mark.parametrize("names", [{"q": "q2"}, {"w2": "w5"}])
def test_another_name_does_not_tell_one_changed_answer(
    first: tuple[Path, pd.DataFrame], tmp_path: Path, names: dict[str, str]
) -> None:
    shutil.copytree(first[0], tmp_path / "copy", dirs_exist_ok=True)
    answers = make_answers()
    answers["w2", "q", "m000"] = 5
    tables = make_tables(answers)
    for each in (row for rows in tables.values() for row in rows):
        each.update({column: names[value] for column, value in each.items() if value in names})
    rows = load(tmp_path / "copy", tables)
    told = say_told(rows[rows["period"] != "w1"])
    (new,) = names.values()
    told = [one for one in told if "distribution" in one or "mean" in one]
    assert [one for one in told if repr(new) in one or f'"{new}"' in one] == []
    assert say_told(first[1]), "positive control"
