"""What each tool gives is loaded as the file that a person would have exported, and a later pull takes its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.pulling.status import read_statuses
from tests.etl.pulling.answered import (
    ATTENDEES,
    LIME,
    LIME_HEADING,
    MEETINGS,
    QUALTRICS,
    attend,
    join,
    make_tool,
    meet,
)
from tests.etl.pulling.conftest import KINDS, TOKEN, Write, write_source
from tests.etl.pulling.served import (
    Served,
    Tool,
    speak_eventbrite,
    speak_limesurvey,
    speak_qualtrics,
    speak_zoom,
)
from warehouse.engine import open_connection
from warehouse.release import current_id, find_release

Start = Callable[[Tool], Served]


def pull(data: Path, *names: str) -> int:
    return main(["pull", *names, "--data", str(data)])


def query(data: Path, statement: str) -> list[tuple[object, ...]]:
    with open_connection(find_release(data).path) as connection:
        return connection.execute(statement).fetchall()


def list_answers(data: Path) -> list[tuple[object, ...]]:
    return query(data, "SELECT item_id, value FROM answers ORDER BY ALL")


def list_visits(data: Path) -> list[tuple[object, ...]]:
    return query(
        data,
        "SELECT title, registered, attended, minutes FROM attendance JOIN events USING (event_id) ORDER BY ALL",
    )


def test_limesurvey_gives_the_responses_with_their_codes(data: Path, start: Start, configure: Write) -> None:
    served = start(make_tool("limesurvey"))
    configure(write_source("limesurvey", served.address))
    assert pull(data) == 0
    assert list_answers(data) == [("Q1", 2.0), ("Q1", 5.0)]
    assert [asked.read()["method"] for asked in served.asked] == [
        "get_session_key",
        "export_responses",
        "release_session_key",
    ]


def test_qualtrics_is_looked_at_until_its_export_is_complete(
    data: Path, start: Start, configure: Write, waits: list[float]
) -> None:
    served = start(make_tool("qualtrics"))
    configure(write_source("qualtrics", served.address))
    assert pull(data) == 0
    assert list_answers(data) == [("Q1", 1.0), ("Q1", 4.0)]
    assert (waits, len(served.asked)) == ([4.0], 4)


def test_eventbrite_gives_every_page_and_nothing_that_is_not_asked_for(
    data: Path, start: Start, configure: Write
) -> None:
    served = start(make_tool("eventbrite"))
    configure(write_source("eventbrite", served.address))
    assert pull(data) == 0
    assert list_visits(data) == [
        ("Launch", False, False, None),
        ("Launch", True, False, None),
        ("Launch", True, True, None),
    ]
    assert [asked.given for asked in served.asked] == [{}, {"continuation": "2"}]
    kept = b"".join(path.read_bytes() for path in (data / "state" / "staged").iterdir())
    assert b"Checked In" in kept, "control"
    assert b"Nuts" not in kept


def test_zoom_gives_every_past_meeting_as_an_event(data: Path, start: Start, configure: Write) -> None:
    served = start(make_tool("zoom"))
    configure(write_source("zoom", served.address))
    assert pull(data) == 0
    assert list_visits(data) == [
        ("Weekly call", None, False, None),
        ("Weekly call", None, True, 20.0),
        ("Weekly call", None, True, 45.0),
        ("Weekly call", None, True, 57.0),
    ]
    starts = query(data, "SELECT starts_at::VARCHAR FROM events WHERE title = 'Weekly call' ORDER BY 1")
    assert starts == [("2015-07-06 09:00:00",), ("2015-07-13 09:00:00",)]
    assert [asked.path for asked in served.asked if "%252F" in asked.path] == [
        "/v2/report/meetings/%252FajXp112Q%252F%252FuoJ4854875%253D%253D",
        "/v2/report/meetings/%252FajXp112Q%252F%252FuoJ4854875%253D%253D/participants",
    ]


def test_zoom_webinars_are_asked_for_by_their_own_paths(data: Path, start: Start, configure: Write) -> None:
    served = start(speak_zoom(MEETINGS, TOKEN, kind="webinars"))
    configure(write_source("zoom", served.address).replace('kind = "zoom"', 'kind = "zoom-webinar"'))
    assert pull(data) == 0
    assert len(list_visits(data)) == 4


def test_a_zoom_report_that_is_gone_is_said_and_since_leaves_it_out(
    data: Path, start: Start, configure: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    joins = [join("2015-08-03", "Ann Able", "ann@able.example", 0, 10)]
    gone = {"old": ({**meet("2014-06-02"), "topic": ""}, []), "new": (meet("2015-08-03"), joins)}
    served = start(speak_zoom(gone, TOKEN))
    configure(write_source("zoom", served.address))
    before = current_id(data)
    assert pull(data) == 1
    assert "no report any more of 2014-06-02" in capsys.readouterr().err
    assert current_id(data) == before
    configure(write_source("zoom", served.address, further="since = 2014-06-03"))
    assert pull(data) == 0
    assert list_visits(data) == [("Weekly call", None, True, 10.0)]


def test_a_later_pull_takes_the_place_of_the_earlier_one(
    data: Path, start: Start, configure: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    served = start(make_tool("limesurvey"))
    configure(write_source("limesurvey", served.address))
    assert pull(data) == 0
    first = current_id(data)
    assert pull(data) == 0
    assert current_id(data) == first, "nothing has changed"
    served.tool = speak_limesurvey(LIME.replace('"5"\n', '"4"\n'), TOKEN)
    assert pull(data) == 0
    assert list_answers(data) == [("Q1", 2.0), ("Q1", 4.0)]
    served.tool = speak_limesurvey(LIME[: LIME.index('"2","2015')], TOKEN)
    capsys.readouterr()
    assert pull(data) == 0
    assert "limesurvey: 1 row; next " in (said := capsys.readouterr().out)
    assert "1 fewer than before" in said
    names = [file["name"] for file in find_release(data).manifest["files"]]
    assert names.count("limesurvey.csv") == 1
    assert read_statuses(data / "state")["limesurvey"].rows == 1


def test_a_zoom_meeting_of_one_has_no_report_and_no_rows(data: Path, start: Start, configure: Write) -> None:
    alone = ({**meet(date.today().isoformat()), "topic": ""}, [])
    served = start(speak_zoom({**MEETINGS, "alone": alone}, TOKEN))
    configure(write_source("zoom", served.address))
    assert pull(data) == 0
    assert len(list_visits(data)) == 4


@pytest.mark.parametrize("kind", ["limesurvey", "eventbrite", "zoom"])
def test_a_tool_without_anything_yet_is_no_fault_and_one_that_lost_all_is(
    data: Path, start: Start, configure: Write, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    empty = {"limesurvey": speak_limesurvey("", TOKEN), "eventbrite": speak_eventbrite((), TOKEN)}
    served = start(empty.get(kind) or speak_zoom({}, TOKEN))
    configure(write_source(kind, served.address))
    before = current_id(data)
    assert pull(data) == 0
    assert f"{kind}: no rows yet; next " in capsys.readouterr().out
    assert (current_id(data), read_statuses(data / "state")[kind].rows) == (before, 0)
    full, served.tool = served.tool, make_tool(kind)
    assert pull(data) == 0
    loaded, served.tool = current_id(data), full
    assert pull(data) == 1
    assert "gives no rows any more; what was loaded before stays." in capsys.readouterr().err
    assert (current_id(data), read_statuses(data / "state")[kind].rows > 0) == (loaded, True)


def test_surveys_with_headings_only_are_no_fault_so_that_none_tells_of_the_first_answer(
    data: Path, start: Start, configure: Write
) -> None:
    headings = QUALTRICS[: QUALTRICS.index("2015-03-10")]
    lime, qualtrics = start(speak_limesurvey(LIME_HEADING, TOKEN)), start(speak_qualtrics(headings, TOKEN))
    configure(write_source("limesurvey", lime.address), write_source("qualtrics", qualtrics.address))
    assert pull(data) == 0
    assert [one.rows for one in read_statuses(data / "state").values()] == [0, 0]


def test_all_that_are_configured_are_one_release(data: Path, start: Start, configure: Write) -> None:
    configure(*(write_source(kind, start(make_tool(kind)).address) for kind in KINDS))
    before = len(list((data / "releases").iterdir()))
    assert pull(data) == 0
    assert len(list((data / "releases").iterdir())) == before + 1
    assert {one.rows for one in read_statuses(data / "state").values()} == {2, 3, 5}


def test_one_that_is_refused_does_not_keep_the_others_from_being_loaded(
    data: Path, start: Start, configure: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    served = start(make_tool("eventbrite"))
    lacking = write_source("eventbrite", served.address, "no-event").replace('event_id = "E12"', "")
    other = start(speak_eventbrite((*ATTENDEES, attend(4, "Gus Ted", "gus@ted.example", "Attending")), TOKEN))
    configure(lacking, write_source("eventbrite", other.address))
    assert pull(data) == 1
    said = capsys.readouterr().err
    assert "no-event.csv is an Eventbrite attendee list: name the event it is of with --event." in said
    assert said.endswith(" What is an option there stands under [source.options] in pull.toml.\n")
    statuses = read_statuses(data / "state")
    assert (statuses["no-event"].rows, statuses["eventbrite"].rows, statuses["eventbrite"].error) == (
        None,
        4,
        "",
    )
    assert pull(data, "eventbrite") == 0
    assert pull(data, "another") == 1
    assert "no source called another" in capsys.readouterr().err
