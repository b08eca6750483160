"""What a selection asks of an indicator: its periods, dimensions and settings, refused with the list of what there is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indicators.definition import GRAINS, Indicator
from indicators.gate.disclosure import SCOPES, Scope
from indicators.gate.groups import TOGETHER, list_named
from indicators.selection import WAVE, BadSelection, Selection, list_attributes
from warehouse.contracts import NOT_RECORDED, OF_RESPONDENTS
from warehouse.engine import Engine, quote_name

MOST_LISTED = 20
_VALUES = {
    "wave": "SELECT wave_id AS value FROM wave_order ORDER BY opened_on, wave_id",
    "item": f"SELECT DISTINCT item_id AS value FROM items WHERE kind NOT IN {OF_RESPONDENTS} ORDER BY item_id",
    "construct": "SELECT DISTINCT construct AS value FROM items WHERE construct IS NOT NULL ORDER BY construct",
    "event": "SELECT event_id AS value FROM event_days ORDER BY place",
    "event_kind": "SELECT DISTINCT event_kind AS value FROM event_days WHERE event_kind IS NOT NULL ORDER BY event_kind",
}
CALENDAR_PERIOD = re.compile(r"all|\d{4}(-Q[1-4]|-(0[1-9]|1[0-2])|-W(0[1-9]|[1-4]\d|5[0-3]))?")


# How long a programme may have gone on before anything is recorded of what its members do: a quarter.
QUIET_DAYS = 92
# What members do is known from the first day on of which anything of it is recorded; before it, nobody having done anything says nothing.
_FIRST_RECORDED = {
    "activities": "SELECT min(on_date) AS on_date FROM activity_days",
    "attendance": "SELECT min(e.on_date) AS on_date FROM attendance a JOIN event_days e ON e.event_id = a.event_id",
}


def list_periods(engine: Engine, indicator: Indicator, selection: Selection) -> list[str]:
    """The periods that a selection asks of an indicator, in order of time; BadSelection when there can be none.

    Those of what members do begin where records begin.
    """
    periods = _list_asked(engine, indicator, selection)
    if not _is_of_deeds(indicator):
        return periods
    begun = _list_begun(engine, indicator)
    return [period for period in periods if period in begun]


def _is_of_deeds(indicator: Indicator) -> bool:
    is_of_periods = indicator.time_axis in ("week", "month")
    return is_of_periods and bool(indicator.tables) and indicator.tables[0] in _FIRST_RECORDED


def _list_begun(engine: Engine, indicator: Indicator) -> set[str]:
    """The periods that were not over before the first record of what an indicator counts; none where there is none.

    A programme whose first record comes within a quarter of its first day is on record from that day.
    """
    firsts = " UNION ALL ".join(
        _FIRST_RECORDED[name] for name in sorted({*indicator.tables} & {*_FIRST_RECORDED})
    )
    found = engine.lookup(
        f"""WITH recorded AS (SELECT min(on_date) AS on_date FROM ({firsts}))
        SELECT p.period FROM calendar_periods p, recorded r, calendar c
        WHERE r.on_date IS NOT NULL AND (p.ends_on >= r.on_date OR r.on_date - c.first_on <= {QUIET_DAYS})"""
    )
    return {str(period) for period in found["period"]}


def _list_asked(engine: Engine, indicator: Indicator, selection: Selection) -> list[str]:
    if indicator.time_axis == "wave":
        return _list_waves(engine, indicator, selection)
    if indicator.time_axis == "all":
        if selection.period != "all":
            raise BadSelection(f"{indicator.id} is one figure over all time: ask for it with --period all.")
        return ["all"]
    if not CALENDAR_PERIOD.fullmatch(selection.period):
        raise BadSelection(
            f"{indicator.id} has no period {selection.period}: "
            "use all, a year (2015), quarter (2015-Q3), month (2015-09) or week (2015-W37)."
        )
    grain = selection.grain
    if not grain:
        known = engine.lookup("SELECT period FROM calendar_periods WHERE period = ?", [selection.period])
        return [str(period) for period in known["period"]]
    if grain not in GRAINS:
        raise BadSelection(f"There is no series by {grain}: use one of {', '.join(GRAINS)}.")
    inside = engine.lookup(
        """SELECT p.period FROM calendar_periods p, calendar_periods outer_period
        WHERE p.grain = ? AND outer_period.period = ?
          AND p.starts_on <= outer_period.ends_on AND p.ends_on >= outer_period.starts_on ORDER BY p.starts_on""",
        [grain, selection.period],
    )
    return [str(period) for period in inside["period"]]


def _list_waves(engine: Engine, indicator: Indicator, selection: Selection) -> list[str]:
    waves = engine.lookup(
        """SELECT w.wave_id, w.survey_id, p.period AS calendar_period FROM wave_order w
        LEFT JOIN calendar_periods p ON w.opened_on BETWEEN p.starts_on AND p.ends_on
        ORDER BY w.opened_on, w.wave_id"""
    )
    wanted = waves
    if selection.period != "all":
        # What a wave is called is that wave, also where a year is called so.
        is_wave = waves["wave_id"] == selection.period
        wanted = waves[is_wave if is_wave.any() else waves["calendar_period"] == selection.period]
        if wanted.empty and not CALENDAR_PERIOD.fullmatch(selection.period):
            known = ", ".join(dict.fromkeys(waves["wave_id"])) or "none"
            raise BadSelection(f"{indicator.id} has no wave {selection.period}; the waves are: {known}.")
    return list(dict.fromkeys(str(wave) for wave in wanted["wave_id"]))


def explain_nothing(
    engine: Engine, indicator: Indicator, selection: Selection, periods: Sequence[str]
) -> str:
    """Why there is no figure where there are no rows: what was asked for, or what has not been loaded."""
    if indicator.time_axis == "wave" and not periods and engine.times("wid"):
        waves = engine.lookup("SELECT min(opened_on) AS first, max(opened_on) AS latest FROM wave_order")
        first, latest = (f"{day:%Y-%m-%d}" for day in waves.iloc[0])
        return (
            f"No wave of it was opened in {selection.period}; waves were opened from {first} to {latest}: choose all time or "
            "another period."
        )
    if _is_of_deeds(indicator) and not _list_begun(engine, indicator):
        return f"No data: load {indicator.needs}."
    if indicator.time_axis in ("week", "month") and not periods and engine.times("pid"):
        return f"The data have nothing of {selection.period}: choose all time or another period."
    # That a relation has nothing of it is no matter of whom it is asked for.
    narrowed = [value for name, value in selection.where if name != "relation"]
    if narrowed and has_rows(engine, indicator):
        chosen = ", ".join(narrowed)
        return f"There is nothing for {chosen}: choose another group or period."
    return f"No data: load {indicator.needs}."


def has_rows(engine: Engine, indicator: Indicator) -> bool:
    """Whether anything is loaded of the table without which there is nothing to count."""
    table = quote_name(indicator.tables[0]) if indicator.tables else "members"
    return bool(engine.lookup(f"SELECT count(*) > 0 AS has_rows FROM {table}")["has_rows"].iloc[0])


def check_dimensions(
    engine: Engine, indicator: Indicator, selection: Selection, scope: Scope = SCOPES["admin"]
) -> None:
    """Refuse a dimension that the indicator does not have, or a value that the release does not have, with the list of those that
    there are, as far as the scope may know of them."""
    own = [WAVE] if indicator.time_axis == "wave" else []
    known = [*list_attributes(engine), *own, *indicator.measures, *indicator.breakdowns]
    if indicator.is_whole:
        known = [*own, *indicator.measures, *indicator.breakdowns]
    for dimension in (*selection.by, *(name for name, _ in selection.where)):
        if indicator.is_whole and dimension in list_attributes(engine) and dimension not in known:
            raise BadSelection(
                f"{indicator.id} has no groups: it is a figure of everybody. Ask for it without {dimension}."
            )
        if dimension not in known:
            raise BadSelection(f"{indicator.id} has no dimension {dimension}; it has: {', '.join(known)}.")
    for dimension, value in selection.where:
        _check_value(engine, dimension, value, scope)


def _check_value(engine: Engine, dimension: str, value: str, scope: Scope) -> None:
    """Refuse a value that the release does not have, with those it has: a misspelt one would else be an empty group."""
    if dimension in list_attributes(engine):
        known = sorted(list_named(engine, dimension, scope))
    elif dimension in _VALUES:
        known = [str(one) for one in engine.lookup(_VALUES[dimension])["value"]]
    else:
        return
    if value not in (*known, TOGETHER, NOT_RECORDED):
        listed = ", ".join(known[:MOST_LISTED]) + (
            f" and {len(known) - MOST_LISTED} more" if len(known) > MOST_LISTED else ""
        )
        raise BadSelection(f"There is no {dimension} {value}; there are: {listed or 'none'}.")


def apply_settings(indicator: Indicator, selection: Selection) -> Indicator:
    """The indicator with the parameters that the selection sets; BadSelection for one it does not have."""
    if not selection.settings:
        return indicator
    known = {parameter.name: parameter for parameter in indicator.parameters}
    for name, value in selection.settings:
        if name not in known:
            listed = ", ".join(known) or "none"
            raise BadSelection(f"{indicator.id} has no parameter {name}; it has: {listed}.")
        if value not in known[name].reasonable:
            listed = ", ".join(known[name].reasonable)
            raise BadSelection(f"{indicator.id} cannot be computed with {name} {value}: use one of {listed}.")
    assert indicator.rebuild is not None
    values = {name: parameter.value for name, parameter in known.items()} | dict(selection.settings)
    return indicator.rebuild(**values)
