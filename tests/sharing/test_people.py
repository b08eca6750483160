"""Roles: the server's table before the provider's claim, verified addresses only, and who is answered at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from settings import NEEDED, Identity, load_settings
from sharing.__main__ import main
from sharing.doors.staff import StaffGuard, check_address, is_local
from sharing.store.people import FILE, BadPerson, People, Person, open_people

ANN = {"email": "Ann@Example.org", "email_verified": True}


@pytest.fixture
def people(tmp_path: Path, kept_in: str) -> Iterator[People]:
    store = open_people(tmp_path)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({}, None),
        ({"roles": "lead"}, "lead"),
        ({"roles": ["funder", "evaluator", "lead"]}, "evaluator"),
        ({"roles": ["root", None, 7]}, None),
        ({"groups": ["admin"]}, None),
    ],
)
def test_the_claim_gives_a_role_where_the_table_says_nothing(
    people: People, claims: dict[str, Any], role: str | None
) -> None:
    assert people.find_role({**ANN, **claims}, "roles") == role


def test_the_table_wins_for_a_verified_address(people: People) -> None:
    people.grant("ann@example.org", "lead")
    assert people.find_role({**ANN, "roles": ["admin"]}, "roles") == "lead"
    assert people.find_role({"email": "ann@example.org"}, "roles") is None, "not verified"
    assert people.find_role({**ANN, "email_verified": False, "roles": "admin"}, "roles") is None
    assert people.find_role({**ANN, "email": "ben@example.org", "roles": "evaluator"}, "roles") == "evaluator"
    people.grant("kim@example.org", "admin")
    assert people.find_role({"email": "\u212aim@example.org", "email_verified": True}, "roles") is None
    people.withdraw("ann@example.org")
    assert people.find_role({**ANN, "roles": ["admin"]}, "roles") is None


def test_only_known_roles_and_addresses_are_entered(people: People) -> None:
    with pytest.raises(BadPerson, match="boss is no role: choose admin, evaluator, lead"):
        people.grant("ann@example.org", "boss")
    with pytest.raises(BadPerson, match="ann is no e-mail address"):
        people.grant("ann", "lead")
    assert people.list_people() == []


def test_a_session_that_was_ended_stays_ended(people: People) -> None:
    assert not people.has_ended("a")
    people.end_session("a")
    people.end_session("a")
    assert people.has_ended("a")
    assert not people.has_ended("b")


def test_the_commands_change_the_table_and_its_audit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path)]
    assert main(["people", *data]) == 0
    assert main(["grant", "ann@example.org", "lead", *data]) == 0
    assert main(["withdraw", "ann@example.org", *data]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Nobody was given a role here: python -m sharing grant EMAIL ROLE does.",
        "ann@example.org  lead",
        "ann@example.org  no access",
    ]
    assert main(["grant", "ann", "lead", *data]) == 1
    assert capsys.readouterr().err.startswith("ann is no e-mail address")
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("SELECT email, role FROM people_audit ORDER BY id").fetchall() == [
            ("ann@example.org", "lead"),
            ("ann@example.org", None),
        ]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute("DELETE FROM people_audit")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.0.0.4", False),
        ("", False),
    ],
)
def test_what_counts_as_this_machine(address: str, expected: bool) -> None:
    assert is_local((address, 80)) is expected
    assert is_local(("/run/q.sock", None))


@pytest.mark.parametrize("identity", ["local", "proxy"])
def test_a_server_without_sign_in_does_not_start_on_another_address(identity: Identity) -> None:
    with pytest.raises(ValueError, match=r"would answer on 0\.0\.0\.0"):
        check_address(identity, "0.0.0.0")
    check_address(identity, "127.0.0.1")
    check_address("oidc", "0.0.0.0")


def ask(identity: Identity, *, server: str = "127.0.0.1", client: str = "127.0.0.1", **headers: str) -> int:
    async def answer(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    guard = StaffGuard(
        Starlette(routes=[Route("/", answer)]), identity, lambda headers: Person("", "", "admin")
    )

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await guard({**scope, "server": (server, 80), "client": (client, 1)}, receive, send)

    return TestClient(app, base_url="http://127.0.0.1").get("/", headers=headers).status_code


def test_who_is_answered(people: People) -> None:
    assert ask("local") == 200
    assert ask("local", server="10.0.0.4") == 403
    assert ask("local", **{"X-Forwarded-For": "203.0.113.9"}) == 403
    assert ask("proxy", **{"X-Forwarded-For": "203.0.113.9"}) == 200
    assert ask("proxy", server="10.0.0.4") == 403
    assert ask("proxy", client="203.0.113.9", **{"X-Forwarded-For": "203.0.113.9"}) == 200
    assert ask("local", Host="evil.example") == 403
    assert ask("oidc", server="10.0.0.4", client="10.0.0.9") == 200


@pytest.mark.parametrize("secret", ["", "short", "x" * 40, "changeme" * 5])
def test_a_weak_secret_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text(f'[auth]\ncookie_secret = "{secret}"\n', encoding="utf-8")
    monkeypatch.setenv("EVALUATION_SECRETS", str(path))
    with pytest.raises(ValueError, match="is missing or too weak: make one with"):
        load_settings()
    monkeypatch.setenv("AUDIENCE", "funder")
    assert load_settings().identity == "local", "a funder's process has nothing to do with sign-in"


def test_how_people_are_known_is_read_from_the_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALUATION_SECRETS", str(tmp_path / "none.toml"))
    assert load_settings().identity == "local"
    path = tmp_path / "secrets.toml"
    monkeypatch.setenv("EVALUATION_SECRETS", str(path))
    written = '[auth]\ncookie_secret = "kP3vXq9RzT7mW1sB5nY8cD2fG6hJ4kL0"\n'
    path.write_text(written, encoding="utf-8")
    with pytest.raises(ValueError, match="has no redirect_uri"):
        load_settings()
    path.write_text(written + "".join(f'{name} = "x"\n' for name in NEEDED), encoding="utf-8")
    assert load_settings().identity == "oidc"
    path.unlink()
    assert load_settings().identity == "oidc", "as when the process began"
    monkeypatch.setenv("IDENTITY", "nobody")
    with pytest.raises(ValueError, match="IDENTITY is 'nobody': set it to local, oidc or proxy"):
        load_settings()
