"""Which changes or differences stand, judged together. Pure."""

from __future__ import annotations

from typing import Any

import pandas as pd

from indicators.result import Result
from ui.words.changes import find_clear, has_enough, name_ways
from ui.words.kinds.rows import Labels, list_rows, name_parts
from ui.words.language import gettext, ngettext
from ui.words.numbers import (
    describe_estimate,
    format_period,
    say_zero,
)


def read_changes(result: Result, shown: pd.DataFrame, labels: Labels) -> str:
    """Which changes stand, how many were looked at, and why one does not though its interval leaves 0 out."""
    latest = shown[shown["period"] == shown["period"].iloc[-1]]
    rows = list_rows(latest)
    clear = find_clear(result, latest)
    moved = [row for row, is_clear in zip(rows, clear, strict=True) if is_clear]
    judged = [row for row in rows if not pd.isna(row["low"])]
    firm = has_enough(result, latest) & latest["low"].notna()
    alone = int((firm & ~((latest["low"] <= 0) & (latest["high"] >= 0))).sum()) - len(moved)
    period = format_period(str(latest["period"].iloc[0]), labels)
    is_change = "change" in result.indicator.id
    panel = gettext(" in the matched panel") if is_change and "part" not in result.indicator.measures else ""
    up, down = (gettext("{verb} by").format(verb=verb) for verb in name_ways(result)[:2])
    noun, nouns = (
        (gettext("change"), gettext("changes"))
        if is_change
        else (gettext("difference"), gettext("differences"))
    )
    dated = gettext("By {period} ") if is_change else gettext("In {period} ")
    when = "" if period == format_period("all") else dated.format(period=period)
    if not judged:
        return gettext(
            "{when}no {noun}{panel} can be judged: too few people, or nothing that varies."
        ).format(when=when, noun=noun, panel=panel)
    if len(judged) == 1:
        if not moved and not firm.any():
            return gettext("{when}no {noun}{panel} can be judged: too few people.").format(
                when=when, noun=noun, panel=panel
            )
        if not moved:
            return gettext("{when}no {noun}{panel} stands: the {interval} {zero}.").format(
                when=when,
                noun=noun,
                panel=panel,
                interval=gettext(result.indicator.range_words),
                zero=say_zero(is_in=True),
            )
        return f"{when.strip()}{panel}: {_tell_change(result, moved[0], labels, up, down)}.".removeprefix(
            ": "
        )
    of_all = (
        gettext("{when}, of {count} {nouns} looked at{panel}")
        .format(when=when.strip(), count=len(judged), nouns=nouns, panel=panel)
        .removeprefix(", ")
    )
    more = gettext(", and {count} more").format(count=len(moved) - 3) if len(moved) > 3 else ""
    named = "; ".join(_tell_change(result, row, labels, up, down) for row in moved[:3])
    found = (
        ngettext(
            "{of_all}, {n} stands: {named}{more}.", "{of_all}, {n} stand: {named}{more}.", len(moved)
        ).format(of_all=of_all, n=len(moved), named=named, more=more)
        if moved
        else gettext("{of_all}, none can be told from chance.").format(of_all=of_all)
    )
    return f"{found} {_tell_why(alone, nouns)}" if alone else found


def _tell_change(result: Result, row: dict[str, Any], labels: Labels, up: str, down: str) -> str:
    words = describe_estimate(row, result.indicator).lstrip("+−")
    return f"{name_parts(result, row, labels)}{up if row['value'] > 0 else down} {words}"


def _tell_why(alone: int, nouns: str) -> str:
    return ngettext(
        "One interval {zero} and still does not stand: among so many {nouns} some leave 0 out by chance, so all are judged together.",
        "{n} intervals {zero} and still do not stand: among so many {nouns} some leave 0 out by chance, so all are judged together.",
        alone,
    ).format(n=alone, zero=say_zero(is_in=False, count=alone), nouns=nouns)
