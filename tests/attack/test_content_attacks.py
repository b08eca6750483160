"""Numbered attacks by content (the list of the access rules): hostile text and files, against real server processes.

Each has its positive control: the same text on a careless page does what it is meant to do.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import BrowserContext, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from sharing.sealing.extract import FOLDER
from tests.attack.bait import (
    INJECTED,
    INJECTED_MEMBERS,
    MEMBERS,
    Bait,
    Listener,
    listen,
    make_bait,
    write_hostile,
    write_hostile_notes,
    write_unsafe_page,
)
from tests.attack.funder_server import serve_links
from tests.attack.looking import Seen
from tests.browser.server import OPENED, PATHS, find_behind, serve, wait_until_shown, wait_until_still
from tests.forking import run_command
from warehouse.release import current_id, find_release

TOKEN = re.compile(r"/shared\?token=\S+")
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with listen() as listener:
        yield listener


@pytest.fixture(scope="module")
def bait(listener: Listener) -> Bait:
    return make_bait(listener.address)


@pytest.fixture(scope="module")
def hostile(bait: Bait, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the hostile texts, loaded by the command line."""
    root = tmp_path_factory.mktemp("hostile")
    loaded = run_command("etl", "load", str(write_hostile(root / "raw", bait)), "--data", str(root / "data"))
    assert loaded.returncode == 0, loaded.stderr
    write_hostile_notes(root / "data", bait)
    return root / "data"


@pytest.fixture(scope="module")
def staff(hostile: Path) -> Iterator[str]:
    with serve(hostile) as address:
        yield address


@pytest.fixture(scope="module")
def seen_by_staff(staff: str, window: BrowserContext) -> Seen:
    """Every page of the staff server, looked at from top to bottom, with every table opened."""
    seen = Seen()
    page = seen.open_page(window)
    for path, title in PATHS.items():
        page.goto(f"{staff}/{path}")
        wait_until_shown(page, title)
        seen.look(page)
        for table in find_behind(page, "Table").all():
            table.click()
            page.locator(OPENED).get_by_text("Download as CSV").first.wait_for()
            wait_until_still(page)
            table.click()
            expect(page.locator(OPENED)).to_have_count(0, timeout=30_000)
        assert page.evaluate("window.wasRun") is None
    page.close()
    return seen


@pytest.fixture(scope="module")
def seen_by_funder(
    hostile: Path, bait: Bait, window: BrowserContext, tmp_path_factory: pytest.TempPathFactory
) -> Seen:
    """The page behind a share link whose label is hostile too, looked at from top to bottom."""
    label = f"{bait.frame} {bait.image}"
    made = run_command("sharing", "create", "--label", label, "--data", str(hostile))
    token = TOKEN.search(made.stdout)
    assert token, made.stderr
    data = tmp_path_factory.mktemp("funder") / "data"
    for folder in (FOLDER, "state"):
        shutil.copytree(hostile / folder, data / folder, ignore=shutil.ignore_patterns("staged", "*.key"))
    with serve_links(data, data / "server.log") as running:
        seen = Seen()
        page = seen.open_page(window)
        page.goto(f"http://127.0.0.1:{running.port}{token[0]}")
        wait_until_shown(page, "Q evaluation")
        seen.look(page)
        page.close()
    return seen


