"""What needs us: at most five items, each a heading and one sentence with its numbers. Pure: no Streamlit, no engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, Literal

from indicators.definition import Indicator
from indicators.notable.late import Late
from journal.store import Entry
from ui.words.language import gettext, gettext_noop, ngettext
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
TONES: Mapping[Tone, str] = {
    "concern": gettext_noop("Concern"),
    "good": gettext_noop("Good news"),
    "know": gettext_noop("To know"),
}


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
        gettext("A check failed"),
        gettext(
            "{count} of {checks} of this release failed: see Data and methods before using its figures."
        ).format(count=len(failed), checks=format_count(len(manifest["checks"]), "check")),
    )


def judge_late(late: Sequence[Late], *, is_closed: bool = False) -> Item | None:
    """What ought to have been loaded by now; `is_closed` for whoever may not know who answered."""
    if not late:
        return None
    named = [f"{one.name} ({format_day(one.on_date)})" for one in late[-NAMED:]]
    kinds = {"event": gettext("no attendance"), "wave": gettext("no answers")}
    if is_closed:
        kinds["wave"] = gettext("answers of too few people to be told, or of nobody,")
    lacking = gettext(" and ").join(dict.fromkeys(kinds[one.what] for one in late))
    return Item(
        gettext("Data are late"),
        gettext("There are {lacking} on record of {names}. Load them.").format(
            lacking=lacking, names=_list_names(named, len(late))
        ),
    )


def judge_decisions(decisions: Sequence[Entry], today: date) -> Item | None:
    """Which decisions were to be looked at again by now, and nobody has said how they turned out."""
    due = [one for one in decisions if one.due_on and one.due_on <= today and not one.outcome]
    if not due:
        return None
    named = [
        gettext("“{text}” ({author}, due {day})").format(
            text=one.text, author=one.author, day=format_day(one.due_on)
        )
        for one in due
        if one.due_on
    ]
    return Item(
        ngettext("{decisions} is due", "{decisions} are due", len(due)).format(
            decisions=format_count(len(due), "decision")
        ),
        gettext("Say how it turned out: {names}.").format(names=_list_names(named[:NAMED], len(due))),
    )


def judge_targets(standings: Sequence[Standing]) -> Item | None:
    """Which targets are missed beyond the figure's interval, and not by the usual ups and downs of its series."""
    missed = [one for one in standings if one.is_missed]
    if not missed:
        return None
    alike = groupby(missed, lambda one: (one.period, format_value(one.target, one.indicator.unit)))
    told = [
        gettext("{names} ({when}target {target})").format(
            names=_list_names(names := [_say_standing(one) for one in standings], len(names)),
            when=f"{period}; " if period else "",
            target=target,
        )
        for (period, target), standings in alike
    ]
    return Item(
        ngettext("{count} of {targets} is missed", "{count} of {targets} are missed", len(missed)).format(
            count=len(missed), targets=format_count(len(standings), "target")
        ),
        gettext("By more than the 95 % interval: {names}.").format(names="; ".join(told)),
    )


def _say_standing(one: Standing) -> str:
    return f"{one.label.rpartition(': ')[2]} {format_value(one.row['value'], one.indicator.unit)}"


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
    side = gettext("above") if finding["value"] > finding["other"] else gettext("below")
    by, when = _name_by(finding), _say_when(finding, labels)
    heading = gettext("{group}: {what} {side} the rest").format(
        group=group, what=_lower(what, indicator), side=side
    )
    whose = gettext("for {by} {group}").format(by=by, group=group)
    if finding["by"] in indicator.measures:
        what = _cut_title(indicator, " by ")
        whose = gettext("with {group} {by}").format(by=by, group=group.lower())
        heading = gettext("{what}: {side} the rest {whose}").format(what=what, side=side, whose=whose)
    return heading, (
        gettext("{what}{when}: {figure} {whose}, {value} for all others together.").format(
            what=what,
            when=when,
            figure=_say_figure(finding, indicator),
            whose=whose,
            value=format_value(finding["other"], indicator.unit),
        )
    )


def _lower(what: str, indicator: Indicator) -> str:
    """A title within a heading; a construct keeps its capital."""
    return what[0].lower() + what[1:] if what == gettext(indicator.title) else what


def _cut_title(indicator: Indicator, word: str) -> str:
    """A title up to a word of it."""
    return gettext(indicator.title.partition(word)[0])


