"""Who differs between two releases: everybody who told something else, or was in another group, and nobody else."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from etl.load import load_paths
from indicators.published.leads.changed import Changed, Signs
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
