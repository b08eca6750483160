"""What of all comparisons is told, in which order, and since when it has been. Pure."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from indicators.notable.watched import CHANGES

LEVEL = 0.05
# Beyond this the normal distribution is no guide any more: all that is rarer is equally certain.
CERTAIN = 1e-6
NEW_DAYS = 35
IDENTITY = ["subject", "is_change", "group", "measure"]
REMEMBERED = [*IDENTITY, "told_since"]


def rank(scanned: pd.DataFrame, day: date | None, before: pd.DataFrame) -> pd.DataFrame:
    """What stands out, in the order in which it is told: each thing once, with the day since when it has been told.

    Of a table of groups the one that stands out most is told, the others being its rest. What is new within NEW_DAYS comes
    before what has been told for longer; then one of each theme before any theme has two; then what is more surprising, of
    what is equally certain a change before a state. `before` has REMEMBERED of the release before, `day` is the complete-to day.
    """
    told = scanned[scanned["adjusted"] < LEVEL]
    told = told.assign(
        is_change=told["kind"].isin(CHANGES), surprise=-np.log10(told["adjusted"].clip(lower=CERTAIN))
    )
    told = told.sort_values(
        ["surprise", "is_change", "adjusted", "p"], ascending=[False, False, True, True], kind="stable"
    )
    told = told.drop_duplicates(["kind", "indicator", "by", "measure"]).drop_duplicates(
        ["subject", "group", "measure"]
    )
    told = (
        told.merge(before[REMEMBERED], on=IDENTITY, how="left")
        if len(before)
        else told.assign(told_since=None)
    )
    today = day.isoformat() if day else ""
    told["told_since"] = told["told_since"].fillna(today).astype(str)
    age = (pd.Timestamp(today) - pd.to_datetime(told["told_since"])).dt.days if today else 0
    told = told.assign(is_new=age < NEW_DAYS)
    told = told.sort_values("is_new", ascending=False, kind="stable")
    told["turn"] = told.groupby(["is_new", "theme"], sort=False).cumcount()
    return told.sort_values(["is_new", "turn"], ascending=[False, True], kind="stable").reset_index(drop=True)
