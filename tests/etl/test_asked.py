"""What a load keeps of the questions: each case is drawn small, and read again as the page reads it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.reading.types import Wording
from indicators.catalogue import find_indicator
from indicators.codebook.questions import Codebook, list_questions
from indicators.codebook.sentences import tell_harmonised
from indicators.gate.disclosure import SCOPES, Role
from indicators.published.show import compute_result
from indicators.selection import Selection
from ui.words.origin.passport import list_facts
from warehouse.engine import Engine
from warehouse.release import find_release

MEMBERS = "member_id,name,email,joined_on\nM1,Ada Lamb,ada@t.example,2015-01-01\nM2,Ben Marsh,ben@t.example,2015-01-01\n"
WAVES = "wave_id,survey_id,label,opened_on,closed_on\nw1,s,Wave 1,2015-01-05,2015-01-31\nw2,s,Wave 2,2016-01-05,2016-01-31\n"
SCALE = "1=No|2=Partly|3=Yes|Not applicable"
ITEMS = (
    "survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed,labels\n"
    f"s,useful,Is the community useful to you?,Value,likert,1,3,false,{SCALE}\n"
    f"s,costly,Does it cost you much time?,Value,likert,1,3,true,{SCALE}\n"
)
MAPPING = """[[file]]
name = "w1.csv"
missing = ["-"]
[file.items]
useful = "Is the community useful to you?"
costly = "Does it cost you much time?"
[file.columns]
person_email = "address"
submitted_at = "day"
[file.options]
survey_id = "s"
wave_id = "w1"
[[file]]
name = "w2.csv"
[file.items]
{items}
[file.columns]
person_email = "address"
submitted_at = "day"
[file.options]
survey_id = "s"
wave_id = "w2"
{values}
"""
FIRST = "address,day,Is the community useful to you?,Does it cost you much time?\nada@t.example,2015-01-07,Yes,No\nben@t.example,2015-01-07,Partly,-\n"


def load(folder: Path, second: str, items: str, values: str = "", **tables: str) -> Engine:
    """The release of two waves, of which the second is as drawn."""
    raw = folder / "raw"
    raw.mkdir()
    drawn = {"members": MEMBERS, "waves": WAVES, "items": ITEMS, "w1": FIRST, "w2": second, **tables}
    for name, text in drawn.items():
        (raw / f"{name}.csv").write_text(text, encoding="utf-8")
    mapping = folder / "mapping.toml"
    mapping.write_text(MAPPING.format(items=items, values=values), encoding="utf-8")
    assert main(["load", str(raw), "--mapping", str(mapping), "--data", str(folder / "data")]) == 0
    return Engine(find_release(folder / "data"))


def read(engine: Engine, role: Role = "evaluator") -> Codebook:
    found = list_questions(engine, SCOPES[role])
    assert found is not None
    return found


def mark(codebook: Codebook) -> Mapping[str, Mapping[str, list[str]]]:
    """What is said of each item in each wave."""
    return {
        one.item.item_id: {wave: [mark.words for mark in marks] for wave, marks in one.marks.items()}
        for one in codebook.questions
    }


NO_WORDING = "Asked; its file has no wording"
BOTH = 'useful = "Is the community useful to you?"\ncostly = "Does it cost you much time?"'
SAME = FIRST.replace("2015-01", "2016-01").replace("-\n", "\n")


@pytest.mark.parametrize(
    ("second", "items", "said"),
    [
        (SAME, BOTH, ["Asked as now", "Answers in words"]),
        (
            SAME.replace("Is the community useful to you?", "How useful is it overall?"),
            BOTH.replace("Is the community useful to you?", "How useful is it overall?"),
            ["Asked as “How useful is it overall?”", "Answers in words"],
        ),
        (
            SAME.replace("Is the community useful to you?", "V12"),
            BOTH.replace("Is the community useful to you?", "V12"),
            ["Asked", "Headed “V12” in the export", "Answers in words"],
        ),
        (SAME.replace("Yes", "3").replace("Partly", "2"), BOTH, ["Asked as now", "Answers in numbers"]),
        (SAME.replace("Yes", "3"), BOTH, ["Asked as now", "Answers in words and in numbers"]),
        (SAME, BOTH.splitlines()[1], ["Not asked"]),
        (
            SAME.replace("Yes", "Very much").replace("Partly", "A little"),
            BOTH,
            ["Asked as now", "Answers in words", "Clash: many answers lie off this scale"],
        ),
    ],
    ids=["as now", "other words", "other name", "numbers", "both", "gap", "off the scale"],
)
def test_a_wave_is_marked_by_how_its_file_asked_and_answered(
    tmp_path: Path, second: str, items: str, said: list[str]
) -> None:
    found = mark(read(load(tmp_path, second, items)))
    assert found["useful"]["w2"][: len(said)] == said
    assert found["useful"]["w1"] == ["Asked as now", "Answers in words"]
    assert found["costly"]["w2"][0] == "Asked as now", "control"


def test_scale_direction_missing_cells_and_synonyms_are_told(tmp_path: Path) -> None:
    values = '[file.values.useful]\n"Very much so" = "3"'
    codebook = read(load(tmp_path, SAME.replace("Yes", "Very much so"), BOTH, values))
    costly, useful = codebook.questions
    assert (costly.item.is_reversed, useful.item.is_reversed) == (True, False)
    assert useful.scale == "1 No to 3 Yes"
    assert useful.missing == (
        "An empty cell and “-” are unanswered. “Not applicable” is an answer without a value."
    )
    assert useful.synonyms == (
        "1 “No”, 2 “Partly”, 3 “Yes”, as the number or the words",
        "“Very much so” is read as 3",
    )
    assert (codebook.count("gap"), codebook.count("clash")) == (0, 0)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            "Is the community useful to you?,Value,likert,1,5,false,",
            "Clash: the scale is 1 to 5 in items2.csv",
        ),
        (f"Is the community useful to you?,Value,likert,1,3,true,{SCALE}", "Clash: reversed in items2.csv"),
        (
            "Is the community useful to you?,Value,likert,1,3,false,1=Yes|2=Partly|3=No",
            "Clash: 1 is “Yes” in items2.csv",
        ),
        (f"Is it useful?,Value,likert,1,3,false,{SCALE}", "“Is it useful?” in items2.csv"),
    ],
    ids=["scale", "reversed", "labels", "words"],
)
def test_files_of_the_codebook_that_differ_are_marked(tmp_path: Path, other: str, said: str) -> None:
    items = f"{ITEMS.splitlines()[0]}\ns,useful,{other}\n"
    codebook = read(load(tmp_path, SAME, BOTH, items2=items))
    (useful,) = [one for one in codebook.questions if one.item.item_id == "useful"]
    assert [mark.words for mark in useful.at_all] == [said]
    assert codebook.count("clash") == said.startswith("Clash")


def test_an_item_of_two_surveys_on_two_scales_is_marked_in_both(tmp_path: Path) -> None:
    items = f"{ITEMS.splitlines()[0]}\nt,useful,Is the community useful to you?,Value,likert,1,7,false,\n"
    codebook = read(load(tmp_path, SAME, BOTH, items2=items))
    told = {
        one.item.survey_id: [mark.words for mark in one.at_all] for one in codebook.questions if one.at_all
    }
    assert told == {
        "s": ["Clash: the scale is 1 to 7 in the survey t"],
        "t": ["Clash: the scale is 1 to 3 in the survey s"],
    }


def test_a_table_of_answers_tells_what_was_answered_and_no_words(tmp_path: Path) -> None:
    answers = "wave_id,respondent_id,item_id,value\nw2,M1,useful,3\n"
    found = mark(
        read(load(tmp_path, "address,day,V1\nada@t.example,2016-01-07,\n", 'more = "V1"', answers=answers))
    )
    assert found["useful"]["w2"] == [NO_WORDING]


@pytest.mark.parametrize("cells", [("", ""), ("Yes", ""), ("Yes", "Partly")], ids=["nobody", "one", "both"])
def test_a_lead_is_told_what_was_asked_and_never_that_it_was_answered(
    tmp_path: Path, cells: tuple[str, str]
) -> None:
    second = (
        "address,day,Is the community useful to you?,Time?\n"
        f"ada@t.example,2016-01-07,{cells[0]},No\nben@t.example,2016-01-07,{cells[1]},No\n"
    )
    engine = load(tmp_path, second, BOTH.replace("Does it cost you much time?", "Time?"))
    assert mark(read(engine, "lead")) == {
        "costly": {"w1": ["Asked as now"], "w2": ["Asked", "Headed “Time?” in the export"]},
        "useful": {"w1": ["Asked as now"], "w2": ["Asked as now"]},
    }
    if cells[0]:
        assert "Answers in words" in mark(read(engine))["useful"]["w2"], "control"
    assert list_questions(engine, SCOPES["funder"]) is None


@pytest.mark.parametrize("value", ["", "3"], ids=["nobody", "one"])
def test_what_a_lead_is_told_of_a_table_of_answers_is_the_same_whatever_is_in_it(
    tmp_path: Path, value: str
) -> None:
    answers = "wave_id,respondent_id,item_id,value\nw2,M1,costly,3\n" + (
        f"w2,M1,useful,{value}\n" if value else ""
    )
    engine = load(tmp_path, SAME, BOTH.splitlines()[1], answers=answers)
    assert mark(read(engine, "lead"))["useful"]["w2"] == ["In the codebook"]
    assert mark(read(engine))["useful"]["w2"] == ([NO_WORDING] if value else ["Not asked"]), "control"


def test_a_passport_says_what_was_brought_together(tmp_path: Path) -> None:
    second = SAME.replace("Is the community useful to you?", "How useful is it overall?")
    items = BOTH.replace("Is the community useful to you?", "How useful is it overall?")
    codebook = read(load(tmp_path, second, items))
    assert tell_harmonised(codebook, {"useful"}, {"w1", "w2"}) == (
        "In Wave 1 the answers came as words and were read as 1 to 3 by the codebook. "
        "In Wave 2 the answers came as words and were read as 1 to 3 by the codebook. "
        "useful in Wave 2: asked as “How useful is it overall?”."
    )
    assert tell_harmonised(codebook, {"useful"}, set()) == ""


def test_the_figure_of_an_item_carries_it_for_whoever_may_know(tmp_path: Path) -> None:
    second = SAME.replace("Is the community useful to you?", "V12")
    engine = load(tmp_path, second, BOTH.replace("Is the community useful to you?", "V12"))
    told = {}
    for role in ("evaluator", "lead", "funder"):
        indicator = find_indicator(engine, "item_positive")
        result = compute_result(engine, indicator, Selection(), SCOPES[role])
        told[role] = dict(list_facts(result)).get("Brought together", "")
    assert "In Wave 1 the answers came as words and were read as 1 to 3" in told["evaluator"]
    assert "useful in Wave 2: headed “V12” in the export." in told["evaluator"]
    assert told["lead"] == "", "no figure is told of so few"
    assert tell_harmonised(read(engine, "lead"), {"useful"}, {"w1", "w2"}) == (
        "useful in Wave 2: headed “V12” in the export."
    )
    assert told["funder"] == ""


def test_words_find_questions_wherever_they_stand_in_a_row(tmp_path: Path) -> None:
    codebook = read(load(tmp_path, SAME, BOTH))
    assert [one.item.item_id for one in codebook.find("REVERSED time").questions] == ["costly"]
    assert len(codebook.find("").questions) == 2
    assert codebook.find("unicorn").questions == ()


def test_a_wording_loses_what_names_somebody() -> None:
    said = Wording("q", "Who - Ada", "Who - Ada", labels="1=Ada|2=Ben")
    assert said.leave_out(lambda words: words == "Ada").labels == "2=Ben"
    assert said.clean(lambda words: words.replace("Ada", "[removed]")).heading == "Who - [removed]"


def test_the_command_prints_a_row_an_item_and_a_column_a_wave(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(tmp_path, SAME, BOTH)
    capsys.readouterr()
    assert main(["codebook", "--data", str(tmp_path / "data")]) == 0
    rows = {row["item_id"]: row for row in csv.DictReader(capsys.readouterr().out.splitlines())}
    assert (rows["costly"]["reversed"], rows["useful"]["w2"]) == ("true", "Asked as now; Answers in words")
