"""Every page in every state: it runs, says where its data come from, and never shows a traceback."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dashboard import UNFILTERED
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.show import ONE_AT_A_TIME, compute_result
from indicators.selection import Selection, list_attributes
from tests.app.page_words import OpenPage, read_tables, read_words
from ui.charts.connections.boundary import name_attribute, weigh_finding
from ui.shell.session import open_engine
from warehouse.release import current_id

PAGES = {
    "this_week": "This week",
    "story": "The story",
    "whom": "Who do we hear from?",
    "attitude": "Attitude",
    "engagement": "Engagement",
    "connections": "Connections",
    "who_stays": "Who stays?",
    "explore": "Explore",
    "data_and_methods": "Data and methods",
}
STATES = ("sample", "one_wave", "no_ties", "one_member", "members_only")


@pytest.mark.parametrize("page_name", PAGES)
@pytest.mark.parametrize("state", STATES)
def test_a_page_runs_in_every_state(
    state: str, page_name: str, open_page: OpenPage, releases: dict[str, Path]
) -> None:
    app = open_page(state, page_name)
    assert not app.exception
    assert [title.value for title in app.title] == [PAGES[page_name]]
    assert f"release {current_id(releases[state])}" in read_words(app)


@pytest.mark.parametrize("page_name", PAGES)
def test_without_a_release_a_page_says_what_to_do(page_name: str, open_page: OpenPage) -> None:
    app = open_page("empty", page_name)
    assert not app.exception
    assert [title.value for title in app.title] == ["No data yet"]
    assert "python -m etl load PATH" in read_words(app)
    assert [button.label for button in app.button if button.key == "upload-check"] == ["Check"]


@pytest.mark.parametrize("page_name", PAGES)
def test_a_value_in_the_url_that_is_not_offered_counts_as_all(page_name: str, open_page: OpenPage) -> None:
    app = open_page(
        "sample", page_name, cohort="Nobody's intake", period="1066-Q4", region="'; DROP TABLE members; --"
    )
    assert not app.exception
    assert {app.selectbox(key=name).value for name in ("cohort", "period", "region")} == {"All"}
    assert "only" not in [word for caption in app.caption[:1] for word in str(caption.value).split()]


@pytest.mark.parametrize("page_name", [page for page in PAGES if page.replace("_", "-") not in UNFILTERED])
def test_filters_in_the_url_reach_every_page(page_name: str, open_page: OpenPage) -> None:
    app = open_page("sample", page_name, cohort="First intake", region="Wales")
    assert not app.exception
    assert app.selectbox(key="cohort").value == "First intake"
    assert "only First intake, Wales" in read_words(app)


def test_a_filter_in_the_url_that_there_is_not_is_said_and_not_shown_as_it_was_written(
    open_page: OpenPage,
) -> None:
    said = "The address asks for a region that this release does not have: all are shown."
    app = open_page("sample", "attitude", region="<b>Atlantis</b>")
    assert not app.exception
    (warning,) = [one.value for one in app.warning]
    assert warning.startswith(said)
    assert "Atlantis" not in warning
    assert app.selectbox(key="region").value == "All"
    assert not open_page("sample", "attitude", region="Wales").warning


@pytest.mark.parametrize("page_name", PAGES)
def test_a_lead_sees_the_programme_s_records_as_they_are(
    page_name: str, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    app = open_page("one_member", page_name)
    assert not app.exception
    if page_name == "this_week":
        assert "Members 1" in read_words(app)
    assert {"period", "profession"} <= {box.key for box in app.selectbox}


def test_a_lead_is_shown_answers_by_one_attribute_at_a_time(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    one = read_words(open_page("sample", "attitude", region="Wales"))
    app = open_page("sample", "attitude", cohort="First intake", region="Wales")
    assert not app.exception
    assert one.count(ONE_AT_A_TIME) == 1, "under one filter only what is broken down further is hidden"
    assert read_words(app).count(ONE_AT_A_TIME) > 1


@pytest.mark.parametrize("page_name", ["attitude", "connections"])
def test_what_is_missing_names_what_to_load(page_name: str, open_page: OpenPage) -> None:
    words = read_words(open_page("members_only", page_name))
    assert {"attitude": "answers", "connections": "ties.csv"}[page_name] in words
    assert "No module" not in words


def test_a_release_that_cannot_be_opened_says_what_to_do(
    open_page: OpenPage, releases: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "releases" / "broken"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"zone": "Europe/London", "attributes": []}')
    (folder / "evaluation.duckdb").write_bytes(b"not a database")
    (tmp_path / "CURRENT").write_text("broken")
    releases["broken"] = tmp_path
    app = open_page("broken")
    assert not app.exception
    assert [title.value for title in app.title] == ["This release cannot be opened"]
    assert "python -m etl rollback ID" in read_words(app)
    assert str(tmp_path) not in read_words(app)


def test_the_map_is_made_when_it_is_asked_for_and_shows_whom_somebody_looks_for(open_page: OpenPage) -> None:
    app = open_page("sample", "connections")
    assert not [one for one in app.get("plotly_chart") if "network-map" in str(one.proto.id)]
    app = open_page("sample", "connections", more="the map")
    assert not app.exception
    (chart,) = [one for one in app.get("plotly_chart") if "network-map" in str(one.proto.id)]
    assert {trace["type"] for trace in json.loads(chart.proto.spec)["data"]} == {"scattergl"}
    member = app.selectbox(key="look").options[-1]
    app.selectbox(key="look").set_value(member).run()
    assert not app.exception
    assert f"{member} has" in read_words(app)


def test_a_lead_is_shown_groups_in_place_of_the_map_and_a_dash_for_what_is_hidden(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    app = open_page("sample", "connections", more="The map")
    assert not app.exception
    words = read_words(app)
    assert "it is for evaluators" in words
    assert not [one for one in app.get("plotly_chart") if "network-map" in str(one.proto.id)]
    assert "this is for evaluators, because it tells of single members" in words
    # Where every group is hidden that is said, and is not a group without a name.
    hidden = open_page("sample", "connections", more="The map", colour="organisation")
    tables = read_tables(hidden)
    assert not [table for table in tables if (table.astype(str) == "nan").any(axis=None)]


def test_connections_opens_on_the_boundary_with_the_strongest_finding(open_page: OpenPage) -> None:
    app = open_page("sample", "connections")
    engine = open_engine(current_id(Path(os.environ["EVALUATION_DATA"])))
    crossings = [
        compute_result(
            engine, find_indicator(engine, f"mixing_cross_{name}"), Selection(), SCOPES["evaluator"]
        )
        for name in list_attributes(engine)
    ]
    strongest = max(crossings, key=weigh_finding)
    assert app.selectbox(key="attribute").value == name_attribute(strongest)
    chosen = open_page("sample", "connections", attribute="Region")
    assert chosen.selectbox(key="attribute").value == "region"
    assert "across region" in read_words(chosen)


def test_more_on_this_is_made_when_its_topic_is_chosen_and_an_address_may_name_it(
    open_page: OpenPage,
) -> None:
    app = open_page("sample", "whom")
    title = "Response rate with partial answers (RR2)"
    assert title not in read_words(app)
    app.pills(key="more").set_value("With partial answers").run()
    assert not app.exception
    assert title in read_words(app)
    assert title in read_words(open_page("sample", "whom", more="with PARTIAL answers"))
    (warning,) = [str(one.value) for one in open_page("sample", "whom", more="<b>Atlantis</b>").warning]
    assert "asks for a topic that this release does not have: none is shown" in warning
