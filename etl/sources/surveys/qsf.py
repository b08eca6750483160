"""Qualtrics survey definitions (.qsf): the questions with the words and values of their choices, for the responses of the same survey."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from etl.checking.surveys.choices import clean_label, describe_choices, describe_tick
from etl.reading.shapes.responses import NOT_CHOSEN
from etl.reading.types import About, Item, RawFile, Reading, Refused, Sample

NAME = "qsf"
TITLE = "Qualtrics survey definition"
ABOUT = About(
    "any",
    "`--survey`, as for the responses of this survey",
    "texts, timings and descriptions are no items; an items table of the survey stands before it",
)
_MARK = re.compile(r'\s*\{.*?"SurveyEntry"\s*:', re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_SEVERAL = ("MAVR", "MAHR", "MACOL", "MSB")
_NUMBERS = {"Slider", "CS"}


def recognise(sample: Sample) -> bool:
    """Whether the text starts as a definition does."""
    return _MARK.match(sample.text[:100_000]) is not None


def read(file: RawFile) -> Reading:
    """Read an item for each column that the responses have: QID or the question's own tag, with _1, _2 … for rows and ticks.

    The file has no rows. Refused without `--survey`.
    """
    if file.options.survey_id is None:
        raise Refused(
            f"{file.name} is a Qualtrics survey definition: name the survey it is of with --survey."
        )
    try:
        elements = json.loads(file.text)["SurveyElements"]
        payloads = [one["Payload"] for one in elements if one.get("Element") == "SQ" and one.get("Payload")]
        items = [item for payload in payloads for item in _describe(payload)]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Refused(
            f"{file.name} is no whole Qualtrics survey definition: export the survey again."
        ) from None
    if not items:
        raise Refused(f"{file.name} has no question in it: export the survey again.")
    return Reading(NAME, 0, {}, items=tuple({item.item_id: item for item in items}.values()))


def _describe(payload: Mapping[str, Any]) -> Iterator[Item]:
    kind, selector = str(payload.get("QuestionType", "")), str(payload.get("Selector", ""))
    code, text = (
        str(payload.get("DataExportTag") or payload["QuestionID"]),
        _plain(payload.get("QuestionText")),
    )
    choices, recoded = _list(payload, "Choices", "ChoiceOrder"), dict(payload.get("RecodeValues") or {})
    if kind == "MC" and selector in _SEVERAL:
        for key, words in choices.items():
            option = clean_label(words)
            yield describe_tick(f"{code}_{recoded.get(key, key)}", f"{text} [{words}]", option, NOT_CHOSEN)
    elif kind == "MC":
        yield _scale(code, text, choices, recoded)
    elif kind == "Matrix":
        answers = _list(payload, "Answers", "AnswerOrder")
        tags = dict(payload.get("ChoiceDataExportTags") or {})
        for key, words in choices.items():
            yield _scale(str(tags.get(key) or f"{code}_{key}"), f"{text} - {words}", answers, recoded)
    elif kind in _NUMBERS:
        for key, words in choices.items():
            yield Item(f"{code}_{key}", f"{text} - {words}", "number")
    elif kind == "TE" and selector == "FORM":
        for key, words in choices.items():
            yield Item(f"{code}_{key}", f"{text} - {words}", "text")
    elif kind == "TE":
        yield Item(code, text, "text")


def _scale(code: str, text: str, choices: Mapping[str, str], recoded: Mapping[str, Any]) -> Item:
    """A question of one choice: a well-known scale is likert whatever its values are, other words are choices with their values."""
    values = {str(recoded.get(key, key)): clean_label(words) for key, words in choices.items()}
    whole = all(re.fullmatch(r"-?\d{1,6}", value) for value in values)
    if not whole or len(set(values.values())) < len(values):
        return describe_choices(code, text, sorted(set(values.values())))
    found = describe_choices(code, text, list(values.values()))
    if found.kind == "number":
        return Item(code, text, "number")
    is_likert = found.kind == "likert"
    without = {words for value, words in found.labels if value is None} if is_likert else set()
    ends = [int(value) for value, words in values.items() if words not in without]
    labels = tuple((None if words in without else int(value), words) for value, words in values.items())
    return Item(code, text, "likert" if is_likert else "single", labels, min(ends), max(ends))


def _list(payload: Mapping[str, Any], key: str, order: str) -> dict[str, str]:
    """Words of the choices or answers by their number, in their order."""
    held = payload.get(key) or {}
    if isinstance(held, list):
        held = {str(place): one for place, one in enumerate(held, start=1)}
    numbers = [str(number) for number in payload.get(order) or held if str(number) in held]
    return {number: _plain(held[number].get("Display")) for number in numbers}


def _plain(text: object) -> str:
    """Words without markup."""
    return " ".join(html.unescape(_TAG.sub(" ", str(text or ""))).split())
