"""The items that the questions of a file are: their words decide where a file has them, and codes where it has none."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import count

import duckdb

from etl.reading.files import Batch, Intake
from etl.reading.shapes.unused import is_asked
from etl.reading.types import Refused
from warehouse.contracts import OF_RESPONDENTS

_MARKUP = re.compile(r"<[^>]*>|&#?\w+;")
# A number in front, and the ends of a scale behind: "3. How likely … (0-10)".
_AROUND = re.compile(
    r"^\s*q?\d{1,3}\s*[.):]\s+(?=\S)|\s*\(\s*\d{1,2}\s*(?:[-–=]|to\b)[^()]*\)\s*$", re.IGNORECASE
)
_CUTS = re.compile(r"\.\.+|…")
_MARKS = re.compile(r"\s[-–—]\s|[:.?!\[\]()|/\n]")
_ROW = re.compile(r"(?P<stem>.*\S)\s*[\[(](?P<row>[^\[\]()]+)[\])]\s*", re.DOTALL)
_NUMBERED = re.compile(r"q\d+(?:_\d+)?")
# Codes that the questions of any survey have: Q1, Q2_3, QID4, V5, G01Q02.
_COMMON = re.compile(r"(?:g\d+)?(?:q|qid|v|var|question|item)?[ _.]?\d+(?:[ _.-]\w+)?", re.IGNORECASE)
# A single letter is no wording of a question.
_LEAST = 2
# How much of the words of two questions has to be the same for one to be the other in other words, and how many are named.
_NEAR, _MOST_NEAR = 0.6, 5


@dataclass(frozen=True)
class Match:
    """What the questions of a file are in a survey: items by the file's codes, new codes of those that are none, and (code, words of the
    file, words of the codebook) of those that are taken by their code alone."""

    items: Mapping[str, str]
    new: Mapping[str, str] = field(default_factory=dict)
    reworded: tuple[tuple[str, str, str], ...] = ()
    compared: int = 0

    @property
    def renamed(self) -> dict[str, str]:
        """Item or new code by each code that changes."""
        return {code: item for code, item in {**self.items, **self.new}.items() if code != item}

    @property
    def is_sure(self) -> bool:
        """Whether it is this survey: not where more than half of the questions that both have in words are other ones, as one has not all words
        of the other, and have codes that any survey has."""
        unlike = sum(
            bool(_COMMON.fullmatch(code)) and not _is_alike(words, text)
            for code, words, text in self.reworded
        )
        return bool(self.items) and 2 * unlike <= self.compared


def fold_words(text: str) -> str:
    """Words without markup, number, ends of a scale, punctuation, blanks and case; '' where there are none to compare."""
    folded = "".join(re.findall(r"\w+", _AROUND.sub("", _MARKUP.sub(" ", text)).casefold())).replace("_", "")
    return folded if len(folded) >= _LEAST else ""


def match_questions(
    asked: Mapping[str, str],
    known: Mapping[str, str],
    is_numbered: bool,
    given: Mapping[str, str] | None = None,
) -> Match:
    """What the questions of a file (words by code) are of the items of a survey (words by id); of some it is `given`.

    The item of a code whose words are the same comes first, then the only item whose words they are, then the item of the code, whatever
    its words: but not where the importer made the codes (`is_numbered`) and both have words, as a question put in front moves them all.
    """
    items = dict(given or {})
    items |= {
        code: code
        for code, words in asked.items()
        if code in known and not {code} & {*items, *items.values()} and _is_same(words, known[code])
    }
    folded = {item: fold_words(text) for item, text in known.items() if item not in items.values()}
    heard = Counter(fold_words(words) for words in asked.values())
    for code, words in asked.items():
        found = [] if code in items or heard[fold_words(words)] > 1 else _find_words(words, folded)
        if len(found) == 1:
            items[code] = found[0]
    reworded = []
    compared = sum(
        _has_both(code, words, known.get(items.get(code, ""), "")) for code, words in asked.items()
    )
    for code, words in asked.items():
        if code in items or code not in known or code in items.values():
            continue
        is_compared = _has_both(code, words, known[code])
        if is_compared and is_numbered:
            continue
        items[code] = code
        compared += is_compared
        if is_compared and not _is_part(words, known[code]):
            reworded.append((code, words, known[code]))
    return Match(items, _name_others(asked, known, items, is_numbered), tuple(reworded), compared)


def _has_both(item: str, words: str, text: str) -> bool:
    """Whether a question and an item both have words that can be compared."""
    return bool(fold_words(words) and fold_words(text) and item not in (words.strip(), text.strip()))


def _is_same(words: str, text: str) -> bool:
    """Whether a question has the words of an item, but for the label that a tool puts behind them."""
    if not fold_words(text):
        return False
    row = _ROW.fullmatch(words)
    return fold_words(text) in {fold_words(words), *(map(fold_words, row.groups()) if row else ())}


def _is_part(words: str, text: str) -> bool:
    """Whether a question is a part of an item's words, or they of its, or it was cut off by the tool and they start so."""
    parts = _list_parts(text)
    if fold_words(text) in _list_parts(words) or fold_words(words) in parts:
        return True
    cut = [fold_words(piece) for piece in _CUTS.split(words)] if _CUTS.search(words) else []
    return any(piece and part.startswith(piece) for piece in cut for part in parts)


