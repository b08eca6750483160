"""Tools on this machine: a server that speaks the documented interface of each, and keeps what it was asked."""

from __future__ import annotations

import base64
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request: `path` as it was sent, `given` its query or form."""

    method: str
    path: str
    given: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def read(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass(frozen=True)
class Answer:
    """One answer; of one that `is_cut` half the body comes, and one that `is_silent` never does."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    is_cut: bool = False
    is_silent: bool = False


Tool = Callable[[Asked], Answer]


@dataclass
class Served:
    """A running tool: its address, what it was asked, and the answers that come before its own."""

    address: str
    tool: Tool
    asked: list[Asked] = field(default_factory=list)
    first: list[Answer] = field(default_factory=list)

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.first.pop(0) if self.first else self.tool(asked)


@contextmanager
def serve(tool: Tool) -> Iterator[Served]:
    """A tool on a port of its own on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            parts = urlsplit(self.path)
            is_form = "urlencoded" in self.headers.get("Content-Type", "")
            given = dict(parse_qsl(body.decode() if is_form else parts.query))
            answer = served.answer(Asked(self.command, parts.path, given, dict(self.headers), body))
            self.close_connection = answer.is_cut or answer.is_silent
            if answer.is_silent:
                return
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) // 2] if answer.is_cut else answer.body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Served(f"http://127.0.0.1:{server.server_address[1]}", tool)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def say(found: object, status: int = 200) -> Answer:
    return Answer(json.dumps(found).encode(), status)


def speak_limesurvey(csv: str, password: str, user: str = "evaluation") -> Tool:
    """RemoteControl 2 over JSON-RPC: a session key, an export in base64, and the end of the session."""

    def tool(asked: Asked) -> Answer:
        call = asked.read()
        parameters, result = list(call["params"]), None
        match call["method"]:
            case "get_session_key":
                is_known = parameters[:2] == [user, password]
                result = "the-session-key" if is_known else {"status": "Invalid user name or password"}
            case "export_responses":
                assert parameters[0] == "the-session-key"
                assert parameters[1:7] == [123456, "csv", None, "all", "code", "short"]
                result = (
                    base64.b64encode(csv.encode()).decode()
                    if csv
                    else {"status": "No Data, could not get max id."}
                )
            case "release_session_key":
                result = "OK"
        return say({"id": call["id"], "result": result, "error": None})

    return tool


def speak_qualtrics(csv: str, token: str, looks: int = 2, end: str = "complete") -> Tool:
    """An export that is complete when it was looked at so often."""
    left = [looks]

    def tool(asked: Asked) -> Answer:
        if asked.headers.get("X-API-TOKEN") != token:
            return say({"meta": {"httpStatus": "401 - Unauthorized"}}, 401)
        base = "/API/v3/surveys/SV_1/export-responses"
        if asked.method == "POST" and asked.path == base:
            assert asked.read() == {"format": "csv"}
            return say({"result": {"progressId": "ES_1", "percentComplete": 0.0, "status": "inProgress"}})
        if asked.path == f"{base}/ES_1":
            left[0] -= 1
            if left[0] > 0:
                return say({"result": {"percentComplete": 50.0, "status": "inProgress"}})
            return say({"result": {"percentComplete": 100.0, "status": end, "fileId": "f-1"}})
        if asked.path == f"{base}/f-1/file":
            zipped = io.BytesIO()
            with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("Members' survey.csv", csv)
            return Answer(zipped.getvalue(), headers={"Content-Type": "application/zip"})
        return say({}, 404)

    return tool


def speak_eventbrite(attendees: Sequence[Mapping[str, object]], token: str, size: int = 2) -> Tool:
    """The attendees of event 77, so many a page."""

    def tool(asked: Asked) -> Answer:
        if asked.headers.get("Authorization") != f"Bearer {token}":
            return say({"error": "INVALID_AUTH", "status_code": 401}, 401)
        if asked.path != "/v3/events/77/attendees/":
            return say({"error": "NOT_FOUND", "status_code": 404}, 404)
        start = int(asked.given.get("continuation", "0"))
        has_more = start + size < len(attendees)
        paging = {"object_count": len(attendees), "page_size": size, "has_more_items": has_more}
        if has_more:
            paging["continuation"] = str(start + size)
        return say({"pagination": paging, "attendees": attendees[start : start + size]})

    return tool


def speak_zoom(
    meetings: Mapping[str, tuple[Mapping[str, object], Sequence[Mapping[str, object]]]],
    secret: str,
    kind: str = "meetings",
    size: int = 2,
) -> Tool:
    """Sign-in with account credentials, and the reports of past meetings by UUID: (details, joins), so many joins a page."""
    basic = "Basic " + base64.b64encode(f"client:{secret}".encode()).decode()

    def tool(asked: Asked) -> Answer:
        if asked.path == "/oauth/token":
            wanted = {"grant_type": "account_credentials", "account_id": "acc"}
            if asked.headers.get("Authorization") != basic or asked.given != wanted:
                return say({"reason": "Invalid client_id or client_secret", "error": "invalid_client"}, 401)
            return say({"access_token": "the-hour-token", "token_type": "bearer", "expires_in": 3599})
        if asked.headers.get("Authorization") != "Bearer the-hour-token":
            return say({"code": 124, "message": "Invalid access token."}, 401)
        if asked.path == f"/v2/past_{kind}/98/instances":
            return say(
                {
                    kind: [
                        {"uuid": one, "start_time": told["start_time"]} for one, (told, _) in meetings.items()
                    ]
                }
            )
        head, _, rest = asked.path.removeprefix(f"/v2/report/{kind}/").partition("/")
        uuid = unquote(head)
        uuid = unquote(uuid) if "%" in uuid else uuid
        if uuid not in meetings or not meetings[uuid][0].get("topic"):
            return say({"code": 3001, "message": "Meeting does not exist."}, 404)
        if not rest:
            return say(meetings[uuid][0])
        joins, start = meetings[uuid][1], int(asked.given.get("next_page_token") or 0)
        following = str(start + size) if start + size < len(joins) else ""
        return say(
            {"page_size": size, "next_page_token": following, "participants": joins[start : start + size]}
        )

    return tool
