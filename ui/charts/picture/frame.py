"""Where things lie: a picture that is as wide as its place, or one of a fixed width for a file."""

from __future__ import annotations

from dataclasses import dataclass

from ui.charts.picture.scales import Axis
from ui.charts.picture.settled import Settled

SPAN = 10_000


@dataclass(frozen=True)
class Frame:
    """The plot area: `tall` pixels high, and `wide` pixels where the width is fixed; else it follows the page.

    Across, lengths are shares of the plot area: in per cent where it follows the page, in pixels where it is fixed. So one
    picture serves a desktop and a phone, and words and marks keep their size.
    """

    tall: float
    wide: float | None = None

    @staticmethod
    def of(settled: Settled, width: float | None) -> Frame:
        """The frame of a settled figure; `width` is of the whole picture."""
        margin = settled.margin
        wide = None if width is None else max(width - margin["l"] - margin["r"], 40.0)
        return Frame(max(settled.height - margin["t"] - margin["b"], 20.0), wide)

    def x(self, share: float) -> str:
        """A length across, from a share of the plot area."""
        return (
            f"{share * 100:.3f}".rstrip("0").rstrip(".") + "%"
            if self.wide is None
            else f"{share * self.wide:.2f}"
        )

    def y(self, share: float) -> float:
        """Pixels from the top, from a share of the plot area from its bottom."""
        return (1 - share) * self.tall

    def across(self, axis: Axis, value: object) -> float | None:
        return axis.share(value)

    def down(self, axis: Axis, value: object) -> float | None:
        share = axis.share(value)
        return None if share is None else self.y(share)

    def at(self, share: float, y: float, content: str, attributes: str = "") -> str:
        """Something drawn around a point."""
        if self.wide is None:
            return f'<svg x="{self.x(share)}" y="{y:.2f}" overflow="visible"{attributes}>{content}</svg>'
        return f'<g transform="translate({self.x(share)},{y:.2f})"{attributes}>{content}</g>'

    def path(self, points: str, attributes: str) -> str:
        """A path whose x run from 0 to SPAN over the plot area, and whose y are pixels."""
        return f'<path d="{points}"{attributes}/>'

    def span(self, share: float) -> float:
        """The x of a path."""
        return share * (SPAN if self.wide is None else self.wide)

    def paths(self, content: str) -> str:
        """Paths, stretched over the plot area; their strokes are not."""
        if self.wide is not None or not content:
            return content
        return (
            f'<svg class="q-paths" width="100%" height="{self.tall:g}" viewBox="0 0 {SPAN} {self.tall:g}" '
            f'preserveAspectRatio="none">{content}</svg>'
        )
