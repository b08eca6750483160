"""What a file is said to be, column by column, and the mapping that says it."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etl.checking.surveys.choices import describe_choices
from etl.reading.mapping import RESPONSE_COLUMNS, read_entry
from etl.reading.mapping import Mapping as Saved
from etl.reading.types import PERSON_COLUMNS
from etl.sources.proposals.columns import BETWEEN, Column
from etl.sources.reserved import NUMBERED, RESERVED
from etl.sources.template import know_columns
from warehouse.contracts import ATTRIBUTE, MEMBER_DIMENSIONS, TABLES, WEIGHT

SURVEY = "survey"
KINDS = (
    "members",
    "events",
    "attendance",
    "ties",
    "activities",
    "measurements",
    "invitations",
    SURVEY,
)
NOT_READ, QUESTION, SEVERAL = "", "question", "several"
# What any number of columns can be.
MANY = (NOT_READ, QUESTION, SEVERAL, ATTRIBUTE)
NAME_PARTS = ("first_name", "last_name")
# What may be the same for every row, where no column says it.
CONSTANT: Mapping[str, Sequence[str]] = {
    "attendance": ("event_id", "attended"),
    "ties": ("relation", "wave_id", "observed_on"),
    "activities": ("kind",),
    "measurements": ("series",),
    "invitations": ("wave_id",),
}
_TIMES = ("date", "timestamp")
_LEAST_SCALE, _MOST_SCALE = 3, 9


@dataclass(frozen=True)
class Draft:
    """A file that no importer knows: its columns, what it is (`kind`), and what each column is (`roles`, by heading; of a survey also attributes of members, which it says of whoever answered).

    `called` are names of attributes and questions, where they are not those of their headings; `constants` what is the same for every
    row; `options` the survey, the wave and the day; `missing` cells that mean nothing; `came` the cells of who was there; `order` the
    words of scales from the lowest on, by heading. `asks` are what only its owner can say, by part of the mapping; `like` is an
    earlier file whose columns were the same.
    """

    name: str
    columns: Sequence[Column] = field(repr=False)
    delimiter: str = ""
    kind: str = SURVEY
    roles: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    missing: Sequence[str] = ()
    came: Sequence[str] = field(default=(), repr=False)
    order: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    asks: Mapping[str, str] = field(default_factory=dict)
    like: str = ""

    def list_with(self, *roles: str) -> list[Column]:
        """The columns that are one of these."""
        return [one for one in self.columns if self.roles.get(one.name, NOT_READ) in roles]

    def find(self, role: str) -> Column | None:
        """The column that is this."""
        return next(iter(self.list_with(role)), None)

    @property
    def twice(self) -> list[str]:
        """What several columns are said to be and only one can."""
        counts = Counter(role for role in self.roles.values() if role not in MANY)
        return [role for role, count in counts.items() if count > 1]

    @property
    def lacking(self) -> list[str]:
        """What has to be said and is not."""
        if self.kind == SURVEY:
            said = {"survey_id": self.options.get("survey_id"), QUESTION: self.list_with(QUESTION, SEVERAL)}
            return [name for name, given in said.items() if not given]
        given = know_columns([*self._name_targets(), *self.constants])
        return [name for name in TABLES[self.kind].required_names if name not in given]

    def list_scales(self) -> dict[tuple[str, ...], list[str]]:
        """Words that may be a scale of an order that is not known, with the headings of the questions that have them."""
        found: dict[tuple[str, ...], list[str]] = {}
        for column in self.list_with(QUESTION):
            words = tuple(word for word in column.words if word not in self.missing)
            if (
                _LEAST_SCALE <= len(words) <= _MOST_SCALE
                and describe_choices("", column.name, words).kind == "single"
                and not any(BETWEEN in word for word in words)
            ):
                found.setdefault(words, []).append(column.name)
        return found

    def make_mapping(self, name: str = "") -> Saved:
        """The mapping, for the file or for all that are called `name`."""
        return read_entry(self.name, self.write_entry(name))

    def write_entry(self, name: str = "") -> dict[str, Any]:
        """The mapping as a [[file]] of TOML has it."""
        entry: dict[str, Any] = {"name": name or glob.escape(self.name)}
        if self.delimiter:
            entry["delimiter"] = self.delimiter
        if self.missing:
            entry["missing"] = list(self.missing)
        entry["options"] = {name: value for name, value in self.options.items() if value}
        entry |= self._write_survey() if self.kind == SURVEY else self._write_table()
        return {key: value for key, value in entry.items() if value}

    def _write_table(self) -> dict[str, Any]:
        targets = self._name_targets()
        values = {}
        if attended := self.find("attended"):
            values["attended"] = {word: str(word in self.came).lower() for word in attended.words}
        return {
            "table": self.kind,
            "columns": {target: one.name for target, one in targets.items()},
            "constants": {name: value for name, value in self.constants.items() if name not in targets},
            "times": {
                target: one.count_time()
                for target, one in targets.items()
                if self._is_time(target) and one.count_time()
            },
            "values": values,
        }

    def _name_targets(self) -> dict[str, Column]:
        """The columns by what the table calls them. Where nothing else tells members apart, their addresses do."""
        own = {self.roles[one.name]: one for one in self.columns if self.roles.get(one.name, "") not in MANY}
        if self.kind == "members" and "member_id" not in own and "email" in own:
            own["member_id"] = own["email"]
        return own | _name_each(self.list_with(ATTRIBUTE), self.called, own)

    def _is_time(self, target: str) -> bool:
        table = TABLES[self.kind]
        return target in table.column_names and table.column(target).type in _TIMES

    def _write_survey(self) -> dict[str, Any]:
        roles = {role: one for role in RESPONSE_COLUMNS if (one := self.find(role))}
        apart = (*MANY, *RESPONSE_COLUMNS)
        told = {
            self.roles[one.name]: one for one in self.columns if self.roles.get(one.name, "") not in apart
        }
        asked = _name_each(self.list_with(QUESTION, SEVERAL), self.called, told, is_question=True)
        single = {item: one for item, one in asked.items() if self.roles[one.name] == QUESTION}
        when = roles.get("submitted_at")
        return {
            "columns": {role: one.name for role, one in roles.items()},
            "times": {"submitted_at": when.count_time()} if when and when.count_time() else {},
            "items": {item: one.name for item, one in single.items()},
            "respondent": {name: one.name for name, one in told.items()},
            "order": {
                item: list(self.order[one.name]) for item, one in single.items() if self.order.get(one.name)
            },
            "several": {
                item: {"column": one.name, "split": BETWEEN}
                for item, one in asked.items()
                if self.roles[one.name] == SEVERAL
            },
        }


def list_roles(kind: str) -> tuple[str, ...]:
    """What a column of a file of this kind can be, beside not being read; of a survey also what else members have as an attribute."""
    if kind == SURVEY:
        return (QUESTION, SEVERAL, *RESPONSE_COLUMNS, *MEMBER_DIMENSIONS, WEIGHT)
    table = TABLES[kind]
    is_of_one = kind != "members" and sum(one.is_person for one in table.columns) == 1
    people = PERSON_COLUMNS if is_of_one else NAME_PARTS if kind == "members" else ()
    return (*table.column_names, *people, *((ATTRIBUTE,) if table.has_attributes else ()))


def _name_each(
    columns: Sequence[Column],
    called: Mapping[str, str],
    taken: Iterable[str],
    *,
    is_question: bool = False,
) -> dict[str, Column]:
    """Columns by short names out of their headings, each once and none that is taken."""
    found: dict[str, Column] = {}
    taken = set(taken)
    for number, one in enumerate(columns, start=1):
        slugs = re.findall(r"[a-z0-9]+", one.name.casefold())
        name = called.get(one.name) or (
            "_".join(slugs[:4]) or f"q{number:02d}" if is_question else name_attribute("_".join(slugs))
        )
        found[name if name not in found and name not in taken else f"{name[:50]}_{number}"] = one
    return found


def name_attribute(word: str) -> str:
    """The name of an attribute, none that a figure or a table uses itself."""
    name = word[:40] or "attribute"
    known = {*TABLES["members"].column_names, *NAME_PARTS, *PERSON_COLUMNS}
    is_own = name in RESERVED or NUMBERED.fullmatch(name) or name in known or not name[0].isalpha()
    return f"member_{name}" if is_own else name
