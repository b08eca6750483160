"""What needs us: at most five items, each a heading and one sentence with its numbers. Pure: no Streamlit, no engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from indicators.definition import Indicator
from indicators.notable.late import Late
from journal.store import Entry
from ui.words.numbers import (
    format_count,
    format_day,
    format_interval,
    format_n,
    format_period,
    format_value,
    name_dimension,
)

MOST = 5
NAMED = 4
Labels = Mapping[str, str]
Tone = Literal["concern", "good", "know"]
TONES: Mapping[Tone, str] = {"concern": "Concern", "good": "Good news", "know": "To know"}


@dataclass(frozen=True)
class Item:
    """One thing to look at. `finding` is the comparison behind it, where there is one; `since` the day since when it has been told."""

    heading: str
    sentence: str
    tone: Tone = "concern"
    finding: Mapping[str, Any] = field(default_factory=dict)
    is_new: bool = False
    since: str = ""


@dataclass(frozen=True)
class Standing:
    """A figure beside its target: what it is called, the figure's row, whether it is missed, met, or cannot be told, of when it is,
    and whether its series meets the target in some periods and misses it in others by chance."""

    label: str
    row: Mapping[str, Any]
    indicator: Indicator
    target: float
    verdict: Literal["missed", "met", "cannot tell"]
    period: str = ""
    is_by_chance: bool = False

    @property
    def is_missed(self) -> bool:
        return self.verdict == "missed" and not self.is_by_chance


def choose_items(urgent: Sequence[Item | None], findings: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """At most five items: what is urgent first, then what stands out most; and what else stands out."""
    first = [item for item in urgent if item is not None]
    room = max(MOST - len(first), 0)
    return [*first[:MOST], *findings[:room]], list(findings[room:])


def judge_checks(manifest: Mapping[str, Any]) -> Item | None:
    """Whether a check of the release failed."""
    failed = [check for check in manifest["checks"] if not check["ok"]]
    if not failed:
        return None
    return Item(
        "A check failed",
        f"{len(failed)} of {format_count(len(manifest['checks']), 'check')} of this release failed: "
        "see Data and methods before using its figures.",
    )


def judge_late(late: Sequence[Late], *, is_closed: bool = False) -> Item | None:
    """What ought to have been loaded by now; `is_closed` for whoever may not know who answered."""
    if not late:
        return None
    named = [f"{one.name} ({format_day(one.on_date)})" for one in late[-NAMED:]]
    kinds = {"event": "no attendance", "wave": "no answers"}
    if is_closed:
        kinds["wave"] = "answers of too few people to be told, or of nobody,"
    lacking = " and ".join(dict.fromkeys(kinds[one.what] for one in late))
    return Item(
        "Data are late", f"There are {lacking} on record of {_list_names(named, len(late))}. Load them."
    )


def judge_decisions(decisions: Sequence[Entry], today: date) -> Item | None:
    """Which decisions were to be looked at again by now, and nobody has said how they turned out."""
    due = [one for one in decisions if one.due_on and one.due_on <= today and not one.outcome]
    if not due:
        return None
    named = [f"“{one.text}” ({one.author}, due {format_day(one.due_on)})" for one in due if one.due_on]
    verb = "is" if len(due) == 1 else "are"
    return Item(
        f"{format_count(len(due), 'decision')} {verb} due",
        f"Say how it turned out: {_list_names(named[:NAMED], len(due))}.",
    )


def judge_targets(standings: Sequence[Standing]) -> Item | None:
    """Which targets are missed beyond the figure's interval, and not by the usual ups and downs of its series."""
    missed = [one for one in standings if one.is_missed]
    if not missed:
        return None
    told = [
        f"{_name_short(one)} {format_value(one.row['value'], one.indicator.unit)} "
        f"({f'{one.period}; ' if one.period else ''}target {format_value(one.target, one.indicator.unit)})"
        for one in missed
    ]
    verb = "is" if len(missed) == 1 else "are"
    return Item(
        f"{len(missed)} of {format_count(len(standings), 'target')} {verb} missed",
        f"By more than the 95 % interval: {_list_names(told, len(told))}.",
    )


def _name_short(one: Standing) -> str:
    return one.label.rpartition(": ")[2]


def judge_target(
    row: Mapping[str, Any], indicator: Indicator, target: float
) -> Literal["missed", "met", "cannot tell"]:
    """Whether a figure lies short of its target, or reaches it, by more than its interval; a count has none and is taken as it is."""
    low, high = (row["value"] if row[name] != row[name] else row[name] for name in ("low", "high"))
    worst, best = (low, high) if indicator.direction == "up" else (-high, -low)
    aim = target if indicator.direction == "up" else -target
    return "missed" if best < aim else "met" if worst >= aim else "cannot tell"


