"""Which headline figures a load would move: those of the live release beside those of the release that would be made."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ui.blocks.week.headlines import Headline, list_latest
from ui.shell.session import View
from ui.words.numbers import describe_estimate
from ui.words.origin.vintages import NOT_THERE
from warehouse.engine import Engine
from warehouse.release import Release


@dataclass(frozen=True)
class Moved:
    """A headline figure that a load would move, in words."""

    label: str
    then: str
    now: str


def list_moved(view: View, release: Release) -> tuple[Moved, ...]:
    """The headline figures that stand otherwise in another release, as this viewer may see them.

    What leads see of answers, ties and who answered is fixed and audited with each release that is published: of one that is
    not, nothing of it is told.
    """
    engine = Engine(release)
    try:
        later = replace(view, engine=engine, release=release)
        before, after = (
            {one.key: (one, _describe(one)) for one in list_latest(seen)} for seen in (view, later)
        )
    finally:
        engine.close()
    nothing = (None, NOT_THERE)
    moved = []
    for key in dict.fromkeys((*before, *after)):
        (was, then), (to_be, now) = before.get(key, nothing), after.get(key, nothing)
        known = to_be or was
        if then != now and known is not None:
            moved.append(Moved(known.label, then, now))
    return tuple(moved)


def _describe(headline: Headline) -> str:
    return f"{headline.period}: {describe_estimate(headline.row, headline.indicator)}"
