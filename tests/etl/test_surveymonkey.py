from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_samples import SURVEYMONKEY, SURVEYMONKEY_BARE, SURVEYMONKEY_CODES, list_rows, read_text

from etl.checking.surveys.choices import unite_items, write_labels
from etl.load import load_paths
from etl.reading.types import Item, Options, Refused
from etl.sources.surveys import surveymonkey
from tests.released import read_released

MET = "Which of these have you met? Please select all that apply."
FAVOUR = (
    (1, "Very unfavorably"),
    (2, "Somewhat unfavorably"),
    (3, "Neither favorably nor unfavorably"),
    (4, "Somewhat favorably"),
    (5, "Very favorably"),
    (None, "Unfamiliar (N/A)"),
)
USE = ("Not at all useful", "Not so useful", "Somewhat useful", "Very useful", "Extremely useful")


def test_answers_of_two_heading_rows() -> None:
    reading = read_text(surveymonkey, SURVEYMONKEY)
    rows = list_rows(reading, "raw_answers")
    assert rows[0] == {
        "line": 3,
        "response_id": "101",
        "person_external": "m-1",
        "person_email": "ada@trust.example",
        "person_name": "Ada Okoro",
        "item_id": "q0001",
        "question": "How useful was it?",
        "answer": "Very useful",
        "submitted_at": "2015-07-14 08:05:00",
        "is_finished": "",
        "wave_id": "",
    }
    answers = {
        line: [(row["item_id"], row["answer"]) for row in rows if row["line"] == line] for line in (3, 5, 6)
    }
    assert answers == {
        3: [
            ("q0001", "Very useful"),
            ("q0002_0001", "Ada / Okoro"),
            ("q0002_0002", "Not chosen"),
            ("q0003_0001", "Very favorably"),
            ("q0003_0002", "Unfamiliar (N/A)"),
            ("q0004_0001", "1"),
            ("q0004_0002", "2"),
            ("q0005", "30-44"),
            ("q0007", "Good, all\nof it"),
        ],
        5: [
            ("q0001", "Not so useful"),
            ("q0002_0001", "Not chosen"),
            ("q0002_0002", "Ben"),
            ("q0002_0003", "Dai"),
            ("q0003_0001", "Somewhat unfavorably"),
            ("q0003_0002", "Very favorably"),
            ("q0004_0001", "2"),
            ("q0004_0002", "1"),
            ("q0005", "> 60"),
        ],
        6: [("q0005", "18-29")],
    }
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [(7, "no question answered")]
    assert reading.warnings == ("export.csv: questions that ask for a name or an address were left out: 2.",)
    assert "192.0.2.9" not in str(rows)


def test_the_codebook_is_what_the_file_shows() -> None:
    assert read_text(surveymonkey, SURVEYMONKEY).items == (
        Item("q0001", "How useful was it?", "likert", tuple(enumerate(USE, start=1)), 1, 5),
        Item("q0002_0001", f"{MET} [Ada | Okoro]", "multiple", ((0, "Not chosen"), (1, "Ada / Okoro"))),
        Item("q0002_0002", f"{MET} [Ben]", "multiple", ((0, "Not chosen"), (1, "Ben"))),
        Item("q0002_0003", f"{MET} [Other (please specify)]", "text"),
        Item("q0003_0001", "How do you view them? [Events]", "likert", FAVOUR, 1, 5),
        Item("q0003_0002", "How do you view them? [Calls]", "likert", FAVOUR, 1, 5),
        Item("q0004_0001", "Please rank [Events]", "number"),
        Item("q0004_0002", "Please rank [Calls]", "number"),
        Item("q0005", "Your age", "single", ((None, "18-29"), (None, "30-44"), (None, "> 60"))),
        Item("q0007", "Anything else?", "text"),
    )


def test_codes_in_one_heading_row() -> None:
    reading = read_text(surveymonkey, SURVEYMONKEY_CODES)
    rows = list_rows(reading, "raw_answers")
    assert [(row["response_id"], row["item_id"], row["answer"]) for row in rows] == [
        ("1", "q0001", "Yes"),
        ("1", "q0002_0001", "Events"),
        ("1", "q0002_0002", "Not chosen"),
        ("1", "q0003", "4"),
        ("2", "q0001", "No"),
        ("2", "q0002_0001", "Events"),
        ("2", "q0002_0002", "Calls"),
        ("2", "q0003", "5"),
    ]
    assert [item.kind for item in reading.items] == ["single", "multiple", "multiple", "number"]
    assert {row["submitted_at"] for row in rows} == {"2015-07-14 08:05:00"}


def test_how_likely_to_recommend_is_a_net_promoter_item() -> None:
    text = SURVEYMONKEY_CODES.replace("q0003", "q0001_0001")
    assert {item.item_id for item in read_text(surveymonkey, text).items} >= {"q0001_0001"}
    asked = SURVEYMONKEY_BARE.replace("How useful?", "How likely is it that you would recommend us?")
    (first, _) = read_text(surveymonkey, asked.replace("Yes", "10").replace("No", "0")).items
    assert (first.kind, first.scale_min, first.scale_max) == ("nps", 0, 10)
    (second, _) = read_text(surveymonkey, asked.replace("Yes", "11")).items
    assert second.kind == "single"


