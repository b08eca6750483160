"""The page of measurements: rows, limits, what fell short; and the communities that are measured."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from bench import __main__ as bench
from bench import communities
from bench.apart import run_apart
from bench.report.page import merge_rows, read_rows, update_page
from bench.report.row import Row, Unavailable
from warehouse.contracts import TABLES

HELD = Row("load", "load to tables", 10_000, 1.2, "CPU s", "bare COPY", 1.0, most_ratio=1.5)
SLOW = Row(
    "load",
    "load to tables",
    100_000,
    20.0,
    "CPU s",
    "bare COPY",
    10.0,
    most_ratio=1.5,
    profile="load_paths 20 s",
)
HEAVY = Row("load", "peak", 100_000, 900.0, "MB", most=2_000.0)
UNKNOWN = Row("load", "pandas", 100_000, None, "CPU s", "bare COPY", 10.0, most=5.0, note="not installed")


@pytest.mark.parametrize(
    ("row", "ratio", "is_held"),
    [(HELD, 1.2, True), (SLOW, 2.0, False), (HEAVY, None, True), (UNKNOWN, None, None)],
)
def test_a_row_judges_its_limits(row: Row, ratio: float | None, is_held: bool | None) -> None:
    assert (row.ratio, row.is_held) == (ratio, is_held)


def test_page_tells_every_row_and_what_fell_short(tmp_path: Path) -> None:
    page = update_page([HELD, SLOW, HEAVY, UNKNOWN], {"load": "The load."}, tmp_path)
    table, short = page.read_text(encoding="utf-8").split("## What fell short")
    assert "| load to tables | 10,000 | 1.2 CPU s | bare COPY 1 | 1.2 × | ≤ 1.5 × | yes |" in table
    assert "| load to tables | 100,000 | 20 CPU s | bare COPY 10 | 2 × | ≤ 1.5 × | **no** |" in table
    assert "| pandas (not installed) | 100,000 | – CPU s |" in table
    assert "load to tables, 100,000 members" in short
    assert SLOW.profile in short
    assert "10,000 members" not in short.replace("100,000 members", "")
    assert "](images/performance-load-cpu.svg)" in table
    picture = ElementTree.parse(tmp_path / "images" / "performance-load-cpu.svg").getroot()
    words = {"".join(text.itertext()).strip() for text in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"load to tables", "bare COPY", "members"} <= words


def test_a_later_run_replaces_its_scenario_and_size_only(tmp_path: Path) -> None:
    update_page([HELD, SLOW, HEAVY], {"load": "The load."}, tmp_path)
    better = Row("load", "load to tables", 100_000, 12.0, "CPU s", "bare COPY", 10.0, most_ratio=1.5)
    page = update_page([better], {"load": "The load."}, tmp_path)
    assert (
        read_rows(tmp_path / "performance.json")
        == merge_rows([HELD, SLOW, HEAVY], [better])
        == [HELD, better]
    )
    assert page.read_text(encoding="utf-8").endswith("Every limit was held.\n")


def test_every_scenario_has_a_measure_and_says_what_it_is() -> None:
    for name in bench.SPEED:
        assert bench.describe(name), name


def test_meetup_has_the_sizes_asked_and_few_attend_much(tmp_path: Path) -> None:
    communities.write_meetup(tmp_path)
    read = {table: pd.read_csv(tmp_path / f"{table}.csv") for table in ("members", "events", "attendance")}
    assert tuple(map(len, read.values())) == communities.MEETUP
    for name, rows in read.items():
        assert not rows.duplicated(list(TABLES[name].key)).any(), name
    matched = read["attendance"].merge(read["members"], on="member_id").merge(read["events"], on="event_id")
    assert len(matched) == communities.MEETUP[2]
    day = matched["starts_at"].str[:10]
    assert ((matched["joined_on"] <= day) & ~(matched["left_on"] <= day)).all()
    often = read["attendance"].groupby("member_id").size().sort_values(ascending=False)
    assert often.iloc[: len(read["members"]) // 10].sum() > len(matched) / 2


def test_the_same_seed_draws_the_same_community_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        communities.write_calendar(tmp_path / name, 300, 200, seed)
    one, again, other = ((tmp_path / name / "members.csv").read_bytes() for name in ("one", "again", "other"))
    assert one == again != other
    assert sorted(path.stem for path in (tmp_path / "one").iterdir()) == ["events", "members"]


def test_a_call_apart_tells_its_cost_and_what_is_missing() -> None:
    used = run_apart(("statistics:fmean", ([1.0, 2.0],)))
    assert used.result == 1.5
    assert used.whole_cpu >= used.cpu >= 0
    assert used.peak_mb > 1
    with pytest.raises(RuntimeError, match="failed"):
        run_apart(("statistics:fmean", ([],)))
    if importlib.util.find_spec("pandera") is None:
        with pytest.raises(Unavailable, match="pip install pandera"):
            run_apart(("bench.speed.peers:load_with_pandera", ("", "")))
