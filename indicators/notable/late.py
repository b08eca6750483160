"""What ought to be on record by now and is not: events that nobody's attendance is known of, waves without answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from indicators.gate.disclosure import SCOPES, Scope
from indicators.published.leads.sets import SOURCES, NoSet, read_set
from warehouse.engine import Engine

GRACE_DAYS = 7


@dataclass(frozen=True)
class Late:
    """An event, or a wave, with its name and the day on which it took place, or closed."""

    what: Literal["event", "wave"]
    name: str
    on_date: date


def list_late(engine: Engine, scope: Scope = SCOPES["evaluator"]) -> list[Late]:
    """What is late by GRACE_DAYS or more on the complete-to day, oldest first; of what has never been loaded nothing is.

    For whoever may not know who answered a wave is late until a figure of its answers or ties is told: one who answers more never
    makes the difference.
    """
    found = engine.query(
        """WITH late AS (SELECT complete_to - $1 AS day FROM calendar)
        SELECT 'event' AS what, e.title AS name, d.on_date, '' AS wave_id FROM event_days d JOIN events e USING (event_id), late
        WHERE d.on_date <= late.day AND EXISTS (FROM attendance)
          AND NOT EXISTS (FROM attendance a WHERE a.event_id = d.event_id)
        UNION ALL
        SELECT 'wave', coalesce(w.label, w.wave_id), CAST(w.closed_on AS DATE), w.wave_id FROM waves w, late
        WHERE w.closed_on <= late.day AND EXISTS (FROM invitations i WHERE i.wave_id = w.wave_id)
          AND ($2 OR NOT EXISTS (FROM answers a WHERE a.wave_id = w.wave_id) AND NOT EXISTS (FROM ties t WHERE t.wave_id = w.wave_id))
        ORDER BY on_date, name""",
        [GRACE_DAYS, scope.minimum > 0],
    )
    if scope.minimum:
        found = found[~found["wave_id"].isin(_list_told(engine))]
    return [
        Late(what, str(name), day.date()) for what, name, day, _ in found.itertuples(index=False, name=None)
    ]


def _list_told(engine: Engine) -> set[str]:
    """The waves of which leads are told a figure of answers or ties; all where it cannot be said."""
    told = set[str]()
    try:
        for source in SOURCES:
            told |= read_set(engine, source).list_periods({"answers", "ties"})
    except NoSet:
        return set(engine.lookup("SELECT wave_id FROM waves")["wave_id"].astype(str))
    return told
