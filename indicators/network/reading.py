"""The networks of a wave, read from a release once and kept while they are in use, and the cells asked of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from threading import Lock
from typing import NamedTuple

import numpy as np
import pandas as pd

from indicators.network.graphs import Ints, Network, induce_network
from warehouse.engine import Engine, quote_name, quote_text

Query = Callable[[str], pd.DataFrame]
MOST_KEPT = 20_000_000
_WAVES: OrderedDict[tuple[str, str], Wave] = OrderedDict()
_LOCK = Lock()


@dataclass(frozen=True, eq=False)
class Wave:
    """Everybody in a wave, numbered in order of member_id, and their network of each relation.

    `groups` keeps what was read of attributes, by name: each member's group.
    """

    networks: Mapping[str, Network]
    content: str
    groups: dict[str, Ints] = field(default_factory=dict)

    @property
    def arcs(self) -> int:
        """Arcs of all relations together."""
        return sum(len(network.senders) for network in self.networks.values())


def open_wave(engine: Engine, wave: str) -> Wave:
    """The wave of a release, kept by its content: up to 20,000,000 arcs of those used last, in every process."""
    key = str(engine.release.path), wave
    with _LOCK:
        if key in _WAVES:
            _WAVES.move_to_end(key)
            return _WAVES[key]
    found = read_wave(engine.query, wave)
    with _LOCK:
        same = next((other for other in _WAVES.values() if other.content == found.content), None)
        _WAVES[key] = replace(found, networks=same.networks) if same else found
        while len(_WAVES) > 1 and sum(one.arcs for one in _WAVES.values()) > MOST_KEPT:
            _WAVES.popitem(last=False)
        return _WAVES[key]


def read_wave(query: Query, wave: str) -> Wave:
    """Read a wave from `frames`, `arcs`, `ties` and `waves`; undirected are relations all ties of which are, in the survey."""
    named = quote_text(wave)
    people = query(
        f"""SELECT has_responded, is_asked AND NOT has_responded AND disposition IS DISTINCT FROM 'ineligible'
          AS is_missing FROM frames WHERE wave_id = {named} ORDER BY member_id"""
    )
    arcs = query(
        f"""WITH numbered AS (
          SELECT member_id, row_number() OVER (ORDER BY member_id) - 1 AS node FROM frames WHERE wave_id = {named}
        ),
        directions AS (
          SELECT t.relation, bool_or(coalesce(t.directed, true)) AS is_directed
          FROM ties t JOIN waves w ON w.wave_id = t.wave_id
          WHERE w.survey_id = (SELECT survey_id FROM waves WHERE wave_id = {named}) GROUP BY t.relation
        )
        SELECT dense_rank() OVER (ORDER BY a.relation) - 1 AS place, s.node AS sender, t.node AS receiver, d.is_directed
        FROM arcs a JOIN numbered s ON s.member_id = a.from_id JOIN numbered t ON t.member_id = a.to_id
        JOIN directions d ON d.relation = a.relation
        WHERE a.wave_id = {named} ORDER BY place, sender, receiver"""
    )
    relations = query(f"SELECT DISTINCT relation FROM arcs WHERE wave_id = {named} ORDER BY relation")
    columns = {name: arcs[name].to_numpy(dtype=np.int64) for name in ("place", "sender", "receiver")}
    is_directed = arcs["is_directed"].to_numpy(dtype=bool)
    has_responded, is_missing = (
        people[name].to_numpy(dtype=bool) for name in ("has_responded", "is_missing")
    )
    names = relations["relation"].astype(str).tolist()
    edges = np.searchsorted(columns["place"], np.arange(len(names) + 1))
    networks = {
        name: Network(
            len(people),
            columns["sender"][first:last],
            columns["receiver"][first:last],
            bool(is_directed[first]),
            has_responded,
            is_missing,
        )
        for name, first, last in zip(names, edges, edges[1:], strict=False)
    }
    content = sha256(repr(names).encode())
    for part in (*columns.values(), is_directed, has_responded, is_missing):
        content.update(part.tobytes())
    return Wave(networks, content.hexdigest())


def read_groups(engine: Engine, wave: str, attribute: str) -> Ints:
    """Each member's group in an attribute as at the wave: `Engine.words` less one, so that −1 is what is not recorded."""
    kept = open_wave(engine, wave).groups
    if attribute not in kept:
        column = quote_name(attribute)
        found = engine.query(
            f"SELECT {column} AS code FROM wave_groups WHERE wave_id = ? ORDER BY member_id", [wave]
        )
        kept[attribute] = found["code"].to_numpy(dtype=np.int64) - 1
    return kept[attribute]


class Cell(NamedTuple):
    """One cell of a breakdown: its wave, relation and groups, its members, their network, and that of everybody."""

    wave: str
    relation: str
    groups: tuple[str, ...]
    members: Ints
    network: Network
    everybody: Network


def list_cells(
    engine: Engine, waves: Sequence[str], groups: Sequence[str], filters: Mapping[str, Sequence[str]]
) -> Iterator[Cell]:
    """Every cell of these waves that has members, in order: for each relation and each group that there is."""
    for wave in sorted(waves):
        found = open_wave(engine, wave)
        if not found.networks:
            continue
        parts = _part(engine, wave, groups, filters)
        for relation, network in found.networks.items():
            for names, members in parts:
                yield Cell(wave, relation, names, members, induce_network(network, members), network)


def _part(
    engine: Engine, wave: str, groups: Sequence[str], filters: Mapping[str, Sequence[str]]
) -> list[tuple[tuple[str, ...], Ints]]:
    """The members of each combination of groups that the filters leave, in order of the groups' names."""
    size = next(iter(open_wave(engine, wave).networks.values())).size
    is_kept = np.ones(size, dtype=bool)
    for name, wanted in filters.items():
        codes = engine.codes(name)
        known = [codes[value] - 1 for value in wanted if value in codes]
        is_kept &= np.isin(read_groups(engine, wave, name), known)
    members = np.flatnonzero(is_kept)
    if not groups or not len(members):
        return [((), members)] if len(members) else []
    columns = np.column_stack([read_groups(engine, wave, name)[members] for name in groups])
    combined, place = np.unique(columns, axis=0, return_inverse=True)
    parts = []
    for number, codes in enumerate(combined.tolist()):
        names = tuple(engine.words(name)[code + 1] for name, code in zip(groups, codes, strict=True))
        parts.append((names, members[place.ravel() == number]))
    return sorted(parts, key=lambda part: part[0])
