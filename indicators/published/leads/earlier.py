"""A change is told of two waves: what is hidden of the earlier one is the later one less its change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indicators.catalogue.attitude.change import FIRST
from indicators.definition import Indicator
from warehouse.engine import Engine


@dataclass(frozen=True)
class Earlier:
    """The wave before each wave, and the first of its survey."""

    before: Mapping[str, str]
    first: Mapping[str, str]

    @classmethod
    def of_release(cls, engine: Engine) -> Earlier:
        """Read off a release."""
        waves = engine.lookup(
            "SELECT wave_id, previous_wave_id, first_wave_id FROM wave_order WHERE previous_wave_id IS NOT NULL"
        ).astype(str)
        return cls(*(dict(zip(waves["wave_id"], waves[name], strict=True)) for name in list(waves)[1:]))

    def list_waves(self, indicator: Indicator, periods: Sequence[str]) -> list[str]:
        """Of each period the earlier wave that a change is told of too; of other figures, and where there is none, itself."""
        if not indicator.is_of_two_waves:
            return list(periods)
        known = self.first if indicator.id.endswith(FIRST[0]) else self.before
        return [known.get(period, period) for period in periods]
