"""What a wave's response rate allows: warnings on the passport, and figures that are withheld."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from indicators.definition import Indicator
from warehouse.engine import Engine

FEW_ANSWERED = 0.80
TOO_FEW_ANSWERED = 0.65
RESPONSE_RATES = """
SELECT wave_id, count(*) AS asked, count(*) FILTER (WHERE has_responded) AS answered, CAST(answered AS DOUBLE) / asked AS rate
FROM frames WHERE is_asked AND disposition IS DISTINCT FROM 'ineligible' GROUP BY wave_id"""


def read_response_rates(engine: Engine, rounding: int = 0) -> dict[str, float]:
    """By wave the share of those asked who answered at least in part, without those found ineligible.

    Where counts are told in steps of `rounding` it is that of the middles of both steps: what follows from it tells no more.
    """
    rates = engine.lookup(RESPONSE_RATES)
    if rounding:
        asked, answered = (
            np.floor(rates[name] / rounding) * rounding + (rounding - 1) / 2 for name in ("asked", "answered")
        )
        rates = rates.assign(rate=np.minimum(answered / asked, 1.0))
    return dict(zip(rates["wave_id"].astype(str), rates["rate"].astype(float), strict=True))


def list_warnings(
    engine: Engine, indicator: Indicator, periods: Sequence[str], told: Mapping[str, float] | None = None
) -> tuple[str, ...]:
    """One sentence for each wave asked for in which fewer than 80 % answered; none where nothing comes from a survey.

    For whoever may not know who answered it says no more than `told`, the response rates that are told of the waves: of one that is
    hidden, be it that few answered or that few did not, that it is.
    """
    is_network = "ties" in indicator.tables
    if indicator.time_axis != "wave" or not (is_network or "answers" in indicator.tables):
        return ()
    table = "arcs" if is_network else "answers"
    is_of_it = f"w.wave_id IN (SELECT wave_id FROM {table})"
    if told is not None:
        # A wave that nobody answered has it like one that a few did.
        asked = (
            "SELECT o.survey_id FROM arcs JOIN wave_order o USING (wave_id)"
            if is_network
            else "SELECT survey_id FROM items"
        )
        is_of_it = f"""w.survey_id IN ({asked}) AND w.opened_on <= (SELECT complete_to FROM calendar)
        AND w.wave_id IN (SELECT wave_id FROM invitations)"""
    found = engine.lookup(
        f"SELECT w.wave_id, coalesce(w.label, w.wave_id) AS label FROM wave_order w WHERE {is_of_it}"
    )
    waves = dict(zip(found["wave_id"].astype(str), found["label"].astype(str), strict=True))
    listed = [wave for wave in periods if wave in waves]
    effect = (
        "ties of the others are known from one side only"
        if is_network
        else "those who did not may think differently"
    )
    rates = read_response_rates(engine) if told is None else told
    about = "" if told is None else "About "
    if told is None:
        listed = [wave for wave in listed if wave in rates]
    return tuple(
        f"{about}{rates[wave] * 100:.0f} % of everybody asked answered in {waves[wave]} (with partial answers): {effect}."
        if wave in rates
        else f"How many of everybody asked answered in {waves[wave]} is hidden: {effect}."
        for wave in listed
        if rates.get(wave, 0.0) < FEW_ANSWERED
    )


def withhold(
    engine: Engine, indicator: Indicator, table: pd.DataFrame, periods: Sequence[str], rounding: int = 0
) -> pd.DataFrame:
    """Put one row with the reason, a relation, in place of the figures of waves with too low a response."""
    if not indicator.least_response:
        return table
    rates = read_response_rates(engine, rounding)
    about = "about " if rounding else ""
    reasons = {
        wave: f"Withheld: {about}{rates[wave] * 100:.0f} % of everybody asked answered (with partial answers), and it cannot be relied on below "
        f"{indicator.least_response * 100:.0f} %."
        for wave in periods
        if rates.get(wave, 1.0) < indicator.least_response
    }
    relations = engine.lookup("SELECT DISTINCT wave_id AS period, relation FROM arcs")
    withheld = relations[relations["period"].isin(list(reasons))]
    if withheld.empty:
        return table
    withheld = withheld.assign(reason=withheld["period"].map(reasons), n=0.0)
    kept = table[~table["period"].isin(list(reasons))]
    if kept.empty:
        return withheld.reindex(columns=[*table.columns, "reason"])
    return pd.concat([kept, withheld], ignore_index=True)
