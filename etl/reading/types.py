"""What a source module takes and gives: the two verbs `recognise(sample)` and `read(file)` share these types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

import pyarrow as pa

from commands import Refusal

DateOrder = Literal["dmy", "mdy", "ymd"]
PERSON_COLUMNS = ("person_email", "person_upn", "person_name", "person_external")


class Refused(Refusal):
    """A file, or a whole load, that cannot be taken: one plain sentence that says what, where and what to do."""


class Unfit(Refused):
    """Files that can be read and do not fit a load: `reasons` by name."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("\n".join(reasons.values()))
        self.reasons = reasons


@dataclass(frozen=True)
class Options:
    """What the exports do not say themselves, given on the command line or in a mapping file.

    The times of a table are UTC unless `zone` was stated; an export's are always local in `zone`. Anonymous
    respondents of several files who have the same number are different people unless they are said to be the same. `sum_ties`
    names the relations, separated by "|", whose rows are contacts to be summed.
    """

    encoding: str | None = None
    date_order: DateOrder | None = None
    zone: str = "Europe/London"
    survey_id: str | None = None
    wave_id: str | None = None
    event_id: str | None = None
    complete_to: date | None = None
    sum_ties: str | None = None
    is_zone_stated: bool = False
    is_same_people: bool = False


@dataclass(frozen=True)
class Sample:
    """The start of a file. `text` is '' for binary files (XLSX, Parquet)."""

    name: str
    content: bytes
    text: str


@dataclass(frozen=True)
class RawFile:
    """A staged file: `text` is the whole file, strictly decoded, or '' for binary files and for large template CSVs.

    Of a mapping: `table` is the template table that it names, or ''; `missing` are the cells that it calls no answer; `choices` are
    the options of a question by its heading, none for a question of one answer; `respondent` are columns of attributes of whoever answered.
    """

    name: str
    path: Path
    text: str
    options: Options
    table: str = ""
    missing: tuple[str, ...] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)
    respondent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reject:
    """A line of a file that cannot be loaded, and why, in words a programme officer understands."""

    line: int
    reason: str


@dataclass(frozen=True)
class Scan:
    """A template file that DuckDB reads itself: `sql` gives its columns as VARCHAR, in the order of the file.

    `delimiter` is that of a CSV, '' of another file; rows of a file that `is_coded` may go straight to codes (`etl.coding`).
    `rows` are the records of a CSV below its heading, counted before it is parsed: None where the strict reader has to read it.
    `breaks` says by how many lines records, by their number, run over one. `has_lines` says that each row has its line in a further column `line`.
    """

    table: str
    sql: str
    path: Path
    columns: tuple[str, ...]
    delimiter: str = ""
    is_coded: bool = False
    rows: int | None = None
    breaks: Mapping[int, int] = field(default_factory=dict)
    has_lines: bool = False


@dataclass(frozen=True)
class Item:
    """A question as a survey file itself describes it, used where the survey has no codebook of its own.

    `labels` are (value, words); a value of None is an answer without a number: on a scale (`kind` likert, nps) it has no
    value, elsewhere it gets its number once all files of the survey are known.
    """

    item_id: str
    text: str
    kind: str
    labels: tuple[tuple[int | None, str], ...] = ()
    scale_min: int | None = None
    scale_max: int | None = None

    def clean(self, clean: Callable[[str], str]) -> Item:
        """The item with its words as `clean` gives them."""
        return replace(
            self,
            text=clean(self.text),
            labels=tuple((value, clean(words)) for value, words in self.labels),
        )

    def leave_out(self, is_named: Callable[[str], bool]) -> Item:
        """The item without the answers that are `is_named`."""
        return replace(
            self, labels=tuple((value, words) for value, words in self.labels if not is_named(words))
        )


@dataclass(frozen=True)
class Wording:
    """How an export asks an item: the heading of its column, and the question as it gives it, '' where it gives none.

    `wave_id` is the wave that a mapping names for the column, `labels` are its answers as the file itself numbers them, written as
    in the table `items`; an option that was found in cells, and in no heading, `is_found`.
    """

    item_id: str
    heading: str
    text: str
    wave_id: str = ""
    labels: str = ""
    is_found: bool = False

    def clean(self, clean: Callable[[str], str]) -> Wording:
        """The wording with its words as `clean` gives them."""
        return replace(self, heading=clean(self.heading), text=clean(self.text), labels=clean(self.labels))

    def leave_out(self, is_named: Callable[[str], bool]) -> Wording:
        """The wording without the answers that are `is_named`."""
        kept = [label for label in self.labels.split("|") if not is_named(label.rpartition("=")[2])]
        return replace(self, labels="|".join(kept))


@dataclass(frozen=True)
class Reading:
    """What a source read from one file.

    `tables` maps a template table's name to its rows: a table with a BIGINT column `line` and otherwise only
    VARCHAR columns, named as in `warehouse.contracts`. A person who is not known by member id is given by any of
    the columns `person_email`, `person_upn`, `person_name`, `person_external`, in place of the person column.
    Times are UTC ISO 8601, dates ISO. `rows_read` counts the lines that hold data, the unit of the reconciliation.
    Rows with line 0 (a meeting's event) belong to the file as a whole and are not counted.
    `complete_to` is the last day the export covers, where it says so. A `scan` stands for a template table that is
    read straight into DuckDB; its rows are counted there. `items` are the questions that the file describes,
    `sheets` the sheets of a workbook whose lines count on from one to the next. `asked` is what the headings of a file of answers
    ask, whether anybody answered or not, and `missing` its cells that are no answer.
    """

    source: str
    rows_read: int
    tables: Mapping[str, pa.Table]
    rejects: tuple[Reject, ...] = ()
    warnings: tuple[str, ...] = ()
    complete_to: date | None = None
    scan: Scan | None = None
    items: tuple[Item, ...] = ()
    sheets: tuple[str, ...] = ()
    asked: tuple[Wording, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class About:
    """What docs/sources.md says of a source beside its docstring: languages, what is asked for, what is set aside or refused."""

    languages: str
    asks: str
    refuses: str


class Source(Protocol):
    """A module of `etl.sources`; its docstring says which layouts it reads."""

    NAME: str
    TITLE: str
    ABOUT: About

    def recognise(self, sample: Sample) -> bool: ...

    def read(self, file: RawFile) -> Reading: ...
