"""LimeSurvey response exports: headings "code", "code. text" and "code[sub]. text [sub text]", the full or abbreviated texts
(English), or the two rows of a VV file (texts, codes; tabs)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from etl.checking.surveys.choices import clean_label, describe_choices, describe_tick
from etl.reading.records import Record, find_delimiter, read_records
from etl.reading.shapes.own_columns import pick_own, tell_left_out, tell_own
from etl.reading.shapes.respondents import describe_respondent
from etl.reading.shapes.responses import (
    NOT_CHOSEN,
    Heading,
    Question,
    Response,
    check_questions,
    make_raw_answers,
    make_response,
    part_fitting,
    part_read,
    pick_answers,
    word_questions,
)
from etl.reading.types import About, DateOrder, Item, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.dates import settle_order
from etl.reading.written.ticks import read_tick

NAME = "limesurvey"
TITLE = "LimeSurvey responses"
ABOUT = About(
    "any, by question codes",
    "`--survey`, `--wave`",
    'responses without an answer; "N/A" and {question_not_shown} are unanswered; attributes of participants are attributes of the respondent where their label or a mapping calls them as one of members, and else left out and named; timings are left out',
)
NOT_SHOWN = ("N/A", "{question_not_shown}")

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
_TIMING = re.compile(
    r"interviewtime|(?:group|question)Time\d*|\d+X\d+(?:X\d+)?time|total time|(?:group|question) time: .*",
    re.I | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"attribute_\d+")
_UNDATED = "1980-01-01 00:00:00"
_GROUP = re.compile(r"(.+)\[[^\[\]]+\]", re.DOTALL)
# what a VV file writes in place of characters that would break its lines
_ESCAPES = {"{quote}": '"', "{tab}": "\t", "{cr}": "\r", "{newline}": "\n", "{lbrace}": "{", "{rbrace}": "}"}
_ROW_NUMBER = re.compile(r"\d+(?:\.0)?")


@dataclass(frozen=True)
class _Heading(Heading):
    questions: tuple[Question, ...]
    own: tuple[Question, ...]
    left_out: tuple[str, ...]


def recognise(sample: Sample) -> bool:
    """Whether the heading has LimeSurvey's own columns (in its second row in a VV file), or a row number and nothing but "code. text"."""
    return _find_delimiter(sample.text) is not None


