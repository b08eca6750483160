"""What a file of answers says of whoever answered, beside what they answered: attributes and their weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from etl.reading.types import Item, Reading, Refused
from warehouse.contracts import ATTRIBUTE, WEIGHT


def describe_respondent(name: str, column: str) -> Item:
    """The item under which what a column says of whoever answered goes with their answers."""
    return Item(name, column or name, WEIGHT if name == WEIGHT else ATTRIBUTE)


def name_respondent(reading: Reading, respondent: Mapping[str, str], file: str) -> Reading:
    """The reading of an export with those of its questions that a mapping calls attributes of whoever answered, or their weight.

    A question is named by its short name, its heading or its text. Raises Refused where there is none.
    """
    known = {item.item_id for item in reading.items if item.kind in (ATTRIBUTE, WEIGHT)}
    for name, column in respondent.items():
        if name in known:
            continue
        ids = {one.item_id for one in reading.asked if column in (one.item_id, one.heading, one.text)}
        if len(ids) != 1:
            there = ", ".join(dict.fromkeys(one.heading for one in reading.asked)) or "none"
            raise Refused(
                f"{file} has {'several questions' if ids else 'no question'} {column[:60]}, which the mapping calls the {name} of whoever "
                f"answered; there are: {there[:300]}."
            )
        reading = _rename(reading, ids.pop(), name, column)
    return reading


def _rename(reading: Reading, item_id: str, name: str, column: str) -> Reading:
    tables = dict(reading.tables)
    rows = tables.get("raw_answers")
    if rows is not None:
        place = rows.column_names.index("item_id")
        named = [name if one == item_id else one for one in rows["item_id"].to_pylist()]
        tables["raw_answers"] = rows.set_column(place, "item_id", pa.array(named, pa.string()))
    kept = tuple(item for item in reading.items if item.item_id != item_id)
    return replace(
        reading,
        tables=tables,
        items=(*kept, describe_respondent(name, column)),
        asked=tuple(one for one in reading.asked if one.item_id != item_id),
    )
