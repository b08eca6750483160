"""What a passport says of answers that were brought together: words read as numbers, other words and other names of a question."""

from __future__ import annotations

from collections.abc import Collection

from indicators.codebook.questions import Codebook, Question
from indicators.codebook.reading import Wave

MOST_NAMED = 3


def tell_harmonised(codebook: Codebook, items: Collection[str], waves: Collection[str]) -> str:
    """The sentences on some items in some waves; '' where nothing had to be brought together."""
    questions = [one for one in codebook.questions if one.item.item_id in items]
    labels = [wave for wave in codebook.waves if wave.wave_id in waves]
    told = [
        sentence
        for wave in labels
        for sentence in [_tell_words(wave, [one for one in questions if wave.wave_id in one.marks])]
        if sentence
    ]
    other = [
        f"{one.item.item_id} in {wave.label}: {mark.words[0].lower()}{mark.words[1:]}."
        for one in questions
        for wave in labels
        for mark in one.marks.get(wave.wave_id, ())
        if mark.kind in ("other words", "other name", "clash")
    ]
    other += [
        f"{one.item.item_id}: {mark.words[0].lower()}{mark.words[1:]}."
        for one in questions
        for mark in one.at_all
    ]
    rest = len(other) - MOST_NAMED
    more = (
        f"{rest} more {'is' if rest == 1 else 'are'} under The questions in Data and methods."
        if rest > 0
        else ""
    )
    return " ".join(filter(None, [*told, *other[:MOST_NAMED], more]))


def _tell_words(wave: Wave, questions: list[Question]) -> str:
    worded = [
        one
        for one in questions
        if any(mark.kind == "answers" and "words" in mark.words for mark in one.marks[wave.wave_id])
    ]
    if not worded:
        return ""
    ends = {one.item.ends for one in worded}
    low, high = ends.pop() if len(ends) == 1 else (None, None)
    numbers = "numbers" if low is None or high is None else f"{low} to {high}"
    return f"In {wave.label} the answers came as words and were read as {numbers} by the codebook."
