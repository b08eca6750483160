"""A saved column mapping (TOML) turns any other delimited file, or the sheet of a workbook, into a template table.

[[file]]
name = "friendship*.csv"          # which files, by name
table = "ties"
[file.columns]                    # template column = column of the file
from_member_id = "from"
to_member_id = "to"
wave_id = "wave"
[file.constants]                  # template column = one value for all rows
relation = "friendship"
[file.options]                    # encoding, date_order, zone, survey_id, wave_id, event_id, complete_to, sum_ties
date_order = "dmy"
sum_ties = ["emails"]             # relations whose rows are contacts: a tie's strength is their sum, 1 for a row without one
[file.split]                      # template column = what separates several values in one cell: a row each
to_member_id = "|"
[file.values.directed]            # cell = what the table calls it
mutual = "false"
[file.times]                      # a time in seconds since 1970 ("epoch"), or in days as a spreadsheet counts them ("serial")
observed_on = "epoch"

Beside name: delimiter = "|" where it is none of , ; and tab; missing = ["-99"] where cells mean that there is nothing.

A survey with a column for each question has items in place of a table:

[[file]]
name = "2020-12-*.csv"
missing = ["NA"]                  # cells that mean no answer
[file.items]                      # item of the codebook = column of the file
usefulness = "How useful was it?"
[file.columns]                    # respondent_id, submitted_at, person_email, person_name, person_external, where there are any
submitted_at = "date"
[file.options]
survey_id = "longterm"
wave_id = "2020-12"
[file.values.usefulness]          # cell = the answer of the codebook
"5 - very" = "5"
[file.order]                      # words of a scale from the lowest on, where they are in no codebook
usefulness = ["Not at all", "A little", "Very"]
[file.several.topics]             # a question of several choices: its columns, or column and split where they stand in one cell
columns = ["Topic: data", "Topic: coaching"]
[file.waves.2020-06]              # items asked twice in one row: a wave each, item = column
usefulness = "How useful was it before?"

What a survey says of whoever answered is no question: an attribute, by which figures of this wave are broken down of people who are in
no list (of members their list says it), or their weight. Of an export that is known, too, by the short name or the text of its column:

[file.respondent]                 # attribute of members, or weight = column
region = "Where do you work?"
weight = "WT"

Of an export that is known (Google Forms, say) a mapping may state options, missing, order, respondent, choices, and questions:

[file.choices]                    # question = its options, where one has a comma in it; [] where its cells are one answer each
"Which topics?" = ["Data, all kinds", "Coaching"]
[file.questions]                  # item of the codebook = the question of this file that it is, in other words or under another code
usefulness = "How useful is it now?"
"""

from __future__ import annotations

import fnmatch
import tomllib
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

from etl.reading.types import PERSON_COLUMNS, DateOrder, Options, Refused
from etl.reading.written.dates import load_zone
from warehouse.contracts import TABLES

_OPTIONS = set(Options.__dataclass_fields__) - {"is_zone_stated", "is_same_people"}
RESPONSE_COLUMNS = (
    "respondent_id",
    "submitted_at",
    "wave_id",
    "person_email",
    "person_name",
    "person_external",
)
TIMES = ("epoch", "serial")
# What each part of an entry is written as: words, a list of them, or names with words, lists or names of their own.
_WORDS, _LISTS, _TABLES = "text", "a list", "names and values in a table of their own"
PARTS = {
    **dict.fromkeys(("name", "table", "delimiter"), _WORDS),
    "missing": _LISTS,
    **dict.fromkeys(
        ("columns", "constants", "options", "items", "split", "times", "choices", "order", "respondent"),
        _TABLES,
    ),
    **dict.fromkeys(("values", "several", "waves", "questions"), _TABLES),
}
_INNER: dict[str, type] = {"choices": list, "order": list, "values": dict, "several": dict, "waves": dict}


@dataclass(frozen=True)
class Several:
    """A question of several choices: a column for each, or one `column` whose cells are `split`."""

    columns: list[str] = field(default_factory=list)
    column: str = ""
    split: str = ";"


@dataclass(frozen=True)
class Mapping:
    """How the files of one name become a template table, or a survey's answers where `items` are named.

    `table` is '' where only options are set; `missing` are the cells that mean nothing. `values` translate the
    cells of a template column or an item, `split` says what separates several values in one cell of it. `choices` are the options
    of a question of an export, `questions` its questions by the items that they are, `times` the columns that count seconds or days, `order` the words of
    an item's scale; `respondent` are the columns of attributes of whoever answered, and of their weight. `source` is the file that says so.
    """

    name: str
    table: str
    columns: dict[str, str]
    constants: dict[str, str]
    options: dict[str, str]
    items: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    split: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    delimiter: str = ""
    times: dict[str, str] = field(default_factory=dict)
    several: dict[str, Several] = field(default_factory=dict)
    waves: dict[str, dict[str, str]] = field(default_factory=dict)
    order: dict[str, list[str]] = field(default_factory=dict)
    respondent: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    source: str = field(default="", compare=False)

    @property
    def is_survey(self) -> bool:
        """Whether it says which columns are questions."""
        return bool(self.items or self.several or self.waves)

    @property
    def named(self) -> tuple[str, ...]:
        """Every column of the file that it names."""
        several = [name for one in self.several.values() for name in (*one.columns, one.column) if name]
        asked = [name for items in self.waves.values() for name in items.values()]
        own = (*self.columns.values(), *self.respondent.values())
        return tuple(dict.fromkeys((*self.items.values(), *several, *asked, *own)))

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Mapping:
        """The mapping that a release kept as JSON."""
        several = {item: Several(**one) for item, one in record.get("several", {}).items()}
        return cls(**{**record, "several": several})


