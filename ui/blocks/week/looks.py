"""Since you last looked: what this person was shown of another release, and what is different now; the first time, since the period before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commands import Refusal
from journal.looks import Look
from sharing.store.hashing import hash_secret
from ui.blocks.week.headlines import Headline, list_before, list_shown
from ui.shell.notebook import open_shared_journal
from ui.shell.session import View
from ui.shell.viewer.identity import find_viewer
from ui.words.language import gettext
from ui.words.numbers import format_day, format_value

NAMED = 4


def find_last_look(view: View) -> Look | None:
    """What this person was shown of the release before; None the first time, or where the journal cannot be read."""
    try:
        return open_shared_journal().looks.find_last(_name_viewer(), view.scope.role, view.release.id)
    except Refusal:
        return None


def note_look(view: View, headlines: Sequence[Headline], told: Sequence[str]) -> None:
    """Remember what this person is shown now."""
    try:
        open_shared_journal().looks.note(
            _name_viewer(), view.scope.role, view.release.id, list_shown(headlines), tuple(told)
        )
    except Refusal:
        return


def list_earlier(last: Look | None, headlines: Sequence[Headline]) -> Mapping[str, float]:
    """What the headline figures are set beside: those of the last look, the first time those of the period before."""
    return list_before(headlines) if last is None else last.figures


def describe_look(last: Look | None, headlines: Sequence[Headline]) -> str:
    """What has changed since a look, in a sentence: which headline figures, from what to what; empty where nothing was before."""
    before = list_earlier(last, headlines)
    told = []
    for one in headlines:
        if one.row["status"] != "ok" or one.key not in before:
            continue
        then, now = (format_value(value, one.indicator.unit) for value in (before[one.key], one.row["value"]))
        if then != now:
            told.append(f"{one.label} {then} → {now}")
    if not before:
        return ""
    when = (
        gettext("Since the week, month or survey before")
        if last is None
        else gettext("Since you last looked, on {day} at release {release_id}").format(
            day=format_day(last.looked_at.date()), release_id=last.release_id
        )
    )
    if not told:
        return gettext("{when}, no headline figure has changed.").format(when=when)
    more = (
        gettext(" and {count} more, in the table").format(count=len(told) - NAMED)
        if len(told) > NAMED
        else ""
    )
    return f"{when}: {'; '.join(told[:NAMED])}{more}."


def _name_viewer() -> str:
    """A hash that stands for the person, so that no address is kept."""
    person = find_viewer()
    return hash_secret(person.email if person else "")
