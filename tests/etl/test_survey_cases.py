"""Exports of survey tools as evaluators report them: what is loaded, what is set aside and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from case import BASE, ITEMS, MEMBERS, Case, check_case

LIMESURVEY = "SELECT wave_id, item_id, value FROM answers ORDER BY ALL"
CASE_LIST: dict[str, Case] = {
    "01 the second and third heading rows deleted": Case(
        (*BASE, "01-*/att.csv"),
        {"att.csv": (3, 3, 0, 0)},
        found={"SELECT count(DISTINCT respondent_id) FROM answers": [(3,)]},
    ),
    "12 participants": Case(
        (*BASE, "12-*/tokens.csv"),
        {"tokens.csv": (2, 2, 0, 0)},
        found={
            "SELECT disposition, reminders, invited_at::VARCHAR FROM invitations ORDER BY 1": [
                ("complete", 0, "2015-03-01 09:00:00"),
                ("non_contact", 1, "2015-03-01 09:00:00"),
            ]
        },
        arguments=["--wave", "W1"],
    ),
    "12 participants of no wave": Case(
        (*BASE, "12-*/tokens.csv"),
        refused="tokens.csv is a LimeSurvey participant table: name the wave it is of with --wave.",
    ),
    "17 SurveyMonkey without its second heading row": Case(
        ("17-*/sm.csv",),
        refused="sm.csv is a SurveyMonkey export without its second heading row",
        arguments=["--survey", "s", "--wave", "w"],
    ),
    "51 Microsoft Forms": Case(
        (MEMBERS, "51-*/resp-forms.csv"),
        {"resp-forms.csv": (3, 2, 1, 0)},
        ["resp-forms.csv line 4: no question answered"],
        found={
            "SELECT i.text, a.value, a.submitted_at::VARCHAR FROM answers a JOIN items i USING (item_id) ORDER BY 3, 1": [
                ("The community helps me.", 1, "2015-03-16 09:05:00"),
                ("The community helps me. (2)", 2, "2015-03-16 09:05:00"),
                ("Which topics interest you? [Coaching]", 1, "2015-03-16 09:05:00"),
                ("Which topics interest you? [Data]", 1, "2015-03-16 09:05:00"),
                ("The community helps me.", 1, "2015-03-16 09:07:12"),
                ("The community helps me. (2)", 4, "2015-03-16 09:07:12"),
                ("Which topics interest you? [Coaching]", 0, "2015-03-16 09:07:12"),
                ("Which topics interest you? [Data]", 1, "2015-03-16 09:07:12"),
            ]
        },
        arguments=["--survey", "mf", "--wave", "F1"],
    ),
    "51 mapped, with semicolons and two equal headings": Case(
        (MEMBERS, "51-*/resp-forms.csv", "51-*/resp-semi.csv"),
        {"resp-forms.csv": (3, 1, 2, 0), "resp-semi.csv": (1, 1, 0, 0)},
        [
            "resp-forms.csv has the column The community helps me. twice: the first was read",
            "the date of submission '42079.38' is not a date and time",
        ],
        arguments=["--mapping", "51-*/map.toml"],
    ),
    "88 Microsoft Forms with a word for a time": Case(
        (*BASE, "88-*/forms.xlsx"),
        {"forms.xlsx": (1, 0, 1, 0)},
        ["the date of submission 'y' is not a date and time"],
        arguments=["--survey", "att", "--wave", "W1"],
    ),
    "02 several choices in one cell": Case(
        (*BASE, "02-*/att.csv"),
        {"att.csv": (3, 3, 0, 0)},
        [
            "att.csv lines 5, 6, 7 (3 lines): the answer '1,2,3' is not on the scale of item topics: export several choices"
        ],
        found={"SELECT count(*) FROM answers WHERE item_id = 'topics'": [(0,)]},
    ),
    "04 preview, unfinished, -99": Case(
        (*BASE, "04-*/att.csv"),
        {"att.csv": (4, 2, 2, 0)},
        ["line 5: a preview or a test", "line 8: no question answered"],
        found={"SELECT item_id, value, text FROM answers ORDER BY 1": [("help_1", 4, None)] * 2},
    ),
    "10 N/A of questions not shown": Case(
        (*BASE, "10-*/r.csv"),
        {"r.csv": (3, 2, 1, 0)},
        ["the answer 'A4' is not on the scale", "the answer '3,5' is not on the scale of item hours"],
        found={
            "SELECT item_id, value, text FROM answers ORDER BY 1, 2": [
                ("comment", None, "line one\r\nline two"),
                ("help_1", 2, None),
                ("help_2", 4, None),
                ("hours", 4, None),
            ]
        },
    ),
    "14 one token twice": Case(
        (*BASE, "14-*/r.csv"),
        {"r.csv": (3, 2, 1, 0)},
        ["r.csv line 2: the same respondent answered again: the complete response in r.csv line 3 counts"],
        found={
            "SELECT item_id, value FROM answers ORDER BY ALL": [("help_1", 4)] * 2 + [("help_2", 5)] * 2,
        },
        arguments=["--wave", "W1"],
    ),
    "77 waves without a closing day": Case(
        (MEMBERS, ITEMS, "77-*/waves.csv", "77-*/ten.csv"),
        {"ten.csv": (10, 10, 0, 0)},
        found={
            "SELECT wave_id, avg(value), count(*) FROM answers GROUP BY 1 ORDER BY 1": [
                ("W1", 2, 10),
                ("W2", 5, 10),
            ]
        },
    ),
    "77 waves that overlap": Case(
        (MEMBERS, ITEMS, "77-*/waves-overlap/waves.csv", "77-*/r.csv"),
        {"r.csv": (3, 3, 0, 0)},
        ["the waves W1 and W2 of att were open on the same days; a response of those days counts in W2"],
        found={"SELECT wave_id, count(*) FROM answers GROUP BY 1 ORDER BY 1": [("W1", 2), ("W2", 4)]},
    ),
    "79 partial, then complete in a later download": Case(
        (*BASE, "79-*/attitude-2015-03-06.csv", "79-*/attitude-2015-03-20.csv"),
        {"attitude-2015-03-06.csv": (1, 0, 1, 0), "attitude-2015-03-20.csv": (2, 2, 0, 0)},
        ["the complete response in attitude-2015-03-20.csv line 4 counts"],
        found={
            "SELECT item_id, value, count(*) FROM answers GROUP BY ALL ORDER BY ALL": [
                ("help_1", 4, 2),
                ("help_2", 5, 2),
            ]
        },
    ),
    "80 respondents who match nobody": Case(
        (*BASE, "80-*/r.csv"),
        {"r.csv": (3, 3, 0, 0)},
        ["r.csv: 3 of 3 named respondents do not match a member"],
    ),
    "88 Qualtrics as a workbook": Case(
        (*BASE, "88-*/attitude.xlsx"),
        {"attitude.xlsx": (1, 1, 0, 0)},
        found={"SELECT item_id, value FROM answers ORDER BY 1": [("help_1", 4), ("help_2", 4)]},
    ),
    "88 a mapped survey as a workbook": Case(
        (*BASE, "88-*/forms.xlsx"),
        {"forms.xlsx": (1, 1, 0, 0)},
        found={"SELECT item_id, value FROM answers": [("help_1", 4)]},
        arguments=["--mapping", "88-*/map.toml"],
    ),
    "89 only questions that are not in the codebook": Case(
        (*BASE, "89-*/r.csv"),
        {"r.csv": (3, 1, 2, 0)},
        ["r.csv lines 3, 4 (2 lines): only questions that are not in the codebook were answered"],
    ),
    "91 equal anonymous answers in two files": Case(
        (*BASE, "91-*/gf-north.csv", "91-*/gf-south.csv"),
        {"gf-north.csv": (3, 3, 0, 0), "gf-south.csv": (3, 3, 0, 0)},
        found={"SELECT count(DISTINCT respondent_id) FROM answers": [(6,)]},
        arguments=["--mapping", "91-*/map.toml"],
    ),
    "91 the same people said": Case(
        (*BASE, "91-*/gf-north.csv", "91-*/gf-south.csv"),
        {"gf-north.csv": (3, 2, 1, 0), "gf-south.csv": (3, 1, 0, 2)},
        found={"SELECT count(DISTINCT respondent_id) FROM answers": [(3,)]},
        arguments=["--mapping", "91-*/map.toml", "--same-people"],
    ),
}


@pytest.mark.parametrize("name", CASE_LIST)
def test_case(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_case(CASE_LIST[name], tmp_path, capsys)
