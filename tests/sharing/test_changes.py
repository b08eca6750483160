"""A later release shows a row anew only when at least ten people behind it changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from etl.load import load_paths
from sharing.sealing.extract import Extract
from sharing.sealing.seal import seal_release, store_extract
from tests.sharing.known_programme import Rows, let_come, load_changed, write_programme

LINK = "0a1b2c3d"


@pytest.fixture
def programme(tmp_path: Path) -> Path:
    write_programme(tmp_path / "raw")
    load_paths([tmp_path / "raw"], tmp_path / "data")
    return tmp_path


def seal(programme: Path) -> Extract:
    extract = seal_release(programme / "data", "latest", LINK, "The Foundation")
    store_extract(programme / "data", extract)
    return extract


def read_attendance(extract: Extract, *by: str) -> dict[str, Any]:
    (result,) = [
        one for one in extract.results if one.indicator.id == "attendance_rate" and one.selection.by == by
    ]
    name = by[0] if by else "period"
    return {str(row[name]): row["numerator"] for row in result.table.to_dict(orient="records")}


def test_few_changes_are_not_shown_and_many_are(programme: Path) -> None:
    assert read_attendance(seal(programme))["2015-Q1"] == 55  # 59 of 100
    load_changed(programme, "attendance", let_come(9))
    assert read_attendance(seal(programme))["2015-Q1"] == 55, "68 came, but only 9 people changed"
    load_changed(programme, "attendance", let_come(1))
    assert read_attendance(seal(programme))["2015-Q1"] == 65, "69 came, 10 more than when it was last shown"


def test_many_changes_that_cancel_out_are_changes_of_people(programme: Path) -> None:
    seal(programme)

    def swap(rows: Rows) -> None:
        came = [row for row in rows if row["attended"] == "true"][:12]
        absent = [row for row in rows if row["attended"] == "false"][:6]
        for row in (*came, *absent):
            row["attended"] = "false" if row["attended"] == "true" else "true"

    load_changed(programme, "attendance", swap)
    assert read_attendance(seal(programme))["2015-Q1"] == 50  # 53 of 100, 18 people changed


def test_what_was_wrong_once_and_is_mended_tells_nobody_apart(programme: Path) -> None:
    def turn(rows: Rows) -> None:
        came = [row for row in rows if row["attended"] == "true"]
        for row in (*came[:4], *[row for row in rows if row["attended"] == "false"][:11]):
            row["attended"] = "false" if row["attended"] == "true" else "true"

    kept = (programme / "raw" / "attendance.csv").read_text(encoding="utf-8")
    before = read_attendance(seal(programme))["2015-Q1"]
    load_changed(programme, "attendance", turn)
    wrong = read_attendance(seal(programme))["2015-Q1"]
    assert (before, wrong) == (55, 65), "59 and 66 came, 15 people changed"
    (programme / "raw" / "attendance.csv").write_text(kept, encoding="utf-8")
    load_changed(programme, "attendance", let_come(1))
    mended = read_attendance(seal(programme))["2015-Q1"]
    assert mended == wrong, "60 came: the first page, 55 to 59, and 60 to 64 would say that it was 59 to 60"


@pytest.mark.parametrize(("changed", "status"), [(0, "ok"), (1, "suppressed"), (12, "ok")])
def test_another_name_of_a_wave_tells_no_answer_of_few(programme: Path, changed: int, status: str) -> None:
    def read_status(extract: Extract) -> set[str]:
        return {
            str(one)
            for result in extract.results
            if result.indicator.id == "construct_positive" and not result.selection.by
            for one in result.table["status"]
        }

    assert read_status(seal(programme)) == {"ok"}
    for path in (programme / "raw").glob("*.csv"):
        text = path.read_text(encoding="utf-8").replace("w1,", "s9,").replace(",q1,3,", ",q1,5,", changed)
        path.write_text(text, encoding="utf-8")
    load_paths([programme / "raw"], programme / "data")
    assert read_status(seal(programme)) == {status}


def test_what_is_not_kept_any_more_is_compared_by_its_rounded_count(programme: Path) -> None:
    data = programme / "data"
    seal(programme)
    first = (data / "CURRENT").read_text(encoding="utf-8").strip()
    load_changed(programme, "attendance", let_come(5))
    shutil.rmtree(data / "releases" / first)
    assert read_attendance(seal(programme))["2015-Q1"] == 55, "there are as many members as before"

    def leave_out(rows: Rows) -> None:
        del rows[80:]

    for table in ("members", "attendance", "invitations", "answers", "ties"):
        load_changed(programme, table, leave_out)
    assert read_attendance(seal(programme))["2015-Q1"] == 50  # 33 nurses, 14 doctors and 5 more of 80


def test_groups_stay_as_they_were_first_sealed(programme: Path) -> None:
    before = read_attendance(seal(programme), "region")

    def move(rows: Rows) -> None:
        for row in rows[:30]:
            row["region"] = "Scotland"

    load_changed(programme, "members", move)
    after = read_attendance(seal(programme), "region")
    assert set(after) == set(before) == {"England", "Smaller groups together"}


def test_a_hidden_row_is_not_shown_after_a_change_of_few(programme: Path) -> None:
    by = read_attendance(seal(programme), "profession")
    assert by["Nurse"] == 30
    assert by["Doctor"] != by["Doctor"], "hidden"
    load_changed(programme, "attendance", let_come(3))
    again = read_attendance(seal(programme), "profession")
    assert again["Doctor"] != again["Doctor"], "still hidden"
    assert again["Nurse"] == 30