@pytest.fixture(scope="module")
def careless(bait: Bait, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose page shows the same texts without care."""
    script = write_unsafe_page(tmp_path_factory.mktemp("careless"), bait)
    with serve(script.parent, command=("-m", "streamlit", "run", str(script))) as address:
        yield address


@pytest.fixture(scope="module")
def control(careless: str, window: BrowserContext, listener: Listener) -> tuple[Seen, list[str]]:
    """The careless page looked at in the same way, and what the listener heard meanwhile."""
    listener.heard.clear()
    seen = Seen()
    page = seen.open_page(window)
    page.goto(careless)
    seen.look(page)
    page.close()
    return seen, list(listener.heard)


@pytest.fixture(params=["seen_by_staff", "seen_by_funder"])
def seen(request: pytest.FixtureRequest) -> Seen:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.mark.browser
@pytest.mark.attack(37)
def test_37_a_frame_in_a_name_runs_no_script(seen: Seen, bait: Bait, control: tuple[Seen, list[str]]) -> None:
    assert bait.frame in seen.text, "the text reached the page"
    assert not seen.was_run
    assert seen.inside == 0
    careless, heard = control
    assert careless.was_run
    assert careless.inside
    assert "/script" in heard


@pytest.mark.browser
@pytest.mark.attack(38)
def test_38_a_redirection_in_the_text_leads_nowhere(
    seen: Seen, bait: Bait, careless: str, page: Page
) -> None:
    assert {urlsplit(place).netloc for place in seen.places if place != "about:blank"} == {
        urlsplit(next(iter(seen.places))).netloc
    }
    assert not [place for place in seen.places if place.endswith("/refresh")]
    page.goto(f"{careless}/?redirect=yes")
    page.wait_for_url("**/refresh")


@pytest.mark.browser
@pytest.mark.attack(39)
def test_39_an_image_in_free_text_is_not_requested(
    seen: Seen, bait: Bait, control: tuple[Seen, list[str]], listener: Listener
) -> None:
    assert bait.image in seen.text, "the text reached the page"
    own = {urlsplit(address).netloc for address in seen.asked if not address.startswith(("data:", "blob:"))}
    assert own == {urlsplit(next(iter(seen.asked))).netloc}
    careless, _ = control
    assert f"{listener.address}/image" in careless.asked


@pytest.mark.browser
@pytest.mark.attack(40)
def test_40_markup_in_hover_text_is_inert(seen: Seen, bait: Bait, control: tuple[Seen, list[str]]) -> None:
    assert any("<b>bold</b>" in text for text in (*seen.hovers, *seen.drawn)), "the text reached a chart"
    assert seen.hovers
    assert seen.markup == 0
    careless, _ = control
    assert careless.hovers
    assert careless.markup
    assert not any("<b>bold</b>" in text for text in (*careless.hovers, *careless.drawn))


@pytest.mark.browser
def test_text_of_the_data_stands_as_it_is(seen_by_staff: Seen, bait: Bait) -> None:
    assert f"Call {bait.image} {bait.frame}" in seen_by_staff.text


@pytest.mark.browser
@pytest.mark.attack(42)
def test_42_an_injection_in_a_filter_value_gives_no_extra_rows(staff: str, hostile: Path, page: Page) -> None:
    def count_members(region: str) -> str:
        page.goto(f"{staff}/whom?more=Members&region={quote(region)}")
        wait_until_shown(page, PATHS["whom"])
        return page.locator(".st-key-chart-members .q-reading:not(:empty)").inner_text()

    own = count_members(INJECTED)
    assert re.findall(r"\b\d+\b", own)[-1] == str(INJECTED_MEMBERS), (
        "a region of that name has its own members only"
    )
    everybody = count_members("")
    for forged in ("x' OR '1'='1", "x' UNION SELECT name FROM members --", "x'; DROP TABLE members; --"):
        assert count_members(forged) == everybody, "a value that is not offered is no filter"
        expect(page.get_by_role("combobox", name="Region")).to_have_value("All")
        asked = run_command(
            "indicators",
            "value",
            "members",
            "--where",
            f"region={forged}",
            "--format",
            "json",
            "--data",
            str(hostile),
        )
        figures = json.loads(asked.stdout) if asked.returncode == 0 else []
        assert [row for row in figures if row["value"]] == []
    tables = find_release(hostile).path / "tables"
    pasted = f"SELECT count(*) FROM '{tables}/members.parquet' WHERE region = '{INJECTED}'"
    assert duckdb.execute(pasted).fetchall() == [(MEMBERS,)], (
        "positive control: pasted into SQL it takes everybody"
    )


@pytest.mark.attack(43)
@pytest.mark.parametrize("kind", ["csv", "parquet", "mapping", "breakdown"])
def test_43_an_injection_in_a_column_name_is_refused(hostile: Path, tmp_path: Path, kind: str) -> None:
    name = 'region" FROM members; DROP TABLE members; --'
    data = tmp_path / "data"
    shutil.copytree(hostile, data)
    live = current_id(data)
    table = pa.table({"member_id": ["z1"], "name": ["Z"], "joined_on": ["2015-01-05"], name: ["x"]})
    path, more = tmp_path / f"members.{kind if kind == 'parquet' else 'csv'}", []
    if kind == "parquet":
        pq.write_table(table, path)
    else:
        table.to_pandas().to_csv(path, index=False)
    if kind == "mapping":
        path.write_text("id,joined,colour\nz1,2015-01-05,x\n", encoding="utf-8")
        entry = f"[[file]]\nname = 'members.csv'\ntable = 'members'\n[file.columns]\nmember_id = 'id'\nname = 'id'\njoined_on = 'joined'\n{json.dumps(name)} = 'colour'\n"
        (tmp_path / "mapping.toml").write_text(entry, encoding="utf-8")
        more = ["--mapping", str(tmp_path / "mapping.toml")]
    command = ["etl", "load", str(path), *more]
    if kind == "breakdown":
        command = ["indicators", "value", "members", "--by", name]
    refused = run_command(*command, "--data", str(data))
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert "region" in refused.stderr
    assert current_id(data) == live
    table.rename_columns(["member_id", "name", "joined_on", "region"]).to_pandas().to_csv(
        tmp_path / "members.csv", index=False
    )
    accepted = run_command("etl", "load", str(tmp_path / "members.csv"), "--data", str(data))
    assert accepted.returncode == 0, "positive control: the same file with a plain heading loads"


@pytest.mark.attack(44)
def test_44_a_workbook_that_unpacks_to_100_mb_is_refused_before_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "members.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(100_000_000))
    assert path.stat().st_size < 100_000
    refused = run_command("etl", "load", str(path), "--data", str(tmp_path / "data"))
    assert refused.returncode == 1
    assert "would unpack to 100,000,000" in refused.stderr
    table = pa.table({"member_id": ["z1"], "name": ["Z"], "joined_on": ["2015-01-05"]}).to_pandas()
    table.to_excel(path, sheet_name="members", index=False)
    accepted = run_command("etl", "load", str(path), "--data", str(tmp_path / "data"))
    assert accepted.returncode == 0, "positive control: a small workbook of that name loads"


@pytest.mark.attack(45)
def test_45_a_small_parquet_file_of_50_million_rows_is_refused_from_its_footer(tmp_path: Path) -> None:
    path, count = tmp_path / "members.parquet", 50_000_000
    same = pa.DictionaryArray.from_arrays(np.zeros(count, dtype="int8"), pa.array(["2015-01-05"]))
    pq.write_table(pa.table({"member_id": same, "name": same, "joined_on": same}), path, compression="zstd")
    assert path.stat().st_size < MEGABYTE
    refused = run_command("etl", "load", str(path), "--data", str(tmp_path / "data"))
    assert refused.returncode == 1
    assert "says it has 50,000,000 rows" in refused.stderr
    pq.write_table(pa.table({"member_id": ["z1"], "name": ["Z"], "joined_on": ["2015-01-05"]}), path)
    accepted = run_command("etl", "load", str(path), "--data", str(tmp_path / "data"))
    assert accepted.returncode == 0, "positive control: a small file of that name loads"


@pytest.mark.attack(46)
def test_46_an_oversize_upload_is_answered_with_413(staff: str) -> None:
    host = urlsplit(staff).netloc

    def upload(session: str, xsrf: str, size: int) -> int:
        mark = uuid.uuid4().hex
        body = (
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\n'.encode()
            + b"0" * size
            + f"\r\n--{mark}--\r\n".encode()
        )
        headers = {"Content-Type": f"multipart/form-data; boundary={mark}"}
        headers |= {"X-Xsrftoken": xsrf, "Cookie": f"_streamlit_xsrf={xsrf}"} if xsrf else {}
        connection = http.client.HTTPConnection(host, timeout=30)
        connection.request("PUT", f"/_stcore/upload_file/{session}/{uuid.uuid4()}", body, headers)
        return connection.getresponse().status

    message = BackMsg()
    message.rerun_script.SetInParent()
    with connect(f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None) as stream:  # type: ignore[list-item]
        stream.send(message.SerializeToString())
        answer = ForwardMsg()
        while answer.WhichOneof("type") != "new_session":
            answer.ParseFromString(bytes(stream.recv(60, decode=False)))
        session = answer.new_session.initialize.session_id
        xsrf = find_xsrf(host)
        assert upload(session, xsrf, 2 * MEGABYTE) == 413
        assert upload(session, xsrf, 1000) == 204, "positive control: a small file is taken"
        assert upload(session, "", 1000) == 403


def find_xsrf(host: str) -> str:
    """The token against forged requests that Streamlit gives a browser as a cookie."""
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", "/_stcore/health")
    cookie = connection.getresponse().getheader("set-cookie", "")
    found = re.search(r"_streamlit_xsrf=([^;]+)", cookie)
    assert found, cookie
    return found[1]
