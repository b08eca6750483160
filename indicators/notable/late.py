"""What ought to be on record by now and is not: events that nobody's attendance is known of, waves without answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from warehouse.engine import Engine

GRACE_DAYS = 7


@dataclass(frozen=True)
class Late:
    """An event, or a wave, with its name and the day on which it took place, or closed."""

    what: Literal["event", "wave"]
    name: str
    on_date: date


def list_late(engine: Engine, minimum: int = 0) -> list[Late]:
    """What is late by GRACE_DAYS or more on the complete-to day, oldest first; of what has never been loaded nothing is.

    For whoever may not know of fewer than `minimum` people a wave is late until so many answered, or named ties: that nobody did
    is not told apart from that a few did.
    """
    found = engine.query(
        """WITH late AS (SELECT complete_to - $1 AS day FROM calendar)
        SELECT 'event' AS what, e.title AS name, d.on_date FROM event_days d JOIN events e USING (event_id), late
        WHERE d.on_date <= late.day AND EXISTS (FROM attendance)
          AND NOT EXISTS (FROM attendance a WHERE a.event_id = d.event_id)
        UNION ALL
        SELECT 'wave', coalesce(w.label, w.wave_id), CAST(w.closed_on AS DATE) FROM waves w, late
        WHERE w.closed_on <= late.day AND EXISTS (FROM invitations i WHERE i.wave_id = w.wave_id)
          AND (SELECT count(DISTINCT a.respondent_id) FROM answers a WHERE a.wave_id = w.wave_id) < greatest($2, 1)
          AND (SELECT count(DISTINCT t.from_member_id) FROM ties t WHERE t.wave_id = w.wave_id) < greatest($2, 1)
        ORDER BY on_date, name""",
        [GRACE_DAYS, minimum],
    )
    return [Late(what, str(name), day.date()) for what, name, day in found.itertuples(index=False, name=None)]