def read_mappings(path: Path) -> list[Mapping]:
    """Read a mapping file; Refused says which entry is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Refused(f"There is no mapping file {path}: check its name.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path.name} is not valid TOML: {error}.") from None
    entries = content.get("file", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Refused(f'{path.name} does not say which files: begin each part with [[file]] and name = "…".')
    return [read_entry(path.name, entry) for entry in entries]


def _check_shapes(source: str, entry: dict[str, Any]) -> None:
    """Refuse what is not written as it has to be, by its name."""
    unknown = sorted(set(entry) - set(PARTS))
    if unknown:
        raise Refused(
            f"{source} says {unknown[0]} of {entry['name']}; a mapping can say: {', '.join(sorted(PARTS))}."
        )
    kinds = {_WORDS: str, _LISTS: list, _TABLES: dict}
    for key, value in entry.items():
        if not isinstance(value, kinds[PARTS[key]]):
            raise Refused(f"{source} says {key} of {entry['name']}, which has to be {PARTS[key]}.")
        inner = _INNER.get(key)
        for name, part in value.items() if isinstance(value, dict) else ():
            is_plain = not isinstance(part, dict) and (key == "options" or not isinstance(part, list))
            if not (isinstance(part, inner) if inner else is_plain):
                words = {list: "a list", dict: f"a table of its own, [file.{key}.{name}]"}.get(
                    inner or str, "one value"
                )
                raise Refused(f"{source} says {key} {name} of {entry['name']}, which has to be {words}.")


def read_entry(source: str, entry: dict[str, Any]) -> Mapping:
    """Read one entry of a file, called `source` in what is refused."""
    if "name" not in entry:
        raise Refused(f"{source} has a [[file]] without name: say which files it is for.")
    _check_shapes(source, entry)
    table = entry.get("table", "")
    if table and table not in TABLES:
        raise Refused(
            f"{source} maps {entry['name']} to {table}, which is no table; there are: {', '.join(TABLES)}."
        )
    columns = {str(key): str(value) for key, value in entry.get("columns", {}).items()}
    constants = {str(key): str(value) for key, value in entry.get("constants", {}).items()}
    if table and not TABLES[table].has_attributes:
        for column in (*columns, *constants):
            is_person = column in PERSON_COLUMNS and sum(one.is_person for one in TABLES[table].columns) == 1
            if column not in TABLES[table].column_names and not is_person:
                raise Refused(f"{source} maps a column to {column}, which {table} does not have.")
    items = {str(key): str(value) for key, value in entry.get("items", {}).items()}
    several = {
        str(key): _read_several(source, str(key), one) for key, one in entry.get("several", {}).items()
    }
    waves = {
        str(wave): {str(key): str(value) for key, value in asked.items()}
        for wave, asked in entry.get("waves", {}).items()
    }
    if items or several or waves:
        if table:
            raise Refused(f"{source} gives {entry['name']} a table and items: take one of the two out.")
        for column in (*columns, *constants):
            if column not in RESPONSE_COLUMNS or column in constants:
                raise Refused(
                    f"{source} maps a column to {column}, which a survey with items does not have; "
                    f"there are: {', '.join(RESPONSE_COLUMNS)}."
                )
    options = dict(entry.get("options", {}))
    for option in options:
        if option not in _OPTIONS:
            raise Refused(f"{source} sets the option {option}; there are: {', '.join(sorted(_OPTIONS))}.")
        given = options[option]
        options[option] = "|".join(map(str, given)) if isinstance(given, list) else str(given)
    if "complete_to" in options:
        try:
            date.fromisoformat(options["complete_to"])
        except ValueError:
            raise Refused(
                f"{source} says complete_to = {options['complete_to']}, which is no date: write it as 2015-09-30."
            ) from None
    if options.get("date_order", "dmy") not in get_args(DateOrder):
        raise Refused(
            f"{source} says date_order = {options['date_order']}; there are: {', '.join(get_args(DateOrder))}."
        )
    if "zone" in options:
        load_zone(options["zone"])
    missing = [str(cell) for cell in entry.get("missing", [])]
    split = {str(key): str(mark) for key, mark in entry.get("split", {}).items()}
    values = {
        str(key): {str(cell): _write(value) for cell, value in dict(words).items()}
        for key, words in entry.get("values", {}).items()
    }
    times = {str(key): str(value) for key, value in entry.get("times", {}).items()}
    for column, kind in times.items():
        if kind not in TIMES:
            raise Refused(f"{source} says that {column} counts {kind}; there are: {', '.join(TIMES)}.")
    asked = {*items, *several, *(item for one in waves.values() for item in one)}
    respondent = {str(key): str(value) for key, value in entry.get("respondent", {}).items()}
    if respondent and table:
        raise Refused(
            f"{source} says respondent of {entry['name']}, which is no file of answers: take it out."
        )
    if twice := [one for one, count in Counter(respondent.values()).items() if count > 1]:
        raise Refused(
            f"{source} gives the column {twice[0]} of {entry['name']} to several attributes: take it out of the others."
        )
    for name in sorted(asked & set(respondent)):
        raise Refused(
            f"{source} calls {name} of {entry['name']} a question and respondent: take it out of one."
        )
    for column in (*split, *values, *times):
        if column not in columns and column not in asked:
            raise Refused(
                f"{source} splits or translates {column}, for which it names no column of the file."
            )
    _check_used(source, entry, bool(asked), {*items, *(item for one in waves.values() for item in one)})
    delimiter = {"tab": "\t", "\\t": "\t"}.get(
        str(entry.get("delimiter", "")), str(entry.get("delimiter", ""))
    )
    if len(delimiter) > 1 or delimiter == '"':
        raise Refused(f"{source} says the delimiter {delimiter}: it is one character, or tab.")
    return Mapping(
        str(entry["name"]),
        table,
        columns,
        constants,
        options,
        items,
        missing,
        values,
        split,
        _read_lists("choices", entry),
        delimiter,
        times,
        several,
        waves,
        _read_lists("order", entry),
        respondent,
        {str(key): str(value) for key, value in entry.get("questions", {}).items()},
        source,
    )


def _check_used(source: str, entry: dict[str, Any], is_survey: bool, single: Set[str]) -> None:
    """Refuse what would be passed over: of a table, of a survey whose items with one answer are `single`."""
    name, parts = entry["name"], {key: set(value) for key, value in entry.items() if isinstance(value, dict)}
    own = parts.get("columns", set()) | parts.get("constants", set())
    if twice := sorted(parts.get("columns", set()) & parts.get("constants", set())):
        raise Refused(
            f"{source} gives {twice[0]} of {name} in [file.columns] and in [file.constants]: take it out of one."
        )
    if entry.get("table"):
        idle = [f"[file.{key}]" for key in ("order", "choices", "questions") if entry.get(key)]
        if idle:
            raise Refused(f"{source} says {idle[0]} of {name}, which is no file of answers: take it out.")
        for option in sorted({"event_id", "survey_id", "wave_id"} & parts.get("options", set()) & own):
            raise Refused(
                f"{source} says {option} of {name} in [file.options], and names it as a column, too: take it out of [file.options]."
            )
    if not is_survey:
        return
    used = {
        "order": (single, "no item with one answer"),
        "values": (single | parts.get("several", set()), "no item"),
        "times": ({"submitted_at"}, "not submitted_at"),
    }
    for key, (known, words) in used.items():
        for target in sorted(parts.get(key, set()) - known):
            raise Refused(
                f"{source} says {target} of {name} in [file.{key}], which is {words} that it maps: correct the name, or take it out."
            )
    for key, instead in (
        ("split", "name its column in [file.several]"),
        ("choices", "name the item in [file.several]"),
        ("questions", "name the item in [file.items]"),
    ):
        if entry.get(key):
            raise Refused(
                f"{source} says [file.{key}] of {name}, which is passed over beside items: {instead}."
            )


def _read_several(source: str, item: str, entry: Any) -> Several:
    given = dict(entry) if isinstance(entry, dict) else {}
    columns, column = [str(name) for name in given.get("columns", [])], str(given.get("column", ""))
    if bool(columns) == bool(column):
        raise Refused(
            f'{source} says of several.{item} neither columns = [...] nor column = "...", or both: say one.'
        )
    return Several(columns, column, str(given.get("split", ";")))


def _read_lists(key: str, entry: dict[str, Any]) -> dict[str, list[str]]:
    return {str(name): [str(word) for word in words] for name, words in entry.get(key, {}).items()}


def _write(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def override_options(options: Options, mapping: Mapping | None) -> Options:
    """The options of a load, with those of the file's mapping in their place."""
    stated: dict[str, Any] = dict(mapping.options) if mapping else {}
    if "complete_to" in stated:
        stated["complete_to"] = date.fromisoformat(stated["complete_to"])
    if "zone" in stated:
        stated["is_zone_stated"] = True
    return replace(options, **stated)


def find_mapping(mappings: Iterable[Mapping], name: str) -> Mapping | None:
    """The first mapping whose name fits the file's."""
    return next((mapping for mapping in mappings if fnmatch.fnmatchcase(name, mapping.name)), None)


def tell_unmatched(mappings: Iterable[Mapping], names: Iterable[str]) -> list[str]:
    """A sentence for each mapping that is the one of none of these files."""
    mappings = list(mappings)
    used = [id(find_mapping(mappings, name)) for name in names]
    return [
        f'{one.source} says name = "{one.name}", which is the name of none of these files, so that this part was not used: '
        "correct it where one of them is meant."
        for one in mappings
        if id(one) not in used
    ]
