"""LimeSurvey response exports: headings "code", "code. text" and "code[sub]. text [sub text]", or the full texts (English)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.reading.records import Record, find_delimiter, fit_cells, read_records
from etl.reading.shapes.responses import (
    Question,
    Response,
    check_questions,
    make_raw_answers,
    make_response,
    pick_answers,
)
from etl.reading.types import About, DateOrder, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.dates import settle_order

NAME = "limesurvey"
TITLE = "LimeSurvey responses"
ABOUT = About(
    "any, by question codes",
    "`--survey`, `--wave`",
    'responses without an answer; "N/A" (not shown) is unanswered',
)
NOT_SHOWN = "N/A"

_HEADING = re.compile(r"\s*([A-Za-z][A-Za-z0-9_-]*(?:\[[^\]]*\])*)\s*(?:\.\s*(.*))?", re.DOTALL)
_RUNNING = (
    "id",
    "submitdate",
    "lastpage",
    "startlanguage",
    "seed",
    "token",
    "startdate",
    "datestamp",
    "ipaddr",
    "refurl",
)
_MARKS = frozenset({"lastpage", "startlanguage", "seed"})
_FULL: Mapping[str, str] = {
    "response id": "id",
    "date submitted": "submitdate",
    "last page": "lastpage",
    "start language": "startlanguage",
    "seed": "seed",
    "access code": "token",
    "token": "token",
    "date started": "startdate",
    "date last action": "datestamp",
    "ip address": "ipaddr",
    "referrer url": "refurl",
    "first name": "firstname",
    "last name": "lastname",
    "email address": "email",
}
_PERSONAL = ("firstname", "lastname", "email")
_TIMING = re.compile(r"interviewtime|groupTime\d*|questionTime\d*")
_ATTRIBUTE = re.compile(r"attribute_\d+")
_UNDATED = "1980-01-01 00:00:00"
_ROW_NUMBER = re.compile(r"\d+(?:\.0)?")


@dataclass(frozen=True)
class _Heading:
    width: int
    places: Mapping[str, int]
    questions: tuple[Question, ...]

    def cell(self, record: Record, code: str) -> str:
        return record.cells[self.places[code]].strip() if code in self.places else ""


def recognise(sample: Sample) -> bool:
    """Whether the heading has LimeSurvey's own columns, or a row number and nothing but "code. text"."""
    return _find_delimiter(sample.text) is not None


def read(file: RawFile) -> Reading:
    """Read the responses: one row of `raw_answers` a non-empty answer, sub-questions as code[sub].

    A token becomes `person_external`. A blank submitdate is an unfinished response; its time is then the last answer's
    (datestamp). "N/A" is LimeSurvey's word for a question that was not shown. A response without an answer is a reject. IP addresses, referrers and timings are not passed on.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(f"{file.name} is no LimeSurvey export: export the responses again with question codes.")
    records = list(read_records(file.text, delimiter))
    heading = _read_heading(records[0])
    check_questions(heading.questions, file.name)
    written = [
        heading.cell(record, code)
        for record in records[1:]
        if not fit_cells(record, heading.width)
        for code in ("submitdate", "startdate", "datestamp")
    ]
    order = settle_order(written, file.name, file.options.date_order)
    responses, rejects = [], []
    for record in records[1:]:
        response = _read_response(
            heading, record, records[0], order, file.options.zone, (NOT_SHOWN, *file.missing)
        )
        if isinstance(response, Reject):
            rejects.append(response)
        else:
            responses.append(response)
    return Reading(NAME, len(records) - 1, {"raw_answers": make_raw_answers(responses)}, tuple(rejects))


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, 2, _is_limesurvey)


def _is_limesurvey(records: Sequence[Record]) -> bool:
    if not records:
        return False
    cells = _trim(records[0].cells)
    codes = {code for code, _ in _split_headings(cells)}
    if {"id", "submitdate"} <= codes and codes & _MARKS:
        return True
    first, others = cells[0].strip(), cells[1:]
    has_texts = bool(others) and all(_split_heading(cell)[1] for cell in others)
    numbers = [record.cells[0].strip() for record in records[1:]]
    return has_texts and first in ("", "id") and all(_ROW_NUMBER.fullmatch(cell) for cell in numbers)


def _trim(cells: Sequence[str]) -> list[str]:
    """Cells of a heading without the empty ones at its end."""
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _split_headings(cells: Sequence[str]) -> list[tuple[str, str]]:
    """Code and text of each heading; where they are full texts the text is the code."""
    words = [" ".join(cell.casefold().split()) for cell in cells]
    if not {"response id", "date submitted"} <= set(words):
        return [_split_heading(cell) for cell in cells]
    return [
        (_FULL.get(word, cell.strip()), "" if word in _FULL else cell.strip())
        for word, cell in zip(words, cells, strict=True)
    ]


def _split_heading(cell: str) -> tuple[str, str]:
    """Code and text of a heading; ('', '') where it has no code."""
    match = _HEADING.fullmatch(cell)
    return (match[1], (match[2] or "").strip()) if match else ("", "")


def _read_heading(record: Record) -> _Heading:
    cells = _trim(record.cells)
    codes = _split_headings(cells)
    known = {code for code, _ in codes}
    has_people = "token" in known
    places: dict[str, int] = {}
    questions = []
    for place, (code, text) in enumerate(codes):
        if code in _RUNNING or (has_people and code in _PERSONAL):
            places.setdefault(code, place)
        elif place == 0 and not cells[0].strip():
            places.setdefault("id", place)
        elif not _TIMING.fullmatch(code) and not (has_people and _ATTRIBUTE.fullmatch(code)):
            questions.append(Question(place, code or cells[place].strip(), text))
    return _Heading(len(cells), places, tuple(questions))


def _read_response(
    heading: _Heading, record: Record, first: Record, order: DateOrder, zone: str, missing: Sequence[str]
) -> Response | Reject:
    reason = fit_cells(record, heading.width, first)
    if reason:
        return Reject(record.line, reason)
    submitted = heading.cell(record, "submitdate")
    written = submitted or heading.cell(record, "datestamp")
    return make_response(
        record.line,
        pick_answers(heading.questions, record.cells, missing),
        "" if written == _UNDATED else written,
        order,
        zone,
        response_id=heading.cell(record, "id"),
        external=heading.cell(record, "token"),
        email=heading.cell(record, "email"),
        names=(heading.cell(record, "firstname"), heading.cell(record, "lastname")),
        is_finished=("true" if submitted else "false") if "submitdate" in heading.places else "",
    )
