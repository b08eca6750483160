"""What a decision is about comes back as it was; looks are kept by person and role; a journal of an earlier version is taken over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy import text as sql

from journal.figures import METADATA, Figure
from journal.store import FILE, Journal, open_journal
from tests.journal.test_store import make_settings

THEN = Figure("members_kept", 1, "", "cohort", "Intake 3", "2015-11", "lead", 0.82, 0.71, None, 77.0)


@pytest.fixture
def journal(tmp_path: Path, kept_in: str) -> Iterator[Journal]:
    store = open_journal(make_settings(tmp_path))
    yield store
    store.close()


def test_a_decision_keeps_its_figure(journal: Journal, tmp_path: Path) -> None:
    tied = journal.add_entry("decision", "Ring them.", author="Ada", figure=THEN)
    journal.add_entry("decision", "Think.", author="Ada")
    assert open_journal(make_settings(tmp_path)).list_figures() == {tied.id: THEN}


def test_the_latest_look_at_another_release_of_the_same_person_in_the_same_role(journal: Journal) -> None:
    looks = journal.looks
    assert looks.find_last("ada", "lead", "r1") is None
    looks.note("ada", "lead", "r1", {"members": 231.0}, ("Connecting rose",))
    looks.note("ada", "lead", "r1", {"members": 999.0}, ())
    assert looks.find_last("ada", "lead", "r1") is None, "no look at another release"
    looks.note("ada", "evaluator", "r2", {"members": 5.0}, ())
    looks.note("bob", "lead", "r2", {"members": 6.0}, ())
    last = looks.find_last("ada", "lead", "r3")
    assert last is not None
    assert (last.release_id, dict(last.figures), last.told) == (
        "r1",
        {"members": 231.0},
        ("Connecting rose",),
    )


def test_few_looks_are_kept_and_a_release_looked_at_again_is_the_latest(journal: Journal) -> None:
    for number in range(6):
        journal.looks.note("ada", "lead", f"r{number}", {}, ())
    journal.looks.note("ada", "lead", "r4", {}, ())
    last = journal.looks.find_last("ada", "lead", "r9")
    assert last is not None
    assert last.release_id == "r4"
    with journal._database.connect() as connection:
        assert connection.execute(sql("SELECT count(*) FROM looks")).scalar_one() <= 3


def test_a_journal_of_an_earlier_version_gets_what_it_lacks_and_keeps_what_it_has(
    tmp_path: Path, kept_in: str
) -> None:
    settings = make_settings(tmp_path)
    (tmp_path / FILE).parent.mkdir(exist_ok=True)
    older = create_engine(settings.journal_url or f"sqlite:///{tmp_path / FILE}")
    METADATA.tables["entries"].create(older)
    with older.begin() as connection:
        connection.execute(
            sql(
                "INSERT INTO entries (kind, indicator_id, period, text, author, created_at, outcome, release_id) "
                "VALUES ('decision', '', '', 'Ring them.', 'Ada', '2015-11-01 10:00:00', '', 'r1')"
            )
        )
    assert inspect(older).get_table_names() == ["entries"]
    older.dispose()
    journal = open_journal(settings)
    (entry,) = journal.list_entries()
    assert (entry.text, journal.list_figures()) == ("Ring them.", {})
    journal.looks.note("ada", "lead", "r1", {}, ())
    journal.close()
