"""Responses of a form with one heading row, whichever tool wrote them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from etl.reading.records import Record, read_records
from etl.reading.shapes.responses import (
    Response,
    check_questions,
    make_raw_answers,
    make_response,
    part_fitting,
    part_read,
)
from etl.reading.types import DateOrder, RawFile, Reading, Reject, Wording
from etl.reading.written.dates import read_serial, settle_order
from etl.reading.written.headings import EMAIL, find_role
from etl.sources.surveys.questions import Asked, describe_asked, list_asked

LEFT = re.compile(r"(?:points|feedback) - .*|.*\[score\]|.*\[feedback\]", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Form:
    """How a tool exports: its columns that are no questions (heading in small letters → role), and what separates several choices."""

    source: str
    roles: Mapping[str, str]
    mark: str

    def fold(self, heading: str) -> str:
        """A heading as it stands in `roles`."""
        return " ".join(heading.casefold().split())

    def find_role(self, heading: str) -> str:
        """What a column is; '' where it is a question."""
        return self.roles.get(self.fold(heading), EMAIL if find_role(heading) == EMAIL else "")


def read_form(file: RawFile, delimiter: str, form: Form) -> Reading:
    """Read the responses; roles are response, started, ended, email, name, left (left out and counted) and other."""
    heading, *records = read_records(file.text, delimiter)
    names = [cell.strip() for cell in heading.cells]
    while names and not names[-1]:
        names.pop()
    roles = {place: role for place, name in enumerate(names) if (role := form.find_role(name))}
    places = {role: place for place, role in reversed(roles.items())}
    fitting, rejects = part_fitting(records, len(names), heading)
    left = [place for place, name in enumerate(names) if LEFT.fullmatch(name) or roles.get(place) == "left"]
    headings = [(place, name) for place, name in enumerate(names) if name and place not in {*roles, *left}]
    asked = list_asked(headings, fitting, form.mark, dict(file.choices))
    check_questions([question for one in asked for question, _ in one.columns], file.name)
    dates = [
        read_serial(record.cells[places[role]])
        for record in fitting
        for role in ("started", "ended")
        if role in places
    ]
    order = settle_order(dates, file.name, file.options.date_order)
    read = (_read_response(asked, places, record, order, file) for record in fitting)
    responses = part_read(read, rejects)
    warnings = [f"{file.name}: columns of points and feedback were left out: {len(left)}."] if left else []
    guessed = [one for one in asked if one.options and not one.is_listed and form.mark.endswith(" ")]
    if guessed:
        listed = ", ".join(f"'{one.text[:60]}' ({'; '.join(one.options)[:200]})" for one in guessed)
        warnings.append(
            f"{file.name}: read as several choices in one cell: {listed}. Where that is wrong, or a choice has a comma, name the "
            "options of the question in a mapping ([file.choices], none for a question with one answer)."
        )
    items = tuple(item for one in asked for item in describe_asked(one, fitting))
    raw = {"raw_answers": make_raw_answers(responses)}
    worded = tuple(
        Wording(question.item_id, question.text, question.text, is_found=bool(option) and not one.is_listed)
        for one in asked
        for question, option in one.columns
    )
    return Reading(
        form.source,
        len(records),
        raw,
        tuple(rejects),
        tuple(warnings),
        items=items,
        asked=worded,
        missing=file.missing,
    )


def _read_response(
    asked: list[Asked], places: Mapping[str, int], record: Record, order: DateOrder, file: RawFile
) -> Response | Reject:
    given = {role: record.cells[place].strip() for role, place in places.items()}
    answers = [
        answer
        for one in asked
        for cell in [record.cells[one.place].strip()]
        if cell not in file.missing
        for answer in one.pick(cell)
    ]
    is_known = given.get("email", "").casefold() != "anonymous"
    return make_response(
        record.line,
        tuple(answers),
        read_serial(given.get("ended", "") or given.get("started", "")),
        order,
        file.options.zone,
        response_id=given.get("response", ""),
        external="",
        email=given.get("email", "") if is_known else "",
        names=(given.get("name", ""),) if is_known else ("",),
    )
