"""The map of a network: everybody in a wave and the ties between them, in places that stay the same between waves."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from indicators.selection import list_attributes
from ui.charts.figures import label_all
from ui.charts.parts import CHART_CONFIG, FAINT, finish, make_inert
from ui.shell.address import choose
from ui.shell.session import View
from ui.words.numbers import escape_markdown, format_count, format_period, name_dimension
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import quote_name

MOST_NODES = 2_000
MOST_TIES = 10_000
OTHERS = "Others"
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "hourglass")


def show_network(view: View) -> None:
    """The map of a chosen wave and relation, coloured by an attribute; for those who may see single members only."""
    if view.scope.minimum:
        st.markdown(
            "The map shows single members: it is for evaluators only. The figures above are for everybody."
        )
        return
    known = view.engine.query(
        """SELECT DISTINCT a.wave_id, a.relation, w.opened_on FROM arcs a
        JOIN wave_order w USING (wave_id) ORDER BY w.opened_on DESC, a.relation"""
    )
    if known.empty:
        return
    labels = label_all(view)
    options = [
        f"{wave}|{relation}" for wave, relation in zip(known["wave_id"], known["relation"], strict=True)
    ]
    with st.container(horizontal=True, gap="medium"):
        chosen = choose(
            "Wave and relation",
            options,
            format_func=lambda one: f"{format_period(one.split('|')[0], labels)}, {one.split('|', 1)[1]}",
            key="network",
            width=420,
        )
        colour = choose(
            "Coloured by",
            ["community", *list_attributes(view.engine)],
            index=2,
            format_func=name_dimension,
            key="colour",
            noun="colour",
            width=240,
        )
    wave, _, relation = chosen.partition("|")
    members, number = count_network(view, wave, relation)
    if members > MOST_NODES or number > MOST_TIES:
        st.markdown(
            f"{format_count(members)} and {format_count(number, 'tie')} are too many to draw: "
            "choose a smaller group on the left, or read the figures above."
        )
        return
    nodes, ties = read_network(view, wave, relation, colour)
    sentence = f"{format_count(len(nodes))} and {format_count(len(ties), 'tie')}. "
    sentence += "Members keep their place between waves; those close together have more ties in common."
    st.markdown(escape_markdown(sentence))
    st.plotly_chart(
        draw_network(nodes, ties),
        width="stretch",
        key="network-map",
        config=CHART_CONFIG,
        alt=f"Map of the network: {sentence}",
    )


def count_network(view: View, wave: str, relation: str) -> tuple[int, int]:
    """How many members and ties a map of a wave and relation would have, as filtered; it asks for no places."""
    clauses, parameters = _filter(view, wave)
    found = view.engine.query(
        f"""WITH shown AS (SELECT f.member_id FROM frames f WHERE {clauses}),
        pairs AS (
          SELECT DISTINCT least(from_id, to_id) AS a, greatest(from_id, to_id) AS b FROM arcs
          WHERE wave_id = ? AND relation = ?
        )
        SELECT (SELECT count(*) FROM shown) AS members,
          (SELECT count(*) FROM pairs SEMI JOIN shown s ON s.member_id = a SEMI JOIN shown t ON t.member_id = b) AS ties""",
        [*parameters, wave, relation],
    )
    return int(found["members"].iloc[0]), int(found["ties"].iloc[0])


def read_network(view: View, wave: str, relation: str, colour: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members (member_id, x, y, degree, grouped) and ties (x0, y0, x1, y1) of a wave and relation, as filtered."""
    grouped, joined = f"f.{quote_name(colour)}", ""
    if colour == "community":
        grouped, joined = (
            "'Community ' || c.community",
            "LEFT JOIN network_communities c USING (wave_id, relation, member_id)",
        )
    clauses, parameters = _filter(view, wave)
    nodes = view.engine.query(
        f"""SELECT n.member_id, p.x, p.y, n.degree, coalesce({grouped}, ?) AS grouped FROM network_nodes n
        {joined}
        JOIN frames f ON f.wave_id = n.wave_id AND f.member_id = n.member_id
        JOIN waves w ON w.wave_id = n.wave_id
        JOIN network_places p
          ON p.survey_id = w.survey_id AND p.relation = n.relation AND p.member_id = n.member_id
        WHERE {clauses} AND n.relation = ? ORDER BY n.member_id""",
        [NOT_RECORDED, *parameters, relation],
    )
    arcs = view.engine.query(
        "SELECT DISTINCT least(from_id, to_id) AS a, greatest(from_id, to_id) AS b FROM arcs "
        "WHERE wave_id = ? AND relation = ?",
        [wave, relation],
    )
    places = nodes.set_index("member_id")[["x", "y"]]
    ties = arcs.join(places, on="a", how="inner").join(places, on="b", how="inner", lsuffix="0", rsuffix="1")
    return nodes, ties


def _filter(view: View, wave: str) -> tuple[str, list[str]]:
    """Condition on `frames f`, with its parameters: the members of a wave that the filters leave."""
    clauses = ["f.wave_id = ?", *(f"f.{quote_name(name)} = ?" for name, _ in view.filters)]
    return " AND ".join(clauses), [wave, *(value for _, value in view.filters)]


def draw_network(nodes: pd.DataFrame, ties: pd.DataFrame) -> go.Figure:
    """Ties as thin lines under members as marks, one colour and shape a group, larger with more ties."""
    figure = go.Figure()
    x = [place for row in ties[["x0", "x1"]].to_numpy(dtype=float) for place in (*row, None)]
    y = [place for row in ties[["y0", "y1"]].to_numpy(dtype=float) for place in (*row, None)]
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"width": 0.6, "color": FAINT}, hoverinfo="skip", showlegend=False
    )
    for place, (group, members) in enumerate(_part_groups(nodes)):
        degree = members["degree"].to_numpy(dtype=float)
        figure.add_scatter(
            x=members["x"],
            y=members["y"],
            mode="markers",
            name=make_inert(str(group)),
            marker={
                "size": 5 + 1.8 * degree**0.5,
                "symbol": SYMBOLS[place % len(SYMBOLS)],
                "line_width": 0.5,
            },
            text=[
                make_inert(f"{kind}: {format_count(float(count), 'tie')}")
                for kind, count in zip(members["grouped"], degree, strict=True)
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    figure.update_layout(legend={"orientation": "h", "y": -0.02, "yanchor": "top"})
    return finish(figure, 620)


def _part_groups(nodes: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Each group by name with its members; where there are more than marks, the smallest are together, and last."""
    groups = nodes["grouped"]
    largest = groups.value_counts().sort_values(ascending=False, kind="stable").index
    if len(largest) > len(SYMBOLS):
        groups = groups.where(groups.isin(largest[: len(SYMBOLS) - 1]), OTHERS)
    parts = [(str(group), members) for group, members in nodes.groupby(groups, sort=True)]
    return sorted(parts, key=lambda part: part[0] == OTHERS)
