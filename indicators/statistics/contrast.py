"""A group against all others, from figures of the group and of everybody: no rows are needed."""

from __future__ import annotations

import numpy as np

from indicators.statistics.estimators import Floats, Interval, subtract_intervals


def contrast_rest(group: Interval, size: Floats, whole: Interval, of: Floats) -> Interval:
    """Share or mean of a group less that of the rest, with a 95 % interval, from the figures of the group and of everybody.

    `size` and `of` are what the two rest on (answers, or people). The rest is (of · whole − size · group) / (of − size). Its interval is
    that of everybody, wider by √(of / (of − size)): so the rest is taken to vary as everybody does. The interval of the difference is put
    together of both (method of variance estimates recovery: Newcombe 1998; Zou & Donner 2008), as the rest are other people. NaN where
    there is no rest.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.where(of > size, of - size, np.nan)
        rest = (of * whole.value - size * group.value) / left
        wider = np.sqrt(of / left)
    below, above = (whole.value - whole.low) * wider, (whole.high - whole.value) * wider
    return subtract_intervals(group, Interval(rest, rest - below, rest + above))
