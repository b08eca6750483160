"""This week on the small programme: worked figures, what stands out, targets, decisions then and now, since you last looked."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import streamlit as st

from etl.load import load_paths
from indicators.gate.disclosure import SCOPES
from indicators.notable.late import list_late
from indicators.notable.scan import find_notable, look_through, scan
from tests.app.page_words import OpenPage, read_charts, read_words
from tests.app.small_programme import write_members, write_table
from ui.blocks.week.items import EXPLORE
from ui.shell.session import open_engine
from warehouse.engine import Engine
from warehouse.kept import empty_kept, find_kept_folder
from warehouse.release import current_id, point_to

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data(releases: dict[str, Path], tmp_path: Path) -> Path:
    """A data folder of its own with the small programme, as the state "own"."""
    releases["own"] = tmp_path / "data"
    shutil.copytree(releases["sample"], releases["own"])
    shutil.rmtree(releases["own"] / "state" / "notable", ignore_errors=True)
    (releases["own"] / "state" / "journal.sqlite").unlink(missing_ok=True)
    return releases["own"]


def open_live(data: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The engine that the pages use."""
    monkeypatch.setenv("EVALUATION_DATA", str(data))
    return open_engine(str(current_id(data)))


def open_page_again(open_page: OpenPage) -> object:
    """The page in a new session, over the engine that is open."""
    with pytest.MonkeyPatch.context() as kept:
        kept.setattr(st.cache_resource, "clear", lambda: None)
        return open_page("own")


def test_headline_figures_are_those_of_the_files(open_page: OpenPage) -> None:
    # 60 members, every tenth left on 1 September: 54. In the October survey the even numbers completed: 30 of 60.
    # Everybody named one member in July and two in October, and kept the first: 1 new tie.
    words = read_words(open_page("sample"))
    assert "Members 54 October 2015" in words
    assert re.search(r"Response rate \(RR1\) 50 % 38 to 62 % October survey", words)
    assert "New ties per member 1.0" in words


def test_until_the_release_has_been_looked_through_the_page_says_so(open_page: OpenPage) -> None:
    words = read_words(open_page("sample"))
    assert "The figures of this release are being looked through." in words
    assert "Where we stand" in words


