"""Which figures of a sealed page a later release has changed; only what the gate let out is compared."""

from __future__ import annotations

from typing import Any

import pandas as pd

from indicators.result import FIGURES, Result
from sharing.sealing.extract import Extract

Key = tuple[str, ...]


def find_restated(sealed: Extract, fresh: Extract) -> list[str]:
    """The titles of the sealed figures that stand otherwise in a fresh extract, in the order of the page.

    A figure is restated when a value that was shown for a period is another one now, or is no longer shown. A new
    period is no restatement, nor is a figure over all time once the data reach further.
    """
    others = {_name(result): result for result in fresh.results}
    has_moved = sealed.complete_to != fresh.complete_to
    titles = []
    for result in sealed.results:
        shown = _list_shown(result, has_moved)
        other = others.get(_name(result))
        now = {} if other is None else _list_shown(other, has_moved)
        if any(now.get(key) != figures for key, figures in shown.items()):
            titles.append(result.indicator.title)
    return list(dict.fromkeys(titles))


def _name(result: Result) -> Key:
    return (result.indicator.id, *result.selection.by)


def _list_shown(result: Result, has_moved: bool) -> dict[Key, tuple[Any, ...]]:
    """The figures shown, by period and groups."""
    table = result.table[result.table["status"] == "ok"]
    if has_moved:
        table = table[table["period"] != "all"]
    keys = ["period", *result.dimensions]
    return {
        tuple(str(row[name]) for name in keys): tuple(
            None if pd.isna(row[name]) else round(float(row[name]), 6) for name in FIGURES
        )
        for row in table.to_dict(orient="records")
    }
