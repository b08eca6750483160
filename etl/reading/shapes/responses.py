"""What a survey export holds, whichever tool wrote it: responses with their non-empty answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from etl.reading.records import Record, fit_cells, make_table
from etl.reading.types import DateOrder, Refused, Reject, Wording
from etl.reading.written.clocks import UnknownZone
from etl.reading.written.dates import iso_utc
from etl.reading.written.names import NOBODY, ROUNDED, SUMMARY

NOTHING_ANSWERED = "no question answered"
SUMMED = "a total or an average, not a response"
STRAY_LINE = (
    "neither a number nor a time nor a person, which other lines have: a total, or a line that was pasted in"
)
# The answer to an option that was left by somebody who chose another.
NOT_CHOSEN = "Not chosen"
_COLUMNS = (
    "response_id",
    "person_external",
    "person_email",
    "person_name",
    "item_id",
    "question",
    "answer",
    "submitted_at",
    "is_finished",
    "wave_id",
)


@dataclass(frozen=True)
class Question:
    """A column of answers: its place in the record, its short name and the question as asked."""

    place: int
    item_id: str
    text: str


@dataclass(frozen=True)
class Response:
    """One person's answers; `submitted_at` is UTC text, `is_finished` 'true', 'false' or '' where it is not known, `wave_id` what the
    row itself says, mostly ''."""

    line: int
    response_id: str
    answers: tuple[tuple[Question, str], ...]
    external: str
    email: str
    name: str
    submitted_at: str
    is_finished: str
    wave_id: str = ""

    @property
    def is_numbered(self) -> bool:
        """Whether the export gives the response a number."""
        return self.response_id != f"line {self.line}"

    @property
    def is_stray(self) -> bool:
        """Whether nothing says whose the response is, nor when it was given."""
        return not (self.is_numbered or self.submitted_at or self.external or self.email or self.name)


def make_response(
    line: int,
    answers: tuple[tuple[Question, str], ...],
    written: str,
    order: DateOrder,
    zone: str,
    *,
    response_id: str,
    external: str,
    email: str,
    names: Sequence[str],
    is_finished: str = "",
) -> Response | Reject:
    """The response of a line, submitted when it is `written` ('' where that is not known); why not, where it is none."""
    if not answers:
        return Reject(line, NOTHING_ANSWERED)
    try:
        submitted = iso_utc(written, order, zone)
    except ValueError as fault:
        reason = f"the date of submission '{written[:40]}' is not a date and time"
        return Reject(line, f"{reason}: {fault}" if isinstance(fault, UnknownZone) else reason)
    for given in (response_id, external):
        if re.fullmatch(SUMMARY, given) and not submitted:
            return Reject(line, SUMMED)
        if re.fullmatch(ROUNDED, given):
            return Reject(
                line,
                f"the identifier '{given}' was rounded by a spreadsheet: export again, and do not save it in between",
            )
    response_id, external = (
        "" if re.fullmatch(NOBODY, given) else given for given in (response_id, external)
    )
    known, name = response_id or f"line {line}", " ".join(filter(None, names))
    return Response(line, known, answers, external, email, name, submitted, is_finished)


def pick_answers(
    questions: Sequence[Question], cells: Sequence[str], missing: Collection[str] = ()
) -> tuple[tuple[Question, str], ...]:
    """The cells that hold an answer, as exported: an empty cell is unanswered, and what the tool or a mapping calls missing;
    "None" and "NA" are answers."""
    return tuple(
        (question, cells[question.place])
        for question in questions
        if cells[question.place].strip() and cells[question.place].strip() not in missing
    )


def check_questions(questions: Sequence[Question], name: str) -> None:
    """Refused where a file has no question, or two columns of one short name."""
    if not questions:
        raise Refused(f"{name} has no question in it: export it again with its answers.")
    item, count = Counter(question.item_id for question in questions).most_common(1)[0]
    if count > 1:
        raise Refused(
            f"{name} has {count} columns called {item or '(no name)'}: give each question a name of its own and export again."
        )


def word_questions(questions: Iterable[Question]) -> tuple[Wording, ...]:
    """How a file asks its questions, where each column has its short name as heading."""
    return tuple(Wording(question.item_id, question.item_id, question.text) for question in questions)


def make_raw_answers(responses: Sequence[Response]) -> pa.Table:
    """The table `raw_answers`, one row a non-empty answer."""
    return make_table(
        _COLUMNS,
        [
            (
                response.line,
                (
                    response.response_id,
                    response.external,
                    response.email,
                    response.name,
                    question.item_id,
                    question.text,
                    answer,
                    response.submitted_at,
                    response.is_finished,
                    response.wave_id,
                ),
            )
            for response in responses
            for question, answer in response.answers
        ],
    )


def part_fitting(
    records: Iterable[Record],
    width: int,
    heading: Record,
    refuse: Callable[[Record], str] = lambda record: "",
) -> tuple[list[Record], list[Reject]]:
    """The records that fit a heading of `width` cells and are not refused, and the others with their line and why."""
    fitting, rejects = [], []
    for record in records:
        reason = fit_cells(record, width, heading) or refuse(record)
        if reason:
            rejects.append(Reject(record.line, reason))
        else:
            fitting.append(record)
    return fitting, rejects


def part_read(read: Iterable[Response | Reject], rejects: list[Reject]) -> list[Response]:
    """The responses of what was read; the others are added to the rejects, and where some have both a number and a time those that
    have neither, nor a person."""
    responses = []
    for one in read:
        if isinstance(one, Reject):
            rejects.append(one)
        else:
            responses.append(one)
    if not any(one.is_numbered and one.submitted_at for one in responses):
        return responses
    rejects += [Reject(one.line, STRAY_LINE) for one in responses if one.is_stray]
    return [one for one in responses if not one.is_stray]


@dataclass(frozen=True)
class Heading:
    """The heading rows of a survey export: how many, how wide, and the places of columns that are no answers, by name."""

    rows: int
    width: int
    places: Mapping[str, int]

    def cell(self, record: Record, name: str) -> str:
        """What stands in a column; '' where the export has none of this name."""
        return record.cells[self.places[name]].strip() if name in self.places else ""
