"""Who differs between two releases: everybody who told something else, or was in another group, and nobody else."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from etl.load import load_paths
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.leads.later.changed import Changed, Signs
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.conftest import write_drawn
from warehouse.engine import Engine

PEOPLE = [f"m{number}" for number in range(6)]
TABLES: dict[str, list[dict[str, object]]] = {
    "members": [
        {"member_id": name, "region": "North" if name < "m3" else "South", "joined_on": "2015-01-01"}
        for name in PEOPLE
    ],
    "events": [{"event_id": "e", "title": "Meeting", "starts_at": "2015-02-02T10:00:00Z"}],
    "attendance": [{"event_id": "e", "member_id": name, "attended": "false"} for name in PEOPLE],
    "activities": [{"member_id": name, "at": "2015-02-03T10:00:00Z", "kind": "post"} for name in PEOPLE],
    "waves": [
        {"wave_id": wave, "survey_id": "s", "opened_on": f"2015-0{wave[1]}-01"} for wave in ("w3", "w4")
    ],
    "items": [
        {
            "survey_id": "s",
            "item_id": "q",
            "text": "Useful?",
            "kind": "likert",
            "scale_min": 1,
            "scale_max": 5,
        }
    ],
    "invitations": [{"wave_id": "w3", "member_id": name, "disposition": "complete"} for name in PEOPLE[:5]],
    "answers": [{"wave_id": "w3", "respondent_id": name, "item_id": "q", "value": 3} for name in PEOPLE[:5]],
    "ties": [{"wave_id": "w3", "from_member_id": "m0", "to_member_id": "m3", "relation": "knows"}],
}
NORTH, SOUTH = ("region", ("North",)), ("region", ("South",))
# What is changed, and of how many people it is counted: by period, attributes that matter, and group.
Asked = tuple[str, tuple[str, ...], tuple[str, tuple[str, ...]] | None]
CHANGES: list[tuple[str, int, str, object, dict[Asked, int]]] = [
    (
        "answers",
        0,
        "value",
        4,
        {("w3", (), None): 1, ("w4", (), None): 0, ("w3", (), NORTH): 1, ("w3", (), SOUTH): 0},
    ),
    (
        "invitations",
        4,
        "disposition",
        "refused",
        {("w3", (), None): 1, ("w3", (), SOUTH): 1, ("all", (), None): 1},
    ),
    ("ties", 0, "to_member_id", "m4", {("w3", (), None): 1, ("w3", (), NORTH): 1, ("w3", (), SOUTH): 0}),
    ("attendance", 1, "attended", "true", {("all", (), None): 1, ("w3", (), None): 1}),
    ("activities", 2, "kind", "talk", {("all", (), None): 1}),
    (
        "members",
        0,
        "region",
        "South",
        {("w3", (), NORTH): 1, ("w3", (), SOUTH): 1, ("w3", (), None): 0, ("w3", ("region",), None): 1},
    ),
    # Nobody asked the last: where a lead knows the record, and there is no answer, nothing can hide behind it.
    ("members", 5, "region", "North", {("w3", (), NORTH): 0, ("w3", ("region",), None): 0}),
    ("activities", 5, "kind", "talk", {("all", (), None): 0}),
]


@pytest.mark.parametrize(("table", "row", "column", "value", "expected"), CHANGES)
def test_each_change_is_counted_where_it_belongs(
    tmp_path: Path, table: str, row: int, column: str, value: object, expected: dict[Asked, int]
) -> None:
    other = deepcopy(TABLES)
    other[table][row][column] = value
    engines = []
    for number, tables in enumerate((TABLES, other)):
        write_drawn(tmp_path / str(number), tables)
        engines.append(Engine(load_paths([tmp_path / str(number)], tmp_path / "data").release))
    changed = Changed(*(Signs.of_release(engine) for engine in reversed(engines)))
    counted = {table, "answers", "invitations"}
    assert {where: changed.count(counted, *where) for where in expected} == expected
    assert changed.count(set(TABLES) - {table}, "all") == 0
    for engine in engines:
        engine.close()


def test_who_left_a_group_of_a_wave_is_counted_and_who_was_in_it_by_the_members_list_is_not(
    tmp_path: Path,
) -> None:
    """240 members of no region in the list; 20 of them are of none in w2. One of the 20 moves, and six others of Wales answer late."""

    def load(root: Path, *, is_later: bool) -> Engine:
        waves = [{"wave_id": f"w{n}", "survey_id": "s", "opened_on": f"2015-0{n}-01"} for n in (1, 2)]
        invitations, answers = list[dict[str, object]](), list[dict[str, object]]()
        for wave in ("w1", "w2"):
            for number in range(206):
                region = "Wales" if number < 60 or number >= 200 else "London" if number < 130 else "North"
                if wave == "w2" and number < 20 and not (is_later and number == 0):
                    region = ""
                has_answered = number < 200 or (wave == "w2" and is_later)
                said = {"wave_id": wave, "member_id": f"m{number}", "region": region}
                invitations.append({**said, "disposition": "complete" if has_answered else "non_contact"})
                if has_answered:
                    value = 5 if number % 2 == 0 else 1
                    answers.append(
                        {"wave_id": wave, "respondent_id": f"m{number}", "item_id": "q", "value": value}
                    )
        members = [{"member_id": f"m{n}", "region": "", "joined_on": "2015-01-01"} for n in range(240)]
        tables = {
            "members": members,
            "waves": waves,
            "items": TABLES["items"],
            "invitations": invitations,
            "answers": answers,
        }
        write_drawn(root / str(is_later), tables)
        return Engine(load_paths([root / str(is_later)], root / "data", is_fresh=True).release)

    told = {}
    for is_later in (False, True):
        engine = load(tmp_path, is_later=is_later)
        asked = Selection(by=("region",), period="w2")
        table = compute_result(engine, find_indicator(engine, "item_positive"), asked, SCOPES["lead"]).table
        told[is_later] = table.set_index("region")["numerator"].to_dict()
        engine.close()
    assert told[False]["Not recorded"] == 10.0
    assert told[True]["Not recorded"] == told[False]["Not recorded"], (
        "only one person behind that row changed"
    )


def rename(tables: dict[str, list[dict[str, object]]], names: dict[object, object]) -> None:
    for rows in tables.values():
        for row in rows:
            row.update({column: names.get(value, value) for column, value in row.items() if value in names})


RENAMED: list[tuple[str, dict[object, object], Asked]] = [
    ("q2", {"q": "q2"}, ("w3", (), None)),
    ("q", {"w3": "w5"}, ("w5", (), None)),
    ("q", {"North": "Far"}, ("w3", (), ("region", ("Far",)))),
    ("q2", {"w3": "w5", "q": "q2", "North": "Far"}, ("w5", (), ("region", ("Far",)))),
]


@pytest.mark.parametrize(("item", "names", "asked"), RENAMED)
def test_another_name_makes_nobody_say_anything_else(
    tmp_path: Path, item: str, names: dict[object, object], asked: Asked
) -> None:
    engines = []
    for number, said in enumerate((3, 3, 4)):
        tables = deepcopy(TABLES)
        tables["answers"][0]["value"] = said
        if number:
            rename(tables, names)
        write_drawn(tmp_path / str(number), tables)
        engines.append(Engine(load_paths([tmp_path / str(number)], tmp_path / "data", is_fresh=True).release))
    then, *later = (Signs.of_release(engine) for engine in engines)
    counts = [Changed(now, then).count(["answers"], *asked, part=item) for now in later]
    assert counts == [0, 1]
    for engine in engines:
        engine.close()


def test_an_attribute_of_another_name_is_the_one_that_it_was(tmp_path: Path) -> None:
    engines = []
    for column in ("region", "area"):
        tables = deepcopy(TABLES)
        for row in tables["members"]:
            row[column] = row.pop("region")
        write_drawn(tmp_path / column, tables)
        engines.append(Engine(load_paths([tmp_path / column], tmp_path / "data", is_fresh=True).release))
    now, then = (Signs.of_release(engine) for engine in reversed(engines))
    assert Changed(now, then).count(["answers"], "w3", (), ("area", ("North",)), "q") == 0
    for engine in engines:
        engine.close()


def test_what_changed_in_an_earlier_wave_is_counted_of_those_who_told_in_both(tmp_path: Path) -> None:
    engines = []
    for changed in (False, True):
        tables = deepcopy(TABLES)
        tables["answers"] += [{**row, "wave_id": "w4"} for row in tables["answers"][:3]]
        for row in (tables["answers"][0], tables["answers"][4]) if changed else ():
            row["value"] = 5
        write_drawn(tmp_path / str(changed), tables)
        engines.append(Engine(load_paths([tmp_path / str(changed)], tmp_path / "data").release))
    now, then = (Signs.of_release(engine) for engine in reversed(engines))
    changed = Changed(now, then)
    assert changed.count(["answers"], "w4", (), None, "q") == 0
    assert changed.count(["answers"], "w4", (), None, "q", wave="w3") == 2
    assert changed.count(["answers"], "w4", (), None, "q", wave="w3", also=("w4", ("q",))) == 1
    assert changed.count(["answers"], "w4", (), NORTH, "q", wave="w3") == 1
    for engine in engines:
        engine.close()
