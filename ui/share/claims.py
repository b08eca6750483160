"""The figures that stand first on a shared page: each a claim in words, held against an earlier time or a target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from indicators.definition import Unit
from indicators.result import Result
from sharing.sealing.extract import Extract
from sharing.store.story import MOST_CLAIMS
from ui.share.sealed_chart import find_way, is_one_series, name_row
from ui.words.claims import Verdict, judge_result
from ui.words.language import gettext, ngettext, speak_whole
from ui.words.numbers import format_period, format_range, format_value

# What stands first where the programme has not chosen, in order; those without anything to be held against are left out.
USUAL = (
    "construct_positive",
    "cross_organisation",
    "cross_region",
    "attendance_rate",
    "active_members",
    "response_rate_rr1",
)
Row = dict[str, Any]


@dataclass(frozen=True)
class Claim:
    """A figure that stands first: `heading` is what it says, `basis` from when to when and how sure, `rows` and `earlier` what is
    drawn, `target` what it is held against, `verdict` what speaks for it and against it."""

    result: Result
    heading: str
    basis: str
    rows: pd.DataFrame
    earlier: pd.DataFrame
    target: float | None
    verdict: Verdict


@speak_whole()
def list_claims(extract: Extract) -> list[Claim]:
    """The figures that the programme chose, or the usual ones, at most four: those that can be held against something."""
    whole = {one.indicator.id: one for one in list_whole(extract) if can_claim(one, extract)}
    chosen = [name for name in (extract.story.claims or USUAL) if name in whole][:MOST_CLAIMS]
    return [_make_claim(whole[name], extract) for name in chosen]


def list_whole(extract: Extract) -> list[Result]:
    """The figures of everybody of which some value is shown."""
    return [
        one for one in extract.results if not one.selection.by and bool((one.table["status"] == "ok").any())
    ]


def can_claim(result: Result, extract: Extract) -> bool:
    """Whether there is an earlier time, or a target, that it can be held against."""
    shown = _list_shown(result)
    has_earlier = shown["period"].nunique() > 1 and "time_days" not in result.dimensions
    return result.indicator.chart != "change" and (has_earlier or result.indicator.id in extract.targets)


def _list_shown(result: Result) -> pd.DataFrame:
    table: pd.DataFrame = result.table[(result.table["status"] == "ok") & result.table["is_complete"]]
    return table


def _make_claim(result: Result, extract: Extract) -> Claim:
    shown, target = _list_shown(result), extract.targets.get(result.indicator.id)
    periods = list(dict.fromkeys(shown["period"]))
    latest = shown[shown["period"] == periods[-1]]
    first = shown[shown["period"] == periods[0]] if len(periods) > 1 else shown.iloc[:0]
    is_series = is_one_series(result)
    heading, basis = (
        _say_series(result, shown, extract.waves, target)
        if is_series
        else _say_parts(result, first, latest, extract.waves)
    )
    return Claim(
        result,
        heading,
        basis,
        rows=result.table if is_series else latest,
        earlier=first.iloc[:0] if is_series else first,
        target=target if is_series else None,
        verdict=judge_result(result, read_response(extract), dict(extract.waves)),
    )


def read_response(extract: Extract) -> Mapping[str, float]:
    """The response rate of each wave, as far as it is shown."""
    found = [one for one in list_whole(extract) if one.indicator.id == "response_rate_rr1"]
    if not found:
        return {}
    shown = found[0].table[found[0].table["status"] == "ok"]
    return dict(zip(shown["period"].astype(str), shown["value"].astype(float), strict=True))


def _say_series(
    result: Result, shown: pd.DataFrame, waves: Mapping[str, str], target: float | None
) -> tuple[str, str]:
    """What one line of periods says: from the first to the latest, and against the target."""
    unit, title = result.indicator.unit, gettext(result.indicator.title)
    rows = _to_rows(shown)
    first, latest = rows[0], rows[-1]
    value, when = format_value(latest["value"], unit), format_period(str(latest["period"]), waves)
    about = gettext("about ") if unit == "people" else ""
    against = _hold_against(latest, target, unit)
    if len(rows) < 2:
        return f"{title}: {about}{value}{against}", f"{_capital(when)}; {_say_span(result, latest)}."
    before = gettext("{about}{value} in {period}").format(
        about=about,
        value=format_value(first["value"], unit),
        period=format_period(str(first["period"]), waves),
    )
    way = find_way(first, latest)
    if way:
        heading = gettext("{title} {way} from {about}{then} to {about}{now}{against}").format(
            title=title,
            way=way,
            about=about,
            then=format_value(first["value"], unit),
            now=value,
            against=against,
        )
        return (
            heading,
            gettext("From {since} to {when}; {pair}.").format(
                since=format_period(str(first["period"]), waves),
                when=when,
                pair=_say_pair(result, first, latest),
            ),
        )
    heading = f"{title}: {about}{value}{against}"
    is_counted = bool(pd.isna(latest["low"]))
    tail = (
        gettext("a count of the whole list")
        if is_counted
        else gettext("no change can be told from these figures")
    )
    return heading, gettext("{when}, after {before}; {span}: {tail}.").format(
        when=_capital(when), before=before, span=_say_span(result, latest), tail=tail
    )


def _say_parts(
    result: Result, first: pd.DataFrame, latest: pd.DataFrame, waves: Mapping[str, str]
) -> tuple[str, str]:
    """What several things asked in the same waves say: those whose first and latest intervals lie apart are named.

    Intervals of 95 % that lie apart are a stricter test than 5 %: of seven such pairs without any change, one in about thirty
    would have one that does (Schenker and Gentleman 2001).
    """
    unit, names = result.indicator.unit, result.telling
    pairs = [
        (one, other)
        for one in _to_rows(first)
        for other in _to_rows(latest)
        if all(one[name] == other[name] for name in names)
    ]
    moved = [(one, other, way) for one, other in pairs if (way := find_way(one, other))]
    span = (
        gettext("{first} to {last}").format(
            first=format_period(str(first["period"].iloc[0]), waves),
            last=format_period(str(latest["period"].iloc[0]), waves),
        )
        if len(first)
        else ""
    )
    if not moved:
        return (
            gettext("{title}: no change can be told").format(title=gettext(result.indicator.title)),
            gettext("{span}: of {count} looked at, all intervals overlap.").format(
                span=_capital(span), count=len(pairs)
            ),
        )
    told = [
        gettext("{name} {way} from {then} to {now}").format(
            name=name_row(result, other),
            way=way,
            then=format_value(one["value"], unit),
            now=format_value(other["value"], unit),
        )
        for one, other, way in moved
    ]
    rest = len(pairs) - len(moved)
    others = (
        ngettext(
            "; of the other no change can be told", "; of the {n} others no change can be told", rest
        ).format(n=rest)
        if rest
        else ""
    )
    return (
        f"{'; '.join(told)}",
        gettext("{title}, {span}: the intervals of the two lie apart{others}.").format(
            title=gettext(result.indicator.title), span=span, others=others
        ),
    )


def _hold_against(row: Row, target: float | None, unit: Unit) -> str:
    if target is None:
        return ""
    words = gettext("the target of {value}").format(value=format_value(target, unit))
    is_exact = bool(pd.isna(row["low"]))
    if not is_exact and row["low"] <= target <= row["high"]:
        return gettext(", not told apart from {words}").format(words=words)
    if row["value"] == target:
        return gettext(", at {words}").format(words=words)
    side = gettext(", above {words}") if row["value"] > target else gettext(", below {words}")
    return side.format(words=words)


def _say_span(result: Result, row: Row) -> str:
    if pd.isna(row["low"]):
        return gettext("no interval")
    return f"{gettext(result.indicator.range_words)} {format_range(row['low'], row['high'], result.indicator.unit)}"


def _say_pair(result: Result, first: Row, latest: Row) -> str:
    unit = result.indicator.unit
    ranges = [format_range(row["low"], row["high"], unit) for row in (first, latest)]
    intervals = f"{result.indicator.range_words}s"
    return gettext("the {intervals} {first} and {last} lie apart").format(
        intervals=gettext(intervals), first=ranges[0], last=ranges[1]
    )


def _to_rows(table: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
