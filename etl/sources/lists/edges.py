"""Edge lists (Gephi, UCINET, igraph, NetworkX and others): a line a tie, under Source and Target, Ego and Alter, or From and To."""

from __future__ import annotations

from collections.abc import Set

from etl.reading.types import About, RawFile, Reading, Refused, Sample
from etl.sources.lists import kumu
from etl.sources.lists.columns import find_list, read_list
from etl.sources.lists.ties import read_ties

NAME = "edges"
TITLE = "Edge list"
ABOUT = About(
    "English headings",
    "`--wave` or `--complete-to`; `--mapping` for other headings",
    "ties to oneself or to nobody",
)

_SIDES = (
    ("source", "target"),
    ("ego", "alter"),
    ("from", "to"),
    ("from_id", "to_id"),
    ("sender", "receiver"),
    ("node1", "node2"),
    ("person1", "person2"),
)
_STRENGTHS = ("weight", "strength", "value", "count")
_OTHER = {"id", "label", "type", "relation", "timeset", "interval", "kind"}
_DIRECTED = {"directed": "true", "undirected": "false", "": ""}


def recognise(sample: Sample) -> bool:
    """Whether the heading has the two sides of a tie and nothing that an edge list has not."""
    return find_list(sample.text, _is_edges) is not None


def _find_sides(names: Set[str]) -> tuple[str, str] | None:
    return next((sides for sides in _SIDES if set(sides) <= names), None)


def _is_edges(names: Set[str]) -> bool:
    sides = _find_sides(names)
    others = names - {*(sides or ()), *_STRENGTHS, *_OTHER, ""}
    return sides is not None and not others and not kumu.has_connections(names)


def read(file: RawFile) -> Reading:
    """Read one row of `ties` a line; `Type` says directed or undirected, as Gephi has it. Refused without `--wave` or `--complete-to`."""
    delimiter = find_list(file.text, _is_edges)
    if delimiter is None:
        raise Refused(f"{file.name} is no edge list: export it again with the headings Source and Target.")
    listed = read_list(file.text, delimiter)
    sides = _find_sides(set(listed.places))
    assert sides is not None
    return read_ties(NAME, "", file, listed, sides, _STRENGTHS, _DIRECTED, direction="type")
