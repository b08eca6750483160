"""Columns that say something of whoever answered, in a survey that is mapped and in exports that are known."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_odd_cells import ask, load
from vendor_samples import QUALTRICS

from etl.reading.mapping import read_mappings
from etl.reading.types import Refused

FORMS = """ID,Start time,Completion time,Email,Name,I get answers here.,Where do you work?,WT
1,3/16/15 9:00:00,3/16/15 9:05:00,,,Agree,North,1.5
2,3/16/15 9:00:00,3/16/15 9:05:00,,,Disagree,South,none
"""
SAID = """SELECT i.kind, a.item_id, a.text FROM answers a JOIN items i USING (item_id) WHERE i.kind IN ('attribute', 'weight') ORDER BY ALL"""


def write_mapping(folder: Path, name: str, more: str) -> list[str]:
    path = folder / "mapping.toml"
    path.write_text(f'[[file]]\nname = "{name}"\n{more}', encoding="utf-8")
    return ["--mapping", str(path)]


RESPONDENT = '[file.respondent]\nregion = "Where do you work?"\nweight = "WT"\n'


@pytest.mark.parametrize(
    "more",
    [
        RESPONDENT,
        f'[file.items]\nhelp_2 = "I get answers here."\n[file.columns]\nsubmitted_at = "Start time"\n{RESPONDENT}',
    ],
    ids=["known", "mapped"],
)
def test_columns_of_whoever_answered_go_with_their_answers(
    more: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = write_mapping(tmp_path, "forms.csv", more)
    assert load(tmp_path, {"forms.csv": FORMS}, "--survey", "att", "--date-order", "mdy", *mapping) == 0
    assert "forms.csv line 3: the weight 'none' is no number above 0" in capsys.readouterr().out
    assert ask(tmp_path, SAID) == [
        ("attribute", "region", "North"),
        ("attribute", "region", "South"),
        ("weight", "weight", "1.5"),
    ]


def test_embedded_data_that_are_called_as_an_attribute_of_members_are_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--survey", "own", "--wave", "own")
    assert load(tmp_path, {"export.csv": QUALTRICS}, *arguments) == 0
    printed = capsys.readouterr().out
    assert "export.csv: embedded data were read as attributes of whoever answered: region." in printed
    assert {name for _, name, _ in ask(tmp_path, SAID)} == {"region"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[file.respondent]\ntenure = "WT"\n', "which members do not have; they have: cohort, profession"),
        (
            '[file.respondent]\nregion = "Whereabouts"\n',
            "has no question Whereabouts, which the mapping calls the region",
        ),
    ],
)
def test_what_no_figure_is_broken_down_by_is_refused(
    more: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mapping = write_mapping(tmp_path, "forms.csv", more)
    assert load(tmp_path, {"forms.csv": FORMS}, "--survey", "att", "--date-order", "mdy", *mapping) == 1
    assert words in capsys.readouterr().err


def test_a_question_that_is_called_an_attribute_as_well_is_refused(tmp_path: Path) -> None:
    write_mapping(tmp_path, "x.csv", '[file.items]\nregion = "A"\n[file.respondent]\nregion = "B"\n')
    with pytest.raises(Refused, match=r"calls region of x\.csv a question and respondent"):
        read_mappings(tmp_path / "mapping.toml")
