"""Data and methods: every file, every quarantined line, every indicator."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.load import load_paths
from indicators.catalogue import list_indicators
from indicators.gate.disclosure import SCOPES
from tests.app.page_words import OpenPage, read_html, read_tables, read_words
from tests.app.small_programme import write_programme, write_table
from ui.blocks.methods import NOT_SHOWN


@pytest.fixture
def with_quarantine(tmp_path: Path, releases: dict[str, Path]) -> None:
    """A release in which one of two activity rows names nobody."""
    raw = write_programme(tmp_path / "raw")
    rows = [("m1", "2015-11-17T09:00:00Z", "post"), ("nobody", "2015-11-17T09:00:00Z", "post")]
    write_table(raw, "activities", ("member_id", "at", "kind"), rows)
    load_paths([raw], tmp_path / "data")
    releases["with_quarantine"] = tmp_path / "data"


def test_files_reconcile_row_by_row(open_page: OpenPage) -> None:
    files = read_tables(open_page("sample", "data_and_methods"))[0]
    assert set(files["File"]) >= {"members.csv", "answers.csv", "ties.csv"}
    assert list(files["Read"]) == list(files["Loaded"] + files["Quarantined"] + files["Duplicates"])
    assert dict(zip(files["File"], files["Read"], strict=True))["members.csv"] == 60


@pytest.mark.usefixtures("with_quarantine")
def test_quarantined_lines_are_listed_with_file_line_and_reason(open_page: OpenPage) -> None:
    app = open_page("with_quarantine", "data_and_methods")
    lines = next(one for one in read_tables(app) if "Line" in one.columns).iloc[0]
    assert (lines["File"], lines["Line"], lines["Table"]) == ("activities.csv", 3, "activities")
    assert len(lines["Reason"]) > 10
    assert "Rows that could not be loaded." in read_words(app)


@pytest.mark.usefixtures("with_quarantine")
def test_a_viewer_of_aggregates_sees_reasons_but_no_lines(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    tables = [set(frame.columns) for frame in read_tables(open_page("with_quarantine", "data_and_methods"))]
    assert {"File", "Reason", "Rows"} in tables
    assert not any("Line" in columns for columns in tables)


def test_what_a_lead_is_told_of_faulty_answers_quotes_none_and_is_the_same_where_there_is_none(
    tmp_path: Path, releases: dict[str, Path], open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {}
    for name, count in (("none", 0), ("few", 1), ("many", 7)):
        raw = write_programme(tmp_path / name / "raw")
        rows = [f"w2,m{2 * n + 1},q1,my manager bullies me,\n" for n in range(count)]
        with (raw / "answers.csv").open("a", encoding="utf-8") as handle:
            handle.writelines(rows)
        load_paths([raw], tmp_path / name / "data")
        releases[name] = tmp_path / name / "data"
    assert any("bullies" in one for one in read_reasons(open_page("few", "data_and_methods"))), "control"
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    for name in ("none", "few", "many"):
        app = open_page(name, "data_and_methods")
        assert "bullies" not in read_words(app)
        told[name] = read_reasons(app)
        assert not any("bullies" in one for one in told[name])
    assert told["none"] == told["few"] == told["many"] != []


def read_reasons(app: AppTest) -> list[str]:
    """The table of reasons, a text a row."""
    frames = [frame for frame in read_tables(app) if {"Reason", "Rows"} <= set(frame.columns)]
    return frames[0].astype(str).agg(" ".join, axis=1).tolist() if frames else []


def test_a_lead_is_told_nothing_of_a_file_of_answers_that_one_more_answer_would_change(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = read_tables(open_page("sample", "data_and_methods"))[0].set_index("File")
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    told = read_tables(open_page("sample", "data_and_methods"))[0].set_index("File")
    for name in ("answers.csv", "ties.csv", "invitations.csv"):
        assert set(told.loc[name].drop("Kind")) == {NOT_SHOWN}, (
            "also in steps they would tell of the one who fills a step"
        )
    assert told.loc["members.csv", "Loaded"] == str(exact.loc["members.csv", "Loaded"]), "a record"
    assert told.loc["members.csv", "SHA-256"] == exact.loc["members.csv", "SHA-256"]


def test_every_indicator_has_its_method_on_the_page(open_page: OpenPage) -> None:
    app = open_page("sample", "data_and_methods")
    assert not app.pills(key="theme").value
    few = len(app.expander)
    titles: set[str] = set()
    for theme in app.pills(key="theme").options:
        app.pills(key="theme").set_value(theme).run()
        titles |= {expander.label.replace("\\", "") for expander in app.expander}
    assert {indicator.title for indicator in list_indicators().values()} <= titles
    assert len(app.expander) > few
    assert "Wilson, 95 %" in read_words(open_page("sample", "data_and_methods", theme="retention"))


def test_methods_are_found_by_their_words(open_page: OpenPage) -> None:
    app = open_page("sample", "data_and_methods")
    app.text_input(key="method_words").set_value("constraint burt").run()
    titles = [expander.label.replace("\\", "") for expander in app.expander]
    assert titles == ["Each check", "Each question", "Constraint (Burt)"]
    app.text_input(key="method_words").set_value("unicorn").run()
    assert "No indicator has these words" in read_words(app)


def test_the_questions_stand_in_a_table_with_a_mark_for_each_wave(open_page: OpenPage) -> None:
    app = open_page("sample", "data_and_methods")
    words = read_words(app)
    assert "2 items in 2 waves: 0 gaps, where a wave did not ask an item, and 0 clashes" in words
    assert (
        "Q is a waste of time q2 Asked; its file has no wording Asked; its file has no wording importance "
        "1 Strongly disagree to 5 Strongly agree Reversed: a high value is the less favourable"
    ) in words
    (table,) = [str(one.proto.body) for one in app.get("html") if "codebook" in one.proto.body]
    assert table.count('scope="col"') == 7
    assert table.count('scope="row"') == 2


def test_questions_are_found_by_their_words(open_page: OpenPage) -> None:
    app = open_page("sample", "data_and_methods")
    app.text_input(key="question_words").set_value("reversed waste").run()
    assert "Q is a waste of time" in read_words(app)
    assert "Q matters to my work" not in read_words(app)
    app.text_input(key="question_words").set_value("unicorn").run()
    assert "No question has these words" in read_words(app)


def test_a_release_without_a_survey_says_what_to_load(open_page: OpenPage) -> None:
    assert "No survey of this release has a question." in read_words(
        open_page("members_only", "data_and_methods")
    )


def test_of_two_surveys_one_is_chosen_and_a_wrong_one_in_the_address_is_said(
    tmp_path: Path, releases: dict[str, Path], open_page: OpenPage
) -> None:
    raw = write_programme(tmp_path / "raw")
    with (raw / "items.csv").open("a", encoding="utf-8") as handle:
        handle.write("s2,q9,<b>Tea</b> or coffee?,,text,,,,\n")
    load_paths([raw], tmp_path / "data")
    releases["two_surveys"] = tmp_path / "data"
    chosen = read_words(open_page("two_surveys", "data_and_methods", survey="S2"))
    assert "<b>Tea</b> or coffee? q9" in chosen
    assert "Q matters to my work q1" not in chosen
    wrong = open_page("two_surveys", "data_and_methods", survey="s3")
    assert ["none is shown" in one.value for one in wrong.warning] == [True]
    assert "s3" not in "".join(one.value for one in wrong.warning)


def test_a_lead_sees_what_was_asked_alike_whoever_answered(
    tmp_path: Path, releases: dict[str, Path], open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "s1,q3,Would you come again?,,likert,1,5,false,\n"
    told = {}
    for name, count in (("none", 0), ("few", 2)):
        raw = write_programme(tmp_path / name / "raw")
        with (raw / "items.csv").open("a", encoding="utf-8") as handle:
            handle.write(asked)
        with (raw / "answers.csv").open("a", encoding="utf-8") as handle:
            handle.writelines(f"w2,m{2 * n},q3,4,\n" for n in range(count))
        load_paths([raw], tmp_path / name / "data")
        releases[name] = tmp_path / name / "data"
        told[name, "evaluator"] = read_questions(open_page(name, "data_and_methods"))
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    for name in ("none", "few"):
        told[name, "lead"] = read_questions(open_page(name, "data_and_methods"))
    assert told["none", "evaluator"] != told["few", "evaluator"], "control"
    assert told["none", "lead"] == told["few", "lead"]
    assert "Would you come again? q3 In the codebook In the codebook" in told["few", "lead"]


def read_questions(app: AppTest) -> str:
    """What the page says from the heading of the questions on to that of the methods."""
    shown = [read_html(str(one.proto.body)) for one in app.get("html") if "codebook" in one.proto.body]
    return "\n".join([*(one.value for one in app.markdown if " items in " in one.value), *shown])
