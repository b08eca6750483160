"""Explore: any figure by any group and period, two beside one another, as it was, and rows for those who may see them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.load import load_paths
from indicators.gate.disclosure import SCOPES
from tests.app.page_words import OpenPage, read_words
from tests.app.small_programme import write_programme, write_table
from ui.blocks.explore.rows import EXAMPLES
from warehouse.release import current_id


@pytest.fixture
def as_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])


def open_tab(app: AppTest, name: str) -> AppTest:
    app.session_state["explore-more"] = name
    return app.run()


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return app.run()


def test_it_opens_on_a_figure_and_the_address_names_it(open_page: OpenPage) -> None:
    app = open_page("sample", "explore")
    assert not app.exception
    assert "Response rate (RR1)" in read_words(app)
    assert app.query_params["indicator"] == "response_rate_rr1"


@pytest.mark.parametrize(
    "indicator", ["construct_mean", "mixing_region", "membership_retention", "event_ties_odds"]
)
def test_a_figure_of_any_kind_is_shown(open_page: OpenPage, indicator: str) -> None:
    app = open_page("sample", "explore", indicator=indicator)
    assert not app.exception
    assert not app.warning


def test_an_address_that_names_no_figure_is_said(open_page: OpenPage) -> None:
    app = open_page("sample", "explore", indicator="happiness<b>")
    assert not app.exception
    (warning,) = [one.value for one in app.warning]
    assert warning.startswith("The address asks for a figure that there is not")
    assert "happiness" not in warning


def test_what_an_indicator_cannot_be_asked_is_said_in_a_sentence(open_page: OpenPage) -> None:
    app = open_page("sample", "explore", indicator="members", where="shoe=9")
    assert not app.exception
    assert "members has no dimension shoe" in str(app.warning[0].value).replace("\\", "")


def test_two_groups_stand_beside_one_another_with_their_difference(open_page: OpenPage) -> None:
    asked = {
        "indicator": "attendance_rate",
        "by": "region",
        "compare": "region",
        "first": "Wales",
        "second": "London",
    }
    words = read_words(open_page("sample", "explore", **asked))
    assert "a difference of" in words
    assert "95 % interval" in words


def test_two_periods_stand_beside_one_another(open_page: OpenPage) -> None:
    asked = {"indicator": "response_rate_rr1", "compare": "period", "first": "w2", "second": "w1"}
    words = read_words(open_page("sample", "explore", **asked))
    assert all(said in words for said in ("October survey: ", "July survey: ", "a difference of"))


def test_a_lead_explores_by_one_group_at_a_time_and_sees_no_rows(open_page: OpenPage, as_lead: None) -> None:
    app = open_page("sample", "explore", indicator="construct_positive", by="region")
    assert not app.exception
    assert "and" not in {box.key for box in app.selectbox}
    assert [tab.label for tab in app.tabs] == ["Saved views", "The same number elsewhere"]


def test_rows_are_asked_for_in_sql(open_page: OpenPage) -> None:
    app = open_tab(open_page("sample", "explore"), "Rows and SQL")
    app.text_area(key="sql-Members by region").set_value("SELECT count(*) AS n FROM members")
    press(app, "Run")
    assert not app.exception
    assert app.dataframe[-1].value["n"].tolist() == [60]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_gives_rows(example: str, open_page: OpenPage) -> None:
    app = open_tab(open_page("sample", "explore"), "Rows and SQL")
    app.selectbox(key="example").set_value(example).run()
    press(app, "Run")
    assert not app.exception
    assert not app.warning
    assert len(app.dataframe[-1].value)


def test_a_question_that_is_refused_is_said(open_page: OpenPage) -> None:
    app = open_tab(open_page("sample", "explore"), "Rows and SQL")
    app.text_area(key="sql-Members by region").set_value("DROP TABLE members")
    press(app, "Run")
    assert not app.exception
    assert any("Only a SELECT" in one.value for one in app.warning)


def test_a_view_is_saved_under_a_name_and_removed(
    open_page: OpenPage, releases: dict[str, Path], tmp_path: Path
) -> None:
    releases["own"] = Path(shutil.copytree(releases["sample"], tmp_path / "own"))
    app = open_page("own", "explore", indicator="attendance_rate", by="region")
    app.text_input[0].set_value("Who comes, by region")
    press(app, "Save")
    assert not app.exception
    links = [link.proto for link in app.get("page_link")]
    (saved,) = [link for link in links if link.label == "Who comes, by region"]
    assert "indicator=attendance_rate" in saved.query_string
    assert "by=Region" in saved.query_string
    press(app, "Remove")
    assert "No view has been saved yet." in read_words(app)


def test_a_cited_figure_opens_as_it_was_and_says_what_has_changed_and_why(
    open_page: OpenPage, releases: dict[str, Path], tmp_path: Path
) -> None:
    data = tmp_path / "own"
    raw = write_programme(tmp_path / "raw")
    load_paths([raw], data)
    cited = current_id(data)
    assert cited is not None
    members = raw / "members.csv"
    lines = members.read_text(encoding="utf-8").splitlines()
    members.write_text("\n".join(lines[:-2]) + "\n", encoding="utf-8")
    load_paths([raw], data)
    releases["own"] = data
    asked = {"indicator": "members", "release": cited, "version": "99"}
    words = read_words(app := open_page("own", "explore", **asked))
    assert not app.exception
    assert f"release {cited}" in words
    assert "1 of 1 row has changed since. Since then members.csv was corrected" in words
    assert "version 99" in " ".join(one.value for one in app.warning)
    assert "all time: 54 then, 53 now" in words
    app = open_page("own", "explore", indicator="members", release="20200101T000000000000Z-gone")
    assert not app.exception
    assert "not kept any more" in " ".join(one.value for one in app.warning)


def test_what_is_shown_at_first_has_data(
    open_page: OpenPage, releases: dict[str, Path], tmp_path: Path
) -> None:
    assert open_page("members_only", "explore").selectbox(key="indicator").value == "members"
    rows = [(f"m{number}", ("Wales", "London")[number % 2], "2015-01-05") for number in range(40)]
    write_table(tmp_path / "raw", "members", ("member_id", "region", "joined_on"), rows)
    load_paths([tmp_path / "raw"], tmp_path / "data")
    releases["regions"] = tmp_path / "data"
    assert open_page("regions", "who_stays").selectbox(key="attribute").value == "region"
    assert open_page("regions", "whom").selectbox(key="attribute").value == "region"
