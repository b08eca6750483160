"""A made-up programme of 100 members with groups of known sizes, as template CSV files. Nothing here is real."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from etl.load import load_paths

Rows = list[dict[str, str]]
JOINED = date(2015, 1, 5)
PROFESSIONS = {"Nurse": 55, "Doctor": 28, "Manager": 12, "Dentist": 4, "Astronaut": 1}
ATTENDED = {"Nurse": 33, "Doctor": 14, "Manager": 9, "Dentist": 2, "Astronaut": 1}
REGIONS = {"England": 70, "Scotland": 19, "Wales": 6, "Northern Ireland": 5}
LEFT = {150: 12, 170: 3, 300: 11}


def spread(sizes: dict[str, int]) -> list[str]:
    return [name for name, size in sizes.items() for _ in range(size)]


def write_table(folder: Path, name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    lines = [columns, *(",".join(map(str, row)) for row in rows)]
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def load_changed(root: Path, table: str, change: Callable[[Rows], None]) -> None:
    """Change one of the exports in `root`/raw and load them all again into `root`/data."""
    path = root / "raw" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    load_paths([root / "raw"], root / "data")


def let_come(count: int) -> Callable[[Rows], None]:
    """A change of the attendance: so many more came."""

    def change(rows: Rows) -> None:
        for row in [row for row in rows if row["attended"] == "false"][:count]:
            row["attended"] = "true"

    return change


def write_programme(folder: Path) -> Path:
    """100 members of whom 26 leave, one event, one survey with two constructs, one round of ties."""
    folder.mkdir(parents=True)
    professions, regions = spread(PROFESSIONS), spread(REGIONS)
    left = [str(JOINED + timedelta(days=days)) for days, count in LEFT.items() for _ in range(count)]
    left = [""] * (100 - len(left)) + left
    write_table(
        folder,
        "members",
        "member_id,name,email,profession,region,joined_on,left_on",
        [
            (
                f"m{n}",
                f"Person Number{n}",
                f"m{n}@example.org",
                professions[n],
                regions[n * 7 % 100],
                JOINED,
                left[n],
            )
            for n in range(100)
        ],
    )
    write_table(
        folder, "events", "event_id,title,starts_at", [("e1", "First meeting", "2015-03-14T09:00:00Z")]
    )
    went = {name: iter([True] * count) for name, count in ATTENDED.items()}
    attendance = [
        ("e1", f"m{n}", "true" if next(went[professions[n]], False) else "false") for n in range(100)
    ]
    write_table(folder, "attendance", "event_id,member_id,attended", attendance)
    write_table(
        folder,
        "waves",
        "wave_id,survey_id,label,opened_on,closed_on",
        [("w1", "s1", "Spring", "2015-04-01", "2015-04-20")],
    )
    write_table(
        folder,
        "items",
        "survey_id,item_id,text,construct,kind,scale_min,scale_max,reversed",
        [("s1", "q1", "Q matters to my work", "importance", "likert", 1, 5, "false")],
    )
    answered = [n for n in range(100) if n % 5 < 3]
    write_table(
        folder,
        "invitations",
        "wave_id,member_id,invited_at,disposition",
        [
            ("w1", f"m{n}", "2015-04-01T08:00:00Z", "complete" if n in answered else "non_contact")
            for n in range(100)
        ],
    )
    write_table(
        folder,
        "answers",
        "wave_id,respondent_id,item_id,value,submitted_at",
        [("w1", f"m{n}", "q1", 1 + n % 5 * 2, "2015-04-02T08:00:00Z") for n in answered],
    )
    write_table(
        folder,
        "ties",
        "wave_id,from_member_id,to_member_id,relation",
        [
            ("w1", f"m{n}", f"m{(n * 3 + 1) % 100}", "collaborates")
            for n in answered
            if (n * 3 + 1) % 100 != n
        ],
    )
    ends = [("m0", "2016-03-30T09:00:00Z", "post")]
    write_table(folder, "activities", "member_id,at,kind", ends)
    return folder
