"""SurveyMonkey response exports: two heading rows (question; choice or "Response"), or one row of codes such as q0007_0001."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from etl.checking.surveys.choices import clean_label, describe_choices, describe_tick
from etl.reading.records import (
    DELIMITERS,
    Record,
    find_delimiter,
    peek_records,
    read_records,
)
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
)
from etl.reading.types import About, DateOrder, Item, RawFile, Reading, Refused, Reject, Sample, Wording
from etl.reading.written.dates import settle_order

NAME = "surveymonkey"
TITLE = "SurveyMonkey responses"
ABOUT = About(
    "any for questions; English for the columns of its own",
    "`--survey`, `--wave`",
    "a file without its second heading row; questions for a name or an address are left out and counted; the first custom data are the person's identifier, others attributes where their label or a mapping calls them as one of members, and else left out and named, as the first are whose values repeat",
)

_ROLES: Mapping[str, str] = {
    "respondentid": "response",
    "collectorid": "other",
    "startdate": "started",
    "datecreated": "started",
    "enddate": "ended",
    "datemodified": "ended",
    "ipaddress": "other",
    "emailaddress": "email",
    "email": "email",
    "firstname": "first name",
    "lastname": "last name",
    "customdata": "external",
    "customvalue": "external",
    "custom": "external",
    "memberid": "external",
}
_MARKUP = re.compile(r"(?:\s*</?(?:br|b|i|u|p|em|strong|span|div)\b[^<>]*>\s*)+", re.IGNORECASE)
_PERSONAL = ("email", "first name", "last name")
_CONTACT = frozenset({"name", "full name", "phone number", "address"})
_CODE = re.compile(r"(q\d{4,})(?:_(\w+))?", re.IGNORECASE)
_ANSWER = frozenset({"", "response"})
_OPEN = frozenset({"open-ended response", "open ended response"})
_OTHER = re.compile(r"other\b.*|.*\bplease specify\b.*|.*\bcomments?\b.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class _Column:
    """A column of answers: its place, its code, the question and what is under it in the second heading row."""

    place: int
    code: str
    question: str
    option: str

    @property
    def is_open(self) -> bool:
        return self.option.casefold() in _OPEN

    @property
    def text(self) -> str:
        is_plain = self.option.casefold() in _ANSWER | _OPEN
        return self.question if is_plain else f"{self.question} [{self.option}]"


@dataclass(frozen=True)
class _Heading(Heading):
    """The heading rows: the places of what is no answer, the columns of each question, and (place, heading, heading) of custom data."""

    questions: tuple[tuple[_Column, ...], ...]
    custom: tuple[tuple[int, str, str], ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class _Asked:
    """A question with its items; a tick list also has the (column, words) of its options."""

    columns: tuple[_Column, ...]
    items: tuple[Item, ...]
    ticks: Mapping[int, str]


def recognise(sample: Sample) -> bool:
    """Whether the heading starts with a respondent's number and has SurveyMonkey's second row, or its codes."""
    return _find_delimiter(sample.text) is not None


def explain(text: str) -> str:
    """What is missing where a file is nearly a SurveyMonkey export; '' where it is not."""
    for delimiter in DELIMITERS:
        first = next(iter(peek_records(text, delimiter, 1)), None)
        roles = [_find_role(cell.strip()) for cell in first.cells] if first else []
        if roles[:1] == ["response"] and {"other", "started"} <= set(roles):
            return (
                "is a SurveyMonkey export without its second heading row, which says which option each column is of: export all "
                "responses again, and leave both heading rows as they are."
            )
    return ""


def read(file: RawFile) -> Reading:
    """Read the responses: one row of `raw_answers` a non-empty answer, and an item for each column.

    Items are named by SurveyMonkey's own codes, in the order of the questions: q0003, q0003_0002. In a question with
    choices over several columns, who chose at least one has an answer to each: the choice, or "Not chosen". The first
    custom data field is the person's identifier, unless its values repeat. Responses without an answer are rejects; addresses are not passed on.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(
            f"{file.name} is no SurveyMonkey export: export the responses again, all of them, as CSV."
        )
    records = list(read_records(file.text, delimiter))
    heading = _read_heading(records)
    columns = [column for question in heading.questions for column in question]
    check_questions([Question(column.place, column.code, column.text) for column in columns], file.name)
    fitting, rejects = part_fitting(records[heading.rows :], heading.width, records[0])
    warnings = []
    if heading.left_out:
        warnings.append(
            f"{file.name}: questions that ask for a name or an address were left out: {len(heading.left_out)}."
        )
    heading, custom = _find_external(heading, fitting, file.respondent)
    own, others = pick_own(custom, file.respondent)
    if own:
        check_questions(own, file.name)
    warnings += [*tell_left_out(file.name, others), *tell_own(file.name, own, "custom data")]
    asked = [_describe(question, fitting) for question in heading.questions]
    dates = [heading.cell(record, role) for record in fitting for role in ("started", "ended")]
    order = settle_order(dates, file.name, file.options.date_order)
    read = (_read_response(heading, asked, own, record, order, file.options.zone) for record in fitting)
    responses = part_read(read, rejects)
    return Reading(
        NAME,
        len(records) - heading.rows,
        {"raw_answers": make_raw_answers(responses)},
        tuple(rejects),
        tuple(warnings),
        items=(
            *(item for question in asked for item in question.items),
            *(describe_respondent(one.item_id, one.text) for one in own),
        ),
        asked=tuple(Wording(column.code, column.text or column.code, column.text) for column in columns),
    )


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, 2, _is_surveymonkey)