def read(file: RawFile) -> Reading:
    """Read the responses: one row of `raw_answers` a non-empty answer, sub-questions as code[sub].

    A token becomes `person_external`. A blank submitdate is an unfinished response; its time is then the last answer's
    (datestamp), or when it was started. Answers in words are described by themselves. "N/A" is LimeSurvey's word for a question that was not shown. A response without an answer is a reject. IP addresses, referrers and timings are not passed on.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(f"{file.name} is no LimeSurvey export: export the responses again with question codes.")
    records = list(read_records(file.text, delimiter))
    heading = _read_heading(records, file.respondent)
    check_questions(heading.questions, file.name)
    if heading.own:
        check_questions(heading.own, file.name)
    fitting, rejects = part_fitting(records[heading.rows :], heading.width, records[0])
    if heading.rows > 1:
        fitting = [replace(record, cells=tuple(map(_unescape, record.cells))) for record in fitting]
    dates = ("submitdate", "startdate", "datestamp")
    written = [heading.cell(record, code) for record in fitting for code in dates]
    order = settle_order(written, file.name, file.options.date_order)
    missing = (*NOT_SHOWN, *file.missing)
    read = (_read_response(heading, record, order, file.options.zone, missing) for record in fitting)
    responses = part_read(read, rejects)
    return Reading(
        NAME,
        len(records) - heading.rows,
        {"raw_answers": make_raw_answers(responses)},
        tuple(rejects),
        (
            *tell_left_out(file.name, heading.left_out),
            *tell_own(file.name, heading.own, "attributes of participants"),
        ),
        items=(
            *_describe(heading.questions, fitting, missing),
            *(describe_respondent(one.item_id, one.text) for one in heading.own),
        ),
        asked=word_questions(heading.questions),
        missing=missing,
    )


def _unescape(cell: str) -> str:
    for written, meant in _ESCAPES.items():
        cell = cell.replace(written, meant)
    return cell


def _describe(
    questions: Sequence[Question], records: Sequence[Record], missing: Collection[str]
) -> Iterator[Item]:
    """An item for each question; the columns of one question (code[sub]) share their answers, and are ticks where these are yes or no."""
    given: dict[Question, set[str]] = {}
    groups: dict[str, list[Question]] = {}
    for question in questions:
        cells = {record.cells[question.place].strip() for record in records}
        given[question] = {clean_label(cell) for cell in cells if cell and cell not in missing}
        match = _GROUP.fullmatch(question.item_id)
        is_other = question.item_id.endswith(("[other]", "comment]"))
        groups.setdefault(match[1] if match and not is_other else question.item_id, []).append(question)
    for questions in groups.values():
        shared = set().union(*(given[question] for question in questions))
        ticked = sorted(answer for answer in shared if read_tick(answer))
        has_words = all(answer.isalpha() and read_tick(answer) is not None for answer in shared)
        is_ticked = len(questions) > 1 and len(ticked) == 1 and has_words
        for question in questions:
            text = question.text or question.item_id
            if is_ticked:
                left = next((answer for answer in shared if not read_tick(answer)), NOT_CHOSEN)
                yield describe_tick(question.item_id, text, ticked[0], left)
            else:
                yield describe_choices(question.item_id, text, sorted(shared))


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, 2, _is_limesurvey)


def _is_limesurvey(records: Sequence[Record]) -> bool:
    if not records:
        return False
    cells = _trim(records[0].cells)
    if _has_marks(code for code, _ in _split_headings(cells)) or _is_vv(records):
        return True
    first, others = cells[0].strip(), cells[1:]
    has_texts = bool(others) and all(_split_heading(cell)[1] for cell in others)
    numbers = [record.cells[0].strip() for record in records[1:]]
    return has_texts and first in ("", "id") and all(_ROW_NUMBER.fullmatch(cell) for cell in numbers)


def _has_marks(codes: Iterable[str]) -> bool:
    known = set(codes)
    return {"id", "submitdate"} <= known and bool(known & _MARKS)


def _is_vv(records: Sequence[Record]) -> bool:
    """Whether the second row has the codes, below a row of texts."""
    return len(records) > 1 and _has_marks(records[1].cells) and not _has_marks(records[0].cells)


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
    used: Counter[str] = Counter()
    found = []
    for word, cell in zip(words, cells, strict=True):
        used[word] += 1
        text = cell.strip() if used[word] == 1 else f"{cell.strip()} ({used[word]})"
        found.append((_FULL[word], "") if word in _FULL else (text, text))
    return found


def _split_heading(cell: str) -> tuple[str, str]:
    """Code and text of a heading; ('', '') where it has no code."""
    match = _HEADING.fullmatch(cell)
    return (match[1], (match[2] or "").strip()) if match else ("", "")


def _read_heading(records: Sequence[Record], respondent: Mapping[str, str]) -> _Heading:
    is_vv = _is_vv(records)
    cells = _trim(records[is_vv].cells)
    texts = (*records[0].cells, *[""] * len(cells))
    codes = list(zip(cells, texts, strict=False)) if is_vv else _split_headings(cells)
    known = {code for code, _ in codes}
    has_people = "token" in known
    places: dict[str, int] = {}
    questions, attributes = [], []
    for place, (code, text) in enumerate(codes):
        if code in _RUNNING or (has_people and code in _PERSONAL):
            places.setdefault(code, place)
        elif place == 0 and not cells[0].strip():
            places.setdefault("id", place)
        elif _ATTRIBUTE.fullmatch(code):
            attributes.append((place, code, text))
        elif not _TIMING.fullmatch(code or cells[place].strip()):
            questions.append(Question(place, code or cells[place].strip(), text))
    own, left_out = pick_own(attributes, respondent)
    return _Heading(1 + is_vv, len(cells), places, tuple(questions), own, left_out)


def _read_response(
    heading: _Heading, record: Record, order: DateOrder, zone: str, missing: Sequence[str]
) -> Response | Reject:
    submitted = heading.cell(record, "submitdate")
    submitted = "" if submitted in NOT_SHOWN else submitted
    written = submitted or heading.cell(record, "datestamp") or heading.cell(record, "startdate")
    response = make_response(
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
    if isinstance(response, Reject):
        return response
    return replace(response, answers=(*response.answers, *pick_answers(heading.own, record.cells, missing)))
