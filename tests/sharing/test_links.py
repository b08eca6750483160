"""Links: tokens are random and not kept; unknown, expired, paused, revoked and used up look the same."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from database import find_place
from sharing.store.links import FILE, BadLink, Links, open_links

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def links(tmp_path: Path, clock: Clock, kept_in: str) -> Iterator[Links]:
    store = Links(find_place(tmp_path / FILE), clock)
    yield store
    store.close()


def test_a_token_opens_its_own_link_and_one_changed_character_does_not(links: Links) -> None:
    first, first_token = links.create_link("The Foundation")
    second, second_token = links.create_link("A partner")
    assert len(first_token) == 43
    found = links.find_by_token(first_token)
    assert found is not None
    assert found.id == first.id
    found = links.find_by_token(second_token)
    assert found is not None
    assert found.id == second.id
    changed = ("A" if first_token[0] != "A" else "B") + first_token[1:]
    assert links.find_by_token(changed) is None
    assert links.find_by_token(first.id) is None
    assert links.find_by_token("") is None


def test_neither_token_nor_session_nor_password_is_kept(links: Links, tmp_path: Path) -> None:
    link, token = links.create_link("The Foundation", password="correct horse")
    opened = links.open_session(link)
    assert opened is not None
    content = read_all(links, tmp_path)
    assert link.id.encode() in content
    for secret in (token, opened[0], "correct horse"):
        assert secret.encode() not in content


def read_all(links: Links, folder: Path) -> bytes:
    """All that a store keeps: its files, or the rows of its tables."""
    database = links._database
    if database.dialect.name == "sqlite":
        links.close()
        return b"".join(path.read_bytes() for path in (folder / FILE).parent.iterdir())
    with database.connect() as connection:
        tables = inspect(connection).get_table_names()
        rows = [connection.execute(text(f"SELECT t::text FROM {name} t")).scalars().all() for name in tables]
    return repr(rows).encode()


def test_a_link_lasts_ninety_days_unless_said_otherwise(links: Links, clock: Clock) -> None:
    link, token = links.create_link("The Foundation", sleep_days=90)
    assert link.expires_at == START + timedelta(days=90)
    clock.now = START + timedelta(days=90) - timedelta(seconds=1)
    assert links.find_by_token(token) is not None
    clock.now = START + timedelta(days=90)
    assert links.find_by_token(token) is None
    assert links.find_link(link.id).status == "expired"


def test_paused_is_denied_then_works_again_and_revoked_never_does(links: Links) -> None:
    link, token = links.create_link("The Foundation")
    opened = links.open_session(link)
    assert opened is not None
    assert links.pause_link(link.id).status == "paused"
    assert links.find_by_token(token) is None
    assert links.find_by_session(opened[0]) is None
    assert links.resume_link(link.id).status == "live"
    assert links.find_by_token(token) is not None
    assert links.find_by_session(opened[0]) is not None
    assert links.revoke_link(link.id).status == "revoked"
    assert links.find_by_token(token) is None
    assert links.find_by_session(opened[0]) is None
    with pytest.raises(BadLink, match="was revoked and cannot be resumed"):
        links.resume_link(link.id)


def test_a_session_lasts_eight_hours_and_never_longer_than_its_link(links: Links, clock: Clock) -> None:
    link, _ = links.create_link("The Foundation", days=1)
    opened = links.open_session(link)
    assert opened is not None
    assert opened[1] == 8 * 3600
    clock.now = START + timedelta(hours=8)
    assert links.find_by_session(opened[0]) is None
    clock.now = START + timedelta(hours=20)
    opened = links.open_session(link)
    assert opened is not None
    assert opened[1] == 4 * 3600
    clock.now = START + timedelta(hours=24)
    assert links.find_by_session(opened[0]) is None


def test_a_link_is_opened_at_most_as_often_as_allowed(links: Links) -> None:
    link, token = links.create_link("The Foundation", max_views=2)
    sessions = [links.open_session(link) for _ in range(3)]
    assert [session is None for session in sessions] == [False, False, True]
    assert links.find_by_token(token) is None
    assert links.find_link(link.id).views == 2
    last = sessions[1]
    assert last is not None
    assert links.find_by_session(last[0]) is not None


def test_only_the_right_password_opens(links: Links) -> None:
    link, _ = links.create_link("The Foundation", password="café au lait")
    open_link, _ = links.create_link("No password")
    assert link.has_password
    assert not open_link.has_password
    assert links.is_password(link, "café au lait")
    assert links.is_password(link, "cafe\u0301 au lait")
    for wrong in ("", "Café au lait", "café au lait ", "x" * 100_000):
        assert not links.is_password(link, wrong)
    assert not links.is_password(open_link, "")


def test_the_audit_counts_by_day_and_keeps_no_one(links: Links, clock: Clock) -> None:
    link, _ = links.create_link("The Foundation")
    other, _ = links.create_link("A partner")
    links.open_session(link)
    links.open_session(link)
    clock.now = START + timedelta(days=1)
    links.open_session(link)
    links.pause_link(link.id)
    seen = [(entry.day, entry.action, entry.count) for entry in links.read_audit(link.id)]
    assert seen == [
        (date(2026, 3, 2), "created", 1),
        (date(2026, 3, 2), "opened", 2),
        (date(2026, 3, 3), "opened", 1),
        (date(2026, 3, 3), "paused", 1),
    ]
    assert {entry.link_id for entry in links.read_audit()} == {link.id, other.id}


@pytest.mark.parametrize("statement", ["DELETE FROM audit", "UPDATE audit SET action = 'opened'"])
def test_the_audit_can_only_be_added_to(links: Links, statement: str) -> None:
    links.create_link("The Foundation")
    with pytest.raises(IntegrityError, match="append-only"), links._database.begin() as connection:
        connection.execute(text(statement))
    assert [entry.action for entry in links.read_audit()] == ["created"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"label": " "}, "The label must be plain text"),
        ({"label": "x" * 201}, "The label must be plain text"),
        ({"label": "a\x1b[31m"}, "The label must be plain text"),
        ({"label": "a", "days": 0}, "A link cannot last 0 days: choose from 1 to 365."),
        ({"label": "a", "days": 366}, "A link cannot last 366 days: choose from 1 to 365."),
        ({"label": "a", "password": "short"}, "The password must have 8 to 200 characters"),
        ({"label": "a", "max_views": 0}, "A link cannot be opened 0 times at most"),
    ],
)
def test_what_cannot_be_made_is_refused_in_one_sentence(
    links: Links, asked: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadLink, match=sentence):
        links.create_link(**asked)  # type: ignore[arg-type]
    assert links.list_links() == []


def test_an_id_that_does_not_exist_is_refused(links: Links) -> None:
    for verb in (links.find_link, links.pause_link, links.resume_link, links.revoke_link, links.read_audit):
        with pytest.raises(BadLink, match="There is no link deadbeef"):
            verb("deadbeef")


def test_the_store_is_read_by_its_owner_only_and_shared_between_processes(tmp_path: Path) -> None:
    link, token = open_links(tmp_path).create_link("The Foundation")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / FILE).parent.stat().st_mode) == 0o700
    (tmp_path / FILE).chmod(0o666)
    found = open_links(tmp_path).find_by_token(token)
    assert found is not None
    assert found.label == "The Foundation"
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o660, "only a group may be let in"
    with sqlite3.connect(tmp_path / FILE) as connection:
        assert connection.execute("SELECT id FROM links").fetchall() == [(link.id,)]


def test_a_link_that_is_not_opened_falls_asleep_until_it_is_woken(links: Links, clock: Clock) -> None:
    link, token = links.create_link("The Foundation", days=365)
    other, _ = links.create_link("A partner", days=365, sleep_days=60)
    assert (link.sleep_days, other.sleep_days) == (30, 60)
    clock.now = START + timedelta(days=29)
    assert links.open_session(link) is not None
    clock.now = START + timedelta(days=59) - timedelta(seconds=1)
    assert links.find_by_token(token) is not None
    clock.now = START + timedelta(days=59)
    assert links.find_link(link.id).status == "asleep"
    assert links.find_link(other.id).status == "live"
    assert links.find_by_token(token) is None
    assert links.resume_link(link.id).status == "live"
    assert links.find_by_token(token) is not None
    clock.now = START + timedelta(days=89)
    assert links.find_link(link.id).status == "asleep"


def test_pausing_and_ending_say_more_than_sleeping(links: Links, clock: Clock) -> None:
    link, _ = links.create_link("The Foundation", max_views=1)
    spare, _ = links.create_link("A partner")
    assert links.open_session(link) is not None
    clock.now = START + timedelta(days=40)
    assert links.find_link(link.id).status == "used up"
    assert links.pause_link(spare.id).status == "paused"
    assert links.resume_link(spare.id).status == "live"
    clock.now = START + timedelta(days=90)
    assert links.find_link(spare.id).status == "expired"


def test_a_store_of_an_earlier_version_is_given_what_it_lacks(
    links: Links, tmp_path: Path, clock: Clock
) -> None:
    link, token = links.create_link("The Foundation")
    with links._database.begin() as connection:
        for column in ("sleep_days", "used_at", "restated_on", "restated"):
            connection.execute(text(f"ALTER TABLE links DROP COLUMN {column}"))
        connection.execute(text("DROP TABLE notes"))
    again = Links(find_place(tmp_path / FILE), clock)
    found = again.find_by_token(token)
    assert found == link
    assert again.open_session(found) is not None
    assert again.list_notes() == ()


def test_receipts_are_opens_by_day_of_one_link(links: Links, clock: Clock) -> None:
    link, _ = links.create_link("The Foundation")
    other, _ = links.create_link("A partner")
    for _ in range(2):
        assert links.open_session(link) is not None
    links.pause_link(link.id)
    links.resume_link(link.id)
    clock.now = START + timedelta(days=2)
    assert links.open_session(link) is not None
    assert links.open_session(other) is not None
    assert links.count_opens(link.id) == [
        (date(2026, 3, 2), 2),
        (date(2026, 3, 3), 0),
        (date(2026, 3, 4), 1),
    ]
