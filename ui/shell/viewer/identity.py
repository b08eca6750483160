"""Who is looking: what proves it, and the role that this server's table or the identity provider gives.

The cookie of st.login is read by Streamlit's own functions, so that the doors and the pages believe the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import cookie_parser
from streamlit import runtime
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from indicators.gate.disclosure import Role
from settings import load_settings
from sharing.store.hashing import hash_secret
from sharing.store.people import People, Person, open_people

LOCAL = Person("", "Local administrator", "admin")
LONGEST_SESSION = 12 * 60 * 60
_ROLES: dict[str, Role] = {}


def find_person(headers: Mapping[str, str]) -> Person | None:
    """Who sent these headers; None for nobody known. The role is looked up anew every time, and None where there is none."""
    settings = load_settings()
    if settings.identity == "local":
        return LOCAL
    if settings.identity == "proxy":
        email = headers.get(settings.identity_header, "").strip().lower()
        if not email or "," in email:
            return None
        given = [name.strip() for name in headers.get(settings.role_claim, "").split(",")]
        claims = {"email": email, "email_verified": True, settings.role_claim: given}
        return Person(email, email, open_table().find_role(claims, settings.role_claim))
    proof = _get_signed_cookie_with_chunks(cookie_parser(headers.get("cookie", "")), USER_COOKIE_NAME)
    said = _read_claims(proof)
    if proof is None or said is None:
        return None
    session = hash_secret(proof.decode())
    if open_table().has_ended(session):
        return None
    email = str(said.get("email", "")).strip().lower()
    role = open_table().find_role(said, settings.role_claim)
    return Person(email, str(said.get("name") or email), role, session)


def find_viewer() -> Person | None:
    """Who looks at the page that runs now."""
    return find_person({name.lower(): value for name, value in st.context.headers.items()})


def note_role(session_id: str, role: Role) -> None:
    """Remember whose files a session of Streamlit makes; those of ended sessions are forgotten."""
    for ended in [one for one in _ROLES if not runtime.get_instance().is_active_session(one)]:
        _ROLES.pop(ended, None)
    _ROLES[session_id] = role


def is_made_for(path: str, person: Person) -> bool:
    """Whether a file was made in a session of somebody with this person's role."""
    made = runtime.get_instance().media_file_mgr._files_by_session_and_coord
    return any(
        Path(path).stem in files.values() and _ROLES.get(session) == person.role
        for session, files in list(made.items())
    )


def end_session(session: str) -> None:
    """Sign somebody out wherever the same cookie is kept."""
    open_table().end_session(session)


def open_table() -> People:
    """The table of roles of this process's settings."""
    return _open_table(load_settings().data)


@lru_cache(maxsize=4)
def _open_table(data: Path) -> People:
    return open_people(data)


def _read_claims(proof: bytes | None) -> dict[str, Any] | None:
    """What the identity provider said, while that is not more than 12 hours ago."""
    try:
        claims = json.loads(proof or b"null")
    except ValueError:
        return None
    if not isinstance(claims, dict) or not claims.get("is_logged_in"):
        return None
    said_at = claims.get("iat")
    is_fresh = isinstance(said_at, int | float) and time.time() - said_at < LONGEST_SESSION
    return claims if is_fresh else None
