"""A mapping for a file that no importer knows: what its headings and cells look like, and what only its owner can say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.checking.surveys.choices import MOST_CHOICES, describe_choices
from etl.reading.records import DELIMITERS, Record, read_records
from etl.reading.written.dates import read_epoch, read_serial
from etl.reading.written.names import EMAIL

_MARKS = (*DELIMITERS, "|")
_LOOK = 500
_EMAIL = re.compile(EMAIL)
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{1,2}[ -][A-Za-z]{3,9}[ -,]+\d{2,4}.*|[A-Za-z]{3,9} \d{1,2},? \d{4}.*"
)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_MISSING = ("-99", "-9", "-999", "999", "NA", "N/A", "n/a", "NULL", "-", ".")
_TABLES: Mapping[str, Sequence[tuple[str, str]]] = {
    "members": (("joined_on", r"(date )?join(ed|ing)?\b.*|member since|start( date)?"),),
    "ties": (
        ("from_member_id", r"from|source|ego|sender|respondent|nominator"),
        ("to_member_id", r"to|target|alter|receiver|nominee|knows"),
    ),
    "attendance": (
        ("event_id", r"event( id| code)?|session|meeting( id)?"),
        ("attended", r"attend(ed|ance)|status|present|checked in|came"),
    ),
    "events": (
        ("title", r"title|event( name)?|topic"),
        ("starts_at", r"starts?( at| time| date)?|date|when"),
    ),
    "measurements": (
        ("period", r"period|month|week|quarter|year"),
        ("value", r"value|count|total|number|visits"),
    ),
    "activities": (("at", r"at|when|date|time(stamp)?"), ("kind", r"kind|type|activity|action")),
}
_FURTHER: Mapping[str, str] = {
    "left_on": r"left\b.*|leav(ing|er).*|end( date)?",
    "region": r"region|nation|area",
    "profession": r"profession|role|job.*|occupation",
    "organisation": r"organi[sz]ation|employer|trust|company",
    "cohort": r"cohort|intake",
    "minutes": r"minutes|duration.*",
    "wave_id": r"wave|round|survey",
    "strength": r"strength|weight",
    "relation": r"relation(ship)?|type",
    "denominator": r"denominator|out of|of|base",
    "series": r"series|indicator|measure|name",
}
_OF_TABLE = {
    "members": ("left_on", "region", "profession", "organisation", "cohort"),
    "ties": ("wave_id", "strength", "relation"),
    "attendance": ("minutes",),
    "measurements": ("denominator", "series"),
}


@dataclass(frozen=True)
class _Column:
    """A column of the file: its heading and what its filled cells look like."""

    name: str
    cells: Sequence[str]

    def are(self, pattern: re.Pattern[str]) -> bool:
        return bool(self.cells) and sum(bool(pattern.fullmatch(cell)) for cell in self.cells) >= 0.8 * len(
            self.cells
        )

    @property
    def word(self) -> str:
        return " ".join(re.sub(r"[_-]", " ", self.name).casefold().split())

    @property
    def is_id(self) -> bool:
        return bool(re.fullmatch(r".*\b(id|number|no|code|ref(erence)?|token)\b\.?", self.word)) and len(
            set(self.cells)
        ) == len(self.cells)


def propose_mapping(name: str, text: str) -> str:
    """A [[file]] for a mapping (TOML): guesses as they would be read, and a line "# ASK" where something has to be said.

    '' where the text has no heading with at least two columns and a row.
    """
    delimiter, columns = _read_columns(text)
    if len(columns) < 2 or not any(column.cells for column in columns):
        return ""
    table, guessed = _guess_table(columns)
    lines = [
        f"# {name}: a guess from its first {_LOOK} rows. Read each line; every # ASK wants an answer.",
        "[[file]]",
    ]
    lines.append(f"name = {_quote(name)}")
    if delimiter not in DELIMITERS:
        lines.append(f"delimiter = {_quote(delimiter)}")
    cells = Counter(cell for column in columns for cell in set(column.cells))
    missing = [
        code
        for code in _MISSING
        if cells[code] and (not _NUMBER.fullmatch(code) or cells[code] > 1 or code.startswith("-"))
    ]
    if missing:
        lines += [
            "# ASK: do these cells mean that there is no answer?",
            f"missing = [{', '.join(map(_quote, missing))}]",
        ]
    lines += _write_table(table, guessed, columns) if table else _write_survey(columns)
    return "\n".join(lines) + "\n"


def _read_columns(text: str) -> tuple[str, list[_Column]]:
    """The delimiter with which the heading has most columns that the rows have too, and the columns."""
    best: tuple[int, str, list[Record]] = (0, ",", [])
    for mark in _MARKS:
        records = []
        for record in read_records(text, mark):
            records.append(record)
            if len(records) > _LOOK:
                break
        if records and not records[0].fault:
            width = len(records[0].filled)
            fitting = sum(len(record.cells) == len(records[0].cells) for record in records[1:])
            best = max(best, (width * (fitting + 1), mark, records), key=lambda one: one[0])
    _, mark, records = best
    if not records:
        return mark, []
    columns = [
        _Column(
            name.strip(),
            [
                cell.strip()
                for record in records[1:]
                for cell in record.cells[place : place + 1]
                if cell.strip()
            ],
        )
        for place, name in enumerate(records[0].cells)
        if name.strip()
    ]
    return mark, columns


def _guess_table(columns: Sequence[_Column]) -> tuple[str, dict[str, _Column]]:
    """The table all of whose marks are among the headings, and its columns; ('', {}) for a survey."""
    for table, marks in _TABLES.items():
        found: dict[str, _Column] = {}
        for target, pattern in (*marks, *((name, _FURTHER[name]) for name in _OF_TABLE.get(table, ()))):
            match = next(
                (one for one in columns if one not in found.values() and re.fullmatch(pattern, one.word)),
                None,
            )
            if match:
                found[target] = match
        if all(target in found for target, _ in marks):
            return table, found
    return "", {}


def _find_people(columns: Sequence[_Column]) -> dict[str, _Column]:
    """The columns that say who it is."""
    found = {}
    email = next((one for one in columns if one.are(_EMAIL)), None)
    name = next(
        (
            one
            for one in columns
            if re.fullmatch(r"(full |your |participant )?name|who|person|member", one.word)
        ),
        None,
    )
    known = next((one for one in columns if one.is_id), None)
    if email:
        found["email"] = email
    if name and name is not email:
        found["name"] = name
    if known:
        found["id"] = known
    return found


def _is_time(column: _Column) -> str:
    """epoch or serial where a column's cells are such numbers, '' otherwise."""
    if column.cells and re.search(r"\b(at|time|date|when|timestamp|on)\b", column.word):
        if all(re.fullmatch(r"\d{9,10}|\d{13}", cell) and read_epoch(cell) != cell for cell in column.cells):
            return "epoch"
        if all(read_serial(cell) != cell for cell in column.cells):
            return "serial"
    return ""


