"""Attacks 53 and 54: all that a funder's or a lead's server sends is decoded and searched for people.

The positive controls: people planted in what was sealed are found in text, chart and table; and the evaluator's map
does draw everybody.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import BrowserContext, Page

from sharing.sealing.extract import FILE, FOLDER
from tests.app.small_programme import write_programme as write_small
from tests.attack.frames import find_longest, list_texts, read_frames
from tests.attack.funder_server import Server, serve_links
from tests.attack.looking import Seen
from tests.browser.server import PATHS, serve, wait_until_shown
from tests.forking import run_command
from tests.sharing.known_programme import write_programme
from warehouse.release import find_release

pytestmark = pytest.mark.browser

MEMBERS = 60
TOKEN = re.compile(r"/shared\?token=\S+")
AS_LEAD = """import sys, ui.shell.viewer.identity
from sharing.store.people import Person
from streamlit.web.cli import main
ui.shell.viewer.identity.LOCAL = Person("", "A lead", "lead")
sys.argv = ["streamlit", "run", "dashboard.py", *sys.argv[1:]]
main()
"""
RECORDED = """import os, sys
data, log = os.environ["EVALUATION_DATA"] + os.sep, open(os.environ["RECORD"], "a", buffering=1)
def record(event, arguments):
    if event in ("open", "os.listdir", "os.scandir", "sqlite3.connect", "os.mkdir", "os.remove", "os.rename"):
        path = os.path.abspath(os.fsdecode(arguments[0] or ".")) if not isinstance(arguments[0], int) else ""
        if (path + os.sep).startswith(data):
            print(path[len(data):], file=log)
sys.addaudithook(record)
import duckdb
def refuse(*arguments, **more):
    print("duckdb", file=log)
    return connect(*arguments, **more)
connect, duckdb.connect = duckdb.connect, refuse
os.environ["AUDIENCE"] = os.environ["RECORDED"]
from streamlit.web.cli import main
sys.argv = ["streamlit", "run", "dashboard.py", *sys.argv[1:]]
main()
"""


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The staff's data folder: 100 members with ids, names and addresses that occur nowhere else."""
    root = tmp_path_factory.mktemp("kitchen")
    write_programme(root / "raw")
    for path in (root / "raw").glob("*.csv"):
        text = re.sub(r"\bm(\d+)\b", r"Raw-Member-\1-Id", path.read_text(encoding="utf-8"))
        path.write_text(text.replace("Person Number", "Pers\u00f6n Q"), encoding="utf-8")
    loaded = run_command("etl", "load", str(root / "raw"), "--data", str(root / "data"))
    assert loaded.returncode == 0, loaded.stderr
    return root / "data"


@pytest.fixture(scope="module")
def secrets(kitchen: Path) -> set[str]:
    """What nobody outside may see: every pseudonym of the release, every member id, name and address."""
    members = pq.read_table(find_release(kitchen).path / "tables" / "members.parquet")
    with (kitchen.parent / "raw" / "members.csv").open(encoding="utf-8") as handle:
        raw = [row[name] for row in csv.DictReader(handle) for name in ("member_id", "name", "email")]
    found = {*map(str, members["member_id"].to_pylist()), *raw}
    assert len(found) == 400
    return found


