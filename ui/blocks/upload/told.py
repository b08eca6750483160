"""What a check found, in rows and sentences for whoever looks: of files that say who answered, leads see no more than of a release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from etl.checking.reconcile import FileCount
from etl.command.proposing import ASKED
from etl.command.upload import Checked
from etl.load import NOT_TAKEN_TITLE
from indicators.gate.disclosure import Scope, is_closed_file
from ui.blocks.methods import NOT_SHOWN, tell_count
from ui.blocks.upload.moved import Moved
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import say_list

Found = Checked[tuple[Moved, ...]]
# Faults that a row has by itself, whatever others have answered, by words of their reasons (a reason quotes what a cell
# holds); what contradicts another row is none of them.
_OF_ITS_OWN = {
    "is not on the scale": gettext_noop("An answer is not on the scale of its question."),
    "the same ": "",
    " is missing": gettext_noop("A cell that has to be filled in is empty."),
    "member": gettext_noop("It names somebody who is not in the members list."),
    "nobody": gettext_noop("It names somebody who is not in the members list."),
    " cells than the heading": gettext_noop("Its cells do not fit the heading."),
}
_OTHERS = gettext_noop("Kinds of faults that few rows have, which evaluators see.")


def list_files(scope: Scope, found: Found) -> list[dict[str, object]]:
    """One row a file: what it is and what would become of its rows.

    How many rows are new, repeated or contradicted would say what others have answered: of files of answers that is not for leads.
    """
    rows: list[dict[str, object]] = []
    has_guests = not scope.minimum and any(count.guests for count in found.counts)
    for count in found.counts:
        is_closed = is_closed_file(scope, count.tables)
        met = count.met
        rows.append(
            {
                gettext("File"): count.staged.name,
                gettext("Kind"): gettext("cannot be loaded")
                if count.title == NOT_TAKEN_TITLE
                else count.title,
                gettext("Read"): tell_count(scope, count.read),
                **{
                    name: gettext(NOT_SHOWN) if is_closed else tell_count(scope, number)
                    for name, number in (
                        (gettext("Loaded"), count.loaded),
                        (gettext("Set aside"), count.quarantined + (0 if has_guests else count.guests)),
                        (gettext("Duplicates"), count.duplicates),
                        *([(gettext("Guests"), count.guests)] if has_guests else []),
                    )
                },
                gettext("Members"): "" if met is None else gettext(NOT_SHOWN) if is_closed else met.members,
                gettext("Not members"): "" if met is None else len(met.unmet),
            }
        )
    return rows


def list_reasons(scope: Scope, found: Found) -> list[dict[str, object]]:
    """Why rows would be set aside: by line; of files of answers for leads by kind, in steps, and only what a row has by itself."""
    rows: list[dict[str, object]] = []
    for count in found.counts:
        if is_closed_file(scope, count.tables):
            rows += _list_kinds(scope, count)
            continue
        for aside in count.asides:
            lines = ", ".join(map(str, aside.lines)) + (" …" if aside.count > len(aside.lines) else "")
            rows.append(
                {
                    gettext("File"): count.staged.name,
                    gettext("Reason"): aside.reason,
                    gettext("Rows"): tell_count(scope, aside.count),
                    gettext("Lines"): lines,
                }
            )
    return rows


def _list_kinds(scope: Scope, count: FileCount) -> list[dict[str, object]]:
    step = scope.rounding
    kinds: Counter[str] = Counter()
    for aside in count.asides:
        kind = next((kind for mark, kind in _OF_ITS_OWN.items() if mark in aside.reason), "")
        if kind:
            kinds[kind] += aside.count
    told = [(kind, _say_step(n, step)) for kind, n in kinds.most_common() if n >= step]
    told.append((gettext(_OTHERS), gettext("fewer than {step} each, or none").format(step=step)))
    return [
        {
            gettext("File"): count.staged.name,
            gettext("Reason"): gettext(kind),
            gettext("Rows"): rows,
            gettext("Lines"): gettext(NOT_SHOWN),
        }
        for kind, rows in told
    ]


def _say_step(count: int, step: int) -> str:
    least = count // step * step
    return gettext("{least:,} to {most:,}").format(least=least, most=least + step - 1)


def say_fault(words: str, asked: Collection[str]) -> str:
    """Why a file is not read; of one whose columns are `asked` for on the page, that."""
    file = next((name for name in asked if words.startswith(name) and ASKED in words), "")
    if not file:
        return words
    return gettext("{file} is not known as it is: say below what its columns are, or take it out.").format(
        file=file
    )


def list_sentences(scope: Scope, found: Found, asked: Collection[str]) -> list[str]:
    """What else is to be said of the files, whose columns are `asked` for, and of the release that they would make where that is new."""
    said = [
        say_fault(words, asked)
        for count in found.counts
        if not is_closed_file(scope, count.tables)
        for words in count.warnings
    ]
    said += found.passed
    return said if scope.minimum else [*said, *found.remarks]


def say_stopping(found: Found) -> str:
    """Why these files cannot be loaded; '' where they can."""
    if not found.stopping:
        return ""
    return gettext(
        "A load would stop at {list}: do what is said of it, or take it out, and check again. Lines of the others that rest on it are set aside for that alone."
    ).format(list=say_list(found.stopping))


def list_unmet(found: Found) -> list[dict[str, object]]:
    """Everybody whom a file names and who is no member, as the file has them."""
    return [
        {
            gettext("File"): count.staged.name,
            gettext("Line"): one.line,
            gettext("Identifier"): one.external,
            gettext("Address"): one.address,
            gettext("Name"): one.name,
            gettext("Why"): gettext("More than one member has this name.")
            if one.is_unclear
            else gettext("Nobody in the members list."),
        }
        for count in found.counts
        if count.met is not None
        for one in count.met.unmet
    ]
