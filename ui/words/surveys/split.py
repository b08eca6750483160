"""A change in two parts: what the same people answer otherwise, and what comes of who answered. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indicators.result import Result
from indicators.statistics.change import (
    ALL_WHO_ANSWERED,
    WHO_ANSWERED,
    WITHIN_PANEL,
)
from ui.words.language import gettext, ngettext
from ui.words.numbers import (
    format_interval,
    format_value,
    say_list,
)
from ui.words.readings import read_result
from ui.words.surveys.rows import (
    MOST_NAMED,
    Labels,
    Row,
    join_sentences,
    judge_latest,
    list_periods,
    list_rows,
    read_value,
)
from ui.words.surveys.tracks import Track


@dataclass(frozen=True)
class Split:
    """The change of a construct since a wave, of which the same people make a part and who answered the rest."""

    track: Track
    whole: Row | None
    same: Row | None
    other: Row | None


def list_splits(results: Sequence[Result], labels: Labels) -> list[Split]:
    """Each construct with its change of all who answered, of the same people, and by who answered, in the latest wave.

    The first result is the split; the second the change of those who answered both times, by which a change stands.
    """
    split, panel = results
    periods = list_periods(split)
    latest = split.table[split.table["period"] == periods[-1]]
    moves = judge_latest(panel, periods[-1])
    key = next(name for name in split.telling if name != "part")
    found = []
    for name, rows in latest.groupby(key, sort=False):
        parts = {str(row["part"]): row for row in list_rows(rows)}
        change, way = moves.get(str(name), (None, 0))
        track = Track(str(name), labels.get(str(name), str(name)), (), change, way)
        found.append(
            Split(track, *(parts.get(part) for part in (ALL_WHO_ANSWERED, WITHIN_PANEL, WHO_ANSWERED)))
        )
    return sorted(found, key=lambda one: (one.track.way == 0, -abs(read_value(one.same))))


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
                value=format_value(read_value(one.same), unit),
                span=span,
                other=format_value(read_value(one.other), unit),
            )
        )
    alone = [
        one.track.name
        for one in known
        if one.same and not one.same["low"] <= 0 <= one.same["high"] and not one.track.way
    ]
    widest = max(abs(read_value(one.other)) for one in known)
    if said:
        return join_sentences(*said, _say_alone(alone, len(known)))
    return join_sentences(
        gettext(
            "No change of the same people can be told from chance; a change in who answered moves no mean by more than {most} points of the scale."
        ).format(most=format_value(widest, unit).lstrip("+")),
        _say_alone(alone, len(known)),
    )


def _say_alone(names: Sequence[str], judged: int) -> str:
    """Whose drawn interval leaves out no change, which does not stand where all are judged together."""
    if not names:
        return ""
    return ngettext(
        "The interval of {names} alone leaves out no change; judged together with the others, {judged} in all, it could be chance.",
        "The intervals of {names}, each alone, leave out no change; judged together, {judged} in all, they could be chance.",
        len(names),
    ).format(names=say_list(names), judged=judged)