def _write_table(table: str, guessed: Mapping[str, _Column], columns: Sequence[_Column]) -> list[str]:
    people = _find_people([one for one in columns if one not in guessed.values()])
    named = dict(guessed)
    if table == "members":
        named |= {{"id": "member_id"}.get(role, role): one for role, one in people.items()}
    elif table not in ("ties", "events", "measurements"):
        named |= {{"id": "member_id"}.get(role, f"person_{role}"): one for role, one in people.items()}
    elif table == "events" and "id" in people:
        named["event_id"] = people["id"]
    lines = [f"table = {_quote(table)}", "[file.columns]"]
    lines += [f"{target} = {_quote(one.name)}" for target, one in named.items()]
    need = {"members": "member_id", "events": "event_id"}.get(table)
    if need and need not in named:
        lines.append(f'# ASK: which column is {need}?\n# {need} = ""')
    if table == "ties" and "wave_id" not in named:
        lines.append(
            "# ASK: which wave or day are they of? Say --wave or --complete-to, or name a column wave_id or observed_on."
        )
    if table == "ties" and "relation" not in named:
        lines += ["[file.constants]", "# ASK: what does a tie mean?", 'relation = "connected"']
    times = {target: _is_time(one) for target, one in named.items() if _is_time(one)}
    if times:
        lines += ["[file.times]", *(f"{target} = {_quote(kind)}" for target, kind in times.items())]
    if "attended" in named:
        words = sorted(set(named["attended"].cells))[:20]
        lines += ["[file.values.attended]", "# ASK: which of these came?"]
        came = re.compile(r"checked in|attended|yes|true|1|present|came", re.IGNORECASE)
        lines += [f"{_quote(word)} = {_quote(str(bool(came.fullmatch(word))).lower())}" for word in words]
    left = [one.name for one in columns if one not in named.values()]
    if left:
        lines.append(f"# Not read: {', '.join(left)[:300]}")
    return lines


def _write_survey(columns: Sequence[_Column]) -> list[str]:
    people = _find_people(columns)
    when = next((one for one in columns if one.are(_DATE) or _is_time(one)), None)
    roles = {{"id": "respondent_id"}.get(role, f"person_{role}"): one for role, one in people.items()}
    if when:
        roles["submitted_at"] = when
    asked = [one for one in columns if one not in roles.values() and one.cells]
    lines = ["[file.options]", "# ASK: which survey is it of, and which wave?", 'survey_id = "survey"']
    lines.append(
        'wave_id = "wave"' if when else 'wave_id = "wave"\n# ASK: on which day?\n# complete_to = "2015-12-31"'
    )
    lines += ["[file.columns]", *(f"{role} = {_quote(one.name)}" for role, one in roles.items())]
    if when and _is_time(when):
        lines += ["[file.times]", f"submitted_at = {_quote(_is_time(when))}"]
    items = _name_items(asked)
    lines += ["[file.items]", *(f"{item} = {_quote(one.name)}" for item, one in items.items())]
    open_ended = []
    for item, one in items.items():
        words = sorted(set(one.cells))
        found = describe_choices(item, one.name, words)
        if (
            found.kind == "single"
            and 2 < len(words) <= 9
            and not any(mark in word for word in words for mark in ";")
        ):
            open_ended.append((item, words))
        if any(";" in word for word in words) and len(words) <= MOST_CHOICES:
            lines.append(
                f"# ASK: are these several choices in one cell? Then take {item} out of the items and say:"
            )
            lines.append(f'# [file.several.{item}]\n# column = {_quote(one.name)}\n# split = ";"')
    if open_ended:
        lines += [
            "# ASK: are these words a scale? Then put them in order from the lowest on, and take the # away.",
            "# [file.order]",
        ]
        lines += [f"# {item} = [{', '.join(map(_quote, words))}]" for item, words in open_ended]
    return lines


def _name_items(columns: Sequence[_Column]) -> dict[str, _Column]:
    """Short names out of the headings, each once."""
    found: dict[str, _Column] = {}
    for number, one in enumerate(columns, start=1):
        word = "_".join(re.findall(r"[a-z0-9]+", one.name.casefold())[:4]) or f"q{number:02d}"
        found[word if word not in found else f"{word}_{number}"] = one
    return found


def _quote(text: str) -> str:
    """Text as a string of TOML."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + '"'
