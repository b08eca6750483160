"""What a mapping says that no file has, or that something else decides: refused, or said in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.__main__ import main
from etl.reading.mapping import read_mappings
from etl.reading.types import Refused
from tests.etl.case import BASE, find

FORM = 'Timestamp,The community helps me.,Which?\n3/16/2015 21:05:00,Agree,"Data, all kinds, Coaching"\n'
LIST = "id,Q\n1,Agree\n2,Strongly Agree\n"
MAPPED = '[file.options]\nsurvey_id = "att"\nwave_id = "W1"\n[file.items]\nhelp_1 = "Q"\n'


def load(folder: Path, text: str, mapping: str, name: str = "g.csv", command: str = "load") -> int:
    (folder / "g.csv").write_text(text, encoding="utf-8")
    (folder / "map.toml").write_text(f'[[file]]\nname = "{name}"\n{mapping}', encoding="utf-8")
    files = [*map(find, BASE), str(folder / "g.csv")]
    return main([command, *files, "--mapping", str(folder / "map.toml"), "--data", str(folder / "data")])


@pytest.mark.parametrize(
    ("text", "mapping", "words"),
    [
        (
            FORM,
            '[file.choices]\n"What?" = ["Data, all kinds"]\n',
            "map.toml says 'What?' of g.csv in [file.choices], which is no question there, so that it was not used: write it as the "
            "heading is. There are: The community helps me., Which?.",
        ),
        (
            FORM,
            '[file.order]\nq77 = ["a", "b"]\n',
            "map.toml says q77 of g.csv in [file.order], which is no item there, so that it was not used: correct it. There are: q01 ('The ",
        ),
        (
            LIST,
            f'{MAPPED}[file.order]\nhelp_1 = ["Agree", "Strongly Agree"]\n',
            "map.toml says an order of help_1 of g.csv that is not the one of the codebook of att (Strongly disagree, Disagree,",
        ),
    ],
)
def test_what_is_not_used_of_a_mapping_is_said(
    text: str, mapping: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path, text, mapping) == 0
    assert capsys.readouterr().out.count(words) == 1


def test_what_is_used_of_a_mapping_is_not_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    steps = '"Strongly Disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"'
    assert load(tmp_path, LIST, f"{MAPPED}[file.order]\nhelp_1 = [{steps}]\n") == 0
    assert "map.toml" not in capsys.readouterr().out
    assert load(tmp_path, FORM, '[file.order]\n"The community helps me." = [' + steps + "]\n") == 0
    assert "map.toml" not in capsys.readouterr().out
    assert load(tmp_path, FORM, '[file.choices]\n"Which?" = ["Data, all kinds", "Coaching"]\n') == 0
    assert "map.toml" not in capsys.readouterr().out


@pytest.mark.parametrize(("text", "status"), [(FORM, 0), ("Nr;Da\n1;ja\n", 1)])
@pytest.mark.parametrize("command", ["load", "check"])
def test_a_mapping_of_no_file_that_was_given_is_said(
    command: str, text: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path, text, 'table = "attendance"\n', "h.csv", command) == status
    assert capsys.readouterr().out.count('map.toml says name = "h.csv", which is the name of none of') == 1


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            '[file.items]\na = "A"\n[file.order]\nb = ["x", "y"]\n',
            r"says b of f in \[file.order\], which is no item with one answer",
        ),
        (
            '[file.items]\na = "A"\n[file.columns]\nsubmitted_at = "B"\n[file.values.submitted_at]\nx = "y"\n',
            r"says submitted_at of f in \[file.values\], which is no item that it maps",
        ),
        (
            '[file.items]\na = "A"\n[file.times]\na = "epoch"\n',
            r"says a of f in \[file.times\], which is not sub",
        ),
        (
            '[file.items]\na = "A"\n[file.split]\na = ";"\n',
            r"says \[file.split\] of f, .* in \[file.several\]",
        ),
        (
            '[file.items]\na = "A"\n[file.choices]\nA = ["x"]\n',
            r"says \[file.choices\] of f, .* \[file.several\]",
        ),
        (
            'table = "ties"\n[file.order]\na = ["x"]\n',
            r"says \[file.order\] of f, which is no file of answers",
        ),
        (
            'table = "attendance"\n[file.columns]\nevent_id = "E"\n[file.options]\nevent_id = "E7"\n',
            r"says event_id of f in \[file.options\], and names it as a column, too: take it out of \[file.options\]",
        ),
        (
            'table = "attendance"\n[file.columns]\nevent_id = "E"\n[file.constants]\nevent_id = "E7"\n',
            r"gives event_id of f in \[file.columns\] and in \[file.constants\]: take it out of one",
        ),
    ],
)
def test_what_would_be_passed_over_in_a_mapping_is_refused(entry: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(f'[[file]]\nname = "f"\n{entry}', encoding="utf-8")
    with pytest.raises(Refused, match=words):
        read_mappings(tmp_path / "map.toml")
