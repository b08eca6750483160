"""People who were not met, on Data and methods: how many, who they might be, settled there, and for evaluators alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.command.people import count_people, list_people
from etl.load import load_paths
from indicators.gate.disclosure import Role
from tests.app.page_words import OpenPage, Uploads, read_tables, read_words, wait_for
from tests.app.small_programme import write_table
from warehouse.release import find_release

Look = Callable[[Role], AppTest]
HEADING = "People who were not met"


@pytest.fixture
def data(releases: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of the sample two of whose visitors were not met, and one who was settled as a guest."""
    shutil.copytree(releases["sample"], tmp_path / "data")
    columns = ("event_id", "person_email", "person_name", "attended")
    rows = [
        ("e1", "m5@elsewhere.example", "Someone Five", "true"),
        ("e1", "m6@elsewhere.example", "Someone Six", "true"),
        ("e2", "gus@elsewhere.example", "Gus Ted", "true"),
    ]
    write_table(tmp_path / "raw", "visits", columns, rows)
    settled = [("", "gus@elsewhere.example", "Gus Ted", "guest")]
    write_table(tmp_path / "raw", "people", ("identifier", "address", "name", "is"), settled)
    load_paths([tmp_path / "raw"], tmp_path / "data")
    releases["visited"] = tmp_path / "data"
    return tmp_path / "data"


@pytest.fixture
def look(data: Path, open_data_as: OpenPage) -> Look:
    """Open the page as somebody."""
    return lambda role: open_data_as("visited", role).run()


def list_choices(app: AppTest) -> list[str]:
    return [str(box.key) for box in app.selectbox if str(box.key).startswith("people-")]


def test_an_evaluator_sees_who_and_settles_them_there(data: Path, look: Look, uploads: Uploads) -> None:
    app = look("evaluator")
    words = read_words(app)
    assert HEADING in words
    assert "People who were not met: 2 open; settled: 0 as members, 1 as guests." in words
    assert "1 guest came to events" in words
    (table,) = [frame for frame in read_tables(app) if "Could be" in frame.columns]
    assert list(table["Address"]) == ["m5@elsewhere.example", "m6@elsewhere.example"]
    first, second = list_choices(app)
    app.selectbox(key=second).set_value("guest")
    app.button(key="FormSubmitter:people-form-Check").click().run()
    wait_for(uploads)
    app.run()
    assert "What these files would change" in read_words(app)
    app.button(key="people-load").click().run()
    wait_for(uploads)
    app.run()
    release = find_release(data)
    assert f"Release {release.id} is live." in [one.value for one in app.success]
    assert release.manifest["loaded_by"] == "Local administrator"
    people = list_people(data, release)
    assert count_people(people) == (1, 0, 2)
    assert [file["name"] for file in release.manifest["files"]].count("people.csv") == 1
    assert first


def test_a_lead_sees_nothing_of_it(look: Look) -> None:
    app = look("lead")
    said = read_words(app) + "".join(str(frame.to_dict()) for frame in read_tables(app))
    control = look("evaluator")
    shown = read_words(control) + "".join(str(frame.to_dict()) for frame in read_tables(control))
    for leak in (HEADING, "elsewhere.example", "Someone Five", "people.csv", "guest came", "Guests"):
        assert leak in shown, "positive control"
        assert leak not in said, said[max(0, said.find(leak) - 200) : said.find(leak) + 60]
    assert list_choices(control)
    assert not list_choices(app)


def test_a_lead_cannot_load_a_list_that_says_who_people_are(look: Look, uploads: Uploads) -> None:
    app = look("lead")
    content = b"identifier,address,name,is\n,gus@elsewhere.example,Gus Ted,m1\n"
    app.file_uploader[0].set_value([("guess.csv", content, "text/csv")])
    app.run()
    app.button(key="upload-check").click().run()
    wait_for(uploads)
    app.run()
    assert [one.value.replace("\\", "") for one in app.error] == [
        "guess.csv says who people are: an evaluator loads it."
    ]


def test_a_release_of_before_says_what_to_do(data: Path, look: Look) -> None:
    shutil.rmtree(data / "state" / "people")
    app = look("evaluator")
    assert any("load one of its files again" in one.value for one in app.info)


def test_engagement_says_how_many_attendances_are_of_nobody_and_where_that_is_settled(
    data: Path, open_page: OpenPage
) -> None:
    app = open_page("visited", "engagement")
    assert "2 rows of attendance name somebody who was not met with a member" in read_words(app)
    assert app.get("page_link")
    assert "not met" not in read_words(open_page("sample", "engagement"))
