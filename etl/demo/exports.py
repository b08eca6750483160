"""The synthetic sample as template CSVs: the draws joined to their words and written by DuckDB, part by part."""

from __future__ import annotations

import math
import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from etl.demo import words
from etl.demo.blocks import Block
from etl.demo.draws import DISPOSITIONS, FAR, Activities, Attendance, Ints, People, Responses, Ties
from etl.demo.plan import TARGETS, Plan, PlannedEvent
from warehouse.quoting import quote_name, quote_text

Cells = Sequence[str]
MEMBER_ID = "'M' || lpad(CAST(({column} + {first}) % {members} + 1 AS VARCHAR), {width}, '0')"
DATE = "CAST(DATE '1970-01-01' + CAST({column} AS INTEGER) AS VARCHAR)"
TIME = "strftime(make_timestamp({column} * 1000000), '%Y-%m-%dT%H:%M:%SZ')"
AS_IT_IS = "{column}"
FLAGS = ("false", "true")
CYCLE = math.lcm(len(words.COLOURS), len(words.ANIMALS))


def select_columns(names: str, **special: str) -> dict[str, str]:
    """The columns of a table in order, each with the SQL that writes it from a part."""
    return dict.fromkeys(names.split(), AS_IT_IS) | special


@dataclass(frozen=True)
class Identities:
    """Ids, names and addresses, one entry a member in the order of the members; the organisations by their code."""

    member_ids: list[str]
    first_names: list[str]
    last_names: list[str]
    emails: list[str]
    organisations: list[str]


class Writer:
    """Writes template CSVs into a folder, block after block, and keeps the list of what it wrote.

    Parts number members within their block, and after them those of the next one (of the first, after the last).
    """

    def __init__(self, folder: Path, members: int) -> None:
        self.folder = folder
        self.written: list[Path] = []
        self.width = max(4, len(str(members)))
        self.members = members
        self._connection = duckdb.connect(":memory:", config={"threads": 2})
        self._connection.execute("SET TimeZone = 'UTC'")

    def close(self) -> None:
        self._connection.close()

    def append(self, table: str, columns: dict[str, str], parts: Iterable[pa.Table], first: int = 0) -> None:
        """Append parts to `<table>.csv`, with a header if it is new; `first` is the number of their member 0.

        `columns` gives the SQL of each column over a part, `{column}` being its name.
        """
        path = self.folder / f"{table}.csv"
        piece = path.with_suffix(".part")
        is_new = path not in self.written
        listed = ", ".join(
            sql.format(column=quote_name(name), width=self.width, members=self.members, first=first)
            + f" AS {quote_name(name)}"
            for name, sql in columns.items()
        )
        self._connection.register("part", pa.concat_tables(parts))
        self._connection.execute(
            f"COPY (SELECT {listed} FROM part) TO {quote_text(str(piece))} (FORMAT csv, HEADER {str(is_new).lower()})"
        )
        self._connection.unregister("part")
        with piece.open("rb") as start, path.open("ab") as whole:
            shutil.copyfileobj(start, whole)
        piece.unlink()
        if is_new:
            self.written.append(path)

    def append_rows(self, table: str, header: Cells, rows: Iterable[Sequence[object]]) -> None:
        """Append to a short table whose cells are given as they shall stand."""
        columns = list(zip(*rows, strict=True)) or [()] * len(header)
        cells: dict[str, pa.Array[Any]] = {
            name: pa.array([None if value == "" else str(value) for value in column], pa.string())
            for name, column in zip(header, columns, strict=True)
        }
        self.append(table, dict.fromkeys(header, AS_IT_IS), [pa.table(cells)])


def name_people(people: People, writer: Writer, block: Block) -> Identities:
    """Names and addresses; addresses end in .example, a domain that cannot exist, and are one a member."""
    first = [words.FIRST_NAMES[code] for code in people.first_name.tolist()]
    last = [words.LAST_NAMES[code] for code in people.last_name.tolist()]
    organisations = name_organisations(people, block.first_organisation)
    slugs = [_simplify(name) for name in organisations]
    homes = people.organisation.tolist()
    plain_first, plain_last = (
        {word: _simplify(word) for word in listed} for listed in (words.FIRST_NAMES, words.LAST_NAMES)
    )
    is_repeated = writer.members > len(words.FIRST_NAMES) * len(words.LAST_NAMES)
    emails = [
        f"{plain_first[one]}.{plain_last[two]}{number if is_repeated else ''}@{slugs[home]}.example"
        for number, (one, two, home) in enumerate(zip(first, last, homes, strict=True), block.first)
    ]
    return Identities(
        [f"M{block.first + number:0{writer.width}d}" for number in range(1, block.members + 1)],
        first,
        last,
        emails,
        organisations,
    )


