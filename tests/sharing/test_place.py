"""The page asked for before signing in: gone to afterwards, and never another server's."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from sharing.doors.place import COOKIE
from sharing.doors.staff import StaffGuard
from sharing.store.people import Person

HTML = {"accept": "text/html"}
ADA = Person("ada@example.org", "Ada", "admin")


async def show(request: Request) -> Response:
    return PlainTextResponse("page")


async def answer(request: Request) -> Response:
    response = RedirectResponse("/", 302)
    response.set_cookie("_streamlit_user", "signed", httponly=True)
    return response


def open_client(person: Person | None = None, address: str = "https://staff.example.org") -> TestClient:
    inner = Starlette(routes=[Route("/oauth2callback", answer), Route("/{path:path}", show)])
    guard = StaffGuard(inner, "oidc", lambda headers: person)
    return TestClient(guard, base_url=address, follow_redirects=False)


def test_a_stranger_is_taken_to_the_page_asked_for() -> None:
    client = open_client()
    client.get("/retention?by=Profession&period=2015", headers=HTML)
    answered = client.get("/oauth2callback?code=1")
    assert answered.headers["location"] == "/retention?by=Profession&period=2015"
    assert COOKIE not in client.cookies
    assert client.get("/oauth2callback?code=1").headers["location"] == "/"


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", HTML), ("/retention", {}), ("/_stcore/health", HTML), ("/retention?by=" + "x" * 1000, HTML)],
)
def test_only_a_page_is_kept(path: str, headers: dict[str, str]) -> None:
    client = open_client()
    client.get(path, headers=headers)
    assert COOKIE not in client.cookies


def test_nothing_is_kept_of_somebody_signed_in() -> None:
    client = open_client(ADA)
    client.get("/retention", headers=HTML)
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "wanted",
    [
        "https%3A%2F%2Fevil.example",
        "%2F%2Fevil.example",
        "%2F%5Cevil.example",
        "%2Fretention%0D%0Aset-cookie%3A%20a%3Db",
        "%2Fretention%2F..%2F%2Fevil.example",
        "evil",
    ],
)
def test_a_forged_place_leads_nowhere_else(wanted: str) -> None:
    client = open_client()
    answered = client.get("/oauth2callback", headers={"cookie": f"{COOKIE}={wanted}"})
    assert answered.headers["location"] == "/"


def test_over_https_every_cookie_is_for_https_only() -> None:
    for address, is_secure in (("https://staff.example.org", True), ("http://127.0.0.1:8501", False)):
        client = open_client(address=address)
        client.get("/retention", headers=HTML)
        answered = client.get("/oauth2callback?code=1", headers={"cookie": f"{COOKIE}=%2Fretention"})
        cookies = answered.headers.get_list("set-cookie")
        assert len(cookies) == 2
        assert [("; secure" in cookie.lower()) for cookie in cookies] == [is_secure, is_secure]
