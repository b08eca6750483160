"""Every command that reads or writes a data folder, every place in it, and ways to damage one."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from warehouse.release import find_release, list_folders

Place = Callable[[Path], Path]


def run(data: Path, module: str, *arguments: str) -> int:
    """The exit status of a command; whatever else it raises fails the test."""
    return int(import_module(f"{module}.__main__").main([*arguments, "--data", str(data)]))


VALUE = ("indicators", "value", "active_members")
READING = (
    ("etl", "releases"),
    ("etl", "verify"),
    ("etl", "codebook"),
    ("etl", "check", "RAW/activities.csv"),
    ("etl", "people"),
    ("indicators", "list"),
    VALUE,
    ("sharing", "list"),
    ("sharing", "people"),
    ("sharing", "audit"),
    ("journal", "find", "nobody"),
)
WRITING = (
    ("sharing", "pause", "LINK"),
    ("sharing", "resume", "LINK"),
    ("sharing", "refresh"),
    ("sharing", "create", "--label", "Another"),
    ("sharing", "grant", "bob@example.org", "lead"),
    ("sharing", "revoke", "LINK"),
    ("journal", "remove", "nobody"),
    ("etl", "rollback", "OLDEST"),
    ("etl", "load", "RAW/members.csv"),
    ("etl", "erase", "m3"),
)


def fill_in(command: tuple[str, ...], kitchen: Path) -> list[str]:
    """A command with what stands for RAW, LINK and OLDEST in this folder."""
    words = {
        "RAW": str(kitchen.parent / "raw"),
        "LINK": next(path.name for path in (kitchen / "sealed").iterdir()),
        "OLDEST": list_folders(kitchen)[0].name,
    }
    return [re.sub("RAW|LINK|OLDEST", lambda found: words[found[0]], part) for part in command]


def find_live(data: Path) -> Path:
    return data / "releases" / (data / "CURRENT").read_text(encoding="utf-8").strip()


LIVE = {("etl", "load"), ("etl", "erase"), ("etl", "rollback"), ("sharing", "refresh"), ("sharing", "create")}
LINKS = {("sharing", name) for name in ("pause", "resume", "refresh", "create", "revoke")}
PLACES: dict[str, tuple[Place, set[tuple[str, str]]]] = {
    "CURRENT": (lambda data: data / "CURRENT", LIVE),
    "the manifest": (lambda data: find_live(data) / "manifest.json", LIVE),
    "an older manifest": (lambda data: list_folders(data)[0] / "manifest.json", LIVE),
    "a table": (lambda data: find_live(data) / "tables" / "members.parquet", LIVE),
    "a part of a table": (lambda data: next((find_live(data) / "tables" / "answers").iterdir()), LIVE),
    "a staged file": (
        lambda data: (
            data
            / "state"
            / "staged"
            / next(
                file["sha256"]
                for file in find_release(data).manifest["files"]
                if file["name"] == "answers.csv"
            )
        ),
        LIVE,
    ),
    "a part kept for later loads": (lambda data: next((data / "state" / "taken").glob("*.parquet")), LIVE),
    "the list of people not met": (
        lambda data: data / "state" / "people" / f"{find_live(data).name}.parquet",
        LIVE,
    ),
    "the status of pulls": (lambda data: data / "state" / "pulls.json", {("etl", "erase")}),
    "the key": (lambda data: data / "state" / "pseudonym.key", LIVE),
    "links.sqlite": (lambda data: data / "state" / "links.sqlite", LINKS),
    "published.sqlite": (lambda data: data / "state" / "published.sqlite", LINKS),
    "people.sqlite": (lambda data: data / "state" / "people.sqlite", {("sharing", "grant")}),
    "journal.sqlite": (lambda data: data / "state" / "journal.sqlite", {("journal", "remove")}),
    "a sealed page": (lambda data: next((data / "sealed").glob("*/extract.json")), LINKS),
}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def fill(path: Path) -> None:
    path.write_bytes(b"\x00\xff{" * 9)


def put_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


WAYS: dict[str, Callable[[Path], object]] = {
    "cut": cut,
    "other bytes": fill,
    "gone": Path.unlink,
    "a folder": put_folder,
}


def is_sentence(said: str) -> bool:
    """Whether this is one line that ends like a sentence, without what only a programmer reads."""
    return bool(re.fullmatch(r"[^\n]+[.]\n", said)) and not re.search("Errno|Error:|codec|Traceback", said)


def read_all(data: Path) -> dict[Path, bytes]:
    """What lies in releases and in what was staged."""
    folders = (data / "releases", data / "state" / "staged")
    return {path: path.read_bytes() for one in folders for path in one.rglob("*") if path.is_file()}
