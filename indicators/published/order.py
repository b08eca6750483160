"""The order of the rows that are told: by what is defined alone, since an order by what there is tells what there is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.definition import ORDERED_DIMENSIONS, Indicator
from indicators.gate.groups import TOGETHER
from indicators.published.leads.steps import STATEMENTS
from warehouse.engine import Engine

Places = NDArray[np.float64]


def order_rows(
    engine: Engine,
    indicator: Indicator,
    table: pd.DataFrame,
    periods: Sequence[str],
    dimensions: Sequence[str],
) -> pd.DataFrame:
    """The rows by period, by the words of what has no order of its own, what is together last, and by the places of the rest on
    their scale or among the declared values. What is of no group, or of no value, comes last."""
    places = {period: place for place, period in enumerate(periods)}
    keys: list[Places] = [np.array([places[period] for period in table["period"].astype(str)], dtype=float)]
    words = [name for name in dimensions if name not in ORDERED_DIMENSIONS]
    for name in words:
        keys += [_rank(table[name], sort=True)]
    for name in dimensions:
        if name not in words:
            keys += [_place(engine, indicator, table, name)]
    return table.take(np.lexsort(keys[::-1])).reset_index(drop=True)


def _rank(words: pd.Series, *, sort: bool) -> Places:
    codes, known = pd.factorize(words, sort=sort)
    last = (words == TOGETHER).to_numpy(dtype=bool)
    return np.where(codes < 0, len(known) + 1, np.where(last, len(known), codes)).astype(np.float64)


def _place(engine: Engine, indicator: Indicator, table: pd.DataFrame, name: str) -> Places:
    """The place of each row on the scale of its question, among the declared values, or as a number; else each word has that
    at which it is first: all of a definition are told together, in its order."""
    words = table[name]
    if name == "answer":
        subject = indicator.measures[0]
        scale = engine.lookup(STATEMENTS[subject])
        known = zip(scale["subject"].astype(str), scale["answer"].astype(str), strict=True)
        places = dict(zip(known, scale["place"].astype(float), strict=True))
        cells = zip(table[subject].map(str), words.map(str), strict=True)  # Of nobody there is no answer.
        return np.array([places.get((one, all_.split(" + ")[0]), np.inf) for one, all_ in cells], dtype=float)
    if indicator.values:
        declared = {value: float(place) for place, value in enumerate(indicator.values)}
        return np.array([declared.get(word, np.inf) for word in words.map(str)], dtype=float)
    numbers = pd.to_numeric(words, errors="coerce")
    if numbers.notna().equals(words.notna()):
        return np.asarray(numbers.fillna(np.inf), dtype=float)
    return _rank(words, sort=False)
