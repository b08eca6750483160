"""Whether some SQL is one SELECT that reads the released tables and tells of nothing else, by DuckDB's own parser."""

from __future__ import annotations

import json
import re
from typing import Any

import duckdb

from commands import Refusal
from warehouse.contracts import RELEASED

# Table functions that make rows of their arguments alone; every other reads files, settings or the catalogue.
_MAKES_ROWS = frozenset({"range", "generate_series", "unnest"})
# Functions that tell of the process, its settings or its catalogue instead of the rows, or that run or wait for something.
_TELLS = re.compile(
    r"(pg|duckdb|pragma|has|inet|txid|_)_.*|json_(de)?serialize_.*|json_execute_.*|current_(?!date$|time$|timestamp$|local).*"
    r"|get(env|variable|_block_size)|.*_description|write_log|which_secret|in_search_path|(next|curr|set)val|session_user|user"
    r"|sleep_ms|invoke|query.*|stats|format_(pg_)?type|map_to_pg_oid|index_key|version|.*setting.*"
)
_TABLES = frozenset({"SUBQUERY", "JOIN", "EMPTY", "COLUMN_DATA", "EXPRESSION_LIST"})
_KNOWN = ", ".join(RELEASED)


class BadQuestion(Refusal):
    """SQL that is not run, or that failed: one sentence that says why and what to do."""


def check_question(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise BadQuestion for anything but one SELECT that reads the released tables alone."""
    (text,) = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone() or ("",)
    try:
        parsed = json.loads(text)
        if parsed["error"]:
            raise BadQuestion(_say_error(parsed))
        if len(parsed["statements"]) != 1:
            raise BadQuestion("Ask one question at a time: one SELECT, with nothing after it.")
        views = connection.execute("SELECT view_name FROM duckdb_views()").fetchall()
        _check(parsed["statements"][0], frozenset(), frozenset(str(name).lower() for (name,) in views))
    except RecursionError:
        raise BadQuestion("This is nested too deeply: write it with fewer levels.") from None


def _say_error(parsed: dict[str, Any]) -> str:
    said = str(parsed["error_message"]).partition("\n")[0]
    if parsed.get("error_type") == "not implemented":
        return "Only a SELECT is run here: nothing in a release can be changed. Write SELECT … FROM a table."
    return f"This is not SQL that can be read: {said}."


def _check(node: Any, named: frozenset[str], views: frozenset[str]) -> None:
    """Check every part of a parsed statement; `named` are the names that WITH gives within it."""
    if isinstance(node, list):
        for part in node:
            _check(part, named, views)
        return
    if not isinstance(node, dict):
        return
    given = {str(entry["key"]).lower() for entry in node.get("cte_map", {}).get("map", ())}
    named |= given - (views - frozenset(RELEASED))
    _check_node(node, named)
    for part in node.values():
        _check(part, named, views)


def _check_node(node: dict[str, Any], named: frozenset[str]) -> None:
    kind = node.get("type")
    if kind == "BASE_TABLE":
        name, schema = str(node["table_name"]).lower(), str(node["schema_name"]).lower()
        is_ours = name in RELEASED and schema in ("", "main") and not node["catalog_name"]
        if not is_ours and (name not in named or schema):
            raise BadQuestion(f"There is no table {node['table_name']} to ask of; there are: {_KNOWN}.")
    elif kind == "TABLE_FUNCTION":
        name = str(node["function"]["function_name"]).lower()
        if name not in _MAKES_ROWS:
            raise BadQuestion(f"The function {name} is not for use here: ask of the tables {_KNOWN}.")
    elif "sample" in node and "query_location" in node and kind not in _TABLES:
        raise BadQuestion(f"Only tables can be asked of here; there are: {_KNOWN}.")
    elif node.get("class") == "FUNCTION" and _TELLS.fullmatch(str(node["function_name"]).lower()):
        raise BadQuestion(
            f"The function {node['function_name']} is not for use here: it tells nothing of the programme."
        )
