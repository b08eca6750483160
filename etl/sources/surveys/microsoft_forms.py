"""Microsoft Forms responses (.xlsx or CSV): one heading row of questions, several choices of a question in one cell ("A;B;")."""

from __future__ import annotations

from collections.abc import Sequence

from etl.reading.records import Record, find_delimiter
from etl.reading.types import About, RawFile, Reading, Refused, Sample
from etl.sources.surveys.forms import Form, read_form

NAME = "microsoft_forms"
TITLE = "Microsoft Forms responses"
ABOUT = About(
    "English for the columns of its own",
    "`--survey`, `--wave`",
    'points and feedback of a quiz are left out and counted; "anonymous" is nobody',
)
_FORM = Form(
    NAME,
    {
        "id": "response",
        "start time": "started",
        "completion time": "ended",
        "last modified time": "other",
        "email": "email",
        "name": "name",
        "language": "other",
        "total points": "other",
        "quiz feedback": "other",
        "grade posted time": "other",
    },
    ";",
)


def recognise(sample: Sample) -> bool:
    """Whether the heading starts with Microsoft Forms' number and times."""
    return _find_delimiter(sample.text) is not None


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, 1, _is_forms)


def _is_forms(records: Sequence[Record]) -> bool:
    words = [_FORM.fold(cell) for cell in records[0].cells] if records else []
    return words[:1] == ["id"] and {"start time", "completion time"} <= set(words)


def read(file: RawFile) -> Reading:
    """Read the responses: one row of `raw_answers` an answer, and an item for each question (q01, q02 …) or option (q03_01).

    Questions of equal text are told apart by their number. "anonymous" is nobody's address; times that Excel turned into numbers
    are read as it means them. Points and feedback of a quiz are left out.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(f"{file.name} is no Microsoft Forms export: open its responses in Excel and save them.")
    return read_form(file, delimiter, _FORM)
