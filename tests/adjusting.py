"""P-values adjusted by statsmodels."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.multitest import multipletests


def adjust_p(found: Sequence[float] | NDArray[np.float64], method: str) -> NDArray[np.float64]:
    """As `multipletests` adjusts them; at each call it has all garbage collected, which takes 40 ms where the rest takes 0.1."""
    with patch("gc.collect"):
        return np.asarray(multipletests(found, method=method)[1], dtype=np.float64)
