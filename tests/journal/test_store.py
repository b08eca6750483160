"""The journal keeps what was written, newest first, and refuses bad input in one sentence."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from journal.__main__ import main
from journal.store import FILE, BadEntry, Journal, open_journal
from settings import Settings, load_settings


def make_settings(data: Path, url: str = "") -> Settings:
    return Settings(
        data=data, zone="Europe/London", audience="staff", journal_url=url or load_settings().journal_url
    )


@pytest.fixture
def journal(tmp_path: Path, kept_in: str) -> Iterator[Journal]:
    store = open_journal(make_settings(tmp_path))
    yield store
    store.close()


def test_an_entry_comes_back_as_it_was_written(journal: Journal, tmp_path: Path) -> None:
    written = journal.add_entry(
        "decision",
        "  Phone the members who missed two events.  ",
        author="Programme lead",
        indicator_id="attendance_rate",
        period="2015-Q3",
        due_on=date(2015, 11, 30),
        release_id="r1",
    )
    (read,) = open_journal(make_settings(tmp_path)).list_entries()
    assert read == written
    assert read.text == "Phone the members who missed two events."
    assert (read.kind, read.author, read.indicator_id) == ("decision", "Programme lead", "attendance_rate")
    assert (read.period, read.due_on, read.release_id, read.outcome) == (
        "2015-Q3",
        date(2015, 11, 30),
        "r1",
        "",
    )
    assert read.created_at.tzinfo is UTC
    assert abs(datetime.now(UTC) - read.created_at) < timedelta(minutes=5)


def test_entries_are_listed_newest_first_and_by_kind_or_indicator(journal: Journal) -> None:
    journal.add_entry("annotation", "first", author="a", indicator_id="members")
    journal.add_entry("sign_off", "second", author="a", indicator_id="members")
    journal.add_entry("annotation", "third", author="a", indicator_id="attendance_rate")
    assert [entry.text for entry in journal.list_entries()] == ["third", "second", "first"]
    assert [entry.text for entry in journal.list_entries("annotation")] == ["third", "first"]
    assert [entry.text for entry in journal.list_entries(indicator_id="members")] == ["second", "first"]
    assert [entry.text for entry in journal.list_entries("annotation", "members")] == ["first"]


def test_the_outcome_of_a_decision_is_recorded(journal: Journal) -> None:
    decision = journal.add_entry("decision", "Move events to the evening.", author="a")
    journal.record_outcome(decision.id, "Attendance did not change.")
    assert journal.list_entries()[0].outcome == "Attendance did not change."


def test_only_a_decision_that_exists_has_an_outcome(journal: Journal) -> None:
    note = journal.add_entry("annotation", "A strike that week.", author="a")
    for entry_id in (note.id, note.id + 1):
        with pytest.raises(BadEntry, match=f"There is no decision {entry_id} in the journal"):
            journal.record_outcome(entry_id, "done")
    assert journal.list_entries()[0].outcome == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The text is empty: write something before saving."),
        (" \n\t ", "The text is empty: write something before saving."),
        ("x" * 2001, "The text has 2001 characters: shorten it to 2000 or fewer."),
        ("nul \x00 byte", "The text holds characters that cannot be stored: type it again."),
        ("half \ud800 a pair", "The text holds characters that cannot be stored: type it again."),
    ],
)
def test_bad_text_is_refused_in_one_sentence_and_nothing_is_kept(
    journal: Journal, text: str, sentence: str
) -> None:
    with pytest.raises(BadEntry) as refusal:
        journal.add_entry("annotation", text, author="a")
    assert str(refusal.value) == sentence
    assert journal.list_entries() == []


def test_the_longest_text_is_kept_whole(journal: Journal) -> None:
    journal.add_entry("annotation", "é" * 2000, author="a")
    assert journal.list_entries()[0].text == "é" * 2000


def test_an_unknown_kind_and_an_empty_author_are_refused(journal: Journal) -> None:
    with pytest.raises(BadEntry, match="use one of annotation, decision, sign_off, rebase"):
        journal.add_entry("remark", "text", author="a")  # type: ignore[arg-type]
    with pytest.raises(BadEntry, match="The author is empty"):
        journal.add_entry("annotation", "text", author=" ")


def test_a_rebase_says_where_and_why(journal: Journal) -> None:
    given = {"author": "a", "indicator_id": "active_members", "period": "2015-W37"}
    entry = journal.add_entry("rebase", "The new platform opened.", **given)  # type: ignore[arg-type]
    assert (entry.kind, entry.indicator_id, entry.period) == ("rebase", "active_members", "2015-W37")
    assert journal.list_entries("rebase", "active_members") == [entry]
    with pytest.raises(BadEntry, match="The text is empty"):
        journal.add_entry("rebase", " ", **given)  # type: ignore[arg-type]
    for missing in ("indicator", "period"):
        name = "indicator_id" if missing == "indicator" else missing
        with pytest.raises(BadEntry, match=f"The {missing} is empty"):
            journal.add_entry("rebase", "why", **(given | {name: " "}))  # type: ignore[arg-type]
    assert len(journal.list_entries()) == 1


def test_text_that_looks_like_sql_is_only_text(journal: Journal) -> None:
    text = "'); DROP TABLE entries; --"
    journal.add_entry("annotation", text, author=text, indicator_id=text)
    assert [entry.text for entry in journal.list_entries(indicator_id=text)] == [text]


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    open_journal(make_settings(tmp_path)).add_entry("annotation", "text", author="a")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / FILE).parent.stat().st_mode) == 0o700


def test_a_url_takes_the_journal_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.sqlite"
    open_journal(make_settings(tmp_path / "data", f"sqlite:///{elsewhere}")).add_entry(
        "annotation", "t", author="a"
    )
    assert elsewhere.is_file()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "url", ["not a url", "nosuchdatabase://host/name", "sqlite:////nosuchfolder/x.sqlite"]
)
def test_an_address_that_cannot_be_opened_is_said_in_one_sentence(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadEntry, match="JOURNAL_URL"):
        open_journal(make_settings(tmp_path, url))


def read_kept(journal: Journal, folder: Path) -> bytes:
    """What is on disk of the entries: the journal's file, or the file of its table."""
    database = journal._database
    if database.dialect.name == "sqlite":
        return (folder / FILE).read_bytes()
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sql("CHECKPOINT"))
        query = sql("SELECT pg_read_binary_file(pg_relation_filepath('entries'))")
        return bytes(connection.execute(query).scalar_one())


