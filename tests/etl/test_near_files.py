"""Files that are good but for how they are written: headings with blanks, texts without their stop, another language's true, days as numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from etl.load import load_paths
from etl.reading.mapping import Mapping
from etl.reading.types import Options, Refused
from etl.sources.template import name_heading
from tests.etl.case import BASE, find
from warehouse.engine import open_connection


def load(folder: Path, **texts: str) -> list[Path]:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return [folder / f"{name}.csv" for name in texts]


def read(
    paths: list[Path], data: Path, query: str, options: Options | None = None
) -> list[tuple[object, ...]]:
    release = load_paths(paths, data, options=options or Options()).release
    with open_connection(release.path) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_headings_with_capitals_and_blanks_are_those_of_the_template(kind: str, tmp_path: Path) -> None:
    rows = [["Member ID", "Region", "Joined On"], ["P01", "North", "2015-01-05"]]
    path = tmp_path / f"list.{kind}"
    if kind == "csv":
        path.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    else:
        book = Workbook()
        for row in rows:
            book.worksheets[0].append(row)
        book.save(path)
    found = read([path], tmp_path / "data", "SELECT region, joined_on::VARCHAR FROM members")
    assert found == [("North", "2015-01-05")]


@pytest.mark.parametrize(
    ("heading", "name"), [(" Joined-On", "joined_on"), ("Where from", "where from"), ("REGION", "region")]
)
def test_only_the_name_of_a_column_is_one_without_its_blanks(heading: str, name: str) -> None:
    assert name_heading(heading) == name


def test_true_and_false_of_a_spreadsheet_in_another_language(tmp_path: Path) -> None:
    paths = load(
        tmp_path,
        members="member_id,joined_on\na,2015-01-01\nb,2015-01-01\nc,2015-01-01\n",
        events="event_id,title,starts_at\nE1,One,2015-03-16T09:00:00Z\n",
        attendance="event_id;member_id;attended\nE1;a;WAHR\nE1;b;FALSCH\nE1;c;VRAI\n",
    )
    found = read(paths, tmp_path / "data", "SELECT attended, count(*) FROM attendance GROUP BY 1 ORDER BY 1")
    assert found == [(False, 1), (True, 2)]


FORM = "ID,Start time,Completion time,Email,Name,{questions}\n1,3/16/15 9:00:00,3/16/15 9:01:00,anonymous,,Agree,Disagree\n"


def test_a_question_without_its_stop_is_that_of_the_codebook(tmp_path: Path) -> None:
    form = load(tmp_path, form=FORM.format(questions="The community  helps me,I get answers here *"))
    found = read(
        [*(Path(find(one)) for one in BASE), *form],
        tmp_path / "data",
        "SELECT item_id, value FROM answers ORDER BY item_id",
    )
    assert found == [("help_1", 4), ("help_2", 2)]


def test_two_questions_that_differ_in_their_stop_only_are_not_guessed(tmp_path: Path) -> None:
    form = load(tmp_path, form=FORM.format(questions="The community helps me,The community helps me?"))
    with pytest.raises(Refused, match=r"No question of form\.csv is in the codebook"):
        load_paths([*(Path(find(one)) for one in BASE), *form], tmp_path / "data")


def test_a_day_as_a_number_is_a_time_of_qualtrics_and_of_teams(tmp_path: Path) -> None:
    files = load(
        tmp_path,
        answers="StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,help_1\n"
        "2015-03-16 09:00:00,2015-03-16 09:01:00,0,100,1,42079.378,R_1,Agree\n",
        teams="1. Summary\nMeeting title\tKlinik\nAttended participants\t1\nStart time\t3/16/2015 9:00:00\nEnd time\t3/16/2015 10:00:00\n\n"
        "2. Participants\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\n"
        "Ada Quill\t42079.375\t42079.4\t36m\tada.quill@fern.example\t\tAttendee\n",
    )
    found = read(
        [*(Path(find(one)) for one in BASE), *files],
        tmp_path / "data",
        "SELECT submitted_at::VARCHAR, first_join_at::VARCHAR FROM answers, attendance",
    )
    assert found == [("2015-03-16 09:04:19", "2015-03-16 09:00:00")]


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("oui", "Non"),
        ("JA", "nein"),
        ("Sí", "no"),
        ("ie", "nage"),
        ("yes ", " No"),
        ("x", "✕"),
        ("✓", "✗"),
        ("Present", "absent"),
        ("anwesend", "Abwesend"),
        ("1.0", "0,0"),
        ("PRAWDA", "fałsz"),
    ],
)
@pytest.mark.parametrize("is_mapped", [False, True], ids=["template", "mapping"])
def test_who_came_is_read_in_any_spelling_of_yes_and_no(
    yes: str, no: str, is_mapped: bool, tmp_path: Path
) -> None:
    heading = "event;who;there;listed" if is_mapped else "event_id;member_id;attended;registered"
    paths = load(
        tmp_path,
        members="member_id,joined_on\na,2015-01-01\nb,2015-01-01\n",
        events="event_id,title,starts_at\nE1,One,2015-03-16T09:00:00Z\n",
        came=f"{heading}\nE1;a;{yes};{yes}\nE1;b;{no};{yes}\n",
    )
    columns = {"event_id": "event", "member_id": "who", "attended": "there", "registered": "listed"}
    mappings = [Mapping("came.csv", "attendance", columns, {}, {})] if is_mapped else []
    release = load_paths(paths, tmp_path / "data", mappings=mappings).release
    with open_connection(release.path) as connection:
        found = connection.execute("SELECT attended, registered FROM attendance ORDER BY 1").fetchall()
    assert found == [(False, True), (True, True)]


@pytest.mark.parametrize("word", ["dabei", "T", "2", "maybe", "-"])
def test_a_word_that_is_neither_yes_nor_no_is_set_aside_by_name(word: str, tmp_path: Path) -> None:
    paths = load(
        tmp_path,
        members="member_id,joined_on\na,2015-01-01\nb,2015-01-01\n",
        events="event_id,title,starts_at\nE1,One,2015-03-16T09:00:00Z\n",
        attendance=f"event_id,member_id,attended\nE1,a,{word}\nE1,b,yes\n",
    )
    (count,) = [one for one in load_paths(paths, tmp_path / "data").files if one.quarantined]
    assert [aside.reason for aside in count.asides] == [
        f"attended '{word}' is not yes or no (write true or false)"
    ]
