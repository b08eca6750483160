"""Files of answers before they are coded: the survey, the waves and the codebook that each belongs to."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import duckdb

from etl.checking.surveys.asked import note_surveys, store_asked
from etl.checking.surveys.codebook import (
    ensure_survey,
    ensure_wave,
    list_contact_questions,
    list_own_words,
    list_unknown_questions,
)
from etl.checking.surveys.respondents import fill_choices, make_wave_spans
from etl.checking.surveys.wording import Wordings
from etl.reading.files import Batch, Intake
from etl.reading.types import Item, Refused, Unfit
from warehouse.contracts import ATTRIBUTE, OF_RESPONDENTS


def prepare_surveys(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    raw: Sequence[Batch],
    attributes: Sequence[str],
) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Survey of each raw answers file, and what is to be said about it. Unfit names every file that fits no survey or wave.

    What a file of definitions says of an item stands before what the answers look like.
    """
    surveys: dict[int, str] = {}
    notes: dict[int, list[str]] = {}
    unfit: dict[str, str] = {}
    intakes, reworded = _match_wordings(connection, intakes, raw, unfit)
    store_asked(connection, intakes)
    in_own_words = _find_own_words(connection, intakes, raw)
    for batch in raw:
        staged = intakes[batch.file].staged
        if staged.name in unfit:
            continue
        same = [one for one in intakes if one.staged.options.survey_id == staged.options.survey_id]
        defined = {item.item_id: item for one in same if not one.batches for item in one.items}
        described = [
            *defined.values(),
            *(item for one in same if one.batches for item in one.items if item.item_id not in defined),
        ]
        own_words = in_own_words.get(staged.options.survey_id or "", set()) - set(defined)
        described = [
            replace(item, kind="text", labels=()) if _is_in(item, own_words) else item for item in described
        ]
        try:
            asked = _check_own(connection, batch, intakes[batch.file], attributes)
            described = [
                item for item in described if item.item_id not in asked or item.kind not in OF_RESPONDENTS
            ]
            survey = ensure_survey(connection, batch, staged.name, staged.options, described)
            ensure_wave(connection, batch, staged.name, survey, staged.options)
        except Refused as fault:
            unfit[staged.name] = _tell_unread(connection, batch, intakes[batch.file]) or str(fault)
            continue
        surveys[batch.file] = survey
        fill_choices(connection, batch, survey)
        told = reworded.get(batch.file, []) + _tell_own_words(
            staged.name, [item for item in intakes[batch.file].items if _is_in(item, own_words)]
        )
        told += _tell_order(connection, batch, intakes[batch.file], survey)
        unknown = list_unknown_questions(connection, batch, survey)
        contacts = list_contact_questions(connection, batch) if unknown else []
        shown = _show_words(intakes[batch.file])
        left_out = {
            f"not in the codebook of {survey}": [one for one in unknown if one not in contacts],
            "with addresses or telephone numbers as answers": [one for one in unknown if one in contacts],
        }
        told += [
            f"{len(names)} question{'s were' if len(names) > 1 else ' was'} left out of {staged.name}, {why}: "
            f"{', '.join(shown.get(one, one) for one in names[:5])}{' and others' if len(names) > 5 else ''}."
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


def _match_wordings(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    raw: Sequence[Batch],
    unfit: dict[str, str],
) -> tuple[list[Intake], dict[int, list[str]]]:
    """The files with their questions called as the items that they are, and what is to be said of them; those that fit none are `unfit`."""
    wordings, matched, notes = Wordings(connection, intakes), list(intakes), dict[int, list[str]]()
    for batch in raw:
        try:
            matched[batch.file], notes[batch.file] = wordings.match(batch, intakes[batch.file])
        except Refused as fault:
            unread = _tell_unread(connection, batch, intakes[batch.file])
            unfit[intakes[batch.file].staged.name] = unread or str(fault)
    return matched, notes


def _show_words(intake: Intake) -> dict[str, str]:
    """The words of the questions whose codes the file itself does not have."""
    if intake.staged.mapping is not None and intake.staged.mapping.is_survey:
        return {}
    return {
        one.item_id: f"'{(one.text or one.heading)[:60]}'"
        for one in intake.asked
        if one.heading != one.item_id
    }


def _find_own_words(
    connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake], raw: Sequence[Batch]
) -> dict[str, set[str]]:
    """By survey that is named and has no codebook, the questions that people answered in their own words."""
    known = {
        str(row[0]) for row in connection.execute("SELECT DISTINCT survey_id FROM accepted_items").fetchall()
    }
    files: dict[str, list[Batch]] = {}
    for batch in raw:
        survey = intakes[batch.file].staged.options.survey_id
        if survey and survey not in known:
            files.setdefault(survey, []).append(batch)
    return {survey: list_own_words(connection, batches) for survey, batches in files.items()}


