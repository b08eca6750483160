"""What answers say of whoever answered: the words of their attributes, and their weights, once all answers are checked."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from etl.checking.validate import parse_number
from etl.reading.written.ticks import NOTHING
from warehouse.contracts import ATTRIBUTE, NOT_RECORDED, OF_RESPONDENTS, WEIGHT
from warehouse.quoting import quote_name, quote_text


def has_own(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the codebook has an item that is no question."""
    found = connection.execute(
        f"SELECT count(*) FROM accepted_items WHERE kind IN {OF_RESPONDENTS}"
    ).fetchall()
    return bool(found[0][0])


def check_own_items(connection: duckdb.DuckDBPyConnection, attributes: Sequence[str]) -> None:
    """Give rows of `checked_items` a reason where an attribute is none of members, or a survey has another weight."""
    listed = ", ".join(map(quote_text, attributes))
    connection.execute(
        f"""UPDATE checked_items SET reason = 'members have no column ' || item_id || ', which an item of kind attribute needs: add it to the '
          || 'members list, where it may be empty' WHERE reason IS NULL AND kind = '{ATTRIBUTE}' AND item_id NOT IN ({listed})"""
    )
    connection.execute(
        f"""UPDATE checked_items SET reason = 'the survey has another item of kind weight: keep one'
        WHERE reason IS NULL AND kind = '{WEIGHT}' AND EXISTS (SELECT 1 FROM checked_items o WHERE o.kind = '{WEIGHT}'
          AND o.survey_id = checked_items.survey_id AND (o.file, o.line) < (checked_items.file, checked_items.line))"""
    )


def settle_own(connection: duckdb.DuckDBPyConnection, attributes: Sequence[str]) -> None:
    """In `checked_answers`, write attributes as the members list does, empty where a cell says nothing, and refuse weights that are none."""
    connection.execute(
        f"""CREATE OR REPLACE TABLE own_items AS SELECT w.wave_id, i.item_id, i.kind FROM accepted_items i
        JOIN accepted_waves w ON w.survey_id = i.survey_id WHERE i.kind IN {OF_RESPONDENTS}"""
    )
    of_own = (
        "FROM own_items o WHERE o.wave_id = checked_answers.wave_id AND o.item_id = checked_answers.item_id"
    )
    connection.execute(
        f"""UPDATE checked_answers SET value = NULL, text = coalesce(nullif(trim(text), ''),
          CASE WHEN value = floor(value) AND abs(value) < 1e15 THEN CAST(CAST(value AS BIGINT) AS VARCHAR) ELSE CAST(value AS VARCHAR) END)
        {of_own}"""
    )
    number = parse_number("checked_answers.text")
    connection.execute(
        f"""UPDATE checked_answers SET text = CAST({number} AS VARCHAR), reason = CASE WHEN checked_answers.reason IS NOT NULL
            THEN checked_answers.reason
          WHEN text IS NOT NULL AND NOT coalesce({number} > 0 AND {number} < 1e12, false)
            THEN 'the weight ''' || left(text, 40) || ''' is no number above 0' END
        {of_own} AND o.kind = '{WEIGHT}'"""
    )
    listed = ", ".join(map(quote_text, sorted(NOTHING)))
    connection.execute(
        f"""UPDATE checked_answers SET text = NULL {of_own} AND o.kind = '{ATTRIBUTE}'
        AND (lower(text) IN ({listed}, '-', '–', '—') OR lower(text) = lower({quote_text(NOT_RECORDED)}))"""
    )
    for name in attributes:
        known = f"""SELECT lower(trim({quote_name(name)})) AS folded, max_by({quote_name(name)}, people) AS word FROM (
          SELECT {quote_name(name)}, count(*) AS people FROM accepted_members WHERE {quote_name(name)} IS NOT NULL GROUP BY 1) GROUP BY 1"""
        connection.execute(
            f"""UPDATE checked_answers SET text = k.word FROM own_items o, ({known}) k
            WHERE o.wave_id = checked_answers.wave_id AND o.item_id = checked_answers.item_id AND o.kind = '{ATTRIBUTE}'
            AND o.item_id = {quote_text(name)} AND k.folded = lower(trim(checked_answers.text))"""
        )
