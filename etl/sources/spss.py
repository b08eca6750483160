"""SPSS data files (.sav, .zsav): value labels become the codebook, variable labels the questions."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from etl.checking.surveys.choices import clean_label, write_labels
from etl.reading.physical import sav
from etl.reading.shapes.own_columns import is_timing, list_derived, tell_left_out
from etl.reading.shapes.responses import Question, check_questions, make_raw_answers, make_response
from etl.reading.transcode import plain_text
from etl.reading.types import About, Item, RawFile, Reading, Refused, Reject, Sample, Wording
from etl.reading.written.dates import settle_order
from etl.sources.surveys.qualtrics import read_finished, refuse_status

NAME = "spss"
TITLE = "SPSS data file"
ABOUT = About(
    "any",
    "`--survey`, `--wave`",
    "damaged files; values that the file calls missing are unanswered; what Qualtrics works out itself (order of display, timings, topics) is left out and named, and its previews are no responses",
)
MAGIC = (b"$FL2", b"$FL3")
LARGEST_UNPACKED = 250_000_000
LONGEST_SECONDS = 600
LARGEST_CODE = 1_000_000

_ROLES: Mapping[str, frozenset[str]] = {
    "response": frozenset({"responseid", "respondentid", "respid", "caseid", "recordid", "id"}),
    "external": frozenset({"memberid", "externalreference", "externaldatareference", "token"}),
    "email": frozenset({"email", "emailaddress", "recipientemail"}),
    "name": frozenset({"name", "fullname"}),
    "first name": frozenset({"firstname", "recipientfirstname"}),
    "last name": frozenset({"lastname", "recipientlastname"}),
    "submitted": frozenset({"submitdate", "submittedat", "recordeddate", "enddate", "datemodified"}),
    "other": frozenset({"ipaddress", "ipaddr", "locationlatitude", "locationlongitude", "collectorid"}),
}
_ROLE_OF = {word: role for role, words in _ROLES.items() for word in words}
# what Qualtrics knows of a response itself, where all of these say that a file is Qualtrics'
_QUALTRICS = frozenset({"responseid", "status", "finished", "progress"})
_OWN = _QUALTRICS | {"startdate", "duration", "durationinseconds", "distributionchannel", "userlanguage"}
_ZERO = datetime(1582, 10, 14)
_DATE = re.compile(r"[AEJS]?DATE\d*|(?:DATETIME|YMDHMS)[\d.]*")
_TIME = re.compile(r"D?TIME[\d.]*")

Value = float | str


@dataclass(frozen=True)
class _Variable:
    """A variable as the file describes it: labels (value, words), missing (lowest, highest), and its values."""

    name: str
    text: str
    labels: Sequence[tuple[Value, str]]
    missing: Sequence[tuple[Value, Value]]
    format: str
    measure: str
    is_text: bool
    values: Sequence[Value | None]

    @property
    def word(self) -> str:
        return re.sub(r"[^a-z]", "", self.name.casefold())

    @property
    def role(self) -> str | None:
        return _ROLE_OF.get(self.word)

    @property
    def is_number(self) -> bool:
        return not (self.is_text or _DATE.fullmatch(self.format) or _TIME.fullmatch(self.format))

    def is_missing(self, value: Value | None) -> bool:
        """Whether there is no value, or one that the file declares missing."""
        return value is None or any(
            low == value
            if isinstance(value, str) or isinstance(low, str) or isinstance(high, str)
            else low <= value <= high
            for low, high in self.missing
        )

    def write(self, value: Value) -> str:
        """A value without a label: a day or a time by the format, otherwise a number without needless zeros."""
        if isinstance(value, str):
            return value
        if _DATE.fullmatch(self.format):
            try:
                moment = _ZERO + timedelta(seconds=value)
            except OverflowError:
                return f"{value:g}"
            has_time = self.format.startswith(("DATETIME", "YMDHMS"))
            return moment.isoformat(" ", "seconds") if has_time else moment.date().isoformat()
        if _TIME.fullmatch(self.format):
            minutes, seconds = divmod(round(value), 60)
            return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
        return str(int(value)) if value == int(value) else repr(value)

    def write_all(self, labels: Mapping[Value, str]) -> list[str]:
        """The answers as text: the label, the number or the words; '' where it is missing."""
        return [
            "" if value is None or self.is_missing(value) else labels.get(value) or self.write(value)
            for value in self.values
        ]


def recognise(sample: Sample) -> bool:
    """Whether the file starts as SPSS data files do."""
    return sample.content[:4] in MAGIC


def read(file: RawFile) -> Reading:
    """Read the cases: one row of `raw_answers` an answer, the case's number as its line, and an item a variable.

    Values that the file declares missing are unanswered. A labelled variable is likert where SPSS calls it ordinal,
    otherwise a single choice; one that calls itself a scale and has more values without a label than with one stays a
    number. Variables named as survey tools name them (ResponseId, Email, EndDate …) say who answered and when; of Qualtrics' files previews
    are no responses, and what it knows of a response itself is no question.
    """
    variables = _open(file)
    described = {variable.name: _describe(variable) for variable in variables}
    columns = {name: answers for name, (_, answers) in described.items()}
    names_of_all = [variable.name for variable in variables]
    left_out = [*list_derived(names_of_all), *filter(is_timing, names_of_all)]
    is_qualtrics = {variable.word for variable in variables} >= _QUALTRICS
    own = {variable.word: variable.name for variable in variables if is_qualtrics and variable.word in _OWN}
    items = {
        variable.name: described[variable.name][0]
        for variable in variables
        if not variable.role and variable.name not in {*left_out, *own.values()}
    }
    places: dict[str, str] = {}
    for variable in variables:
        places.setdefault(variable.role or "", variable.name)
    questions = [Question(place, name, item.text) for place, (name, item) in enumerate(items.items())]
    check_questions(questions, file.name)
    dates = columns[places["submitted"]] if "submitted" in places else []
    order = settle_order(dates, file.name, file.options.date_order)
    responses, rejects = [], []
    for place in range(len(variables[0].values)):
        given = {role: columns[name][place].strip() for role, name in places.items() if role}
        answers = tuple(
            (question, columns[question.item_id][place])
            for question in questions
            if columns[question.item_id][place].strip()
        )
        names = (given.get("first name", ""), given.get("last name", ""))
        told = {word: columns[name][place].strip() for word, name in own.items()}
        if reason := refuse_status(told.get("status", ""), told.get("distributionchannel", "")):
            rejects.append(Reject(place + 1, reason))
            continue
        response = make_response(
            place + 1,
            answers,
            given.get("submitted", ""),
            order,
            file.options.zone,
            response_id=given.get("response", ""),
            external=given.get("external", ""),
            email=given.get("email", ""),
            names=names if any(names) else (given.get("name", ""),),
            is_finished=read_finished(told.get("finished", ""), told.get("progress", "")),
        )
        if isinstance(response, Reject):
            rejects.append(response)
        else:
            responses.append(response)
    return Reading(
        NAME,
        len(responses) + len(rejects),
        {"raw_answers": make_raw_answers(responses)},
        tuple(rejects),
        tuple(tell_left_out(file.name, left_out)),
        items=tuple(items.values()),
        asked=tuple(
            Wording(name, name, item.text, labels=write_labels(item)) for name, item in items.items()
        ),
    )


def _open(file: RawFile) -> list[_Variable]:
    """The variables with their values. Refused where the file is damaged, too large or empty."""
    command = [sys.executable, "-I", str(Path(sav.__file__)), str(file.path), str(LARGEST_UNPACKED)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST_SECONDS, check=False)  # noqa: S603
        found = json.loads(done.stdout) if done.returncode == 0 else None
        if b"\\u" in done.stdout:
            found = json.loads(plain_text(json.dumps(found, ensure_ascii=False)))
    except (subprocess.TimeoutExpired, ValueError):
        found = None
    else:
        if done.returncode == 2:
            raise Refused(
                f"{file.name} unpacks to more than {LARGEST_UNPACKED // 10**6} MB: split it or save it as CSV."
            )
    if found is None:
        raise Refused(
            f"{file.name} is damaged or not a whole SPSS data file: open it in SPSS and save it again."
        )
    if not found or not found[0]["values"]:
        raise Refused(f"{file.name} has no case in it: save it again with its data.")
    return [_Variable(**variable) for variable in found]


def _describe(variable: _Variable) -> tuple[Item, list[str]]:
    """A variable as an item, and its answers as text."""
    name, text = variable.name, variable.text.strip() or variable.name
    labels = _name_labels(variable)
    answers = variable.write_all(dict(labels))
    if not labels:
        return Item(name, text, "number" if variable.is_number else "text"), answers
    words = {label for _, label in labels}
    other = {answer for answer in answers if answer.strip() and answer not in words}
    if not variable.is_number:
        choices = (*(label for _, label in labels), *sorted(other))
        return Item(name, text, "single", tuple((None, choice) for choice in choices)), answers
    steps = [float(value) for value in (*(value for value, _ in labels), *other)]
    if not all(step.is_integer() and abs(step) <= LARGEST_CODE for step in steps) or (
        variable.measure == "scale" and len(other) > len(labels)
    ):
        return Item(name, text, "number"), variable.write_all({})
    kind = "likert" if variable.measure == "ordinal" else "single"
    coded = tuple((int(value), label) for value, label in labels)
    return Item(name, text, kind, coded, int(min(steps)), int(max(steps))), answers


def _name_labels(variable: _Variable) -> list[tuple[Value, str]]:
    """Value and words of each label that is no missing value; words that occur twice get their value behind them."""
    found: list[tuple[Value, str]] = []
    used: set[str] = set()
    for value, label in sorted(variable.labels, key=lambda pair: (isinstance(pair[0], str), pair[0])):
        if variable.is_missing(value):
            continue
        words = clean_label(label) or variable.write(value)
        if words.casefold() in used:
            words = f"{words} ({variable.write(value)})"
        used.add(words.casefold())
        found.append((value, words))
    return found
