"""Several processes over one database: tables made once, one writer at a time, and what the funder's role may not do."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import inspect, make_url, text
from sqlalchemy.exc import ProgrammingError

from journal.store import Journal
from settings import PROJECT, load_settings
from sharing.__main__ import main
from sharing.sealing.ledger import Ledger
from sharing.store.links import Links, open_links
from sharing.store.people import People, open_people
from tests.attack.funder_server import serve_links
from tests.database.server import Postgres

ROLE = "q-funder"
STAFF_TABLES = (
    "entries",
    "people",
    "people_audit",
    "ended_sessions",
    "groups",
    "published",
    "notes",
    "story",
    "entry_figures",
    "looks",
)
OPEN_ALL = """
import sys
from journal.store import open_journal
from settings import load_settings
from sharing.sealing.ledger import open_ledger
from sharing.store.links import open_links
from sharing.store.people import open_people
data = load_settings().data
print("ready", flush=True)
sys.stdin.readline()
for open_store in (open_links, open_people, open_ledger):
    open_store(data).close()
open_journal(load_settings()).close()
"""
TAKE_VIEW = """
import sys
from settings import load_settings
from sharing.store.links import open_links
links = open_links(load_settings().data)
link = links.find_link(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
print("no" if links.open_session(link) is None else "yes")
"""
GRANT = """
import sys
from settings import load_settings
from sharing.store.people import open_people
people = open_people(load_settings().data)
print("ready", flush=True)
sys.stdin.readline()
for number in range(20):
    people.grant("ann@example.org", "lead" if number % 2 else "admin")
    people.end_session(f"session {number}")
"""


@dataclass(frozen=True)
class Store:
    """A database with all tables, as its owner and as the funder's process reach it."""

    server: Postgres
    url: str
    funder_url: str


@pytest.fixture(scope="module")
def store(postgres: Postgres) -> Store:
    url = postgres.make_database()
    for opened in (Links(url), People(url), Ledger(url), Journal(url)):
        opened.close()
    postgres.make_role(ROLE)
    postgres.run_file(url, PROJECT / "deploy" / "funder_role.sql", role=ROLE)
    return Store(postgres, url, postgres.act_as(url, ROLE))


def race(program: str, *words: str, processes: int = 2) -> list[str]:
    """What several processes say that do the same once all of them are ready."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, *words],
            cwd=PROJECT,
            env=dict(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * processes
    return said


def test_processes_that_start_at_once_make_the_tables_once(
    kept_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALUATION_DATA", str(tmp_path))
    race(OPEN_ALL, processes=3)
    links = open_links(tmp_path)
    link, token = links.create_link("The Foundation")
    found = links.find_by_token(token)
    assert found is not None
    assert found.id == link.id
    links.close()


def test_the_last_view_is_given_to_one_of_two_processes(
    kept_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALUATION_DATA", str(tmp_path))
    links = open_links(tmp_path)
    link, _ = links.create_link("The Foundation", max_views=1)
    assert sorted(race(TAKE_VIEW, link.id)) == ["no\n", "yes\n"]
    assert links.find_link(link.id).views == 1
    assert [(entry.action, entry.count) for entry in links.read_audit()] == [("created", 1), ("opened", 1)]
    links.close()


def test_roles_given_by_two_processes_at_once_are_all_in_the_audit(
    kept_in: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALUATION_DATA", str(tmp_path))
    people = open_people(tmp_path)
    race(GRANT)
    assert people.list_people() == [("ann@example.org", "lead")]
    with people._database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM people_audit")).scalar_one() == 40
    people.close()


def test_the_funders_role_opens_links_as_its_process_does(store: Store) -> None:
    staff = Links(store.url)
    link, token = staff.create_link("The Foundation", password="correct horse", max_views=1)
    funder = Links(store.funder_url)
    found = funder.find_by_token(token)
    assert found is not None
    assert funder.is_password(found, "correct horse")
    opened = funder.open_session(found)
    assert opened is not None
    seen = funder.find_by_session(opened[0])
    assert seen is not None
    assert funder.open_session(found) is None
    staff.pause_link(link.id)
    assert funder.find_by_session(opened[0]) is None
    assert [(entry.action, entry.count) for entry in staff.read_audit(link.id)] == [
        ("created", 1),
        ("opened", 1),
        ("paused", 1),
    ]
    staff.close()
    funder.close()


def test_the_server_of_links_works_with_its_role_alone(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = Links(store.url)
    link, token = staff.create_link("The Foundation")
    monkeypatch.setenv("FUNDER_LINKS_URL", store.funder_url)
    with serve_links(tmp_path / "data", tmp_path / "log") as server:
        cookie = server.enter(token)
        assert server.get("/", cookie=cookie)[0] == 200
        staff.revoke_link(link.id)
        assert server.get("/", cookie=cookie)[0] == 404
        assert server.get(f"/shared?token={token}")[0] == 404
    assert [entry.action for entry in staff.read_audit(link.id)] == ["created", "opened", "revoked"]
    staff.close()


@pytest.mark.parametrize(
    "statement",
    [
        *(f"SELECT * FROM {table}" for table in STAFF_TABLES),
        *(f"DELETE FROM {table}" for table in (*STAFF_TABLES, "links", "audit")),
        "SELECT * FROM audit",
        "UPDATE links SET revoked_at = NULL",
        "UPDATE links SET max_views = 1000",
        "UPDATE links SET token_sha256 = 'known'",
        "INSERT INTO people VALUES ('eve@example.org', 'admin', now())",
        "INSERT INTO links SELECT * FROM links",
        "CREATE TABLE mine (id integer)",
        "CREATE TEMPORARY TABLE mine (id integer)",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "COPY links TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/hostname')",
    ],
)
def test_the_funders_role_may_do_nothing_else(store: Store, statement: str) -> None:
    funder = Links(store.funder_url)
    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be"),
        funder._database.begin() as connection,
    ):
        connection.execute(text(statement))
    with funder._database.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM links")).scalar_one() >= 0, "positive control"
    funder.close()


def test_every_table_is_of_the_staff_or_named_in_what_the_funder_may(store: Store) -> None:
    links = Links(store.url)
    assert set(inspect(links._database).get_table_names()) == {*STAFF_TABLES, "links", "sessions", "audit"}
    links.close()


def test_the_funders_process_is_told_its_own_address_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIENCE", "funder")
    monkeypatch.setenv("FUNDER_LINKS_URL", "postgresql:///links")
    settings = load_settings()
    assert (settings.database_url, settings.journal_url) == ("postgresql:///links", "")
    for name in ("DATABASE_URL", "JOURNAL_URL"):
        with monkeypatch.context() as given:
            given.setenv(name, "postgresql:///staff")
            with pytest.raises(ValueError, match=f"^{name} is set for the server of shared links"):
                load_settings()


def test_the_journal_goes_where_the_rest_lies_unless_it_is_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///all")
    assert load_settings().journal_url == "postgresql:///all"
    monkeypatch.setenv("JOURNAL_URL", "postgresql:///journal")
    assert (load_settings().journal_url, load_settings().database_url) == (
        "postgresql:///journal",
        "postgresql:///all",
    )


def test_a_server_that_was_restarted_is_reached_anew(store: Store) -> None:
    links = Links(store.url)
    link, _ = links.create_link("The Foundation")
    name = make_url(store.url).database
    store.server.run(
        "postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    assert links.find_link(link.id) == link
    links.close()


@pytest.mark.parametrize(
    "url", ["nonsense", "nosuch://host/name", "postgresql://nobody@/nothing?host=/nowhere"]
)
def test_an_address_that_cannot_be_opened_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["list", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "DATABASE_URL" in said
    assert said.count("\n") == 1
    assert "nobody" not in said
