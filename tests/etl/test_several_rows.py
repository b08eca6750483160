"""Members with several rows in a members list: the first join, every stay and several groups are held; contradictions are not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_load import read_quarantine, read_table, write_files

from etl.load import Loaded, load_paths
from warehouse.derived import SPELLS
from warehouse.release import find_release

HEADING = "member_id,name,email,region,joined_on,left_on\n"
EVENTS = "event_id,title,starts_at\nE1,First,2015-03-14T09:00:00Z\n"
BACK = (
    HEADING
    + "M1,Ann Able,ann@new.example,Wales,2015-09-01,\n"
    + "M1,Ann Able,ann@old.example,London,2015-01-05,2015-05-01\n"
    + "M2,Bob Baker,bob@trust.example,London,2015-02-01,\n"
)
GROUPS = (
    HEADING
    + "M1,Ann Able,ann@trust.example,Wales,2015-01-05,\n"
    + "M1,Ann Able,ann@trust.example,London,2015-01-05,\n"
    + "M1,Ann Able,ann@trust.example,Scotland,2015-01-05,\n"
)


def load(folder: Path, members: str, **more: str) -> Loaded:
    return load_paths([write_files(folder / "in", members=members, **more)], folder / "data")


def list_spells(data: Path) -> list[tuple[object, ...]]:
    tables = find_release(data).path / "tables"
    with duckdb.connect() as connection:
        for name in ("members", "memberships"):
            connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{tables / name}.parquet'")
        return connection.execute(f"SELECT starts_on, ends_on FROM ({SPELLS}) ORDER BY ALL").fetchall()


def read_members(data: Path, columns: str = "joined_on, region") -> list[tuple[object, ...]]:
    path = find_release(data).path / "tables" / "members.parquet"
    return duckdb.execute(f"SELECT {columns} FROM '{path}' ORDER BY ALL").fetchall()


def test_who_left_and_came_back_has_the_first_join_both_stays_and_the_group_of_now(tmp_path: Path) -> None:
    (file,) = load(tmp_path, BACK).files
    data = tmp_path / "data"
    assert read_members(data) == [(date(2015, 1, 5), "Wales"), (date(2015, 2, 1), "London")]
    assert list_spells(data) == [
        (date(2015, 1, 5), date(2015, 5, 1)),
        (date(2015, 2, 1), None),
        (date(2015, 9, 1), None),
    ]
    assert (file.read, file.loaded, file.quarantined, file.duplicates) == (3, 3, 0, 0)
    assert file.warnings == (
        "members.csv: 1 member has several rows: the first day of joining is kept, each stay counts.",
    )


def test_an_address_of_an_earlier_stay_is_still_theirs(tmp_path: Path) -> None:
    visits = "event_id,person_email,attended\nE1,ann@old.example,yes\nE1,ann@new.example,yes\n"
    load(tmp_path, BACK, events=EVENTS, visits=visits)
    assert read_quarantine(tmp_path / "data") == []
    assert len(read_table(tmp_path / "data", "attendance")) == 1


def test_several_groups_of_one_stay_are_held_in_one_value(tmp_path: Path) -> None:
    (file,) = load(tmp_path, GROUPS).files
    assert read_members(tmp_path / "data") == [(date(2015, 1, 5), "London; Scotland; Wales")]
    assert list_spells(tmp_path / "data") == [(date(2015, 1, 5), None)]
    assert file.read == file.accounted == 3
    assert file.quarantined == 0
    assert "of several values of region all are held in one" in file.warnings[0]


@pytest.mark.parametrize(
    "second",
    [
        "M1,Ann Able,ann@trust.example,Wales,2015-01-05,2015-06-01\n",  # one stay with two ends
        "M1,Zoe Zed,ann@trust.example,Wales,2015-09-05,\n",  # one id of two people
    ],
)
def test_rows_that_contradict_each_other_are_set_aside_as_before(tmp_path: Path, second: str) -> None:
    load(tmp_path, f"{HEADING}M1,Ann Able,ann@trust.example,Wales,2015-01-05,\n{second}")
    assert [row[1:] for row in read_quarantine(tmp_path / "data")] == [
        (3, "the same member_id is in members.csv line 2 with other values: correct one of them")
    ]


def test_exact_repeats_are_duplicates_also_beside_another_stay(tmp_path: Path) -> None:
    lines = BACK.removeprefix(HEADING).splitlines(keepends=True)
    (file,) = load(tmp_path, HEADING + "".join([*lines, *lines])).files
    assert (file.read, file.loaded, file.quarantined, file.duplicates) == (6, 3, 0, 3)
    assert read_members(tmp_path / "data") == [(date(2015, 1, 5), "Wales"), (date(2015, 2, 1), "London")]


STAYS = (("2015-01-05", "2015-02-01"), ("2015-03-05", "2015-04-01"), ("2015-05-05", ""))
ROW = st.tuples(st.sampled_from(("M1", "M2")), st.sampled_from(STAYS), st.sampled_from(("Wales", "London")))


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, min_size=1, max_size=6))
def test_no_row_is_lost_and_the_order_of_rows_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, tuple[str, str], str]]
) -> None:
    told = []
    for one in (rows, sorted(rows)):
        folder = tmp_path_factory.mktemp("stays")
        text = HEADING + "".join(f"{who},,,{region},{on},{off}\n" for who, (on, off), region in one)
        (file,) = load(folder, text).files
        assert file.read == file.accounted == len(rows)
        assert file.quarantined == 0
        told.append((read_members(folder / "data"), list_spells(folder / "data")))
    assert told[0] == told[1]
    firsts = {who: min(on for other, (on, _), _ in rows if other == who) for who, _, _ in rows}
    assert sorted(str(row[0]) for row in told[0][0]) == sorted(firsts.values())
    assert len(told[0][1]) == len({(who, stay) for who, stay, _ in rows})


@pytest.mark.parametrize("heading", ["first_name,last_name", "Surname,Forename"])
def test_a_name_in_two_columns_is_the_name_and_no_attribute(heading: str, tmp_path: Path) -> None:
    is_turned = heading.startswith("S")
    names = [("Ann", "Able"), ("Bob", "")]
    rows = [(last, first) if is_turned else (first, last) for first, last in names]
    members = f"member_id,{heading},joined_on,region\n" + "".join(
        f"M{number},{one},{other},2015-01-05,Wales\n" for number, (one, other) in enumerate(rows, 1)
    )
    came = "event_id,person_name,attended\nE1,Ann Able,yes\nE1,Bob,yes\n"
    loaded = load(tmp_path, members, events=EVENTS, attendance=came)
    assert {count.staged.name: count.loaded for count in loaded.files}["attendance.csv"] == 2
    assert not {"first_name", "last_name", "surname", "forename"} & set(loaded.release.manifest["attributes"])
    assert "able" not in str(read_table(tmp_path / "data", "members")).casefold()
