"""Who differs between two releases: everybody who told something else, or was in another group, and nobody else."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from etl.load import load_paths
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.leads.changed import Changed, Signs
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
