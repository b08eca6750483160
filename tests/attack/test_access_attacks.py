"""Numbered attacks on access (the list of the access rules), against a real staff server in which people sign in.

The funder server's part of 19, 22, 23, 24 and 29 is in `test_link_attacks.py`.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.util import calc_hash
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.exceptions import ConnectionClosed, InvalidStatus

from etl.load import load_paths
from sharing.doors.guard import ENDED
from sharing.store.people import open_people
from tests.app.small_programme import write_programme
from tests.attack.staff_viewer import ask_page, get, look, open_socket, read_messages
from tests.browser.provider import StaffServer, serve_staff
from ui.shell.refresh import LIVE

ANN = {"email": "ann@example.org", "email_verified": True, "name": "Ann"}
EVALUATOR = {**ANN, "roles": ["evaluator"]}
LEAD = {"email": "lea@example.org", "email_verified": True, "name": "Lea", "roles": ["lead"]}
ADMIN = {"email": "ada@example.org", "email_verified": True, "name": "Ada", "roles": ["admin"]}
DOOR, INSIDE, ADMINISTRATOR = "Sign in", "Find an indicator", "Ada, administrator"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("staff")
    load_paths([write_programme(root / "raw")], root / "data")
    return root / "data"


@pytest.fixture(scope="module")
def staff(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffServer]:
    with serve_staff(data, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.mark.attack(18)
def test_attack_18_the_first_request_of_a_fresh_server_shows_no_page(
    data: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    for start in ("first", "again"):
        with serve_staff(data, tmp_path / start) as fresh:
            text = look(fresh)
            assert DOOR in text
            assert INSIDE not in text
            assert INSIDE in look(fresh, fresh.sign(**EVALUATOR)), "positive control: signed in it is shown"
    record_property("tries", 2)


@pytest.mark.attack(20)
@pytest.mark.parametrize("name", ["share", "data-and-methods", "../../settings", ""])
def test_attack_20_a_forged_page_hash_opens_no_other_page(staff: StaffServer, name: str) -> None:
    frame = ask_page(page_hash=calc_hash(name) if name else "0" * 32)
    text = look(staff, frame=frame)
    assert DOOR in text
    assert INSIDE not in text
    inside = look(staff, staff.sign(**EVALUATOR), frame)
    assert "A new link" not in inside
    assert DOOR not in inside, "positive control: the same frame of somebody signed in opens a page of theirs"


@pytest.mark.attack(21)
def test_attack_21_the_fragment_of_another_session_gives_nothing(staff: StaffServer) -> None:
    async def run() -> tuple[set[str], str, str]:
        async with open_socket(staff, staff.sign(**EVALUATOR)) as own, open_socket(staff) as stranger:
            await own.send(ask_page("attitude"))
            fragments = {
                message.delta.fragment_id for message in await read_messages(own) if message.delta.fragment_id
            }
            await stranger.send(ask_page("attitude"))
            await read_messages(stranger)
            stolen = sorted(fragments)[0]
            await stranger.send(ask_page("attitude", fragment=stolen))
            await stranger.send(ask_page("attitude"))
            theirs = "\n".join(str(message) for message in await read_messages(stranger))
            await own.send(ask_page("attitude", fragment=stolen))
            mine = "\n".join(str(message) for message in await read_messages(own))
            return fragments, theirs, mine

    fragments, theirs, mine = asyncio.run(run())
    assert fragments
    assert "delta {" in mine, "positive control: its own session gets the fragment"
    assert "plotly" not in theirs
    assert "Attitude" not in theirs


@pytest.mark.attack(22)
def test_attack_22_a_session_id_resumes_nothing(staff: StaffServer) -> None:
    async def run() -> tuple[str, str, str]:
        async with open_socket(staff, staff.sign(**EVALUATOR)) as own:
            await own.send(ask_page("data-and-methods"))
            mine = [m for m in await read_messages(own) if m.WhichOneof("type") == "new_session"]
            session = mine[0].new_session.initialize.session_id
            async with open_socket(staff, protocols=("streamlit", "x", session)) as stranger:
                await stranger.send(ask_page("data-and-methods"))
                messages = await read_messages(stranger)
                theirs = [m for m in messages if m.WhichOneof("type") == "new_session"]
                return session, theirs[0].new_session.initialize.session_id, "\n".join(map(str, messages))

    session, theirs, text = asyncio.run(run())
    assert session
    assert theirs
    assert theirs != session
    assert INSIDE not in text
    assert DOOR in text


@pytest.mark.attack(23)
def test_attack_23_a_socket_without_a_cookie_shows_the_door_only(staff: StaffServer) -> None:
    for cookie in ("", "_streamlit_user=forged", "_streamlit_user=" + secrets.token_urlsafe(64)):
        text = look(staff, cookie)
        assert DOOR in text
        assert INSIDE not in text
    other = StaffServer(staff.port, staff.data, staff.log, secrets.token_urlsafe(32))
    assert INSIDE not in look(staff, other.sign(**ADMIN)), "signed with another secret"
    assert INSIDE not in look(staff, staff.sign(**{**ADMIN, "iat": 1_400_000_000})), "signed in years ago"
    assert INSIDE in look(staff, staff.sign(**ADMIN)), "positive control"


@pytest.mark.attack(24)
def test_attack_24_a_foreign_page_cannot_open_a_socket(staff: StaffServer) -> None:
    async def run(origin: str) -> int:
        try:
            async with open_socket(staff, staff.sign(**EVALUATOR), Origin=origin):
                return 101
        except InvalidStatus as refusal:
            return refusal.response.status_code

    for origin in ("https://evil.example", "http://localhost:9999", f"http://localhost:{staff.port}", "null"):
        assert asyncio.run(run(origin)) == 403, origin
    assert asyncio.run(run(staff.address)) == 101, "positive control"


@pytest.mark.attack(25)
def test_attack_25_an_identity_header_is_believed_of_a_proxy_only(
    staff: StaffServer, data: Path, tmp_path: Path
) -> None:
    open_people(data).grant("boss@example.org", "admin")
    headers = {"X-Forwarded-Email": "boss@example.org", "X-User": "boss@example.org", "Roles": "admin"}
    text = look(staff, **headers)
    assert DOOR in text
    assert INSIDE not in text
    with serve_staff(data, tmp_path, IDENTITY="proxy") as behind_proxy:
        assert INSIDE in look(behind_proxy, **headers), "positive control: in proxy mode it counts"
        assert INSIDE in look(behind_proxy, **headers, **{"X-Forwarded-For": "203.0.113.9"}), (
            "as proxies send it"
        )
        assert INSIDE not in look(behind_proxy)
    with serve_staff(data, tmp_path, IDENTITY="local") as local:
        status, said = get(local, "/", **{"X-Forwarded-For": "203.0.113.9"})
        assert (status, "set up sign-in first" in said) == (403, True)
        assert get(local, "/", Host="evil.example")[0] == 403, "a name that was bent to this machine"
        assert get(local, "/")[0] == 200, "positive control"


@pytest.mark.attack(26)
@pytest.mark.parametrize("change", ["demoted", "withdrawn", "signed out"])
def test_attack_26_the_next_frame_of_somebody_demoted_is_refused(staff: StaffServer, change: str) -> None:
    email = f"{change.replace(' ', '-')}@example.org"
    people = open_people(staff.data)
    people.grant(email, "evaluator")
    cookie = staff.sign(email=email, email_verified=True, name=change)

    async def run() -> tuple[str, int | None]:
        async with open_socket(staff, cookie) as stream:
            await stream.send(ask_page("data-and-methods"))
            first = "\n".join(str(message) for message in await read_messages(stream))
            await stream.send(ask_page("data-and-methods"))
            await read_messages(stream)
            if change == "demoted":
                people.grant(email, "lead")
            elif change == "withdrawn":
                people.withdraw(email)
            else:
                get(staff, "/auth/logout", cookie=cookie)
            with suppress(ConnectionClosed):
                await stream.send(ask_page("data-and-methods"))
                await read_messages(stream)
                return first, None
            return first, stream.close_code

    first, code = asyncio.run(run())
    assert INSIDE in first, "positive control: before it was shown, and so was the second frame"
    assert code == ENDED
    again = look(staff, cookie)
    assert (INSIDE in again) == (change == "demoted")
    people.close()


@pytest.mark.attack(27)
def test_attack_27_a_forged_widget_value_falls_back_to_the_default(
    staff: StaffServer, record_property: Callable[[str, object], None]
) -> None:
    cookie = staff.sign(**LEAD)
    tries = ("One person only", "' OR 1=1 --", "../../etc/passwd", "x" * 5000)

    async def run() -> tuple[list[str], list[str]]:
        async with open_socket(staff, cookie) as stream:
            await stream.send(ask_page("whom"))
            messages = await read_messages(stream)
            boxes = [
                message.delta.new_element.selectbox
                for message in messages
                if message.delta.new_element.WhichOneof("type") == "selectbox"
            ]
            (cohort,) = [box for box in boxes if box.label == "Cohort"]
            answers = []
            for value in (*tries, cohort.options[1]):
                await stream.send(ask_page("whom", widgets={cohort.id: value}))
                answers.append("\n".join(str(message) for message in await read_messages(stream)))
            return list(cohort.options), answers

    options, answers = asyncio.run(run())
    record_property("tries", len(tries))
    for answer in answers[:-1]:
        assert "only " + options[1] not in answer
        assert "exception {" not in answer
    assert "only " + options[1] in answers[-1], "positive control: a value that is offered filters"


@pytest.mark.attack(28)
def test_attack_28_a_state_key_that_is_no_widget_is_ignored(
    staff: StaffServer, record_property: Callable[[str, object], None]
) -> None:
    """Some end the run of whoever sends them with a fault; none changes role or release."""
    forged = ("scope", "release_id", "$$ID-0-role", "period", "role")
    record_property("tries", len(forged))

    async def run(cookie: str, key: str) -> tuple[str, str]:
        async with open_socket(staff, cookie) as stream:
            await stream.send(ask_page("data-and-methods", widgets={key: "admin"}))
            first = "\n".join(str(message) for message in await read_messages(stream))
            await stream.send(ask_page("data-and-methods"))
            return first, "\n".join(str(message) for message in await read_messages(stream))

    for key in forged:
        for text in asyncio.run(run(staff.sign(**LEAD), key)):
            assert "Lea, programme lead" in text or "exception {" in text
            assert ADMINISTRATOR not in text
            assert "KeyError" not in text
    assert INSIDE in look(staff, staff.sign(**LEAD))
    assert ADMINISTRATOR in look(staff, staff.sign(**ADMIN)), "positive control"


@pytest.mark.attack(29)
@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent"])
def test_attack_29_metrics_and_agent_are_closed_to_staff_too(staff: StaffServer, path: str) -> None:
    for cookie in ("", staff.sign(**ADMIN)):
        assert get(staff, path, cookie=cookie)[0] == 404
    assert get(staff, "/_stcore/health")[0] == 200, "positive control"


@pytest.mark.attack(30)
def test_attack_30_a_file_of_somebody_else_needs_somebody_with_the_same_role(
    staff: StaffServer, record_property: Callable[[str, object], None]
) -> None:
    nobody = staff.sign(email="eve@example.org", email_verified=True, name="Eve")
    strangers = ("", nobody, "_streamlit_user=forged", staff.sign(**LEAD), staff.sign(**ADMIN))
    record_property("tries", len(strangers))

    async def run() -> tuple[list[tuple[int, str]], tuple[int, str]]:
        async with open_socket(staff, staff.sign(**EVALUATOR)) as stream:
            await stream.send(ask_page("whom"))
            (make,) = [
                m for m in await read_messages(stream) if "take-away-make" in m.delta.new_element.button.id
            ]
            pressed = {make.delta.new_element.button.id: True}
            await stream.send(ask_page("whom", fragment=make.delta.fragment_id, widgets=pressed))
            made = [m.delta.new_element.download_button.url for m in await read_messages(stream)]
            (path,) = [url for url in made if url.startswith("/media/")]
            own = get(staff, path, cookie=staff.sign(**EVALUATOR))
            return [get(staff, path, cookie=cookie) for cookie in strangers], own

    answers, (status, text) = asyncio.run(run())
    assert answers == [(404, "Not found\n")] * len(strangers)
    assert (status, len(text) > 500) == (200, True), "positive control: whoever has that role gets the file"


@pytest.mark.attack(30)
def test_attack_30_whether_there_is_a_new_release_is_said_to_people_with_a_role(staff: StaffServer) -> None:
    nobody = staff.sign(email="eve@example.org", email_verified=True, name="Eve")
    assert [get(staff, LIVE, cookie=cookie) for cookie in ("", nobody)] == [(404, "Not found\n")] * 2
    status, text = get(staff, LIVE, cookie=staff.sign(**LEAD))
    assert (status, list(json.loads(text))) == (200, ["state", "session"]), "positive control"


@pytest.mark.attack(32)
def test_attack_32_what_is_cached_for_one_role_is_not_shown_to_another(staff: StaffServer) -> None:
    frame = ask_page("connections")
    evaluator, lead = staff.sign(**EVALUATOR), staff.sign(**LEAD)
    seen = [look(staff, cookie, frame) for cookie in (evaluator, lead, evaluator, lead)]
    hidden = [text.count("Hidden") + text.count("hidden") for text in seen]
    assert hidden[0] == hidden[2]
    assert hidden[1] == hidden[3]
    assert hidden[1] > hidden[0], "positive control: the two roles do not see the same"


@pytest.mark.attack(33)
def test_attack_33_a_flood_of_cache_clearing_does_not_stop_the_server(
    staff: StaffServer, record_property: Callable[[str, object], None]
) -> None:
    clear = BackMsg()
    clear.clear_cache = True
    floods = 300

    async def run() -> str:
        async with open_socket(staff, staff.sign(**EVALUATOR)) as stream:
            for _ in range(floods):
                await stream.send(clear.SerializeToString())
            await stream.send(ask_page("data-and-methods"))
            return "\n".join(str(message) for message in await read_messages(stream))

    assert INSIDE in asyncio.run(run())
    record_property("tries", floods)
    assert INSIDE in look(staff, staff.sign(**LEAD))
    assert get(staff, "/healthz")[0] == 200


@pytest.mark.attack(34)
@pytest.mark.parametrize(
    "path",
    [
        "/../settings.py",
        "/static/../../settings.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static/%2e%2e%2f%2e%2e%2fsettings.py",
        "/app/static/../../settings.py",
        "/app/static/..%2f..%2fdata/state/people.sqlite",
        "/media/../../data/state/people.sqlite",
        "/static/..\\..\\settings.py",
        "//etc/passwd",
    ],
)
def test_attack_34_no_path_leads_to_a_file(staff: StaffServer, path: str) -> None:
    status, text = get(staff, path, cookie=staff.sign(**ADMIN))
    assert "load_settings" not in text
    assert "SQLite format" not in text
    assert "root:" not in text
    assert status in (400, 403, 404) or "<!doctype html>" in text.lower(), (
        "no file: refused, or the empty shell"
    )
    status, text = get(staff, "/", cookie=staff.sign(**ADMIN))
    assert (status, "<!doctype html>" in text.lower()) == (200, True), "positive control"


@pytest.mark.attack(35)
def test_attack_35_a_fault_shows_no_message_path_or_row(tmp_path: Path) -> None:
    broken = tmp_path / "data"
    load_paths([write_programme(tmp_path / "raw")], broken)
    manifest = next((broken / "releases").iterdir()) / "manifest.json"
    with serve_staff(broken, tmp_path / "server") as faulty:
        assert INSIDE in look(faulty, faulty.sign(**EVALUATOR))
        manifest.write_text('{"files": [{"name": "Person One m1@example.org"', encoding="utf-8")
        texts = [look(faulty, faulty.sign(**EVALUATOR), ask_page(page)) for page in ("", "attitude")]
        log = faulty.log.read_text(encoding="utf-8")
    assert f"{manifest} is damaged" in log, "positive control: there was a fault, and the log has it"
    for text in texts:
        for leak in ("Traceback", str(tmp_path), "manifest.json", "site-packages", "JSONDecode", "m1@"):
            assert leak not in text


@pytest.mark.attack(36)
def test_attack_36_an_upload_needs_the_token_of_its_page(staff: StaffServer) -> None:
    cookie = staff.sign(**EVALUATOR)
    path = "/_stcore/upload_file/session/file"
    assert get(staff, path, method="PUT", body="x")[0] == 404, "nobody signed in"
    assert get(staff, path, cookie=cookie, method="PUT", body="x")[0] == 403
    token = generate_xsrf_token_string()
    signed = f"{cookie}; _streamlit_xsrf={token}"
    other = generate_xsrf_token_string()
    assert get(staff, path, cookie=signed, method="PUT", body="x", **{"X-Xsrftoken": other})[0] == 403
    status, _ = get(staff, path, cookie=signed, method="PUT", body="x", **{"X-Xsrftoken": token})
    assert status != 403, "positive control: with its token it is looked at"


def test_twenty_people_at_once_each_see_their_own_name(staff: StaffServer) -> None:
    people = [
        {**EVALUATOR, "email": f"p{number}@example.org", "name": f"Person{number}x"} for number in range(20)
    ]
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda one: look(staff, staff.sign(**one)), people))
    for one, text in zip(people, texts, strict=True):
        assert [other["name"] for other in people if str(other["name"]) in text] == [one["name"]]
