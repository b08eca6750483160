"""One sentence under a chart that its numbers support, and the same for those who cannot see it. Pure.

Says association, never cause; says when intervals overlap, when few people stand behind a figure, and what is hidden.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from indicators.catalogue.connections.formation import ADEQUACY, ADVISED
from indicators.gate.disclosure import is_closed
from indicators.result import Result, find_unit
from indicators.statistics.survival import USUAL_DAYS
from ui.words.changes import has_enough
from ui.words.kinds.changes import read_changes
from ui.words.kinds.likert import read_likert
from ui.words.kinds.rows import Labels, list_rows, name_parts, read_row, say_overlap
from ui.words.language import gettext, ngettext
from ui.words.numbers import (
    COUNTS,
    UNREACHED,
    describe_estimate,
    format_count,
    format_period,
    format_value,
    say_what_to_load,
    tell_reason,
)

_NONE: Labels = {}
LISTED = ("part", "stage")
RELIABILITY = "construct_reliability"
ROUNDING = 1e-9
MOST_LISTED, MOST_STAGES = 4, 8


def read_result(result: Result, labels: Labels = _NONE) -> str:
    """What the figures of a result say, in a sentence or two; `labels` names waves and items."""
    labels = result.name_items(labels)
    shown = result.table[result.table["status"] == "ok"]
    sentences = []
    if len(shown) and result.indicator.id == ADEQUACY.id:
        sentences.append(_read_adequacy(result, shown, labels))
    elif len(shown):
        match result.indicator.chart:
            case "likert":
                sentences.append(read_likert(result, shown, labels))
            case "change":
                sentences.append(read_changes(result, shown, labels))
            case "survival":
                sentences.append(_read_survival(result, shown, labels))
            case "triangle":
                sentences.append(_read_triangle(result, shown))
            case "g" | "t":
                sentences.append(_read_gaps(result, shown))
            case _:
                sentences.append(_read_figures(result, shown, labels))
    sentences.append(_warn_small(result, shown))
    sentences.append(_warn_apart(result, shown))
    sentences.append(say_hidden(result))
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences if sentence) or _say_nothing(
        result
    )


def _say_nothing(result: Result) -> str:
    """Why there is no figure at all: it is not reached yet, or something is to be loaded."""
    reasons = [str(reason) for reason in result.table["reason"] if str(reason).startswith(UNREACHED)]
    return tell_reason(reasons[-1]) if reasons else say_what_to_load(result.indicator)


def _read_figures(result: Result, shown: pd.DataFrame, labels: Labels) -> str:
    complete = shown[shown["is_complete"]]
    rows = complete if len(complete) else shown
    latest = rows[rows["period"] == rows["period"].iloc[-1]]
    period = format_period(str(latest["period"].iloc[0]), labels)
    where = "" if period == format_period("all") else gettext("In {period}: ").format(period=period)
    if len(latest) > 1:
        return where + _compare_groups(result, latest, labels)
    row = read_row(latest, 0)
    earlier = rows[rows["period"] != row["period"]]
    sentence = f"{where}{name_parts(result, row, labels)}{describe_estimate(row, result.indicator)}."
    if earlier.empty:
        return sentence
    if result.indicator.theme == "response":
        return f"{sentence} {_say_range(result, rows, labels)}"
    first = read_row(earlier, 0)
    then = format_period(str(first["period"]), labels)
    return gettext("{sentence} In {then} it was {value}{overlap}.").format(
        sentence=sentence,
        then=then,
        value=format_value(first["value"], result.indicator.unit),
        overlap=say_overlap(result, row, first),
    )


def _say_range(result: Result, rows: pd.DataFrame, labels: Labels) -> str:
    """The lowest and highest of several waves, which need not be of the same survey."""
    ordered = rows.sort_values("value", kind="stable")
    ends = [read_row(ordered, 0), read_row(ordered, len(ordered) - 1)]
    low, high = (
        gettext("{value} in {period}").format(
            value=format_value(row["value"], result.indicator.unit),
            period=format_period(str(row["period"]), labels),
        )
        for row in ends
    )
    return gettext("Of {count} waves the lowest is {low}, the highest {high}.").format(
        count=len(rows), low=low, high=high
    )


def _compare_groups(result: Result, latest: pd.DataFrame, labels: Labels) -> str:
    unit, indicator = result.indicator.unit, result.indicator
    rows = list_rows(latest)
    if set(LISTED) & set(result.telling) and len(result.telling) == 1 and len(rows) <= MOST_STAGES:
        return f"{'; '.join(name_parts(result, row, labels) + describe_estimate(row, indicator) for row in rows)}."
    if not result.can_compare(latest):
        return _list_parts(result, rows, labels)
    ordered = latest[has_enough(result, latest)].sort_values("value", kind="stable")
    if len(ordered) < 2:
        few = (
            gettext("{count} figures, all of too few people to be ranked.")
            if ordered.empty
            else gettext("{count} figures, all but one of too few people to be ranked.")
        )
        return few.format(count=len(rows))
    high, low = read_row(ordered, len(ordered) - 1), read_row(ordered, 0)
    if high["value"] == low["value"]:
        return gettext("all {count} figures are {value}.").format(
            count=len(ordered), value=format_value(high["value"], unit)
        )
    highest = gettext("highest is {name}{estimate}").format(
        name=name_parts(result, high, labels), estimate=describe_estimate(high, indicator)
    )
    return gettext("{highest}, lowest {name}{estimate}{overlap}.").format(
        highest=highest,
        name=name_parts(result, low, labels),
        estimate=describe_estimate(low, indicator),
        overlap=say_overlap(result, high, low),
    )


def _list_parts(result: Result, rows: list[dict[str, Any]], labels: Labels) -> str:
    """Parts of a whole, or figures of different questions, which are not set against one another."""
    unit = result.indicator.unit
    if len(rows) <= MOST_LISTED:
        listed = (
            f"{name_parts(result, row, labels)}{format_value(row['value'], find_unit(result.indicator, row))}"
            for row in rows
        )
        return f"{'; '.join(listed)}."
    is_whole = result.is_of_parts or (
        unit == "share" and abs(sum(float(row["value"]) for row in rows) - 1) < ROUNDING
    )
    if is_whole and len(result.telling) == 1:
        largest = sorted(rows, key=lambda row: -float(row["value"]))[: MOST_LISTED - 1]
        listed = (f"{name_parts(result, row, labels)}{format_value(row['value'], unit)}" for row in largest)
        return gettext("the largest parts are {listed}; the other {count} are smaller.").format(
            listed="; ".join(listed), count=len(rows) - len(largest)
        )
    if result.is_of_scales:
        return gettext(
            "{count} figures, each on its own scale; they are answers to different questions, and not ranked."
        ).format(count=len(rows))
    least, most = (format_value(end(float(row["value"]) for row in rows), unit) for end in (min, max))
    other = (
        gettext("answers to different questions")
        if "item" in result.telling
        else gettext("of different things")
    )
    what = gettext("parts of a whole") if is_whole else other
    return gettext("{count} figures from {least} to {most}; they are {what}, and not ranked.").format(
        count=len(rows), least=least, most=most, what=what
    )


def _read_survival(result: Result, shown: pd.DataFrame, labels: Labels) -> str:
    groups = [name for name in result.telling if name != "time_days"]
    days = shown["time_days"].astype(float)
    reached = [int(day) for day in USUAL_DAYS if day <= days.max()]
    day = reached[-1] if reached else int(days.max())
    if is_closed(result.passport.role, result.indicator):
        day = int(str(days.astype(int).mode().max()))
        shown = shown[days == day]
    parts = []
    for names, curve in shown.groupby(groups, sort=False) if groups else [("", shown)]:
        before = curve[curve["time_days"].astype(float) <= day]
        if curve["time_days"].astype(float).max() < day:
            continue
        # Before the first row of a curve nobody has left.
        row = read_row(before, len(before) - 1) if len(before) else {"value": 1.0, "low": None, "high": None}
        name = names[0] if isinstance(names, tuple) else names
        share = format_value(row["value"], "share")
        interval = (
            ""
            if pd.isna(row["low"])
            else gettext(" ({low} to {high})").format(
                low=format_value(row["low"], "share"), high=format_value(row["high"], "share")
            )
        )
        parts.append(f"{labels.get(str(name), str(name))}{' ' if name else ''}{share}{interval}")
    state = gettext("active") if result.indicator.id == "activity_retention" else gettext("members")
    return (
        gettext("Still {state} {day} days after joining: {listed}.").format(
            state=state, day=day, listed=", ".join(parts)
        )
        if parts
        else ""
    )


def _read_triangle(result: Result, shown: pd.DataFrame) -> str:
    first = shown[shown["joined_period"] == shown["joined_period"].min()]
    row = read_row(first, len(first) - 1)
    months = format_count(float(row["periods_since"]), "month")
    joined = format_period(str(row["joined_period"]))
    return gettext("Of those who joined in {joined}, {estimate} were still members {months} later.").format(
        joined=joined, estimate=describe_estimate(row, result.indicator), months=months
    )


def _read_gaps(result: Result, shown: pd.DataFrame) -> str:
    unit = result.indicator.unit
    gaps = format_count(float(len(shown)), "gap")
    until = format_period(str(shown[result.indicator.axis].iloc[-1]))
    last, middle = (
        format_value(float(value), unit) for value in (shown["value"].iloc[-1], shown["value"].median())
    )
    return gettext("{gaps}, half of them up to {middle}; the last, to {until}, is {last}.").format(
        gaps=gaps, middle=middle, until=until, last=last
    )


def _read_adequacy(result: Result, shown: pd.DataFrame, labels: Labels) -> str:
    """Yes or no: whether every figure of the latest wave lies within what is advised, and which do not."""
    latest = shown[shown["period"] == shown["period"].iloc[-1]]
    out = []
    for row in list_rows(latest):
        least, most = ADVISED.get(str(row["part"]), (-np.inf, np.inf))
        if not least <= row["value"] <= most:
            figure = format_value(row["value"], result.indicator.unit)
            advised = (
                gettext("at least {least:g}").format(least=least)
                if most == np.inf
                else gettext("{least:g} to {most:g}").format(least=least, most=most)
            )
            told = gettext("{figure} (advised: {advised})").format(figure=figure, advised=advised)
            out.append(name_parts(result, row, labels) + told)
    where = gettext("In {period}").format(period=format_period(str(latest["period"].iloc[0]), labels))
    if not out:
        return gettext("{where} yes: every figure lies within what is advised.").format(where=where)
    return gettext("{where} no: outside of what is advised are {listed}.").format(
        where=where, listed="; ".join(out)
    )


def say_returns(whole: Result, periods: Result) -> str:
    """Why a count of joiners over all time is less than its periods together: who came back counts again. Empty where it is not."""
    rows = [*whole.table.to_dict(orient="records"), *periods.table.to_dict(orient="records")]
    if any(row["status"] != "ok" for row in rows) or list(whole.table["period"]) != ["all"]:
        return ""
    more = round(float(periods.table["value"].sum() - whole.table["value"].iloc[0]))
    return (
        gettext("{more} came back: counted once here, and again in their month below").format(more=more)
        if more > 0
        else ""
    )


def _warn_small(result: Result, shown: pd.DataFrame) -> str:
    few = int((shown["n"] < result.indicator.minimum_n).sum())
    if not few or result.indicator.unit in COUNTS or result.indicator.chart == "survival":
        return ""
    if few == len(shown):
        return gettext("Fewer than {minimum} people stand behind this: read it as a hint only.").format(
            minimum=result.indicator.minimum_n
        )
    return ngettext(
        "{figures} rests on fewer than {minimum} people and is not ranked or judged.",
        "{figures} rest on fewer than {minimum} people and are not ranked or judged.",
        few,
    ).format(figures=format_count(few, "figure"), minimum=result.indicator.minimum_n)


def _warn_apart(result: Result, shown: pd.DataFrame) -> str:
    """Which constructs have items that do not go together at all, so that their mean or share says little."""
    if result.indicator.id != RELIABILITY:
        return ""
    apart = list(dict.fromkeys(str(name) for name in shown.loc[shown["value"] < 0, "construct"]))
    named = gettext(" and ").join(apart)
    return (
        gettext(
            "Below 0 for {named}: its items do not belong together, or one is coded the wrong way round."
        ).format(named=named)
        if apart
        else ""
    )


def say_hidden(result: Result) -> str:
    """How many figures of a result are hidden, or why all of them are, in a sentence; empty where none is."""
    reasons = result.table.loc[result.table["status"] == "suppressed", "reason"]
    if reasons.empty:
        return ""
    if len(reasons) == len(result.table) and reasons.nunique() == 1:
        return tell_reason(str(reasons.iloc[0]))
    return ngettext(
        "{figures} is hidden to protect people in small groups.",
        "{figures} are hidden to protect people in small groups.",
        len(reasons),
    ).format(figures=format_count(len(reasons), "figure"))
