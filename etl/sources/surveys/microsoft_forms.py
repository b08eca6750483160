"""Microsoft Forms responses (.xlsx or CSV): one heading row of questions, several choices of a question in one cell ("A;B;")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from etl.checking.surveys.choices import clean_label, describe_choices, describe_tick
from etl.reading.records import Record, find_delimiter, read_records
from etl.reading.shapes.responses import (
    NOT_CHOSEN,
    Question,
    Response,
    check_questions,
    make_raw_answers,
    make_response,
    part_fitting,
)
from etl.reading.types import About, DateOrder, Item, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.dates import format_utc, settle_order

NAME = "microsoft_forms"
TITLE = "Microsoft Forms responses"
ABOUT = About(
    "English for the columns of its own",
    "`--survey`, `--wave`",
    'points and feedback of a quiz are left out and counted; "anonymous" is nobody',
)

_ROLES: Mapping[str, str] = {
    "id": "response",
    "start time": "started",
    "completion time": "ended",
    "last modified time": "other",
    "email": "email",
    "name": "name",
    "language": "other",
    "total points": "other",
    "quiz feedback": "other",
    "grade posted time": "other",
}
_QUIZ = re.compile(r"(?:points|feedback) - .*", re.IGNORECASE | re.DOTALL)
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d+)?")
_ZERO = datetime(1899, 12, 30)


@dataclass(frozen=True)
class _Asked:
    """A question: its place, code and text, and the options where several could be chosen."""

    place: int
    code: str
    text: str
    options: tuple[str, ...]

    @property
    def columns(self) -> list[tuple[Question, str]]:
        """An answer column for each option, or the one of the question with ''."""
        if not self.options:
            return [(Question(self.place, self.code, self.text), "")]
        return [
            (Question(self.place, f"{self.code}_{number:02d}", f"{self.text} [{option}]"), option)
            for number, option in enumerate(self.options, start=1)
        ]


def recognise(sample: Sample) -> bool:
    """Whether the heading starts with Microsoft Forms' number and times."""
    return _find_delimiter(sample.text) is not None


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, 1, _is_forms)


def _is_forms(records: Sequence[Record]) -> bool:
    words = [cell.strip().casefold() for cell in records[0].cells] if records else []
    return words[:1] == ["id"] and {"start time", "completion time"} <= set(words)


def read(file: RawFile) -> Reading:
    """Read the responses: one row of `raw_answers` an answer, and an item for each question (q01, q02 …) or option (q03_01).

    Questions of equal text are told apart by their number. "anonymous" is nobody's address; times that Excel turned into numbers
    are read as it means them. Points and feedback of a quiz are left out.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(f"{file.name} is no Microsoft Forms export: open its responses in Excel and save them.")
    heading, *records = read_records(file.text, delimiter)
    names = [cell.strip() for cell in heading.cells]
    while names and not names[-1]:
        names.pop()
    places = {
        _ROLES[name.casefold()]: place
        for place, name in reversed(list(enumerate(names)))
        if name.casefold() in _ROLES
    }
    fitting, rejects = part_fitting(records, len(names), heading)
    asked = _list_questions(names, fitting)
    check_questions([question for one in asked for question, _ in one.columns], file.name)
    dates = [_read_serial(record.cells[places[role]]) for record in fitting for role in ("started", "ended")]
    order = settle_order(dates, file.name, file.options.date_order)
    responses = []
    for record in fitting:
        response = _read_response(asked, places, record, order, file)
        if isinstance(response, Reject):
            rejects.append(response)
        else:
            responses.append(response)
    items = tuple(item for one in asked for item in _describe(one, fitting))
    left = sum(bool(_QUIZ.fullmatch(name)) for name in names)
    warnings = (f"{file.name}: columns of points and feedback were left out: {left}.",) if left else ()
    raw = {"raw_answers": make_raw_answers(responses)}
    return Reading(NAME, len(records), raw, tuple(rejects), warnings, items=items)


def _list_questions(names: Sequence[str], records: Sequence[Record]) -> list[_Asked]:
    asked: list[_Asked] = []
    used: dict[str, int] = {}
    for place, name in enumerate(names):
        if name.casefold() in _ROLES or _QUIZ.fullmatch(name) or not name:
            continue
        used[name] = used.get(name, 0) + 1
        text = name if used[name] == 1 else f"{name} ({used[name]})"
        cells = [record.cells[place].strip() for record in records]
        parts = {clean_label(part) for cell in cells for part in cell.split(";") if part.strip()}
        is_several = any(cell.endswith(";") for cell in cells)
        options = tuple(sorted(parts)) if is_several else ()
        asked.append(_Asked(place, f"q{len(asked) + 1:02d}", text, options))
    return asked


def _describe(asked: _Asked, records: Sequence[Record]) -> list[Item]:
    if asked.options:
        return [describe_tick(one.item_id, one.text, option, NOT_CHOSEN) for one, option in asked.columns]
    answers = {
        clean_label(record.cells[asked.place]) for record in records if record.cells[asked.place].strip()
    }
    return [describe_choices(asked.code, asked.text, sorted(answers))]


def _read_serial(text: str) -> str:
    """A time that Excel shows as a number, such as 42079.38, as ISO; other text as it is."""
    if not _SERIAL.fullmatch(text.strip()):
        return text.strip()
    moment = _ZERO + timedelta(days=float(text.strip().replace(",", ".")))
    return format_utc(moment + timedelta(milliseconds=500))


def _read_response(
    asked: Sequence[_Asked], places: Mapping[str, int], record: Record, order: DateOrder, file: RawFile
) -> Response | Reject:
    given = {role: record.cells[place].strip() for role, place in places.items()}
    answers: list[tuple[Question, str]] = []
    for one in asked:
        cell = record.cells[one.place].strip()
        if not cell or cell in file.missing:
            continue
        chosen = {clean_label(part) for part in cell.split(";")} if one.options else set()
        for question, option in one.columns:
            answers.append((question, (option if option in chosen else NOT_CHOSEN) if option else cell))
    is_known = given.get("email", "").casefold() != "anonymous"
    return make_response(
        record.line,
        tuple(answers),
        _read_serial(given.get("ended", "") or given.get("started", "")),
        order,
        file.options.zone,
        response_id=given.get("response", ""),
        external="",
        email=given.get("email", "") if is_known else "",
        names=(given.get("name", ""),) if is_known else ("",),
    )
