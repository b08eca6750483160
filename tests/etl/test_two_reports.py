"""Two reports of meetings in one file: the people of the second are not those of the first."""

from __future__ import annotations

from types import ModuleType

import pytest
from vendor_samples import (
    TEAMS_ACTIONS,
    TEAMS_COMMA,
    TEAMS_NUMBERED,
    TEAMS_OLDER,
    TEAMS_POLISH,
    ZOOM_JOINS,
    ZOOM_LOWER,
    ZOOM_TOTALS,
    list_rows,
    read_text,
)

from etl.reading.types import Refused
from etl.sources.meetings import teams, zoom


def move(text: str) -> str:
    """The same report of a meeting two days later."""
    for day in ("14/07/15", "7/14/15", "7/14/2015", "07/14/2015", "14.07.2015", "2015-07-14"):
        text = text.replace(day, day.replace("14", "16"))
    return text


@pytest.mark.parametrize(
    ("source", "report"),
    [
        (teams, TEAMS_NUMBERED),
        (teams, TEAMS_POLISH),
        (teams, TEAMS_COMMA),
        (teams, TEAMS_OLDER),
        (teams, TEAMS_OLDER.partition("\n\n")[2]),
        (teams, TEAMS_ACTIONS),
        (zoom, ZOOM_JOINS),
    ],
    ids=["numbered", "unknown language", "commas", "older", "older without summary", "actions", "zoom joins"],
)
@pytest.mark.parametrize("gap", ["", "\n"])
def test_a_second_report_below_the_first_is_refused_by_its_line(
    source: ModuleType, report: str, gap: str
) -> None:
    line = len((report + gap).splitlines()) + 1
    with pytest.raises(Refused, match=f"has a second report, which begins in line {line}: save each report"):
        read_text(source, report + gap + move(report))


@pytest.mark.parametrize("report", [TEAMS_OLDER.partition("\n\n")[2], TEAMS_ACTIONS, ZOOM_JOINS])
def test_a_heading_that_stands_again_amid_one_meeting_begins_no_other(report: str) -> None:
    heading, _, rows = report.partition("\n")
    source = zoom if report is ZOOM_JOINS else teams
    first, _, rest = rows.partition("\n")
    reading = read_text(source, f"{heading}\n{first}\n{heading}\n{rest}")
    assert len(list_rows(reading, "events")) == 1


@pytest.mark.parametrize("report", [ZOOM_TOTALS, ZOOM_LOWER])
def test_reports_of_zoom_with_a_block_each_are_two_meetings(report: str) -> None:
    alone = list_rows(read_text(zoom, report), "attendance")
    reading = read_text(zoom, report + "\n" + move(report))
    events = [str(row["starts_at"])[:10] for row in list_rows(reading, "events")]
    assert events == ["2015-07-14", "2015-07-16"]
    came = list_rows(reading, "attendance")
    assert len(came) == 2 * len(alone)
    assert [row["person_name"] for row in came] == 2 * [row["person_name"] for row in alone]
    assert reading.rejects == read_text(zoom, report).rejects + tuple(
        reject for reject in reading.rejects if reject.line > len(report.splitlines())
    )
