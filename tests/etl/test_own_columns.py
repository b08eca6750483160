"""Columns of survey exports that are no questions: worked out by the tool, or known of whoever answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyreadstat
import pytest
from vendor_samples import list_rows

from etl.reading.shapes.own_columns import is_timing, list_derived
from etl.reading.types import Options, RawFile, Reading
from etl.sources import spss
from etl.sources.surveys import limesurvey, qualtrics, surveymonkey

OWN = "Q7_First Click,Q7_Last Click,Q7_Page Submit,Q7_Click Count,Q_TotalDuration"
DERIVED = "Q5_DO,Q5_DO_1,Q5_DO_2,Q3_NPS_GROUP,FL_12_DO,Q6 - Parent Topics,Q6 - Topics,Q6_Topics,Q6 - Sentiment,Q6 - Sentiment Score"


def read(source: ModuleType, text: str, respondent: Mapping[str, str] | None = None) -> Reading:
    file = RawFile("export.csv", Path("export.csv"), text, Options())
    reading: Reading = source.read(replace(file, respondent=respondent or {}))
    return reading


def say(reading: Reading) -> list[tuple[str, str]]:
    return [(str(row["item_id"]), str(row["answer"])) for row in list_rows(reading, "raw_answers")]


def write_qualtrics(names: str, ids: Mapping[str, str] | None, row: str) -> str:
    meta = "ResponseId,StartDate,EndDate,Finished"
    third = ""
    if ids is not None:
        cells = [
            "_recordId",
            "startDate",
            "endDate",
            "finished",
            *(ids.get(name, f"QID{name[1:]}") for name in names.split(",")),
        ]
        third = ",".join('"{""ImportId"":""' + cell + '""}"' for cell in cells) + "\n"
    return f"{meta},{names}\n{meta},{names}\n{third}R_1,2015-07-14 09:00:00,2015-07-14 09:05:00,1,{row}\n"


@pytest.mark.parametrize(
    "ids", [None, {"Q_TotalDuration": "Q_TotalDuration", "FL_12_DO": "FL_12_DO"}], ids=["two rows", "three"]
)
def test_what_qualtrics_works_out_itself_is_no_question_and_named(ids: Mapping[str, str] | None) -> None:
    names = f"Q5_1,Q5_2,Q5_2_TEXT,Q3,Q6,{OWN},{DERIVED}"
    row = ",".join(str(number) for number in range(names.count(",") + 1))
    reading = read(qualtrics, write_qualtrics(names, ids, row))
    assert say(reading) == [("Q5_1", "0"), ("Q5_2", "1"), ("Q5_2_TEXT", "2"), ("Q3", "3"), ("Q6", "4")]
    said = "columns that are no questions were left out: Q5_DO, Q5_DO_1, Q5_DO_2, Q3_NPS_GROUP, FL_12_DO and others."
    assert reading.warnings == (f"export.csv: {said}",)


def test_a_question_that_is_called_like_a_tag_is_one() -> None:
    text = write_qualtrics("Q_Age,Q1", {"Q_Age": "QID4"}, "41,2")
    assert say(read(qualtrics, text)) == [("Q_Age", "41"), ("Q1", "2")]
    assert say(read(qualtrics, write_qualtrics("Q_1,Q1", None, "41,2"))) == [("Q_1", "41"), ("Q1", "2")]


def test_only_a_column_beside_its_question_is_worked_out_from_it() -> None:
    assert list_derived(["What_to_DO", "Topics", "Hot Topics", "Q1_Topics", "Q1"]) == ["Q1_Topics"]
    assert list_derived(["Q5_DO_1", "Q5_1", "SCREEN_DO"]) == ["Q5_DO_1"]
    assert [is_timing(name) for name in ("Q7_First_Click", "First Click")] == [True, False]


LIME = (
    "id,submitdate,lastpage,startlanguage,seed,token,{heading},Q1. Useful?,{times}\n"
    "1,2015-07-14 09:05:00,2,en,9,t-1,North,Gold,4,60.5,20,7\n"
)
CODES = "interviewtime,groupTime7,questionTime12"
FULL = LIME.replace(
    "id,submitdate,lastpage,startlanguage,seed,token",
    "Response ID,Date submitted,Last page,Start language,Seed,Access code",
)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (LIME.format(heading="attribute_1. Region,attribute_2. Badge", times=CODES), "Q1"),
        (
            LIME.format(
                heading='"attribute_1. Region",attribute_2. Badge',
                times="9X7time,9X7X2time,interviewtime. Total time",
            ),
            "Q1",
        ),
    ],
)
def test_attributes_of_limesurvey_go_by_their_label_and_its_clocks_nowhere(text: str, question: str) -> None:
    reading = read(limesurvey, text)
    assert say(reading) == [(question, "4"), ("region", "North")]
    assert [(item.item_id, item.kind) for item in reading.items][-1] == ("region", "attribute")
    assert reading.warnings == (
        "export.csv: columns that are no questions were left out: attribute_2 (Badge).",
        "export.csv: attributes of participants were read as attributes of whoever answered: region.",
    )
    named = read(limesurvey, text, {"cohort": "Badge"})
    assert say(named)[1:] == [("region", "North"), ("cohort", "Gold")]


def test_clocks_of_full_headings_are_no_questions() -> None:
    text = FULL.replace("{heading},", "").replace("North,Gold,", "")
    text = text.format(times="Total time,Group time: Start,Question time: Q1")
    assert say(read(limesurvey, text)) == [("Q1. Useful?", "4")]


MONKEY = (
    "Respondent ID,Collector ID,Start Date,End Date,{heading},How useful?\n,,,,{blank},Response\n"
    "1,7,07/14/2015 09:00:00 AM,07/14/2015 09:05:00 AM,{first},5\n2,7,07/14/2015 09:00:00 AM,07/14/2015 09:06:00 AM,{second},4\n"
    "3,7,07/14/2015 09:00:00 AM,07/14/2015 09:07:00 AM,{third},4\n4,7,07/14/2015 09:00:00 AM,07/14/2015 09:08:00 AM,{third},4\n"
)


def test_custom_data_that_repeat_identify_nobody_and_are_named() -> None:
    text = MONKEY.format(
        heading="Custom Data 1,Custom Data 2", blank=",", first="North,a", second="North,b", third="South,c"
    )
    reading = read(surveymonkey, text)
    assert {row["person_external"] for row in list_rows(reading, "raw_answers")} == {""}
    assert reading.warnings == (
        "export.csv: columns that are no questions were left out: Custom Data 1, Custom Data 2.",
    )
    named = read(surveymonkey, text, {"region": "Custom Data 1"})
    assert say(named)[:2] == [("q0001", "5"), ("region", "North")]


def test_custom_data_with_a_label_go_by_it() -> None:
    text = MONKEY.format(
        heading="Custom Data 1,Region", blank=",", first="m-1,North", second="m-2,North", third="m-3,South"
    )
    assert surveymonkey._find_delimiter(text) == ","
    reading = read(surveymonkey, text)
    assert [row["person_external"] for row in list_rows(reading, "raw_answers")][::2] == [
        "m-1",
        "m-2",
        "m-3",
        "m-3",
    ]
    assert say(reading)[:2] == [("q0001", "5"), ("region", "North")]
    assert reading.warnings == (
        "export.csv: custom data were read as attributes of whoever answered: region.",
    )


def test_what_qualtrics_knows_of_a_response_is_no_question_of_its_spss_file(tmp_path: Path) -> None:
    columns = {
        "ResponseId": ["R_1", "R_2", "R_3"],
        "StartDate": ["2015-03-16 09:00:00"] * 3,
        "EndDate": ["2015-03-16 09:05:00"] * 3,
        "Status": [0.0, 1.0, 0.0],
        "Progress": [100.0, 100.0, 40.0],
        "Finished": [1.0, 1.0, 0.0],
        "Duration__in_seconds_": [300.0, 10.0, 20.0],
        "UserLanguage": ["EN"] * 3,
        "Q3": [9.0, 5.0, 7.0],
        "Q3_NPS_GROUP": [3.0, 1.0, 2.0],
        "Q7_Page_Submit": [1.5, 2.5, 3.5],
    }
    path = tmp_path / "s.sav"
    labels = {"Status": {0: "IP Address", 1: "Survey Preview"}, "Finished": {0: "False", 1: "True"}}
    pyreadstat.write_sav(pd.DataFrame(columns), str(path), variable_value_labels=labels)
    reading = spss.read(RawFile("s.sav", path, "", Options()))
    assert [item.item_id for item in reading.items] == ["Q3"]
    rows = list_rows(reading, "raw_answers")
    assert [(row["response_id"], row["answer"], row["is_finished"]) for row in rows] == [
        ("R_1", "9", "true"),
        ("R_3", "7", "false"),
    ]
    assert [(one.line, one.reason) for one in reading.rejects] == [
        (2, "a preview or a test of the survey, not a response")
    ]
    assert reading.warnings == (
        "s.sav: columns that are no questions were left out: Q3_NPS_GROUP, Q7_Page_Submit.",
    )
