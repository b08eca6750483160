"""Questions of an evaluator's own: one SELECT over the pseudonymous tables of a release, in a connection that can do nothing else."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pandas as pd

from commands import Refusal
from warehouse.codes import list_views
from warehouse.contracts import RELEASED, TABLES
from warehouse.engine import open_connection
from warehouse.quoting import quote_text
from warehouse.release import Release, hold_release

MEMORY = "1GB"
MOST_ROWS = 5_000
MOST_SECONDS = 60
LOOK_SECONDS = 0.2
# Table functions that make rows of their arguments alone; every other reads files, settings or the catalogue.
_MAKES_ROWS = frozenset({"range", "generate_series", "unnest"})
# Scalar functions that tell of the process instead of the rows.
_TELLS = frozenset({"current_setting", "getenv", "getvariable"})
_TABLES = frozenset({"SUBQUERY", "JOIN", "EMPTY", "COLUMN_DATA", "EXPRESSION_LIST"})


class BadQuestion(Refusal):
    """SQL that is not run, or that failed: one sentence that says why and what to do."""


def list_askable() -> dict[str, str]:
    """The tables that can be asked of, in order of the contract, each with what it holds."""
    return {name: TABLES[name].description for name in RELEASED}


def ask_rows(release: Release, sql: str, *, look: Callable[[float], object]) -> tuple[pd.DataFrame, bool]:
    """The rows of one SELECT over the released tables, at most MOST_ROWS, and whether there were more.

    `look` is called about five times a second with the share done (0 to 1, or -1 where it is not known); what it raises ends
    the question, and so does MOST_SECONDS. Raises BadQuestion.
    """
    with hold_release(release.path):
        connection = _open(release)
        try:
            check_question(connection, sql)
            return _run(connection, release, sql, look)
        finally:
            connection.close()


def _open(release: Release) -> duckdb.DuckDBPyConnection:
    """A connection that reads the files of the released tables, and no other, with little memory and no disk."""
    connection = open_connection(release.path)
    folders = (release.path / name for name in ("tables", "codes"))
    files = [str(path) for folder in folders for path in sorted(folder.rglob("*.parquet"))]
    patterns = [str(release.path / "tables" / name / "*.parquet") for name in list_views(release.path)]
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute("SET max_temp_directory_size = '0KB'")
    connection.execute(f"SET allowed_paths = [{', '.join(quote_text(path) for path in (*files, *patterns))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def check_question(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise BadQuestion for anything but one SELECT that reads the released tables alone."""
    (text,) = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone() or ("",)
    parsed = json.loads(text)
    if parsed["error"]:
        said = str(parsed["error_message"]).partition("\n")[0]
        if "SELECT" in said and parsed.get("error_type") == "not implemented":
            raise BadQuestion(
                "Only a SELECT is run here: nothing in a release can be changed. Write SELECT … FROM a table."
            )
        raise BadQuestion(f"This is not SQL that can be read: {said}.")
    if len(parsed["statements"]) != 1:
        raise BadQuestion("Ask one question at a time: one SELECT, with nothing after it.")
    nodes = list(_walk(parsed["statements"][0]))
    views = {str(name) for (name,) in connection.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    named = {
        str(entry["key"]).lower() for node in nodes for entry in node.get("map", ()) if "key" in entry
    } - views
    for node in nodes:
        _check_node(node, named)


def _walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every part of a parsed statement."""
    if isinstance(node, dict):
        yield node
        for part in node.values():
            yield from _walk(part)
    elif isinstance(node, list):
        for part in node:
            yield from _walk(part)


def _check_node(node: dict[str, Any], named: set[str]) -> None:
    known = ", ".join(RELEASED)
    kind = node.get("type")
    if kind == "BASE_TABLE":
        name = str(node["table_name"]).lower()
        is_ours = (
            name in RELEASED and str(node["schema_name"]).lower() in ("", "main") and not node["catalog_name"]
        )
        if not is_ours and (name not in named or node["schema_name"]):
            raise BadQuestion(f"There is no table {node['table_name']} to ask of; there are: {known}.")
    elif kind == "TABLE_FUNCTION":
        name = str(node["function"]["function_name"]).lower()
        if name not in _MAKES_ROWS:
            raise BadQuestion(f"The function {name} is not for use here: ask of the tables {known}.")
    elif "sample" in node and "query_location" in node and kind not in _TABLES:
        raise BadQuestion(f"Only tables can be asked of here; there are: {known}.")
    elif node.get("class") == "FUNCTION" and str(node["function_name"]).lower() in _TELLS:
        raise BadQuestion(
            f"The function {node['function_name']} is not for use here: it tells nothing of the programme."
        )


def _run(
    connection: duckdb.DuckDBPyConnection, release: Release, sql: str, look: Callable[[float], object]
) -> tuple[pd.DataFrame, bool]:
    """Run it beside, so that whoever waits can look, and can stop it."""
    rows: list[pd.DataFrame] = []
    faults: list[Exception] = []

    def answer() -> None:
        try:
            limited = f"SELECT * FROM ({sql.strip().rstrip(';')}\n) LIMIT {MOST_ROWS + 1}"
            rows.append(connection.execute(limited).df())
        except Exception as fault:
            faults.append(fault)

    worker = threading.Thread(target=answer, daemon=True)
    worker.start()
    waited = 0.0
    try:
        worker.join(LOOK_SECONDS)
        while worker.is_alive():
            waited += LOOK_SECONDS
            if waited >= MOST_SECONDS:
                raise BadQuestion(
                    f"This took longer than {MOST_SECONDS} seconds and was stopped: ask for less, or of one table."
                )
            look(connection.query_progress() / 100)
            worker.join(LOOK_SECONDS)
    finally:
        while worker.is_alive():
            connection.interrupt()
            worker.join(LOOK_SECONDS)
    if faults:
        raise BadQuestion(_say(faults[0], release)) from None
    return rows[0].head(MOST_ROWS), len(rows[0]) > MOST_ROWS


def _say(fault: Exception, release: Release) -> str:
    """What went wrong, in a sentence that names no folder of the server."""
    if isinstance(fault, duckdb.OutOfMemoryException):
        return f"This needs more than {MEMORY} of memory: ask for fewer rows or columns, or count instead of listing."
    said = str(fault).partition("\n")[0].replace(str(release.path), "").strip()
    return f"{said.rstrip('.!')}."
