"""The map with its boxes and the table beside it: whom to look for, what colours it, and one wave or two."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from indicators.gate.groups import TOGETHER
from ui.blocks.cards import show_rows
from ui.blocks.network.reading import COMMUNITY, Wave, list_networks, read_wave
from ui.blocks.panels import list_groupings
from ui.charts.connections.map import MOST_TIES, Panel, draw_map, shorten_id
from ui.charts.figures import label_all
from ui.charts.parts import CHART_CONFIG
from ui.shell.address import choose
from ui.shell.session import RELATION, View, fetch
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import escape_markdown, format_count, format_period, format_value, name_dimension
from ui.words.readings import say_hidden
from ui.words.tables import NOT_SHOWN

NOBODY = gettext_noop("Nobody")
MOST_ROWS = 200


def choose_relation(view: View) -> View:
    """The view with the relation that a box, kept in the URL, chooses where the release has several: the one of most ties at first."""
    found = view.engine.lookup("SELECT relation FROM arcs GROUP BY relation ORDER BY count(*) DESC, relation")
    relations = [str(relation) for relation in found["relation"]]
    if len(relations) < 2:
        return view
    return replace(view, relation=choose(gettext("Relation"), relations, key=RELATION, width=280))


@st.fragment
def show_network(view: View) -> None:
    """The map of a relation in its last two waves; for those who may see groups only, these as a table."""
    if view.scope.minimum:
        _show_groups(view)
        return
    networks = list_networks(view)
    if not networks.get(view.relation, networks):
        st.markdown(gettext("There is no wave of ties to draw."))
        return
    with st.container(horizontal=True, gap="medium"):
        relation = view.relation or choose(gettext("Relation"), list(networks), key=RELATION, width=200)
        colours = [COMMUNITY, *list_groupings(view)]
        colour = choose(
            gettext("Coloured by"),
            colours,
            index=min(2, len(colours) - 1),
            format_func=name_dimension,
            key="colour",
            noun=gettext("colour"),
            width=220,
        )
        waves = [read_wave(view, wave, relation, colour) for wave in networks[relation][-2:]]
        options = _list_options(waves, colour)
        chosen = choose(
            gettext("Look for a member or a group"),
            list(options),
            key="look",
            noun=gettext("member or group"),
            format_func=lambda one: gettext(one) if one == NOBODY else one,
            filter_mode="contains",
            width=320,
        )
    labels = label_all(view)
    members = options.get(chosen, frozenset())
    sentence = _describe(waves, labels, chosen, members)
    st.markdown(escape_markdown(sentence))
    panels = [Panel(format_period(wave.wave_id, labels), wave.nodes, wave.ties) for wave in waves]
    st.plotly_chart(
        draw_map(panels, members),
        width="stretch",
        key="network-map",
        config=CHART_CONFIG,
        alt=gettext("Map of the network. {sentence}").format(sentence=sentence),
    )
    show_rows(_list_rows(waves, labels, members))


def _list_options(waves: list[Wave], colour: str) -> dict[str, frozenset[str]]:
    """What can be looked for, with the members that it means: nobody, each group of the colour, each member by pseudonym."""
    nodes = pd.concat([wave.nodes[["member_id", "grouped"]] for wave in waves])
    groups = {
        f"{name_dimension(colour)}: {group}": frozenset(rows["member_id"].astype(str))
        for group, rows in nodes.groupby("grouped", sort=True)
    }
    members = {
        shorten_id(member): frozenset([member]) for member in sorted(nodes["member_id"].astype(str).unique())
    }
    return {NOBODY: frozenset(), **groups, **members}


def _describe(waves: list[Wave], labels: dict[str, str], chosen: str, members: frozenset[str]) -> str:
    """What is drawn, and of what is chosen how many ties it has in each wave."""
    counted = [
        ", ".join(
            [
                f"{format_period(wave.wave_id, labels)}: {format_count(len(wave.nodes))}",
                format_count(len(wave.ties), "tie"),
            ]
        )
        for wave in waves
    ]
    parts = [
        gettext(
            "{listed}. Everybody keeps their place, so that the two can be compared; close together means more ties in common."
        ).format(listed="; ".join(counted))
    ]
    if members:
        own = [
            gettext("{ties} in {period}").format(
                ties=format_count(len(_find_own(wave, members)), "tie"),
                period=format_period(wave.wave_id, labels),
            )
            for wave in waves
        ]
        parts.append(gettext("{chosen} has {listed}.").format(chosen=chosen, listed=", ".join(own)))
    if max(len(wave.ties) for wave in waves) > MOST_TIES:
        parts.append(
            gettext("Of more than {most:,} ties only those of whom you look for are drawn.").format(
                most=MOST_TIES
            )
        )
    return " ".join(parts)


def _find_own(wave: Wave, members: frozenset[str]) -> pd.DataFrame:
    return wave.ties[wave.ties["a"].isin(members) | wave.ties["b"].isin(members)]


def _list_rows(waves: list[Wave], labels: dict[str, str], members: frozenset[str]) -> list[dict[str, object]]:
    """Who is tied to whom was chosen, with the number of ties in each wave; without a choice, who has most ties."""
    counts: dict[str, list[int]] = {}
    group: dict[str, str] = {}
    for number, wave in enumerate(waves):
        group |= dict(
            zip(wave.nodes["member_id"].astype(str), wave.nodes["grouped"].astype(str), strict=True)
        )
        if members:
            own = _find_own(wave, members)
            others = [
                other
                for a, b in zip(own["a"], own["b"], strict=True)
                for one, other in ((a, b), (b, a))
                if one in members
            ]
            found = pd.Series(others, dtype="str").value_counts().to_dict()
        else:
            found = dict(
                zip(wave.nodes["member_id"].astype(str), wave.nodes["degree"].astype(int), strict=True)
            )
        for member, count in found.items():
            counts.setdefault(str(member), [0] * len(waves))[number] = int(count)
    ordered = sorted(counts.items(), key=lambda item: (*(-count for count in reversed(item[1])), item[0]))
    heads = [gettext("Ties, {period}").format(period=format_period(wave.wave_id, labels)) for wave in waves]
    return [
        {
            gettext("Member"): shorten_id(member),
            gettext("Group"): group.get(member, ""),
            **dict(zip(heads, found, strict=True)),
        }
        for member, found in ordered[:MOST_ROWS]
    ]


def _show_groups(view: View) -> None:
    """Each group's ties and how many of them leave it, as far as they may be shown; members are for evaluators."""
    st.markdown(
        gettext(
            "The map shows single members: it is for evaluators. Here are the groups, as far as enough people are behind them; {mark} is hidden."
        ).format(mark=NOT_SHOWN)
    )
    options = list_groupings(view)
    if not options:
        return
    by = choose(
        gettext("Groups of"),
        options,
        format_func=name_dimension,
        key="colour",
        noun=gettext("group"),
        width=220,
    )
    ties, crossing = (fetch(view, name, by=(by,)) for name in ("ties_per_member", f"cross_{by}"))
    cells: dict[str, dict[str, object]] = {}
    for heading, result in (
        (gettext("Ties per member"), ties),
        (gettext("Ties that leave the group"), crossing),
    ):
        last = result.table[result.table["period"] == result.table["period"].iloc[-1]]
        # A row without a group says that all groups are hidden.
        for row in last[last[by].notna()].to_dict(orient="records"):
            told = format_value(row["value"], result.indicator.unit) if row["status"] == "ok" else NOT_SHOWN
            cells.setdefault(
                str(row.get(by) or TOGETHER), {name_dimension(by): str(row.get(by) or TOGETHER)}
            )[heading] = told
    if not cells:
        st.markdown(escape_markdown(say_hidden(ties)))
        return
    heads = (name_dimension(by), gettext("Ties per member"), gettext("Ties that leave the group"))
    show_rows([{head: row.get(head, NOT_SHOWN) for head in heads} for row in cells.values()])
