"""pull.toml in the data folder says what is pulled; without it nothing is.

[[source]]
name = "spring-survey"            # its file in the release is spring-survey.csv, and a later pull takes the place of the earlier one
kind = "limesurvey"               # limesurvey, qualtrics, eventbrite, zoom, zoom-webinar
address = "https://survey.example.org/index.php/admin/remotecontrol"
id = "123456"                     # the survey, event, meeting or webinar
token = "LIMESURVEY_PASSWORD"     # the NAME of what holds the password or token, in the environment or under [pull] in .streamlit/secrets.toml
user = "evaluation"               # LimeSurvey: who signs in
every = "6h"                      # minutes (15m), hours or days (1d, unless said): when etl watch pulls it again
[source.options]                  # as in a mapping; missing, choices, order, values and so on may stand here too
survey_id = "longterm"
wave_id = "2020-12"

[[source]]
name = "responses"
kind = "qualtrics"
address = "https://fra1.qualtrics.com"   # with the data centre of the account
id = "SV_0123456789abcde"
token = "QUALTRICS_TOKEN"

[[source]]
name = "launch"
kind = "eventbrite"               # address = "https://www.eventbriteapi.com/v3" unless said
id = "151214834641"
token = "EVENTBRITE_TOKEN"        # the private token of an app of the account
[source.options]
event_id = "E12"

[[source]]
name = "weekly-call"              # every past meeting of this id, an event each
kind = "zoom"                     # address = "https://api.zoom.us/v2" and login = "https://zoom.us/oauth/token" unless said
id = "98765432100"
account = "account id"            # of a Server-to-Server OAuth app that may read reports
user = "client id"
token = "ZOOM_CLIENT_SECRET"
since = 2026-01-01                # meetings from that day on; Zoom keeps reports for a year
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from etl.reading.mapping import PARTS, Mapping, read_entry
from etl.reading.types import Refused
from settings import read_secret

FILE = "pull.toml"
TITLES = {
    "limesurvey": "LimeSurvey",
    "qualtrics": "Qualtrics",
    "eventbrite": "Eventbrite",
    "zoom": "Zoom",
    "zoom-webinar": "Zoom webinars",
}
LIMESURVEY, QUALTRICS, EVENTBRITE, ZOOM, WEBINAR = TITLES
SURVEYS = (LIMESURVEY, QUALTRICS)
ZOOM_LOGIN = "https://zoom.us/oauth/token"
_ADDRESSES = {
    EVENTBRITE: "https://www.eventbriteapi.com/v3",
    ZOOM: "https://api.zoom.us/v2",
    WEBINAR: "https://api.zoom.us/v2",
}
_NEEDED = {LIMESURVEY: ("user",), ZOOM: ("user", "account"), WEBINAR: ("user", "account")}
_OWN = ("name", "kind", "address", "id", "token", "user", "account", "login", "since", "every")
_MAPPED = tuple(part for part in PARTS if part not in ("name", "table"))
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
# A token of capitals and digits, as some tools give them, has no underscore.
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_EVERY = re.compile(r"([1-9]\d{0,3})([mhd])")
_PLACE = re.compile(r"at line \d+")
_SECRET = re.compile("pass|secret|key|token|auth", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
SHORTEST, SHORTEST_TOKEN = timedelta(minutes=5), 8
_NEVER = "a token or password never stands here, only the name of the variable that holds it"


@dataclass(frozen=True)
class Pull:
    """One configured source: `token` names the variable that holds the secret, `mapping` says how its file is read."""

    name: str
    kind: str
    address: str
    id: str
    token: str
    every: timedelta
    mapping: Mapping
    user: str = ""
    account: str = ""
    login: str = ZOOM_LOGIN
    since: date | None = None

    @property
    def title(self) -> str:
        """The name of its tool."""
        return TITLES[self.kind]

    @property
    def file(self) -> str:
        """The name of its file in a release."""
        return f"{self.name}.csv"

    def read_token(self) -> str:
        """The secret itself. Refused where there is none."""
        if secret := read_secret(self.token).strip():
            return secret
        raise Refused(
            f"{self.name} is not pulled: {self.token} is set neither in the environment nor under [pull] in .streamlit/secrets.toml."
        )


def read_pulls(data: Path) -> list[Pull]:
    """What is configured in a data folder, none where nothing is. Refused says which entry is wrong; it quotes nothing that may be a token."""
    path = data / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = tomllib.loads(text)
    except FileNotFoundError:
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        place = _PLACE.search(str(fault))
        where = f", {place[0]}" if place else ""
        raise Refused(f"{path} is not valid TOML{where}: correct it as docs/sources.md shows.") from None
    entries = content.get("source")
    if set(content) != {"source"} or not isinstance(entries, list):
        raise Refused(f'{path} is made of parts that begin with [[source]] and name = "…": {_NEVER}.')
    pulls = [_read_pull(entry) for entry in entries]
    names = [pull.name for pull in pulls]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Refused(f"{FILE} has two sources called {twice[0]}: give one of them another name.")
    for pull in pulls:
        secret = read_secret(pull.token).strip()
        if len(secret) >= SHORTEST_TOKEN and secret in text:
            raise Refused(f"{FILE} holds what {pull.token} is set to: take it out; {_NEVER}.")
    return pulls


def choose_pulls(pulls: Sequence[Pull], names: Sequence[str]) -> list[Pull]:
    """Those of these names, or all of them. Refused where one is not there."""
    known = {pull.name: pull for pull in pulls}
    if not known:
        raise Refused(f"Nothing is configured to be pulled: docs/sources.md says how to write {FILE}.")
    for name in names:
        if name not in known:
            raise Refused(f"{FILE} has no source called {name}; there are: {', '.join(known)}.")
    return [known[name] for name in names] or list(pulls)


def _read_pull(entry: Any) -> Pull:
    if not isinstance(entry, dict) or not _NAME.fullmatch(str(entry.get("name"))):
        raise Refused(
            f'{FILE} has a source without a name of small letters, digits, - and _: write name = "spring-survey".'
        )
    name = str(entry["name"])
    if unknown := sorted(set(entry) - {*_OWN, *_MAPPED}):
        never = f"; {_NEVER}" if _SECRET.search(unknown[0]) else ""
        raise Refused(
            f"{FILE} says {unknown[0]} of {name}, which is none of {', '.join((*_OWN, *_MAPPED))}{never}."
        )
    own = {key: str(entry[key]).strip() for key in _OWN if key in entry}
    kind = own.get("kind", "")
    if kind not in TITLES:
        raise Refused(
            f"{FILE} does not say of a known kind what {name} is: write kind as one of {', '.join(TITLES)}."
        )
    own.setdefault("address", _ADDRESSES.get(kind, ""))
    for key in ("id", "token", "address", *_NEEDED.get(kind, ())):
        if not own.get(key):
            raise Refused(f"{FILE} does not say {key} of {name}: write it as docs/sources.md shows.")
    if not _VARIABLE.fullmatch(own["token"]):
        raise Refused(
            f"{FILE} says a token of {name} that is no name such as {kind.upper().replace('-', '_')}_TOKEN: {_NEVER}."
        )
    if "since" in own and not kind.startswith("zoom"):
        raise Refused(f"{FILE} says since of {name}, which only Zoom takes: take it out.")
    mapping = read_entry(
        FILE, {"name": f"{name}.csv", **{key: entry[key] for key in _MAPPED if key in entry}}
    )
    return Pull(
        name,
        kind,
        _read_address(name, own["address"]),
        own["id"],
        own["token"],
        _read_every(name, own.get("every", "1d")),
        mapping,
        own.get("user", ""),
        own.get("account", ""),
        _read_address(name, own.get("login", ZOOM_LOGIN)),
        _read_since(name, own.get("since")),
    )


def _read_address(name: str, address: str) -> str:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise Refused(
            f"{FILE} says an address of {name} that is none: write it as https://host/path, without user, ? and #."
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise Refused(
            f"{FILE} says an address of {name} that is not encrypted: it has to begin with https://."
        )
    return address.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read_every(name: str, text: str) -> timedelta:
    match = _EVERY.fullmatch(text)
    every = timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else timedelta()
    if every < SHORTEST:
        raise Refused(
            f"{FILE} says how often {name} is pulled in words that are not known: write every as 15m, 6h or 1d, five minutes or more."
        )
    return every


def _read_since(name: str, text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(f"{FILE} says since of {name}, which is no day: write it as 2026-01-31.") from None
