"""People who were not met: listed with who they might be, settled once in a reviewed file, and silent from then on."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_load import read_quarantine, read_table, write_files

from etl.__main__ import main
from etl.checking.identity.settled import IS_GUEST
from etl.command.people import Somebody, count_people, list_people, write_people
from etl.command.upload import How, Upload
from etl.erasing.erase import erase_member
from etl.load import check_paths, load_paths
from etl.reading.types import Refused
from etl.reading.written.cells import open_cell, shut_cell
from warehouse.release import current_id, find_release

MEMBERS = """member_id,name,email,joined_on
M1,Ann Able,ann@able.example,2015-01-05
M2,Sam Lee,sam@east.example,2015-01-05
M3,Sam Lee,sam@west.example,2015-01-05
M4,Jane Smith,jane@care.example,2015-01-05
M5,Priya Patel,priya@care.example,2015-01-05
"""
EVENTS = "event_id,title,starts_at\nE1,First,2015-03-14T09:00:00Z\nE2,Second,2015-04-14T09:00:00Z\n"
NAMED = """event_id,person_email,person_name,attended
E1,,Sam Lee,yes
E1,j.smith@home.example,J Smith,yes
E2,j.smith@home.example,,yes
E1,gus@ted.example,Gus Ted,yes
E2,gus@ted.example,Gus Ted,yes
E1,ann@able.example,,yes
E2,sam@home.example,Sam Lee,no
"""
BY_ID = "event_id,member_id,attended\nE2,HR-9,yes\nE2,M1,yes\n"
HEADING = "identifier,address,name,is\n"
ANSWERS = (
    HEADING + ",,Sam Lee,M3\n,J.Smith@home.example,J Smith,M4\n,gus@ted.example,Gus Ted,Guest\nHR-9,,,M5\n"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A programme four of whose people were not met."""
    files = {"members": MEMBERS, "events": EVENTS, "named": NAMED, "by_id": BY_ID}
    load_paths([write_files(tmp_path / "in", **files)], tmp_path / "data")
    return tmp_path / "data"


def settle(data: Path, text: str, name: str = "people") -> None:
    load_paths([write_files(data.parent / "reviewed", **{name: text}) / f"{name}.csv"], data)


def list_live(data: Path) -> list[Somebody]:
    return list_people(data, find_release(data))


def list_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def list_visits(data: Path) -> list[tuple[object, ...]]:
    return sorted((row[0], row[1], row[3]) for row in read_table(data, "attendance"))