@pytest.fixture(scope="module")
def funder(kitchen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A funder server whose folder holds what was sealed and the link store."""
    made = run_command("sharing", "create", "--label", "For the scan", "--data", str(kitchen))
    assert made.returncode == 0, made.stderr
    data = tmp_path_factory.mktemp("funder") / "data"
    shutil.copytree(kitchen / FOLDER, data / FOLDER)
    with serve_links(data, data.parent / "server.log") as running:
        yield running


def open_link(funder: Server, window: BrowserContext, changes: Iterable[tuple[str, str]] = ()) -> Seen:
    """Look at all of the page of a fresh link, on what was sealed with texts of it changed."""
    sealed = next(path for path in (funder.data / FOLDER).iterdir())
    link, token = funder.links.create_link("For the scan")
    text = (sealed / FILE).read_text(encoding="utf-8").replace(sealed.name, link.id)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (funder.data / FOLDER / link.id).mkdir()
    (funder.data / FOLDER / link.id / FILE).write_text(text, encoding="utf-8")
    seen = Seen()
    page = seen.open_page(window)
    page.goto(f"http://127.0.0.1:{funder.port}/shared?token={token}")
    wait_until_shown(page, "Q evaluation")
    seen.look(page)
    seen.texts.append(page.content())
    for button in page.get_by_test_id("stDownloadButton").all():
        with page.expect_download() as download:
            button.click()
        seen.texts.append(download.value.path().read_bytes().decode("utf-8", "replace"))
    page.close()
    return seen


def find_secrets(seen: Seen, secrets: set[str]) -> dict[str, set[str]]:
    """Secrets found, by where: fields, charts and tables of the frames, the bare frames, the page, hover text."""
    texts = [text for message in read_frames(seen.received) for text in list_texts(message)]
    texts += [("frame", frame.decode("utf-8", "replace")) for frame in seen.received]
    texts += [("page", seen.text), ("hover", "\n".join(seen.hovers))]
    found: dict[str, set[str]] = {}
    for secret in secrets:
        for place, text in texts:
            if secret in text:
                found.setdefault(place, set()).add(secret)
    return found


@pytest.mark.attack(53)
def test_53_no_frame_hover_or_export_of_the_funder_server_holds_a_person(
    funder: Server, window: BrowserContext, secrets: set[str]
) -> None:
    seen = open_link(funder, window)
    messages = read_frames(seen.received)
    assert {"text", "chart", "table"} <= {
        "text" if place == "body" else place for message in messages for place, _ in list_texts(message)
    }
    assert seen.hovers
    assert "Nurse" in seen.text
    assert find_secrets(seen, secrets) == {}
    assert find_longest(messages) < 100, "no array has a value for every member"


@pytest.mark.attack(53)
def test_53_control_people_planted_in_what_was_sealed_are_found(
    funder: Server, window: BrowserContext, secrets: set[str]
) -> None:
    pseudonym, name, address = (
        next(secret for secret in sorted(secrets) if re.search(pattern, secret))
        for pattern in ("^[0-9a-f]{16}$", "^Pers", "@example.org$")
    )
    planted = {secret for secret in secrets if secret in f"{pseudonym} {name} {address}"}
    seen = open_link(
        funder, window, [('"Nurse"', f'"{pseudonym}"'), ("Spring", name), ('"England"', f'"{address}"')]
    )
    found = find_secrets(seen, secrets)
    assert set().union(*found.values()) == planted
    assert pseudonym in found["chart"]
    assert pseudonym in found["page"]
    assert found["table"] & planted
    assert found["body"] & planted


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("small")
    write_small(root / "raw", members=MEMBERS)
    loaded = run_command("etl", "load", str(root / "raw"), "--data", str(root / "data"))
    assert loaded.returncode == 0, loaded.stderr
    return root / "data"


def open_connections(address: str, window: BrowserContext, query: str = "") -> tuple[Seen, Page]:
    """The page of connections with its map asked for."""
    seen = Seen()
    page = seen.open_page(window)
    page.goto(f"{address}/connections?more=The+map{query}")
    wait_until_shown(page, "Connections")
    return seen, page


@pytest.mark.attack(54)
def test_54_the_network_page_of_a_lead_draws_nobody(small: Path, window: BrowserContext) -> None:
    with serve(small, command=("-c", AS_LEAD)) as address:
        for query in ("", "&relation=collaborates&colour=region"):
            seen, page = open_connections(address, window, query)
            seen.look(page)
            page.close()
            assert "Which boundaries do ties cross?" in seen.text
            assert "The map shows single members: it is for evaluators." in seen.text
            assert find_longest(read_frames(seen.received)) < MEMBERS
    with serve(small) as address:
        control, page = open_connections(address, window)
        page.get_by_text("Everybody keeps their place").wait_for()
        page.close()
    assert find_longest(read_frames(control.received)) >= MEMBERS


@pytest.mark.attack(54)
def test_54_the_page_of_a_funder_draws_nobody(funder: Server, window: BrowserContext, kitchen: Path) -> None:
    seen = open_link(funder, window)
    assert "Ties across" in seen.text
    assert "The map" not in seen.text
    assert find_longest(read_frames(seen.received)) < 100
    with serve(kitchen) as address:
        control, page = open_connections(address, window)
        page.get_by_text("Everybody keeps their place").wait_for()
        page.close()
    assert find_longest(read_frames(control.received)) >= 100


@pytest.mark.attack(53)
def test_53_the_funder_process_opens_nothing_but_what_was_sealed_and_the_link_store(
    kitchen: Path, window: BrowserContext, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def record(audience: str, path: str, title: str) -> set[str]:
        monkeypatch.setenv("RECORDED", audience)
        monkeypatch.setenv("RECORD", str(tmp_path / audience))
        with serve(kitchen, command=("-c", RECORDED)) as address:
            seen = Seen()
            page = seen.open_page(window)
            page.goto(address + path)
            wait_until_shown(page, title)
            page.close()
        return set((tmp_path / audience).read_text(encoding="utf-8").split("\n")) - {""}

    made = run_command("sharing", "create", "--label", "For the record", "--data", str(kitchen))
    token, link = TOKEN.search(made.stdout), re.search(r"Link ([0-9a-f]{8})", made.stdout)
    assert token
    assert link
    opened = record("funder", token[0], "Q evaluation")
    assert opened == {"state", "state/links.sqlite", f"sealed/{link[1]}/extract.json"}
    control = record("staff", "/whom", PATHS["whom"])
    assert {"CURRENT", "duckdb"} <= control
    assert any(path.startswith("releases") for path in control)
