"""Labels of the codebook: each step of a scale has one word, and each word one step; else answers would count under both."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import isfinite

import duckdb

from etl.reading.types import Refused

# Of each label of an item its number, its words, and these without regard to case and blanks.
_STEPS = """
SELECT c.rowid, c.scale_min, c.scale_max, TRY_CAST(trim(split_part(s.label, '=', 1)) AS DOUBLE) AS value,
  trim(substr(s.label, strpos(s.label, '=') + 1)) AS words,
  lower(trim(regexp_replace(replace(substr(s.label, strpos(s.label, '=') + 1), chr(160), ' '), '\\s+', ' ', 'g'))) AS folded
FROM {items} c, (SELECT unnest(string_split(c.labels, '|')) AS label, generate_subscripts(string_split(c.labels, '|'), 1) AS place) s
WHERE c.labels IS NOT NULL AND c.kind <> 'text' ORDER BY c.rowid, s.place"""

Step = tuple[float | None, str, str]


def list_label_faults(connection: duckdb.DuckDBPyConnection, items: str) -> list[tuple[int, str]]:
    """(rowid, reason) of each row of `items`, a table with the contract's columns, whose labels cannot be read in one way."""
    rows = connection.execute(_STEPS.format(items=items)).fetchall()
    found = [
        (int(row), find_label_fault(low, high, [step[3:] for step in steps]))
        for (row, low, high), steps in groupby(rows, key=lambda step: step[:3])
    ]
    return [(row, f"labels: {reason}") for row, reason in found if reason]


def find_label_fault(low: int | None, high: int | None, steps: Sequence[Step]) -> str:
    """What is wrong with the labels of a scale from low to high; '' where nothing is.

    `steps` are (value or None, words, words without regard to case and blanks). Wrong are a step with two words, a word of two
    steps, a step outside its scale or between two whole numbers, and words that are the number of a step without words. The
    same label twice is one.
    """
    named: dict[float | None, Step] = {}
    placed: dict[str, float | None] = {}
    for value, words, folded in steps:
        reason = _judge(low, high, value, words)
        if reason:
            return reason
        first = named.setdefault(value, (value, words, folded))
        if value is not None and first[2] != folded:
            return f"step {value:g} is '{first[1]}' and '{words}': leave one, or give each a step of its own"
        other = placed.setdefault(folded, value)
        if other != value:
            both = " and ".join("no step" if one is None else f"step {one:g}" for one in (other, value))
            return f"'{words}' is {both}: give each step words of its own"
    values = [value for value in named if value is not None]
    if not values:
        return ""
    least, most = (int(min(values)) if low is None else low, int(max(values)) if high is None else high)
    bare = next(
        (
            word
            for word in placed
            if word.isdecimal() and least <= int(word) <= most and int(word) not in named
        ),
        None,
    )
    return (
        ""
        if bare is None or placed[bare] is None
        else f"step {placed[bare]:g} is '{bare}', which is another step that has no words: give it some"
    )


def _judge(low: int | None, high: int | None, value: float | None, words: str) -> str:
    """What is wrong with one label by itself; '' where nothing is."""
    if value is None:
        return ""
    if not words:
        return f"step {value:g} has no words: write them, or take it out"
    if not isfinite(value) or value != int(value):
        return f"step {value:g}, '{words}', is no whole number: number the steps 1, 2, 3"
    if (low is not None and value < low) or (high is not None and value > high):
        return (
            f"step {value:g}, '{words}', lies outside the scale ({'' if low is None else low} to "
            f"{'' if high is None else high}): correct the scale, or write '{words}' without a number where it is no step"
        )
    return ""


def check_labels(connection: duckdb.DuckDBPyConnection) -> None:
    """Give rows of `checked_items` a reason where their labels cannot be read in one way."""
    for row, reason in list_label_faults(connection, "checked_items"):
        connection.execute(
            "UPDATE checked_items SET reason = concat_ws('; ', reason, ?) WHERE rowid = ?", [reason, row]
        )


def refuse_labels(connection: duckdb.DuckDBPyConnection, name: str, survey: str) -> None:
    """Refuse a file that describes an item whose labels cannot be read in one way."""
    for row, reason in list_label_faults(connection, "accepted_items"):
        (item,) = connection.execute(
            "SELECT item_id FROM accepted_items WHERE rowid = ? AND survey_id = ?", [row, survey]
        ).fetchone() or (None,)
        if item is not None:
            raise Refused(f"{name} describes the item {item} of {survey} with {reason}.")