def _is_alike(words: str, text: str) -> bool:
    """Whether all words of one are in the other."""
    first, second = (set(re.findall(r"\w+", _MARKUP.sub(" ", one).casefold())) for one in (words, text))
    return first <= second or second <= first


def _list_parts(words: str) -> set[str]:
    """What stands between marks in a wording: each part, and how the whole begins and ends with them."""
    pieces = [piece for piece in map(fold_words, _MARKS.split(words)) if piece]
    places = range(1, len(pieces))
    return {
        *pieces,
        fold_words(words),
        *("".join(pieces[:one]) for one in places),
        *("".join(pieces[one:]) for one in places),
    }


def _find_words(words: str, folded: Mapping[str, str]) -> list[str]:
    """The items whose words a question has; of one that was cut off those that start so."""
    given = fold_words(words)
    if not given:
        return []
    same = [item for item, text in folded.items() if text == given]
    if same or not _CUTS.search(words.rstrip()[-3:]):
        return same
    return [item for item, text in folded.items() if text.startswith(given)]


def _name_others(
    asked: Mapping[str, str], known: Mapping[str, str], items: Mapping[str, str], is_numbered: bool
) -> dict[str, str]:
    """Codes that no item has, for questions that are none; columns of one question keep a number in common."""
    used = {*known, *items.values()}
    stems: dict[str, str] = {}
    for code, item in items.items():
        if is_numbered and _NUMBERED.fullmatch(code) and _NUMBERED.fullmatch(item):
            stems.setdefault(code.partition("_")[0], item.partition("_")[0])
    taken = {code.partition("_")[0] for code in used}
    new: dict[str, str] = {}
    for code in asked:
        if code in items:
            continue
        stem, mark, row = code.partition("_")
        called, number = code, 1
        if is_numbered and _NUMBERED.fullmatch(code):
            if stem not in stems:
                kept = {one.partition("_")[0] for one in asked if one not in items}
                stems[stem] = _find_free(stem, taken, kept - {stem})
                taken.add(stems[stem])
            called, number = f"{stems[stem]}{mark}{row}", int(row or 0)
            while called in used:
                number += 1
                called = f"{stems[stem]}_{number:0{len(row) or 2}d}"
        while called in used:
            number += 1
            called = f"{code}.{number}"
        used.add(called)
        new[code] = called
    return new


def _find_free(stem: str, taken: Set[str], kept: Set[str]) -> str:
    """A question's code that no item has: its own, or the first number that is free."""
    if stem not in taken:
        return stem
    numbered = (f"q{number:0{len(stem) - 1}d}" for number in count(1))
    return next(one for one in numbered if one not in taken and one not in kept)


