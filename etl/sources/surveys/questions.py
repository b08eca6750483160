"""Questions with one heading each, as form tools export them: several choices stand in one cell, rows of a grid in columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from etl.checking.surveys.choices import (
    LONGEST_CHOICE,
    MOST_CHOICES,
    clean_label,
    describe_choices,
    describe_tick,
)
from etl.reading.records import Record
from etl.reading.shapes.responses import NOT_CHOSEN, Question
from etl.reading.types import Item

OTHER = "Other"
_ROW = re.compile(r"(?P<stem>.*\S)\s*\[(?P<row>[^\[\]]+)\]\s*", re.DOTALL)


@dataclass(frozen=True)
class Asked:
    """A question, or a row of a grid: its place, code and text; the options where several could be chosen; the places of its grid.

    `mark` is what separates the options in a cell, and `is_listed` says that they are all that there were to choose.
    """

    place: int
    code: str
    text: str
    options: tuple[str, ...]
    mark: str
    is_listed: bool
    grid: tuple[int, ...]

    @property
    def columns(self) -> list[tuple[Question, str]]:
        """An answer column for each option, or the one of the question with ''."""
        if not self.options:
            return [(Question(self.place, self.code, self.text), "")]
        return [
            (Question(self.place, f"{self.code}_{number:02d}", f"{self.text} [{option}]"), option)
            for number, option in enumerate(self.options, start=1)
        ]

    def pick(self, cell: str) -> list[tuple[Question, str]]:
        """The answers in a cell; once anything is chosen, what was left is "Not chosen"."""
        if not cell.strip():
            return []
        chosen = (
            set(split_choices(cell, self.mark, self.options if self.is_listed else ()))
            if self.options
            else set()
        )
        return [
            (question, (option if option in chosen else NOT_CHOSEN) if option else cell.strip())
            for question, option in self.columns
        ]


def list_asked(
    headings: Iterable[tuple[int, str]],
    records: Sequence[Record],
    mark: str,
    choices: Mapping[str, Sequence[str]],
) -> list[Asked]:
    """The questions q01, q02 … of (place, heading), rows of a grid as q03_01; equal headings are told apart by their number.

    `choices` are the options of a question by its heading, or none where its cells are not to be split.
    """
    stems: dict[str, list[int]] = {}
    texts: dict[int, str] = {}
    used: Counter[str] = Counter()
    for place, heading in headings:
        used[heading] += 1
        texts[place] = heading if used[heading] == 1 else f"{heading} ({used[heading]})"
        row = _ROW.fullmatch(heading)
        stems.setdefault(row["stem"] if row else texts[place], []).append(place)
    asked = []
    for number, places in enumerate(stems.values(), start=1):
        for row_number, place in enumerate(places, start=1):
            code = f"q{number:02d}" if len(places) == 1 else f"q{number:02d}_{row_number:02d}"
            cells = [record.cells[one].strip() for record in records for one in places]
            listed = choices.get(texts[place])
            options = (*map(clean_label, listed), OTHER) if listed else ()
            if listed is None:
                options = find_options(cells, mark)
            grid = tuple(places) if len(places) > 1 else ()
            asked.append(Asked(place, code, texts[place], options, mark, bool(listed), grid))
    return asked


def find_options(cells: Iterable[str], mark: str) -> tuple[str, ...]:
    """The options that cells list, in their order of the alphabet; none where the question has one answer a cell.

    Cells list options where one ends in the mark, or where one that has several shares some of them with another.
    """
    given = {cell for cell in cells if cell}
    parted = {cell: split_choices(cell, mark) for cell in given}
    uses = Counter(part for parts in parted.values() for part in set(parts))
    is_several = any(cell.endswith(mark.strip()) for cell in given) or any(
        len(parts) > 1 and any(uses[part] > 1 for part in parts) for parts in parted.values()
    )
    is_list = len(uses) <= MOST_CHOICES and max(map(len, uses), default=0) <= LONGEST_CHOICE
    return tuple(sorted(uses)) if is_several and is_list else ()


def split_choices(cell: str, mark: str, options: Sequence[str] = ()) -> list[str]:
    """The choices in a cell; of known options those that it has, whatever marks are in their words, and `OTHER` where it has more.

    Without known options a part that goes on in small letters ("Yes, always") belongs to the one before it.
    """
    if options:
        rest, found = clean_label(cell), []
        for option in sorted(options, key=len, reverse=True):
            match = re.search(
                rf"(?:^|{re.escape(mark.strip())})\s*({re.escape(option)})\s*(?={re.escape(mark.strip())}|$)",
                rest,
            )
            if match:
                found.append(option)
                rest = rest[: match.start(1)] + rest[match.end(1) :]
        return [*found, OTHER] if rest.strip(f"{mark} ") else found
    parts: list[str] = []
    for part in (clean_label(part) for part in cell.split(mark) if part.strip()):
        if mark.endswith(" ") and parts and part[0].islower() and not parts[0][0].islower():
            parts[-1] = f"{parts[-1]}{mark}{part}"
        else:
            parts.append(part)
    return parts


def describe_asked(asked: Asked, records: Sequence[Record]) -> list[Item]:
    """The item of a question, or one for each of its options; rows of a grid share their answers."""
    if asked.options:
        return [describe_tick(one.item_id, one.text, option, NOT_CHOSEN) for one, option in asked.columns]
    places = asked.grid or (asked.place,)
    answers = {clean_label(record.cells[place]) for record in records for place in places}
    return [describe_choices(asked.code, asked.text, sorted(answers - {""}))]
