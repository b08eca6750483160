"""A saved mapping: what it can say of a file that no importer knows, and what becomes of it in a release."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from etl.load import load_paths
from etl.reading.mapping import Mapping, read_mappings
from etl.reading.types import Options, Refused
from warehouse.engine import open_connection

MEMBERS = "member_id,name,email,joined_on\nP1,Ada Okoro,ada@trust.example,2015-01-01\nP2,Ben Marsh,ben@charity.example,2015-01-01\n"
EVENTS = "event_id,title,starts_at\nE1,Call,2015-07-14T09:00:00Z\n"
TICKETS = "who|status|came\nada@trust.example|Checked In|1436864400\nben@charity.example|No show|-99\n"
TICKET_MAP = """[[file]]
name = "tickets.txt"
table = "attendance"
delimiter = "|"
missing = ["-99"]
[file.columns]
person_email = "who"
attended = "status"
first_join_at = "came"
[file.constants]
event_id = "E1"
[file.times]
first_join_at = "epoch"
[file.values.attended]
"Checked In" = "true"
"No show" = "false"
"""
SURVEY = """n,When,Before,After,Data,Coaching,Topics,How?
1,2015-07-14,Low,High,1,,Data;Calls,5 - very
2,2015-07-14,Middle,,0,1,Calls,1
3,2015-07-15,,Low,,,,x
"""
SURVEY_MAP = """[[file]]
name = "both.csv"
[file.columns]
respondent_id = "n"
submitted_at = "When"
[file.options]
survey_id = "att"
[file.items]
how = "How?"
[file.values.how]
"5 - very" = "5"
"x" = ""
[file.order]
useful = ["Low", "Middle", "High"]
[file.several.helped]
columns = ["Data", "Coaching"]
[file.several.topics]
column = "Topics"
split = ";"
[file.waves.before]
useful = "Before"
[file.waves.after]
useful = "After"
"""
LONG = "person,round,q\nada,w1,4\nada,w2,5\nben,w1,3\n"
LONG_MAP = """[[file]]
name = "long.csv"
[file.columns]
respondent_id = "person"
wave_id = "round"
[file.items]
q = "q"
[file.options]
survey_id = "s"
complete_to = "2015-08-01"
"""


def load(folder: Path, mapping: str, **files: str) -> Path:
    (folder / "in").mkdir()
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (folder / "in" / f"{stem}.{suffix}").write_text(text, encoding="utf-8")
    (folder / "map.toml").write_text(mapping, encoding="utf-8")
    return load_paths(
        [folder / "in"], folder / "data", options=Options(), mappings=read_mappings(folder / "map.toml")
    ).release.path


def read_released(release: Path, query: str) -> list[tuple[object, ...]]:
    with open_connection(release) as connection:
        return connection.execute(query).fetchall()


def test_a_table_with_its_own_delimiter_words_missing_codes_and_seconds(tmp_path: Path) -> None:
    release = load(tmp_path, TICKET_MAP, members_csv=MEMBERS, events_csv=EVENTS, tickets_txt=TICKETS)
    rows = read_released(
        release, "SELECT attended, first_join_at::VARCHAR FROM attendance ORDER BY attended DESC"
    )
    assert rows == [(True, "2015-07-14 09:00:00"), (False, None)]


def test_two_columns_are_two_waves_of_one_person_and_words_a_scale_in_the_order_stated(
    tmp_path: Path,
) -> None:
    release = load(tmp_path, SURVEY_MAP, both_csv=SURVEY)
    found = read_released(
        release,
        "SELECT wave_id, item_id, value, respondent_id FROM answers WHERE item_id = 'useful' ORDER BY submitted_at, respondent_id, wave_id",
    )
    people = {row[3] for row in found}
    assert sorted((row[0], row[2]) for row in found) == [
        ("after", 1),
        ("after", 3),
        ("before", 1),
        ("before", 2),
    ]
    assert len(people) == 3
    both = [person for person in people if sum(row[3] == person for row in found) == 2]
    assert len(both) == 1
    assert read_released(release, "SELECT kind, labels FROM items WHERE item_id = 'useful'") == [
        ("likert", "1=Low|2=Middle|3=High")
    ]


def test_several_columns_and_split_cells_are_one_question_of_several_choices(tmp_path: Path) -> None:
    release = load(tmp_path, SURVEY_MAP, both_csv=SURVEY)
    sums = read_released(
        release,
        "SELECT item_id, sum(value), count(value) FROM answers WHERE item_id LIKE 'helped%' OR item_id LIKE 'topics%' GROUP BY 1 ORDER BY 1",
    )
    assert sums == [("helped_01", 1, 2), ("helped_02", 1, 2), ("topics_01", 2, 2), ("topics_02", 1, 2)]
    assert read_released(release, "SELECT sum(value) FROM answers WHERE item_id = 'how'") == [(6,)]


def test_a_column_says_the_wave_of_each_row(tmp_path: Path) -> None:
    release = load(tmp_path, LONG_MAP, long_csv=LONG)
    rows = read_released(
        release, "SELECT wave_id, count(*), count(DISTINCT respondent_id) FROM answers GROUP BY 1 ORDER BY 1"
    )
    assert rows == [("w1", 2, 2), ("w2", 1, 1)]
    assert read_released(release, "SELECT count(DISTINCT respondent_id) FROM answers") == [(2,)]


def test_the_options_of_a_google_question_may_have_commas(tmp_path: Path) -> None:
    text = 'Timestamp,Which?,Where?\n14/07/2015 09:00:00,"Data, all kinds, Coaching","London, UK"\n15/07/2015 09:00:00,Coaching,"Leeds, UK"\n'
    mapping = '[[file]]\nname = "g.csv"\n[file.options]\nsurvey_id = "g"\nwave_id = "w"\n[file.choices]\n"Which?" = ["Data, all kinds", "Coaching"]\n"Where?" = []\n'
    release = load(tmp_path, mapping, g_csv=text)
    assert read_released(release, "SELECT item_id, value FROM answers ORDER BY submitted_at, item_id") == [
        ("q01_01", 1),
        ("q01_02", 1),
        ("q01_03", 0),
        ("q02", 2),
        ("q01_01", 0),
        ("q01_02", 1),
        ("q01_03", 0),
        ("q02", 1),
    ]


def test_a_mapping_is_kept_with_its_release(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(SURVEY_MAP, encoding="utf-8")
    (mapping,) = read_mappings(tmp_path / "map.toml")
    assert Mapping.from_record(json.loads(json.dumps(asdict(mapping)))) == mapping


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("colums = 1\n", "map.toml says colums of f; a mapping can say: choices, columns"),
        ('[file.items]\na = "b"\n[file.times]\na = "hours"\n', "a counts hours; there are: epoch, serial"),
        ('[file.several.a]\nsplit = ";"\n', "says of several.a neither columns = [...] nor column"),
        ('delimiter = "||"\n', "says the delimiter ||: it is one character, or tab"),
        ('[file.choices]\na = "b"\n', "says choices a of f, which has to be a list"),
        ("table = ['ties']\n", "says table of f, which has to be text"),
        ('missing = "x"\n', "says missing of f, which has to be a list"),
        ('columns = "x"\n', "says columns of f, which has to be names and values"),
        (
            "[file.values]\ndirected = 3\n",
            "says values directed of f, which has to be a table of its own, [file.values.directed]",
        ),
        ("[file.columns]\na = ['b']\n", "says columns a of f, which has to be one value"),
    ],
)
def test_what_a_mapping_cannot_say_is_refused(entry: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(f'[[file]]\nname = "f"\n{entry}', encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read_mappings(tmp_path / "map.toml")
    assert words in str(refused.value)


@pytest.mark.parametrize("content", ['file = "x"\n', '[file]\nname = "f"\n', "file = [1]\n"])
def test_a_mapping_that_names_no_files_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(content, encoding="utf-8")
    with pytest.raises(Refused, match="does not say which files"):
        read_mappings(tmp_path / "map.toml")
