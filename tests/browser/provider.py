"""A local OpenID provider and a staff server that signs people in with it, each on a free loopback port."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from joserfc import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from tests.browser.server import DASHBOARD, find_port
from tests.forking import Forked, start

CLIENT = "evaluation-dashboard"


@dataclass
class Provider:
    """An identity provider that takes everybody for `person`, without asking."""

    port: int
    person: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._key = jwk.RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self._codes: dict[str, str | None] = {}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def make_app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self._describe),
                Route("/auth", self._authorise),
                Route("/token", self._give_token, methods=["POST"]),
                Route("/jwks", self._list_keys),
            ]
        )

    async def _describe(self, request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/auth",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _authorise(self, request: Request) -> Response:
        code = secrets.token_hex(8)
        self._codes[code] = request.query_params.get("nonce")
        target = f"{request.query_params['redirect_uri']}?code={code}&state={request.query_params['state']}"
        return RedirectResponse(target, 302)

    async def _give_token(self, request: Request) -> Response:
        form = await request.form()
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": "u1",
            "aud": CLIENT,
            "exp": now + 3600,
            "iat": now,
            "nonce": self._codes.pop(str(form["code"])),
            **self.person,
        }
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self._key)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "id_token": token, "expires_in": 3600}
        )

    async def _list_keys(self, request: Request) -> Response:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})


@contextmanager
def run_provider() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    provider = Provider(find_port())
    server = uvicorn.Server(uvicorn.Config(provider.make_app(), port=provider.port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.05)
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join(10)


@dataclass(frozen=True)
class StaffServer:
    """A staff process in which people sign in, its data folder, its log, and the secret that signs its cookies."""

    port: int
    data: Path
    log: Path
    secret: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign(self, **claims: Any) -> str:
        """The Cookie header of somebody of whom the provider said these claims just now."""
        said = {"is_logged_in": True, "origin": self.address, "iat": int(time.time()), **claims}
        return f"{USER_COOKIE_NAME}={sign_value(self.secret, said)}"


def sign_value(secret: str, said: Mapping[str, Any]) -> str:
    return create_signed_value(secret, USER_COOKIE_NAME, json.dumps(said)).decode("latin-1")


@contextmanager
def serve_staff(
    data: Path, folder: Path, provider: str = "http://127.0.0.1:9", **more: str
) -> Iterator[StaffServer]:
    """Start the staff server over a data folder with an [auth] section; `more` goes into its environment."""
    folder.mkdir(parents=True, exist_ok=True)
    port, secret = find_port(), secrets.token_urlsafe(32)
    path, log = folder / "secrets.toml", folder / "server.log"
    path.write_text(
        f"""[auth]
redirect_uri = "http://127.0.0.1:{port}/oauth2callback"
cookie_secret = "{secret}"
client_id = "{CLIENT}"
client_secret = "local"
server_metadata_url = "{provider}/.well-known/openid-configuration"
""",
        encoding="utf-8",
    )
    environment = {**os.environ, "EVALUATION_DATA": str(data), "EVALUATION_SECRETS": str(path), **more}
    environment.pop("AUDIENCE", None)
    command = (*DASHBOARD, "--server.port", str(port), "--secrets.files", str(path))
    with log.open("wb") as output:
        process = start(command, environment, output)
    try:
        wait_until_up(process, port, log)
        yield StaffServer(port, data, log, secret)
    finally:
        process.terminate()
        process.wait(10)


def wait_until_up(process: Forked, port: int, log: Path) -> None:
    """Wait until a server answers; fails with its log when it ends before."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
                assert answer.status == 200
                return
        except OSError:
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    raise AssertionError(f"The server did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
