"""A survey in any delimited file with a column for each question, read through the items of a saved mapping."""

from __future__ import annotations

from etl.reading.mapping import Mapping, find_places
from etl.reading.records import fit_cells
from etl.reading.shapes.responses import Question, make_raw_answers, make_response, pick_answers
from etl.reading.types import RawFile, Reading, Reject
from etl.reading.written.dates import settle_order

NAME = "mapped_survey"
TITLE = "Survey answers, by mapping"


def read_survey(file: RawFile, mapping: Mapping) -> Reading:
    """Read the responses: one row of `raw_answers` an answer to a mapped item.

    A response without a `respondent_id` is known by its line. Cells that the mapping calls missing are unanswered.
    Raises Refused where a column that the mapping names is not there.
    """
    named = (*mapping.items.values(), *mapping.columns.values())
    records, width, found, warnings = find_places(file.text, file.name, named)
    places = {role: found[column] for role, column in mapping.columns.items()}
    questions = [
        Question(found[column], item, column if column != item else "")
        for item, column in mapping.items.items()
    ]
    missing = {cell.strip() for cell in mapping.missing}
    rejects: list[Reject] = []
    fitting = []
    count = 0
    heading = next(records)
    for record in records:
        count += 1
        reason = fit_cells(record, width, heading)
        if reason:
            rejects.append(Reject(record.line, reason))
        else:
            cells = ["" if cell.strip() in missing else cell for cell in record.cells]
            fitting.append((record.line, cells))
    dates = [cells[places["submitted_at"]] for _, cells in fitting] if "submitted_at" in places else []
    order = settle_order(dates, file.name, file.options.date_order)
    responses = []
    for line, cells in fitting:
        given = {role: cells[place].strip() for role, place in places.items()}
        known = given.get("respondent_id", "")
        response = make_response(
            line,
            pick_answers(questions, cells),
            given.get("submitted_at", ""),
            order,
            file.options.zone,
            response_id=known,
            external=given.get("person_external", "") or known,
            email=given.get("person_email", ""),
            names=(given.get("person_name", ""),),
        )
        if isinstance(response, Reject):
            rejects.append(response)
        else:
            responses.append(response)
    return Reading(NAME, count, {"raw_answers": make_raw_answers(responses)}, tuple(rejects), tuple(warnings))
