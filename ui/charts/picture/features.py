"""The subset of go.Figure that the builders use and the picture knows; anything else is an error, never left out in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Known = dict[str, Any]
Figure = dict[str, Any]

_FONT: Known = dict.fromkeys(("size", "color", "weight", "style", "family"))
_LINE: Known = dict.fromkeys(("color", "width", "dash", "shape"))
_ERRORS: Known = dict.fromkeys(
    ("type", "symmetric", "array", "arrayminus", "thickness", "width", "color", "visible")
)
_MARKER: Known = {
    **dict.fromkeys(("color", "size", "symbol", "opacity")),
    "line": dict.fromkeys(("color", "width")),
}
_WORDS: Known = {
    **dict.fromkeys(("text", "hovertext", "customdata", "hovertemplate", "hoverinfo", "name", "showlegend")),
    **dict.fromkeys(("legendgroup", "meta")),
}
_BOTH: Known = {
    **_WORDS,
    **dict.fromkeys(("type", "x", "y", "xaxis", "yaxis", "opacity", "textposition", "zorder", "cliponaxis")),
    "textfont": _FONT,
    "marker": _MARKER,
    "error_x": _ERRORS,
    "error_y": _ERRORS,
}
TRACES: dict[str, Known] = {
    "scatter": {
        **_BOTH,
        **dict.fromkeys(("mode", "fill", "fillcolor", "connectgaps")),
        "line": _LINE,
    },
    "bar": {
        **_BOTH,
        **dict.fromkeys(("orientation", "base", "width", "insidetextanchor", "textangle", "constraintext")),
    },
    "heatmap": {
        **_WORDS,
        **dict.fromkeys(
            ("type", "x", "y", "z", "xaxis", "yaxis", "texttemplate", "colorscale", "zmin", "zmax")
        ),
        **dict.fromkeys(("zmid", "showscale", "xgap", "ygap")),
        "textfont": _FONT,
    },
}
_AXIS: Known = {
    **dict.fromkeys(
        ("type", "range", "rangemode", "autorange", "domain", "anchor", "side", "visible", "matches")
    ),
    **dict.fromkeys(
        ("tickvals", "ticktext", "tickmode", "nticks", "dtick", "tickangle", "ticks", "showticklabels")
    ),
    **dict.fromkeys(("showgrid", "gridcolor", "gridwidth", "zeroline", "zerolinecolor", "zerolinewidth")),
    **dict.fromkeys(("showline", "automargin", "fixedrange", "categoryorder", "categoryarray", "layer")),
    "tickfont": _FONT,
    "title": {"text": None, "standoff": None, "font": _FONT},
}
_SHAPE: Known = {
    **dict.fromkeys(("type", "x0", "x1", "y0", "y1", "xref", "yref", "layer", "fillcolor", "opacity")),
    "line": _LINE,
}
_ANNOTATION: Known = {
    **dict.fromkeys(("text", "x", "y", "xref", "yref", "xanchor", "yanchor", "xshift", "yshift", "align")),
    **dict.fromkeys(("showarrow", "textangle", "hovertext")),
    "font": _FONT,
}
LAYOUT: Known = {
    **dict.fromkeys(
        ("height", "barmode", "bargap", "showlegend", "hovermode", "dragmode", "template", "autosize")
    ),
    **dict.fromkeys(("paper_bgcolor", "plot_bgcolor")),
    "margin": dict.fromkeys(("l", "r", "t", "b", "pad", "autoexpand")),
    "font": _FONT,
    "legend": {**dict.fromkeys(("orientation", "x", "y", "xanchor", "yanchor", "traceorder")), "font": _FONT},
    "shapes": [_SHAPE],
    "annotations": [_ANNOTATION],
}


class UnknownFeature(ValueError):
    """A figure that asks for something the picture does not draw: one sentence that says what and where."""


def check_features(figure: Figure) -> None:
    """Raises UnknownFeature for the first thing of a figure that is not in the subset."""
    for place, trace in enumerate(figure["data"]):
        kind = trace.get("type", "scatter")
        if kind not in TRACES:
            raise UnknownFeature(f"The picture draws no {kind}: use {', '.join(TRACES)}.")
        _check(trace, TRACES[kind], f"{kind} {place}")
    layout = {name: value for name, value in figure["layout"].items() if name[:5] not in ("xaxis", "yaxis")}
    _check({**layout, "template": None}, LAYOUT, "layout")
    for name in figure["layout"].keys() - layout.keys():
        _check(figure["layout"][name], _AXIS, name)


def _check(given: Mapping[str, Any], known: Known, where: str) -> None:
    for name, value in given.items():
        if name not in known:
            raise UnknownFeature(f"The picture does not know {name} of {where}.")
        inner = known[name]
        if isinstance(inner, list):
            for place, one in enumerate(value):
                _check(one, inner[0], f"{where}, {name} {place}")
        elif isinstance(inner, dict) and isinstance(value, dict):
            _check(value, inner, f"{where}, {name}")
