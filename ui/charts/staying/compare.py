"""Two groups a row as two dots, their difference with its interval in words: what goes with what. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    FAINT,
    Labels,
    finish,
    list_axis,
    list_rows,
    make_inert,
    make_whiskers,
    read_float,
    write_hovers,
)
from ui.charts.text import EXTRA_LINE, label_row
from ui.words.language import gettext, ngettext
from ui.words.numbers import format_count, format_range, format_value, name_status

FIRM, OPEN = "#c8641b", "#2b808a"
PANEL, HEAD = 60, 42
LANE = 0.4


def draw_comparisons(results: Sequence[Result], labels: Labels) -> go.Figure:
    """`results` are pairs: a comparison by one measure, and the difference of two of its groups. A row each, on an axis of its own."""
    pairs = _pair(results)
    figure = go.Figure()
    heads = [_head(compared, gap, labels) for compared, gap in pairs]
    heights = [PANEL + HEAD + EXTRA_LINE * (len(lines) - 1) for lines in heads]
    total, above = sum(heights), 0
    for number, ((compared, gap), lines, height) in enumerate(zip(pairs, heads, heights, strict=True)):
        axis = "" if number == 0 else str(number + 1)
        head = height - PANEL
        top = 1 - (above + head) / total
        above += height
        known = _find_ends(compared)
        shade = FIRM if _is_firm(gap) else OPEN
        rows = list_rows(known)
        value = [read_float(row["value"]) or 0.0 for row in rows]
        ends = [(read_float(row["low"]), read_float(row["high"])) for row in rows]
        low, high = np.array(ends, dtype=float).reshape(-1, 2).T
        figure.add_scatter(
            x=value,
            y=[LANE, -LANE][: len(rows)],
            mode="lines+markers",
            line={"width": 1, "color": shade, "dash": "dot"},
            marker={
                "size": 12,
                "color": shade,
                "symbol": ["circle-open", "circle"][: len(rows)],
                "line_width": 2,
            },
            error_x=make_whiskers(np.array(value), low, high, thickness=1.2),
            text=write_hovers(compared, known, labels),
            hovertemplate="%{text}<extra></extra>",
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
            showlegend=False,
        )
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            align="left",
            y=top,
            yref="paper",
            yanchor="bottom",
            yshift=2,
            text="<br>".join(lines),
            showarrow=False,
        )
        drawn = [end for pair in ends for end in pair if end is not None] + value
        unit = compared.indicator.unit
        scale = list_axis(unit, drawn, is_whole=False) if drawn else {"visible": False}
        if drawn:
            margin = 0.06 * (max(drawn) - min(drawn)) or 0.05
            most = 1.005 if unit == "share" else np.inf
            scale = {
                **scale,
                "range": [min(drawn) - margin, min(max(drawn) + margin, most)],
                "rangemode": "normal",
            }
        figure.layout[f"xaxis{axis}"] = {
            **scale,
            "anchor": f"y{axis}",
            "gridcolor": FAINT,
            "zeroline": False,
            "tickangle": 0,
        }
        figure.layout[f"yaxis{axis}"] = {
            "domain": [max(top - (PANEL - 24) / total, 0), top],
            "anchor": f"x{axis}",
            "range": [-1, 1],
            "visible": False,
        }
    return finish(figure, round(total) + 20, top=4, bottom=16)


def read_comparisons(results: Sequence[Result], labels: Labels) -> str:
    """The differences that can be told from chance, how many cannot, and that association is no cause."""
    told, others = [], 0
    for _, gap in _pair(results):
        row = _read_gap(gap)
        if row is not None and _is_firm(gap):
            unit = gap.indicator.unit
            who = str(gap.table["part"].iloc[-1]).lower()
            span = format_range(row["low"], row["high"], unit)
            told.append(
                gettext("those who {who}: {name} {value} ({span})").format(
                    who=who, name=_name(gap), value=format_value(row["value"], unit), span=span
                )
            )
        others += row is not None and not _is_firm(gap)
    if not told and not others:
        return gettext("No two groups can be set against one another: too few people, or hidden.")
    parts = []
    if told:
        listed = "; ".join(told)
        parts.append(f"{listed[0].upper()}{listed[1:]}.")
    if others:
        parts.append(
            gettext("{counted} could be chance.").format(
                counted=format_count(others, "other difference")
                if told
                else format_count(others, "difference")
            )
        )
    hidden = sum(bool((gap.table["status"] == "suppressed").any()) for _, gap in _pair(results))
    if hidden:
        parts.append(
            ngettext("{differences} is for evaluators.", "{differences} are for evaluators.", hidden).format(
                differences=format_count(hidden, "difference")
            )
        )
    return " ".join([*parts, gettext("What goes together, not what causes what.")])


def _pair(results: Sequence[Result]) -> list[tuple[Result, Result]]:
    return list(zip(results[::2], results[1::2], strict=True))


def _name(gap: Result) -> str:
    return gettext(gap.indicator.title.partition(":")[0]).lower()


def _find_ends(compared: Result) -> pd.DataFrame:
    """The first group and the last of a comparison, which are set against one another, of those that can be shown."""
    ends = compared.table.iloc[[0, -1]] if len(compared.table) > 1 else compared.table
    return ends[ends["status"] == "ok"]


def _read_gap(gap: Result) -> dict[str, float] | None:
    known = gap.table[(gap.table["status"] == "ok") & gap.table["low"].notna()]
    return None if known.empty else {name: float(known[name].iloc[-1]) for name in ("value", "low", "high")}


def _is_firm(gap: Result) -> bool:
    row = _read_gap(gap)
    return row is not None and not row["low"] <= 0 <= row["high"]


def _head(compared: Result, gap: Result, labels: Labels) -> list[str]:
    """The difference in bold, what is compared, and the figure of each group."""
    row = _read_gap(gap)
    unit = gap.indicator.unit
    words = "\u2013" if row is None else format_value(row["value"], unit)
    span = f"({format_range(row['low'], row['high'], unit)}) " if row is not None else ""
    measure = compared.indicator.measures[-1]
    groups = ", ".join(
        f"{str(one[measure]).lower()} {format_value(read_float(one['value']), compared.indicator.unit) if one['status'] == 'ok' else name_status(one['status'])}"
        for one in list_rows(compared.table)
        if one[measure] is not None
    )
    why = (
        ""
        if row is not None
        else gettext("; the difference is for evaluators")
        if (gap.table["status"] == "suppressed").any()
        else ""
    )
    groups = groups or name_status("no_data")
    return label_row(make_inert(f"{span}{gettext(compared.indicator.title)}: {groups}{why}"), words)
