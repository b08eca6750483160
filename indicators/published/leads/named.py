"""Ties are told by those who name them: a network in which a few named others is theirs, however many members stand in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from indicators.gate.disclosure import Scope
from indicators.gate.groups import TOGETHER
from indicators.published.closing import hide_rows
from indicators.published.leads.earlier import Earlier
from indicators.published.leads.rules import HIDDEN
from indicators.result import Result, list_words
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import Engine, quote_name

_RELATION = "relation"
_KEYS = ["period", _RELATION]
Cut = tuple[str, tuple[str, ...]]


def leave_out_few_named(
    engine: Engine, exact: Mapping[Cut, Result], before: Iterable[pd.DataFrame], scope: Scope
) -> dict[Cut, Result]:
    """The tables without the relations that in no wave enough named somebody in for a share, unless leads were told of them `before`.

    That there is a row of such a relation would tell that somebody named it, and hide one of another relation beside it.
    """
    named = _count_named(engine, (), {})
    known = set(named.loc[named["named"] >= scope.least_of_share, _RELATION].astype(str))
    for rows in before:
        known |= {str(word) for cell in rows["cell"].unique() for word in json.loads(cell)}
    left = {}
    for key, one in exact.items():
        is_of_one = (
            one.table[_RELATION].notna() if _RELATION in one.table else pd.Series(False, one.table.index)
        )
        kept = ~is_of_one | one.table.get(_RELATION, is_of_one).astype(str).isin(known)
        left[key] = replace(one, table=one.table[kept].reset_index(drop=True))
    return left


def hide_few_named(
    engine: Engine, closed: Sequence[Result], alone: Mapping[str, Sequence[str]], scope: Scope
) -> list[Result]:
    """Hide of ties every row of a wave and relation, and of a group in them, in which fewer named somebody than a share needs: of
    a change, in either wave."""
    earlier = Earlier.of_release(engine)
    cuts = [tuple(name for name in one.groups if name in engine.attributes) for one in closed]
    named = {by: _count_named(engine, by, alone) for by in {(), *cuts}}
    least = scope.least_of_share
    return [
        replace(
            one,
            table=hide_rows(
                one.table,
                np.logical_or.reduce(
                    [
                        _find_few(one.table.assign(period=waves), named[among], least)
                        for waves in (one.table["period"], _list_earlier(one, earlier))
                        for among in ((), by)
                    ]
                ),
                HIDDEN,
            ),
        )
        for one, by in zip(closed, cuts, strict=True)
    ]


def _count_named(engine: Engine, by: tuple[str, ...], alone: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """How many members named somebody, by wave, relation and the group that they are told of in."""
    names = [
        f"coalesce(CAST(f.{quote_name(name)} AS VARCHAR), '{NOT_RECORDED}') AS {quote_name(name)}"
        for name in by
    ]
    people = engine.query(
        f"""SELECT DISTINCT {", ".join(["t.wave_id AS period", "t.relation", "t.from_member_id AS member_id", *names])}
        FROM ties t JOIN frames f ON f.wave_id = t.wave_id AND f.member_id = t.from_member_id"""
    )
    for name in by:
        people[name] = people[name].where(people[name].isin(list(alone.get(name, ()))), TOGETHER)
    return people.groupby([*_KEYS, *by])["member_id"].nunique().rename("named").reset_index()


def _list_earlier(result: Result, earlier: Earlier) -> list[str]:
    return earlier.list_waves(result.indicator, result.table["period"].astype(str).tolist())


def _find_few(table: pd.DataFrame, named: pd.DataFrame, least: int) -> np.ndarray:
    """Which rows are of a wave, relation and group in which fewer than `least` named somebody."""
    keys = [name for name in named.columns if name != "named" and name in table]
    counted: dict[tuple[str, ...], int] = {}
    for cell, number in zip(list_words(named, keys), named["named"], strict=True):
        counted[cell] = max(number, counted.get(cell, 0))
    return np.array([counted.get(cell, 0) < least for cell in list_words(table, keys)], dtype=bool)
