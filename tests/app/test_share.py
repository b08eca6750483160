"""The Share page: what they will see, the address once, every button, and what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import ui.shell.viewer.identity
from journal.store import open_journal
from settings import load_settings
from sharing.refresh import REPORT, refresh_links
from sharing.sealing.extract import read_extract
from sharing.store.links import LATEST, Link, Links, open_links
from sharing.store.people import Person
from tests.app.page_words import OpenPage, read_charts, read_words
from warehouse.release import current_id


@pytest.fixture
def data(releases: dict[str, Path], tmp_path: Path) -> Path:
    """A data folder of its own with the sample release: what is shared in one test is not seen in another."""
    releases["share"] = tmp_path / "data"
    shutil.copytree(releases["sample"], releases["share"], ignore=shutil.ignore_patterns("state"))
    return releases["share"]


@pytest.fixture
def links(data: Path) -> Iterator[Links]:
    store = open_links(data)
    yield store
    store.close()


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def ask(app: AppTest, label: str, **more: object) -> AppTest:
    next(field for field in app.text_input if field.label == "For whom").set_value(label)
    for name, value in more.items():
        found = [*app.text_input, *app.number_input, *app.radio]
        next(field for field in found if field.label.lower().startswith(name)).set_value(value)
    return press(app, "See what they will see")


def find_one(links: Links) -> Link:
    (link,) = links.list_links()
    return link


def test_what_is_shown_beforehand_is_what_is_sealed_and_the_address_is_shown_once(
    open_page: OpenPage, data: Path, links: Links
) -> None:
    app = open_page("share", "share")
    assert "Nothing has been shared yet." in read_words(app)
    ask(
        app,
        "The **Foundation**",
        days=10,
        sleeps=7,
        most=3,
        password="correct horse",
        what="Always the latest release",
    )
    words = read_words(app)
    assert "What The **Foundation** will see" in words
    assert "The smallest count behind any value shown is " in words
    assert "Other live links to the same figures: none." in words
    assert "Prepared for The **Foundation**" in words
    assert "How to read this page" in words
    assert links.list_links() == []
    assert not (data / "sealed").exists()
    press(app, "Create the link")
    link = find_one(links)
    assert (link.label, link.release_id, link.max_views, link.sleep_days) == (
        "The **Foundation**",
        LATEST,
        3,
        7,
    )
    assert (link.expires_at - link.created_at).days == 10
    (address,) = (code.value for code in app.code)
    assert address.startswith("http://127.0.0.1:8502/shared?token=")
    found = links.find_by_token(address.partition("=")[2])
    assert found == link
    assert links.is_password(link, "correct horse")
    assert read_extract(data, link.id).label == "The **Foundation**"
    assert "What The" not in read_words(app)
    press(app, "I have copied it")
    assert not app.code
    ask(app, "A partner")
    assert f"Other live links to the same figures: {link.id} (The **Foundation**)." in read_words(app)
    press(app, "Discard")
    assert find_one(links) == link


def test_a_link_is_paused_resumed_and_revoked(open_page: OpenPage, data: Path, links: Links) -> None:
    app = press(ask(open_page("share", "share"), "The Foundation"), "Create the link")
    link = find_one(links)
    assert link.release_id == current_id(data)
    press(app, "Pause")
    assert find_one(links).status == "paused"
    assert "Paused · until " in read_words(app)
    press(app, "Resume")
    assert find_one(links).status == "live"
    assert links.open_session(link) is not None
    links.note_restated(link.id, link.created_at.date(), ["Members"])
    app.run()
    words = read_words(app)
    assert "Live · until " in words
    assert "opened 1 time ·" in words
    assert "Figures restated since" in words
    assert read_charts(app)
    press(app, "Revoke for good")
    assert find_one(links).status == "revoked"
    assert list((data / "sealed").iterdir()) == []
    assert "No link is in use." in read_words(app)
    assert [expander.label for expander in app.expander] == ["1 link that ended"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"label": " "}, "The label must be plain text of 1 to 200 characters"),
        ({"label": "a\x1b[31m"}, "The label must be plain text of 1 to 200 characters"),
        ({"label": "x", "password": "short"}, "The password must have 8 to 200 characters"),
    ],
)
def test_what_cannot_be_made_is_refused_in_words(
    open_page: OpenPage, links: Links, asked: dict[str, str], sentence: str
) -> None:
    app = ask(open_page("share", "share"), **asked)
    assert sentence in read_words(app)
    assert "Create the link" not in [button.label for button in app.button]
    assert links.list_links() == []


def test_an_address_that_is_none_is_said_before_anything_is_made(
    open_page: OpenPage, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARE_URL", "nowhere")
    app = ask(open_page("share", "share"), "The Foundation")
    assert "nowhere is not the address of a server" in read_words(app)
    assert links.list_links() == []


def test_only_an_administrator_shares(
    open_page: OpenPage, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    links.create_link("The Foundation")
    app = open_page("share", "share")
    assert "The Foundation" in read_words(app)
    monkeypatch.setattr(ui.shell.viewer.identity, "LOCAL", Person("", "An evaluator", "evaluator"))
    app.run()
    assert not app.exception
    assert "The Foundation" not in read_words(app)
    assert "Revoke for good" not in [button.label for button in app.button]
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        open_page("share").switch_page("pages/programme/share.py")


def test_without_a_release_there_is_nothing_to_share(open_page: OpenPage) -> None:
    app = open_page("empty", "share")
    assert not app.exception
    assert "No data yet" in read_words(app)


def test_a_note_is_shown_to_funders_only_once_it_is_ticked(
    open_page: OpenPage, data: Path, links: Links
) -> None:
    app = open_page("share", "share")
    assert "Nothing is noted yet." in read_words(app)
    journal = open_journal(load_settings())
    journal.add_entry(
        "annotation", "Call *cancelled*.", author="Ada", indicator_id="attendance_rate", period="2015-Q3"
    )
    journal.close()
    press(ask(app.run(), "The Foundation", what="Always the latest release"), "Create the link")
    (box,) = app.checkbox
    assert box.value is False
    assert read_extract(data, find_one(links).id).notes == ()
    box.check()
    press(app, "Save the choice")
    refresh_links(data, links)
    ((_, text),) = read_extract(data, find_one(links).id).notes
    assert text == "Attendance rate, quarter 3, 2015: Call *cancelled*."
    assert app.checkbox[0].value is True
    app.checkbox[0].uncheck()
    press(app, "Save the choice")
    assert links.list_notes() == ()


def test_a_page_that_could_not_be_sealed_anew_is_said_and_can_be_tried_again(
    open_page: OpenPage, data: Path, links: Links
) -> None:
    app = press(
        ask(open_page("share", "share"), "The Foundation", what="Always the latest release"),
        "Create the link",
    )
    (data / REPORT).write_text(
        '{"stamp": "", "failure": "The shared pages could not be sealed anew.", '
        '"ended_at": "2026-03-02T09:00:00+00:00"}',
        encoding="utf-8",
    )
    app.run()
    assert [warning.value for warning in app.warning] == ["The shared pages could not be sealed anew\\."]
    press(app, "Try again now")
    assert not app.warning
    assert [entry.action for entry in links.read_audit(find_one(links).id)] == ["created", "refreshed"]


def test_the_programme_writes_its_story_which_then_stands_on_the_page(
    open_page: OpenPage, data: Path, links: Links
) -> None:
    app = open_page("share", "share")
    next(field for field in app.text_input if field.label == "Title").set_value("The circle of <b>all</b>")
    next(field for field in app.text_area if field.label == "What it is").set_value("Sixty people, made up.")
    first = next(field for field in app.pills if field.label.startswith("Figures that stand first"))
    first.set_value(["attendance_rate", "members", "cross_region", "active_members", "response_rate_rr1"])
    press(app, "Save the story")
    assert "A shared page puts at most 4 figures first: take 1 away." in read_words(app)
    first = next(field for field in app.pills if field.label.startswith("Figures that stand first"))
    first.set_value(["attendance_rate"])
    press(app, "Save the story")
    assert links.read_story().claims == ("attendance_rate",)
    journal = open_journal(load_settings())
    (entry,) = journal.list_entries(kind="story")
    journal.close()
    assert "Sixty people, made up." in entry.text
    words = read_words(open_page("share", "story"))
    assert "The circle of <b>all</b>" in words
    assert "Sixty people, made up." in words
