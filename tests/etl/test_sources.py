"""Recognition by content: every layout by its own source and by no other, and no other CSV by any."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_samples import VENDOR_FILES, check_count, sample

from etl.reading.types import Options, RawFile, Refused, Sample, Source
from etl.sources import SOURCES, recognise_file, template
from etl.sources.meetings import teams, zoom
from warehouse.contracts import TABLES

VENDORS: tuple[Source, ...] = tuple(source for source in SOURCES if source is not template)
LAYOUTS = [(name, text) for name, texts in VENDOR_FILES.items() for text in texts]
PLAIN = (
    "",
    "\n\n",
    "hello",
    "id,name,urlname\n1,RLadies,albany\n",
    "1. Name,2. Email\nAda,ada@trust.example\n",
    "1. Summary\n\nA report about 2. things\n",
    "Name,Email,Join date\nAda,ada@trust.example,2015-07-14\n",
    "From,To,Fare\nEdinburgh,London,50\n",
    "Order #,Attendee,Paid\n1,Ada,5\n",
    "token,completed\naaa,Y\n",
    "RespondentID,How useful?,Why?\n1,Yes,Because\n2,No,\n",
    "RespondentID,CollectorID,How useful?\n,x,Response\n1,2,Yes\n",
    ",affSat1. I find real enjoyment in my job,affSat2. Most days\nStrongly disagree,8,17\nAgree,103,115\n",
    'section,code,question\n1,Q1,"id. submitdate, lastpage"\n',
    '"never closed,a\nb,c\n',
)
TEMPLATES = tuple(",".join(table.column_names) + "\n" for table in TABLES.values())


@pytest.mark.parametrize(("name", "text"), LAYOUTS)
def test_each_layout_is_recognised_by_its_source_alone(name: str, text: str) -> None:
    assert [source.NAME for source in VENDORS if source.recognise(sample(text, "members.csv"))] == [name]
    found = recognise_file(sample(text, "members.csv"))
    assert found is not None
    assert name == found.NAME


@pytest.mark.parametrize(("name", "text"), LAYOUTS)
def test_windows_line_ends_make_no_difference(name: str, text: str) -> None:
    found = recognise_file(sample(text.replace("\n", "\r\n")))
    assert found is not None
    assert name == found.NAME


@pytest.mark.parametrize("text", [*PLAIN, *TEMPLATES])
def test_no_export_tool_claims_another_csv(text: str) -> None:
    assert [source.NAME for source in VENDORS if source.recognise(sample(text, "teams_zoom.csv"))] == []


@pytest.mark.parametrize("text", PLAIN)
def test_an_unknown_file_has_no_source(text: str) -> None:
    assert recognise_file(sample(text)) is None


def test_template_tables_are_known() -> None:
    assert {recognise_file(sample(text)) for text in TEMPLATES} == {template}


def test_a_file_that_two_sources_claim_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teams, "recognise", lambda given: isinstance(given, Sample))
    with pytest.raises(Refused, match=f"{teams.TITLE} and a {zoom.TITLE}"):
        recognise_file(sample(VENDOR_FILES["zoom"][0]))


def test_names_and_titles_are_each_used_once() -> None:
    assert (
        len({source.NAME for source in SOURCES}) == len({source.TITLE for source in SOURCES}) == len(SOURCES)
    )


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(LAYOUTS), st.data())
def test_a_damaged_export_is_read_or_refused_and_its_lines_still_add_up(
    layout: tuple[str, str], data: st.DataObject
) -> None:
    text = layout[1]
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        taken = data.draw(st.integers(0, 30))
        text = text[:place] + data.draw(st.text('",;\t\n\r-1a(', max_size=4)) + text[place + taken :]
    for source in VENDORS:
        if source.recognise(sample(text)):
            with contextlib.suppress(Refused):
                check_count(source.read(RawFile("export.csv", Path("export.csv"), text, Options())))
