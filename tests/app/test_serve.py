"""`python serve.py` starts the staff and the funder server and stops both together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

import serve
from settings import PROJECT


def find_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_both_servers_start_answer_and_stop_together(tmp_path: Path) -> None:
    staff, funder = find_port(), find_port()
    process = subprocess.Popen(
        [sys.executable, "serve.py", "--staff", str(staff), "--funder", str(funder)],
        cwd=PROJECT,
        env={**os.environ, "EVALUATION_DATA": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        while said.count("URL:") < 2:
            line = process.stdout.readline()
            assert line, f"A server did not start:\n{said}"
            said += line
        with urllib.request.urlopen(f"http://127.0.0.1:{staff}/", timeout=60) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"http://127.0.0.1:{funder}/", timeout=60)
        assert refused.value.code == 404, "without a link the funder server shows nothing"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    assert not is_open(staff)
    assert not is_open(funder)


def test_links_in_a_database_need_the_address_of_the_other_server_too() -> None:
    refused = subprocess.run(
        [sys.executable, "serve.py"],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": "postgresql:///evaluation", "FUNDER_LINKS_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("DATABASE_URL is set, so the links lie there: set FUNDER_LINKS_URL too")
    assert refused.stderr.count("\n") == 1


def test_the_server_of_links_is_not_told_where_the_staff_keep_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, dict[str, str]] = {}

    def start(command: list[str], *, cwd: Path, env: dict[str, str]) -> None:
        given[env["AUDIENCE"]] = env

    monkeypatch.setattr(subprocess, "Popen", start)
    for name in ("DATABASE_URL", "JOURNAL_URL", "FUNDER_LINKS_URL"):
        monkeypatch.setenv(name, f"postgresql:///{name.lower()}")
    for audience in ("staff", "funder"):
        serve._start(audience, 0)
    assert given["staff"].keys() >= {"DATABASE_URL", "JOURNAL_URL"}
    assert given["funder"].keys().isdisjoint({"DATABASE_URL", "JOURNAL_URL"})
    assert given["funder"]["FUNDER_LINKS_URL"] == "postgresql:///funder_links_url"
