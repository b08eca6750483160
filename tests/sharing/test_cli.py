"""python -m sharing: what it prints, where it writes, and its exit status."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import pytest

from sharing.__main__ import main
from sharing.store.links import open_links
from warehouse.release import Release

Loaded = tuple[Path, Release]
URL = re.compile(r"^http://127\.0\.0\.1:8502/shared\?token=([A-Za-z0-9_-]{43})$", re.MULTILINE)


@pytest.fixture
def data(loaded: Loaded, tmp_path: Path) -> Path:
    """A data folder of its own on the shared release."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "releases").symlink_to(loaded[0] / "releases")
    (folder / "CURRENT").write_text(loaded[1].id + "\n", encoding="utf-8")
    return folder


def create(data: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[str, str]:
    """Make a link; the output and the id."""
    assert main(["create", "--label", "The Foundation", "--data", str(data), *more]) == 0
    out = capsys.readouterr().out
    found = re.search(r"^Link ([0-9a-f]{8}), valid until", out, re.MULTILINE)
    assert found
    return out, found[1]


def test_create_says_what_will_be_seen_seals_it_and_prints_the_link_once(
    data: Path, loaded: Loaded, capsys: pytest.CaptureFixture[str]
) -> None:
    out, link_id = create(data, capsys)
    assert f"The recipient will see, of release {loaded[1].id}, complete to" in out
    assert "  Attendance rate by profession: 1 value shown, 2 hidden" in out
    assert re.search(r"The smallest count behind any value shown is \d+ to \d+\.", out)
    assert "Other live links to the same figures: none." in out
    assert [path.name for path in (data / "sealed").iterdir()] == [link_id]
    token = URL.search(out)
    assert token
    found = open_links(data).find_by_token(token[1])
    assert found
    assert (found.id, found.label, found.release_id) == (link_id, "The Foundation", loaded[1].id)
    assert (found.expires_at - found.created_at).days == 90
    assert main(["list", "--data", str(data)]) == 0
    listed = capsys.readouterr().out
    assert link_id in listed
    assert token[1] not in listed
    second, _ = create(data, capsys)
    assert f"Other live links to the same figures: {link_id} (The Foundation)." in second


def test_pause_resume_revoke_and_audit(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, link_id = create(data, capsys, "--days", "10", "--max-views", "3", "--release", "latest")
    for verb, status in (("pause", "paused"), ("resume", "live"), ("revoke", "revoked")):
        assert main([verb, link_id, "--data", str(data)]) == 0
        assert capsys.readouterr().out == f"Link {link_id} (The Foundation) is {status}.\n"
    assert list((data / "sealed").iterdir()) == []
    assert main(["audit", link_id, "--data", str(data)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1:3] for line in lines] == [
        [link_id, action] for action in ("created", "paused", "resumed", "revoked")
    ]
    assert main(["resume", link_id, "--data", str(data)]) == 1
    assert capsys.readouterr().err == f"Link {link_id} was revoked and cannot be resumed: create a new one.\n"


def test_a_password_is_read_and_kept_only_as_a_hash(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    out, link_id = create(data, capsys, "--password")
    assert "correct horse" not in out
    links = open_links(data)
    assert links.is_password(links.find_link(link_id), "correct horse")
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert main(["create", "--label", "x", "--password", "--data", str(data)]) == 1
    assert "The password must have 8 to 200 characters" in capsys.readouterr().err
    assert len(links.list_links()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["create", "--label", " "], "The label must be plain text"),
        (["create", "--label", "x", "--days", "400"], "A link cannot last 400 days: choose from 1 to 365."),
        (["create", "--label", "x", "--release", "nosuch"], "There is no release nosuch"),
        (["create", "--label", "x", "--base-url", "ftp://x"], "ftp://x is not the address of a server"),
        (["create", "--label", "x", "--sleep-after", "0"], "A link cannot fall asleep after 0 days"),
        (["pause", "deadbeef"], "There is no link deadbeef"),
        (["audit", "deadbeef"], "There is no link deadbeef"),
    ],
)
def test_what_is_refused_is_one_sentence_and_status_1(
    data: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main([*arguments, "--data", str(data)]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith(sentence)
    assert captured.err.count("\n") == 1
    assert captured.out == ""
    assert not (data / "sealed").exists()
    assert open_links(data).list_links() == []


def test_the_address_comes_from_the_settings_and_sleep_can_be_set(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARE_URL", "https://share.example.org/")
    out, link_id = create(data, capsys, "--sleep-after", "45")
    assert "\nhttps://share.example.org/shared?token=" in out
    assert main(["list", "--data", str(data)]) == 0
    assert "sleeps after 45 days" in capsys.readouterr().out
    monkeypatch.setenv("SHARE_URL", "nowhere")
    assert main(["create", "--label", "x", "--data", str(data)]) == 1
    assert capsys.readouterr().err.startswith("nowhere is not the address of a server")
    assert [link.id for link in open_links(data).list_links()] == [link_id]


def test_list_says_which_figures_were_restated(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, link_id = create(data, capsys)
    open_links(data).note_restated(link_id, date(2026, 3, 2), ["Members", "Attendance rate"])
    assert main(["list", "--data", str(data)]) == 0
    assert "figures restated since 2026-03-02: Members, Attendance rate\n" in capsys.readouterr().out


def test_without_a_release_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["create", "--label", "x", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("There is no release yet: load some files")


@pytest.mark.parametrize(
    "arguments", [[], ["create"], ["pause"], ["create", "--label", "x", "--days", "soon"]]
)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
