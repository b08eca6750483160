"""A question that asks for an address or a telephone number is no item: what people gave there is nowhere in the release."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_odd_cells import ask, load

ASKED = {
    "Google Forms": "Timestamp,How may we reach you?,Do you take part?\n"
    "2015/03/01 9:00:00 AM GMT,{0},Yes\n2015/03/02 9:00:00 AM GMT,{1},No\n2015/03/03 9:00:00 AM GMT,{2},Yes\n",
    "LimeSurvey VV": "id\tsubmitdate\tstartlanguage\tq0reach\tq1\nResponse ID\tDate submitted\tStart language\t"
    "How may we reach you?\tDo you take part?\n"
    "1\t2015-03-01 09:00:00\ten\t{0}\tYes\n2\t2015-03-02 09:00:00\ten\t{1}\tNo\n3\t2015-03-03 09:00:00\ten\t{2}\tYes\n",
}
CONTACTS = {
    "addresses": ("zoe@alpha.org", "dan.o'hara@beta.org", "zoe@alpha.org"),
    "numbers": ("+44 20 7946 0123", "020 7946 0188", "(07700) 900123"),
}
WORDS = ("by post", "not at all", "by post")


def load_asked(folder: Path, exported: str, given: tuple[str, ...]) -> int:
    """The status of a load of an export in which people gave these answers."""
    return load(folder, {"asked.csv": exported.format(*given)}, "--survey", "reach", "--wave", "r1")


def find_in_bytes(folder: Path, words: str) -> list[str]:
    """The files of a release, its copies of what was given left aside, that hold some words."""
    return [
        path.name
        for path in (folder / "data" / "releases").rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize("tool", ASKED)
@pytest.mark.parametrize("kind", CONTACTS)
def test_what_reaches_people_is_left_out_and_said(
    tool: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_asked(tmp_path, ASKED[tool], CONTACTS[kind]) == 0
    said = capsys.readouterr().out
    assert "1 question was left out of asked.csv, with addresses or telephone numbers as answers: " in said
    for words in CONTACTS[kind]:
        assert find_in_bytes(tmp_path, words) == []


@pytest.mark.parametrize("tool", ASKED)
def test_other_words_to_the_same_question_are_its_answers(
    tool: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load_asked(tmp_path, ASKED[tool], WORDS) == 0
    assert "left out of" not in capsys.readouterr().out
    assert find_in_bytes(tmp_path, "by post"), "positive control"


@pytest.mark.parametrize("repeated", [1, 8])
def test_what_people_wrote_is_never_an_option(
    repeated: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Comments that nobody else gave, and any that name a telephone number, are in people's own words; short options are options."""
    comments = [
        "My line manager at Food4All bullies me",
        "More time with the mentor please",
        "Fewer calls late in the day",
    ]
    if repeated > 1:
        comments[0] = "Call Ben Smith on 07700 900123, he was rude"
    rows = [
        f'"{comment}",{option}'
        for _ in range(repeated)
        for comment, option in zip(comments, ("London", "Wales", "Wales"), strict=True)
    ]
    text = "ID,Start time,Completion time,Email,Name,What should change?,Where?\n" + "".join(
        f"{number},3/16/15 9:00:00,3/16/15 9:05:00,,,{row}\n" for number, row in enumerate(rows, 1)
    )
    assert load(tmp_path, {"forms.csv": text}, "--survey", "own", "--wave", "own", "--date-order", "mdy") == 0
    assert (
        "read as answers in people's own words, which no figure shows: 'What should change?'"
        in capsys.readouterr().out
    )
    kinds = ask(tmp_path, "SELECT text, kind, labels IS NULL FROM items WHERE survey_id = 'own' ORDER BY 1")
    assert kinds == [("What should change?", "text", True), ("Where?", "single", False)]


def test_what_a_codebook_calls_options_is_not_said_to_be_in_own_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(
        f"{number},3/16/15 9:00:00,3/16/15 9:05:00,,,I would like to have more {what}\n"
        for number, what in enumerate(("time", "data"), 1)
    )
    files = {
        "items.csv": "survey_id,item_id,text,kind,labels\nown,q01,What?,single,1=I would like to have more time|2=I would like to have more data\n",
        "forms.csv": f"ID,Start time,Completion time,Email,Name,What?\n{rows}",
    }
    assert load(tmp_path, files, "--survey", "own", "--wave", "own", "--date-order", "mdy") == 0
    assert "own words" not in capsys.readouterr().out
    assert ask(tmp_path, "SELECT value FROM answers WHERE item_id = 'q01' AND value IS NOT NULL ORDER BY 1")
