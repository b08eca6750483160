"""A synthetic sample of raw exports, drawn from a seed: nothing in it is about Q or about any real person.

Up to 2,000 members it is the founding year, in the exports of several tools and with a few faults to be caught;
beyond, seven years in the template tables alone, without faults. Beyond 20,000 it is drawn and written in blocks.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.progress import track

from etl.demo.blocks import MEMBERS_A_BLOCK, Block, list_blocks
from etl.demo.draws import (
    Attendance,
    People,
    Responses,
    draw_activities,
    draw_attendance,
    draw_people,
    draw_responses,
    draw_ties,
    stream,
)
from etl.demo.exports import (
    ACTIVITY_COLUMNS,
    ANSWER_COLUMNS,
    ATTENDANCE_COLUMNS,
    INVITATION_COLUMNS,
    TIE_COLUMNS,
    Identities,
    Writer,
    name_people,
    tabulate_activities,
    tabulate_answers,
    tabulate_attendance,
    tabulate_invitations,
    tabulate_members,
    tabulate_memberships,
    tabulate_ties,
    write_calendar,
)
from etl.demo.plan import (
    EFFECTS,
    FAULTS,
    FOUNDING_MEMBERS,
    FOUNDING_SEED,
    NULL,
    PLANTED,
    PlantedEffect,
    PlantedFault,
    Strength,
    plan_sample,
)
from etl.demo.streams import INTENTIONS, draw_streams, list_intentions, tabulate_intentions, tabulate_streams
from etl.demo.vendors import Aliases, draw_aliases, write_qualtrics, write_teams, write_zoom
from etl.reading.files import SYNTHETIC_MARK

__all__ = [
    "EFFECTS",
    "FAULTS",
    "FOUNDING_MEMBERS",
    "FOUNDING_SEED",
    "PlantedEffect",
    "PlantedFault",
    "write_exports",
]
TEMPLATES = (
    "members",
    "memberships",
    "aliases",
    "events",
    "waves",
    "items",
    "targets",
    "attendance",
    "invitations",
    "answers",
    "ties",
    "activities",
)
TEAMS = "teams_design_event_2.csv"
ZOOM = "zoom_design_event_3.csv"
UNFINISHED = ".unfinished"


def write_exports(
    directory: Path,
    members: int = FOUNDING_MEMBERS,
    seed: int = FOUNDING_SEED,
    planted: bool = True,
    members_a_block: int = MEMBERS_A_BLOCK,
) -> list[Path]:
    """Write the raw exports of a sample and return their paths, sorted. The same call writes the same bytes.

    Without `planted` none of `EFFECTS` exists: the null sample. Exports of an earlier sample in the folder are
    replaced, once the new ones are whole. Memory is bounded by `members_a_block`. Raises Refused for fewer than 20
    members.
    """
    plan = plan_sample(members)
    strength = PLANTED if planted else NULL
    blocks = list(list_blocks(plan, members, seed, members_a_block))
    unfinished = directory / UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        writer = Writer(unfinished, members)
        try:
            write_calendar(writer, plan, list_intentions())
            _write_blocks(writer, blocks, strength)
        finally:
            writer.close()
        if plan.is_founding:
            _spoil(unfinished)
        mark = directory / SYNTHETIC_MARK
        mark.write_text("The files in this folder are synthetic sample data.\n", encoding="utf-8")
        for old in (*(f"{table}.csv" for table in TEMPLATES), TEAMS, ZOOM, _name_wave(2), _name_wave(3)):
            (directory / old).unlink(missing_ok=True)
        return sorted(path.rename(directory / path.name) for path in writer.written)
    finally:
        shutil.rmtree(unfinished)


def _write_blocks(writer: Writer, blocks: list[Block], strength: Strength) -> None:
    """Write each block, with some of its ties to the next one; those of the last go to the first."""
    every = [*blocks[1:], blocks[0]]
    console = Console(stderr=True, quiet=len(blocks) == 1)
    opening = people = _draw_people(blocks[0], strength)
    for block, following in zip(track(blocks, "Writing members", console=console), every, strict=True):
        if len(blocks) == 1:
            _write_block(writer, block, strength, people, None)
            return
        beyond = opening if following is blocks[0] else _draw_people(following, strength)
        _write_block(writer, block, strength, people, beyond)
        people = beyond


def _draw_people(block: Block, strength: Strength) -> People:
    return draw_people(block.plan, block.members, block.seed, strength)


def _write_block(
    writer: Writer, block: Block, strength: Strength, people: People, beyond: People | None
) -> None:
    plan, seed = block.plan, block.seed

    def append(table: str, columns: dict[str, str], parts: Iterable[pa.Table]) -> None:
        writer.append(table, columns, parts, block.first)

    identities = name_people(people, writer, block)
    columns, table = tabulate_members(plan, people, identities)
    append("members", columns, [table])
    columns, table = tabulate_memberships(people)
    append("memberships", columns, [table])
    attendance = draw_attendance(plan, people, seed)
    reports = (
        tabulate_attendance(item, stream(seed, 13, number))
        for number, item in enumerate(attendance)
        if item.event.report == "template"
    )
    append("attendance", ATTENDANCE_COLUMNS, reports)
    responses = list(draw_responses(plan, people, seed, strength))
    invited = (tabulate_invitations(plan, people, identities.organisations, item) for item in responses)
    append("invitations", INVITATION_COLUMNS, invited)
    answered = [item for item in responses if item.wave.survey_id == "attitude"]
    templates = (
        part
        for item in answered
        if item.wave.report == "template"
        for part in (tabulate_answers(item), tabulate_intentions(item, seed))
    )
    append("answers", ANSWER_COLUMNS, templates)
    named = [item for item in responses if item.wave.survey_id == "connections"]
    ties = draw_ties(plan, people, attendance, named, seed, strength, beyond)
    append("ties", TIE_COLUMNS, (tabulate_ties(item) for item in ties))
    has_attended = np.logical_or.reduce([item.attended for item in attendance])
    between = tabulate_activities(draw_activities(plan, people, has_attended, seed, strength))
    append("activities", ACTIVITY_COLUMNS, [between, tabulate_streams(draw_streams(plan, people, seed))])
    if plan.is_founding:
        aliases = _write_vendors(writer, identities, attendance, answered, seed)
    else:
        second = range(-block.first % 20, block.members, 20)
        aliases = [
            (identities.member_ids[who], "email", f"member{block.first + who + 1}@post.example")
            for who in second
        ]
    writer.append_rows("aliases", ("member_id", "kind", "value"), aliases)


def _name_wave(number: int) -> str:
    return f"attitude_wave_{number}.csv"


def _write_vendors(
    writer: Writer, identities: Identities, attendance: list[Attendance], answered: list[Responses], seed: int
) -> list[tuple[str, str, str]]:
    """Write the meeting reports and the Qualtrics exports; returns the rows of aliases.csv."""
    meetings = {item.event.report: item for item in attendance}
    aliases: Aliases = draw_aliases(identities, meetings["zoom"], seed)
    folder = writer.folder
    writer.written += [
        write_teams(folder / TEAMS, meetings["teams"], identities, aliases, seed),
        write_zoom(folder / ZOOM, meetings["zoom"], identities, aliases, seed),
    ]
    for item in answered:
        if item.wave.report != "template":
            path = folder / _name_wave(int(item.wave.wave_id[1:]))
            as_labels = item.wave.report == "labels"
            writer.written.append(write_qualtrics(path, item, identities, aliases, seed, as_labels))
    return aliases.list_rows(identities)


def _spoil(folder: Path) -> None:
    """Make the members list untidy, as lists are, and put the planted faults into the template tables."""

    def edit(name: str, change: Callable[[list[list[str]]], None]) -> None:
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        change(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)

    edit("members", _spoil_members)
    edit(
        "attendance",
        lambda rows: rows.insert(30, [rows[1][0], "M9999", "true", "true", "", "", "", "Attendee"]),
    )
    edit("answers", _spoil_answers)
    edit("ties", lambda rows: rows.insert(50, [rows[50][0], rows[50][1], rows[50][1], *rows[50][3:]]))
    edit("activities", lambda rows: rows.insert(100, [rows[100][0], "2015-10-05T10:10:10Z", "", "1"]))


def _spoil_members(rows: list[list[str]]) -> None:
    """Stray spaces and letter case change nothing for the load; the last two rows are faults."""
    name, email, organisation, profession = (
        rows[0].index(key) for key in ("name", "email", "organisation", "profession")
    )
    for number, row in enumerate(rows[1:]):
        if number % 9 == 3:
            row[name] = f"  {row[name]} "
        if number % 7 == 2:
            local, domain = row[email].split("@")
            row[email] = f"{local.title()}@{domain.upper()}"
        if number % 31 == 8:
            row[organisation] = f"{row[organisation]} "
        if number % 23 == 5:
            row[profession] = f" {row[profession]}"
    joined, left, reason = (rows[0].index(key) for key in ("joined_on", "left_on", "left_reason"))
    impossible = list(rows[-1])
    impossible[0] = f"M{len(rows):0{len(rows[1][0]) - 1}d}"
    impossible[name], impossible[email] = "Alex Nemo", "alex.nemo@nowhere.example"
    impossible[joined], impossible[left], impossible[reason] = "2015-02-30", "", ""
    rows += [list(rows[17]), impossible]


def _spoil_answers(rows: list[list[str]]) -> None:
    """One Likert answer of a respondent in the middle leaves its scale."""
    item, value = rows[0].index("item_id"), rows[0].index("value")
    main = [row for row in rows if row[item] not in {one.item_id for one in INTENTIONS}]
    next(row for row in main[len(main) // 2 :] if row[item] == "developing_1")[value] = "7"
