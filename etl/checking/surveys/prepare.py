"""Files of answers before they are coded: the survey, the waves and the codebook that each belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from etl.checking.surveys.asked import note_surveys, store_asked
from etl.checking.surveys.codebook import ensure_survey, ensure_wave, list_unknown_questions
from etl.checking.surveys.respondents import fill_choices, make_wave_spans, match_texts
from etl.reading.files import Batch, Intake
from etl.reading.types import Refused


def prepare_surveys(
    connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake], raw: Sequence[Batch]
) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Survey of each raw answers file, and what is to be said about it. Refused names every file that fits no survey or wave.

    What a file of definitions says of an item stands before what the answers look like.
    """
    store_asked(connection, intakes)
    surveys: dict[int, str] = {}
    notes: dict[int, list[str]] = {}
    refused = []
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
            survey = ensure_survey(connection, batch, staged.name, staged.options, described)
            ensure_wave(connection, batch, staged.name, survey, staged.options)
        except Refused as fault:
            refused.append(str(fault))
            continue
        surveys[batch.file] = survey
        fill_choices(connection, batch, survey)
        unknown = list_unknown_questions(connection, batch, survey)
        if unknown:
            shown = ", ".join(unknown[:5]) + (" and others" if len(unknown) > 5 else "")
            notes[batch.file] = [
                f"{len(unknown)} questions of {staged.name} are not in the codebook of {survey} and were left out: {shown}."
            ]
    if refused:
        raise Refused("\n".join(refused))
    note_surveys(connection, intakes, raw, surveys)
    make_wave_spans(connection)
    return surveys, notes