class Wordings:
    """The words of the items of each survey, as files are matched to them one after another."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake]) -> None:
        """The codebook's words, and those of files of definitions for a survey that it does not have."""
        self._connection = connection
        self._known: dict[str, dict[str, str]] = {}
        for survey, item, text in connection.execute(
            f"SELECT survey_id, item_id, coalesce(text, '') FROM accepted_items WHERE kind NOT IN {OF_RESPONDENTS} ORDER BY ALL"
        ).fetchall():
            self._known.setdefault(str(survey), {})[str(item)] = str(text)
        self._described = set(self._known)
        for intake in intakes:
            survey = intake.staged.options.survey_id
            if survey and survey not in self._described and not intake.batches:
                self._add(survey, ((item.item_id, item.text) for item in intake.items))

    def match(self, batch: Batch, intake: Intake) -> tuple[Intake, list[str]]:
        """The file with its questions called as the items that they are, and what is to be said of them.

        The items of a mapping are taken at their word, unless the codebook has none of them. Refused where no survey is named, and none
        has its questions or several have as many.
        """
        name, options, mapping = intake.staged.name, intake.staged.options, intake.staged.mapping
        own = {item.item_id for item in intake.items if item.kind in OF_RESPONDENTS}
        asked = {code: words for code, words in self._list_asked(batch, intake).items() if code not in own}
        is_mapped = mapping is not None and mapping.is_survey
        if is_mapped and not self._is_nameless(asked, options.survey_id):
            if options.survey_id and options.survey_id not in self._described:
                self._add(options.survey_id, ((item.item_id, item.text) for item in intake.items))
            return intake, []
        is_numbered = not is_mapped and any(one.heading != one.item_id for one in intake.asked)
        named = mapping.questions if mapping else {}
        given = {
            one.item_id: item
            for item, words in named.items()
            for one in intake.asked
            if is_asked(one, words) and one.item_id in asked
        }
        survey = options.survey_id or self._choose(asked, name, is_numbered, given)
        known = self._known.get(survey, {})
        match = match_questions(asked, known, is_numbered, given)
        told = [] if is_mapped else _tell_near(name, asked, known, match)
        strange = [item for item in given.values() if item not in known] if survey in self._described else []
        if strange:
            told.append(
                f"{(mapping and mapping.source) or 'The mapping'} says {strange[0]} of {name} in [file.questions], which is no item of {survey}: "
                "correct it."
            )
        if survey not in self._described:
            called = {**match.items, **match.new}
            self._add(survey, ((called[code], words) for code, words in asked.items()))
        self._rename(batch, match.renamed)
        staged = replace(intake.staged, options=replace(options, survey_id=survey))
        return (
            replace(
                intake,
                staged=staged,
                items=tuple(
                    replace(item, item_id=match.renamed.get(item.item_id, item.item_id))
                    for item in intake.items
                ),
                asked=tuple(
                    replace(one, item_id=match.renamed.get(one.item_id, one.item_id)) for one in intake.asked
                ),
            ),
            [*_tell_reworded(name, survey, match), *told],
        )

    def _add(self, survey: str, items: Iterable[tuple[str, str]]) -> None:
        known = self._known.setdefault(survey, {})
        for item, text in items:
            known.setdefault(item, text)

    def _is_nameless(self, asked: Mapping[str, str], survey: str | None) -> bool:
        """Whether the codebook has none of the items that a mapping names, of a survey that it has or of any."""
        if survey:
            return survey in self._described and not asked.keys() & self._known[survey].keys()
        return not any(asked.keys() & self._known[one].keys() for one in self._described)

    def _list_asked(self, batch: Batch, intake: Intake) -> dict[str, str]:
        """The words of each question of a file, in its order."""
        asked = {one.item_id: one.text for one in intake.asked}
        for code, words in self._connection.execute(
            f"SELECT item_id, max(question) FROM {batch.raw} GROUP BY item_id ORDER BY item_id"
        ).fetchall():
            asked[str(code)] = asked.get(str(code)) or str(words or "")
        return asked

    def _choose(
        self, asked: Mapping[str, str], name: str, is_numbered: bool, given: Mapping[str, str]
    ) -> str:
        """The survey that has most of the questions of a file."""
        matches = {
            survey: match_questions(
                asked, known, is_numbered, {code: item for code, item in given.items() if item in known}
            )
            for survey, known in self._known.items()
        }
        return choose_survey(
            {
                survey: len(one.items)
                for survey, one in matches.items()
                if one.is_sure and (one.compared or not is_numbered)
            },
            name,
        )

    def _rename(self, batch: Batch, renamed: Mapping[str, str]) -> None:
        if renamed:
            self._connection.execute(
                f"UPDATE {batch.raw} SET item_id = n.item FROM (SELECT unnest($codes) AS code, unnest($items) AS item) n "
                f"WHERE n.code = {batch.raw}.item_id",
                {"codes": list(renamed), "items": list(renamed.values())},
            )


