"""A small made-up programme as template CSV files: 60 members, 20 weeks, two waves. Nothing here is real."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

FIRST_DAY = date(2015, 7, 6)
LAST_DAY = date(2015, 11, 18)
COHORTS = ("First intake", "Second intake")
REGIONS = ("London", "Scotland", "Wales")
PROFESSIONS = ("Nurse", "Doctor", "Manager")
WAVES = (("w1", "July survey", date(2015, 7, 20)), ("w2", "October survey", date(2015, 10, 5)))


def write_table(folder: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One template CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(rows)


def write_members(folder: Path, count: int = 60, regions: Sequence[str] = REGIONS) -> None:
    """Members m0, m1, …; every tenth leaves on 1 September 2015."""
    columns = (
        "member_id",
        "name",
        "email",
        "organisation",
        "organisation_type",
        "profession",
        "region",
        "cohort",
    )
    rows = [
        (
            f"m{number}",
            f"Person {number}",
            f"m{number}@example.org",
            f"Trust {number % 7}",
            "Acute trust" if number % 2 else "Charity",
            PROFESSIONS[number % 3],
            regions[number % len(regions)],
            COHORTS[number % 2],
            FIRST_DAY - timedelta(days=30 - number % 20),
            "2015-09-01" if number % 10 == 9 else "",
        )
        for number in range(count)
    ]
    write_table(folder, "members", (*columns, "joined_on", "left_on"), rows)


def write_activities(folder: Path, count: int = 60) -> None:
    """Every week about a third of the members do something; the last whole week only one does."""
    last_whole_week = date(2015, 11, 9)
    rows = []
    monday = FIRST_DAY
    while monday <= LAST_DAY:
        for number in range(count):
            is_active = number == 0 if monday == last_whole_week else number % 3 == monday.day % 3
            if is_active:
                rows.append((f"m{number}", f"{monday + timedelta(days=2)}T09:00:00Z", "post"))
        monday += timedelta(days=7)
    write_table(folder, "activities", ("member_id", "at", "kind"), rows)


def write_events(folder: Path, count: int = 60) -> None:
    """Two events; half of the members attend the first, a quarter the second."""
    events = [
        ("e1", "Design event one", "design_event", "2015-07-15T09:00:00Z"),
        ("e2", "Design event two", "design_event", "2015-11-11T09:00:00Z"),
    ]
    write_table(folder, "events", ("event_id", "title", "kind", "starts_at"), events)
    rows = [("e1", f"m{number}", "true" if number % 2 else "false") for number in range(count)]
    rows += [("e2", f"m{number}", "true" if number % 4 == 0 else "false") for number in range(count)]
    write_table(folder, "attendance", ("event_id", "member_id", "attended"), rows)


def write_survey(folder: Path, count: int = 60, waves: int = 2) -> None:
    """A survey of two items; in the last wave only every other member completes it."""
    shown = WAVES[:waves]
    write_table(
        folder,
        "waves",
        ("wave_id", "survey_id", "label", "opened_on", "closed_on"),
        [(wave, "s1", label, opened, opened + timedelta(days=13)) for wave, label, opened in shown],
    )
    labels = "1=Strongly disagree|2=Disagree|3=Neither|4=Agree|5=Strongly agree"
    items = [
        ("s1", "q1", "Q matters to my work", "importance", "likert", 1, 5, "false", labels),
        ("s1", "q2", "Q is a waste of time", "importance", "likert", 1, 5, "true", labels),
    ]
    columns = (
        "survey_id",
        "item_id",
        "text",
        "construct",
        "kind",
        "scale_min",
        "scale_max",
        "reversed",
        "labels",
    )
    write_table(folder, "items", columns, items)
    invited, answers = [], []
    for place, (wave, _, opened) in enumerate(shown):
        for number in range(count):
            has_completed = place == 0 or number % 2 == 0
            disposition = "complete" if has_completed else "non_contact"
            invited.append((wave, f"m{number}", f"{opened}T08:00:00Z", disposition))
            if has_completed:
                at = f"{opened + timedelta(days=1)}T08:00:00Z"
                answers.append((wave, f"m{number}", "q1", 2 + (number + place) % 4, at))
                answers.append((wave, f"m{number}", "q2", 1 + (number + place) % 4, at))
    write_table(folder, "invitations", ("wave_id", "member_id", "invited_at", "disposition"), invited)
    write_table(folder, "answers", ("wave_id", "respondent_id", "item_id", "value", "submitted_at"), answers)


def write_ties(folder: Path, count: int = 60, waves: int = 2) -> None:
    """Everybody names the next member; in the last wave also the one after."""
    rows = []
    for place, (wave, _, _) in enumerate(WAVES[:waves]):
        for number in range(count):
            for step in range(1, place + 2):
                rows.append((wave, f"m{number}", f"m{(number + step) % count}", "collaborates"))
    write_table(folder, "ties", ("wave_id", "from_member_id", "to_member_id", "relation"), rows)


def write_programme(folder: Path, *, members: int = 60, waves: int = 2, has_ties: bool = True) -> Path:
    """The whole programme; returns the folder."""
    write_members(folder, members)
    write_activities(folder, members)
    write_events(folder, members)
    write_survey(folder, members, waves)
    if has_ties:
        write_ties(folder, members, waves)
    return folder