def test_words_are_removed_from_entries_and_from_the_file(
    journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal.add_entry("annotation", "Priya Marsh left; write to PRIYA MARSH.", author="priya marsh")
    kept = journal.add_entry("annotation", "Marsh land is another thing", author="Ann")
    decision = journal.add_entry("decision", "Phone them", author="Ann")
    journal.record_outcome(decision.id, "Spoke to priya@example.org")
    journal.close()
    folder = ["--data", str(tmp_path)]

    assert main(["find", "Priya Marsh", "priya@example.org", *folder]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["remove", "Priya Marsh", "priya@example.org", *folder]) == 0
    assert capsys.readouterr().out == "Removed from 2 entries.\n"
    entries = open_journal(make_settings(tmp_path)).list_entries()
    assert [(entry.text, entry.author, entry.outcome) for entry in entries] == [
        ("Phone them", "Ann", "Spoke to [removed]"),
        (kept.text, "Ann", ""),
        ("[removed] left; write to [removed].", "[removed]", ""),
    ]
    kept_bytes = read_kept(journal, tmp_path).lower()
    assert b"marsh land" in kept_bytes, "positive control: what stays is found"
    assert b"riya" not in kept_bytes
    assert main(["remove", " ", *folder]) == 1
    assert capsys.readouterr().err.startswith("Nothing to look for")
