"""Who joined together and who of them is still there, as a table of shaded cells. Pure: no Streamlit, no queries."""

from __future__ import annotations

import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import (
    FAINT,
    NO_LABELS,
    Labels,
    Row,
    describe_row,
    finish,
    list_rows,
    make_inert,
    read_float,
)
from ui.words.language import gettext
from ui.words.numbers import format_period, format_value
from ui.words.tables import NOT_SHOWN

TRIANGLE = ("#b4541a", "#f1e3d8", "#74b3b8")


def draw_triangle(result: Result, labels: Labels = NO_LABELS) -> go.Figure:
    """Share still members by month of joining and months since, as a table of shaded cells."""
    table = result.table
    if "joined_period" not in table or table["joined_period"].isna().all():
        return finish(go.Figure(), 120)
    joined = sorted(table["joined_period"].dropna().unique(), reverse=True)
    since = sorted(table["periods_since"].dropna().astype(int).unique())
    cells = {(str(row["joined_period"]), int(str(row["periods_since"]))): row for row in list_rows(table)}
    rows = [[cells.get((month, k)) for k in since] for month in joined]
    value = [[_number(row) for row in line] for line in rows]
    figure = go.Figure()
    for heights, shades in (
        ([[0 if row and _number(row) is None else None for row in line] for line in rows], [FAINT, FAINT]),
        (value, TRIANGLE),
    ):
        figure.add_heatmap(
            z=heights,
            x=[str(k) for k in since],
            y=[make_inert(format_period(month)) for month in joined],
            text=[[_cell_text(row) for row in line] for line in rows],
            texttemplate="%{text}",
            hovertext=[
                [make_inert(describe_row(result, row, labels)) if row else "" for row in line]
                for line in rows
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=shades,
            zmin=0.5,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    figure.update_xaxes(
        title_text=gettext("Months since joining, % in cells ({mark}: hidden)").format(mark=NOT_SHOWN)
        if any(row and row["status"] == "suppressed" for line in rows for row in line)
        else gettext("Months since joining, % in cells"),
        type="category",
        side="top",
        showgrid=False,
    )
    figure.update_yaxes(type="category", showgrid=False)
    return finish(figure, 90 + 34 * len(joined), top=60)


def _number(row: Row | None) -> float | None:
    return None if row is None or row["status"] != "ok" else read_float(row["value"])


def _cell_text(row: Row | None) -> str:
    if row is None:
        return ""
    value = _number(row)
    return NOT_SHOWN if value is None else format_value(value, "share").removesuffix(" %")
