"""What a page offers to take along is exactly what it shows in this run, for the role that looks."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from indicators.gate.disclosure import SCOPES
from tests.app.page_words import OpenPage, read_charts
from ui.blocks import take_away
from ui.export import FORMATS, Format, Handout, write_csv
from ui.export.formats.mail_file import write_eml

PAGES = ("this_week", "whom", "attitude", "engagement", "connections", "who_stays")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Handout]:
    """The handouts of which files were made."""
    handouts: list[Handout] = []
    make_file = take_away._make_file

    def remember(kind: Format, handout: Handout) -> None:
        handouts.append(handout)
        make_file(kind, handout)

    monkeypatch.setattr(take_away, "_make_file", remember)
    return handouts


def press(app: Any) -> None:
    app.button(key="take-away-make").click().run()


@pytest.mark.parametrize("page", PAGES)
def test_every_chart_and_card_of_a_page_is_in_its_file(
    page: str, open_page: OpenPage, made: list[Handout]
) -> None:
    app = open_page("sample", page)
    press(app)
    assert not app.exception
    (handout,) = made
    charts = read_charts(app)
    rows = sum(str(table.proto.body).count('scope="row"') for table in app.get("html"))
    assert len(charts) <= len(handout.exhibits) <= len(charts) + len(app.metric) + rows
    headings = [chart["title"] for chart in charts]
    for exhibit in handout.exhibits:
        title = exhibit.label or exhibit.result.indicator.title
        assert title in headings or exhibit.is_single
    readings = {one.reading for one in handout.exhibits if one.reading}
    assert readings <= {chart["reading"] for chart in charts}
    assert len(app.get("download_button")) == 1


def test_what_stands_out_this_week_leaves_with_its_chart(
    releases: dict[str, Path], open_page: OpenPage, made: list[Handout], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_page("sample")
    finding = {
        "kind": "before",
        "indicator": "response_rate_rr1",
        "by": "",
        "group": "",
        "measure": "",
        "period": "a2",
        "since": "a1",
        "value": 0.5,
        "low": 0.38,
        "high": 0.62,
        "n": 60,
        "other": 1.0,
        "is_new": True,
        "told_since": "2015-11-18",
    }
    monkeypatch.setattr("ui.blocks.week.items.find_notable", lambda engine, scope: pd.DataFrame([finding]))
    app = open_page("sample")
    press(app)
    assert not app.exception
    (handout,) = made
    told = handout.exhibits[0]
    assert told.label == "Response rate (RR1) fell"
    assert "after 100 %" in told.reading
    mail = message_from_bytes(write_eml(handout), policy=default)
    (picture,) = (part for part in mail.walk() if part.get_content_type() == "image/png")
    (page,) = (part for part in mail.walk() if part.get_content_type() == "text/html")
    assert (
        f'src="cid:{picture["Content-ID"].strip("<>")}" alt="Chart of Response rate (RR1) fell.'
        in page.get_content()
    )


def test_a_page_without_results_offers_nothing(open_page: OpenPage) -> None:
    app = open_page("sample", "data_and_methods")
    assert not [button for button in app.button if button.key == "take-away-make"]
    app = open_page("sample", "whom")
    assert [button for button in app.button if button.key == "take-away-make"]


def test_filters_of_the_page_are_those_of_the_file(open_page: OpenPage, made: list[Handout]) -> None:
    app = open_page("sample", "whom", cohort="First intake")
    press(app)
    (handout,) = made
    assert handout.lead == "Only First intake."
    assert {result.selection.where for result in handout.results if not result.indicator.is_whole} == {
        (("cohort", "First intake"),)
    }


def test_a_lead_takes_along_what_a_lead_sees(
    open_page: OpenPage, made: list[Handout], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("sample", "attitude", region="Wales")
    press(app)
    assert ",hidden," not in write_csv(made[0]).decode("utf-8-sig")
    monkeypatch.setattr("ui.shell.session.find_scope", lambda: SCOPES["lead"])
    monkeypatch.setattr(take_away, "find_scope", lambda: SCOPES["lead"])
    app = open_page("sample", "attitude", region="Wales")
    press(app)
    assert not app.exception
    assert made[1].role == "lead"
    assert ",lead," in write_csv(made[1]).decode("utf-8-sig")
    assert ",hidden," in write_csv(made[1]).decode("utf-8-sig")


def test_who_may_see_less_meanwhile_gets_no_file_of_before(
    open_page: OpenPage, made: list[Handout], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("sample", "whom")
    press(app)
    assert len(made) == 1
    monkeypatch.setattr(take_away, "find_scope", lambda: SCOPES["lead"])
    press(app)
    assert len(made) == 1
    assert "What you may see has changed" in str([caption.value for caption in app.caption])


def test_every_format_is_offered() -> None:
    assert [kind.ending for kind in FORMATS] == ["pdf", "pptx", "xlsx", "csv", "sav", "eml"]
