"""Workbooks and SPSS files damaged in any place: every row is loaded, set aside with its line, or the file is refused."""

from __future__ import annotations

import itertools
import tempfile
from functools import cache
from itertools import dropwhile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_samples import LAYOUTS, write_book, write_sav

from etl.intake import store_scan, take_in
from etl.load import open_kitchen
from etl.reading.files import StagedFile
from etl.reading.types import Options, Refused

KITCHEN = open_kitchen(Path(), Path(), [])
NUMBERS = itertools.count()
OPTIONS = Options(event_id="E1", wave_id="w1", survey_id="s")
# the line of the first row of each
FIRST = {
    "zoom, joins": 2,
    "teams, comma": 9,
    "qualtrics, three rows": 4,
    "qualtrics, one row": 2,
    "limesurvey, codes": 2,
    "limesurvey, vv": 3,
    "surveymonkey, two rows": 3,
    "microsoft forms": 2,
    "google forms": 2,
    "eventbrite": 2,
    "limesurvey participants": 2,
    "kumu": 2,
    "edges, gephi": 2,
    "matrix, adjacency": 2,
    "matrix, membership": 2,
    "series": 2,
}


def find_fates(path: Path) -> tuple[int, set[int]] | None:
    """How many rows were read, and the lines that are loaded or set aside; None where the file is refused."""
    number = next(NUMBERS)
    try:
        intake = take_in(KITCHEN, number, StagedFile(path.name, f"book-{number}", OPTIONS), path, path.parent)
        intake = store_scan(KITCHEN, number, intake) if intake.bulk else intake
    except Refused:
        return None
    lines = {reject.line for reject in intake.rejects}
    for batch in intake.batches:
        lines |= {
            line for (line,) in KITCHEN.execute(f"SELECT line FROM {batch.raw} WHERE line > 0").fetchall()
        }
    return intake.read, lines


@st.composite
def damage(draw: st.DrawFn, name: str) -> list[list[str]]:
    """The rows of an export with one to three faults in them, below their headings."""
    rows = [list(row) for row in LAYOUTS[name][1]]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(FIRST[name] - 1, len(rows) - 1))
        cell = draw(st.integers(0, max(0, len(rows[place]) - 1)))
        fault = draw(
            st.sampled_from(["blank", "error", "twice", "longer", "shorter", "heading", "gap", "shift"])
        )
        if fault == "blank" and rows[place]:
            rows[place][cell] = ""
        elif fault == "error" and rows[place]:
            rows[place][cell] = "#N/A"
        elif fault == "twice":
            rows.insert(place, list(rows[place]))
        elif fault == "longer":
            rows[place] += ["", "more"]
        elif fault == "shorter":
            rows[place] = rows[place][:cell]
        elif fault == "heading":
            rows.insert(place + 1, list(rows[FIRST[name] - 2]))
        elif fault == "gap":
            rows.insert(place, [])
        else:
            rows[place].insert(cell, "shifted")
    return rows


@pytest.mark.parametrize("name", FIRST)
@settings(max_examples=12)
@given(data=st.data())
def test_no_row_of_a_damaged_sheet_is_lost(name: str, data: st.DataObject) -> None:
    rows = data.draw(damage(name))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export.xlsx")
        write_book(rows, path)
        fates = find_fates(path)
    if fates is None:
        return
    read, lines = fates
    heading = rows[FIRST[name] - 2]
    # the heading once more, right below itself, is a second row of it
    below = dropwhile(
        lambda one: not any(one[1]) or one[1] == heading, enumerate(rows[FIRST[name] - 1 :], FIRST[name])
    )
    filled = {number for number, row in below if any(row)}
    assert filled - lines == set()
    assert read == len(lines)


@cache
def read_whole(kind: str) -> bytes:
    """A whole file, written once: a workbook says when, so that no two are of the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "export")
        if kind == "xlsx":
            write_book(LAYOUTS["google forms"][1], path)
        else:
            write_sav(path)
        return path.read_bytes()


@settings(max_examples=25, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["xlsx", "sav"])
def test_a_file_with_bytes_changed_is_refused_or_loses_nothing(kind: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"export.{kind}")
        content = bytearray(read_whole(kind))
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        if data.draw(st.booleans()):
            content = content[: data.draw(st.integers(1, len(content)))]
        path.write_bytes(bytes(content))
        fates = find_fates(path)
    if fates is not None:
        read, lines = fates
        assert read == len(lines) == 3
