"""The list that `python -m etl people FILE` writes of people who were not met, once somebody has said who they are."""

from __future__ import annotations

from collections.abc import Set

from etl.reading.records import make_table
from etl.reading.types import About, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.cells import open_cell
from etl.sources.lists.columns import find_list, read_list
from warehouse.contracts import SETTLED

NAME = "people_settled"
TITLE = "People who were settled"
ABOUT = About(
    "English headings, as the command writes them",
    "nothing",
    "a member_id that the members list does not have, a word other than guest, and two answers for one person: a load stops there; rows without an answer stay open and are not counted",
)
HEADINGS = ("identifier", "address", "name", "is")
FILES = "files"


def recognise(sample: Sample) -> bool:
    """Whether the heading has the columns of the list."""
    return find_list(sample.text, _is_settled) is not None


def _is_settled(names: Set[str]) -> bool:
    return set(HEADINGS) <= names


def read(file: RawFile) -> Reading:
    """Read one row of `settled` a person with an answer; rows without one are still open. A name of one word is somebody in the files named."""
    delimiter = find_list(file.text, _is_settled)
    if delimiter is None:
        raise Refused(f"{file.name} is no list of people: write one with python -m etl people.")
    listed = read_list(file.text, delimiter)
    rows, rejects = [], []
    for row, reason in listed.fit():
        *said, answer, files = (open_cell(listed.cell(row, name)) for name in (*HEADINGS, FILES))
        if reason:
            rejects.append(Reject(row.line, reason))
        elif answer:
            rows.append((row.line, (*said, answer, files)))
    columns = ("person_external", "person_email", "person_name", "person_is", "person_in")
    return Reading(NAME, len(rows) + len(rejects), {SETTLED: make_table(columns, rows)}, tuple(rejects))
