"""Members and ties of the waves of a relation, as filtered, in places that are the same in every wave."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ui.shell.once import Once
from ui.shell.session import View
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import quote_name

COMMUNITY = "community"


@dataclass(frozen=True)
class Wave:
    """A network as it is drawn: `nodes` (member_id, x, y, degree, grouped) and `ties` (a, b, x0, y0, x1, y1), each pair once."""

    wave_id: str
    nodes: pd.DataFrame
    ties: pd.DataFrame


_WAVES: Once[Wave] = Once(12)


def list_networks(view: View) -> dict[str, list[str]]:
    """By relation the waves in which ties of it were named, in order of time."""
    found = view.engine.query(
        """SELECT DISTINCT a.relation, a.wave_id, w.opened_on FROM arcs a JOIN wave_order w USING (wave_id)
        ORDER BY a.relation, w.opened_on, a.wave_id"""
    )
    return {
        str(relation): [str(wave) for wave in rows["wave_id"]] for relation, rows in found.groupby("relation")
    }


def read_wave(view: View, wave: str, relation: str, colour: str) -> Wave:
    """One wave of a relation as the filters leave it, with each member's group of the attribute `colour`, or community."""
    key = (wave, relation, colour, view.filters, view.scope)
    return _WAVES.get(view.engine, key, lambda: _read_wave(view, wave, relation, colour))


def _read_wave(view: View, wave: str, relation: str, colour: str) -> Wave:
    grouped, joined = f"f.{quote_name(colour)}", ""
    if colour == COMMUNITY:
        grouped = "'Community ' || c.community"
        joined = "LEFT JOIN network_communities c USING (wave_id, relation, member_id)"
    clauses = " AND ".join(["f.wave_id = ?", *(f"f.{quote_name(name)} = ?" for name, _ in view.filters)])
    nodes = view.engine.query(
        f"""SELECT n.member_id, p.x, p.y, n.degree, coalesce(CAST({grouped} AS VARCHAR), ?) AS grouped FROM network_nodes n
        {joined}
        JOIN frames f ON f.wave_id = n.wave_id AND f.member_id = n.member_id
        JOIN waves w ON w.wave_id = n.wave_id
        JOIN network_places p ON p.survey_id = w.survey_id AND p.relation = n.relation AND p.member_id = n.member_id
        WHERE {clauses} AND n.relation = ? ORDER BY n.member_id""",
        [NOT_RECORDED, wave, *(value for _, value in view.filters), relation],
    )
    arcs = view.engine.query(
        "SELECT DISTINCT least(from_id, to_id) AS a, greatest(from_id, to_id) AS b FROM arcs "
        "WHERE wave_id = ? AND relation = ? ORDER BY a, b",
        [wave, relation],
    )
    places = nodes.set_index("member_id")[["x", "y"]]
    ties = arcs.join(places, on="a", how="inner").join(places, on="b", how="inner", lsuffix="0", rsuffix="1")
    return Wave(wave, nodes, ties)
