"""Questions over the waves: which changed, and by how much. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from indicators.result import Result
from ui.words.language import gettext
from ui.words.numbers import (
    format_count,
    format_period,
    format_value,
    say_list,
)
from ui.words.readings import read_result, say_hidden
from ui.words.surveys.rows import (
    MOST_NAMED,
    MOST_ROWS,
    Labels,
    Row,
    join_sentences,
    judge_latest,
    list_periods,
    list_rows,
    read_value,
)


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


def list_tracks(results: Sequence[Result], labels: Labels) -> list[Track]:
    """The questions of the first result with their change by the second, those first that changed, from most to least, then the others from high to low.

    A change counts where it is judged with all others of its wave, and that wave is the latest of the first result. ValueError where it is
    of another quantity than the one that is drawn: a mean may move where a share does not.
    """
    level, *others = results
    for one in others:
        if not one.indicator.id.startswith(f"{level.indicator.id}_change"):
            raise ValueError(f"{one.indicator.id} is no change of {level.indicator.id}.")
    labels = level.name_items(labels)
    periods, (key,) = list_periods(level), level.telling
    moves = judge_latest(others[0], periods[-1]) if others else {}
    tracks = []
    for name, rows in level.table.groupby(key, sort=False):
        found = {str(row["period"]): row for row in list_rows(rows)}
        change, way = moves.get(str(name), (None, 0))
        listed = tuple(found.get(period) for period in periods)
        tracks.append(Track(str(name), labels.get(str(name), str(name)), listed, change, way))
    return sorted(
        tracks,
        key=lambda one: (
            one.way == 0,
            one.latest is None,
            -abs(read_value(one.change if one.way else one.latest)),
        ),
    )


def choose_tracks(tracks: Sequence[Track]) -> list[Track]:
    """Of many those that changed most, in the order of all of them."""
    order = sorted(tracks, key=lambda one: (one.way == 0, -abs(read_value(one.change))))
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
        return join_sentences(
            gettext("None of {counted} has changed since {first} by more than chance, {whom}.").format(
                counted=format_count(len(judged), noun), first=first, whom=whom
            ),
            _say_more(tracks),
            say_hidden(level),
        )
    if noun == "item":
        return join_sentences(
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
    return join_sentences(
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
