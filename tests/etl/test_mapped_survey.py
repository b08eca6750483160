from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from vendor_samples import check_count, list_rows

from etl.load import load_paths
from etl.reading.mapping import Mapping, override_options, read_mappings
from etl.reading.types import Options, RawFile, Reading, Refused
from etl.sources.mapped_survey import read_survey
from tests.conftest import write_drawn
from tests.released import read_released

MAPPING = """[[file]]
name = "wave*.csv"
missing = ["NA", "-"]
[file.items]
useful = "How useful?"
why = "Why, in a word?"
[file.columns]
respondent_id = "number"
submitted_at = "day"
person_email = "address"
"""
SURVEY = """number,day,address,How useful?,"Why, in a word?",More
7,14/07/2015,ada@trust.example,Very,-,x
8,15/07/2015,,NA,Fun,x
9,16/07/2015,,NA,,x
10,16/07/2015,,Very
11,soon,,Very,,
"""


def read(text: str, mapping: str, folder: Path) -> Reading:
    path = folder / "mapping.toml"
    path.write_text(mapping, encoding="utf-8")
    (entry,) = read_mappings(path)
    reading = read_survey(RawFile("wave1.csv", Path("wave1.csv"), text, Options()), entry)
    check_count(reading)
    return reading


def test_columns_become_answers_and_missing_cells_are_unanswered(tmp_path: Path) -> None:
    reading = read(SURVEY.replace("11,soon", "11,"), MAPPING, tmp_path)
    rows = list_rows(reading, "raw_answers")
    assert rows[0] == {
        "line": 2,
        "response_id": "7",
        "person_external": "7",
        "person_email": "ada@trust.example",
        "person_name": "",
        "item_id": "useful",
        "question": "How useful?",
        "answer": "Very",
        "submitted_at": "2015-07-13 23:00:00",
        "is_finished": "",
        "wave_id": "",
    }
    assert [(row["line"], row["item_id"], row["answer"]) for row in rows[1:]] == [
        (3, "why", "Fun"),
        (6, "useful", "Very"),
    ]
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [
        (5, "the line has fewer cells than the heading"),
        (4, "no question answered"),
    ]


def test_a_respondent_without_a_number_is_known_by_the_line(tmp_path: Path) -> None:
    bare = MAPPING.split("[file.columns]")[0]
    rows = list_rows(read(SURVEY, bare, tmp_path), "raw_answers")
    assert [(row["response_id"], row["person_external"], row["submitted_at"]) for row in rows] == [
        ("line 2", "", ""),
        ("line 3", "", ""),
        ("line 6", "", ""),
    ]


def test_a_wrong_date_is_set_aside_and_a_missing_column_refused(tmp_path: Path) -> None:
    reading = read(SURVEY, MAPPING, tmp_path)
    assert (6, "the date of submission 'soon' is not a date and time") in [
        (reject.line, reject.reason) for reject in reading.rejects
    ]
    with pytest.raises(Refused, match=r"no column 'How useful\?'"):
        read(SURVEY.replace("How useful?", "How usable?"), MAPPING, tmp_path)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ('table = "answers"\n[file.items]\na = "b"\n', "a table and items"),
        ('[file.items]\na = "b"\n[file.columns]\nevent_id = "c"\n', "maps a column to event_id"),
        (
            '[file.items]\na = "b"\n[file.constants]\nsubmitted_at = "2015-01-01"\n',
            "maps a column to submitted_at",
        ),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path: Path, entry: str, words: str) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(f'[[file]]\nname = "*.csv"\n{entry}', encoding="utf-8")
    with pytest.raises(Refused, match=words):
        read_mappings(path)


