"""Answers that a file shows in words, as an item of the codebook: its kind and its labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from etl.reading.types import Item

MOST_CHOICES = 50
LONGEST_CHOICE = 200

_SCALES: tuple[tuple[str, ...], ...] = (
    ("strongly disagree", "disagree", "neither agree nor disagree|neutral", "agree", "strongly agree"),
    (
        "very dissatisfied",
        "dissatisfied|somewhat dissatisfied",
        "neither satisfied nor dissatisfied|neutral",
        "satisfied|somewhat satisfied",
        "very satisfied",
    ),
    (
        "very unfavorably",
        "somewhat unfavorably",
        "neither favorably nor unfavorably|neutral",
        "somewhat favorably",
        "very favorably",
    ),
    ("not at all likely", "not so likely", "somewhat likely", "very likely", "extremely likely"),
    ("not at all useful", "not so useful", "somewhat useful", "very useful", "extremely useful"),
    ("never", "rarely", "sometimes", "usually|often", "always"),
)
_VALUELESS = re.compile(
    r"n/?a|not applicable|don.t know|no opinion|prefer not to (?:say|answer)|.*\(n/a\)", re.IGNORECASE
)
# What tools and people write where nothing was answered, in words and as codes; a dash or "none" may be an answer.
NO_ANSWER = "#?n/?a|null"
MISSING_CODES = (-77, -88, -99, -999, -9999)
MISSING_CODE = rf"(?:{'|'.join(map(str, MISSING_CODES))})(?:\.0+)?"
_NO_ANSWER = re.compile(NO_ANSWER, re.IGNORECASE)
# Money and thousands in groups too: what cannot be read in one way is set aside as no number, and is no choice.
_NUMBER = re.compile(r"[£$€]? ?-?(?:\d+|\d{1,3}(?:[,.’' \u00a0]\d{3})+)(?:[.,]\d+)?")
_RECOMMEND = re.compile(r".*\bhow likely\b.*\brecommend\b.*", re.IGNORECASE | re.DOTALL)


def clean_label(answer: str) -> str:
    """An answer as it can stand in an item's labels, where | separates them."""
    return answer.strip().replace("|", "/")


def describe_choices(item_id: str, text: str, answers: Sequence[str]) -> Item:
    """The item whose different answers are these.

    Numbers are a number (0 to 10 to "how likely … recommend" is nps); words that all belong to one well-known scale
    are likert, with that scale's order; other words are single choices, unless they are too many or too long. What stands for no
    answer decides nothing: its words are answers without a value, its codes none of the item's.
    """
    answers = [answer for answer in answers if not re.fullmatch(MISSING_CODE, answer)]
    said = [answer for answer in answers if not _NO_ANSWER.fullmatch(answer)]
    if said and all(_NUMBER.fullmatch(answer) for answer in said):
        without = tuple((None, answer) for answer in answers if answer not in said)
        is_nps = _RECOMMEND.fullmatch(text) and set(said) <= {str(step) for step in range(11)}
        return (
            Item(item_id, text, "nps", without, 0, 10) if is_nps else Item(item_id, text, "number", without)
        )
    if not answers or len(answers) > MOST_CHOICES or max(map(len, answers)) > LONGEST_CHOICE:
        return Item(item_id, text, "text")
    return _find_scale(item_id, text, answers) or Item(
        item_id, text, "single", tuple((None, answer) for answer in answers)
    )


def describe_tick(item_id: str, text: str, chosen: str, not_chosen: str) -> Item:
    """An option that several can be ticked of: 1 where it was chosen, 0 where others of its question were."""
    return Item(item_id, text, "multiple", ((0, not_chosen), (1, chosen)))


def order_words(item: Item, order: Sequence[str]) -> Item:
    """The item as a scale whose words are in this order, from the lowest on; as it is without one.

    Words that the order does not have are answers without a value.
    """
    if not order:
        return item
    steps = tuple(enumerate(map(clean_label, order), start=1))
    known = {_fold(words) for _, words in steps}
    without = tuple((None, words) for _, words in item.labels if _fold(words) not in known)
    return Item(item.item_id, item.text, "likert", (*steps, *without), 1, len(steps))


