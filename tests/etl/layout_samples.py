"""One small synthetic export of each importer and heading style, as rows of cells, so that it can be written in any physical layout."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pyreadstat

from tests.etl.vendor_samples import (
    EVENTBRITE,
    KUMU,
    LIMESURVEY_CODES,
    LIMESURVEY_TEXTS,
    MICROSOFT_FORMS,
    PARTICIPANTS,
    QUALTRICS,
    QUALTRICS_DICT,
    QUALTRICS_LEGACY,
    SETTLED,
    SURVEYMONKEY,
    SURVEYMONKEY_CODES,
    TEAMS_ACTIONS,
    TEAMS_COMMA,
    TEAMS_NUMBERED,
    TEAMS_OLDER,
    TEAMS_POLISH,
    ZOOM_ADMIN,
    ZOOM_JOINS,
    ZOOM_LOWER,
    ZOOM_TOTALS,
    ZOOM_WEBINAR,
)

Rows = Sequence[Sequence[str]]

GOOGLE_FORMS = """Timestamp,Email Address,How useful was it?,Which topics?,How often? [Calls],How often? [Events],Why?
2015/07/14 9:00:00 AM GMT+1,ada@trust.example,Very useful,"Data, Coaching",Never,Always,"Good, but long"
2015/07/14 2:05:10 PM GMT+1,ben@charity.example,Not so useful,Coaching,Rarely,Never,
2015/07/15 9:10:00 AM GMT+1,,,Data,,,
"""
GOOGLE_FORMS_SHEET = """Zeitstempel,Nutzername,Wie oft?,Wer?
14.07.2015 09:00:00,ada@trust.example,Nie,
15.07.2015 09:10:00,,Oft,Ben
"""
GOOGLE_FORMS_QUIZ = """Timestamp,Total score,How useful was it?,How useful was it? [Score],How useful was it? [Feedback]
14/07/2015 09:00:00,3 / 5,4,1.00 / 1,--
15/07/2015 09:10:00,5 / 5,5,1.00 / 1,--
"""
LIMESURVEY_ABBREVIATED = """Response ID,Date submitted,Last page,Start language,Seed,How useful was ..,Which have you ..,Which have you ..
3,2015-07-14 09:05:00,2,en,99,Very useful,Yes,No
4,,1,en,98,Not so useful,No,Yes
"""
LIMESURVEY_VV = """Response ID\tDate submitted\tLast page\tStart language\tSeed\tDate started\tHow useful?\tWhom? [Ada]\tWhom? [Ben]\tWhy?
id\tsubmitdate\tlastpage\tstartlanguage\tseed\tstartdate\tQ1\tQ2_SQ001\tQ2_SQ002\tQ3
3\t2015-07-14 09:05:00\t2\ten\t99\t2015-07-14 09:00:00\tA4\tY\t\tSaid {quote}yes{quote}{newline}twice
4\t{question_not_shown}\t1\ten\t98\t2015-07-14 09:01:00\tA5\t\tY\t{question_not_shown}
"""
QUALTRICS_ONE_ROW = """StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,DistributionChannel,UserLanguage,Q_RecaptchaScore,Q1,Q2
2015-07-14 09:00:00,2015-07-14 09:05:00,IP Address,100,True,2015-07-14 09:05:01,R_1,anonymous,EN,0.9,5,-99
2015-07-14 09:00:00,2015-07-14 09:05:00,IP Address,100,True,2015-07-14 09:05:01,R_2,anonymous,EN,0.8,4,3
"""
SUMAPP = """From,To,Type,Strength
Ada Okoro,Ben Marsh,knows,2
Cara,Ada Okoro,knows,1
"""
EDGES_GEPHI = """Source,Target,Type,Id,Label,Weight
Ada Okoro,Ben Marsh,Undirected,0,,2
Cara,Ada Okoro,Directed,1,,1.5
"""
EDGES_EGO = """ego,alter
Ada Okoro,Ben Marsh
Cara,Ada Okoro
"""
ADJACENCY = """,Ada Okoro,Ben Marsh,Cara
Ada Okoro,0,1,0
Ben Marsh,1,0,2
Cara,0,0,0
"""
MEMBERSHIP = """member,E1,E2,E3
Ada Okoro,1,0,1
Ben Marsh,0,x,
Cara,,,
"""
TEAMS_WEBINAR = """1. Summary
Meeting title\tQ webinar
Attended participants\t1
Start time\t14/07/15, 09:30:00
End time\t14/07/15, 10:30:00

