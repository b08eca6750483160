"""Each item with a mark for each wave of its survey: how it was asked there, and where that does not fit the codebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

from indicators.codebook.reading import Asked, Item, Kept, Wave, read_questions
from indicators.gate.disclosure import Scope
from warehouse.engine import Engine

Kind = Literal[
    "as now", "other words", "other name", "answers", "gap", "clash", "asked", "not told", "nothing"
]
_FOUND: WeakKeyDictionary[Engine, dict[Scope, Codebook | None]] = WeakKeyDictionary()
_FORMS = {
    "words": "Answers in words",
    "numbers": "Answers in numbers",
    "both": "Answers in words and in numbers",
}
_KINDS = {
    "single": "One of several answers",
    "multiple": "Ticked or not",
    "number": "A number",
    "text": "In own words",
    "attribute": "Of whoever answered: an attribute",
    "weight": "Of whoever answered: their weight",
}


@dataclass(frozen=True)
class Mark:
    """One thing that is to be said of an item, in a wave or at all."""

    kind: Kind
    words: str


@dataclass(frozen=True)
class Question:
    """An item in words: its scale, what is no answer, what else is read as one, and its marks by wave and `at_all`."""

    item: Item
    scale: str
    missing: str
    synonyms: tuple[str, ...]
    marks: Mapping[str, tuple[Mark, ...]]
    at_all: tuple[Mark, ...]


@dataclass(frozen=True)
class Codebook:
    """The questions of a release and the waves of their surveys."""

    questions: tuple[Question, ...]
    waves: tuple[Wave, ...]

    def count(self, kind: Kind) -> int:
        """How many marks of a kind there are."""
        return sum(
            mark.kind == kind
            for one in self.questions
            for marks in (one.at_all, *one.marks.values())
            for mark in marks
        )

    def find(self, words: str) -> Codebook:
        """The questions that have every one of `words` (any case) somewhere in their row."""
        wanted = words.casefold().split()
        kept = tuple(one for one in self.questions if all(word in _join(one) for word in wanted))
        return Codebook(kept, self.waves)


def _join(one: Question) -> str:
    said = [mark.words for marks in (one.at_all, *one.marks.values()) for mark in marks]
    item = one.item
    words = "reversed" if item.is_reversed else ""
    parts = (
        item.survey_id,
        item.item_id,
        item.text,
        item.construct,
        one.scale,
        one.missing,
        words,
        *one.synonyms,
        *said,
    )
    return " ".join(parts).casefold()


def list_questions(engine: Engine, scope: Scope) -> Codebook | None:
    """The codebook across waves as the scope may see it, made once of a release; None where the release keeps none."""
    found = _FOUND.setdefault(engine, {})
    if scope not in found:
        kept = read_questions(engine, scope)
        found[scope] = None if kept is None else mark_questions(kept)
    return found[scope]


def mark_questions(kept: Kept) -> Codebook:
    """The codebook across waves of what is kept."""
    asked: dict[tuple[str, str], list[Asked]] = {}
    for one in kept.asked:
        asked.setdefault((one.survey_id, one.item_id), []).append(one)
    return Codebook(
        tuple(_mark_item(kept, item, asked.get((item.survey_id, item.item_id), [])) for item in kept.items),
        kept.waves,
    )


def _mark_item(kept: Kept, item: Item, asked: Sequence[Asked]) -> Question:
    marks = {}
    for wave in kept.waves:
        if wave.survey_id == item.survey_id:
            here = [one for one in asked if one.wave_id == wave.wave_id]
            found = [mark for one in here for mark in _compare(item, one)] or [_mark_absent(kept, item, wave)]
            marks[wave.wave_id] = tuple(dict.fromkeys(found))
    at_all = list(_list_versions(kept, item))
    if kept.answered is None:
        loose = [(one, mark) for one in asked if not one.wave_id for mark in _compare(item, one)]
        at_all += [
            Mark(mark.kind, f"{mark.words} ({one.file})") for one, mark in loose if mark.kind != "as now"
        ]
    return Question(
        item,
        _word_scale(item),
        _word_missing(item, kept.missing.get(item.survey_id, ())),
        (*_word_steps(item), *kept.synonyms.get(item.item_id, ())),
        marks,
        tuple(dict.fromkeys(at_all)),
    )


def _compare(item: Item, asked: Asked) -> Iterable[Mark]:
    """How a file asks an item, beside the codebook."""
    is_worded = " " in asked.text.strip()
    if is_worded and not _are_alike(item.text, asked.text):
        yield Mark("other words", f"Asked as “{asked.text.strip()}”")
    elif is_worded:
        yield Mark("as now", "Asked as now")
    else:
        yield Mark("asked", "Asked")
    heading = asked.heading.strip()
    if heading and heading != item.item_id and not (is_worded and _fold(heading) == _fold(asked.text)):
        yield Mark("other name", f"Headed “{heading}” in the export")
    if asked.form:
        yield Mark("answers", _FORMS[asked.form])
    numbered = Item(item.survey_id, item.item_id, "", labels=asked.labels)
    if numbered.steps and item.steps:
        yield from _compare_labels(item, numbered, "in the export")
    if asked.is_off_scale:
        yield Mark("clash", "Clash: many answers lie off this scale")


def _mark_absent(kept: Kept, item: Item, wave: Wave) -> Mark:
    """What is to be said of an item that no heading of a wave's files asks."""
    headed = wave.wave_id in kept.headed
    if kept.answered is None:
        if headed and not kept.is_loose:
            return Mark("gap", "Not asked")
        return Mark("not told", "In the codebook")
    if (wave.wave_id, item.survey_id, item.item_id) in kept.answered:
        return Mark("asked", "Asked; its file has no wording")
    if headed:
        return Mark("gap", "Not asked")
    if wave.wave_id in kept.heard:
        return Mark("gap", "Not asked, or not answered")
    return Mark("nothing", "No answers loaded")