def test_long_and_many_answers_are_text() -> None:
    heading, below, *_ = SURVEYMONKEY_BARE.splitlines()
    many = "\n".join([heading, below, *(f"{row},Yes,{'x' * (row % 5)}word{row}" for row in range(60))])
    assert [item.kind for item in read_text(surveymonkey, many).items] == ["single", "text"]
    long = f"{heading}\n{below}\n1,Yes,{'long ' * 60}\n"
    assert [item.kind for item in read_text(surveymonkey, long).items] == ["single", "text"]


def test_damaged_lines_and_headings() -> None:
    reading = read_text(surveymonkey, SURVEYMONKEY_BARE + "3,Yes\n4,Yes,a,b\n")
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [
        (5, "the line has fewer cells than the heading"),
        (6, "the line has more cells than the heading: is there a comma in a cell without quotes?"),
    ]
    dated = read_text(surveymonkey, SURVEYMONKEY_CODES.replace("2015-07-14 09:05:00", "soon", 1))
    assert [(reject.line, reject.reason) for reject in dated.rejects] == [
        (2, "the date of submission 'soon' is not a date and time")
    ]
    with pytest.raises(Refused, match="2 columns called q0001"):
        read_text(surveymonkey, SURVEYMONKEY_CODES.replace("q0003", "q0001"))


# an answer whose lines have as many delimiters as the heading could as well be rows that a stray quotation mark joins
ANSWERS = st.text(st.sampled_from("aéZ,\"\n\r;=NA1'| "), max_size=8).filter(
    lambda answer: max(map(answer.count, ",;")) < 2
)


@settings(deadline=None)
@given(
    st.lists(st.lists(ANSWERS, min_size=2, max_size=2), max_size=6),
    st.sampled_from([",", ";", "\t"]),
)
def test_a_generated_export_comes_back(responses: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["RespondentID", "What, exactly?", "Who? Ada; Ben"])
    writer.writerow(["", "Response", "Open-Ended Response"])
    for number, answers in enumerate(responses):
        writer.writerow([number, *answers])
    reading = read_text(surveymonkey, out.getvalue())
    truth = [
        (str(number), item, answer.strip().replace("|", "/") if item == "q0001" else answer)
        for number, answers in enumerate(responses)
        for item, answer in zip(["q0001", "q0002"], answers, strict=True)
        if answer.strip()
    ]
    rows = list_rows(reading, "raw_answers")
    kinds = {item.item_id: item.kind for item in reading.items}
    found = [
        (
            row["response_id"],
            row["item_id"],
            row["answer"].strip()
            if kinds["q0001"] == "number" and row["item_id"] == "q0001"
            else row["answer"],
        )
        for row in rows
    ]
    assert found == truth
    assert reading.rows_read == len(responses)


def test_the_load_makes_a_codebook_of_choices_that_can_be_counted(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(SURVEYMONKEY, encoding="utf-8")
    (tmp_path / "bare.csv").write_text(SURVEYMONKEY_BARE, encoding="utf-8")
    for name, survey in (("export.csv", "met"), ("bare.csv", "useful")):
        named = Options(survey_id=survey, wave_id=survey, date_order="mdy", complete_to=date(2015, 8, 1))
        loaded = load_paths([tmp_path / name], tmp_path / "data", options=named)
    assert [(file.read, file.loaded, file.quarantined) for file in loaded.files] == [(2, 2, 0), (4, 3, 1)]
    tables = {name: read_released(loaded.release.path, name).to_pylist() for name in ("items", "answers")}
    labels = {(row["survey_id"], row["item_id"]): row["labels"] for row in tables["items"]}
    assert labels["met", "q0005"] == "1=18-29|2=30-44|3=> 60"
    assert labels["met", "q0002_0002"] == "0=Not chosen|1=Ben"
    assert labels["useful", "q0001"] == "1=No|2=Yes"
    values = {
        item: sorted(
            row["value"] for row in tables["answers"] if row["item_id"] == item and row["wave_id"] == "met"
        )
        for item in ("q0002_0001", "q0003_0001", "q0004_0001")
    }
    assert values == {"q0002_0001": [0, 1], "q0003_0001": [2, 5], "q0004_0001": [1, 2]}
    (unfamiliar,) = [row for row in tables["answers"] if row["text"] == "Unfamiliar (N/A)"]
    assert unfamiliar["value"] is None


def test_files_of_one_survey_that_contradict_are_united() -> None:
    likert = Item("q", "Q?", "likert", ((1, "Never"), (2, "Often")), 1, 2)
    other = Item("q", "Q?", "likert", ((1, "Never"), (2, "Usually")), 1, 2)
    single = Item("q", "Q?", "single", ((None, "often"), (None, "10"), (None, "9")))
    assert unite_items([likert, likert]) == [likert]
    assert unite_items([likert, other]) == [
        Item("q", "Q?", "single", ((1, "Never"), (2, "Often"), (3, "Usually")))
    ]
    assert unite_items([likert, single])[0].labels == ((1, "10"), (2, "9"), (3, "Never"), (4, "Often"))
    assert unite_items([single, replace(single, labels=((None, "8"),))])[0].labels[0] == (1, "10")
    numbers = replace(single, labels=((None, "from 9"), (None, "from 1,000"), (None, "from 10")))
    assert unite_items([numbers])[0].labels == ((1, "from 9"), (2, "from 10"), (3, "from 1,000"))
    assert unite_items([likert, Item("q", "Q?", "number")]) == [Item("q", "Q?", "text")]
    assert write_labels(replace(likert, labels=(*likert.labels, (None, "N/A")))) == "1=Never|2=Often|N/A"
