"""Settings of one installation: frozen, from the environment, with defaults that work on one machine."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from commands import Refusal, describe_fault, is_text

PROJECT = Path(__file__).resolve().parent
Audience = Literal["staff", "funder"]
Identity = Literal["local", "oidc", "proxy"]
SHORTEST_SECRET = 32
STAFF_ONLY = ("DATABASE_URL", "JOURNAL_URL")
NEEDED = ("redirect_uri", "client_id", "client_secret", "server_metadata_url")
CONTACT = "whoever runs this evaluation"
SHARE_URL = "http://127.0.0.1:8502"


class BadSetting(Refusal, ValueError):
    """A setting whose value is not allowed, and what it may be."""


@dataclass(frozen=True)
class Settings:
    """Where the data lie, whose days are counted, and for whom this process serves.

    `data` holds releases, state and the inbox; `zone` is the IANA zone in which days and weeks are counted;
    `database_url` is the SQLAlchemy URL of links, roles and ledger, and of the journal unless `journal_url` is another
    ('' keeps each in a file of the data folder); the funder's process gets one of its own, for links. `identity` says how staff are known:
    nobody signs in and only this machine is answered (local), by OpenID Connect (oidc), or by a header of a proxy on
    this machine (proxy: `identity_header`). `role_claim` is the claim, or the further header, that carries roles.
    `contact` is whom somebody without a role is told to ask.
    `share_url` is the address of the funder server as recipients of a link reach it.
    """

    data: Path
    zone: str
    audience: Audience
    journal_url: str
    identity: Identity = "local"
    identity_header: str = "x-forwarded-email"
    role_claim: str = "roles"
    contact: str = CONTACT
    share_url: str = SHARE_URL
    database_url: str = ""


def load_settings() -> Settings:
    """Read the settings of this process. BadSetting names the variable whose value is not allowed."""
    audience = os.environ.get("AUDIENCE", "staff")
    if audience not in ("staff", "funder"):
        raise BadSetting(f"AUDIENCE is {audience!r}: set it to staff or funder.")
    database_url = os.environ.get("DATABASE_URL", "")
    if audience == "funder":
        _refuse_staff_addresses()
        database_url = os.environ.get("FUNDER_LINKS_URL", "")
    return Settings(
        data=_read_data(),
        zone=_read_zone(os.environ.get("EVALUATION_ZONE", "Europe/London")),
        audience="funder" if audience == "funder" else "staff",
        journal_url="" if audience == "funder" else os.environ.get("JOURNAL_URL", "") or database_url,
        identity="local"
        if audience == "funder"
        else _read_identity(_find_secrets(), os.environ.get("IDENTITY")),
        identity_header=os.environ.get("IDENTITY_HEADER", "x-forwarded-email").lower(),
        role_claim=os.environ.get("ROLE_CLAIM", "roles"),
        contact=os.environ.get("CONTACT", "") or CONTACT,
        share_url=os.environ.get("SHARE_URL", SHARE_URL),
        database_url=database_url,
    )


def _read_data() -> Path:
    folder = Path(os.environ.get("EVALUATION_DATA", PROJECT / "data")).resolve()
    if not is_text(str(folder)):
        raise BadSetting(
            f"EVALUATION_DATA is {str(folder)!r}, which is not UTF-8: name the folder another way."
        )
    return folder


@cache
def _read_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError) as fault:
        raise BadSetting(
            f"EVALUATION_ZONE is {name!r}: write a zone of the IANA list, as Europe/London."
        ) from fault
    return name


def _refuse_staff_addresses() -> None:
    for name in STAFF_ONLY:
        if os.environ.get(name):
            raise BadSetting(
                f"{name} is set for the server of shared links, which must not know it: take it out and set "
                "FUNDER_LINKS_URL (docs/deploy.md)."
            )


def _find_secrets() -> Path:
    return Path(os.environ.get("EVALUATION_SECRETS", PROJECT / ".streamlit" / "secrets.toml"))


def read_secret(name: str) -> str:
    """A token or password by name: of the environment, else of [pull] in the secrets; '' where it is in neither."""
    held = _read_secrets(_find_secrets()).get("pull", {})
    return os.environ.get(name) or (str(held.get(name, "")) if isinstance(held, dict) else "")


def _read_secrets(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadSetting(f"{path} is not valid TOML: {fault}.") from fault
    except OSError as fault:
        raise BadSetting(describe_fault(fault)) from fault


@cache
def _read_identity(path: Path, stated: str | None) -> Identity:
    """How staff are known: as stated, else by OpenID Connect where the secrets have an [auth] section.

    Read once a process: secrets that go missing later must not make everybody the local admin.
    """
    auth = _read_secrets(path).get("auth")
    identity = stated or ("oidc" if auth is not None else "local")
    match identity:
        case "local" | "proxy":
            return identity
        case "oidc":
            secret = str((auth or {}).get("cookie_secret", ""))
            if len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 4:
                raise BadSetting(
                    f"cookie_secret in [auth] of {path} is missing or too weak: make one with "
                    "python -c 'import secrets; print(secrets.token_urlsafe(32))'."
                )
            lacking = [name for name in NEEDED if not (auth or {}).get(name)]
            if lacking:
                raise BadSetting(
                    f"[auth] of {path} has no {lacking[0]}: docs/deploy.md says what belongs there."
                )
            return "oidc"
    raise BadSetting(f"IDENTITY is {identity!r}: set it to local, oidc or proxy.")
