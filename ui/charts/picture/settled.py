"""A figure settled: nothing is left to be chosen by whoever draws it. Ranges, ticks, margins, titles and legends are explicit.

Plotly is given the same settled figure as the picture, so that one can take the place of the other without a jump.
"""

from __future__ import annotations

import base64
import html
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ui.charts.picture.features import Figure, UnknownFeature, check_features
from ui.charts.picture.scales import Axis, choose_ticks, long_name, make_axis, name_axes, pick
from ui.charts.text import EXTRA_LINE, PHONE, measure, write_keys

HEIGHT = 450.0
TICK_SIZE, TITLE_SIZE = 12, 13
LABEL_GAP = 12
TICKS = {"ticks": "outside", "ticklen": 4, "tickcolor": "rgba(0, 0, 0, 0)"}  # words keep clear of the marks
SERIES = 10
_TEMPLATE = re.compile(r"%\{(text|hovertext|customdata)\}<extra></extra>")
_MARGIN = {"l": 80, "r": 80, "t": 100, "b": 80}


@dataclass(frozen=True)
class Settled:
    """A figure as plain values (`data`, `layout`), with its axes; `height` and `margin` in pixels (l, r, t, b)."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]
    axes: dict[str, Axis]

    @property
    def for_plotly(self) -> dict[str, Any]:
        """What Plotly is given: nothing is left for it to choose."""
        data = [{name: value for name, value in trace.items() if name != "place"} for trace in self.data]
        return {"data": data, "layout": self.layout}

    @property
    def height(self) -> float:
        return float(self.layout["height"])

    @property
    def margin(self) -> dict[str, float]:
        return dict(self.layout["margin"])


def settle(figure: go.Figure) -> Settled:
    """Settle a figure. Raises UnknownFeature where it asks for something outside the subset."""
    spec: Figure = {
        "data": [_plain(trace.to_plotly_json()) for trace in figure.data],
        "layout": _plain({**figure.layout.to_plotly_json(), "template": None}),
    }
    check_features(spec)
    layout = {"height": HEIGHT, **spec["layout"]}
    layout.pop("template")
    layout["margin"] = {**_MARGIN, **layout.get("margin", {}), "autoexpand": False}
    layout["annotations"] = [_settle_annotation(one) for one in layout.get("annotations", [])]
    data = [_settle_trace(trace, place) for place, trace in enumerate(spec["data"])]
    settled = {"data": data, "layout": layout}
    axes = {name: make_axis(settled, name) for name in name_axes(settled)}
    for name, axis in axes.items():
        layout[name] = _settle_axis(layout.get(name, {}), axis, axes, layout)
    _make_room(layout, axes)
    _write_legend(data, layout)
    return Settled(data, layout, axes)


def list_hovers(trace: dict[str, Any]) -> list[str] | None:
    """What each mark of a trace says when pointed at; None where it says nothing."""
    if trace.get("hoverinfo") == "skip":
        return None
    found = _TEMPLATE.fullmatch(str(trace.get("hovertemplate", "")))
    if not found:
        raise UnknownFeature(
            "Marks say what they are in hovertemplate, as %{text}<extra></extra> or with hovertext or customdata; or hoverinfo is skip."
        )
    words = trace.get(found[1])
    rows = trace.get("z") if trace["type"] == "heatmap" else trace.get("x")
    count = sum(len(row) for row in rows) if trace["type"] == "heatmap" and rows else len(rows or ())
    if trace["type"] == "heatmap" and isinstance(words, list):
        words = [word for row in words for word in row]
    return [html.unescape(str(pick(words, place) or "")) for place in range(count)]


def _plain(value: Any) -> Any:
    """Lists, numbers and words as JSON has them; numbers to six decimals, which no pixel tells apart."""
    if isinstance(value, dict) and "bdata" in value:
        numbers = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
        shape = [int(part) for part in str(value.get("shape", "-1")).split(",")]
        return _plain(numbers.reshape(shape).tolist())
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (np.ndarray, pd.Series, pd.Index)):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, np.generic):
        value = value.item()
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        return round(value, 6) if np.isfinite(value) else None
    return value


def _settle_trace(trace: dict[str, Any], place: int) -> dict[str, Any]:
    kind = trace.setdefault("type", "scatter")
    trace["place"] = place
    colour = f"var(--q-c{place % SERIES})"
    if kind == "heatmap":
        list_hovers(trace)
        trace.setdefault("xgap", 0)
        trace.setdefault("ygap", 0)
        trace["textfont"] = {"size": TICK_SIZE, **trace.get("textfont", {})}
        return trace
    trace["showlegend"] = trace.get("showlegend") is not False and "name" in trace
    marker = trace.setdefault("marker", {})
    marker.setdefault("color", trace.get("line", {}).get("color") or colour)
    marker.setdefault("opacity", 1)
    marker["line"] = {"width": 0, "color": "var(--q-back)", **marker.get("line", {})}
    if kind == "scatter":
        trace.setdefault("mode", "lines" if len(trace.get("x") or ()) >= 20 else "lines+markers")
        first = marker["color"] if isinstance(marker["color"], str) else colour
        trace["line"] = {
            "color": first,
            "width": 2,
            "dash": "solid",
            "shape": "linear",
            **trace.get("line", {}),
        }
        marker.setdefault("size", 6)
        marker.setdefault("symbol", "circle")
        if "markers" in trace["mode"] or trace.get("hoverinfo") != "skip":
            list_hovers(trace)
    else:
        list_hovers(trace)
        trace.setdefault("orientation", "v")
    for letter in ("x", "y"):
        errors = trace.get(f"error_{letter}")
        if errors is not None:
            colour_of = trace["line"]["color"] if kind == "scatter" else "var(--q-ink)"
            trace[f"error_{letter}"] = {
                "color": colour_of,
                "thickness": 2,
                "width": 4,
                **errors,
                "symmetric": "arrayminus" not in errors,
            }
    return trace


def _settle_annotation(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("showarrow") is not False:
        raise UnknownFeature("The picture draws no arrows: an annotation has showarrow off.")
    one = {"xref": "x", "yref": "y", "xanchor": "auto", "yanchor": "auto", "xshift": 0, "yshift": 0, **given}
    one = {"x": 0.5, "y": 0.5, "textangle": 0, "text": "", **one}
    one["font"] = {"size": TITLE_SIZE, "color": "var(--q-ink)", **given.get("font", {})}
    for letter, near, far in (("x", "left", "right"), ("y", "bottom", "top")):
        if one[f"{letter}anchor"] == "auto":
            at = one[letter] if one[f"{letter}ref"] == "paper" else 0.5
            middle = "center" if letter == "x" else "middle"
            one[f"{letter}anchor"] = near if at < 1 / 3 else far if at > 2 / 3 else middle
    one.setdefault("align", one["xanchor"])
    if "<br>" in one["text"] and one["align"] != one["xanchor"]:
        raise UnknownFeature("An annotation of several lines is aligned as it is anchored (align, xanchor).")
    return one


def _settle_axis(
    given: dict[str, Any], axis: Axis, axes: dict[str, Axis], layout: dict[str, Any]
) -> dict[str, Any]:
    places, words = choose_ticks(axis, given)
    kept = [(place, word) for place, word in zip(places, words, strict=True) if axis.holds(place)]
    places, words = [place for place, _ in kept], [word for _, word in kept]
    is_seen = given.get("visible", True) and given.get("showticklabels", True)
    margin, title = layout["margin"], (given.get("title") or {}).get("text") or ""
    settled = {
        "showgrid": axis.kind != "category",
        "gridcolor": "var(--q-line)",
        "zeroline": False,
        "side": "bottom" if axis.name[0] == "x" else "left",
        **{
            name: value
            for name, value in given.items()
            if name not in ("title", "nticks", "dtick", "rangemode", "matches")
        },
        **{"type": axis.kind, "range": [axis.low, axis.high], "autorange": False, "automargin": False},
        **{
            "tickmode": "array",
            "tickvals": places,
            "ticktext": words,
            "tickangle": given.get("tickangle") or 0,
            **TICKS,
        },
        **{"tickfont": {"size": TICK_SIZE, "color": "var(--q-ink)", **given.get("tickfont", {})}},
        "domain": list(axis.domain),
    }
    if axis.kind == "category" and axis.categories:
        settled |= {"categoryorder": "array", "categoryarray": list(axis.categories)}
    if not is_seen:
        return settled
    lines = max((word.count("<br>") + 1 for word in words), default=1)
    if axis.name[0] == "y":
        wide = max((_measure_widest(word) for word in words), default=0.0)
        side = "r" if settled["side"] == "right" else "l"
        needed = round(wide) + LABEL_GAP + (20 if title else 0)
        across = axes[long_name(given.get("anchor") or "x")].domain
        if across[1] == 1 if side == "r" else across[0] == 0:
            margin[side] = max(margin[side], needed)
        if title:
            layout["annotations"].append(
                _title(title, x=0, xshift=-needed + 8, y=sum(axis.domain) / 2, textangle=-90)
            )
        return settled
    if settled["tickangle"] not in (0, -90):
        raise UnknownFeature("Words at an axis stand upright or lie (tickangle 0 or -90).")
    deep = 9 + lines * TICK_SIZE * 1.3
    if settled["tickangle"]:
        deep = 9 + max((measure(_strip(word), TICK_SIZE) for word in words), default=0.0)
    is_top = settled["side"] == "top"
    side = "t" if is_top else "b"
    margin[side] = max(margin[side], round(deep) + (20 if title else 0))
    if title:
        shift = (deep + 10) * (1 if is_top else -1)
        layout["annotations"].append(
            _title(title, x=sum(axis.domain) / 2, y=1 if is_top else 0, yshift=round(shift))
        )
    return settled


def _make_room(layout: dict[str, Any], axes: dict[str, Axis]) -> None:
    """Widen the margins for words that reach over the sides of the plot area on a phone: ticks near its ends, names of lines."""
    margin = layout["margin"]
    for name, axis in axes.items():
        given = layout[name]
        is_seen = given.get("visible", True) and given.get("showticklabels", True)
        if name[0] == "y" or not is_seen or given["tickangle"]:
            continue
        for place, word in zip(given["tickvals"], given["ticktext"], strict=True):
            half, share = _measure_widest(word, given["tickfont"]["size"]) / 2, axis.share(place) or 0.0
            inner = PHONE - margin["l"] - margin["r"]
            margin["l"] = max(margin["l"], round(half - share * inner))
            margin["r"] = max(margin["r"], round(half - (1 - share) * inner))
    for one in layout["annotations"]:
        if (one["xref"], one["x"], one["xanchor"], one["textangle"]) == ("paper", 1, "left", 0):
            needed = _measure_widest(one["text"], one["font"]["size"]) + one["xshift"] + 4
            margin["r"] = max(margin["r"], round(needed))


def _measure_widest(text: str, size: float = TICK_SIZE) -> float:
    return max(measure(_strip(line), size) for line in text.split("<br>"))


def _title(text: str, **place: Any) -> dict[str, Any]:
    """The title of an axis as an annotation: where Plotly puts a title depends on what it measures."""
    return _settle_annotation(
        {
            "text": text,
            "showarrow": False,
            "xref": "paper",
            "yref": "paper",
            "xanchor": "center",
            "yanchor": "middle",
            **place,
        }
    )


def _write_legend(data: list[dict[str, Any]], layout: dict[str, Any]) -> None:
    """A legend as a line of text over the chart, which wraps at phone width where Plotly's own would scroll."""
    named = [trace for trace in data if trace.get("showlegend") and layout.get("showlegend") is not False]
    layout.pop("legend", None)
    layout["showlegend"] = False
    if len(named) < 2:
        return
    shades = [
        trace["line"]["color"] if "lines" in trace.get("mode", "") else str(pick(trace["marker"]["color"], 0))
        for trace in named
    ]
    text = write_keys([str(trace["name"]) for trace in named], shades)
    needed = EXTRA_LINE * (text.count("<br>") + 1) + 6
    more = max(0, needed - layout["margin"]["t"])
    layout["margin"]["t"] += more
    layout["height"] += more
    layout["annotations"].append(
        _settle_annotation(
            {
                "text": text,
                "showarrow": False,
                "xref": "paper",
                "yref": "paper",
                "x": 0,
                "y": 1,
                "xanchor": "left",
                "yanchor": "bottom",
            }
        )
    )


def _strip(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


__all__ = ["Settled", "list_hovers", "long_name", "settle"]