def test_what_stands_out_is_told_with_its_chart_and_a_way_to_its_page(
    open_page: OpenPage, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page("own")
    found = look_through(open_live(data, monkeypatch), SCOPES["admin"])
    app = open_page_again(open_page)
    assert not app.exception
    assert len(read_charts(app)) == min(len(found), 5)
    words = read_words(app)
    assert "Nothing notable" in words if found.empty else app.get("page_link")
    assert (PROJECT / EXPLORE).exists()


def test_a_lead_is_told_of_nothing_but_what_the_gate_shows(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_live(data, monkeypatch)
    monkeypatch.setattr("indicators.published.show.compute_exact", None)
    with pytest.raises(TypeError):
        scan(engine, SCOPES["evaluator"])
    monkeypatch.undo()
    exact, told = scan(engine, SCOPES["evaluator"]), scan(engine, SCOPES["lead"])
    answers = told[told["theme"] == "attitude"]
    assert len(told) < len(exact)
    assert set(answers["n"].dropna() % SCOPES["lead"].rounding) <= {0}
    assert not set(told["indicator"]) & {"event_ties_odds"}, "told of pairs of members"
    assert find_notable(engine, SCOPES["lead"]) is None, "a scan alone is not kept"


@pytest.mark.parametrize("state", ["empty", "one_member", "members_only", "one_wave"])
def test_with_little_or_nothing_it_stands(open_page: OpenPage, state: str) -> None:
    app = open_page(state)
    assert not app.exception
    assert ("Where we stand" in read_words(app)) == (state != "empty")


def test_it_follows_no_filter_and_says_so(open_page: OpenPage) -> None:
    app = open_page("sample", region="Wales", period="2015")
    words = read_words(app)
    assert "Members 54 October 2015" in words
    assert "This page is of everybody and all time: no filter changes it." in words
    assert "only Wales" not in words
    assert "that this release does not have" in str(open_page("sample", period="1066").warning[0].value)


def press(app: object, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()  # type: ignore[attr-defined]


def test_a_decision_is_kept_with_its_figure_and_gets_its_outcome(open_page: OpenPage, data: Path) -> None:
    app = open_page("own")
    assert "No decision has been written down yet." in read_words(app)
    app.text_area[0].set_value("Call the members of Wales. <script>alert(1)</script>")
    app.text_input[0].set_value("Ada")
    next(box for box in app.selectbox if box.label == "The figure that it should move").set_value(
        "Response rate (RR1)"
    )
    next(box for box in app.selectbox if box.label == "Of whom").set_value("Region: Wales")
    press(app, "Save decision")
    assert not app.exception
    assert "Call the members of Wales. <script>alert(1)</script>" in [text.value for text in app.text]
    words = read_words(app)
    assert "Ada, " in words
    # Of the 20 members of Wales the even numbers completed.
    assert (
        "Response rate (RR1), region Wales: then 50 % (95 % interval 30 to 70 %) in October survey; there is no later"
        in words
    )
    app.text_area(key="outcome-text-1").set_value("Six of them came.")
    press(app, "Save outcome")
    assert "Outcome: Six of them came." in [text.value for text in app.text]


def test_an_exact_figure_that_an_evaluator_kept_is_not_shown_to_a_lead(
    open_page: OpenPage, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("own")
    app.text_area[0].set_value("Call the members of Wales.")
    app.text_input[0].set_value("Ada")
    next(box for box in app.selectbox if box.label == "The figure that it should move").set_value(
        "Response rate (RR1)"
    )
    next(box for box in app.selectbox if box.label == "Of whom").set_value("Region: Wales")
    press(app, "Save decision")
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    words = read_words(open_page("own"))
    assert "was written down by an evaluator, and is not shown to you" in words
    assert "then 50 %" not in words


def test_an_empty_decision_is_refused_in_words(open_page: OpenPage) -> None:
    app = open_page("one_wave")
    press(app, "Save decision")
    assert not app.exception
    assert "The text is empty: write something before saving." in read_words(app)


def test_who_looks_for_the_first_time_is_told_what_changed_since_the_period_before(
    open_page: OpenPage,
) -> None:
    # All 60 completed in July and 30 in October; six left in September and nobody in October.
    words = read_words(open_page("sample"))
    assert "Since the week, month or survey before: Members kept 90 % → 100 %; " in words
    assert "Response rate (RR1) 100 % → 50 %" in words
    assert re.search(r"Figure .* Before\n", words)
    assert re.search(r"Response rate \(RR1\) 50 % .* 100 %\n", words)
    assert "Since you last looked" not in words
    assert "Since the week, month or survey before, no headline figure has changed." in read_words(
        open_page("one_member")
    )


def test_after_a_new_release_the_page_says_what_changed_since_one_last_looked(
    open_page: OpenPage, data: Path, tmp_path: Path
) -> None:
    first = str(current_id(data))
    assert "Since you last looked" not in read_words(open_page("own"))
    # 70 members, of whom every tenth left: 63.
    write_members(tmp_path / "more", 70)
    load_paths([tmp_path / "more"], data)
    words = read_words(open_page("own"))
    assert re.search(rf"Since you last looked, on .* at release {first}: Members 54 → 63", words)
    assert re.search(r"Members 63 October 2015 .* was 54", words)
    point_to(data, first)
    assert "Members 63 → 54" in read_words(open_page("own"))


def test_a_wave_without_answers_is_late(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert list_late(open_live(data, monkeypatch)) == []
    columns = ("wave_id", "survey_id", "label", "opened_on", "closed_on")
    write_table(
        tmp_path / "more", "waves", columns, [("w3", "attitude", "Late survey", "2015-10-20", "2015-11-01")]
    )
    write_table(
        tmp_path / "more",
        "invitations",
        ("wave_id", "member_id", "disposition"),
        [("w3", "m1", "non_contact")],
    )
    release = load_paths([tmp_path / "more"], data).release
    late = list_late(Engine(release))
    assert [(one.what, one.name, one.on_date) for one in late] == [("wave", "Late survey", date(2015, 11, 1))]
    empty_kept(find_kept_folder(data))
