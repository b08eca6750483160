"""What has changed in a figure from one release to another, in words. Pure: no Streamlit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indicators.definition import Indicator
from indicators.result import Result
from indicators.vintages import Change
from ui.words.language import gettext, gettext_noop, ngettext
from ui.words.numbers import describe_estimate, format_count, format_period

NOT_THERE = gettext_noop("no such row")
MOST_CAUSES = 4


def tell_definition(indicator: Indicator, cited: str) -> str:
    """That a figure was cited by another version of its definition; '' where it was not."""
    if not cited or cited == str(indicator.version):
        return ""
    return gettext(
        "It was cited by version {cited} of its definition, which is now version {version}: the figures below are counted by the new one, and are not to be set beside those cited."
    ).format(cited=cited, version=indicator.version)


def tell_causes(changed: int, rows: int, causes: Sequence[str]) -> str:
    """How many rows have changed, and what came in between."""
    told = list(causes[:MOST_CAUSES])
    if len(causes) > MOST_CAUSES:
        told.append(
            gettext("{other_files} changed").format(
                other_files=format_count(len(causes) - MOST_CAUSES, "other file")
            )
        )
    why = (
        gettext(" Since then {listed}.").format(listed=", ".join(told))
        if told
        else gettext(" Its files are the same: the software that reads or counts them has changed.")
    )
    return ngettext(
        "{changed:,} of {rows} has changed since.{why}",
        "{changed:,} of {rows} have changed since.{why}",
        changed,
    ).format(changed=changed, rows=format_count(rows, "row"), why=why)


def tell_change(change: Change, result: Result, labels: Mapping[str, str]) -> str:
    """One row then and now."""
    names = result.name_items(labels)
    where = " ".join(
        [
            format_period(change.period, labels),
            *(str(names.get(one, one)) for one in change.dimensions if one != "nan"),
        ]
    )
    sides = [
        gettext(NOT_THERE) if row is None else describe_estimate(row, result.indicator)
        for row in (change.then, change.now)
    ]
    return gettext("{where}: {then} then, {now} now").format(where=where, then=sides[0], now=sides[1])
