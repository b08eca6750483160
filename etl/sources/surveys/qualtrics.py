"""Qualtrics response exports (CSV or TSV): three heading rows (name, question, ImportId), the legacy two, or one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from etl.reading.records import Record, find_delimiter, read_records
from etl.reading.shapes.own_columns import is_timing, list_derived, pick_own, tell_left_out, tell_own
from etl.reading.shapes.respondents import describe_respondent
from etl.reading.shapes.responses import (
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
from etl.reading.types import About, DateOrder, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.dates import load_zone, read_serial, settle_order

NAME = "qualtrics"
TITLE = "Qualtrics responses"
ABOUT = About(
    "any, by ImportId or the names of the columns",
    "`--survey` where the codebook leaves it open; `--wave` where no wave was open",
    'previews, tests and spam; responses without an answer; "-99" is unanswered; embedded data are attributes of the respondent where they are called as one of members or a mapping says so, and else left out and named, as orders of display, groups of a recommendation and topics are; timings and Q_ tags are left out',
)
NOT_ANSWERED = "-99"

_ROLES: Mapping[str, frozenset[str]] = {
    "response": frozenset({"responseid", "_recordid"}),
    "started": frozenset({"startdate"}),
    "ended": frozenset({"enddate"}),
    "recorded": frozenset({"recordeddate"}),
    "status": frozenset({"status"}),
    "channel": frozenset({"distributionchannel"}),
    "finished": frozenset({"finished"}),
    "progress": frozenset({"progress"}),
    "external": frozenset({"externalreference", "externaldatareference"}),
    "email": frozenset({"recipientemail", "emailaddress"}),
    "first name": frozenset({"recipientfirstname"}),
    "last name": frozenset({"recipientlastname"}),
    "name": frozenset({"name"}),
    "other": frozenset(
        {
            "responseset",
            "responsesetid",
            "ipaddress",
            "duration",
            "duration (in seconds)",
            "locationlatitude",
            "locationlongitude",
            "locationaccuracy",
            "userlanguage",
        }
    ),
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words}
_LEGACY_CODE = re.compile(r"V\d+")
_IMPORT_ID = re.compile(r"""["']ImportId["']\s*:\s*["']([^"']*)["']""")
_TIME_ZONE = re.compile(r"""["']timeZone["']\s*:\s*["']([^"']*)["']""")
_QUESTION_ID = re.compile(r"QID\d", re.IGNORECASE)
_TAG = re.compile(r"Q_[A-Z]\w*")
_DEVICE = "Browser Meta Info"
_PREVIEW = "a preview or a test of the survey, not a response"
_PREVIEWED = re.compile(
    r"preview|vorschau|aperçu|vista previa|anteprima|voorbeeld|visualização|förhandsgranskning|podgląd|プレビュー|预览|預覽|미리"
)
_SPAM = "Qualtrics marks the response as spam"
_STATUS = {"preview": 1, "test": 2, "imported": 4, "spam": 8, "offline": 16}
_DATES = ("started", "ended", "recorded")
_DAY = re.compile(r"\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


@dataclass(frozen=True)
class _Heading(Heading):
    """The heading rows: roles of the metadata columns, the questions, and what was left out."""

    questions: tuple[Question, ...]
    own: tuple[Question, ...]
    left_out: tuple[str, ...]
    zone: str | None


def recognise(sample: Sample) -> bool:
    """Whether the heading rows have Qualtrics' ImportIds, or its metadata names of the two-row layouts."""
    return _find_delimiter(sample.text) is not None


def read(file: RawFile) -> Reading:
    """Read the responses: one row of `raw_answers` a non-empty answer.

    "-99" is Qualtrics' word for a question that was seen and not answered. Times are read in the zone that the third heading row names, otherwise in that of the options. Previews, responses
    marked "Survey Test", spam and responses without an answer are rejects; the number 2 in place of the words "Survey
    Test" also marks whole public files, so it counts, with a warning. Embedded data that are called as an attribute of members, or that a
    mapping calls so, are attributes of the respondent; other embedded data, addresses, places and timings are not passed on.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(f"{file.name} is no Qualtrics export: export the responses again as CSV.")
    records = list(read_records(file.text, delimiter))
    heading = _read_heading(records[:3], file.respondent)
    check_questions(heading.questions, file.name)
    zone, warnings = _choose_zone(file, heading.zone)
    warnings += tell_left_out(file.name, heading.left_out)
    if heading.own:
        check_questions(heading.own, file.name)
        warnings += tell_own(file.name, heading.own, "embedded data")
    fitting, rejects = part_fitting(
        records[heading.rows :], heading.width, records[0], partial(_refuse, heading)
    )
    tests = sum(bool(_status_bits(heading, record) & _STATUS["test"]) for record in fitting)
    if tests:
        warnings.append(
            f"{file.name}: responses with Qualtrics' status 2 (survey test): {tests}. They were counted; "
            "take them out if they are tests."
        )
    dates = [heading.cell(record, role) for record in fitting for role in _DATES]
    order = settle_order(dates, file.name, file.options.date_order)
    missing = (NOT_ANSWERED, *file.missing)
    read = (_read_response(heading, record, order, zone, missing) for record in fitting)
    responses = part_read(read, rejects)
    return Reading(
        NAME,
        len(records) - heading.rows,
        {"raw_answers": make_raw_answers(responses)},
        tuple(rejects),
        tuple(warnings),
        items=tuple(describe_respondent(one.item_id, one.text) for one in heading.own),
        asked=word_questions(heading.questions),
        missing=missing,
    )


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, 3, _is_qualtrics)


def _is_qualtrics(records: Sequence[Record]) -> bool:
    if len(records) > 2 and _are_import_ids(records[2]):
        return True
    return any(
        {"response", "started", "ended", "finished"}
        <= {_ROLE_OF.get(cell.strip().lower()) for cell in row.cells}
        and len(records) > 1
        for row in records[:2]
    )


def _are_import_ids(record: Record) -> bool:
    return all(len(_IMPORT_ID.findall(cell)) == 1 and cell[0] == "{" for cell in record.filled)


def _read_heading(records: Sequence[Record], respondent: Mapping[str, str]) -> _Heading:
    has_ids = len(records) > 2 and _are_import_ids(records[2])
    names = list(records[0].cells)
    while names and not names[-1].strip():
        names.pop()
    width = len(names)
    has_texts = has_ids or _has_texts(records, width)
    texts = (*(records[1].cells if has_texts else ()), *[""] * width)[:width]
    ids = (*records[2].cells, *[""] * width)[:width] if has_ids else ("",) * width
    places: dict[str, int] = {}
    questions, embedded, left_out = [], [], []
    derived = list_derived([name.strip() for name in names])
    for place, (name, text, mark) in enumerate(zip(names, texts, ids, strict=True)):
        found = _IMPORT_ID.search(mark)
        import_id = found[1] if found else ""
        role, is_question = _find_role(name, text, import_id), bool(_QUESTION_ID.search(import_id))
        if role:
            places.setdefault(role, place)
        elif name.strip() in derived:
            left_out.append(name.strip())
        elif is_timing(name) or text.startswith(_DEVICE) or (_TAG.fullmatch(name) and not is_question):
            continue
        elif has_ids and not is_question:
            embedded.append((place, name.strip(), ""))
        else:
            questions.append(Question(place, name.strip(), text.strip()))
    own, others = pick_own(embedded, respondent)
    zone = next((match[1] for mark in ids if (match := _TIME_ZONE.search(mark))), None)
    return _Heading(
        3 if has_ids else 2 if has_texts else 1,
        width,
        places,
        tuple(questions),
        own,
        (*left_out, *others),
        zone,
    )


def _has_texts(records: Sequence[Record], width: int) -> bool:
    """Whether the second row has the texts of the questions: most of its cells say something, and none is the day of a response."""
    said = sum(bool(cell.strip()) for cell in records[1].cells[:width])
    return 2 * said >= width and not _is_response(records)


def _is_response(records: Sequence[Record]) -> bool:
    """Whether the second row is a response already, because the rows of texts were deleted: it has a day where they say "Start Date"."""
    places = [
        place for place, cell in enumerate(records[0].cells) if _ROLE_OF.get(cell.strip().lower()) in _DATES
    ]
    return any(_DAY.match(cell) for place in places for cell in records[1].cells[place : place + 1])


def _find_role(name: str, text: str, import_id: str) -> str | None:
    """The role of a metadata column, by its ImportId, its name, or its text where the name is a legacy code (V1…)."""
    if _QUESTION_ID.search(import_id):
        return None
    words = [import_id.removeprefix("panel-").removeprefix("Location-"), name]
    if _LEGACY_CODE.fullmatch(name.strip()):
        words.append(text)
    return next(
        (_ROLE_OF[word] for word in (word.strip().lower() for word in words) if word in _ROLE_OF), None
    )


def _choose_zone(file: RawFile, stated: str | None) -> tuple[str, list[str]]:
    if not stated:
        return file.options.zone, []
    if stated in ("Z", "UTC"):
        return "UTC", []
    try:
        load_zone(stated)
    except Refused:
        return file.options.zone, [
            f"{file.name} names the time zone {stated[:40]}, which is not known: its times were read in {file.options.zone}."
        ]
    return stated, []


def _refuse(heading: _Heading, record: Record) -> str:
    """Why a record is no response."""
    return refuse_status(heading.cell(record, "status"), heading.cell(record, "channel"))


def refuse_status(status: str, channel: str) -> str:
    """Why what has this status and channel is no response, '' where it is one; a status is a word, or a sum of the codes of `_STATUS`."""
    bits, status = _read_bits(status), status.lower()
    if bits & _STATUS["preview"] or _PREVIEWED.search(status) or status == "survey test":
        return _PREVIEW
    if channel.lower() == "preview":
        return _PREVIEW
    return _SPAM if bits & _STATUS["spam"] or "spam" in status else ""


def _status_bits(heading: _Heading, record: Record) -> int:
    return _read_bits(heading.cell(record, "status"))


def _read_bits(status: str) -> int:
    return int(status) if re.fullmatch(r"\d{1,3}", status) else 0


def _read_response(
    heading: _Heading, record: Record, order: DateOrder, zone: str, missing: Sequence[str]
) -> Response | Reject:
    names = (heading.cell(record, "first name"), heading.cell(record, "last name"))
    response = make_response(
        record.line,
        pick_answers(heading.questions, record.cells, missing),
        read_serial(heading.cell(record, "recorded") or heading.cell(record, "ended")),
        order,
        zone,
        response_id=heading.cell(record, "response"),
        external=heading.cell(record, "external"),
        email=heading.cell(record, "email"),
        names=names if any(names) else (heading.cell(record, "name"),),
        is_finished=read_finished(heading.cell(record, "finished"), heading.cell(record, "progress")),
    )
    if isinstance(response, Reject):
        return response
    return replace(response, answers=(*response.answers, *pick_answers(heading.own, record.cells, missing)))


def read_finished(finished: str, progress: str) -> str:
    """Whether a response is finished, as 'true' or 'false', by one column or the other; '' where neither says."""
    known = {"1": "true", "true": "true", "0": "false", "false": "false"}
    if finished.lower() in known:
        return known[finished.lower()]
    return ("true" if progress == "100" else "false") if progress.isdecimal() else ""
