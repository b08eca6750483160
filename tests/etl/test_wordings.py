"""The questions of a file are the items whose words they have; a code decides where a file or the codebook has no words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.checking.surveys.wording import fold_words, match_questions
from warehouse.engine import open_connection
from warehouse.release import find_release

WAVES = "wave_id,survey_id,opened_on,closed_on\nw1,s,2015-03-01,2015-03-31\nw2,s,2015-09-01,2015-09-30\n"
FORMS = "ID,Start time,Completion time,Email,Name,{}\n1,{day} 9:00:00,{day} 9:05:00,anonymous,,{}\n"
GOOGLE = "Timestamp,{}\n{day} 9:05:00,{}\n"
MONKEY = "Respondent ID,Start Date,End Date,{}\n,,,{}\n21,{day} 09:01:00 AM,{day} 09:05:00 AM,{}\n"
QUALTRICS = "StartDate,EndDate,Finished,ResponseId,{}\nStart Date,End Date,Finished,Response ID,{}\n{day} 09:00:00,{day} 09:05:00,1,R_{day},{}\n"


def run(folder: Path, *arguments: str, **texts: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"waves": WAVES, **texts}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return main(
        ["load", str(folder), "--data", str(folder.parent / "data"), "--date-order", "mdy", *arguments]
    )


def read(folder: Path) -> list[tuple[object, ...]]:
    """Wave, the words of the item, and value of each answer."""
    with open_connection(find_release(folder.parent / "data").path) as connection:
        return connection.execute(
            "SELECT a.wave_id, i.text, a.value FROM answers a JOIN items i USING (item_id) ORDER BY ALL"
        ).fetchall()


def items(*codes: str) -> str:
    return "survey_id,item_id,text,kind\n" + "".join(
        f"s,{code},{text},number\n" for code, text in zip(codes, ("Trust", "Hours"), strict=False)
    )


MOVED = [
    ("w1", "Hours", 10),
    ("w1", "Trust", 5),
    ("w2", "Brand new", 1),
    ("w2", "Hours", 12),
    ("w2", "Trust", 4),
]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            FORMS.format("Trust,Hours", "5,10", day="3/16/2015"),
            FORMS.format("Brand new,Trust,Hours", "1,4,12", day="9/16/2015"),
        ),
        (
            GOOGLE.format("Trust,Hours", "5,10", day="3/16/2015"),
            GOOGLE.format("Brand new,TRUST ,<b>Hours</b>.", "1,4,12", day="9/16/2015"),
        ),
        (
            MONKEY.format("Trust,Hours", "Response,Response", "5,10", day="03/16/2015"),
            MONKEY.format("Brand new,Trust,Hours", "Response,Response,Response", "1,4,12", day="09/16/2015"),
        ),
    ],
    ids=["microsoft", "google", "surveymonkey"],
)
def test_a_question_put_in_front_moves_no_other(tmp_path: Path, first: str, second: str) -> None:
    assert run(tmp_path / "in", "--survey", "s", w1=first, w2=second) == 0
    assert read(tmp_path / "in") == MOVED


def test_a_question_that_the_codebook_does_not_have_is_left_out_by_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = FORMS.format("Brand new,Trust,Hours", "1,5,11", day="3/16/2015")
    assert run(tmp_path / "in", items=items("q01", "q02"), w1=form) == 0
    assert read(tmp_path / "in") == [("w1", "Hours", 11), ("w1", "Trust", 5)]
    assert (
        "1 question was left out of w1.csv, not in the codebook of s: 'Brand new'." in capsys.readouterr().out
    )


def test_words_stand_before_the_code_that_a_tool_gave(tmp_path: Path) -> None:
    moved = QUALTRICS.format("Q1,Q2,Q3", "New,Trust,Hours", "1,4,12", day="2015-09-16")
    assert run(tmp_path / "in", items=items("Q1", "Q2"), w2=moved) == 0
    assert read(tmp_path / "in") == [("w2", "Hours", 12), ("w2", "Trust", 4)]


def test_a_code_with_other_words_is_taken_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = QUALTRICS.format("Q1,Q2", "Do you distrust?,Hours", "2,10", day="2015-09-16")
    assert run(tmp_path / "in", items=items("Q1", "Q2"), w2=other) == 0
    assert read(tmp_path / "in") == [("w2", "Hours", 10), ("w2", "Trust", 2)]
    said = "w2.csv: 1 question has the code of an item of s and other words, and its answers count: Q1 asks 'Do you distrust?' where the codebook has 'Trust'."
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    "lunch",
    [
        QUALTRICS.format("Q1,Q2", "How many children?,How good was lunch?", "2,5", day="2015-03-16"),
        GOOGLE.format("How many guests?,Which year?", "2,1980", day="3/16/2015"),
    ],
    ids=["code", "place"],
)
def test_a_survey_is_not_guessed_from_codes_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lunch: str
) -> None:
    assert (
        run(
            tmp_path / "in",
            items=items("Q1", "Q2") + "s,q01,Trust more,number\ns,q02,More hours,number\n",
            w1=lunch,
        )
        == 1
    )
    assert (
        "No question of w1.csv is in the codebook: load its items, or name the survey"
        in capsys.readouterr().err
    )


def test_the_codes_of_options_and_equal_words_stay() -> None:
    known = {
        "q01_01": "Topics [Data]",
        "q01_02": "Topics [Law]",
        "q02": "Hours",
        "pre": "Sure",
        "post": "Sure now",
    }
    asked = {"q01_01": "Topics [Care]", "q01_02": "Topics [Data]", "q01_03": "Topics [Law]", "q02": "Hours"}
    match = match_questions(asked, known, is_numbered=True)
    assert match.renamed == {"q01_01": "q01_03", "q01_02": "q01_01", "q01_03": "q01_02"}
    twice = match_questions({"pre": "Sure", "post": "Sure"}, known, is_numbered=False)
    assert (twice.renamed, twice.reworded) == ({}, (("post", "Sure", "Sure now"),))
    label = match_questions(
        {"a": "Please rate: - Selected Choice - Trust", "b": "1. Hours?"},
        {"a": "Trust", "b": "Hours"},
        is_numbered=False,
    )
    assert (label.renamed, label.reworded) == ({}, ())
    cut = match_questions(
        {"Q9": "Top..", "q02": "Hou…"}, {"a": "Topics", "q02": "Hours", "b": "Hour"}, is_numbered=False
    )
    assert (cut.items, cut.reworded) == ({"Q9": "a", "q02": "q02"}, ())


@pytest.mark.parametrize(
    ("words", "text", "is_one"),
    [
        ("3. I get answers here", "I get answers here.", True),
        ("Q12) I get answers here", "I get answers here", True),
        ("How likely are you to recommend us? (0-10)", "How likely are you to recommend us?", True),
        ("How useful is it (1 = not at all, 5 = very)", "How useful is it", True),
        ("Hours (2015-16)", "Hours", False),
        ("3 hours or more", "hours or more", False),
    ],
)
def test_a_number_in_front_and_the_ends_of_a_scale_are_no_words_of_a_question(
    words: str, text: str, is_one: bool
) -> None:
    assert (fold_words(words) == fold_words(text)) is is_one


LONG = "I feel connected to the other members"
NOW = 'I feel "well" connected to other members now'


@pytest.mark.parametrize(
    "form",
    [
        FORMS.format('"{}",Hours', "4,12", day="9/16/2015"),
        GOOGLE.format('"{}",Hours', "4,12", day="9/16/2015"),
        MONKEY.format('"{}",Hours', "Response,Response", "4,12", day="09/16/2015"),
        QUALTRICS.format("Q7,Q8", '"{}",Hours', "4,12", day="2015-09-16"),
    ],
    ids=["microsoft", "google", "surveymonkey", "qualtrics"],
)
@pytest.mark.parametrize("is_new", [False, True], ids=["codebook", "new survey"])
def test_what_is_said_of_a_question_in_other_words_joins_it_to_its_item(
    form: str, is_new: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = form.replace("{}", NOW.replace('"', '""'))
    first = FORMS.format(f"{LONG},Hours", "5,10", day="3/16/2015")
    book = {} if is_new else {"items": items("a.b", "q02").replace("Trust", LONG)}
    item = "q01" if is_new else "a.b"
    assert run(tmp_path / "in", "--survey", "s", w1=first, w2=later, **book) == 0
    line = f'{item if is_new else json.dumps(item)} = "I feel \\"well\\" connected to other members now"'
    said = capsys.readouterr().out
    assert (
        f"nearest to {item} ('{LONG}'): if it is that one in other words, write [file.questions] under a [[file]] with name = \"w2.csv\" in a "
        f"mapping, below it the line {line}, and load both again." in said
    )
    (tmp_path / "map.toml").write_text(f'[[file]]\nname = "w2.csv"\n[file.questions]\n{line}\n')
    again = ["load", str(tmp_path / "in" / "w2.csv"), "--data", str(tmp_path / "data"), "--survey", "s"]
    assert main([*again, "--date-order", "mdy", "--mapping", str(tmp_path / "map.toml")]) == 0
    assert read(tmp_path / "in") == [
        ("w1", "Hours", 10),
        ("w1", LONG, 5),
        ("w2", "Hours", 12),
        ("w2", LONG, 4),
    ]
    assert "w2.csv: 'I feel" not in capsys.readouterr().out


def test_options_and_rows_of_a_question_are_not_each_other_in_other_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = FORMS.format("Rate the room [Light],Rate the room [Sound],Hours", "5,4,10", day="3/16/2015")
    later = FORMS.format(
        "Rate the room [Light],Rate the rooms [Sound],Rate the room [Air],Hours", "5,4,3,1", day="9/16/2015"
    )
    assert run(tmp_path / "in", "--survey", "s", w1=first, w2=later) == 0
    said = capsys.readouterr().out
    assert "'Rate the rooms [Sound]' is no question that is known, and nearest to q01_02" in said
    assert "[Air]'" not in said


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('q01 = "Trust?"', "says 'Trust?' of w1.csv in [file.questions], which is no question there"),
        ('q09 = "Faith"', "says q09 of w1.csv in [file.questions], which is no item of s: correct it."),
    ],
)
def test_questions_of_a_mapping_that_find_nothing_are_said(
    line: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.toml").write_text(f'[[file]]\nname = "w1.csv"\n[file.questions]\n{line}\n')
    form = FORMS.format("Faith,Hours", "5,10", day="3/16/2015")
    where = ("--mapping", str(tmp_path / "map.toml"))
    assert run(tmp_path / "in", *where, items=items("q01", "q02"), w1=form) == 0
    assert words in capsys.readouterr().out
