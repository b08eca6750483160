"""What stands behind a chart is made when it is asked for: claims, other definitions, notes, new baselines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.app.page_words import OpenPage, read_charts, read_tables, read_words

LADDER = "ladder-engagement_ladder"
WEEKS = "active_members-week"


@pytest.fixture(autouse=True)
def empty_journal(releases: dict[str, Path]) -> Iterator[None]:
    """What these tests note is gone after them."""
    yield
    st.cache_resource.clear()
    (releases["sample"] / "state" / "journal.sqlite").unlink(missing_ok=True)


def open_behind(app: AppTest, button: str, chart: str) -> AppTest:
    app.session_state[f"behind-{chart}"] = button
    return app.run()


def write_note(
    app: AppTest, chart: str, text: str, period: str | None = None, kind: str | None = None
) -> AppTest:
    if period is not None:
        app.selectbox(key=f"note-period-{chart}").select(period)
    if kind is not None:
        app.selectbox(key=f"note-kind-{chart}").select(kind)
    app.text_area(key=f"note-text-{chart}").input(text)
    app.text_input(key=f"note-author-{chart}").input("Ada")
    return next(button for button in app.button if button.label == "Save note").click().run()


def test_nothing_is_made_before_it_is_asked_for(open_page: OpenPage) -> None:
    app = open_page("sample", "engagement")
    assert len(read_tables(app)) == 0
    assert "You can say" not in read_words(app)
    opened = open_behind(app, "Table", LADDER)
    assert len(read_tables(opened)) == 1
    assert list(dict.fromkeys(read_tables(opened)[0]["Rung"])) == [
        "Core",
        "Active",
        "Occasional",
        "Dormant",
    ]


def test_a_chart_says_what_may_be_said_and_what_not(open_page: OpenPage) -> None:
    app = open_behind(open_page("sample", "engagement"), "Can I say this?", LADDER)
    assert not app.exception
    words = read_words(app)
    assert "You can say:" in words
    assert "The figures do not support" in words
    assert "“The programme caused this”: There is no comparison group" in words


def test_a_survey_is_judged_by_its_response(open_page: OpenPage) -> None:
    words = read_words(
        open_behind(open_page("sample", "attitude"), "Can I say this?", "tracks-construct_positive")
    )
    assert "“The same people changed their minds”: Different people answered each wave" in words
    assert "of the invited completed" in words


def test_the_switchboard_names_every_definition(open_page: OpenPage) -> None:
    app = open_behind(open_page("sample", "engagement"), "Other definitions", LADDER)
    assert not app.exception
    definitions = list(read_tables(app)[0]["Definition"])
    assert len(definitions) == len(set(definitions)) == 3 * 3
    assert definitions[0] == "As shown"
    assert not any("core_events" in words or "core events 2" in words for words in definitions)
    words = read_words(app)
    assert "The conclusion is" in words, "of several quarters it says which rungs grew"


def test_a_note_is_kept_and_shown_beside_its_chart(open_page: OpenPage) -> None:
    app = open_behind(open_page("sample", "engagement"), "Notes", LADDER)
    assert "Nothing has been noted about this yet." in read_words(app)
    app = write_note(app, LADDER, "The call moved to Mondays")
    assert not app.exception
    assert ": The call moved to Mondays (Ada)." in read_words(open_page("sample", "engagement"))


def test_an_empty_note_is_refused_in_words(open_page: OpenPage) -> None:
    app = open_behind(open_page("sample", "engagement"), "Notes", LADDER)
    app = write_note(app, LADDER, "   ")
    assert not app.exception
    assert "The text is empty: write something before saving." in read_words(app)


def test_a_new_baseline_needs_a_note_and_reaches_the_chart(open_page: OpenPage) -> None:
    app = open_behind(open_page("sample", "engagement"), "Notes", WEEKS)
    periods = app.selectbox(key=f"note-period-{WEEKS}").options
    app = write_note(app, WEEKS, "New platform", period=periods[2], kind="A new baseline from this period on")
    assert not app.exception
    app = open_page("sample", "engagement")
    assert "provisional" in read_words(app)
    assert any("New platform" in chart["picture"] for chart in read_charts(app))
