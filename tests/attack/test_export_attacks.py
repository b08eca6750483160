"""Numbered attacks on exports (the list of the access rules), against a real server process over HTTP and websocket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from etl.load import load_paths
from tests.app.small_programme import write_members, write_programme
from tests.attack.staff_viewer import ask_page, open_host
from tests.attack.taking import Offered, fetch_file, run_page, take_away
from tests.browser.server import PROJECT, serve
from tests.ui.read_files import read_any, read_package
from ui.export import FORMATS, Format

HOSTILE = ("=HYPERLINK(A1)", "+SUM(1;2)", "-2+3", "@SUM(1)")


@contextmanager
def run_script(script: str, data: Path) -> Iterator[str]:
    """A Streamlit process on a free port; gives its host and port once it answers."""
    with serve(data, command=("-m", "streamlit", "run", script), PYTHONPATH=str(PROJECT)) as address:
        yield address.removeprefix("http://")


@pytest.mark.attack(31)
def test_31_two_long_exports_with_the_same_ends_are_each_its_own_file(tmp_path: Path) -> None:
    with run_script("tests/attack/colliding_page.py", tmp_path) as host:

        async def run() -> list[dict[str, bytes]]:
            async with open_host(host) as first, open_host(host) as second:
                one = await run_page(first, ask_page(query="who=alice"), Offered())
                two = await run_page(second, ask_page(query="who=bob"), Offered())
                return [
                    {key: fetch_file(host, seen.find_url(key))[0] for key in ("bare", "download-ours")}
                    for seen in (one, two)
                ]

        alice, bob = asyncio.run(run())
    assert b"     alice" in alice["download-ours"]
    assert b"       bob" in bob["download-ours"]
    assert len(alice["download-ours"]) == len(bob["download-ours"]) == 1_400_000
    # The control: under one name, both are given one and the same file.
    assert alice["bare"] == bob["bare"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard over members whose regions are formulas."""
    root = tmp_path_factory.mktemp("hostile")
    raw = write_programme(root / "raw", has_ties=False)
    write_members(raw, regions=HOSTILE)
    load_paths([raw], root / "data")
    with run_script("dashboard.py", root / "data") as host:
        yield host


def list_formulas(kind: Format, content: bytes) -> Sequence[str]:
    """The cells of a file that a spreadsheet would compute."""
    text = read_any(kind.ending, content)
    if kind.ending == "csv":
        return [cell for line in text.splitlines() for cell in line.split(",") if cell in HOSTILE]
    return [part for part in text.split("<c ") if "<f>" in part]


@pytest.mark.attack(41)
@pytest.mark.parametrize(
    "kind", [one for one in FORMATS if one.ending in ("csv", "xlsx", "pptx")], ids=lambda kind: kind.ending
)
def test_41_no_cell_of_an_export_starts_a_formula(hostile: str, kind: Format) -> None:
    content, disposition = take_away(hostile, kind, "whom", "attribute=Region")
    assert f".{kind.ending}" in disposition
    text = read_any(kind.ending, content).replace("&apos;", "'").replace("&#39;", "'")
    for region in HOSTILE:
        assert f"'{region}" in text
    assert list_formulas(kind, content) == []


@pytest.mark.attack(41)
def test_41_control_an_unprotected_file_has_formulas(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = HOSTILE[0]
    book.save(tmp_path / "plain.xlsx")
    csv, xlsx = (next(one for one in FORMATS if one.ending == ending) for ending in ("csv", "xlsx"))
    assert "<f>" in read_package((tmp_path / "plain.xlsx").read_bytes())
    assert len(list_formulas(xlsx, (tmp_path / "plain.xlsx").read_bytes())) == 1
    assert list_formulas(csv, f"a,{HOSTILE[1]},b\r\n".encode()) == [HOSTILE[1]]
