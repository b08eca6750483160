"""What a chart of several results finds, and the sentence that it supports: colour and words come from the same verdicts. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from indicators.result import Result
from indicators.statistics.change import (
    ALL_WHO_ANSWERED,
    WHO_ANSWERED,
    WITHIN_PANEL,
    adjust_holm,
    test_interval,
)
from indicators.statistics.contrast import contrast_rest
from indicators.statistics.estimators import Interval
from ui.words.changes import SIGNIFICANT, find_clear, has_enough
from ui.words.language import gettext, ngettext
from ui.words.numbers import (
    describe_estimate,
    format_count,
    format_interval,
    format_period,
    format_value,
    name_dimension,
    say_list,
)
from ui.words.readings import read_result, say_hidden

Labels = Mapping[str, str]
Row = dict[str, Any]
MOST_NAMED, MOST_ROWS = 3, 8


@dataclass(frozen=True)
class Track:
    """A question, group or part over the waves.

    `rows` has its row of each period (None where it was not asked), `change` that of its change since the first one, and `way` is 1 where
    that stands and rose, −1 where it stands and fell, else 0.
    """

    key: str
    name: str
    rows: tuple[Row | None, ...]
    change: Row | None = None
    way: int = 0

    @property
    def latest(self) -> Row | None:
        """The row of the latest period, where that has a figure."""
        row = self.rows[-1]
        return row if row and row["status"] == "ok" else None


@dataclass(frozen=True)
class Contrast:
    """A group against the rest in one question: the row of the group, the difference, and whether that stands (1, −1) or not (0)."""

    thing: str
    group: str
    row: Row
    value: float
    low: float
    high: float
    way: int = 0


@dataclass(frozen=True)
class Split:
    """The change of a construct since a wave, of which the same people make a part and who answered the rest."""

    track: Track
    whole: Row | None
    same: Row | None
    other: Row | None


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


def list_periods(result: Result) -> list[str]:
    """The periods of a result, in order."""
    return list(dict.fromkeys(result.table["period"].astype(str)))


def list_tracks(results: Sequence[Result], labels: Labels) -> list[Track]:
    """The questions of the first result with their change by the second, those first that changed, from most to least, then the others from high to low.

    A change counts where it is judged with all others of its wave, and that wave is the latest of the first result.
    """
    level, *others = results
    labels = level.name_items(labels)
    periods, (key,) = list_periods(level), level.telling
    moves = _judge_latest(others[0], periods[-1]) if others else {}
    tracks = []
    for name, rows in level.table.groupby(key, sort=False):
        found = {str(row["period"]): row for row in _list_rows(rows)}
        change, way = moves.get(str(name), (None, 0))
        listed = tuple(found.get(period) for period in periods)
        tracks.append(Track(str(name), labels.get(str(name), str(name)), listed, change, way))
    return sorted(
        tracks,
        key=lambda one: (
            one.way == 0,
            one.latest is None,
            -abs(_read(one.change if one.way else one.latest)),
        ),
    )


def choose_tracks(tracks: Sequence[Track]) -> list[Track]:
    """Of many those that changed most, in the order of all of them."""
    order = sorted(tracks, key=lambda one: (one.way == 0, -abs(_read(one.change))))
    kept = {one.key for one in order[:MOST_ROWS]}
    return [one for one in tracks if one.key in kept]


def read_tracks(results: Sequence[Result], labels: Labels, target: float | None = None) -> str:
    """Which questions changed since the first wave, from what to what, and that the others did not; the target is in the chart."""
    level, *others = results
    tracks = list_tracks(results, labels)
    judged = [track for track in tracks if track.change is not None and not pd.isna(track.change["low"])]
    if not judged:
        return read_result(level, labels)
    noun = str(level.telling[0])
    first = format_period(list_periods(level)[0], labels)
    people = format_count(max(float(track.change["n"]) for track in judged if track.change), "person")
    moved = [track for track in judged if track.way]
    rest = len(judged) - len(moved)
    whom = gettext("judged together, among those who answered both times ({people} at most)").format(
        people=people
    )
    if not moved:
        return _join(
            gettext("None of {counted} has changed since {first} by more than chance, {whom}.").format(
                counted=format_count(len(judged), noun), first=first, whom=whom
            ),
            _say_more(tracks),
            say_hidden(level),
        )
    if noun == "item":
        return _join(
            _count_moves(moved, len(judged), first),
            gettext("The others cannot be told from no change, {whom}.").format(whom=whom),
            _say_more(tracks),
            say_hidden(level),
        )
    named = [_tell_move(track, level, others[0]) for track in moved[:MOST_NAMED]]
    more = (
        [gettext("{count} more changed").format(count=len(moved) - MOST_NAMED)]
        if len(moved) > MOST_NAMED
        else []
    )
    others_said = (
        gettext("The other {counted} cannot be told from no change").format(counted=format_count(rest, noun))
        if rest > 1
        else ""
    )
    others_said = (
        gettext("The other {noun} cannot be told from no change").format(noun=noun)
        if rest == 1
        else others_said
    )
    return _join(
        gettext("Since {first}, {list}.").format(first=first, list=say_list([*named, *more])),
        f"{others_said}, {whom}." if others_said else gettext("All were {whom}.").format(whom=whom),
        say_hidden(level),
    )


def _say_more(tracks: Sequence[Track]) -> str:
    """Where the questions stand that are not drawn."""
    more = len(tracks) - MOST_ROWS
    return (
        gettext("The {most} that moved most are drawn, all {count} are in the table.").format(
            most=MOST_ROWS, count=len(tracks)
        )
        if more > 0
        else ""
    )


def _count_moves(moved: Sequence[Track], judged: int, first: str) -> str:
    """How many questions rose and fell; their words, which are long, stand in the chart."""
    counted = [
        (sum(1 for track in moved if track.way == way), verb) for way, verb in ((1, "rose"), (-1, "fell"))
    ]
    return gettext("Since {first}, of {judged} statements {list}.").format(
        first=first, judged=judged, list=say_list([f"{count} {verb}" for count, verb in counted if count])
    )


def _tell_move(track: Track, level: Result, change: Result) -> str:
    """ "Connecting rose from 34 % to 58 %"; by how much among the same people, where the levels do not say so."""
    assert track.change is not None
    verb = gettext("rose") if track.way > 0 else gettext("fell")
    name = track.name
    known = [row for row in track.rows if row and row["status"] == "ok"]
    unit = level.indicator.unit
    if len(known) > 1 and (known[-1]["value"] - known[0]["value"]) * track.way > 0:
        return gettext("{name} {verb} from {then} to {now}").format(
            name=name,
            verb=verb,
            then=format_value(known[0]["value"], unit),
            now=format_value(known[-1]["value"], unit),
        )
    moved = format_value(track.change["value"], change.indicator.unit).lstrip("+−")
    return gettext("{name} {verb} by {moved} among those who answered both times").format(
        name=name, verb=verb, moved=moved
    )


def list_splits(results: Sequence[Result], labels: Labels) -> list[Split]:
    """Each construct with its change of all who answered, of the same people, and by who answered, in the latest wave.

    The first result is the split; the second the change of those who answered both times, by which a change stands.
    """
    split, panel = results
    periods = list_periods(split)
    latest = split.table[split.table["period"] == periods[-1]]
    moves = _judge_latest(panel, periods[-1])
    key = next(name for name in split.telling if name != "part")
    found = []
    for name, rows in latest.groupby(key, sort=False):
        parts = {str(row["part"]): row for row in _list_rows(rows)}
        change, way = moves.get(str(name), (None, 0))
        track = Track(str(name), labels.get(str(name), str(name)), (), change, way)
        found.append(
            Split(track, *(parts.get(part) for part in (ALL_WHO_ANSWERED, WITHIN_PANEL, WHO_ANSWERED)))
        )
    return sorted(found, key=lambda one: (one.track.way == 0, -abs(_read(one.same))))


def read_split(results: Sequence[Result], labels: Labels) -> str:
    """Whether a change is one of the same people, or of who answered."""
    split = results[0]
    splits = list_splits(results, labels)
    known = [
        one
        for one in splits
        if all(row and row["status"] == "ok" for row in (one.whole, one.same, one.other))
    ]
    if not known:
        return read_result(split, labels)
    unit = split.indicator.unit
    said = []
    for one in [one for one in known if one.track.way][:MOST_NAMED]:
        assert one.same
        span = format_interval(one.same["low"], one.same["high"], split.indicator)
        said.append(
            gettext(
                "{name} moved among the same people by {value} points of the scale ({span}); a change in who answered makes {other}."
            ).format(
                name=one.track.name,
                value=format_value(_read(one.same), unit),
                span=span,
                other=format_value(_read(one.other), unit),
            )
        )
    widest = max(abs(_read(one.other)) for one in known)
    if said:
        return _join(*said)
    return gettext(
        "No change of the same people can be told from chance; a change in who answered moves no mean by more than {most} points of the scale."
    ).format(most=format_value(widest, unit).lstrip("+"))


def list_contrasts(results: Sequence[Result]) -> list[Contrast]:
    """Every group against the rest in every question of the latest wave, all judged together (Holm).

    The first result is by one group of members, the second of everybody. A cell that is hidden or of too few people has NaN.
    """
    parted, everybody = results
    period = list_periods(parted)[-1]
    (group,), (key,) = parted.groups, (name for name in parted.telling if name not in parted.groups)
    own = parted.table[parted.table["period"] == period].reset_index(drop=True)
    whole = everybody.table[everybody.table["period"] == period].set_index(key)
    whole = whole.reindex(own[key]).reset_index()
    is_known = ((own["status"] == "ok") & (whole["status"] == "ok") & has_enough(parted, own)).to_numpy()
    one, other = (
        Interval(*(table[name].to_numpy(dtype=float) for name in ("value", "low", "high")))
        for table in (own, whole)
    )
    size, of = (table["denominator"].fillna(table["n"]).to_numpy(dtype=float) for table in (own, whole))
    gap = contrast_rest(one, size, other, of)
    p = test_interval(*gap, np.full_like(size, np.inf))
    p[~is_known] = np.nan
    is_judged = ~np.isnan(p)
    p[is_judged] = adjust_holm(p[is_judged])
    ways = np.where(p < SIGNIFICANT, np.sign(gap.value), 0).astype(int)
    figures = np.where(is_known, np.stack(gap), np.nan)
    return [
        Contrast(str(row[key]), str(row[group]), row, float(value), float(low), float(high), int(way))
        for row, value, low, high, way in zip(_list_rows(own), *figures, ways, strict=True)
    ]


def choose_groups(contrasts: Sequence[Contrast]) -> list[str]:
    """The groups in their order; of many those with a difference that stands, then the largest."""
    sizes: dict[str, tuple[bool, float]] = {}
    for one in contrasts:
        n = 0.0 if np.isnan(one.value) else float(one.row["n"])
        stands, most = sizes.get(one.group, (False, 0.0))
        sizes[one.group] = stands or one.way != 0, max(most, n)
    kept = sorted(sizes, key=lambda group: (not sizes[group][0], -sizes[group][1]))[:MOST_ROWS]
    return [group for group in sizes if group in kept]


def read_contrasts(results: Sequence[Result], labels: Labels) -> str:
    """Which groups answer otherwise than the rest, of how many looked at."""
    contrasts = list_contrasts(results)
    known = [one for one in contrasts if not np.isnan(one.value)]
    drawn = choose_groups(contrasts)
    groups = len({one.group for one in contrasts})
    more = (
        gettext("{count} of {groups} groups are drawn, all are in the table.").format(
            count=len(drawn), groups=groups
        )
        if groups > len(drawn)
        else ""
    )
    hidden = _join(more, say_hidden(results[0]))
    if not known:
        return _join(gettext("No group can be set against the rest."), hidden)
    moved = sorted((one for one in known if one.way), key=lambda one: -abs(one.value))
    looked = gettext("Of {count} differences from the rest, judged together").format(count=len(known))
    if not moved:
        return _join(gettext("{looked}, none can be told from chance.").format(looked=looked), hidden)
    named = [
        gettext("{group} on {thing} ({value})").format(
            group=one.group, thing=labels.get(one.thing, one.thing), value=format_value(one.value, "net")
        )
        for one in moved[:MOST_NAMED]
    ]
    others = (
        [gettext("{count} more").format(count=len(moved) - MOST_NAMED)] if len(moved) > MOST_NAMED else []
    )
    told = ngettext("{looked}, {n} stands: {list}.", "{looked}, {n} stand: {list}.", len(moved))
    return _join(told.format(looked=looked, n=len(moved), list=say_list([*named, *others])), hidden)


def list_reach(results: Sequence[Result]) -> list[Reach]:
    """Each group: its share of the members, of those asked and of those who answered, their difference, and whether that stands.

    The results are the shares of those asked and who answered, the difference of the two, and those of the members.
    """
    shares, gaps, members = results
    period = list_periods(shares)[-1]
    latest = shares.table[shares.table["period"] == period]
    moves = _judge_latest(gaps, period)
    now = list_periods(members)[-1]
    listed = {str(row["group"]): row for row in _list_rows(members.table[members.table["period"] == now])}
    found = []
    for name, rows in latest.groupby("group", sort=False):
        parts = {str(row["part"]): row for row in _list_rows(rows)}
        gap, way = moves.get(str(name), (None, 0))
        found.append(
            Reach(str(name), listed.get(str(name)), parts.get("Frame"), parts.get("Respondents"), gap, way)
        )
    return sorted(found, key=lambda one: (one.way == 0, -_read(one.asked)))


def read_reach(results: Sequence[Result], labels: Labels) -> str:
    """Which groups the answers leave out, or speak too loudly for."""
    found = list_reach(results)
    judged = [one for one in found if one.gap and one.gap["status"] == "ok"]
    hidden = say_hidden(results[0])
    wave = format_period(list_periods(results[0])[-1], labels)
    if not judged:
        return _join(
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
                asked=format_value(_read(one.asked), "share"),
                answered=format_value(_read(one.answered), "share"),
            )
            for one in found
            if one.way == way
        ]
        if named:
            said.append(f"{words} {'is' if len(named) == 1 else 'are'} {say_list(named)}")
    if not said:
        return _join(
            gettext(
                "In {wave} those who answered are as those who were asked: none of {count} differences stands."
            ).format(wave=wave, count=len(judged)),
            hidden,
        )
    rest = len(judged) - sum(1 for one in judged if one.way)
    others = _say_rest(rest)
    return _join(gettext("In {wave}: {listed}.").format(wave=wave, listed="; ".join(said)), others, hidden)


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
    row = _list_rows(shown)[-1]
    told = gettext("In {period}: {estimate}.").format(
        period=format_period(str(row["period"]), labels), estimate=describe_estimate(row, result.indicator)
    )
    met = int((shown["value"] >= target).sum())
    aim = format_value(target, unit)
    return _join(
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
        return gettext("Weighting moves no {key} at all.").format(key=name_dimension(key).lower())
    told = (
        ""
        if then == now
        else gettext("; most {name}, from {then} to {now}").format(name=name, then=then, now=now)
    )
    return gettext("Weighting moves no {key} by more than {most:.1f} points of its scale{told}.").format(
        key=name_dimension(key).lower(), most=most, told=told
    )


def _judge_latest(change: Result, period: str) -> dict[str, tuple[Row, int]]:
    """Of each question its row of a change in the latest wave, and 1 or −1 where that stands, judged with the others."""
    key = next(name for name in change.telling if name != "part")
    rows = change.table[(change.table["period"] == period) & (change.table["status"] == "ok")]
    clear = find_clear(change, rows) if len(rows) else []
    return {
        str(row[key]): (row, int(np.sign(row["value"])) if is_clear else 0)
        for row, is_clear in zip(_list_rows(rows), clear, strict=True)
    }


def _list_rows(rows: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict(orient="records")]


def _read(row: Row | None) -> float:
    return 0.0 if row is None or row["status"] != "ok" else float(row["value"])


def _join(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