def tell_finding(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> Item:
    """What stands out, in words."""
    heading, sentence = _TELL[finding["kind"]](finding, indicator, labels)
    return Item(
        heading,
        sentence,
        _find_tone(finding, indicator),
        finding,
        bool(finding["is_new"]),
        str(finding["told_since"]),
    )


def _find_tone(finding: Mapping[str, Any], indicator: Indicator) -> Tone:
    if indicator.direction == "neutral" or finding["kind"] == "odds" or finding["by"] in indicator.measures:
        return "know"
    return "good" if (finding["value"] > finding["other"]) == (indicator.direction == "up") else "concern"


def _tell_rest(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    what, group = _name_measured(finding, indicator, labels), str(finding["group"])
    side = "above" if finding["value"] > finding["other"] else "below"
    by, when = _name_by(finding).lower(), _say_when(finding, labels)
    heading = f"{group}: {_lower(what, indicator)} {side} the rest"
    if finding["by"] in indicator.measures:
        what, group = what.partition(" by ")[0], group.lower()
        heading = f"{what}: {side} the rest for {by} {group}"
    return heading, (
        f"{what}{when}: {_say_figure(finding, indicator)} for {by} {group}, "
        f"{format_value(finding['other'], indicator.unit)} for all others together."
    )


def _lower(what: str, indicator: Indicator) -> str:
    """A title within a heading; a construct keeps its capital."""
    return what[0].lower() + what[1:] if what == indicator.title else what


def _tell_change(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    what = _name_measured(finding, indicator, labels)
    verb = "rose" if finding["value"] > 0 else "fell"
    since = indicator.title.partition(" since ")[2]
    heading = f"{what} {verb}" if since else what
    told = f"{what} {verb} since {since}, among the same people" if since else what
    return heading, f"{told}: {_say_figure(finding, indicator)}{_say_when(finding, labels)}."


def _tell_before(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    what, group = _name_measured(finding, indicator, labels), str(finding["group"])
    whose = f"{what}, {group}" if group else what
    verb = "rose" if finding["value"] > finding["other"] else "fell"
    return (
        f"{whose} {verb}",
        f"{whose}{_say_when(finding, labels)}: {_say_figure(finding, indicator)}, after "
        f"{format_value(finding['other'], indicator.unit)} in {format_period(finding['since'], labels)}.",
    )


def _tell_chance(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    what = indicator.title.partition(" against ")[0]
    way = "fewer" if finding["value"] < finding["other"] else "more"
    return (
        f"{what}: {way} than at random",
        f"{what}{_say_when(finding, labels)}: {format_value(finding['value'], indicator.unit)}; were ties made at random, "
        f"{format_value(finding['other'], indicator.unit)} would be.",
    )


def _tell_survival(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    way = "sooner" if finding["value"] < finding["other"] else "later"
    group, unit = str(finding["group"]), indicator.unit
    return (
        f"{group}: they leave {way} than the rest",
        f"After {finding['since']} days {format_value(finding['value'], unit)} of {name_dimension(str(finding['by'])).lower()} "
        f"{group} were still members, {format_value(finding['other'], unit)} of all others.",
    )


def _tell_odds(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    way = "more" if finding["value"] > 1 else "fewer"
    return (
        f"Pairs who met at an event make {way} new ties",
        f"The odds of a new tie of pairs who met at an event are {finding['value']:.1f} times those of pairs who did not"
        f"{_say_when(finding, labels)} (95 % interval {finding['low']:.1f} to {finding['high']:.1f}).",
    )


def _tell_weeks(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    side = "below" if finding["value"] < finding["other"] else "above"
    value, mean = (format_value(finding[name], indicator.unit) for name in ("value", "other"))
    last, first = (format_period(str(finding[name]), labels) for name in ("period", "since"))
    when = f"in {last}" if last == first else f"from {first} to {last} on average"
    return (
        f"{indicator.title} {side} the usual",
        f"{indicator.title} {when}: {value}; the mean of all weeks is {mean}.",
    )


_TELL = {
    "rest": _tell_rest,
    "change": _tell_change,
    "before": _tell_before,
    "chance": _tell_chance,
    "survival": _tell_survival,
    "odds": _tell_odds,
    "week": _tell_weeks,
    "weeks": _tell_weeks,
}


def _say_figure(finding: Mapping[str, Any], indicator: Indicator) -> str:
    span = format_interval(finding["low"], finding["high"], indicator)
    inside = "; ".join(part for part in (span, format_n(finding["n"], unit=indicator.unit)) if part)
    return f"{format_value(finding['value'], indicator.unit)} ({inside})"


def _say_when(finding: Mapping[str, Any], labels: Labels) -> str:
    period = str(finding["period"])
    return "" if period == "all" else f", {format_period(period, labels)}"


def _name_measured(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> str:
    measure = str(finding["measure"])
    return labels.get(measure, measure) if measure else indicator.title


def _name_by(finding: Mapping[str, Any]) -> str:
    return {"attended": "Events attended", "new_ties": "New ties"}.get(
        str(finding["by"]), name_dimension(str(finding["by"]))
    )


def _list_names(names: Sequence[str], count: int) -> str:
    more = count - len(names)
    if more > 0:
        return f"{', '.join(names)} and {more} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