def _is_surveymonkey(records: Sequence[Record]) -> bool:
    if not records:
        return False
    cells = [cell.strip() for cell in records[0].cells]
    roles = [_find_role(cell) for cell in cells]
    if roles[0] != "response":
        return False
    if _is_coded(cells):
        return True
    if len(records) < 2:
        return False
    below = [cell.strip() for cell in records[1].cells]
    asked = [place for place, cell in enumerate(cells) if cell and not roles[place]]
    begun = next((place for place, cell in enumerate(below) if cell), -1)
    if begun not in asked or (begun > asked[0] and not {"other", "started"} <= set(roles)):
        return False
    return all(
        bool(cell) == (place >= begun) for place, cell in enumerate(below) if place <= asked[-1] or cell
    )


def _find_role(cell: str) -> str | None:
    return _ROLES.get(re.sub(r"[^a-z]", "", cell.casefold()))


def _is_coded(cells: Sequence[str]) -> bool:
    """Whether a heading is one row of codes: whatever is no role is a code, and there is one."""
    questions = [cell for cell in cells if cell and not _find_role(cell)]
    return bool(questions) and all(_CODE.fullmatch(cell) for cell in questions)


def _read_heading(records: Sequence[Record]) -> _Heading:
    names = [cell.strip() for cell in records[0].cells]
    is_coded = _is_coded(names)
    names = [_MARKUP.sub(" ", name).strip() for name in names]
    below = [] if is_coded else [_MARKUP.sub(" ", cell).strip() for cell in records[1].cells]
    width = max(
        (place + 1 for row in (names, below) for place, cell in enumerate(row) if cell),
        default=0,
    )
    names = [*names, *[""] * width][:width]
    below = [*below, *[""] * width][:width]
    places: dict[str, int] = {}
    questions: list[list[_Column]] = []
    custom: list[tuple[int, str, str]] = []
    begun = next((place for place, cell in enumerate(below) if cell), 0)
    for place, (name, option) in enumerate(zip(names, below, strict=True)):
        role = _find_role(name)
        match = _CODE.fullmatch(name) if is_coded else None
        if (role == "external" and (is_coded or not option)) or (
            name and not role and place < begun and not is_coded
        ):
            custom.append((place, name, name))
        elif role and (is_coded or not option):
            places.setdefault(role, place)
        elif match:
            column = _Column(place, name, "", "")
            if questions and questions[-1][0].code.split("_")[0] == match[1]:
                questions[-1].append(column)
            else:
                questions.append([column])
        elif name or not questions:
            questions.append([_Column(place, "", name, option)])
        else:
            questions[-1].append(_Column(place, "", questions[-1][0].question, option))
    if not is_coded:
        questions = [_name_columns(number, question) for number, question in enumerate(questions, start=1)]
    personal = [column for question in questions for column in question if _is_personal(column)]
    kept = [tuple(column for column in question if not _is_personal(column)) for question in questions]
    return _Heading(
        1 if is_coded else 2,
        width,
        places,
        tuple(question for question in kept if question),
        tuple(custom),
        tuple(column.text for column in personal),
    )


def _find_external(
    heading: _Heading, records: Sequence[Record], respondent: Mapping[str, str]
) -> tuple[_Heading, list[tuple[int, str, str]]]:
    """The heading with the first custom data as identifier, and the others; also those where a mapping names them or most values repeat."""
    custom = list(heading.custom)
    first = next((one for one in custom if _find_role(one[1])), None)
    if first is None or first[1] in respondent.values():
        return heading, custom
    given = [cell for record in records if (cell := record.cells[first[0]].strip())]
    if len(given) > 2 and 2 * len(set(given)) <= len(given):
        return heading, custom
    custom.remove(first)
    return replace(heading, places={**heading.places, "external": first[0]}), custom


