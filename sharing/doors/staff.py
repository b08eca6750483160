"""The doors of the staff server: whoever is let in is known, and is asked for again with every frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from commands import Refusal
from settings import Identity
from sharing.doors.guard import add_headers, is_readable, is_same_origin, refuse_unreadable, relay
from sharing.doors.place import CALLBACK, is_page, remember_place, return_to_place
from sharing.store.people import Person

CLOSED_PATHS = ("/_stcore/metrics", "/_stcore/agent")
MEDIA = "/media/"
PRIVATE_FOLDERS = (MEDIA, "/_stcore/upload_file/", "/component/", "/live")
SIGN_OUT = "/auth/logout"
HEADERS = {
    "referrer-policy": "same-origin",
    "content-security-policy": "frame-ancestors 'none'; object-src 'none'; base-uri 'none'",
}
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
FindPerson = Callable[[Mapping[str, str]], Person | None]


class StaffGuard:
    """ASGI middleware: headers on every response, closed paths, and the same person and role behind every frame.

    Without an identity provider everybody is the local admin, so nothing but this machine is answered, under its own
    names, and nothing that a proxy passed on; behind a proxy that says who somebody is, nothing but that proxy's machine.
    """

    def __init__(
        self,
        app: ASGIApp,
        identity: Identity,
        find_person: FindPerson,
        end_session: Callable[[str], None] = lambda session: None,
        is_made_for: Callable[[str, Person], bool] = lambda path, person: True,
    ) -> None:
        self._app = app
        self._identity = identity
        self._find_person = find_person
        self._end_session = end_session
        self._is_made_for = is_made_for

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if not is_readable(scope):
            await refuse_unreadable(scope, receive, add_headers(scope, send, HEADERS))
            return
        refusal = self._refuse(scope)
        if scope["type"] == "http":
            await self._serve_request(scope, receive, add_headers(scope, send, HEADERS), refusal)
        elif refusal or not is_same_origin(scope):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._serve_socket(scope, receive, send)

    def _refuse(self, scope: Scope) -> str:
        """Why a connection is not answered at all; '' where it is."""
        if self._identity == "oidc":
            return ""
        if not is_local(scope.get("server")):
            return "This server answers on this machine only: set up sign-in first (docs/deploy.md)."
        headers = Headers(scope=scope)
        if self._identity == "local" and not is_local(
            (urlsplit(f"//{headers.get('host', '')}").hostname or "", 0)
        ):
            return (
                "This server answers to the names of this machine only: open http://127.0.0.1 with its port."
            )
        if self._identity == "local" and any(name in headers for name in FORWARDED):
            return "A proxy stands before this server, but nobody signs in: set up sign-in first (docs/deploy.md)."
        return ""

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send, refusal: str) -> None:
        path = scope["path"]
        if refusal:
            await PlainTextResponse(refusal + "\n", 403)(scope, receive, send)
            return
        if path.startswith(CLOSED_PATHS):
            await PlainTextResponse("Not found\n", 404)(scope, receive, send)
            return
        if path.startswith(PRIVATE_FOLDERS) or path.endswith(SIGN_OUT):
            person = await self._ask(scope)
            if path.endswith(SIGN_OUT) and person is not None and person.session:
                await run_in_threadpool(self._end_session, person.session)
            elif not path.endswith(SIGN_OUT) and not self._may_have(path, person):
                await PlainTextResponse("Not found\n", 404)(scope, receive, send)
                return
        if self._identity == "oidc" and path == CALLBACK:
            send = return_to_place(scope, send)
        elif self._identity == "oidc" and is_page(scope) and await self._ask(scope) is None:
            send = remember_place(scope, send)
        await self._app(scope, receive, send)

    def _may_have(self, path: str, person: Person | None) -> bool:
        """Whether somebody may have what lies in a private folder: with a role, and a file only of that role."""
        if person is None or person.role is None:
            return False
        return not path.startswith(MEDIA) or self._is_made_for(path, person)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        entered = await self._ask(scope)

        async def is_same() -> bool:
            return await self._ask(scope) == entered

        await relay(self._app, scope, receive, send, is_same)

    async def _ask(self, scope: Scope) -> Person | None:
        """Nobody where the table of roles cannot be read."""
        try:
            return await run_in_threadpool(self._find_person, Headers(scope=scope))
        except Refusal:
            return None


def check_address(identity: Identity, address: str) -> None:
    """Raises ValueError where a server that asks nobody to sign in would be reached from elsewhere."""
    if identity != "oidc" and not is_local((address, 0)):
        how = "nobody signs in" if identity == "local" else "a proxy says who somebody is"
        raise ValueError(
            f"The server would answer on {address}, but {how}: keep server.address at 127.0.0.1, or set up OpenID "
            "Connect (docs/deploy.md)."
        )


def is_local(end: tuple[str, int | None] | None) -> bool:
    """Whether one end of a connection is this machine: a loopback address, or a unix socket, which has no port."""
    if end is None or end[1] is None:
        return True
    try:
        return ip_address(end[0]).is_loopback
    except ValueError:
        return end[0] == "localhost"
