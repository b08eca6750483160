"""Any file damaged in any place: every line is loaded, set aside with its line, or the file is refused; none is swallowed."""

from __future__ import annotations

import csv
import itertools
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_samples import (
    ADJACENCY,
    EDGES_GEPHI,
    GOOGLE_FORMS,
    LIMESURVEY_ABBREVIATED,
    LIMESURVEY_VV,
    MEMBERSHIP,
    SERIES,
)
from vendor_samples import (
    EVENTBRITE,
    KUMU,
    LIMESURVEY_CODES,
    MICROSOFT_FORMS,
    PARTICIPANTS,
    QUALTRICS,
    QUALTRICS_LEGACY,
    SURVEYMONKEY,
    TEAMS_ACTIONS,
    TEAMS_COMMA,
    TEAMS_OLDER,
    ZOOM_JOINS,
    ZOOM_TOTALS,
)

from etl.intake import store_scan, take_in
from etl.load import open_kitchen
from etl.reading.files import StagedFile
from etl.reading.mapping import Mapping
from etl.reading.physical.lines import count_rows
from etl.reading.records import fit_cells, read_records
from etl.reading.types import Options, Refused
from warehouse.quoting import quote_name

KITCHEN = open_kitchen(Path(), Path(), [])
NUMBERS = itertools.count()
OPTIONS = Options(event_id="E1", wave_id="w1")
END = re.compile(r"\r\n|\n|\r")

ATTENDANCE = "event_id,member_id,attended,role\n" + "".join(
    f'E1,P{number:02d},true,"{"Guest, late" if number % 5 else "Speaker"}"\n' for number in range(12)
)
MEMBERS = (
    "member_id;name;joined_on;region\nP1;Ada Quill;2015-01-05;North\nP2;Ben Osei;2015-01-06;\n"
    'P3;"Cora, of ""Moss""";2015-01-07;South\nP4;Dev;2015-01-08;South\n'
)
ITEMS = (
    'survey_id,item_id,text,kind\r\natt,q1,"How useful, all in all?",likert\r\natt,q2,"Two\r\nlines",text\r\n'
    "att,q3,Why?,text\r\natt,q4,Who?,text\r\n"
)
LISTED = 'No,Joined,"Name, first"\nP1,2015-01-05,"Quill, Ada"\nP2,2015-01-06,Ben\nP3,2015-01-07,Cora\n'
ASKED = 'n;When;Helps?;Why?\n1;2015-03-05;Yes;"It; helps"\n2;2015-03-06;No;\n3;2015-03-07;Yes;"two\nlines"\n'
MAPPED = Mapping("f", "members", {"member_id": "No", "joined_on": "Joined", "name": "Name, first"}, {}, {})
SURVEY = Mapping(
    "f",
    "",
    {"respondent_id": "n", "submitted_at": "When"},
    {},
    {"survey_id": "s"},
    {"helps": "Helps?", "why": "Why?"},
)


@dataclass(frozen=True)
class Fixture:
    """A file, the line of its first row, and the mapping it is read with."""

    text: str
    first: int
    mapping: Mapping | None = None


FIXTURES = {
    "attendance": Fixture(ATTENDANCE, 2),
    "members": Fixture(MEMBERS, 2),
    "items": Fixture(ITEMS, 2),
    "mapped table": Fixture(LISTED, 2, MAPPED),
    "mapped survey": Fixture(ASKED, 2, SURVEY),
    "teams": Fixture(TEAMS_COMMA, 9),
    "teams, older": Fixture(TEAMS_OLDER, 9),
    "teams, actions": Fixture(TEAMS_ACTIONS, 2),
    "zoom": Fixture(ZOOM_JOINS, 2),
    "zoom, totals": Fixture(ZOOM_TOTALS, 5),
    "qualtrics": Fixture(QUALTRICS, 5),
    "qualtrics, legacy": Fixture(QUALTRICS_LEGACY, 3),
    "limesurvey": Fixture(LIMESURVEY_CODES, 2),
    "surveymonkey": Fixture(SURVEYMONKEY, 3),
    "microsoft forms": Fixture(MICROSOFT_FORMS, 2),
    "eventbrite": Fixture(EVENTBRITE, 2),
    "participants": Fixture(PARTICIPANTS, 2),
    "kumu": Fixture(KUMU, 2),
    "google forms": Fixture(GOOGLE_FORMS, 2),
    "limesurvey, abbreviated": Fixture(LIMESURVEY_ABBREVIATED, 2),
    "limesurvey, vv": Fixture(LIMESURVEY_VV, 3),
    "edges": Fixture(EDGES_GEPHI, 2),
    "matrix of ties": Fixture(ADJACENCY, 2),
    "matrix of visits": Fixture(MEMBERSHIP, 2),
    "series": Fixture(SERIES, 2),
}


