"""Every importer in every physical layout: the same rows whether it lies in a CSV of any delimiter, a workbook or a zip archive."""

from __future__ import annotations

import itertools
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from layout_samples import KUMU_JSON, LAYOUTS, PHYSICAL, QSF, write_sav

from etl.intake import store_scan, take_in
from etl.load import open_kitchen
from etl.reading.files import Intake
from etl.reading.types import Options, Refused
from etl.sources import SOURCES
from etl.staging import stage_files
from warehouse.quoting import quote_name

KITCHEN = open_kitchen(Path(), Path(), [])
NUMBERS = itertools.count()
Found = tuple[str, int, list[tuple[int, str]], list[tuple[object, ...]]]
OPTIONS = Options(event_id="E1", wave_id="w1", survey_id="s")


def take(path: Path, work: Path, options: Options = OPTIONS) -> Intake:
    (staged,) = stage_files(work, [path], options, [])
    number = next(NUMBERS)
    intake = take_in(KITCHEN, number, staged, work / "staged" / staged.sha256, work)
    return store_scan(KITCHEN, number, intake) if intake.bulk else intake


def list_cells(intake: Intake, shift: int) -> list[tuple[object, ...]]:
    found = []
    for batch in intake.batches:
        columns = sorted(batch.columns)
        listed = ", ".join(f"coalesce({quote_name(name)}, '')" for name in columns)
        for line, *cells in KITCHEN.execute(f"SELECT line, {listed} FROM {batch.raw}").fetchall():
            known = [f"line {line - shift}" if cell == f"line {line}" else cell for cell in cells]
            found.append((batch.table, columns, line - shift if line else 0, *known))
    return sorted(found, key=repr)


def read(name: str, physical: str, folder: Path) -> Found:
    source, rows = LAYOUTS[name]
    suffix, write, shift = PHYSICAL[physical]
    write(rows, folder / f"export{suffix}")
    options = replace(OPTIONS, event_id=None) if source in ("teams", "zoom") else OPTIONS
    intake = take(folder / f"export{suffix}", folder, options)
    assert intake.source == source
    rejects = [(one.line - shift, one.reason) for one in intake.rejects]
    return intake.title, intake.read, rejects, list_cells(intake, shift)


def rank_lines(found: Found) -> Found:
    """The same with each line in place by its rank among those that hold a row."""
    title, count, rejects, rows = found
    lines = sorted({line for line, _ in rejects} | {int(str(row[2])) for row in rows} | {0})
    rank = {line: place for place, line in enumerate(lines)}
    named = {f"line {line}": f"line {place}" for line, place in rank.items()}
    return (
        title,
        count,
        [(rank[line], reason) for line, reason in rejects],
        sorted(
            (
                (*row[:2], rank[int(str(row[2]))], *(named.get(str(cell), cell) for cell in row[3:]))
                for row in rows
            ),
            key=repr,
        ),
    )


@cache
def read_plain(name: str, folder: Path) -> Found:
    return read(name, "comma", folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plain")


@pytest.mark.parametrize("physical", PHYSICAL)
@pytest.mark.parametrize("name", LAYOUTS)
def test_an_export_is_the_same_in_every_physical_layout(
    name: str, physical: str, tmp_path: Path, plain: Path
) -> None:
    found = read(name, physical, tmp_path)
    assert found[1] > 0
    assert found[3]
    expected = read_plain(name, plain)
    if "workbook" in physical and any("\n" in cell for row in LAYOUTS[name][1] for cell in row):
        # the plain file has further lines there, the sheet has not
        found, expected = rank_lines(found), rank_lines(expected)
    assert found == expected


def test_every_importer_has_a_layout() -> None:
    assert {source for source, _ in LAYOUTS.values()} | {"spss", "qsf"} == {one.NAME for one in SOURCES}


def test_a_project_of_kumu_in_json_is_its_connections(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(KUMU_JSON, encoding="utf-8")
    intake = take(tmp_path / "p.json", tmp_path)
    assert intake.source == "kumu"
    assert intake.read == 3
    (batch,) = intake.batches
    rows = KITCHEN.execute(
        f"SELECT line, from_member_id, to_member_id, relation, strength, directed FROM {batch.raw}"
    )
    assert rows.fetchall() == [(1, "Ada Okoro", "Ben Marsh", "advice", "3", "false")]
    assert [(one.line, one.reason) for one in intake.rejects] == [
        (2, "the direction 'sideways' is none of Kumu's"),
        (3, "the line has no From or no To"),
    ]


def test_a_definition_of_qualtrics_is_its_items(tmp_path: Path) -> None:
    (tmp_path / "s.qsf").write_text(QSF, encoding="utf-8")
    intake = take(tmp_path / "s.qsf", tmp_path)
    assert [(item.item_id, item.kind, item.scale_min, item.scale_max) for item in intake.items] == [
        ("Q1", "likert", 1, 5),
        ("Q2_1", "multiple", None, None),
        ("Q2_4", "multiple", None, None),
        ("Q3_1", "likert", 1, 2),
        ("Q3_2", "likert", 1, 2),
    ]
    assert intake.items[0].labels == ((5, "Strongly agree"), (1, "Strongly disagree"), (None, "N/A"))
    assert intake.items[0].text == "How useful was it?"


def test_an_spss_file_in_a_zip_is_read(tmp_path: Path) -> None:
    write_sav(tmp_path / "d.sav")
    with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
        archive.write(tmp_path / "d.sav", "d.sav")
    intake = take(tmp_path / "d.zip", tmp_path)
    assert (intake.source, intake.read, len(intake.rejects)) == ("spss", 3, 1)


def _write_zip(path: Path, **files: bytes) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.csv", content)


def test_archives_that_are_not_one_file_are_refused_with_the_way_out(tmp_path: Path) -> None:
    _write_zip(tmp_path / "two.zip", a=b"x\n1\n", b=b"x\n1\n")
    _write_zip(tmp_path / "inner.zip", a=b"x\n1\n", b=b"x\n1\n")
    with zipfile.ZipFile(tmp_path / "nested.zip", "w") as archive:
        archive.write(tmp_path / "inner.zip", "inner.zip")
    _write_zip(tmp_path / "bomb.zip", a=b"0" * 30_000_000)
    (tmp_path / "torn.zip").write_bytes((tmp_path / "two.zip").read_bytes()[:40])
    said = {}
    for name in ("two", "nested", "bomb", "torn"):
        with pytest.raises(Refused) as refused:
            take(tmp_path / f"{name}.zip", tmp_path)
        said[name] = str(refused.value)
    assert said == {
        "two": "two.zip is a zip archive of a.csv, b.csv: unpack it, and load the files in it, or a zip of each.",
        "nested": "nested.zip is a zip archive of a.csv, b.csv: unpack it, and load the files in it, or a zip of each.",
        "bomb": f"bomb.zip has {(tmp_path / 'bomb.zip').stat().st_size:,} bytes and would unpack to 30,000,000: save it as CSV, "
        "or check where it came from.",
        "torn": "torn.zip is damaged or not an Excel workbook: open it in Excel and save it again.",
    }