2. Participants
Name\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\tRegistration Time\tRegistration Status
Ada Okoro\t14/07/15, 09:30:00\t14/07/15, 10:30:00\t1h\tada@trust.example\tada@trust.example\tAttendee\t01/07/15, 10:00:00\tRegistered
Ben Marsh\t\t\t\tben@charity.example\t\tAttendee\t02/07/15, 10:00:00\tRegistered
"""
SERIES = """period,value,denominator,series
2015-07,12,40,Posts
2015-08,15,41,Posts
"""


def split(text: str, delimiter: str = ",") -> Rows:
    """A text as rows; blank lines stay, as rows without a cell."""
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


# (source, rows, what the rows of the export are: loaded and set aside)
LAYOUTS: dict[str, tuple[str, Rows]] = {
    "teams, numbered": ("teams", split(TEAMS_NUMBERED, "\t")),
    "teams, Polish": ("teams", split(TEAMS_POLISH, "\t")),
    "teams, comma": ("teams", split(TEAMS_COMMA)),
    "teams, older": ("teams", split(TEAMS_OLDER, "\t")),
    "teams, actions": ("teams", split(TEAMS_ACTIONS, "\t")),
    "teams, webinar": ("teams", split(TEAMS_WEBINAR, "\t")),
    "zoom, totals": ("zoom", split(ZOOM_TOTALS)),
    "zoom, joins": ("zoom", split(ZOOM_JOINS)),
    "zoom, lower": ("zoom", split(ZOOM_LOWER)),
    "zoom, admin": ("zoom", split(ZOOM_ADMIN)),
    "zoom, webinar": ("zoom", split(ZOOM_WEBINAR)),
    "qualtrics, three rows": ("qualtrics", split(QUALTRICS)),
    "qualtrics, dict": ("qualtrics", split(QUALTRICS_DICT)),
    "qualtrics, two rows": ("qualtrics", split(QUALTRICS_LEGACY)),
    "qualtrics, one row": ("qualtrics", split(QUALTRICS_ONE_ROW)),
    "limesurvey, codes": ("limesurvey", split(LIMESURVEY_CODES)),
    "limesurvey, codes and texts": ("limesurvey", split(LIMESURVEY_TEXTS)),
    "limesurvey, abbreviated": ("limesurvey", split(LIMESURVEY_ABBREVIATED)),
    "limesurvey, vv": ("limesurvey", split(LIMESURVEY_VV, "\t")),
    "surveymonkey, two rows": ("surveymonkey", split(SURVEYMONKEY)),
    "surveymonkey, codes": ("surveymonkey", split(SURVEYMONKEY_CODES)),
    "microsoft forms": ("microsoft_forms", split(MICROSOFT_FORMS)),
    "google forms": ("google_forms", split(GOOGLE_FORMS)),
    "google forms, sheet": ("google_forms", split(GOOGLE_FORMS_SHEET)),
    "google forms, quiz": ("google_forms", split(GOOGLE_FORMS_QUIZ)),
    "eventbrite": ("eventbrite", split(EVENTBRITE)),
    "limesurvey participants": ("limesurvey_participants", split(PARTICIPANTS)),
    "kumu": ("kumu", split(KUMU)),
    "sumapp": ("kumu", split(SUMAPP)),
    "edges, gephi": ("edges", split(EDGES_GEPHI)),
    "edges, ego": ("edges", split(EDGES_EGO)),
    "matrix, adjacency": ("matrix", split(ADJACENCY)),
    "matrix, membership": ("matrix", split(MEMBERSHIP)),
    "people settled": ("people_settled", split(SETTLED)),
    "series": ("template", split(SERIES)),
}


def write_text(delimiter: str, start: str = "") -> Callable[[Rows, Path], None]:
    def write(rows: Rows, path: Path) -> None:
        out = io.StringIO()
        out.write(start)
        csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
        path.write_text(out.getvalue(), encoding="utf-8")

    return write


def write_book(rows: Rows, path: Path) -> None:
    book = openpyxl.Workbook()
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row, start=1):
            book.active.cell(number, place, cell or None)
    book.save(path)


def write_zip(inner: Callable[[Rows, Path], None], name: str) -> Callable[[Rows, Path], None]:
    def write(rows: Rows, path: Path) -> None:
        inner(rows, path)
        content = path.read_bytes()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__MACOSX/._x", b"\0")
            archive.writestr(f"export/{name}", content)

    return write


# how a file lies on the disk: its suffix, who writes it, and by how many lines it starts later
PHYSICAL: dict[str, tuple[str, Callable[[Rows, Path], None], int]] = {
    "comma": (".csv", write_text(","), 0),
    "semicolon": (".csv", write_text(";"), 0),
    "tab": (".tsv", write_text("\t"), 0),
    "sep": (".csv", write_text(";", "sep=;\n"), 1),
    "workbook": (".xlsx", write_book, 0),
    "zip": (".zip", write_zip(write_text(","), "data.csv"), 0),
    "zip of a workbook": (".zip", write_zip(write_book, "data.xlsx"), 0),
}

KUMU_JSON = json.dumps(
    {
        "elements": [
            {"_id": "elem-1", "attributes": {"label": "Ada Okoro", "element type": "Person"}},
            {"_id": "elem-2", "attributes": {"label": "Ben Marsh"}},
        ],
        "connections": [
            {
                "_id": "c1",
                "from": "elem-1",
                "to": "elem-2",
                "direction": "mutual",
                "attributes": {"connection type": "advice", "strength": 3},
            },
            {"_id": "c2", "from": "elem-2", "to": "elem-1", "direction": "sideways", "attributes": {}},
            {"_id": "c3", "from": "elem-2", "to": "", "direction": "directed", "attributes": {}},
        ],
    },
    indent=1,
)
QSF = json.dumps(
    {
        "SurveyEntry": {"SurveyID": "SV_1", "SurveyName": "Attitude"},
        "SurveyElements": [
            {"Element": "BL", "Payload": []},
            {
                "Element": "SQ",
                "Payload": {
                    "QuestionID": "QID1",
                    "DataExportTag": "Q1",
                    "QuestionType": "MC",
                    "Selector": "SAVR",
                    "QuestionText": "How <b>useful</b> was it?",
                    "Choices": {
                        "1": {"Display": "Strongly agree"},
                        "2": {"Display": "Strongly disagree"},
                        "3": {"Display": "N/A"},
                    },
                    "ChoiceOrder": ["1", "2", "3"],
                    "RecodeValues": {"1": "5", "2": "1", "3": "9"},
                },
            },
            {
                "Element": "SQ",
                "Payload": {
                    "QuestionID": "QID2",
                    "DataExportTag": "Q2",
                    "QuestionType": "MC",
                    "Selector": "MAVR",
                    "QuestionText": "Whom do you know?",
                    "Choices": {"1": {"Display": "Ada"}, "4": {"Display": "Ben"}},
                    "ChoiceOrder": [1, 4],
                },
            },
            {
                "Element": "SQ",
                "Payload": {
                    "QuestionID": "QID3",
                    "DataExportTag": "Q3",
                    "QuestionType": "Matrix",
                    "Selector": "Likert",
                    "QuestionText": "How often?",
                    "Choices": {"1": {"Display": "Calls"}, "2": {"Display": "Events"}},
                    "Answers": {"1": {"Display": "Never"}, "2": {"Display": "Always"}},
                },
            },
        ],
    }
)


def write_sav(path: Path) -> None:
    """Three cases of an SPSS file, one of them without an answer."""
    import pandas as pd

    frame = pd.DataFrame(
        {"ResponseId": ["R1", "R2", "R3"], "helps": [5.0, 1.0, None], "why": ["Because", "", ""]}
    )
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=["", "How useful?", "Why?"],
        variable_value_labels={"helps": {1.0: "Never", 5.0: "Always"}},
        variable_measure={"helps": "ordinal"},
    )
