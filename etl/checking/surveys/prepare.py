"""Files of answers before they are coded: the survey, the waves and the codebook that each belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from etl.checking.surveys.asked import note_surveys, store_asked
from etl.checking.surveys.codebook import (
    ensure_survey,
    ensure_wave,
    list_contact_questions,
    list_unknown_questions,
)
from etl.checking.surveys.respondents import fill_choices, make_wave_spans, match_texts
from etl.reading.files import Batch, Intake
from etl.reading.types import Item, Refused, Unfit
from warehouse.contracts import ATTRIBUTE


def prepare_surveys(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    raw: Sequence[Batch],
    attributes: Sequence[str],
) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Survey of each raw answers file, and what is to be said about it. Unfit names every file that fits no survey or wave.

    What a file of definitions says of an item stands before what the answers look like.
    """
    store_asked(connection, intakes)
    surveys: dict[int, str] = {}
    notes: dict[int, list[str]] = {}
    unfit: dict[str, str] = {}
    for batch in raw:
        staged = intakes[batch.file].staged
        same = [one for one in intakes if one.staged.options.survey_id == staged.options.survey_id]
        defined = {item.item_id: item for one in same if not one.batches for item in one.items}
        described = [
            *defined.values(),
            *(item for one in same if one.batches for item in one.items if item.item_id not in defined),
        ]
        match_texts(connection, batch, staged.options.survey_id)
        try:
            _check_respondent(staged.name, described, attributes)
            survey = ensure_survey(connection, batch, staged.name, staged.options, described)
            ensure_wave(connection, batch, staged.name, survey, staged.options)
        except Refused as fault:
            unfit[staged.name] = str(fault)
            continue
        surveys[batch.file] = survey
        fill_choices(connection, batch, survey)
        unknown = list_unknown_questions(connection, batch, survey)
        contacts = list_contact_questions(connection, batch) if unknown else []
        left_out = {
            f"not in the codebook of {survey}": [one for one in unknown if one not in contacts],
            "with addresses or telephone numbers as answers": [one for one in unknown if one in contacts],
        }
        told = [
            f"{len(names)} question{'s were' if len(names) > 1 else ' was'} left out of {staged.name}, {why}: "
            f"{', '.join(names[:5])}{' and others' if len(names) > 5 else ''}."
            for why, names in left_out.items()
            if names
        ]
        if told:
            notes[batch.file] = told
    if unfit:
        raise Unfit(unfit)
    note_surveys(connection, intakes, raw, surveys)
    make_wave_spans(connection)
    return surveys, notes


def _check_respondent(name: str, described: Sequence[Item], attributes: Sequence[str]) -> None:
    """Refused where a file says of whoever answered what no figure is broken down by."""
    for item in described:
        if item.kind == ATTRIBUTE and item.item_id not in attributes:
            raise Refused(
                f"{name} has {item.item_id} as an attribute of whoever answered, which members do not have; they have: "
                f"{', '.join(attributes)}. Add a column {item.item_id} to the members list, which may be empty, or read it as a question."
            )