def _find_scale(item_id: str, text: str, answers: Sequence[str]) -> Item | None:
    valued = [answer for answer in answers if not _VALUELESS.fullmatch(answer)]
    for scale in _SCALES:
        steps = {words: place for place, step in enumerate(scale, start=1) for words in step.split("|")}
        found = {answer: steps.get(_plain(answer)) for answer in valued}
        if len(set(found.values())) > 1 and None not in found.values():
            words = {value: answer for answer, value in found.items() if value is not None}
            if len(words) < len(found):
                continue
            labels = [
                (value, words.get(value, step.split("|")[0].capitalize()))
                for value, step in enumerate(scale, start=1)
            ]
            without = [(None, answer) for answer in answers if answer not in valued]
            return Item(item_id, text, "likert", (*labels, *without), 1, len(scale))
    return None


def _plain(answer: str) -> str:
    return " ".join(re.sub(r"\(.*?\)", " ", answer).casefold().split())


def _fold(label: str) -> str:
    """A label without regard to case and blanks."""
    return " ".join(label.casefold().split())


def unite_items(items: Iterable[Item]) -> list[Item]:
    """Each item once, as several files of one survey describe it, whichever file comes first.

    The same kind stays; a scale in one file and choices in another are choices, as are values with different words;
    anything else is text.
    """
    united: dict[str, Item] = {}
    for item in items:
        earlier = united.get(item.item_id)
        united[item.item_id] = _unite(earlier, item) if earlier else item
    return [_number(item) for item in united.values()]


def _unite(first: Item, second: Item) -> Item:
    both = (*first.labels, *second.labels)
    kinds = {first.kind, second.kind}
    if kinds == {"likert", "single"} or (kinds <= {"likert", "single"} and _contradict(both)):
        labels = _once([(None, words) for _, words in both])
        return replace(first, kind="single", labels=labels, scale_min=None, scale_max=None)
    if first.kind != second.kind:
        return Item(first.item_id, first.text, "text")
    lows = [low for low in (first.scale_min, second.scale_min) if low is not None]
    highs = [high for high in (first.scale_max, second.scale_max) if high is not None]
    return replace(
        first,
        labels=_once(both),
        scale_min=min(lows, default=None),
        scale_max=max(highs, default=None),
    )


def _contradict(labels: Iterable[tuple[int | None, str]]) -> bool:
    """Whether one value has different words, or the same words different values."""
    pairs = {(value, _fold(words)) for value, words in labels if value is not None}
    return len({value for value, _ in pairs}) < len(pairs) or len({words for _, words in pairs}) < len(pairs)


def _once(labels: Iterable[tuple[int | None, str]]) -> tuple[tuple[int | None, str], ...]:
    """Labels without those whose words or value came before."""
    words: set[str] = set()
    values: set[int] = set()
    kept = []
    for value, label in labels:
        if _fold(label) not in words and value not in values:
            words.add(_fold(label))
            kept.append((value, label))
            if value is not None:
                values.add(value)
    return tuple(kept)


def _number(item: Item) -> Item:
    """Single choices without values get 1, 2, 3 … in the order of their numbers, or of the alphabet."""
    labels = _once(item.labels)
    if item.kind != "single" or any(value is not None for value, _ in labels):
        return replace(item, labels=labels)
    words = [label for _, label in labels if not _NO_ANSWER.fullmatch(label)]
    without = tuple((None, label) for _, label in labels if _NO_ANSWER.fullmatch(label))
    firsts = [re.search(r"\d[\d,]*(?:\.\d+)?", label) for label in words]
    if all(firsts):
        sizes = {
            label: float(match[0].replace(",", ""))
            for label, match in zip(words, firsts, strict=True)
            if match
        }
        words.sort(key=lambda label: (sizes[label], label.casefold()))
    else:
        words.sort(key=lambda label: (label.casefold(), label))
    return replace(item, labels=(*enumerate(words, start=1), *without))


def write_labels(item: Item) -> str:
    """The labels as the table `items` holds them."""
    return "|".join(label if value is None else f"{value}={label}" for value, label in item.labels)
