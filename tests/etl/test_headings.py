"""Columns that say who somebody is, by any heading of the kind; and what stands there where nothing is known, which is nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_load import read_quarantine, read_table, write_files
from vendor_samples import EVENTBRITE, list_rows, read_text

from etl.checking.identity.settled import key_person
from etl.command.people import list_people
from etl.load import load_paths
from etl.reading.types import Options
from etl.reading.written.headings import EMAIL, FIRST, LAST, WHOLE, find_role
from etl.reading.written.names import is_nobody
from etl.sources.lists import eventbrite
from etl.sources.proposals.guess import propose
from warehouse.release import find_release

CALLED = {
    FIRST: (
        "First Name",
        "Forename(s)",
        "first_name",
        "Given names",
        "Vorname",
        "Attendee First Name",
        "RecipientFirstName",
    ),
    LAST: ("Surname", "Family name", "Last Name", "Nachname", "Attendee surname", "Cyfenw", "apellidos"),
    WHOLE: ("Name", "Full Name", "Member name", "name"),
    EMAIL: ("Email", "E-mail", "Email Address", "Attendee email", "E-Mail-Adresse", "Adresse e-mail"),
    "": ("Buyer Surname", "Event Name", "Firm", "Email opt-in", "How is your name said?", ""),
}
NOTHING = (
    "Info Requested",
    "information requested",
    " N/A ",
    "no email",
    "No e-mail address",
    "-",
    "not provided",
)
MEMBERS = "member_id,name,email,joined_on\nM1,Ada Okoro,ada@trust.example,2015-01-05\nM2,Ben Marsh,Info Requested,2015-01-05\nM3,Cat Dale,,2015-01-05\n"


@pytest.mark.parametrize("role", CALLED)
def test_headings_of_a_kind_are_one(role: str) -> None:
    assert {heading: find_role(heading) for heading in CALLED[role]} == dict.fromkeys(CALLED[role], role)


@pytest.mark.parametrize(("first", "last"), [("First Name", "Surname"), ("Forename", "Family name")])
def test_an_attendee_has_both_names(first: str, last: str) -> None:
    reading = read_text(
        eventbrite, EVENTBRITE.replace("First Name", first).replace("Last Name", last), event_id="E1"
    )
    assert [row["person_name"] for row in list_rows(reading, "attendance")] == ["Ada Okoro", "Ben Marsh"]


def test_parts_of_a_name_are_proposed_by_any_heading() -> None:
    draft = propose(
        "crm.csv",
        "Ref No,Forename,Family name,E-mail,Date joined\n1,Ada,Okoro,,2015-01-05\n2,Ben,Marsh,,2015-01-06\n",
    )
    assert draft
    assert (draft.kind, dict(draft.roles)) == (
        "members",
        {
            "Ref No": "member_id",
            "Forename": "first_name",
            "Family name": "last_name",
            "E-mail": "email",
            "Date joined": "joined_on",
        },
    )


@pytest.mark.parametrize("words", NOTHING)
def test_what_stands_for_no_address_is_nobodys(words: str) -> None:
    assert is_nobody(words)
    assert key_person("", words, "Ada Okoro") == key_person("", "", "Ada Okoro")
    assert not key_person("", words, words)[1].strip()


def test_who_has_no_address_is_not_whoever_else_has_none(tmp_path: Path) -> None:
    tickets = (
        EVENTBRITE.replace("ada@trust.example", "Info Requested")
        .replace("cara@trust.example", "Info Requested")
        .replace("Sold", "Checked In")
    )
    files = write_files(
        tmp_path / "in",
        members=MEMBERS,
        tickets=tickets,
        events="event_id,title,starts_at\nE1,One,2015-03-14T09:00:00Z\n",
    )
    template = "event_id,person_email,person_name,attended\nE1,N/A,Eve Roe,yes\n"
    write_files(tmp_path / "in", other=template)
    load_paths([files], tmp_path / "data", options=Options(event_id="E1"))
    listed = list_people(tmp_path / "data", find_release(tmp_path / "data"))
    assert [(one.address, one.name) for one in listed] == [("", "Cara Dale"), ("", "Eve Roe")]
    settled = "identifier,address,name,is\n,Info Requested,Cara Dale,M3\n"
    load_paths([write_files(tmp_path / "more", people=settled) / "people.csv"], tmp_path / "data")
    assert len(read_table(tmp_path / "data", "attendance")) == 3
    assert [line for name, line, _ in read_quarantine(tmp_path / "data") if name == "other.csv"] == [2]