def choose_survey(fits: Mapping[str, int], name: str) -> str:
    """The survey that most questions of a file fit; Refused where there is none, or more than one."""
    best = sorted(fits, key=lambda survey: (-fits[survey], survey))[:2]
    if not best:
        raise Refused(
            f"No question of {name} is in the codebook: load its items, or name the survey with --survey (a new name begins a survey)."
        )
    if len(best) > 1 and fits[best[0]] == fits[best[1]]:
        raise Refused(
            f"The questions of {name} fit {best[0]} and {best[1]} alike: name the survey with --survey."
        )
    return best[0]


def _tell_reworded(name: str, survey: str, match: Match) -> list[str]:
    total = len(match.reworded)
    if not total:
        return []
    listed = ", ".join(
        f"{code} asks '{words[:80]}' where the codebook has '{text[:80]}'"
        for code, words, text in match.reworded[:3]
    )
    return [
        f"{name}: {total} question{'s have' if total > 1 else ' has'} the code of an item of {survey} and other words, and {'their' if total > 1 else 'its'} "
        f"answers count: {listed}{' and others' if total > 3 else ''}. Where it is another question, give it another code or take its column out."
    ]


def _tell_near(name: str, asked: Mapping[str, str], known: Mapping[str, str], match: Match) -> list[str]:
    """A sentence for each question that is no item and has nearly the words of one that the file does not ask, with what joins the two."""
    free = {item: text for item, text in known.items() if item not in match.items.values()}
    found = []
    for code in match.new:
        near = {item: _compare(asked[code], text) for item, text in free.items()}
        item = max(near, key=lambda one: near[one], default="")
        if item and near[item] >= _NEAR:
            found.append((asked[code], item, free.pop(item)))
    return [
        f"{name}: '{words[:80]}' is no question that is known, and nearest to {item} ('{text[:80]}'): if it is that one in other words, write "
        f'[file.questions] under a [[file]] with name = "{name}" in a mapping, below it the line {_write_key(item)} = {json.dumps(words, ensure_ascii=False)}, '
        "and load both again."
        for words, item, text in found[:_MOST_NEAR]
    ]


def _compare(words: str, text: str) -> float:
    """How much of two wordings is the same; nothing where they are different rows or options of a question."""
    first, second = (_ROW.fullmatch(one) for one in (words, text))
    stems = [match["stem"] if match else one for match, one in ((first, words), (second, text))]
    rows = [fold_words(match["row"]) if match else "" for match in (first, second)]
    if rows[0] != rows[1] or not all(map(fold_words, stems)):
        return 0.0
    first_words, second_words = (re.findall(r"\w+", _MARKUP.sub(" ", one).casefold()) for one in stems)
    return SequenceMatcher(a=first_words, b=second_words, autojunk=False).ratio()


def _write_key(item: str) -> str:
    return item if re.fullmatch(r"[A-Za-z0-9_-]+", item) else json.dumps(item, ensure_ascii=False)
