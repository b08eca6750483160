"""This week on the small programme: worked figures, attention, decisions."""

from __future__ import annotations

from pathlib import Path

from tests.app.page_words import OpenPage, read_words
from warehouse.release import current_id


def test_headline_figures_are_those_of_the_files(open_page: OpenPage) -> None:
    # 60 members, every tenth left on 1 September: 54. Event two was attended by those whose number divides
    # by 4 and who are still members: 15. In the October survey the even numbers completed: 30 of 60.
    # Everybody named one member in July and two in October, and kept the first: 1 new tie.
    words = read_words(open_page("sample"))
    assert "Members 54" in words
    assert "Attendance 28 %" in words
    assert "95 % interval 17 to 41 % · 15 of 54" in words
    assert "Design event two, 11 November 2015" in words
    assert "Response rate 50 %" in words
    assert "New ties per member 1.0" in words
    assert "collaborates, October survey" in words


def test_a_low_response_and_an_incomplete_week_are_named(open_page: OpenPage) -> None:
    words = read_words(open_page("sample"))
    assert "**Response below 60 %.** October survey: 50 % (95 % interval 38 to 62 %; 30 of 60)" in words
    assert "**This week is incomplete.** Data for week 47, 2015 end on Wednesday 18 November 2015." in words


def test_a_decision_is_kept_and_gets_its_outcome(open_page: OpenPage, releases: dict[str, Path]) -> None:
    app = open_page("sample")
    assert "No decision has been written down yet." in read_words(app)
    app.text_area[0].set_value("Call the members of Wales. <script>alert(1)</script>")
    app.text_input[0].set_value("Ada")
    next(button for button in app.button if button.label == "Save decision").click().run()
    assert not app.exception
    assert "Call the members of Wales. <script>alert(1)</script>" in [text.value for text in app.text]
    assert "Ada, " in read_words(app)
    app.text_area(key="outcome-text-1").set_value("Six of them came.")
    next(button for button in app.button if button.label == "Save outcome").click().run()
    assert "Outcome: Six of them came." in [text.value for text in app.text]
    assert current_id(releases["sample"])


def test_an_empty_decision_is_refused_in_words(open_page: OpenPage) -> None:
    app = open_page("one_wave")
    next(button for button in app.button if button.label == "Save decision").click().run()
    assert not app.exception
    assert "The text is empty: write something before saving." in read_words(app)
