"""The set that leads see: kept, carried from release to release as a whole, and not shown where it cannot be kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from etl.load import load_paths
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.leads.sets import FOLDER, LeadSet, read_set
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.sharing.known_programme import Rows, load_changed, write_programme
from warehouse.engine import Engine
from warehouse.release import find_release

BY_REGION = Selection(by=("region",))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    load_paths([write_programme(tmp_path / "raw")], tmp_path / "data")
    return tmp_path


@pytest.fixture
def engine(root: Path) -> Iterator[Engine]:
    opened = Engine(find_release(root / "data"))
    yield opened
    opened.close()


def read_all(data: Path) -> LeadSet:
    opened = Engine(find_release(data))
    try:
        return read_set(opened, "answers")
    finally:
        opened.close()


def test_the_set_is_read_again_as_it_was_made(root: Path) -> None:
    made, again = read_all(root / "data"), read_all(root / "data")
    assert made.rows.astype(str).equals(again.rows.astype(str))
    assert {path.stat().st_mode & 0o777 for path in (root / "data" / FOLDER).glob("*.parquet")} == {0o600}


def test_groups_that_stood_alone_stay_and_the_waves_of_before_as_they_were_told(root: Path) -> None:
    before = read_all(root / "data")

    def join(rows: Rows) -> None:
        rows += [
            {**rows[0], "member_id": f"n{number}", "name": f"New {number}", "email": f"n{number}@example.org"}
            for number in range(8)
        ]

    load_changed(root, "members", join)
    after = read_all(root / "data")
    assert after.groups == before.groups
    told = ["indicator", "by", "period", "cell", "value", "status", "told_by"]
    of_waves = [one.rows.loc[one.rows["period"] == "w1", told].astype(str) for one in (before, after)]
    assert of_waves[0].reset_index(drop=True).equals(of_waves[1].reset_index(drop=True))


@pytest.mark.parametrize("is_folder", [True, False])
def test_where_it_cannot_be_kept_or_read_nothing_is_shown(
    engine: Engine, root: Path, is_folder: bool
) -> None:
    folder = root / "data" / FOLDER
    if is_folder:
        folder.mkdir(parents=True)
        (folder / f"{engine.release.id}.answers.parquet").write_bytes(b"PAR1 cut off")
    else:
        folder.write_text("not a folder")
    table = compute_result(
        engine, find_indicator(engine, "response_rate_rr1"), BY_REGION, SCOPES["lead"]
    ).table
    assert set(table["status"]) == {"suppressed"}
    assert table["reason"].str.contains(str(FOLDER)).all()
    whole = compute_result(engine, find_indicator(engine, "members"), BY_REGION, SCOPES["lead"]).table
    assert set(whole["status"]) == {"ok"}, "positive control: records are shown all the same"
