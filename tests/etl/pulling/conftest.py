"""A small programme, the tools that it pulls from, and what they answer."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import time
from types import SimpleNamespace

import pytest

from etl.load import load_paths
from tests.conftest import write_drawn
from tests.etl.pulling.served import Served, Tool, serve

TOKEN = "Tk9-very.secret_0815"
MEMBERS = """member_id,name,email,joined_on
M1,Ann Able,ann@able.example,2015-01-05
M2,Sam Lee,sam@east.example,2015-01-05
M3,Jane Smith,jane@care.example,2015-01-05
"""
EVENTS = "event_id,title,starts_at\nE12,Launch,2015-03-14T09:00:00Z\n"
WAVES = "wave_id,survey_id,opened_on,closed_on\nW1,S,2015-03-01,2015-03-31\n"
ITEMS = "survey_id,item_id,text,kind,scale_min,scale_max\nS,Q1,How useful?,likert,1,5\n"
Write = Callable[..., None]


@pytest.fixture(scope="session")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programme")
    write_drawn(folder / "in", {"members": MEMBERS, "events": EVENTS, "waves": WAVES, "items": ITEMS})
    load_paths([folder / "in"], folder / "data")
    return folder / "data"


@pytest.fixture
def data(programme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the programme; the tokens are in the environment."""
    for name in ("LIMESURVEY_PASSWORD", "QUALTRICS_TOKEN", "EVENTBRITE_TOKEN", "ZOOM_CLIENT_SECRET"):
        monkeypatch.setenv(name, TOKEN)
    monkeypatch.setenv("EVALUATION_SECRETS", str(tmp_path / "secrets.toml"))
    shutil.copytree(programme, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def start() -> Iterator[Callable[[Tool], Served]]:
    """Start tools that stop with the test."""
    with ExitStack() as running:
        yield lambda tool: running.enter_context(serve(tool))


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How many seconds were waited for a tool, none of them in truth."""
    waited: list[float] = []
    monkeypatch.setattr("etl.pulling.web.sleep", waited.append)
    monkeypatch.setattr("urllib3.util.retry.time", SimpleNamespace(sleep=waited.append, time=time))
    return waited


KINDS = {
    "limesurvey": (
        'kind = "limesurvey"\nid = "123456"\nuser = "evaluation"\ntoken = "LIMESURVEY_PASSWORD"',
        "",
    ),
    "qualtrics": ('kind = "qualtrics"\nid = "SV_1"\ntoken = "QUALTRICS_TOKEN"', ""),
    "eventbrite": ('kind = "eventbrite"\nid = "77"\ntoken = "EVENTBRITE_TOKEN"', "/v3"),
    "zoom": (
        'kind = "zoom"\nid = "98"\nuser = "client"\naccount = "acc"\ntoken = "ZOOM_CLIENT_SECRET"',
        "/v2",
    ),
}
OPTIONS = {
    **dict.fromkeys(("limesurvey", "qualtrics"), 'survey_id = "S"\nwave_id = "W1"'),
    "eventbrite": 'event_id = "E12"',
}


def write_source(kind: str, address: str, name: str = "", further: str = "") -> str:
    """A source of pull.toml, with the options that its file needs."""
    told, path = KINDS[kind]
    login = f'login = "{address}/oauth/token"' if kind == "zoom" else ""
    options = OPTIONS.get(kind, "")
    return textwrap.dedent(
        f'[[source]]\nname = "{name or kind}"\naddress = "{address}{path}"\n{login}\n{told}\n{further}\n[source.options]\n{options}\n'
    )


@pytest.fixture
def configure(data: Path) -> Write:
    """Write pull.toml from sources."""
    return lambda *sources: (data / "pull.toml").write_text("\n".join(sources), encoding="utf-8")
