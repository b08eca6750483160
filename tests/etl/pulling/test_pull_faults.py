"""Whatever a tool answers: the release and the earlier file stay, the status has one sentence, and no token is anywhere."""

from __future__ import annotations

import base64
import json
import logging
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.pulling import qualtrics, web
from etl.pulling.configured import read_pulls
from etl.pulling.rounds import FETCHES
from etl.pulling.status import read_statuses
from etl.pulling.web import Unanswered
from tests.etl.pulling.answered import LIME, attend, make_tool
from tests.etl.pulling.conftest import KINDS, TOKEN, Write, write_source
from tests.etl.pulling.served import Answer, Asked, Served, Tool, say, speak_qualtrics
from tests.fault.damaging import is_sentence, read_all

Start = Callable[[Tool], Served]
HTML = b"<html><body>Please sign in</body></html>"
FAULTS: dict[str, tuple[list[Answer], str]] = {
    "401": ([say({}, 401)], "does not know the token (401)"),
    "403": ([say({}, 403)], "does not let this token read it (403)"),
    "404": ([say({}, 404)], "has nothing of this id (404)"),
    "400": ([say({}, 400)], "refuses the question (400)"),
    "500": ([say({}, 500)], "is out of order (500)"),
    "503 for good": ([say({}, 503)] * 5, "is out of order (503)"),
    "429 for good": ([Answer(status=429, headers={"Retry-After": "1"})] * 5, "is asked too often (429)"),
    "a Retry-After that is none": (
        [Answer(status=429, headers={"Retry-After": "soon"})],
        "not HTTP as it should be",
    ),
    "half an answer": (
        [Answer(b'{"result": "' + b"x" * 5_000, is_cut=True)],
        "broke off in the middle of its answer",
    ),
    "no answer": ([Answer(is_silent=True)] * 5, "does not answer, or not in time"),
    "a page in place of JSON": ([Answer(HTML)], ""),
    "nothing": ([Answer()], ""),
    "a tower of lists": ([Answer(b"[" * 200_000)], ""),
    "a list": ([say([1, 2])], ""),
    "another object": ([say({"id": 1, "result": {"status": "odd"}, "pagination": [], "meetings": 3})], ""),
    "a value of another kind": (
        [say({"result": {"progressId": None}, "attendees": {}, "access_token": 5})],
        "",
    ),
}


