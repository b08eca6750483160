"""Columns of a survey export that are no questions: what the tool works out itself, and what it knows of whoever answered."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from etl.reading.shapes.responses import Question
from warehouse.contracts import MEMBER_DIMENSIONS

# Of a question: the order in which its options were shown, the group of a recommendation, how long its page was open, and what text
# analysis made of its answers; SPSS has _ for what its names cannot have.
_ORDER, _GROUP = r"DO(?:_\w+)?", r"NPS_GROUP"
_ANALYSED = r"(?:Parent[ _.]Topics|Topics|Topic[ _.]Hierarchy[ _.]Level[ _.]\d+|(?:Topic[ _.])?Sentiment(?:[ _.](?:Score|Polarity|Label))?)"
_DERIVED = re.compile(rf"(?P<stem>.+?)(?:_(?:{_ORDER}|{_GROUP})|(?: - |[_.]+){_ANALYSED})", re.DOTALL)
_TIMING = re.compile(r".*[_.](?:First|Last|Page|Click)[ _.](?:Click|Submit|Count)", re.DOTALL)
_FLOW = re.compile(rf"FL_\d+_{_ORDER}")


def is_timing(name: str) -> bool:
    """Whether a column says how long a page was open, or how often it was clicked."""
    return bool(_TIMING.fullmatch(name))


def list_derived(names: Sequence[str]) -> list[str]:
    """Of the short names of an export those of columns that are worked out from another one, which is there too."""
    plain = [name for name in names if not _DERIVED.fullmatch(name)]
    stems = {part for name in plain for part in (name, name.partition("_")[0])}
    return [
        name
        for name in names
        if _FLOW.fullmatch(name) or ((match := _DERIVED.fullmatch(name)) and match["stem"] in stems)
    ]


def pick_own(
    columns: Sequence[tuple[int, str, str]], respondent: Mapping[str, str]
) -> tuple[tuple[Question, ...], tuple[str, ...]]:
    """Of columns (place, short name, label) that are of whoever answered those of attributes, and the names of the others.

    An attribute is what a mapping's `respondent` (attribute = column) calls so by name or label, and what is called as one of members.
    """
    named = {column.strip(): name for name, column in respondent.items()}
    free = set(MEMBER_DIMENSIONS) - respondent.keys()
    own, others = [], []
    for place, name, label in columns:
        called = named.get(name) or named.get(label) or _find_dimension((label, name), free)
        if called:
            own.append(Question(place, called, label or name))
        else:
            others.append(f"{name} ({label})" if label and label != name else name)
    return tuple(own), tuple(others)


def _find_dimension(words: Sequence[str], free: Collection[str]) -> str:
    written = (re.sub(r"\W+", "_", word.strip().lower()) for word in words)
    return next((word for word in written if word in free), "")


def tell_left_out(file: str, names: Sequence[str]) -> list[str]:
    """What is to be said of columns that are no questions."""
    if not names:
        return []
    return [
        f"{file}: columns that are no questions were left out: {', '.join(names[:5])}{' and others' if len(names) > 5 else ''}."
    ]


def tell_own(file: str, own: Sequence[Question], what: str) -> list[str]:
    """What is to be said of columns that are attributes of whoever answered."""
    if not own:
        return []
    return [
        f"{file}: {what} were read as attributes of whoever answered: {', '.join(one.item_id for one in own)}."
    ]