def test_the_last_day_of_a_file_is_a_date(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    for written in ('"2015-09-30"', "2015-09-30"):
        path.write_text(f'[[file]]\nname = "a"\n[file.options]\ncomplete_to = {written}\n', encoding="utf-8")
        (entry,) = read_mappings(path)
        assert override_options(Options(), entry).complete_to == date(2015, 9, 30)
    path.write_text('[[file]]\nname = "a"\n[file.options]\ncomplete_to = "30 September"\n', encoding="utf-8")
    with pytest.raises(Refused, match="30 September, which is no date"):
        read_mappings(path)


def load_waves(folder: Path, members: str = "") -> pd.DataFrame:
    """Two anonymous waves whose respondents have the same numbers, through the load; returns the answers."""
    (folder / "items.csv").write_text(
        "survey_id,item_id,text,kind,labels\ns,useful,How useful?,likert,1=No|2=Partly|3=Yes\n",
        encoding="utf-8",
    )
    (folder / "wave1.csv").write_text("n,a\n1,Yes\n2,2\n", encoding="utf-8")
    (folder / "wave2.csv").write_text("n,a\n1,1\n2,NA\n", encoding="utf-8")
    if members:
        (folder / "members.csv").write_text(members, encoding="utf-8")
    mappings = [
        Mapping(
            f"{wave}.csv",
            "",
            {"respondent_id": "n"},
            {},
            {"survey_id": "s", "wave_id": wave, "complete_to": f"{day}-01"},
            {"useful": "a"},
            ["NA"],
        )
        for wave, day in (("wave1", "2015-01"), ("wave2", "2015-06"))
    ]
    loaded = load_paths([folder], folder.parent / "data", mappings=mappings)
    answers: pd.DataFrame = read_released(loaded.release.path, "answers").to_pandas()
    return answers


def test_the_same_number_in_two_waves_is_not_the_same_person(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    answers = load_waves(tmp_path / "in")
    assert sorted(zip(answers["wave_id"], answers["value"], strict=True)) == [
        ("wave1", 2),
        ("wave1", 3),
        ("wave2", 1),
    ]
    assert answers["respondent_id"].nunique() == 3


def test_a_member_is_the_same_person_in_every_wave(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    answers = load_waves(tmp_path / "in", "member_id,joined_on\n1,2014-01-01\n")
    assert answers["respondent_id"].nunique() == 2
    assert answers.loc[answers["respondent_id"].duplicated(keep=False), "value"].tolist() == [3, 1]


@pytest.mark.parametrize("stated", ["w2", None])
def test_an_item_asked_of_two_waves_in_one_row_has_each_answer_in_its_wave(
    stated: str | None, tmp_path: Path
) -> None:
    """The item of the file's own wave stands under items, that of the other wave under its name; or both under their names."""
    later = (
        '[file.waves.w2]\nq = "Now"\n'
        if stated is None
        else f'[file.options]\nwave_id = "{stated}"\n[file.items]\nq = "Now"\n'
    )
    (tmp_path / "m.toml").write_text(
        f'[[file]]\nname = "s.csv"\n[file.columns]\nrespondent_id = "id"\n{later}[file.waves.w1]\nq = "Before"\n',
        encoding="utf-8",
    )
    (tmp_path / "s.csv").write_text("id,Before,Now\na,1,5\nb,2,4\n", encoding="utf-8")
    write_drawn(
        tmp_path / "raw",
        {
            "members": "member_id,joined_on\nm,2015-01-01\n",
            "items": "survey_id,item_id,text,kind,scale_min,scale_max\ns,q,Useful?,likert,1,5\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\nw2,s,2015-06-01\n",
        },
    )
    mappings = read_mappings(tmp_path / "m.toml")
    loaded = load_paths([tmp_path / "raw", tmp_path / "s.csv"], tmp_path / "data", mappings=mappings)
    rows = read_released(loaded.release.path, "answers").to_pylist()
    found = sorted((row["wave_id"], row["value"]) for row in rows)
    assert found == [("w1", 1.0), ("w1", 2.0), ("w2", 4.0), ("w2", 5.0)]
    assert len({row["respondent_id"] for row in rows}) == 2, "one person in both waves"


@pytest.mark.parametrize(
    "heading",
    [
        "How useful?",
        " how  useful ",
        "3. How <b>useful</b>? (1-3)",
        "How us…",
    ],
)
@pytest.mark.parametrize("survey", ["s", None])
def test_the_words_of_a_column_are_matched_as_those_of_an_export_are(
    heading: str, survey: str | None, tmp_path: Path
) -> None:
    """A mapping that names no item of the codebook: its questions are the items whose words they have."""
    write_drawn(
        tmp_path / "raw",
        {
            "members": "member_id,joined_on\nm,2015-01-01\n",
            "items": "survey_id,item_id,text,kind,scale_min,scale_max\ns,useful,How useful?,likert,1,3\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n",
        },
    )
    (tmp_path / "a.csv").write_text(f'n,"{heading}"\n1,2\n2,3\n', encoding="utf-8")
    mapping = Mapping(
        "a.csv",
        "",
        {"respondent_id": "n"},
        {},
        {"wave_id": "w1", **({"survey_id": survey} if survey else {})},
        {"first": heading.strip()},
    )
    loaded = load_paths([tmp_path / "raw", tmp_path / "a.csv"], tmp_path / "data", mappings=[mapping])
    found = [
        (row["item_id"], row["value"]) for row in read_released(loaded.release.path, "answers").to_pylist()
    ]
    assert sorted(found) == [("useful", 2.0), ("useful", 3.0)]
