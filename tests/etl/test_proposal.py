"""A mapping proposed for a file that no importer knows: it can be read as it is, and asks what only its owner can say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl.__main__ import main
from etl.reading.mapping import Mapping, Several, find_mapping, read_mappings
from etl.sources.proposals.draft import Draft
from etl.sources.proposals.guess import guess, remember
from etl.sources.proposals.guess import propose as propose_draft
from etl.sources.proposals.written import write_proposal, write_toml

ROSTER = "Ref|Full name|E-mail|Date joined|Region|Shoe size\n17|Ada Okoro|ada@trust.example|14/07/2015|North|7\n18|Ben Marsh|ben@charity.example|15/07/2015|South|9\n"
TICKETS = "Event,Name,Email,Status\nE1,Ada Okoro,ada@trust.example,Checked In\nE1,Ben Marsh,ben@charity.example,No show\n"
NAMED = "Nominator;Nominee;Weight\nAda;Ben;2\nBen;Cara;1\n"
SERIES = "Month,Visits\n2015-01,120\n2015-02,90\n"
SURVEY = 'Response No,When,How helpful?,"Which ""topics""?"\n1,1436864400,A little,Data;Calls\n2,1436864500,Very,Calls\n3,1436864600,Not at all,-99\n4,1436864700,-99,-99\n'


def propose(folder: Path, name: str, text: str) -> tuple[Mapping, str]:
    draft = propose_draft(name, text)
    assert draft is not None
    proposed = write_proposal(draft)
    (folder / "map.toml").write_text(proposed, encoding="utf-8")
    (mapping,) = read_mappings(folder / "map.toml")
    return mapping, proposed


def test_a_roster_becomes_members_whatever_separates_its_cells(tmp_path: Path) -> None:
    mapping, proposed = propose(tmp_path, "roster.txt", ROSTER)
    assert (mapping.table, mapping.delimiter) == ("members", "|")
    assert mapping.columns == {
        "joined_on": "Date joined",
        "region": "Region",
        "email": "E-mail",
        "name": "Full name",
        "member_id": "Ref",
    }
    assert "# Not read: Shoe size" in proposed


def test_words_of_a_status_are_asked_about(tmp_path: Path) -> None:
    mapping, proposed = propose(tmp_path, "tickets.csv", TICKETS)
    assert mapping.table == "attendance"
    assert mapping.values == {"attended": {"Checked In": "true", "No show": "false"}}
    assert "# ASK: which of these came?" in proposed


@pytest.mark.parametrize(
    ("text", "table", "columns"),
    [
        (NAMED, "ties", {"from_member_id": "Nominator", "to_member_id": "Nominee", "strength": "Weight"}),
        (SERIES, "measurements", {"period": "Month", "value": "Visits"}),
    ],
)
def test_ties_and_series_are_known_by_their_headings(
    text: str, table: str, columns: dict[str, str], tmp_path: Path
) -> None:
    mapping, _ = propose(tmp_path, "x.csv", text)
    assert (mapping.table, mapping.columns) == (table, columns)


def test_anything_else_is_a_survey_whose_missing_codes_scales_and_choices_are_asked_about(
    tmp_path: Path,
) -> None:
    mapping, proposed = propose(tmp_path, "answers.csv", SURVEY)
    assert mapping.items == {"how_helpful": "How helpful?"}
    assert mapping.several == {"which_topics": Several(column='Which "topics"?')}
    assert mapping.columns == {"respondent_id": "Response No", "submitted_at": "When"}
    assert (mapping.missing, mapping.times) == (["-99"], {"submitted_at": "epoch"})
    assert "# how_helpful = [" in proposed
    assert "# ASK: are these several choices in one cell?" in proposed


CRM = (
    "Contact ID,First Name,Surname,Job Title,Trust,Joined,Status,Notes\n17,Ann,Lee,Nurse,Leeds,03/04/2015,Active,\n"
    "18,Bob,Ray,GP,York,13/04/2015,Lapsed,moved\n19,Cat,Oak,GP,York,14/04/2015,Active,\n"
)
NO_ID = (
    "First Name,Email,Joined,Team\nAnn,ann@trust.example,2015-04-03,A\nBen,ben@trust.example,2015-04-13,A\n"
)
PULSE = "When,Region,WT,Which [1]?,How?\n2015-04-03,North,1.5,a,Low\n2015-04-04,South,1.0,b,High\n2015-04-04,North,1.0,b,Middle\n"
TITLED = "Contacts of September,,\n,,\nContact ID,Joined,Nurse?\n17,2015-04-03,\n"
NEARLY = "member_id,name,region\nm1,Ada,North\nm2,Ben,North\n"


def test_a_crm_list_has_names_in_two_columns_and_groups_as_attributes(tmp_path: Path) -> None:
    mapping, proposed = propose(tmp_path, "crm.csv", CRM)
    assert (mapping.table, mapping.columns) == (
        "members",
        {
            "member_id": "Contact ID",
            "first_name": "First Name",
            "last_name": "Surname",
            "profession": "Job Title",
            "organisation": "Trust",
            "joined_on": "Joined",
            "member_status": "Status",
        },
    )
    assert "# Not read: Notes" in proposed
    assert "ASK" not in proposed.partition("\n")[2]


def test_members_without_an_identifier_are_told_apart_by_their_addresses(tmp_path: Path) -> None:
    mapping, _ = propose(tmp_path, "list.csv", NO_ID)
    assert mapping.columns["member_id"] == mapping.columns["email"] == "Email"


def test_what_is_lacking_of_a_table_is_asked_for(tmp_path: Path) -> None:
    mapping, proposed = propose(tmp_path, "list.csv", NEARLY)
    assert (mapping.table, set(mapping.columns)) == ("members", {"member_id", "name", "region"})
    assert "# ASK: which column is joined_on?" in proposed
    _, proposed = propose(tmp_path, "ties.csv", NAMED)
    assert "# ASK: which column is wave_id?" in proposed


def test_titles_above_the_heading_are_no_columns(tmp_path: Path) -> None:
    mapping, _ = propose(tmp_path, "titled.csv", TITLED)
    assert mapping.columns == {"member_id": "Contact ID", "joined_on": "Joined"}


def draft(text: str, name: str = "file [1].csv", kind: str = "", **said: Any) -> Draft:
    """What a file seems to be, or is if it is of a kind, with what is said of it."""
    found = propose_draft(name, text)
    assert found is not None
    found = guess(found, kind) if kind else found
    return replace(found, **said)


DRAFTS = [
    draft(CRM),
    draft(NO_ID),
    draft(ROSTER),
    draft(TICKETS, came=("No show",)),
    draft(TICKETS, kind="activities", constants={"kind": 'a "call"\n'}),
    draft(NAMED, constants={"relation": "knows", "observed_on": "2015-04-03"}),
    draft(SERIES),
    draft(SURVEY),
    draft(SURVEY, missing=(), order={"How helpful?": ("Not at all", "A little", "Very")}),
    draft(NEARLY, kind="invitations", roles={"member_id": "member_id", "name": "attribute"}),
    draft(PULSE, order={"How?": ("Low", "High")}),
    draft(PULSE, roles={"Which [1]?": "question", "How?": "region", "When": "team"}),
]


@pytest.mark.parametrize("said", DRAFTS, ids=lambda said: said.kind)
def test_what_is_said_of_columns_is_read_from_its_toml_and_remembered_for_a_later_file(
    said: Draft, tmp_path: Path
) -> None:
    (tmp_path / "map.toml").write_text(write_toml(said), encoding="utf-8")
    (mapping,) = read_mappings(tmp_path / "map.toml")
    assert mapping == said.make_mapping()
    assert find_mapping([mapping], said.name) is mapping
    later = remember(replace(said, name="later.csv", roles={}), said.name, mapping)
    assert later is not None
    assert later.like == said.name
    again = replace(later.make_mapping(), name=mapping.name, options=mapping.options)
    assert again == replace(mapping, name=mapping.name)


def test_two_columns_of_many_are_no_earlier_file() -> None:
    kept = {"came.csv": draft(TICKETS, roles={"Email": "person_email", "Name": "person_name"}).make_mapping()}
    text = "Name,Email,Joined,Team,Grade\nAnn,ann@trust.example,2015-04-03,A,7\n"
    assert propose_draft("list.csv", text, kept) == propose_draft("list.csv", text)
    again = propose_draft("came.csv", text, kept)
    assert again is not None
    assert again.like == "came.csv"


def test_a_mapping_that_says_more_than_a_form_can_is_not_half_remembered() -> None:
    said = draft(SURVEY)
    more = replace(said.make_mapping(), waves={"2014": {"how_helpful": "How helpful?"}}, items={})
    assert remember(said, "earlier.csv", more) is None


def test_a_text_without_rows_has_no_proposal() -> None:
    assert propose_draft("x.csv", "just words\n") is None


def test_check_proposes_beside_the_refusal_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    check = ["check", str(tmp_path / "tickets.csv"), "--data", str(tmp_path / "data")]
    assert main(check) == 1
    said = capsys.readouterr()
    assert 'table = "attendance"' in said.out
    assert "tickets.csv is none of the known kinds of file" in said.err
    target = tmp_path / "proposed.toml"
    assert main([*check, "--propose", str(target)]) == 1
    written = target.read_text(encoding="utf-8")
    assert 'table = "attendance"' in written
    assert main([*check, "--propose", str(target)]) == 1
    assert "is there already, and is not overwritten" in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == written


def test_a_list_of_a_members_system_is_proposed_by_its_own_columns() -> None:
    heading = "Membership No,First Name,Surname,Email Address,Employer,Date Joined,Date Left,Reason for leaving,GDPR notes"
    rows = [
        f"PA-{min(number, 8)},Ann,Bell,{'' if number == 3 else f'a{number}@b.example'},Trust {number % 2},2015-01-0{number},,,{'dup' if number > 6 else 'note'}"
        for number in range(1, 10)
    ]
    draft = propose_draft("crm.csv", "\n".join([heading, *rows]))
    assert draft is not None
    assert draft.kind == "members"
    assert dict(draft.roles) == {
        "Membership No": "member_id",
        "First Name": "first_name",
        "Surname": "last_name",
        "Email Address": "email",
        "Employer": "organisation",
        "Date Joined": "joined_on",
        "Date Left": "left_on",
        "Reason for leaving": "left_reason",
    }


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Member No", "member_id"),
        ("Membership number", "member_id"),
        ("Leaving date", "left_on"),
        ("Resigned", "left_on"),
        ("Leaving reason", "left_reason"),
    ],
)
def test_a_column_of_members_is_known_by_its_heading(heading: str, role: str) -> None:
    draft = propose_draft("crm.csv", f"{heading},Name,Joined\n7,Ann Bell,2015-01-05\n7,Ann Bell,2015-01-06\n")
    assert draft is not None
    assert draft.roles[heading] == role


def test_what_is_missing_is_said_by_the_columns_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "crm.csv").write_text("Address,Joined\nann@b.example,2015-01-05\n,2015-01-06\n")
    (tmp_path / "map.toml").write_text(
        '[[file]]\nname = "crm.csv"\ntable = "members"\n[file.columns]\nmember_id = "Address"\nemail = "Address"\njoined_on = "Joined"\n'
    )
    assert (
        main(
            [
                "load",
                str(tmp_path / "crm.csv"),
                "--mapping",
                str(tmp_path / "map.toml"),
                "--data",
                str(tmp_path / "data"),
            ]
        )
        == 0
    )
    assert "line 3: member_id is missing (the column Address is empty there)" in capsys.readouterr().out


def test_a_mapping_that_was_answered_asks_nothing() -> None:
    draft = propose_draft("ties.csv", "From,To,Weight\nA,B,n/a\nB,C,2\n")
    assert draft is not None
    assert "# ASK" in write_proposal(draft)
    assert "# ASK" not in write_toml(draft)