def test_who_was_not_met_is_listed_once_with_files_rows_and_the_nearest_members(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["people", str(tmp_path / "list.csv"), "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert "People who were not met: 5 open; settled: 0 as members, 0 as guests." in said
    assert "@" not in said
    assert (tmp_path / "list.csv").stat().st_mode & 0o077 == 0
    rows = {
        row["address"] or row["name"] or row["identifier"]: row for row in list_rows(tmp_path / "list.csv")
    }
    assert set(rows) == {"Sam Lee", "sam@home.example", "j.smith@home.example", "gus@ted.example", "HR-9"}
    jane = rows["j.smith@home.example"]
    assert (jane["name"], jane["is"], jane["files"], jane["rows"]) == ("J Smith", "", "named.csv", "2")
    assert (jane["candidate_1"], jane["name_1"], jane["why_1"]) == (
        "M4",
        "Jane Smith",
        "the same surname and initial",
    )
    assert {rows["Sam Lee"]["candidate_1"], rows["Sam Lee"]["candidate_2"]} == {"M2", "M3"}
    assert rows["gus@ted.example"]["candidate_1"] == rows["HR-9"]["candidate_1"] == ""


def test_a_file_that_is_there_is_not_written_over(data: Path, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("half reviewed", encoding="utf-8")
    assert main(["people", str(tmp_path / "list.csv"), "--data", str(data)]) == 1
    assert (tmp_path / "list.csv").read_text(encoding="utf-8") == "half reviewed"


@pytest.mark.parametrize(
    ("name", "email", "why"),
    [
        ("Jane Smit", "", "the name is one letter apart"),
        ("Smith Jane", "", "the same names in another order"),
        ("Jane Mary Smith", "", "a middle name more or less"),
        ("", "jsmith@home.example", "the address is the initial and surname"),
        ("", "jana@care.example", "the address is one letter apart"),
        ("", "jane@home.example", "the same address at another place"),
        ("Jane Brown", "jb@care.example", "the same first name, addresses of one organisation"),
        ("Mary Smith", "ms@care.example", "the same surname, addresses of one organisation"),
        ("Jane Smithson", "", "the names are much alike"),
    ],
)
def test_each_likeness_finds_the_member_and_says_why(tmp_path: Path, name: str, email: str, why: str) -> None:
    named = f"event_id,person_email,person_name,attended\nE1,{email},{name},yes\n"
    data = tmp_path / "data"
    load_paths([write_files(tmp_path / "in", members=MEMBERS, events=EVENTS, named=named)], data)
    (one,) = list_live(data)
    assert (one.candidates[0].member_id, one.candidates[0].why) == ("M4", why)


def test_what_is_settled_counts_in_every_file_and_a_load_again_is_silent(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = list_visits(data)
    settle(data, ANSWERS)
    ids = {row[1]: row[0] for row in _list_identities(data)}
    seen = {(str(event), ids[str(who)]) for event, who, _ in list_visits(data)}
    assert seen == {("E1", "M1"), ("E2", "M1"), ("E1", "M3"), ("E1", "M4"), ("E2", "M4"), ("E2", "M5")}
    assert set(before) < set(list_visits(data)), "nobody else's rows moved"
    assert [row[2] for row in read_quarantine(data)] == [
        "more than one member has this identifier, address or name: add another of the three, or say who it is with python -m etl people"
    ], "an address that nobody settled keeps a name of two members open"
    assert count_people(list_live(data)) == (1, 3, 1)
    live = current_id(data)
    capsys.readouterr()
    assert main(["load", str(data.parent / "reviewed"), "--data", str(data)]) == 0
    said = capsys.readouterr().out
    assert "1 guest came to events" in said
    for words in ("gus@", "J Smith", "Nobody", "neither"):
        assert words not in said
    assert current_id(data) == live, "the second load is the first"


def _list_identities(data: Path) -> list[tuple[str, str]]:
    path = data / "state" / "identity.parquet"
    return duckdb.execute("SELECT member_id, pseudonym FROM read_parquet(?)", [str(path)]).fetchall()


def test_members_of_a_file_are_people_and_no_rows(data: Path, tmp_path: Path) -> None:
    rows = "event_id,member_id,attended\nE1,M1,yes\nE2,M1,yes\nE2,M2,yes\nE2,M9,yes\n"
    counts, _, _ = check_paths([write_files(tmp_path / "came", came=rows) / "came.csv"], data)
    (met,) = (count.met for count in counts)
    assert met is not None
    assert (met.members, len(met.unmet)) == (2, 1)


def test_guests_stay_guests_and_are_counted(data: Path) -> None:
    settle(data, ANSWERS)
    manifest = find_release(data).manifest
    named = next(file for file in manifest["files"] if file["name"] == "named.csv")
    assert (named["read"], named["loaded"], named["quarantined"], named["guests"]) == (7, 4, 1, 2)
    assert IS_GUEST not in [row[2] for row in read_quarantine(data)]
    assert any("1 guest came to events" in words for words in manifest["remarks"])
    assert manifest["tables"]["members"] == 5


FORM = (
    "ID,Start time,Completion time,Email,Name,How likely are you to recommend us?\n"
    "1,3/14/2015 9:00,3/14/2015 9:05,gus@ted.example,Gus Ted,3\n"
    "2,3/14/2015 9:01,3/14/2015 9:06,j.smith@home.example,J Smith,8\n"
    "3,3/14/2015 9:02,3/14/2015 9:07,ann@able.example,Ann Able,9\n"
)


def test_what_a_guest_answered_counts_only_until_it_is_settled_that_they_are_one(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = write_files(data.parent / "form", form=FORM) / "form.csv"
    asked = ["--survey", "s", "--wave", "w", "--date-order", "mdy", "--data", str(data)]
    assert main(["load", str(form), *asked]) == 0
    assert "form.csv: 2 of 3 named respondents do not match a member" in capsys.readouterr().out
    assert sorted(row[3] for row in read_table(data, "answers")) == [3, 8, 9]
    settle(data, ANSWERS)
    assert sorted(row[3] for row in read_table(data, "answers")) == [8, 9]
    (file,) = (one for one in find_release(data).manifest["files"] if one["name"] == "form.csv")
    assert (file["loaded"], file["guests"]) == (2, 1)


def test_who_joins_later_is_a_member_and_no_guest_any_more(data: Path) -> None:
    settle(data, ANSWERS)
    load_paths(
        [write_files(data.parent / "in", members=f"{MEMBERS}M6,Gus Ted,gus@ted.example,2015-02-01\n")], data
    )
    ids = {row[1]: row[0] for row in _list_identities(data)}
    assert {str(event) for event, who, _ in list_visits(data) if ids[str(who)] == "M6"} == {"E1", "E2"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            HEADING + ",,Sam Lee,M99\n",
            "people.csv line 2: 'M99' is neither a member_id of the members list nor the word guest: correct it.",
        ),
        (HEADING + ",,Sam Lee,perhaps\n", "people.csv line 2: 'perhaps' is neither a member_id"),
        (HEADING + ",,,M1\n", "people.csv line 2: it names nobody"),
        (
            HEADING + ",,Sam Lee,M2\n,,LEE  Sam,M1\n,,sam  lee,M3\n",
            "people.csv line 4: the same person is somebody else in people.csv line 2: correct one of them.",
        ),
    ],
)
def test_what_cannot_be_so_is_refused_in_one_sentence_and_nothing_changes(
    data: Path, text: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live = current_id(data)
    folder = write_files(data.parent / "reviewed", people=text)
    assert main(["load", str(folder), "--data", str(data)]) == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith(words)
    assert "\n" not in said
    assert current_id(data) == live
    _, rejects, _ = check_paths([folder], data)
    assert any(
        f"people.csv line {line}: {reason}".startswith(words.rstrip(".")) for _, line, reason in rejects
    )


def test_two_files_that_contradict_each_other_are_refused_whichever_is_new(data: Path) -> None:
    settle(data, HEADING + ",,Sam Lee,M2\n", "people")
    for name in ("another", "reviewed"):
        with pytest.raises(Refused, match=r"the same person is somebody else in \w+\.csv line 2"):
            settle(data, HEADING + ",,Sam Lee,guest\n", name)
    settle(data, HEADING + ",,Sam Lee,guest\n", "people")
    assert count_people(list_live(data)) == (4, 0, 1), "the same file corrected"


def test_the_list_keeps_what_was_settled_so_that_it_may_be_loaded_in_its_place(data: Path) -> None:
    settle(data, ANSWERS)
    listed = list_live(data)
    place = next(place for place, one in enumerate(listed) if one.address == "sam@home.example")
    path = data.parent / "people.csv"
    path.write_bytes(write_people(listed, {place: "M2"}))
    load_paths([path], data)
    assert count_people(list_live(data)) == (0, 4, 1)
    assert read_quarantine(data) == []


def test_erasing_a_member_takes_what_was_settled_of_them_and_what_it_named(data: Path) -> None:
    settle(data, ANSWERS)
    erase_member(data, "M4")
    assert not [one for one in list_live(data) if "mith" in one.name or "smith" in one.address]
    assert [one.answer for one in list_live(data) if one.answer] == ["M5", "guest", "M3"]
    for path in [path for path in data.rglob("*") if path.is_file() and path.name != "live.lock"]:
        assert b"j.smith@home" not in path.read_bytes().lower(), path
    (named,) = [file for file in find_release(data).manifest["files"] if file["name"] == "named.csv"]
    assert named["read"] == 5


def test_the_lists_of_releases_that_are_gone_go(data: Path) -> None:
    settle(data, ANSWERS)
    erase_member(data, "M4")
    assert [path.stem for path in (data / "state" / "people").iterdir()] == [current_id(data)]
    (path,) = (data / "state" / "people").iterdir()
    assert path.stat().st_mode & 0o077 == 0


def test_whoever_may_not_settle_people_is_refused(data: Path) -> None:
    for may, state in ((False, "refused"), (True, "checked")):
        upload: Upload[None] = Upload(data)
        upload.check([("people.csv", ANSWERS.encode())], How(may_settle=may), lambda release: None)
        upload.wait()
        assert upload.state == state
        assert may or upload.words == "people.csv says who people are: an evaluator loads it."
        upload.cancel()


@given(st.text(max_size=8))
def test_a_cell_is_no_formula_and_comes_back_as_it_was(text: str) -> None:
    assert not shut_cell(text).startswith(("=", "+", "-", "@"))
    assert open_cell(shut_cell(text)) == text


CHOICES: Mapping[tuple[str, str, str], list[str]] = {
    ("", "", "Sam Lee"): ["", "M2", "M3", "guest"],
    ("", "j.smith@home.example", "J Smith"): ["", "M4", "M1", "guest"],
    ("", "gus@ted.example", "Gus Ted"): ["", "guest", "M5"],
    ("", "sam@home.example", "Sam Lee"): ["", "M2", "guest"],
    ("HR-9", "", ""): ["", "M5", "guest"],
}


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.tuples(*(st.sampled_from(words) for words in CHOICES.values())))
def test_settling_changes_the_rows_of_those_settled_alone_and_twice_is_once(
    tmp_path_factory: pytest.TempPathFactory, answers: tuple[str, ...]
) -> None:
    data = tmp_path_factory.mktemp("settling") / "data"
    files = {"members": MEMBERS, "events": EVENTS, "named": NAMED, "by_id": BY_ID}
    load_paths([write_files(data.parent / "in", **files)], data)
    before = list_visits(data)
    text = HEADING + "".join(
        f"{','.join(who)},{answer}\n" for who, answer in zip(CHOICES, answers, strict=True)
    )
    settle(data, text)
    after, live = list_visits(data), current_id(data)
    assert set(before) <= set(after)
    ids = {pseudonym: member for member, pseudonym in _list_identities(data)}
    moved = {ids[str(row[1])] for row in set(after) - set(before)}
    # M1 was at both events already
    assert moved == {answer for answer in answers if answer.startswith("M")} - {"M1"}
    settle(data, text)
    assert current_id(data) == live
    assert count_people(list_live(data)) == (
        answers.count(""),
        sum(answer.startswith("M") for answer in answers),
        answers.count("guest"),
    )


def test_no_release_holds_a_name_or_address_of_who_was_not_met(data: Path) -> None:
    settle(data, ANSWERS)
    release = find_release(data)
    said = [(release.path / "manifest.json").read_text(encoding="utf-8")]
    for path in release.path.rglob("*.parquet"):
        said += [str(row) for row in duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]
    for words in ("home.example", "ted.example", "Gus", "Smith", "Sam Lee", "HR-9"):
        assert words not in "".join(said)
    assert "named.csv" in said[0], "positive control"


def test_an_initial_stands_for_a_surname(tmp_path: Path) -> None:
    listed = "member_id,name,joined_on\nM1,Zoë Chen,2015-01-05\nM2,Zoë Singh,2015-01-05\nM3,Zoë Hughes,2015-01-05\nM4,Zara Hill,2015-01-05\n"
    named = "event_id,person_name,attended\nE1,Zoë H,yes\nE1,Z. Hill,yes\nE1,zoë h.,yes\n"
    load_paths([write_files(tmp_path / "in", members=listed, events=EVENTS, named=named)], tmp_path / "data")
    found = {
        one.name: [near.member_id for near in one.candidates]
        for one in list_people(tmp_path / "data", find_release(tmp_path / "data"))
    }
    assert found == {"Zoë H": ["M3"], "zoë h.": ["M3"], "Z. Hill": ["M4"]}


def test_one_word_is_somebody_in_its_own_file(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first, second = (
        "event_id,person_name,attended\nE1,iPhone,yes\n",
        "event_id,person_name,attended\nE2,iphone,yes\n",
    )
    load_paths(
        [write_files(tmp_path / "in", members=MEMBERS, events=EVENTS, first=first, second=second)], data
    )
    people = list_people(data, find_release(data))
    assert [(one.name, one.files) for one in people] == [
        ("iPhone", ("first.csv",)),
        ("iphone", ("second.csv",)),
    ]
    settle(data, write_people(people, {0: "M1"}).decode("utf-8-sig"))
    assert [row[0] for row in read_table(data, "attendance")] == ["E1"]
    people = list_people(data, find_release(data))
    assert [(one.files, one.answer) for one in people] == [(("second.csv",), ""), (("first.csv",), "M1")]
    with pytest.raises(Refused, match="may be another person in another file"):
        settle(data, f"{HEADING},,iPhone,M1\n", "others")