def find_lost(text: str, first: int, mapping: Mapping | None) -> list[int] | None:
    """Lines from `first` on that are neither loaded nor set aside nor part of a cell that was loaded; None where refused."""
    number = next(NUMBERS)
    staged = StagedFile("f.csv", f"{number}", OPTIONS, mapping)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "f")
        path.write_bytes(text.encode())
        try:
            intake = take_in(KITCHEN, number, staged, path, Path(folder))
            intake = store_scan(KITCHEN, number, intake) if intake.bulk else intake
        except Refused:
            return None
    cells: dict[int, str] = {}
    for batch in intake.batches:
        for line, *row in KITCHEN.execute(
            f"SELECT line, {', '.join(map(quote_name, batch.columns))} FROM {batch.raw} WHERE line > 0"
        ).fetchall():
            cells[line] = cells.get(line, "") + "\n".join(map(str, row))
    rejected = {reject.line for reject in intake.rejects}
    assert intake.read == len({*cells, *rejected})
    lost, last = [], 0
    lines = [line.replace("\0", "") for line in END.split(text)]
    for number, line in enumerate(lines, start=1):
        if number in rejected or number in cells:
            last = number
        elif number >= first and line.strip(' ,;\t"\0'):
            inside = re.split(r'[,;\t"]', line)[0].strip()
            if "\tLeft\t" in line:  # the leave of a join on another line
                inside, last = inside[:9], next((one for one in cells if inside[:9] in cells[one]), last)
            if not (inside in cells.get(last, "") or (last in rejected and is_one(lines, last, number))):
                lost.append(number)
    return lost


def is_one(lines: list[str], start: int, stop: int) -> bool:
    """Whether the lines from `start` to `stop` are one record as wide as the heading, by the standard library's reader."""
    mark = max(",;\t", key=lines[0].count)
    width = len(next(csv.reader(lines[:1], delimiter=mark)))
    rows = list(csv.reader([f"{line}\n" for line in lines[start - 1 : stop]], delimiter=mark))
    return len(rows) == 1 and len(rows[0]) == width


@st.composite
def damage(draw: st.DrawFn, fixture: Fixture) -> tuple[str, int]:
    """A fixture with one to three faults in it, and the line of its first row now."""
    text = fixture.text
    head = sum(len(line) + 1 for line in text.split("\n")[: fixture.first - 1])
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text) - 1))
        what = draw(st.sampled_from(['"', '"', '"', ",", ";", "\t", "\n", "\0", "", "", "line"]))
        if what == "line":
            start = text.rfind("\n", 0, place) + 1
            end = text.find("\n", start) + 1 or len(text)
            new, old = text[start:end] * 2, text[start:end]
            place = start
        else:
            new, old = what, "" if what else text[place]
        text = text[:place] + new + text[place + len(old) :]
        if place < head:
            head += len(new) - len(old)
    is_joined = not text[:head].endswith(
        ("\n", "\r")
    )  # to the first row, so that no row fits the heading any more
    return text, len(END.split(text[:head])) + is_joined


@pytest.mark.parametrize("name", FIXTURES)
@settings(max_examples=40)
@given(data=st.data())
def test_no_line_of_a_damaged_file_is_lost(name: str, data: st.DataObject) -> None:
    fixture = FIXTURES[name]
    text, first = data.draw(damage(fixture))
    assert find_lost(text, first, fixture.mapping) in ([], None), text


@pytest.mark.parametrize("name", FIXTURES)
def test_a_whole_file_loses_nothing_and_is_not_refused(name: str) -> None:
    fixture = FIXTURES[name]
    assert find_lost(fixture.text, fixture.first, fixture.mapping) == []


QUOTES: Sequence[tuple[str, list[tuple[int, str]], list[int]]] = (
    ('1,2,"3\n4,5,6\n7,8,9\n', [(2, "a quotation mark is opened and never closed")], [3, 4]),
    (
        '1,2,"3\n4,5,6"\n7,8,9\n',
        [(2, "a quotation mark is out of place"), (3, "a quotation mark is out of place")],
        [4],
    ),
    ('1,2,"3\nand more"\n7,8,9\n', [], [2, 4]),
    ('1,"2" x,3\n4,5,6\n', [(2, "a quotation mark is out of place")], [3]),
    ('1,2,3\n\n4,5"x"\n4,5 "x",6\n', [(4, "the line has fewer cells than the heading")], [2, 5]),
    ("1,2,3\n\na,b,c\n4,5,6\n", [(4, "the heading again")], [2, 5]),
)


@pytest.mark.parametrize(("rows", "rejects", "kept"), QUOTES)
def test_each_line_is_named(rows: str, rejects: list[tuple[int, str]], kept: list[int]) -> None:
    found = list(read_records("a,b,c\n" + rows, ","))
    reasons = [(one.line, fit_cells(one, 3, found[0])) for one in found[1:]]
    assert [pair for pair in reasons if pair[1]] == rejects
    assert [line for line, reason in reasons if not reason] == kept
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "f.csv")
        path.write_text("a,b,c\n" + rows, encoding="utf-8")
        counted = count_rows(path, ",", 3)
    quotes = [one for one in rejects if "quotation" in one[1]]
    assert counted == (
        (None, {}) if quotes else (rows.count("\n") - rows.count("\nand"), {2: 1} if "\nand" in rows else {})
    )
