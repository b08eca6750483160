"""LimeSurvey participant tables (tokens): who was invited to a survey, reminded, and completed it."""

from __future__ import annotations

import re
from collections.abc import Set

from etl.reading.records import make_table
from etl.reading.types import About, RawFile, Reading, Refused, Reject, Sample
from etl.reading.written.dates import iso_utc, settle_order
from etl.sources.lists.columns import find_list, read_list

NAME = "limesurvey_participants"
TITLE = "LimeSurvey participants"
ABOUT = About(
    "any, by column codes",
    "`--wave`",
    "who was not invited yet",
)

_COLUMNS = (
    "wave_id",
    "person_email",
    "person_name",
    "person_external",
    "invited_at",
    "reminders",
    "disposition",
)
_NO = frozenset({"", "n", "no"})
_REFUSED = re.compile(r"opt(ed)?[ _-]?out", re.IGNORECASE)


def recognise(sample: Sample) -> bool:
    """Whether the heading has the columns of a participant table."""
    return find_list(sample.text, _is_participants) is not None


def _is_participants(names: Set[str]) -> bool:
    return {"tid", "token", "completed"} <= names


def read(file: RawFile) -> Reading:
    """Read one row of `invitations` a participant who was invited: complete, refused (opted out), ineligible (quota) or non_contact.

    Who was not invited yet is set aside. Refused without `--wave`.
    """
    delimiter = find_list(file.text, _is_participants)
    if delimiter is None:
        raise Refused(f"{file.name} is no LimeSurvey participant table: export the participants again.")
    wave = file.options.wave_id
    if wave is None:
        raise Refused(f"{file.name} is a LimeSurvey participant table: name the wave it is of with --wave.")
    listed = read_list(file.text, delimiter)
    dates = [
        listed.cell(row, name)
        for row, reason in listed.fit()
        for name in ("invited", "reminded", "completed")
        if not reason
    ]
    order = settle_order(dates, file.name, file.options.date_order)
    rows, rejects = [], []
    for row, reason in listed.fit():
        invited = listed.cell(row, "invited")
        completed = listed.cell(row, "completed").casefold()
        status = listed.cell(row, "emailstatus")
        if not reason and invited.casefold() in _NO and completed in _NO:
            reason = "not invited yet"
        at = ""
        if not reason and invited.casefold() not in _NO:
            try:
                at = iso_utc(invited, order, file.options.zone)
            except ValueError:
                reason = f"the day of invitation '{invited[:40]}' is not a date and time"
        if reason:
            rejects.append(Reject(row.line, reason))
            continue
        name = " ".join(filter(None, (listed.cell(row, "firstname"), listed.cell(row, "lastname"))))
        person = (listed.cell(row, "email"), name, listed.cell(row, "token"))
        reminders = listed.cell(row, "remindercount")
        rows.append((row.line, (wave, *person, at, reminders, _judge(completed, status))))
    return Reading(NAME, len(listed.rows), {"invitations": make_table(_COLUMNS, rows)}, tuple(rejects))


def _judge(completed: str, status: str) -> str:
    """The disposition; a partial response is known from the responses only."""
    if completed == "q":
        return "ineligible"
    if completed not in _NO:
        return "complete"
    return "refused" if _REFUSED.search(status) else "non_contact"