def _is_personal(column: _Column) -> bool:
    """Whether a question asks for a name or an address, which is no answer to pass on."""
    words = (column.question, column.option)
    return any(_find_role(word) in _PERSONAL or word.strip().casefold() in _CONTACT for word in words)


def _name_columns(number: int, columns: Sequence[_Column]) -> list[_Column]:
    """Columns with SurveyMonkey's codes: q0003 for a single answer, q0003_0002 for the second of several."""
    code = f"q{number:04d}"
    named = []
    for place, column in enumerate(columns, start=1):
        is_alone = column.option.casefold() in _ANSWER | _OPEN and (len(columns) == 1 or place == 1)
        named.append(
            _Column(
                column.place,
                code if is_alone else f"{code}_{place:04d}",
                column.question,
                column.option,
            )
        )
    return named


def _describe(columns: tuple[_Column, ...], records: Sequence[Record]) -> _Asked:
    """The items of a question, from its headings and from what was answered."""
    answers = {
        column: sorted(
            {
                clean_label(record.cells[column.place])
                for record in records
                if record.cells[column.place].strip()
            }
        )
        for column in columns
    }
    closed = [
        column
        for column in columns
        if not column.is_open and not (len(columns) > 1 and _OTHER.fullmatch(column.option))
    ]
    ticks = _find_ticks(closed, answers)
    shared = sorted({answer for column in closed for answer in answers[column]})
    items = []
    for column in columns:
        if column.place in ticks:
            items.append(describe_tick(column.code, column.text, ticks[column.place], NOT_CHOSEN))
        elif column in closed:
            items.append(describe_choices(column.code, column.text or column.code, shared))
        else:
            items.append(Item(column.code, column.text or column.code, "text"))
    return _Asked(columns, tuple(items), ticks)


def _find_ticks(columns: Sequence[_Column], answers: Mapping[_Column, Sequence[str]]) -> dict[int, str]:
    """Place and words of each option, where every cell of the question repeats the heading of its column.

    Without a heading (codes only) a column of ticks has one answer, in words, and every column another one.
    """
    given = [column for column in columns if answers[column]]
    if not given:
        return {}
    if all(column.option.casefold() not in _ANSWER for column in columns):
        if all(_fold(answers[column]) == _fold([column.option]) for column in given):
            return {column.place: clean_label(column.option) for column in columns}
        return {}
    words = [answers[column][0] for column in given]
    is_ticked = (
        len(columns) > 1
        and len(set(words)) == len(given) > 1
        and all(len(answers[column]) == 1 for column in given)
        and not any(re.fullmatch(r"\d+", word) for word in words)
        and all(column.option == "" for column in columns)
    )
    return {column.place: answers[column][0] for column in given} if is_ticked else {}


def _fold(words: Iterable[str]) -> set[str]:
    return {" ".join(clean_label(word).casefold().split()) for word in words}


def _read_response(
    heading: _Heading,
    asked: Sequence[_Asked],
    own: Sequence[Question],
    record: Record,
    order: DateOrder,
    zone: str,
) -> Response | Reject:
    response = make_response(
        record.line,
        tuple(pair for question in asked for pair in _pick(question, record)),
        heading.cell(record, "ended") or heading.cell(record, "started"),
        order,
        zone,
        response_id=heading.cell(record, "response"),
        external=heading.cell(record, "external"),
        email=heading.cell(record, "email"),
        names=(heading.cell(record, "first name"), heading.cell(record, "last name")),
    )
    if isinstance(response, Reject):
        return response
    return replace(response, answers=(*response.answers, *pick_answers(own, record.cells)))


def _pick(question: _Asked, record: Record) -> list[tuple[Question, str]]:
    """The answers to one question; once anything of a tick list is answered, what was left is "Not chosen"."""
    if not any(record.cells[column.place].strip() for column in question.columns):
        return []
    found = []
    for column, item in zip(question.columns, question.items, strict=True):
        cell = record.cells[column.place].strip()
        if column.place in question.ticks:
            answer = question.ticks[column.place] if cell else NOT_CHOSEN
        else:
            answer = clean_label(cell) if item.labels else record.cells[column.place]
        if answer.strip():
            found.append((Question(column.place, column.code, item.text), answer))
    return found
