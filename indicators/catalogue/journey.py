"""The member's journey: attending, new ties, staying; as association and not cause."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.definition import Indicator


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part."""
    return ()
