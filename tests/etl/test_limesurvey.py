from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_samples import LIMESURVEY_CODES, LIMESURVEY_ROWS, LIMESURVEY_TEXTS, list_rows, read_text

from etl.reading.types import Refused
from etl.sources.surveys import limesurvey


def test_headings_of_codes_only() -> None:
    reading = read_text(limesurvey, LIMESURVEY_CODES)
    common = {
        "line": 2,
        "response_id": "3",
        "person_external": "m-1",
        "person_email": "ada@trust.example",
        "person_name": "Ada Okoro",
        "question": "",
        "submitted_at": "2015-07-14 08:05:00",
        "is_finished": "true",
        "wave_id": "",
    }
    rows = list_rows(reading, "raw_answers")
    assert rows[:3] == [
        {**common, "item_id": "Q1", "answer": "None"},
        {**common, "item_id": "Q2[SQ001]", "answer": "Y"},
        {**common, "item_id": "Q2[other]", "answer": "a\nb"},
    ]
    assert [(row["line"], row["answer"], row["is_finished"], row["submitted_at"]) for row in rows[3:]] == [
        (4, "N", "false", "2015-07-14 08:02:00")
    ]
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [(5, "no question answered")]
    assert reading.rows_read == 3
    assert "192.0.2.9" not in str(rows)


def test_headings_with_texts_and_responses_without_a_date() -> None:
    rows = list_rows(read_text(limesurvey, LIMESURVEY_TEXTS), "raw_answers")
    assert [(row["item_id"], row["question"], row["answer"]) for row in rows] == [
        ("Q1", "How useful?", "NA"),
        ("Q2[SQ001]", "Who did you meet? [Ada]", "Y"),
    ]
    assert {(row["submitted_at"], row["is_finished"]) for row in rows} == {("", "true")}


def test_a_first_column_without_a_heading_is_the_row_number() -> None:
    reading = read_text(limesurvey, LIMESURVEY_ROWS)
    rows = list_rows(reading, "raw_answers")
    assert [(row["line"], row["response_id"], row["item_id"], row["answer"]) for row in rows] == [
        (2, "0", "socio1", "Wales"),
        (2, "0", "affSat1", "Agree"),
        (3, "1", "affSat1", "Disagree"),
    ]
    assert {(row["submitted_at"], row["is_finished"]) for row in rows} == {("", "")}
    assert [reject.line for reject in reading.rejects] == [4]


def test_damaged_lines_and_headings() -> None:
    reading = read_text(limesurvey, LIMESURVEY_TEXTS + "4,2015-07-14,2\n5,soon,2,en,99,NA,Y\n")
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [
        (3, "the line has fewer cells than the heading"),
        (4, "the date of submission 'soon' is not a date and time"),
    ]
    with pytest.raises(Refused, match=r"2 columns called Q2\[other\]"):
        read_text(limesurvey, LIMESURVEY_CODES.replace("Q2[SQ001]", "Q2[other]"))
    with pytest.raises(Refused, match="no question"):
        read_text(limesurvey, "id,submitdate,lastpage\n1,2015-07-14,1\n")


ANSWERS = st.text(st.sampled_from("aé,\"\n\r;=NA1' "), max_size=8)


@settings(deadline=None)
@given(
    st.lists(st.lists(ANSWERS, min_size=2, max_size=2), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from([["Q1", "Q2[SQ001]"], ["Q1. What, exactly?", "Q2[SQ001]. Who? [Ada; Ben]"]]),
)
def test_a_generated_export_comes_back(
    responses: list[list[str]], delimiter: str, headings: list[str]
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["id", "submitdate", "lastpage", *headings])
    for number, answers in enumerate(responses):
        writer.writerow([number, "2015-01-14 09:00:00", 1, *answers])
    reading = read_text(limesurvey, out.getvalue())
    truth = [
        (str(number), item, answer)
        for number, answers in enumerate(responses)
        for item, answer in zip(["Q1", "Q2[SQ001]"], answers, strict=True)
        if answer.strip()
    ]
    rows = list_rows(reading, "raw_answers")
    assert [(row["response_id"], row["item_id"], row["answer"]) for row in rows] == truth
    assert reading.rows_read == len(responses)


def test_headings_of_full_texts_are_the_questions() -> None:
    text = (
        "Response ID,Date submitted,Last page,Start language,Seed,Access code,How useful was it?,Who did you meet? [Ada]\n"
        "1,2015-03-05 10:00:00,3,en,7,aaa,Very,Yes\n"
    )
    rows = list_rows(read_text(limesurvey, text), "raw_answers")
    assert [(row["person_external"], row["item_id"], row["question"], row["answer"]) for row in rows] == [
        ("aaa", "How useful was it?", "How useful was it?", "Very"),
        ("aaa", "Who did you meet? [Ada]", "Who did you meet? [Ada]", "Yes"),
    ]
