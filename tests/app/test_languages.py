"""A page in another language: chosen in the address or on the left, kept, and without a word outside the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from indicators.gate.disclosure import SCOPES
from settings import Identity, load_settings
from sharing.sealing.seal import seal_release
from sharing.store.links import LATEST
from sharing.store.people import Person
from sharing.store.story import Story
from tests.app.conftest import PROJECT
from tests.app.page_words import OpenPage, read_charts, read_words
from tests.app.pseudo_language import PSEUDO, list_outside
from ui.share.sealed_page import COOKIE
from ui.shell.once import Once
from ui.words.language import WELSH, speak

PAGES = (
    "this_week",
    "story",
    "whom",
    "attitude",
    "engagement",
    "connections",
    "who_stays",
    "explore",
    "data_and_methods",
    "share",
)


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("page_name", PAGES)
def test_every_word_of_a_page_is_in_the_catalogue(
    page_name: str, open_page: OpenPage, releases: dict[str, Path]
) -> None:
    app, data = open_page("sample", page_name, lang=PSEUDO), releases["sample"]
    outside = list_outside(app, data)
    for chart in read_charts(app)[:1]:
        for button in chart["buttons"]:
            app.session_state[f"behind-{chart['key']}"] = button
            outside |= list_outside(app.run(), data)
    for topic in next((list(box.options) for box in app.get("button_group") if box.key == "more"), []):
        outside |= list_outside(app.pills(key="more").set_value(topic.strip("⟦⟧")).run(), data)
    assert outside == {}


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("page_name", PAGES[:-1])
def test_every_word_that_a_lead_sees_is_in_the_catalogue(
    page_name: str, open_page: OpenPage, releases: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    assert list_outside(open_page("sample", page_name, lang=PSEUDO), releases["sample"]) == {}


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("page_name", ["this_week", "attitude", "connections", "explore", "data_and_methods"])
@pytest.mark.parametrize("state", ["empty", "one_wave", "one_member", "members_only"])
def test_every_word_where_there_is_little_is_in_the_catalogue(
    state: str, page_name: str, open_page: OpenPage, releases: dict[str, Path]
) -> None:
    assert list_outside(open_page(state, page_name, lang=PSEUDO), releases[state]) == {}


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("identity", ["oidc", "proxy"])
@pytest.mark.parametrize("person", [None, Person("ann@example.org", "Ann", None)])
def test_every_word_at_the_door_is_in_the_catalogue(
    identity: Identity,
    person: Person | None,
    open_page: OpenPage,
    releases: dict[str, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = replace(load_settings(), identity=identity, contact="ann@example.org")
    monkeypatch.setattr("ui.shell.viewer.sign_in.load_settings", lambda: settings)
    monkeypatch.setattr("ui.shell.viewer.identity.find_viewer", lambda: person)
    app = open_page("sample", lang=PSEUDO)
    assert [title.value for title in app.title] == ["⟦Q evaluation⟧"]
    assert list_outside(app, releases["sample"], "ann@example.org") == {}


@pytest.mark.usefixtures("pseudo")
def test_every_word_that_a_link_opens_is_in_the_catalogue(
    releases: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = releases["sample"]
    monkeypatch.setenv("EVALUATION_DATA", str(data))
    monkeypatch.setenv("AUDIENCE", "funder")
    cookies: dict[str, str] = {}
    monkeypatch.setattr(type(st.context), "cookies", property(lambda self: cookies))
    app = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=300)
    app.query_params["lang"] = PSEUDO
    assert list_outside(app.run(), data) == {}
    assert [title.value for title in app.title] == ["⟦Nothing is shared here⟧"]
    extract = seal_release(data, LATEST, "0a1b2c3d", "The Foundation")
    told = replace(extract, story=Story(title="The circle", about="Made up.", claims=("attendance_rate",)))
    link = SimpleNamespace(
        id="0a1b2c3d", restated_on=date(2015, 12, 1), restated=("Members",), release_id=LATEST
    )
    cookies[COOKIE] = "proof"
    monkeypatch.setattr(st, "expander", partial(st.expander, expanded=True))
    monkeypatch.setattr(
        "ui.share.sealed_page.open_store", lambda: SimpleNamespace(find_by_session=lambda session: link)
    )
    for shown in (extract, told):
        monkeypatch.setattr("ui.share.sealed_page.read_shared", lambda link_id, shown=shown: shown)
        app.run()
        assert read_charts(app)
        assert list_outside(app, data, "The Foundation", "The circle", "Made up.", "Members") == {}


def test_a_page_in_welsh_says_so_and_that_nobody_has_reviewed_it(open_page: OpenPage) -> None:
    app = open_page("sample", "attitude", lang="cy")
    assert not app.exception
    assert [title.value for title in app.title] == ["Agwedd"]
    words = read_words(app)
    assert "Nid yw'r Gymraeg hon wedi'i hadolygu eto gan siaradwr Cymraeg" in words
    assert "Data'n gyflawn hyd at" in words
    assert {box.label for box in app.sidebar.selectbox} >= {"Cyfnod", "Carfan", "Proffesiwn", "Rhanbarth"}
    assert {"Tabl", "Pasbort", "Dyfynnu"} <= set(read_charts(app)[0]["buttons"])
    assert "Nid yw'r Gymraeg" not in read_words(open_page("sample", "attitude"))


def test_a_language_that_there_is_not_is_said_and_left_out(open_page: OpenPage) -> None:
    app = open_page("sample", "attitude", lang="tlh")
    assert not app.exception
    (warning,) = [str(one.value) for one in app.warning]
    assert "asks for a language that there is not: English is shown" in warning
    assert "lang" not in app.query_params
    assert [title.value for title in app.title] == ["Attitude"]


def test_a_language_is_chosen_on_the_left_stands_in_the_address_and_is_kept(open_page: OpenPage) -> None:
    app = open_page("sample", "attitude")
    assert "lang" not in app.query_params
    (choice,) = [box for box in app.sidebar.get("button_group") if box.key == "language_box"]
    choice.set_value(WELSH).run()
    assert [title.value for title in app.title] == ["Agwedd"]
    assert app.query_params["lang"] == "cy"
    del app.query_params["lang"]
    with speak(WELSH):  # Streamlit's tests ask a box for its words outside of the run of the page.
        app.switch_page("pages/programme/connections.py").run()
    assert [title.value for title in app.title] == ["Cysylltiadau"]
    assert app.query_params["lang"] == "cy"


def test_pressing_the_language_that_is_spoken_changes_nothing(open_page: OpenPage) -> None:
    app = open_page("sample", "attitude")
    (choice,) = [box for box in app.sidebar.get("button_group") if box.key == "language_box"]
    choice.set_value(None).run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Attitude"]
    assert "lang" not in app.query_params


def test_what_is_chosen_stays_chosen_in_another_language(open_page: OpenPage) -> None:
    app = open_page("sample", "engagement", more="By group", by="Profession", cohort="First intake")
    assert app.selectbox(key="by").value == "profession"
    (choice,) = [box for box in app.sidebar.get("button_group") if box.key == "language_box"]
    choice.set_value(WELSH).run()
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key="by").value == "profession"
    assert app.selectbox(key="cohort").value == "First intake"


def test_an_address_of_another_language_opens_in_this_one(open_page: OpenPage) -> None:
    app = open_page("sample", "engagement", more="Yn ôl grŵp", by="Proffesiwn")
    assert not app.exception
    assert not app.warning
    assert app.selectbox(key="by").value == "profession"
    assert (app.query_params["more"], app.query_params["by"]) == ("By group", "Profession")


def test_what_is_kept_for_a_release_is_kept_for_each_language() -> None:
    class Kept:
        """Stands for a release."""

    worded, numbers, kept = Once[str](9), Once[str](9, has_words=False), Kept()
    for once in (worded, numbers):
        once.get(kept, "key", lambda: "English")  # type: ignore[arg-type]
    with speak(WELSH):
        assert worded.get(kept, "key", lambda: "Cymraeg") == "Cymraeg"  # type: ignore[arg-type]
        assert numbers.get(kept, "key", lambda: "Cymraeg") == "English"  # type: ignore[arg-type]
