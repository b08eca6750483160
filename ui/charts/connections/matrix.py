"""Who names whom, group by group: the share in the cell, its change as the colour. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from ui.charts.parts import FAINT, Labels, finish, make_inert
from ui.charts.text import EXTRA_LINE, PHONE, fit, wrap
from ui.words.language import gettext
from ui.words.numbers import (
    describe_estimate,
    format_period,
    format_value,
    name_dimension,
    say_what_to_load,
    tell_reason,
)

MOST_WORDED, MOST_NAMED = 12, 60
CELL, SMALL_CELL, NAME = 34, 8, 104
# From lost most to lost little, and from gained little to gained most; what is nearly as it was is as grey as the page lets it be.
CHANGE = ((0.0, "#b4541a"), (0.5, "#dfa47d"), (0.5, "#85bcc1"), (1.0, "#0b5c66"))
LEAST_REACH, STILL = 0.1, 0.1


def draw_matrix(results: Sequence[Result], labels: Labels) -> go.Figure:
    """Rows name, columns are named; orange cells have lost, green ones gained since the wave before. With one wave, the shares alone."""
    (result,) = results
    now, then = _read_waves(result)
    figure = go.Figure()
    if now is None:
        words = (
            gettext("\u2013 hidden")
            if (result.table["status"] == "suppressed").any()
            else gettext("\u2013 no data")
        )
        figure.add_annotation(
            x=0, xref="paper", y=0.5, yref="paper", xanchor="left", text=words, showarrow=False
        )
        figure.update_xaxes(visible=False).update_yaxes(visible=False)
        return finish(figure, 70)
    shares = now.pivot(index="group", columns="part", values="value")
    groups = [group for group in shares.index if group in shares.columns][:MOST_NAMED]
    shares = shares.loc[groups, groups]
    names = [fit(make_inert(group), NAME) for group in groups]
    colour = shares.to_numpy(dtype=float)
    if then is not None:
        before = then.pivot(index="group", columns="part", values="value").reindex(
            index=groups, columns=groups
        )
        colour = colour - before.to_numpy(dtype=float)
    reach = max(float(np.nanmax(np.abs(colour), initial=0.0)), LEAST_REACH)
    is_worded = len(groups) <= MOST_WORDED
    text = [
        [format_value(value, "share").removesuffix(" %") for value in row]
        for row in shares.to_numpy(dtype=float)
    ]
    places = list(range(len(groups)))
    is_still = np.abs(colour) < STILL * reach
    for kept, scale in ((is_still, ((0.0, FAINT), (1.0, FAINT))), (~is_still, CHANGE)):
        is_changed = scale is CHANGE
        figure.add_heatmap(
            z=np.where(kept, colour, np.nan),
            x=places,
            y=places,
            text=text if is_worded and is_changed else None,
            texttemplate="%{text}" if is_worded and is_changed else None,
            hovertext=_write_hovers(result, now, then, groups, labels),
            hovertemplate="%{hovertext}<extra></extra>",
            colorscale=[[place, shade] for place, shade in scale],
            zmin=-reach,
            zmax=reach,
            showscale=False,
            xgap=2 if is_worded else 1,
            ygap=2 if is_worded else 1,
        )
    if is_worded:
        # A heat map chooses the ink of its words by the shade of a cell: through a faint one the page is seen, which has its own.
        still = list(zip(*np.nonzero(is_still), strict=True))
        figure.add_scatter(
            x=[int(column) for _, column in still],
            y=[int(line) for line, _ in still],
            text=[text[line][column] for line, column in still],
            mode="text",
            textfont={"size": 12},
            hoverinfo="skip",
            showlegend=False,
        )
    cell = CELL if is_worded else SMALL_CELL
    figure.update_xaxes(
        tickvals=places, ticktext=names, side="top", tickangle=-90, showgrid=False, visible=is_worded
    )
    figure.update_yaxes(
        tickvals=places,
        ticktext=names,
        autorange="reversed",
        showgrid=False,
        visible=is_worded,
    )
    blank = (
        gettext("; a blank row has no answers in one of the waves")
        if np.isnan(colour).all(axis=1).any()
        else ""
    )
    key = wrap(
        gettext("{count} groups in order of name: rows name, columns are named{blank}").format(
            count=len(groups), blank=blank
        ),
        PHONE - (NAME + 28 if is_worded else 28),
    )
    figure.add_annotation(
        x=0,
        xref="paper",
        xanchor="left",
        y=0,
        yref="paper",
        yanchor="top",
        yshift=-4,
        text="<br>".join(key),
        showarrow=False,
    )
    return finish(
        figure,
        (NAME + 20 if is_worded else 24) + cell * len(groups) + 13 + EXTRA_LINE * len(key),
        top=NAME if is_worded else 12,
        bottom=9 + EXTRA_LINE * len(key),
    )


def read_matrix(results: Sequence[Result], labels: Labels) -> str:
    """How much stays within the own group, then and now, and which cell changed most of those whose intervals do not overlap."""
    (result,) = results
    now, then = _read_waves(result)
    if now is None:
        reasons = [str(reason) for reason in result.table["reason"] if reason]
        return tell_reason(reasons[-1]) if reasons else say_what_to_load(result.indicator)
    words = name_dimension(result.indicator.id.removeprefix("mixing_matrix_"), is_within=True)
    told = gettext("{own} of the ties named stay in the own {words}").format(own=_tell_own(now), words=words)
    if then is None:
        return gettext(
            "{told}. The cells have the shares of the ties that the group on the left names."
        ).format(told=told)
    told += gettext(", {own} in the wave before; orange cells have lost, green ones gained.").format(
        own=_tell_own(then)
    )
    both = now.merge(then, on=["group", "part"], suffixes=("", "_then"))
    clear = both[(both["low"] > both["high_then"]) | (both["high"] < both["low_then"])]
    clear = clear[clear[["denominator", "denominator_then"]].min(axis=1) >= result.indicator.minimum_n]
    if clear.empty:
        return gettext("{told} No single cell changed by more than its intervals allow.").format(told=told)
    row = clear.iloc[int((clear["value"] - clear["value_then"]).abs().to_numpy().argmax())]
    whom = gettext("their own") if row["group"] == row["part"] else str(row["part"])
    ends = [format_value(row[name], "share") for name in ("value_then", "value")]
    return gettext("{told} Clearest: {group} naming {whom}, {then} then and {now} now.").format(
        told=told, group=row["group"], whom=whom, then=ends[0], now=ends[1]
    )


def _tell_own(rows: pd.DataFrame) -> str:
    own = rows.loc[rows["group"] == rows["part"], "numerator"].sum()
    named = rows.drop_duplicates("group")["denominator"].sum()
    return format_value(float(own / named), "share")


def _read_waves(result: Result) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """The rows of the latest wave and of the one before it, of the first relation; None where there is none."""
    known = result.table[result.table["status"] == "ok"]
    if known.empty:
        return None, None
    known = known[known["relation"] == known["relation"].iloc[0]]
    periods = list(dict.fromkeys(known["period"]))[-2:]
    now, *before = (known[known["period"] == period] for period in reversed(periods))
    return now, before[0] if before else None


def _write_hovers(
    result: Result, now: pd.DataFrame, then: pd.DataFrame | None, groups: Sequence[str], labels: Labels
) -> list[list[str]]:
    told: dict[tuple[str, str], str] = {}
    for rows in (now, *([then] if then is not None else [])):
        for row in rows.to_dict(orient="records"):
            named = {str(name): value for name, value in row.items()}
            cell = (str(row["group"]), str(row["part"]))
            words = (
                f"{format_period(str(row['period']), labels)}: {describe_estimate(named, result.indicator)}"
            )
            told[cell] = (
                f"{told[cell]}; {words}"
                if cell in told
                else gettext("{one} naming {other}. {words}").format(one=cell[0], other=cell[1], words=words)
            )
    return [[make_inert(told.get((one, other), "")) for other in groups] for one in groups]