def pull(data: Path) -> int:
    return main(["pull", "--data", str(data)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_sentence_and_changes_nothing_but_the_status(
    data: Path,
    start: Start,
    configure: Write,
    waits: list[float],
    capsys: pytest.CaptureFixture[str],
    kind: str,
    fault: str,
) -> None:
    served = start(make_tool(kind))
    served.first, words = list(FAULTS[fault][0]), FAULTS[fault][1]
    configure(write_source(kind, served.address))
    before = read_all(data)
    assert pull(data) == 1
    said = capsys.readouterr().err
    assert is_sentence(said), said
    assert said.startswith(f"{kind}: ")
    assert words in said
    assert read_all(data) == before
    status = read_statuses(data / "state")[kind]
    assert (status.error, status.rows) == (said.rstrip("\n"), None)
    assert not list((data / "state").glob("load-*"))
    assert len(waits) <= 8


@pytest.mark.parametrize("kind", ["limesurvey", "qualtrics", "eventbrite", "zoom"])
def test_a_tool_that_is_busy_is_waited_for_as_long_as_it_says(
    data: Path, start: Start, configure: Write, waits: list[float], kind: str
) -> None:
    served = start(make_tool(kind))
    served.first = [
        Answer(status=429, headers={"Retry-After": "7"}),
        Answer(status=503, headers={"Retry-After": "99999"}),
        Answer(status=502),
    ]
    configure(write_source(kind, served.address))
    assert FETCHES[kind](read_pulls(data)[0], TOKEN)
    assert waits[:3] == [7, 120, 4.0], "as it says, at most two minutes, and by itself where it says nothing"


def test_what_was_pulled_before_stays_when_the_next_pull_fails(
    data: Path,
    start: Start,
    configure: Write,
) -> None:
    served = start(make_tool("limesurvey"))
    configure(write_source("limesurvey", served.address))
    assert pull(data) == 0
    before = read_all(data)
    served.tool = lambda asked: say({}, 500)
    assert pull(data) == 1
    assert read_all(data) == before
    status = read_statuses(data / "state")["limesurvey"]
    assert status.rows == 2
    assert status.error
    served.tool = make_tool("limesurvey")
    assert pull(data) == 0
    assert read_statuses(data / "state")["limesurvey"].error == ""


def test_an_export_that_fails_or_never_completes_is_given_up(
    data: Path,
    start: Start,
    configure: Write,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(qualtrics, "MOST_LOOKS", 15)
    served = start(speak_qualtrics("", TOKEN, looks=17))
    configure(write_source("qualtrics", served.address))
    assert pull(data) == 1
    assert "did not complete the export in 1 minutes" in capsys.readouterr().err
    served.tool = speak_qualtrics("", TOKEN, end="failed")
    assert pull(data) == 1
    assert "could not make the export" in capsys.readouterr().err


def test_a_tool_that_hangs_is_given_up(
    data: Path,
    start: Start,
    configure: Write,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(web, "READ_SECONDS", 0.05)
    end = threading.Event()

    def hang(asked: Asked) -> Answer:
        end.wait()
        return Answer(is_silent=True)

    served = start(hang)
    configure(write_source("eventbrite", served.address))
    try:
        assert pull(data) == 1
    finally:
        end.set()
    assert "does not answer, or not in time" in capsys.readouterr().err


@pytest.mark.parametrize(
    "target", ["http://[x", "http://127.0.0.1:99999/", "//elsewhere.invalid/", "ftp://127.0.0.1/"]
)
def test_a_redirect_to_anything_else_is_not_followed(
    data: Path, start: Start, configure: Write, capsys: pytest.CaptureFixture[str], target: str
) -> None:
    served = start(lambda asked: Answer(status=307, headers={"Location": target}))
    configure(write_source("eventbrite", served.address))
    assert pull(data) == 1
    assert "sends on to another address" in capsys.readouterr().err


def test_half_a_character_in_a_name_is_kept_as_its_number(data: Path, start: Start, configure: Write) -> None:
    served = start(
        make_tool("eventbrite", attendees=[attend(1, "Ann \ud800ble", "ann@able.example", "Attending")])
    )
    configure(write_source("eventbrite", served.address))
    assert pull(data) == 0
    assert any(b"\\ud800ble" in path.read_bytes() for path in (data / "state" / "staged").iterdir())


def test_pages_that_never_end_are_given_up(
    data: Path, start: Start, configure: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    again = {"pagination": {"has_more_items": True, "continuation": "same"}, "attendees": []}
    served = start(lambda asked: say(again))
    configure(write_source("eventbrite", served.address))
    assert pull(data) == 1
    assert "the pages of Eventbrite never end" in capsys.readouterr().err
    assert len(served.asked) == 2


@pytest.mark.parametrize("part", ["a survey cut in a line", "a zip that is cut", "no survey"])
def test_an_export_that_is_no_whole_file_is_not_loaded(
    data: Path,
    start: Start,
    configure: Write,
    capsys: pytest.CaptureFixture[str],
    part: str,
) -> None:
    kind = "qualtrics" if "zip" in part else "limesurvey"
    served = start(make_tool(kind))
    configure(write_source(kind, served.address))
    assert pull(data) == 0
    capsys.readouterr()
    before, whole = read_all(data), make_tool(kind)

    def tool(asked: Asked) -> Answer:
        answer = whole(asked)
        if asked.path.endswith("/file"):
            return Answer(answer.body[:-40])
        if b"export_responses" in asked.body:
            cut = LIME[: LIME.rindex('ple"')] if "line" in part else "Sorry, no such thing"
            return say({**json.loads(answer.body), "result": base64.b64encode(cut.encode()).decode()})
        return answer

    served.tool = tool
    assert pull(data) == 1
    assert is_sentence(capsys.readouterr().err)
    assert read_all(data) == before


@pytest.mark.parametrize(("kind", "status"), [*((kind, 307) for kind in KINDS), ("eventbrite", 302)])
def test_no_token_follows_a_redirect_to_another_host(
    data: Path, start: Start, configure: Write, kind: str, status: int
) -> None:
    other, served = start(make_tool(kind)), start(make_tool(kind))
    own = served.tool
    served.tool = lambda asked: Answer(status=status, headers={"Location": f"{other.address}{asked.path}"})
    configure(write_source(kind, served.address))
    (found,) = read_pulls(data)
    with pytest.raises(Unanswered, match="sends on to another address, which is not followed"):
        FETCHES[kind](found, TOKEN)
    assert other.asked == []
    assert served.asked, "control: it was asked"
    moved: list[str] = []

    def move_once(asked: Asked) -> Answer:
        if moved:
            return own(asked)
        moved.append(asked.path)
        return Answer(status=status, headers={"Location": asked.path})

    served.tool = move_once
    assert FETCHES[kind](found, TOKEN), "control: on the same host it is followed"


def test_neither_a_netrc_nor_a_proxy_of_the_environment_gets_between(
    data: Path, start: Start, configure: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n", encoding="ascii")
    monkeypatch.setenv("NETRC", str(netrc))
    proxy = start(make_tool("eventbrite"))
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    monkeypatch.setenv("http_proxy", proxy.address)
    served = start(make_tool("eventbrite"))
    configure(write_source("eventbrite", served.address))
    assert pull(data) == 0


def find_token(folder: Path, needle: str) -> list[str]:
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and (needle.encode() in path.read_bytes() or needle in path.name)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_is_in_no_file_log_line_message_or_traceback(
    data: Path,
    start: Start,
    configure: Write,
    waits: list[float],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    kind: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(logging.DEBUG)
    served = start(make_tool(kind))
    configure(write_source(kind, served.address))
    assert pull(data) == 0
    sent = str([(asked.headers, asked.body) for asked in served.asked])
    assert TOKEN in sent or kind == "zoom", "control: it was sent"
    told = []
    for fault in (
        lambda asked: say(
            {"error": TOKEN, "status": TOKEN, "result": {"status": f"No such user {TOKEN}"}}, 401
        ),
        lambda asked: say(
            {"id": asked.read()["id"] if asked.body[:1] == b"{" else 1, "error": TOKEN, "result": None}
        ),
        lambda asked: Answer(is_silent=True),
        lambda asked: Answer(status=307, headers={"Location": f"http://{TOKEN}.invalid/{TOKEN}"}),
    ):
        served.tool = fault
        assert pull(data) == 1
        with pytest.raises(Exception, match=kind) as caught:
            FETCHES[kind](read_pulls(data)[0], TOKEN)
        told.append("".join(traceback.format_exception(caught.value)))
    said = capsys.readouterr()
    for secret in (TOKEN, "the-hour-token", "the-session-key"):
        assert find_token(data, secret) == []
        assert secret not in "".join((said.out, said.err, caplog.text, *told))
    planted = data / "state" / "planted"
    planted.write_bytes(b"\x00" + TOKEN.encode() + b"\x00")
    assert find_token(data, TOKEN) == [str(planted)], "control: the search finds it"
