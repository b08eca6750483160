"""Pulls on Data and methods: evaluators see rows and sentences, leads nothing from which they could count who answered."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.pulling.configured import FILE as PULLS
from etl.pulling.status import FILE, Status, write_statuses
from tests.app.page_words import OpenPage, read_tables, read_words
from ui.blocks.methods import NOT_SHOWN

HEADING = "Pulled from the tools themselves"
TIMES = ("2026-03-01T09:00:00+00:00", "2026-03-01T15:00:00+00:00")
WORDS = "spring: LimeSurvey refuses it: check *user* and m5@elsewhere.example."


KINDS = ("limesurvey", "qualtrics", "eventbrite", "zoom")
SOURCE = """[[source]]
name = "{0}-1"
kind = "{0}"
address = "https://tool.example"
id = "1"
user = "u"
account = "a"
token = "A_TOKEN"
"""


@pytest.fixture
def state(releases: dict[str, Path], tmp_path: Path) -> Path:
    shutil.copytree(releases["sample"], tmp_path / "data")
    (tmp_path / "data" / PULLS).write_text("".join(map(SOURCE.format, KINDS)), encoding="utf-8")
    releases["pulled"] = tmp_path / "data"
    return tmp_path / "data" / "state"


def read_pulls(app: AppTest) -> list[dict[str, object]]:
    return [row for table in read_tables(app) if "Next" in table.columns for row in table.to_dict("records")]


def test_without_a_pull_nothing_is_shown(state: Path, open_data_as: OpenPage) -> None:
    app = open_data_as("pulled", "evaluator").run()
    assert HEADING not in read_words(app)
    (state / FILE).write_text("{", encoding="utf-8")
    assert "the next pull makes it anew" in app.run().info[0].value


def test_what_is_no_more_configured_is_not_shown(state: Path, open_data_as: OpenPage) -> None:
    write_statuses(state, [Status(f"{kind}-1", kind, *TIMES, 41) for kind in KINDS])
    (state.parent / PULLS).write_text(SOURCE.format("zoom"), encoding="utf-8")
    app = open_data_as("pulled", "evaluator").run()
    assert [row["Source"] for row in read_pulls(app)] == ["zoom-1"], "positive control: what is, is shown"
    (state.parent / PULLS).unlink()
    assert read_pulls(app.run()) == []
    (state.parent / PULLS).write_text("[", encoding="utf-8")
    assert "python -m etl pull says why" in app.run().info[0].value


def test_who_sees_what_of_a_pull(state: Path, open_data_as: OpenPage) -> None:
    def keep(rows: int | None, error: str) -> None:
        write_statuses(state, [Status(f"{kind}-1", kind, *TIMES, rows, error) for kind in KINDS])

    keep(41, WORDS)
    app = open_data_as("pulled", "evaluator").run()
    rows = read_pulls(app)
    assert [(row["Source"], row["Rows"]) for row in rows] == [
        ("limesurvey-1", "41"),
        ("qualtrics-1", "41"),
        ("eventbrite-1", "41"),
        ("zoom-1", "41"),
    ]
    assert rows[0]["Last"] == "1 March 2026, 09:00 UTC"
    assert rows[0]["Next"] == "1 March 2026, 15:00 UTC"
    assert any("check \\*user\\* and" in one.value for one in app.markdown), "control: and it is no Markdown"
    seen = []
    for count, error in ((41, WORDS), (42, "another"), (None, WORDS), (42, "")):
        keep(count, error)
        app = open_data_as("pulled", "lead").run()
        rows = read_pulls(app)
        assert HEADING in read_words(app)
        assert "refuses it" not in read_words(app)
        seen.append([row for row in rows if row["Source"] in ("limesurvey-1", "qualtrics-1")])
        assert rows[0]["Rows"] == rows[0]["Error"] == NOT_SHOWN
        assert rows[2]["Error"] == ("The last pull failed; evaluators see why." if error else "")
        assert rows[2]["Rows"] == ("none yet" if count is None else f"{count}")
    assert seen[0] == seen[1] == seen[2] == seen[3], "two pulls tell a lead nothing"