def name_organisations(people: People, first: int) -> list[str]:
    """Invented names: a colour, an animal and a word for the kind of organisation, numbered once they run out.

    `first` organisations have names already.
    """
    count = int(people.organisation.max()) + 1
    kinds = np.zeros(count, np.int64)
    kinds[people.organisation] = people.organisation_type
    names = []
    for number, kind in enumerate(kinds.tolist(), first):
        round_number, place = divmod(number, len(words.COLOURS) * len(words.ANIMALS))
        colour, animal = (
            words.COLOURS[place % len(words.COLOURS)],
            words.ANIMALS[(place + place // CYCLE) % len(words.ANIMALS)],
        )
        further = f" {round_number + 1}" if round_number else ""
        names.append(f"{colour} {animal} {words.TYPE_WORDS[kind]}{further}")
    return names


def _simplify(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def build_part(columns: dict[str, Any]) -> pa.Table:
    """A table of Arrow and NumPy columns."""
    return pa.table(
        {
            name: pa.array(column) if isinstance(column, np.ndarray) else column
            for name, column in columns.items()
        }
    )


def code_words(codes: Ints, vocabulary: Iterable[str]) -> pa.Array[Any]:
    """Codes as words of the vocabulary; -1 is empty."""
    indices: Any = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(vocabulary)))


def clear_far(days: Ints) -> pa.Array[Any]:
    return pa.array(days, mask=days >= FAR)


def tabulate_members(plan: Plan, people: People, identities: Identities) -> tuple[dict[str, str], pa.Table]:
    """The columns of members.csv and its rows. A member who came back has no leaving day here."""
    has_left = (people.left < FAR) & (people.rejoined >= FAR)
    table = build_part(
        {
            "member_id": np.arange(len(people.joined)),
            "name": pa.array(
                [
                    f"{one} {two}"
                    for one, two in zip(identities.first_names, identities.last_names, strict=True)
                ]
            ),
            "email": pa.array(identities.emails),
            **_tabulate_attributes(plan, people, identities.organisations, np.arange(len(people.joined))),
            "joined_on": people.joined,
            "left_on": clear_far(np.where(has_left, people.left, FAR)),
            "left_reason": code_words(np.where(has_left, people.reason, -1), words.LEAVING_REASONS),
        }
    )
    columns = select_columns(" ".join(table.column_names), member_id=MEMBER_ID, joined_on=DATE, left_on=DATE)
    return columns, table


ATTRIBUTES = ("organisation", "organisation_type", "profession", "region", "cohort", "qi_experience")


def _tabulate_attributes(
    plan: Plan, people: People, organisations: Cells, who: Ints
) -> dict[str, pa.Array[Any]]:
    cohorts = [intake.label for intake in plan.intakes]
    spelled = (
        organisations,
        words.ORGANISATION_TYPES,
        words.PROFESSIONS,
        words.REGIONS,
        cohorts,
        words.EXPERIENCE,
    )
    codes = (
        people.organisation,
        people.organisation_type,
        people.profession,
        people.region,
        people.intake,
        people.experience,
    )
    return {
        name: code_words(column[who], listed)
        for name, column, listed in zip(ATTRIBUTES, codes, spelled, strict=True)
    }


def tabulate_memberships(people: People) -> tuple[dict[str, str], pa.Table]:
    """The columns of memberships.csv and its rows: both spells of everybody who left and came back."""
    back = np.flatnonzero(people.rejoined < FAR)
    table = build_part(
        {
            "member_id": np.repeat(back, 2),
            "joined_on": np.column_stack([people.joined[back], people.rejoined[back]]).ravel(),
            "left_on": clear_far(np.column_stack([people.left[back], np.full(len(back), FAR)]).ravel()),
            "left_reason": code_words(
                np.column_stack([people.reason[back], np.full(len(back), -1)]).ravel(), words.LEAVING_REASONS
            ),
        }
    )
    columns = select_columns(
        "member_id joined_on left_on left_reason", member_id=MEMBER_ID, joined_on=DATE, left_on=DATE
    )
    return columns, table


def write_calendar(writer: Writer, plan: Plan, intentions: Sequence[Sequence[object]]) -> None:
    """The events, the waves, the codebook with the further items of `intentions`, and the targets."""
    writer.append_rows(
        "events",
        ("event_id", "title", "kind", "series", "mode", "starts_at", "ends_at", "region", "capacity"),
        [_tabulate_event(event) for event in plan.events],
    )
    writer.append_rows(
        "waves",
        ("wave_id", "survey_id", "label", "opened_on", "closed_on"),
        [(wave.wave_id, wave.survey_id, wave.label, wave.opened_on, wave.closed_on) for wave in plan.waves],
    )
    labels = "|".join(f"{value}={label}" for value, label in enumerate(words.LABELS, start=1))
    likert = [
        (
            "attitude",
            item.item_id,
            item.text,
            item.construct,
            "likert",
            1,
            5,
            str(item.is_reversed).lower(),
            labels,
        )
        for item in words.QUESTIONS
    ]
    further = [
        ("attitude", words.RECOMMEND.item_id, words.RECOMMEND.text, "", "nps", 0, 10, "false", ""),
        ("attitude", words.COMMENT.item_id, words.COMMENT.text, "", "text", "", "", "", ""),
    ]
    header = (
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
    writer.append_rows("items", header, [*likert, *further, *intentions])
    writer.append_rows("targets", ("indicator_id", "period", "group", "baseline", "target"), TARGETS)


def _tabulate_event(event: PlannedEvent) -> tuple[object, ...]:
    kind = "Design event" if event.is_design else "Community call"
    times = (_write_time(event.starts_at), _write_time(event.ends_at))
    return (event.event_id, event.title, kind, f"{kind}s", event.mode, *times, event.region, event.capacity)


def _write_time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


ATTENDANCE_COLUMNS = select_columns(
    "event_id member_id registered attended minutes first_join_at last_leave_at role",
    member_id=MEMBER_ID,
    first_join_at=TIME,
    last_leave_at=TIME,
)


def tabulate_attendance(item: Attendance, rng: np.random.Generator) -> pa.Table:
    """Everybody who registered for or attended an event; online events have minutes and times."""
    who = np.flatnonzero(item.registered | item.attended)
    came = item.attended[who]
    starts, ends = (int(at.timestamp()) for at in (item.event.starts_at, item.event.ends_at))
    joined = starts + rng.integers(-300, 900, len(who))
    parted = ends - rng.integers(0, 1200, len(who))
    is_unclocked = ~came | (item.event.mode == "in_person")
    is_presenter = came & (rng.random(len(who)) < 0.04)
    return build_part(
        {
            "event_id": code_words(np.zeros(len(who), np.int64), [item.event.event_id]),
            "member_id": who,
            "registered": code_words(item.registered[who].astype(np.int64), FLAGS),
            "attended": code_words(came.astype(np.int64), FLAGS),
            "minutes": pa.array(np.rint((parted - joined) / 60).astype(np.int64), mask=is_unclocked),
            "first_join_at": pa.array(joined, mask=is_unclocked),
            "last_leave_at": pa.array(parted, mask=is_unclocked),
            "role": code_words(np.where(is_presenter, 1, np.where(came, 0, -1)), ["Attendee", "Presenter"]),
        }
    )


INVITATION_COLUMNS = select_columns(
    " ".join(("wave_id member_id invited_at reminders disposition", *ATTRIBUTES)), member_id=MEMBER_ID
)


def tabulate_invitations(plan: Plan, people: People, organisations: Cells, item: Responses) -> pa.Table:
    """Everybody asked in a wave, with the disposition and the attributes as at its opening."""
    none = np.zeros(len(item.invited), np.int64)
    return build_part(
        {
            "wave_id": code_words(none, [item.wave.wave_id]),
            "member_id": item.invited,
            "invited_at": code_words(none, [f"{item.wave.opened_on}T08:00:00Z"]),
            "reminders": item.reminders,
            "disposition": code_words(item.disposition, DISPOSITIONS),
            **_tabulate_attributes(plan, people, organisations, item.invited),
        }
    )


ANSWER_COLUMNS = select_columns(
    "wave_id respondent_id item_id value text submitted_at", respondent_id=MEMBER_ID, submitted_at=TIME
)


def tabulate_answers(item: Responses) -> pa.Table:
    """One row an answer: those to the Likert items, the recommendation and the comment."""
    items = [question.item_id for question in words.QUESTIONS] + [
        words.RECOMMEND.item_id,
        words.COMMENT.item_id,
    ]
    coded = np.column_stack([item.values, item.recommend, item.comment])
    is_given = np.column_stack([item.values > 0, item.recommend >= 0, item.comment >= 0]).ravel()
    place = np.flatnonzero(is_given)
    row, column = place // len(items), place % len(items)
    value = coded.ravel()[place]
    is_comment = column == len(items) - 1
    return build_part(
        {
            "wave_id": code_words(np.zeros(len(place), np.int64), [item.wave.wave_id]),
            "respondent_id": item.responded[row],
            "item_id": code_words(column, items),
            "value": pa.array(value, mask=is_comment),
            "text": code_words(np.where(is_comment, value, -1), words.COMMENTS),
            "submitted_at": item.submitted_at[row],
        }
    )


TIE_COLUMNS = select_columns(
    "wave_id from_member_id to_member_id relation strength directed",
    from_member_id=MEMBER_ID,
    to_member_id=MEMBER_ID,
)


def tabulate_ties(item: Ties) -> pa.Table:
    none = np.zeros(len(item.named), np.int64)
    return build_part(
        {
            "wave_id": code_words(none, [item.wave.wave_id]),
            "from_member_id": item.named_by,
            "to_member_id": item.named,
            "relation": code_words(none, ["collaborates"]),
            "strength": item.strength,
            "directed": code_words(none, ["true"]),
        }
    )


ACTIVITY_COLUMNS = select_columns("member_id at kind amount", member_id=MEMBER_ID, at=TIME)


def tabulate_activities(item: Activities) -> pa.Table:
    return build_part(
        {
            "member_id": item.member,
            "at": item.at,
            "kind": code_words(item.kind, words.ACTIVITY_KINDS),
            "amount": item.amount,
        }
    )