def _list_versions(kept: Kept, item: Item) -> Iterable[Mark]:
    """Where another file of the codebook, or another survey's codebook, says something else of the item."""
    same = [one for one in kept.versions if one.item_id == item.item_id]
    if not any(one.survey_id == item.survey_id for one in same):
        return
    for other in same:
        is_own = other.survey_id == item.survey_id
        where = f"in {other.file}" if is_own else f"in the survey {other.survey_id}"
        if is_own and not _are_alike(item.text, other.text):
            yield Mark("other words", f"“{other.text}” {where}")
        if item.ends != other.ends and None not in (*item.ends, *other.ends):
            yield Mark("clash", f"Clash: the scale is {other.ends[0]} to {other.ends[1]} {where}")
        elif item.kind != other.kind and other.is_reversed is not None:
            yield Mark("clash", f"Clash: the kind of answer is {other.kind} {where}")
        yield from _compare_labels(item, other, where)
        if other.is_reversed not in (None, item.is_reversed):
            yield Mark("clash", f"Clash: {'reversed' if other.is_reversed else 'not reversed'} {where}")


def _compare_labels(item: Item, other: Item, where: str) -> Iterable[Mark]:
    mine, theirs = item.steps, other.steps
    for step in sorted(mine.keys() & theirs.keys()):
        if _fold(mine[step]) != _fold(theirs[step]):
            yield Mark("clash", f"Clash: {step} is “{theirs[step]}” {where}")
            return


def _word_scale(item: Item) -> str:
    low, high = item.ends
    if item.kind in ("likert", "nps") and low is not None and high is not None:
        steps = item.steps
        return f"{low} {steps.get(low, '')}".strip() + " to " + f"{high} {steps.get(high, '')}".strip()
    return _KINDS.get(item.kind, "")


def _word_steps(item: Item) -> list[str]:
    """The words of each step, which count as its number does."""
    steps = [f"{step} “{words}”" for step, words in sorted(item.steps.items())]
    return [f"{', '.join(steps)}, as the number or the words"] if steps else []


def _word_missing(item: Item, cells: Sequence[str]) -> str:
    rule = " and ".join(["an empty cell", *(f"“{cell}”" for cell in cells)])
    said = f"{rule[0].upper()}{rule[1:]} {'are' if cells else 'is'} unanswered."
    if item.valueless:
        words = " and ".join(f"“{words}”" for words in item.valueless)
        said += f" {words} {'is an answer' if len(item.valueless) == 1 else 'are answers'} without a value."
    return said


def _are_alike(text: str, other: str) -> bool:
    """Whether two questions are the same words; one that a tool cut off ends in dots."""
    mine, theirs = _fold(text), _fold(other)
    stem = theirs.rstrip(".… ")
    return mine == theirs or (theirs.endswith(("..", "…")) and mine.startswith(stem))


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
