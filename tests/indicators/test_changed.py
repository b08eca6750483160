"""Who differs between two releases: everybody who told something else, or was in another group, and nobody else."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest

from etl.load import load_paths
from indicators.published.changed import Changed
from tests.conftest import write_drawn
from warehouse.engine import Engine

# What a change of a member shows in besides: stays, and the groups that invitations were sent to.
ALSO = {"members": ("memberships", "invitations")}
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
    "invitations": [{"wave_id": "w3", "member_id": name, "disposition": "complete"} for name in PEOPLE],
    "answers": [{"wave_id": "w3", "respondent_id": name, "item_id": "q", "value": 3} for name in PEOPLE],
    "ties": [{"wave_id": "w3", "from_member_id": "m0", "to_member_id": "m5", "relation": "knows"}],
}
CHANGES: list[tuple[str, int, str, object, dict[tuple[str, str, str], int]]] = [
    (
        "answers",
        0,
        "value",
        4,
        {("w3", "", ""): 1, ("w4", "", ""): 0, ("w3", "region", "North"): 1, ("w3", "region", "South"): 0},
    ),
    (
        "invitations",
        5,
        "disposition",
        "refused",
        {("w3", "", ""): 1, ("w3", "region", "South"): 1, ("all", "", ""): 1},
    ),
    (
        "ties",
        0,
        "to_member_id",
        "m4",
        {("w3", "", ""): 3, ("w3", "region", "North"): 1, ("w3", "region", "South"): 2},
    ),
    ("attendance", 1, "attended", "true", {("all", "", ""): 1, ("w3", "", ""): 1}),
    ("activities", 2, "kind", "talk", {("all", "", ""): 1}),
    (
        "members",
        0,
        "region",
        "South",
        {("w3", "region", "North"): 1, ("w3", "region", "South"): 1, ("w3", "", ""): 1},
    ),
]


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "expected"), CHANGES, ids=[one[0] for one in CHANGES]
)
def test_each_change_is_counted_where_it_belongs(
    tmp_path: Path,
    table: str,
    row: int,
    column: str,
    value: object,
    expected: dict[tuple[str, str, str], int],
) -> None:
    other = deepcopy(TABLES)
    other[table][row][column] = value
    engines = []
    for number, tables in enumerate((TABLES, other)):
        write_drawn(tmp_path / str(number), tables)
        engines.append(Engine(load_paths([tmp_path / str(number)], tmp_path / "data").release))
    changed = Changed(engines[1], engines[0])
    assert {where: changed.count([table], *where) for where in expected} == expected
    untouched = {*TABLES, "memberships"} - {table, *ALSO.get(table, ())}
    assert changed.count(untouched, "all", "", "") == 0
    for engine in engines:
        engine.close()
