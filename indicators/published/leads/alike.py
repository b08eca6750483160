"""A cell of nobody looks like one of a few: whether there is a row for it, or a figure of it, tells of nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from indicators.catalogue.attitude.change import PANEL_NEEDS
from indicators.definition import Indicator
from indicators.engine.asking import has_rows, list_periods
from indicators.published.closing import hide_rows
from indicators.published.leads.rules import HIDDEN
from indicators.published.leads.steps import Told
from indicators.result import FIGURES, Result, list_words
from warehouse.engine import Engine

_ASKED = {"item": "item_id", "construct": "construct"}
_SUBJECTS = (*_ASKED, "relation")
_WAVES = """SELECT w.wave_id, w.survey_id, w.opened_on FROM wave_order w CROSS JOIN calendar c
WHERE w.opened_on <= c.complete_to ORDER BY w.opened_on, w.wave_id"""
NOTHING = "Hidden: of nobody, or of too few people, there is something to tell."
Words = tuple[str, ...]
Scales = Mapping[tuple[str, tuple[str, ...]], Told]


def make_alike(engine: Engine, closed: Sequence[Result], told: Scales) -> list[Result]:
    """The `closed` tables with a hidden row for every cell that could be and has none, by what is asked and known anyway: the
    questions of each wave with the parts of their scales (`told`), the groups, and the values of a measure. An indicator of
    which no row is told has one hidden row a period, whatever there is, unless its table is empty.
    """
    known = {name: [one for one in closed if one.indicator.id == name] for name in _list_names(closed)}
    is_told = {name: any((one.table["status"] == "ok").any() for one in own) for name, own in known.items()}
    cells = {
        name: list(dict.fromkeys(cell for one in own for cell in _read_cells(one)))
        for name, own in known.items()
    }
    return [
        _fill(one, _list_cells(engine, one, cells[one.indicator.id], told))
        if is_told[one.indicator.id]
        else _say_nothing(engine, one)
        for one in closed
    ]


def _list_names(closed: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(one.indicator.id for one in closed))


def _say_nothing(engine: Engine, one: Result) -> Result:
    indicator = one.indicator
    if not has_rows(engine, indicator):
        return one
    periods = list_periods(engine, indicator, one.selection) or [one.selection.period]
    table = pd.DataFrame({"period": periods, "is_complete": True, "status": "suppressed", "reason": NOTHING})
    columns = ["period", "is_complete", *one.dimensions, *FIGURES, "status", "reason"]
    return replace(one, table=table.reindex(columns=columns).astype(dict.fromkeys(FIGURES, np.float64)))


def _list_cells(engine: Engine, one: Result, seen: Sequence[Words], told: Scales) -> list[Words]:
    """Every (period, measures) that a table can have; `seen` are those of all tables of its indicator."""
    indicator = one.indicator
    has_answers = indicator.measures[-1:] == ("answer",)
    if has_answers:
        # Which answers are told together is decided for each attribute by itself.
        seen = list(dict.fromkeys(_read_cells(one)))
    subject = next((place for place, name in enumerate(indicator.measures, 1) if name in _SUBJECTS), 0)
    rests: dict[str, dict[Words, None]] = {}
    for cell in seen:
        rests.setdefault(cell[subject] if subject else "", {})[_leave_out(cell, subject)] = None
    every = dict.fromkeys(rest for listed in rests.values() for rest in listed)
    if indicator.values:
        every = dict.fromkeys((*rest[:-1], value) for rest in every for value in indicator.values)
    scale = told.get((indicator.measures[0], one.groups)) if has_answers else None
    added = []
    for period, word in _list_subjects(engine, indicator, seen, subject):
        own: Iterable[Words] = every
        if scale is not None and word in scale.steps:
            own = [(" + ".join(part),) for part in scale.steps[word].parts]
        elif has_answers:
            own = rests.get(word, {})
        added += [_put_in(period, word, subject, rest) for rest in own]
    return list(dict.fromkeys((*seen, *added)))


def _list_subjects(
    engine: Engine, indicator: Indicator, seen: Iterable[Words], subject: int
) -> Iterator[tuple[str, str]]:
    """Each period with each question or relation that it can be of."""
    words = list(dict.fromkeys(cell[subject] if subject else "" for cell in seen))
    periods = list(dict.fromkeys(cell[0] for cell in seen))
    if indicator.time_axis != "wave":
        yield from product(periods, words)
        return
    waves = engine.lookup(_WAVES)
    seen_on = waves["opened_on"].where(waves["wave_id"].isin(periods))
    is_later = waves["opened_on"] >= seen_on.groupby(waves["survey_id"]).transform("min")
    name = indicator.measures[subject - 1] if subject else ""
    if name not in _ASKED:
        yield from product(dict.fromkeys((*periods, *waves.loc[is_later, "wave_id"].astype(str))), words)
        return
    column = _ASKED[name]
    asked = engine.lookup(
        f"""SELECT DISTINCT survey_id, {column} AS word FROM questions WHERE {column} IS NOT NULL
        AND kind IN (SELECT kind FROM questions WHERE list_contains(?, {column})) ORDER BY ALL""",
        [words],
    )
    known = waves if indicator.needs != PANEL_NEEDS else waves[is_later]
    both = known.merge(asked, on="survey_id")
    yield from zip(both["wave_id"].astype(str), both["word"].astype(str), strict=True)


def _fill(one: Result, cells: Sequence[Words]) -> Result:
    """The table with a hidden row for each cell of each of its groups that has none, and none that says why it has no figure."""
    table = one.table
    keys = ["period", *one.indicator.measures]
    has_cell = table[list(one.dimensions)].notna().all(axis=1).to_numpy()
    is_missing = (table["status"] == "no_data").to_numpy() & has_cell
    if is_missing.any():
        table = table.assign(status=table["status"].mask(is_missing, "ok"))
        table = hide_rows(table, is_missing, HIDDEN)
    known = table[has_cell] if one.dimensions else table
    groups = list(dict.fromkeys(list_words(known, one.groups)))
    there = set(list_words(known, [*keys, *one.groups]))
    missing = [cell + group for cell in cells for group in groups if (*cell, *group) not in there]
    if not missing:
        return replace(one, table=table)
    added = pd.DataFrame(missing, columns=[*keys, *one.groups]).assign(
        is_complete=True, status="suppressed", reason=HIDDEN
    )
    added = added.reindex(columns=list(table)).astype(dict.fromkeys(FIGURES, np.float64))
    return replace(one, table=pd.concat([table, added], ignore_index=True))


def _read_cells(one: Result) -> list[Words]:
    measures = one.indicator.measures
    cells = list_words(one.table, ["period", *measures])
    are_missing = (one.table[name].isna() for name in measures)
    return [cell for cell, *gaps in zip(cells, *are_missing, strict=True) if not any(gaps)]


def _leave_out(cell: Words, subject: int) -> Words:
    return tuple(word for place, word in enumerate(cell) if place not in (0, subject))


def _put_in(period: str, word: str, subject: int, rest: Words) -> Words:
    cell = [period, *rest]
    if subject:
        cell.insert(subject, word)
    return tuple(cell)
