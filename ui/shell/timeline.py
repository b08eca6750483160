"""The names of the waves of a release, and the days of its waves and events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from indicators.result import Result
from indicators.targets import find_target
from ui.shell.once import Once
from ui.shell.session import View

OF_EVENTS = "SELECT event_id AS id, on_date AS day FROM event_days"
OF_WAVES = "SELECT wave_id AS id, opened_on AS day FROM wave_order"
_WAVES: Once[dict[str, str]] = Once(1, has_words=False)
_PLACED: Once[pd.DataFrame] = Once(40, has_words=False)


def label_waves(view: View) -> dict[str, str]:
    """Name of each wave for readers, by wave id."""
    return _WAVES.get(view.engine, None, lambda: _label_waves(view))


def _label_waves(view: View) -> dict[str, str]:
    waves = view.engine.query("SELECT wave_id, coalesce(label, wave_id) AS label FROM wave_order")
    return {str(wave): str(label) for wave, label in zip(waves["wave_id"], waves["label"], strict=True)}


def place_in_time(view: View, result: Result, dimension: str) -> Result:
    """A result with its rows in order of the day of their `event`, or of their wave where `dimension` is `period`.

    Its table has two further columns: `day`, as ISO text and '' where there is none, and `target`, what the programme aims at in
    the month of that day, or else in its quarter or year, of everybody only.
    """
    key = (result.indicator.id, result.selection, view.scope)
    return replace(result, table=_PLACED.get(view.engine, key, lambda: _place(view, result, dimension)))


def list_events(view: View) -> dict[str, str]:
    """The ISO day of each event, by event id; '' where it has none."""
    return _list_days(view, OF_EVENTS)


def _list_days(view: View, dated: str) -> dict[str, str]:
    found = view.engine.query(f"SELECT id, coalesce(strftime(day, '%Y-%m-%d'), '') AS day FROM ({dated})")
    return dict(zip(found["id"].astype(str), found["day"].astype(str), strict=True))


def _place(view: View, result: Result, dimension: str) -> pd.DataFrame:
    days = list_events(view) if dimension == "event" else _list_days(view, OF_WAVES)
    named = result.table[dimension] if dimension in result.table else result.table["period"]
    day = [days.get(str(name), "") for name in named]
    is_everybody = not result.selection.where
    targets = {
        month: _find_target(view, result, month) if is_everybody else np.nan
        for month in {one[:7] for one in day if one}
    }
    placed = result.table.assign(day=day, target=[targets.get(one[:7], np.nan) for one in day])
    return placed.sort_values("day", kind="stable").reset_index(drop=True)


def _find_target(view: View, result: Result, period: str) -> float:
    found = find_target(view.engine, result.indicator.id, period)
    return np.nan if found is None or found.target is None else found.target
