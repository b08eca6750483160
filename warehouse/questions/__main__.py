"""The process in which a question runs: it reads {folder, sql, rows} from its input, and writes what came of it to its output.

The first line is JSON, a `fault` or whether there is `more`; after it come the rows as an Arrow stream. What it may use is
limited by the machine and not by DuckDB alone, whose own limit does not count everything.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from commands import Refusal
from warehouse.engine import open_connection
from warehouse.questions.check import check_question
from warehouse.quoting import quote_text

MEMORY = "1GB"
# Address space: what DuckDB may use, what its libraries take by themselves, and room for the rows.
MOST_SPACE = 3 << 30
MOST_SECONDS = 90


def main() -> None:
    """Answer one question."""
    asked = json.loads(sys.stdin.read())
    resource.setrlimit(resource.RLIMIT_AS, (MOST_SPACE, MOST_SPACE))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.chdir(asked["folder"])
    connection = open_question(Path())
    try:
        check_question(connection, asked["sql"])
        limited = f"SELECT * FROM ({asked['sql'].strip().rstrip(';')}\n) LIMIT {asked['rows'] + 1}"
        table = connection.sql(limited).to_arrow_table()
    except Refusal as fault:
        _write({"fault": str(fault)})
    except (duckdb.OutOfMemoryException, MemoryError):
        _write(
            {
                "fault": f"This needs more than {MEMORY} of memory: ask for fewer rows or columns, or count instead of listing."
            }
        )
    except duckdb.Error as fault:
        said = str(fault).partition("\n")[0].strip().rstrip(".!")
        is_memory = "bad_alloc" in said or "out of memory" in said.lower()
        _write(
            {"fault": f"This needs more than {MEMORY} of memory: ask for less." if is_memory else f"{said}."}
        )
    else:
        _write({"more": len(table) > asked["rows"]})
        out: Any = sys.stdout.buffer
        with pa.ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table.slice(0, asked["rows"]))


def open_question(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection that reads the files of the released tables, and no other, with little memory and no disk.

    The folder is that of the process, so that no path of the server stands in anything that could be asked for.
    """
    connection = open_connection(folder)
    files = [str(path) for name in ("tables", "codes") for path in sorted((folder / name).rglob("*.parquet"))]
    patterns = [str(path / "*.parquet") for path in sorted((folder / "tables").iterdir()) if path.is_dir()]
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute("SET threads = 1")
    connection.execute("SET max_temp_directory_size = '0KB'")
    connection.execute(f"SET allowed_paths = [{', '.join(map(quote_text, (*files, *patterns)))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _write(said: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
