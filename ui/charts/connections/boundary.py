"""Ties across each boundary against random mixing: a dot on a grey band, then and now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot

import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    FAINT,
    INK,
    Labels,
    count_rows,
    finish,
    list_axis,
    list_rows,
    make_inert,
    stack_rows,
)
from ui.charts.text import label_row, write_legend, write_rows
from ui.words.language import gettext, gettext_noop, ngettext
from ui.words.numbers import format_period, format_range, format_value, name_dimension

OBSERVED, EXPECTED = gettext_noop("Observed"), gettext_noop("Expected at random")
NOW, THEN, CHOSEN = "#2b808a", "#8aa3a6", "#c8641b"
NULL = "rgba(128, 134, 138, 0.30)"
ROW, LANES = 50, (0.04, 0.34)
FIRM = 1.96
PREFIX = "mixing_cross_"


@dataclass(frozen=True)
class Crossing:
    """Ties across a boundary in a wave: the share, and the mean and range of random mixing."""

    period: str
    share: float
    expected: float
    low: float
    high: float

    @property
    def is_random(self) -> bool:
        """Whether the share lies within what chance makes."""
        return self.low <= self.share <= self.high

    @property
    def spread(self) -> float:
        """The standard deviation of random mixing."""
        return (self.high - self.low) / (2 * FIRM)


def name_boundary(result: Result) -> str:
    """The boundary of a result in words: "organisation type"."""
    return name_dimension(name_attribute(result), is_within=True)


def list_crossings(result: Result) -> list[Crossing]:
    """The last two waves of the first relation that have both figures, in order of time."""
    rows = [row for row in list_rows(result.table) if row["status"] == "ok"]
    relation = next((row["relation"] for row in rows), None)
    parts: dict[str, dict[str, dict[str, float]]] = {}
    for row in rows:
        if row["relation"] == relation and row["part"] in (OBSERVED, EXPECTED):
            figures = {
                name: float(str(row[name])) for name in ("value", "low", "high") if row[name] is not None
            }
            parts.setdefault(str(row["period"]), {})[str(row["part"])] = figures
    return [
        Crossing(
            period,
            part[OBSERVED]["value"],
            part[EXPECTED]["value"],
            part[EXPECTED].get("low", part[EXPECTED]["value"]),
            part[EXPECTED].get("high", part[EXPECTED]["value"]),
        )
        for period, part in parts.items()
        if len(part) == 2
    ][-2:]


def weigh_finding(result: Result) -> float:
    """How strong the finding on a boundary is: its change beyond that of chance in standard deviations of random mixing.

    With one wave it is how far the share lies from chance; without any, less than nothing.
    """
    found = list_crossings(result)
    if not found:
        return -1.0
    off = [one.share - one.expected for one in found]
    spread = hypot(*(one.spread for one in found)) or 1e-6
    return abs(off[-1] - off[0] if len(found) > 1 else off[0]) / spread


def rank_boundaries(results: Sequence[Result]) -> list[Result]:
    """Boundaries by how strong the finding on each is, the strongest first."""
    return sorted(results, key=weigh_finding, reverse=True)


def name_attribute(result: Result) -> str:
    """The attribute whose groups a boundary parts."""
    return result.indicator.id.removeprefix(PREFIX)


def draw_boundaries(results: Sequence[Result], labels: Labels) -> go.Figure:
    """A row a boundary, the one chosen first and in colour: above, the wave before; below, the latest; grey, what chance makes."""
    figure = go.Figure()
    titles: list[tuple[float, list[str]]] = []
    place = -1.0
    drawn: list[float] = []
    for number, result in enumerate(results):
        found = list_crossings(result)
        lines = label_row(
            make_inert(gettext("across {boundary}").format(boundary=name_boundary(result))),
            _tell_shares(found),
        )
        place += count_rows(lines)
        titles.append((place, lines))
        lanes = [place + lane for lane in LANES] if len(found) == 2 else [place + LANES[0]]
        for one, lane in zip(found, lanes, strict=False):
            figure.add_bar(
                x=[one.high - one.low or 0.002],
                base=[one.low],
                y=[lane],
                orientation="h",
                width=0.2,
                marker={"color": NULL, "line_width": 0},
                hovertext=[_tell(one, labels)],
                hovertemplate="%{hovertext}<extra></extra>",
                showlegend=False,
            )
            drawn += [one.low, one.high, one.share]
        shade = CHOSEN if number == 0 else NOW
        figure.add_scatter(
            x=[one.share for one in found],
            y=lanes[: len(found)],
            mode="lines+markers",
            line={"width": 1, "color": shade, "dash": "dot"},
            marker={
                "size": 12,
                "color": shade,
                "symbol": ["circle-open", "circle"][-len(found) :],
                "line_width": 2,
            },
            text=[_tell(one, labels) for one in found],
            hovertemplate="%{text}<extra></extra>",
            showlegend=False,
        )
    write_rows(figure, titles)
    periods = list(dict.fromkeys(one.period for result in results for one in list_crossings(result)))[-2:]
    names = [make_inert(format_period(period, labels)) for period in periods]
    glyphs = ["\u25cb", "\u25cf"][-len(names) :] if names else []
    top = write_legend(
        figure, [*names, gettext("95 % of random mixing")], [*[INK] * len(names), INK], [*glyphs, "\u25fc"]
    )
    axis = (
        {**list_axis("share", drawn, is_whole=False), "range": _frame(drawn)} if drawn else {"visible": False}
    )
    figure.update_xaxes(**axis, gridcolor=FAINT, zeroline=False, tickangle=0)
    count = max(place, 0.0) + 1
    figure.update_layout(barmode="overlay")
    return finish(stack_rows(figure, count), round(top + 40 + ROW * count), top=top, bottom=32)


def read_boundaries(results: Sequence[Result], labels: Labels) -> str:
    """What became of the boundary that is chosen, and which of the others are as open as chance makes them."""
    told = [(name_boundary(result), list_crossings(result)) for result in results]
    known = [(name, found) for name, found in told if found]
    if not known:
        return gettext("No boundary has a figure that can be shown.")
    (name, found), others = known[0], known[1:]
    now = found[-1]
    chance = gettext("random mixing would make {value}").format(value=format_value(now.expected, "share"))
    against = _place(now)
    if len(found) == 1:
        first = gettext("{value} of ties run across {name}; {chance}: {against}.").format(
            value=format_value(now.share, "share"), name=name, chance=chance, against=against
        )
    else:
        then = found[0]
        off = abs((now.share - now.expected) - (then.share - then.expected))
        is_moved = off > FIRM * hypot(now.spread, then.spread)
        way = (
            (gettext("rose") if now.share > then.share else gettext("fell"))
            if is_moved
            else gettext("moved no more than by chance,")
        )
        first = gettext("Ties across {name} {way} from {then} to {now}; {chance}: {against}.").format(
            name=name,
            way=way,
            then=format_value(then.share, "share"),
            now=format_value(now.share, "share"),
            chance=chance,
            against=against,
        )
    parts = []
    alike = [one for one, pair in others if pair[-1].is_random]
    if alike:
        said = ngettext(
            "{names} is as open as chance makes it", "{names} are as open as chance makes them", len(alike)
        )
        parts.append(said.format(names=_join(alike)))
    less = [one for one, pair in others if not pair[-1].is_random and _is_below(pair[-1])]
    if less:
        said = ngettext("{names} is less open than chance", "{names} are less open than chance", len(less))
        parts.append(said.format(names=_join(less)))
    more = [one for one, pair in others if not pair[-1].is_random and not _is_below(pair[-1])]
    if more:
        said = ngettext("{names} is more open than chance", "{names} are more open than chance", len(more))
        parts.append(said.format(names=_join(more)))
    rest = "; ".join(parts)
    return f"{first} {rest[0].upper()}{rest[1:]}." if rest else first


def _is_below(one: Crossing) -> bool:
    return one.share < one.expected


def _place(one: Crossing) -> str:
    if one.is_random:
        return gettext("as open as chance makes it")
    return (
        gettext("members keep to their own more than by chance")
        if _is_below(one)
        else gettext("more open than chance makes it")
    )


def _join(names: Sequence[str]) -> str:
    *first, last = names
    return gettext("{listed} and {last}").format(listed=", ".join(first), last=last) if first else last


def _tell_shares(found: Sequence[Crossing]) -> str:
    if not found:
        return gettext("\u2013 hidden or no data")
    shares = [format_value(one.share, "share").removesuffix(" %") for one in found]
    return " \u2192 ".join(shares) + " %"


def _tell(one: Crossing, labels: Labels) -> str:
    band = format_range(one.low, one.high, "share")
    words = gettext("{period}: {value} of ties; 95 % of random mixing {band}").format(
        period=format_period(one.period, labels), value=format_value(one.share, "share"), band=band
    )
    return make_inert(words)


def _frame(drawn: Sequence[float]) -> list[float]:
    margin = 0.04 * (max(drawn) - min(drawn)) + 0.01
    return [max(min(drawn) - margin, 0.0), min(max(drawn) + margin, 1.02)]