def _tell_change(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    what = _name_measured(finding, indicator, labels)
    verb = gettext("rose") if finding["value"] > 0 else gettext("fell")
    since = gettext(indicator.title.partition(" since ")[2])
    heading = f"{what} {verb}" if since else what
    told = (
        gettext("{what} {verb} since {since}, among the same people").format(
            what=what, verb=verb, since=since
        )
        if since
        else what
    )
    unit = gettext(" points of the scale") if indicator.unit == "difference" else ""
    return heading, f"{told}: {_say_figure(finding, indicator, unit)}{_say_when(finding, labels)}."


def _tell_before(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    what, group = _name_measured(finding, indicator, labels), str(finding["group"])
    whose = f"{what}, {group}" if group else what
    verb = gettext("rose") if finding["value"] > finding["other"] else gettext("fell")
    return (
        f"{whose} {verb}",
        gettext("{whose}{when}: {figure}, after {value} in {period}.").format(
            whose=whose,
            when=_say_when(finding, labels),
            figure=_say_figure(finding, indicator),
            value=format_value(finding["other"], indicator.unit),
            period=format_period(finding["since"], labels),
        ),
    )


def _tell_chance(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    what = _cut_title(indicator, " against ")
    way = gettext("fewer") if finding["value"] < finding["other"] else gettext("more")
    return (
        gettext("{what}: {way} than at random").format(what=what, way=way),
        gettext("{what}{when}: {value}; were ties made at random, {expected} would be.").format(
            what=what,
            when=_say_when(finding, labels),
            value=format_value(finding["value"], indicator.unit),
            expected=format_value(finding["other"], indicator.unit),
        ),
    )


def _tell_survival(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    way = gettext("sooner") if finding["value"] < finding["other"] else gettext("later")
    group, unit = str(finding["group"]), indicator.unit
    return (
        gettext("{group}: they leave {way} than the rest").format(group=group, way=way),
        gettext(
            "After {since} days {value} of {dimension} {group} were still members, {rest} of all others."
        ).format(
            since=finding["since"],
            value=format_value(finding["value"], unit),
            dimension=name_dimension(str(finding["by"]), is_within=True),
            group=group,
            rest=format_value(finding["other"], unit),
        ),
    )


def _tell_odds(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    way = gettext("more") if finding["value"] > 1 else gettext("fewer")
    return (
        gettext("Pairs who met at an event make {way} new ties").format(way=way),
        gettext(
            "The odds of a new tie of pairs who met at an event are {value:.1f} times those of pairs who did not{when} (95 % interval {low:.1f} to {high:.1f})."
        ).format(
            value=finding["value"], when=_say_when(finding, labels), low=finding["low"], high=finding["high"]
        ),
    )


def _tell_weeks(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> tuple[str, str]:
    side = gettext("below") if finding["value"] < finding["other"] else gettext("above")
    value, mean = (format_value(finding[name], indicator.unit) for name in ("value", "other"))
    last, first = (format_period(str(finding[name]), labels) for name in ("period", "since"))
    when = (
        gettext("in {last}").format(last=last)
        if last == first
        else gettext("from {first} to {last} on average").format(first=first, last=last)
    )
    return (
        gettext("{title} {side} the usual").format(title=gettext(indicator.title), side=side),
        gettext("{title} {when}: {value}; the mean of all weeks is {mean}.").format(
            title=gettext(indicator.title), when=when, value=value, mean=mean
        ),
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


def _say_figure(finding: Mapping[str, Any], indicator: Indicator, unit: str = "") -> str:
    span = format_interval(finding["low"], finding["high"], indicator)
    inside = "; ".join(part for part in (span, format_n(finding["n"], unit=indicator.unit)) if part)
    return f"{format_value(finding['value'], indicator.unit)}{unit} ({inside})"


def _say_when(finding: Mapping[str, Any], labels: Labels) -> str:
    period = str(finding["period"])
    return "" if period == "all" else f", {format_period(period, labels)}"


def _name_measured(finding: Mapping[str, Any], indicator: Indicator, labels: Labels) -> str:
    measure = str(finding["measure"])
    return labels.get(measure, measure) if measure else gettext(indicator.title)


def _name_by(finding: Mapping[str, Any]) -> str:
    return {"attended": gettext("events attended"), "new_ties": gettext("new ties")}.get(
        str(finding["by"]), name_dimension(str(finding["by"]), is_within=True)
    )


def _list_names(names: Sequence[str], count: int) -> str:
    more = count - len(names)
    if more > 0:
        return gettext("{listed} and {more} more").format(listed=", ".join(names), more=more)
    return gettext(" and ").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
