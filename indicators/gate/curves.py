"""A survival curve for those who may not see single people: at fixed days only, with enough who left between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

FIXED_DAYS: tuple[int, ...] = (30, 60, 90, 120, 150, 180, 270, 365, 545, 730, 1095, 1460, 1825)


def fix_days(table: pd.DataFrame, dimensions: Sequence[str], minimum: int) -> pd.DataFrame:
    """Curves at fixed days, so that nobody's own day of leaving is a step that can be seen.

    `table` has a row for each day of an exit (`numerator` left of `denominator` at risk). A fixed day stands in the curve
    when at least `minimum` left since the one before it in the curve; a curve without any such day keeps one, with n = 0,
    for the gate to hide.
    """
    groups = ["period", *(name for name in dimensions if name != "time_days")]
    is_known = table["status"] == "ok"
    rows = []
    for _, curve in table[is_known].groupby(groups, dropna=False, sort=False):
        days = curve["time_days"].astype(float).to_numpy()
        reached_days = [day for day in FIXED_DAYS if days.min() <= day < days.max()]
        left_before = 0.0
        for day in reached_days:
            left = float(curve["numerator"][days <= day].sum())
            if left - left_before < minimum:
                continue
            at_risk = float(curve["denominator"][days > day].max())
            row = {str(name): value for name, value in curve[days <= day].iloc[-1].items()}
            row |= {"time_days": str(day), "n": at_risk, "numerator": np.nan, "denominator": at_risk}
            rows.append(row)
            left_before = left
        if left_before == 0:
            row = {str(name): value for name, value in curve.iloc[-1].items()}
            day = reached_days[-1] if reached_days else FIXED_DAYS[0]
            rows.append(row | {"time_days": str(day), "n": 0.0, "numerator": np.nan})
    fixed = pd.DataFrame(rows, columns=table.columns).astype(table.dtypes.to_dict())
    return pd.concat([fixed, table[~is_known]], ignore_index=True)
