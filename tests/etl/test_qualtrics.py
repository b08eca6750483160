from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_samples import QUALTRICS, QUALTRICS_DICT, QUALTRICS_LEGACY, list_rows, read_text

from etl.reading.types import Refused
from etl.sources.surveys import qualtrics


def test_one_row_an_answer_with_times_in_the_zone_of_the_file() -> None:
    reading = read_text(qualtrics, QUALTRICS)
    common = {
        "line": 5,
        "response_id": "R_1",
        "person_external": "m-1",
        "person_email": "ada@trust.example",
        "person_name": "Ada Okoro",
        "submitted_at": "2015-07-14 13:05:01",
        "is_finished": "true",
        "wave_id": "",
    }
    later = {
        "line": 8,
        "response_id": "R_3",
        "person_external": "",
        "person_email": "",
        "person_name": "",
        "submitted_at": "2015-07-21 13:05:01",
        "is_finished": "false",
        "wave_id": "",
    }
    assert list_rows(reading, "raw_answers") == [
        {**common, "item_id": "Q1", "question": "How useful\nwas it?", "answer": "5"},
        {**common, "item_id": "Q2_1", "question": "Who - Ada Okoro", "answer": "NA"},
        {**common, "item_id": "Q2_2_TEXT", "question": "Who - Other", "answer": "two\nlines"},
        {**common, "item_id": "region", "question": "Region", "answer": "London"},
        {**later, "item_id": "Q2_1", "question": "Who - Ada Okoro", "answer": "None"},
        {**later, "item_id": "region", "question": "Region", "answer": "London"},
    ]
    assert sorted((reject.line, reject.reason) for reject in reading.rejects) == [
        (7, "a preview or a test of the survey, not a response"),
        (9, "no question answered"),
        (10, "Qualtrics marks the response as spam"),
    ]
    assert reading.rows_read == 5


def test_addresses_places_and_embedded_data_that_nobody_named_go_nowhere() -> None:
    reading = read_text(qualtrics, QUALTRICS.replace("Region", "Secret"))
    passed_on = str(list_rows(reading, "raw_answers"))
    for private in ("192.0.2.9", "51.5", "-0.1", "London", "1.5"):
        assert private not in passed_on
    assert reading.warnings == ("export.csv: columns that are no questions were left out: Secret.",)


@pytest.mark.parametrize("text", [QUALTRICS_DICT, QUALTRICS_LEGACY])
def test_older_layouts(text: str) -> None:
    reading = read_text(qualtrics, text)
    rows = list_rows(reading, "raw_answers")
    assert [(row["item_id"], row["question"], row["answer"]) for row in rows] == [("Q1", "How useful?", "4")]
    assert (rows[0]["person_external"], rows[0]["person_email"]) == ("m-1", "ada@trust.example")
    assert (rows[0]["submitted_at"], rows[0]["is_finished"]) == ("2015-07-14 08:05:00", "true")
    assert len(reading.rejects) == (1 if text is QUALTRICS_LEGACY else 0)


def test_the_zone_of_the_options_is_used_where_the_file_names_none() -> None:
    row = list_rows(read_text(qualtrics, QUALTRICS_DICT, zone="America/New_York"), "raw_answers")[0]
    assert row["submitted_at"] == "2015-07-14 13:05:00"
    unknown = QUALTRICS.replace("America/New_York", "Middle Earth")
    reading = read_text(qualtrics, unknown)
    assert list_rows(reading, "raw_answers")[0]["submitted_at"] == "2015-07-14 08:05:01"
    assert "Middle Earth" in reading.warnings[0]


@pytest.mark.parametrize("status", ["Survey Preview", "Survey Test", "1", "9", "17"])
def test_previews_and_tests_are_rejected(status: str) -> None:
    text = QUALTRICS_DICT.replace(",1,0,4", f",1,{status},4")
    assert [reject.line for reject in read_text(qualtrics, text).rejects] == [4]


@pytest.mark.parametrize("status", ["", "IP Address", "0", "4", "16", "Imported"])
def test_other_responses_count(status: str) -> None:
    text = QUALTRICS_DICT.replace(",1,0,4", f",1,{status},4")
    reading = read_text(qualtrics, text)
    assert reading.rejects == reading.warnings == ()


def test_the_test_code_counts_with_a_warning() -> None:
    reading = read_text(qualtrics, QUALTRICS_DICT.replace(",1,0,4", ",1,2,4"))
    assert len(list_rows(reading, "raw_answers")) == 1
    assert "status 2 (survey test): 1." in reading.warnings[0]


def test_damaged_lines_and_headings() -> None:
    short = read_text(qualtrics, QUALTRICS_DICT + "R_2,x\n")
    assert [(reject.line, reject.reason) for reject in short.rejects] == [
        (5, "the line has fewer cells than the heading")
    ]
    undated = read_text(qualtrics, QUALTRICS_DICT.replace("2015-07-14 09:05:00", "yesterday"))
    assert "'yesterday' is not a date" in undated.rejects[0].reason
    with pytest.raises(Refused, match="2 columns called Q1"):
        read_text(qualtrics, QUALTRICS.replace("Q2_1,", "Q1,"))
    stray = read_text(qualtrics, QUALTRICS_DICT.replace("\nR_1,", '\n"R_1,'))
    assert (4, "a quotation mark is opened and never closed") in [
        (reject.line, reject.reason) for reject in stray.rejects
    ]


ANSWERS = st.text(st.sampled_from("aé,\"\n\r;=NA1' "), max_size=8)


@settings(deadline=None)
@given(
    st.lists(st.lists(ANSWERS, min_size=3, max_size=3), max_size=6),
    st.sampled_from(["json", "dict", "legacy"]),
)
def test_a_generated_export_comes_back(responses: list[list[str]], layout: str) -> None:
    meta = ["ResponseId", "StartDate", "EndDate", "Finished"]
    items = ["Q1", "Q2_1", "Q2_2"]
    ids = ["_recordId", "startDate", "endDate", "finished", "QID1", "QID2_1", "QID2_2"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*meta, *items])
    writer.writerow([*meta, "one", "two - a", "two - b"])
    if layout == "json":
        writer.writerow([f'{{"ImportId":"{name}"}}' for name in ids])
    elif layout == "dict":
        writer.writerow([f"{{'ImportId': '{name}'}}" for name in ids])
    for number, answers in enumerate(responses):
        writer.writerow([f"R_{number}", "2015-01-14 09:00:00", "2015-01-14 09:01:00", "1", *answers])
    reading = read_text(qualtrics, out.getvalue())
    truth = [
        (f"R_{number}", item, answer)
        for number, answers in enumerate(responses)
        for item, answer in zip(items, answers, strict=True)
        if answer.strip()
    ]
    rows = list_rows(reading, "raw_answers")
    assert [(row["response_id"], row["item_id"], row["answer"]) for row in rows] == truth
    assert reading.rows_read == len(responses)
    assert len(reading.rejects) == sum(not "".join(answers).strip() for answers in responses)