def _tell_unread(connection: duckdb.DuckDBPyConnection, batch: Batch, intake: Intake) -> str:
    """Why a file has no response at all, by the first of its lines that are set aside; '' where it has any."""
    if not intake.rejects or connection.execute(f"SELECT 1 FROM {batch.raw} LIMIT 1").fetchone():
        return ""
    first = intake.rejects[0]
    return f"{intake.staged.name} has no response that can be read: line {first.line}: {first.reason}."


def _tell_order(
    connection: duckdb.DuckDBPyConnection, batch: Batch, intake: Intake, survey: str
) -> list[str]:
    """A sentence for each item whose words a mapping puts in another order than the codebook of somebody else has them."""
    mapping, told = intake.staged.mapping, list[str]()
    if mapping is None:
        return told
    for item, words in mapping.order.items():
        found = connection.execute(
            """SELECT s.words FROM (SELECT survey_id, item_id, value, min(label) AS words FROM scale_labels GROUP BY ALL) s
            JOIN accepted_items i USING (survey_id, item_id) WHERE survey_id = ? AND item_id = ? AND (i.file <> ? OR i.line > 0)
            ORDER BY s.value""",
            [survey, item, batch.file],
        ).fetchall()
        own = [str(row[0]) for row in found]
        if own and [word.casefold() for word in own] != [word.strip().casefold() for word in words]:
            told.append(
                f"{mapping.source or 'The mapping'} says an order of {item} of {intake.staged.name} that is not the one of the codebook of "
                f"{survey} ({', '.join(own)}), which counts: take it out of [file.order], or correct the labels in items.csv."
            )
    return told


def _is_in(item: Item, own_words: Set[str]) -> bool:
    """Whether a question that looks like one of options was answered in people's own words."""
    return item.kind == "single" and item.item_id in own_words


def _tell_own_words(name: str, items: Sequence[Item]) -> list[str]:
    if not items:
        return []
    listed = ", ".join(f"'{item.text[:60]}'" for item in items[:5])
    return [
        f"{name}: read as answers in people's own words, which no figure shows: {listed}{' and others' if len(items) > 5 else ''}. Where that is "
        "wrong, name the options in items.csv (kind single, labels)."
    ]


def _check_own(
    connection: duckdb.DuckDBPyConnection, batch: Batch, intake: Intake, attributes: Sequence[str]
) -> list[str]:
    """What a file says of whoever answered and the codebook has as questions: left out where nobody named it, else Refused.

    Refused, too, where no figure is broken down by it.
    """
    name, survey = intake.staged.name, intake.staged.options.survey_id
    named = intake.staged.mapping.respondent if intake.staged.mapping else {}
    asked = []
    for item in intake.items:
        if item.kind == ATTRIBUTE and item.item_id not in attributes:
            raise Refused(
                f"{name} has {item.item_id} as an attribute of whoever answered, which members do not have; they have: "
                f"{', '.join(attributes)}. Add a column {item.item_id} to the members list, which may be empty, or read it as a question."
            )
        found = connection.execute(
            f"""SELECT survey_id FROM accepted_items WHERE item_id = $1 AND kind NOT IN {OF_RESPONDENTS}
            AND survey_id = coalesce($2, survey_id)""",
            [item.item_id, survey],
        ).fetchone()
        if item.kind not in OF_RESPONDENTS or found is None:
            continue
        if item.item_id in named:
            raise Refused(
                f"{name} has {item.item_id} as an attribute of whoever answered, and {found[0]} has a question of that name: give the "
                "question another item_id, or take the attribute out of the mapping."
            )
        asked.append(item.item_id)
    connection.execute(f"DELETE FROM {batch.raw} WHERE list_contains(?, item_id)", [asked])
    return asked
