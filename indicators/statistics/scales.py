"""How well the items of a scale go together: Cronbach's alpha with its interval. Beside the estimators."""

from __future__ import annotations

from math import nan

from indicators.statistics.estimators import LEVEL, Floats


def estimate_alpha(covariances: Floats, n: float) -> tuple[float, float, float]:
    """Cronbach's alpha (1951) from the covariance matrix of k items, and Feldt's 95 % interval for n respondents.

    α = k/(k − 1) · (sum of the covariances between different items) / (sum of all). Feldt 1965: (1 − α)/(1 − α̂) is
    F with n − 1 and (n − 1)(k − 1) degrees of freedom. NaN for fewer than two items, or a sum that is not above 0.
    """
    k = len(covariances)
    whole = float(covariances.sum())
    if k < 2 or not whole > 1e-12:
        return nan, nan, nan
    alpha = k / (k - 1) * (whole - float(covariances.trace())) / whole
    if n < 2:
        return alpha, nan, nan
    from scipy import special

    most, least = (
        float(special.fdtri(n - 1, (n - 1) * (k - 1), 0.5 + side)) for side in (LEVEL / 2, -LEVEL / 2)
    )
    return alpha, 1 - (1 - alpha) * most, 1 - (1 - alpha) * least
