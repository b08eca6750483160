"""Whom the answers speak for: shares of the members, of those asked and of those who answered; response by wave; weighting. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.result import Result
from ui.words.language import gettext
from ui.words.numbers import (
    describe_estimate,
    format_count,
    format_period,
    format_value,
    name_dimension,
    say_list,
)
from ui.words.readings import read_result, say_hidden
from ui.words.surveys.rows import (
    Labels,
    Row,
    join_sentences,
    judge_latest,
    list_periods,
    list_rows,
    read_value,
)


@dataclass(frozen=True)
class Reach:
    """A group's share of the members, of those asked and of those who answered; how far the last two are apart, and whether that
    stands (1, −1) or not (0)."""

    group: str
    members: Row | None
    asked: Row | None
    answered: Row | None
    gap: Row | None
    way: int


def list_reach(results: Sequence[Result]) -> list[Reach]:
    """Each group: its share of the members, of those asked and of those who answered, their difference, and whether that stands.

    The results are the shares of those asked and who answered, the difference of the two, and those of the members.
    """
    shares, gaps, members = results
    period = list_periods(shares)[-1]
    latest = shares.table[shares.table["period"] == period]
    moves = judge_latest(gaps, period)
    now = list_periods(members)[-1]
    listed = {str(row["group"]): row for row in list_rows(members.table[members.table["period"] == now])}
    found = []
    for name, rows in latest.groupby("group", sort=False):
        parts = {str(row["part"]): row for row in list_rows(rows)}
        gap, way = moves.get(str(name), (None, 0))
        found.append(
            Reach(str(name), listed.get(str(name)), parts.get("Frame"), parts.get("Respondents"), gap, way)
        )
    return sorted(found, key=lambda one: (one.way == 0, -read_value(one.asked)))


def read_reach(results: Sequence[Result], labels: Labels) -> str:
    """Which groups the answers leave out, or speak too loudly for."""
    found = list_reach(results)
    judged = [one for one in found if one.gap and one.gap["status"] == "ok"]
    hidden = say_hidden(results[0])
    wave = format_period(list_periods(results[0])[-1], labels)
    if not judged:
        return join_sentences(
            gettext("In {wave} no group of those who answered can be set against those asked.").format(
                wave=wave
            ),
            hidden,
        )
    said = []
    for way, words in ((-1, "under-represented"), (1, "over-represented")):
        named = [
            gettext("{group} ({asked} of those asked, {answered} of those who answered)").format(
                group=one.group,
                asked=format_value(read_value(one.asked), "share"),
                answered=format_value(read_value(one.answered), "share"),
            )
            for one in found
            if one.way == way
        ]
        if named:
            said.append(f"{words} {'is' if len(named) == 1 else 'are'} {say_list(named)}")
    if not said:
        return join_sentences(
            gettext(
                "In {wave} those who answered are as those who were asked: none of {count} differences stands."
            ).format(wave=wave, count=len(judged)),
            hidden,
        )
    rest = len(judged) - sum(1 for one in judged if one.way)
    others = _say_rest(rest)
    return join_sentences(
        gettext("In {wave}: {listed}.").format(wave=wave, listed="; ".join(said)), others, hidden
    )


def _say_rest(groups: int) -> str:
    """Of how many groups nothing stands."""
    counted = gettext("group") if groups == 1 else format_count(groups, "group")
    return gettext("The other {counted} answered in proportion.").format(counted=counted) if groups else ""


def read_waves(results: Sequence[Result], labels: Labels, target: float | None = None) -> str:
    """The latest wave, and of how many the target is met."""
    (result,) = results
    shown = result.table[result.table["status"] == "ok"]
    if shown.empty or target is None:
        return read_result(result, labels)
    unit = result.indicator.unit
    row = list_rows(shown)[-1]
    told = gettext("In {period}: {estimate}.").format(
        period=format_period(str(row["period"]), labels), estimate=describe_estimate(row, result.indicator)
    )
    met = int((shown["value"] >= target).sum())
    aim = format_value(target, unit)
    return join_sentences(
        told,
        gettext("The target of {aim} was met in {met} of {waves}.").format(
            aim=aim, met=met, waves=format_count(len(shown), "wave")
        ),
    )


def read_weighting(weighted: Result, labels: Labels) -> str:
    """What weighting the answers so that those who answered look like those asked changes, in one sentence."""
    shown = weighted.table[weighted.table["status"] == "ok"]
    shown = shown[shown["period"] == shown["period"].iloc[-1]] if len(shown) else shown
    (key,) = (name for name in weighted.indicator.measures if name != "part")
    sides = (
        shown.pivot_table(index=key, columns="part", values="value").dropna()
        if len(shown)
        else pd.DataFrame()
    )
    if not {"Weighted", "Unweighted"} <= set(sides):
        return gettext("Weighting cannot be judged: there are no weights, or its figures are hidden.")
    moved = (sides["Weighted"] - sides["Unweighted"]).abs().sort_values(kind="stable")
    # What is told is what a reader can check on the two shown means: a step of their last digit.
    most = float(np.ceil(round(float(moved.iloc[-1]), 9) * 10) / 10)
    name = labels.get(str(moved.index[-1]), str(moved.index[-1]))
    then, now = (
        format_value(float(sides.loc[moved.index[-1], part]), "score") for part in ("Unweighted", "Weighted")
    )
    if most == 0:
        return gettext("Weighting moves no {key} at all.").format(key=name_dimension(key, is_within=True))
    told = (
        ""
        if then == now
        else gettext("; most {name}, from {then} to {now}").format(name=name, then=then, now=now)
    )
    return gettext("Weighting moves no {key} by more than {most:.1f} points of its scale{told}.").format(
        key=name_dimension(key, is_within=True), most=most, told=told
    )
