"""Stacked shares of the answers to items or constructs. Pure: no Streamlit, no queries."""

from __future__ import annotations

from collections import Counter

import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    NO_LABELS,
    ROW_HEIGHT,
    UNDER,
    Labels,
    count_rows,
    finish,
    join_names,
    make_inert,
    mark_rows,
    name_statuses,
    stack_rows,
    write_hovers,
)
from ui.charts.text import wrap, write_legend, write_rows
from ui.words.language import gettext
from ui.words.numbers import format_value

LIKERT = ("#b4541a", "#df9f76", "#c3caca", "#74b3b8", "#1a7079")
LIKERT_INK = ("#ffffff", "#0d191d", "#0d191d", "#0d191d", "#ffffff")


def draw_likert(result: Result, labels: Labels = NO_LABELS) -> go.Figure:
    """Stacked shares of the latest wave, one bar an item or construct, centred on the middle of the scale.

    The legend is of the scale that most have; one with answers of other words names its own ends.
    """
    table = result.table[result.table["period"] == result.table["period"].iloc[-1]]
    groups = [name for name in result.telling if name != "answer"]
    rows = list(table.groupby(groups, sort=False, dropna=False)) if groups else [((), table)]
    figure = go.Figure()
    titles: list[tuple[float, list[str]]] = []
    steps: dict[str, str] = {}
    places: list[float] = []
    reach, place = 0.1, -1.0
    scales = [tuple(row["answer"].astype(str)) for _, row in rows]
    usual = Counter(scales).most_common(1)[0][0]
    for scale, (names, row) in zip(scales, rows, strict=True):
        title = join_names(names, labels)
        if scale != usual:
            title += make_inert(
                gettext(" (from “{first}” to “{last}”)").format(first=scale[0], last=scale[-1])
            )
        values = row["value"].to_numpy(dtype=float)
        if not (row["status"] == "ok").all():
            known = int((row["status"] == "ok").sum())
            hidden = gettext("{statuses} ({known} of {count} shares can be shown)").format(
                statuses=name_statuses(row["status"]), known=known, count=len(row)
            )
            title = f"{title}: {hidden}"
        lines = wrap(title)
        place += count_rows(lines)
        titles.append((place, lines))
        if not (row["status"] == "ok").all():
            continue
        places.append(place)
        if scale == usual:
            steps = {
                _name_step(answer, step, len(scale)): _likert_shade(step, len(scale))[0]
                for step, answer in enumerate(scale)
            }
        middle = (len(values) - 1) / 2
        start = -sum(value * _side(step, middle) for step, value in enumerate(values))
        reach = max(reach, -start, start + float(values.sum()))
        for step, (value, text) in enumerate(zip(values, write_hovers(result, row, labels), strict=True)):
            shade, ink = _likert_shade(step, len(values))
            figure.add_bar(
                x=[value],
                base=[start],
                y=[place],
                orientation="h",
                width=0.42,
                marker={"color": shade, "line_width": 0},
                text=[format_value(value, "share")] if value >= 0.09 else None,
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": ink, "size": 12},
                hovertext=[text],
                hovertemplate="%{hovertext}<extra></extra>",
                showlegend=False,
            )
            start += value
    write_rows(figure, titles)
    top = write_legend(figure, list(steps), list(steps.values())) if steps else 12
    figure.update_layout(barmode="overlay")
    mark_rows(figure, places, 0, ends=UNDER)
    figure.update_xaxes(visible=False, range=[-reach - 0.01, reach + 0.01])
    return finish(
        stack_rows(figure, place + 1), round(12 + top + ROW_HEIGHT * (place + 1)), top=top, bottom=8
    )


def _side(step: int, middle: float) -> float:
    return 1.0 if step < middle else 0.5 if step == middle else 0.0


def _name_step(answer: str, step: int, steps: int) -> str:
    """The words of a step of the scale; a bare number at either end says which end it is."""
    ends = {0: gettext(" least favourable"), steps - 1: gettext(" most favourable")}
    return make_inert(answer + (ends.get(step, "") if answer.isdigit() else ""))


def _likert_shade(step: int, steps: int) -> tuple[str, str]:
    place = round(step * (len(LIKERT) - 1) / max(steps - 1, 1))
    return LIKERT[place], LIKERT_INK[place]
