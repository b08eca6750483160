"""Can I say this? What the figures of a Result support, and the claims that they do not, each with its reason. Pure.

The rules are those of a careful reader: few people, an interval that includes no change, different people, a low
response, an incomplete period, hidden groups, association and not cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from indicators.result import Result
from indicators.statistics.change import WITHIN_PANEL
from indicators.statistics.spc import FEWEST_POINTS, SpcChart, list_lines, make_chart
from ui.words.changes import find_clear, has_enough, name_ways
from ui.words.language import gettext
from ui.words.numbers import COUNTS, format_count, format_period, format_range, format_value, say_zero
from ui.words.readings import read_result

ENOUGH_RESPONSE = 0.80
LOW_RESPONSE = 0.65
MOST_CLAIMS = 6
FEWEST_PERIODS = 3
Labels = Mapping[str, str]
Row = Mapping[str, Any]
SURVEY_THEMES = ("attitude", "connections")


@dataclass(frozen=True)
class Claim:
    """A claim that somebody could make from a result, whether its numbers support it, and why or why not."""

    words: str
    holds: bool
    reason: str


@dataclass(frozen=True)
class Verdict:
    """The sentence that the numbers support, and the claims that were judged, those that hold first."""

    sentence: str
    claims: tuple[Claim, ...]


def judge_result(result: Result, response: Mapping[str, float], labels: Labels | None = None) -> Verdict:
    """Judge what may be said of a result; `response` is the response rate of each wave, `labels` names waves and items."""
    labels = result.name_items(labels or {})
    shown = result.table[result.table["status"] == "ok"]
    claims: list[Claim] = []
    if len(shown):
        latest = _latest(shown)
        if result.indicator.chart == "change":
            claims += _judge_changes(result, latest, labels)
        elif result.indicator.unit == "p":
            claims += _judge_tests(result, latest, labels)
        elif result.indicator.chart not in ("survival", "triangle", "likert", "g", "t"):
            claims += _judge_groups(result, latest, labels)
            claims += _judge_series(result, shown, labels)
        claims += _judge_size(result, latest, labels)
        claims += _judge_response(result, latest, response, labels)
        claims.append(_judge_cause(result))
    claims += _judge_missing(result)
    return Verdict(read_result(result, labels), tuple(sorted(claims, key=lambda claim: not claim.holds)))


def _judge_changes(result: Result, latest: pd.DataFrame, labels: Labels) -> list[Claim]:
    unit = result.indicator.unit
    claims = []
    is_change = "change" in result.indicator.id
    verbs = name_ways(result)
    is_split = "part" in result.indicator.measures
    panel = gettext(" among those who answered both times") if is_change and not is_split else ""
    judged = int(latest["low"].notna().sum())
    clear, firm = find_clear(result, latest), has_enough(result, latest)
    for row, is_clear, is_firm in list(zip(_rows(latest), clear, firm, strict=True))[:MOST_CLAIMS]:
        if pd.isna(row["low"]) or not is_firm:
            continue
        verb = verbs[0] if row["value"] > 0 else verbs[1] if row["value"] < 0 else verbs[2]
        name = _name(result, row, labels)
        span = gettext("its {interval} runs from {range}").format(
            interval=gettext(result.indicator.range_words), range=format_range(row["low"], row["high"], unit)
        )
        if is_clear:
            claims.append(
                Claim(
                    f"“{name} {verb}{panel}”",
                    True,
                    gettext("{span}, which {zero}.").format(span=span, zero=say_zero(is_in=False)),
                )
            )
        elif row["low"] <= 0 <= row["high"]:
            claims.append(
                Claim(
                    f"“{name} {verb}”",
                    False,
                    gettext("{span}, which {zero}.").format(span=span, zero=say_zero(is_in=True)),
                )
            )
        else:
            reason = gettext(
                "{span}, but {judged} were tested together, and one of so many is easily off by chance."
            ).format(span=span, judged=judged)
            claims.append(Claim(f"“{name} {verb}”", False, reason))
    if not is_change:
        return claims
    both = latest[latest["part"] == WITHIN_PANEL] if is_split else latest
    if both.empty:
        return claims
    n = format_count(float(both["n"].max()), "person")
    claims.append(
        Claim(
            gettext("“Members changed”"),
            False,
            gettext(
                "Only those who answered both times are compared: {n} at most. Others may have changed otherwise."
            ).format(n=n),
        )
    )
    return claims


def _judge_tests(result: Result, latest: pd.DataFrame, labels: Labels) -> list[Claim]:
    claims = []
    for row in _rows(latest)[:MOST_CLAIMS]:
        is_clear = row["value"] < 0.05
        p = format_value(row["value"], "p")
        reason = (gettext("{p}, below 0.05.") if is_clear else gettext("{p}, not below 0.05.")).format(p=p)
        name = _name(result, row, labels)
        claims.append(Claim(gettext("“{name}: more than chance”").format(name=name), is_clear, reason))
    return claims


def _judge_groups(result: Result, latest: pd.DataFrame, labels: Labels) -> list[Claim]:
    firm = latest[has_enough(result, latest)]
    known = firm[firm["low"].notna()] if firm["low"].notna().any() else firm
    if len(known) < 2 or not result.can_compare(known):
        return []
    ordered = _rows(known.sort_values("value", kind="stable"))
    low, high = ordered[0], ordered[-1]
    names = _name(result, high, labels), _name(result, low, labels)
    about = "" if set(result.telling) <= set(result.groups) else f"{gettext(result.indicator.title)}: "
    words = gettext("“{about}{first} is higher than {second}”").format(
        about=about, first=names[0], second=names[1]
    )
    return [_compare(result, words, high, low)]


def _judge_series(result: Result, shown: pd.DataFrame, labels: Labels) -> list[Claim]:
    complete = shown[shown["is_complete"]]
    claims: list[Claim] = []
    if len(shown) > len(complete):
        period = format_period(str(shown["period"].iloc[-1]), labels)
        claims.append(
            Claim(
                gettext("“{period} shows a change”").format(period=period),
                False,
                gettext("The period has not ended: more will be recorded."),
            )
        )
    if complete["period"].nunique() < 2 or complete["period"].nunique() != len(complete):
        return claims
    chart = None if _is_exempt(result, complete) else make_chart(result)
    if chart is not None:
        judged = {point.period for point in chart.judged}
        complete = complete[complete[result.indicator.axis].astype(str).isin(judged)]
        if len(complete) < 2:
            return claims
    first, last = _rows(complete)[0], _rows(complete)[-1]
    if first["value"] != last["value"]:
        verb = gettext("rose") if last["value"] > first["value"] else gettext("fell")
        since, until = (format_period(str(row["period"]), labels) for row in (first, last))
        words = gettext("“It {verb} from {since} to {until}”").format(verb=verb, since=since, until=until)
        one, other = (last, first) if last["value"] > first["value"] else (first, last)
        claim = _compare(result, words, one, other)
        doubt = "" if chart is None else _doubt_series(result, chart)
        claims.append(Claim(words, False, doubt) if claim.holds and doubt else claim)
    if result.indicator.attributes == "as_at_wave" and result.indicator.theme == "attitude":
        claims.append(
            Claim(
                gettext("“The same people changed their minds”"),
                False,
                gettext("Different people answered each wave: see the change in the matched panel."),
            )
        )
    return claims


def _is_exempt(result: Result, complete: pd.DataFrame) -> bool:
    """Whether two periods say enough: of waves, of two periods, and of who stands on the list on a day."""
    indicator = result.indicator
    is_standing = indicator.base is not None and indicator.base.kind == "standing"
    is_series = indicator.time_axis in ("week", "month") and len(complete) >= FEWEST_PERIODS
    return is_standing or not is_series or bool(set(list_lines(result)))


def _doubt_series(result: Result, chart: SpcChart) -> str:
    """Why the ends of a series are no rise or fall, as its control chart says; empty where a signal is in it."""
    if result.indicator.unit in COUNTS:
        return gettext(
            "Two single periods of a count, of a list that may have grown meanwhile, and the first of which may hold a few days "
            "only: see what the control chart says."
        )
    if any(point.flags for point in chart.judged) or (chart.runs is not None and chart.runs.verdict):
        return ""
    if chart.kind == "run":
        few = (
            gettext("fewer than {points}").format(points=FEWEST_POINTS)
            if len(chart.judged) < FEWEST_POINTS
            else gettext("of too few people each")
        )
        return gettext("Too few periods to judge: {few}, without a signal in them.").format(few=few)
    return gettext(
        "The control chart has no signal: single periods go up and down by this much by themselves."
    )


def _compare(result: Result, words: str, high: Row, low: Row) -> Claim:
    unit = result.indicator.unit
    if pd.isna(high["low"]) or pd.isna(low["high"]):
        if unit in COUNTS:
            values = gettext("{value} against {other}").format(
                value=format_value(high["value"], unit), other=format_value(low["value"], unit)
            )
            return Claim(
                words,
                bool(high["value"] > low["value"]),
                gettext("{values}, counted from the whole list.").format(values=values),
            )
        return Claim(words, False, gettext("There is no interval to judge it by."))
    spans = gettext("{range} and {other}").format(
        range=format_range(high["low"], high["high"], unit),
        other=format_range(low["low"], low["high"], unit),
    )
    noun = (
        gettext("95 % intervals")
        if result.indicator.is_interval
        else gettext("ranges ({what})").format(what=gettext(result.indicator.range_words))
    )
    if high["low"] > low["high"]:
        return Claim(
            words, True, gettext("The {noun} do not overlap: {spans}.").format(noun=noun, spans=spans)
        )
    may = (
        gettext("A difference may be chance.")
        if result.indicator.is_interval
        else gettext("They settle nothing.")
    )
    return Claim(
        words, False, gettext("The {noun} overlap: {spans}. {may}").format(noun=noun, spans=spans, may=may)
    )


def _judge_size(result: Result, latest: pd.DataFrame, labels: Labels) -> list[Claim]:
    if result.indicator.unit in COUNTS:
        return []
    few = [row for row in _rows(latest) if row["n"] < result.indicator.minimum_n]
    if not few:
        return []
    names = list(dict.fromkeys(_name(result, row, labels) for row in few))
    named = ", ".join(names[:3]) + (
        gettext(" and {count} more").format(count=len(names) - 3) if len(names) > 3 else ""
    )
    reason = gettext("Fewer than {minimum} people stand behind it: a hint only.").format(
        minimum=result.indicator.minimum_n
    )
    return [Claim(gettext("Anything firm about {named}").format(named=named), False, reason)]


def _judge_response(
    result: Result, latest: pd.DataFrame, response: Mapping[str, float], labels: Labels
) -> list[Claim]:
    if result.indicator.theme not in SURVEY_THEMES or result.indicator.attributes != "as_at_wave":
        return []
    wave = str(latest["period"].iloc[0])
    words = (
        gettext("“All members think so”")
        if result.indicator.theme == "attitude"
        else gettext("“This is the whole network”")
    )
    if wave not in response:
        return [
            Claim(
                words,
                False,
                gettext("How many were invited is not recorded, so nobody knows whom it leaves out."),
            )
        ]
    rate = format_value(response[wave], "share")
    name = format_period(wave, labels)
    if response[wave] >= ENOUGH_RESPONSE:
        return [
            Claim(
                words,
                True,
                gettext("{rate} of the invited completed {name}; those who did not may differ.").format(
                    rate=rate, name=name
                ),
            )
        ]
    degree = gettext("too few") if response[wave] < LOW_RESPONSE else gettext("not enough")
    return [
        Claim(
            words,
            False,
            gettext("{rate} of the invited completed {name}: {degree} to speak for the others.").format(
                rate=rate, name=name, degree=degree
            ),
        )
    ]


def _judge_cause(result: Result) -> Claim:
    if result.indicator.theme == "journey":
        reason = gettext("Those who attend, connect and stay may differ from the others from the start.")
    else:
        reason = gettext("There is no comparison group: other things changed too.")
    return Claim(gettext("“The programme caused this”"), False, reason)


def _judge_missing(result: Result) -> list[Claim]:
    hidden = int((result.table["status"] == "suppressed").sum())
    if not hidden:
        return []
    counted = format_count(hidden, "figure")
    return [
        Claim(
            gettext("Anything about the hidden groups"),
            False,
            gettext("{counted} hidden to protect people in small groups.").format(counted=counted),
        )
    ]


def _latest(shown: pd.DataFrame) -> pd.DataFrame:
    complete = shown[shown["is_complete"]]
    rows = complete if len(complete) else shown
    latest: pd.DataFrame = rows[rows["period"] == rows["period"].iloc[-1]]
    return latest


def _name(result: Result, row: Row, labels: Labels) -> str:
    names = [labels.get(str(row[name]), str(row[name])) for name in result.telling if not pd.isna(row[name])]
    return ", ".join(names) or gettext(result.indicator.title)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict(orient="records")]
