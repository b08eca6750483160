"""Who was not met: listed with candidates for somebody who knows them, and settled by what they fill in."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from etl.checking.identity.candidates import MOST, Candidate, find_candidates
from etl.checking.identity.listed import read_listed
from etl.checking.identity.settled import GUEST, is_bare, key_person
from etl.command.printing import out
from etl.reading.types import Refused
from etl.reading.written.cells import shut_cell
from etl.sources.lists.settled import FILES, HEADINGS
from warehouse.contracts import SETTLED
from warehouse.release import Release, find_release

FILE = "people.csv"
_FURTHER = (
    FILES,
    "rows",
    *(f"{name}_{place}" for place in range(1, MOST + 1) for name in ("candidate", "name", "why")),
)


@dataclass(frozen=True)
class Somebody:
    """Somebody whom files name, in so many rows, and who was not met (`is_unclear`: there are several of them), or was settled."""

    external: str
    address: str
    name: str
    files: tuple[str, ...]
    rows: int
    is_unclear: bool
    answer: str = ""
    candidates: tuple[Candidate, ...] = ()


def list_people(data: Path, release: Release) -> list[Somebody]:
    """Everybody whom the files of a release name and who was not met, of most rows first, and after them who was settled.

    Of whom files say no more than one word, each file's is somebody of its own.
    """
    rows = read_listed(data / "state", release.id)
    if rows is None:
        raise Refused(
            f"Release {release.id} was made before people were listed: load one of its files again, and they are."
        )
    grouped: dict[tuple[str, ...], list[tuple[str, str, str, str, int, bool, str]]] = {}
    for row in rows:
        apart = row[3:4] if is_bare(*row[:3]) else ()
        grouped.setdefault((*key_person(*row[:3]), *apart), []).append(row)
    people = [
        Somebody(
            _choose(row[0] for row in found),
            _choose(row[1] for row in found),
            _choose(row[2] for row in found),
            files=tuple(sorted({row[3] for row in found})),
            rows=sum(row[4] for row in found),
            is_unclear=any(row[5] for row in found),
            answer=next((row[6] for row in found if row[6]), ""),
        )
        for found in grouped.values()
    ]
    people.sort(key=lambda one: (bool(one.answer), -one.rows, one.name, one.address, one.external))
    unmet = [one for one in people if not one.answer]
    said = [(one.external, one.address, one.name) for one in unmet]
    near = find_candidates(data / "state" / "identity.parquet", said)
    return [
        *(replace(one, candidates=found) for one, found in zip(unmet, near, strict=True)),
        *people[len(unmet) :],
    ]


def _choose(texts: Iterable[str]) -> str:
    """Of several spellings the most frequent."""
    counted = Counter(text for text in texts if text)
    return min(counted, key=lambda text: (-counted[text], text), default="")


def count_unmet(data: Path, release: Release) -> dict[str, int]:
    """By table how many rows of its files name somebody who was not met and is not settled; nothing of a release without a list."""
    tables = {str(file["name"]): file["tables"] for file in release.manifest["files"]}
    counted: Counter[str] = Counter()
    for _, _, _, file, rows, _, answer in read_listed(data / "state", release.id) or []:
        if not answer:
            counted.update(dict.fromkeys(tables.get(file, ()), rows))
    return dict(counted)


def count_people(people: Sequence[Somebody]) -> tuple[int, int, int]:
    """How many are open, how many were settled as members, and how many as guests."""
    guests = sum(one.answer == GUEST for one in people)
    still = sum(not one.answer for one in people)
    return still, len(people) - still - guests, guests


def say_people(people: Sequence[Somebody]) -> str:
    """How many they are, in a sentence."""
    still, met, guests = count_people(people)
    return f"People who were not met: {still:,} open; settled: {met:,} as members, {guests:,} as guests."


def write_people(people: Sequence[Somebody], answers: Mapping[int, str] | None = None) -> bytes:
    """The list as a CSV that a spreadsheet opens and a load takes: `answers` are those to people by their place in it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow((*HEADINGS, *_FURTHER))
    for place, one in enumerate(people):
        answer = (answers or {}).get(place) or one.answer
        near = [cell for found in one.candidates for cell in (found.member_id, found.name, found.why)]
        cells = (one.external, one.address, one.name, answer, ", ".join(one.files), one.rows or "", *near)
        blank = [""] * (len(HEADINGS) + len(_FURTHER) - len(cells))
        writer.writerow([*(shut_cell(str(cell)) for cell in cells), *blank])
    return text.getvalue().encode("utf-8-sig")


def save_people(people: Sequence[Somebody], path: Path) -> None:
    """Write the list where only its owner reads it. Refused where there is a file of that name, which may be half reviewed."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{path} is there already: name another file, or take it away.") from None
    with os.fdopen(handle, "wb") as written:
        written.write(write_people(people))


def name_file(release: Release) -> str:
    """The name under which answers are loaded: that of the one list that there is, so that they take its place."""
    names = [str(file["name"]) for file in release.manifest["files"] if file["tables"] == [SETTLED]]
    return names[0] if len(names) == 1 and names[0].endswith(".csv") else FILE


def print_people(data: Path, path: Path | None) -> int:
    """Write the list of the live release to a file, where one is named, and say how many they are."""
    people = list_people(data, find_release(data))
    if path:
        save_people(people, path)
        out.print(
            f"{path} has everybody who was not met, with the nearest members; only you can read it. Fill in the column 'is' with "
            "a member_id or with guest, leave it empty where you do not know, and load the file."
        )
    out.print(say_people(people))
    return 0
