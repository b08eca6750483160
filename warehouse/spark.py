"""Apache Spark as the engine of what is kept: the same statements, through SQLGlot, over the same Parquet files.

PySpark and SQLGlot are asked for only here, and only when a load names Spark.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import shutil
import signal
import socket
import threading
import warnings
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from commands import Refusal
from warehouse.kept import WORKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from warehouse.engine import Statement

_URL = re.compile(r"local(\[(\d+|\*)\])?|(?:spark|sc)://(?P<host>\[[^\]]+\]|[^:/;]+)(:(?P<port>\d+))?(/.*)?")
_PORTS = {"spark": 7077, "sc": 15002}
_WAIT_SECONDS = 5
# Spark's name of a DuckDB type; any other has the same in both. DuckDB writes HUGEINT to Parquet as DOUBLE.
_TYPES = {"VARCHAR": "STRING", "HUGEINT": "DOUBLE", "TIMESTAMP": "TIMESTAMP_NTZ", "INTEGER": "INT"}
_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
# Errors come back as sentences, so Spark's own log would say them twice.
_QUIET = {"spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF"}
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


class NoSpark(Refusal):
    """Spark is not there, or did not do what it was asked: one sentence that says which and what to do."""


class Spark:
    """A session of Spark that runs the statements of a release; closed at the end of a `with`.

    Every process of Spark must see the data folder under the same path.
    """

    def __init__(self, url: str) -> None:
        check_url(url)
        self._session = _open_session(url)
        self._views: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.stop()

    def write(self, statement: Statement, path: Path) -> None:
        """Run a statement and put its rows into one Parquet file, with the types that DuckDB would have written."""
        working = path.parent / f"{WORKING}{secrets.token_hex(8)}"
        try:
            self._select(statement).write.parquet(_locate(working))
            os.replace(next(working.glob("*.parquet")), path)
        except StopIteration:
            raise NoSpark(
                f"Spark wrote nothing into {path.parent}: its workers must see the data folder under the same path."
            ) from None
        except Exception as error:
            raise NoSpark(f"Spark could not run a statement: {_say(error)}") from error
        finally:
            shutil.rmtree(working, ignore_errors=True)

    def _select(self, statement: Statement) -> DataFrame:
        for name, sql in statement.sources.items():
            if self._views.get(name) != sql:
                self._session.sql(transpile(sql)[0]).createOrReplaceTempView(name)
                self._views[name] = sql
        sql, order = transpile(statement.sql)
        columns = [
            f"CAST(`{name}` AS {_TYPES.get(kind, kind)}) AS `{name}`"
            for name, kind in statement.columns.items()
        ]
        rows = self._session.sql(sql).selectExpr(*columns).repartition(1)
        return rows.orderBy(*order) if order else rows


def transpile(sql: str) -> tuple[str, list[str]]:
    """A statement of DuckDB in Spark's words without its ORDER BY, and the columns that it orders by."""
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    order = tree.args.get("order")
    tree.set("order", None)
    for part in tree.find_all(exp.CTE):
        part.set("materialized", None)
    for file in tree.find_all(exp.ReadParquet):
        path = file.expressions[0]
        path.replace(exp.Literal.string(_locate(Path(path.this))))
    return tree.sql(dialect="spark"), [one.this.name for one in order.expressions] if order else []


def check_url(url: str) -> None:
    """Raise NoSpark unless Spark can be expected at this URL: its form, what has to be installed, who answers there."""
    found = _URL.fullmatch(url)
    if not found:
        raise NoSpark(
            f"There is no engine {url}: use duckdb, local[2], spark://HOST:PORT or sc://HOST:PORT (Spark Connect)."
        )
    scheme = url.split(":")[0]
    _check_installed(needs_java=scheme != "sc")
    if scheme in _PORTS:
        address = (found["host"].strip("[]"), int(found["port"] or _PORTS[scheme]))
        try:
            socket.create_connection(address, _WAIT_SECONDS).close()
        except OSError as error:
            raise NoSpark(
                f"No Spark answers at {url} ({error.strerror or error}): start it or name another with --engine."
            ) from None


def _check_installed(*, needs_java: bool) -> None:
    try:
        import pyspark  # noqa: F401
        import sqlglot  # noqa: F401
    except ImportError:
        raise NoSpark(
            "PySpark is not installed here: install it with make spark, or load without --engine."
        ) from None
    home = os.environ.get("JAVA_HOME")
    if needs_java and not shutil.which("java", path=f"{home}/bin" if home else None):
        raise NoSpark(
            "Spark needs Java, which is not installed here: apt-get install default-jre-headless, or load without --engine."
        )


def _open_session(url: str) -> SparkSession:
    from pyspark.sql import SparkSession

    is_remote = url.startswith("sc:")
    builder = SparkSession.builder.appName("Q evaluation dashboard")
    builder = builder.remote(url) if is_remote else builder.master(url)
    fixed = {} if is_remote else _QUIET | (_LOCAL if url.startswith("local") else {})
    try:
        with warnings.catch_warnings():
            # PySpark speaks of versions of pandas, which nothing here hands to it.
            warnings.simplefilter("ignore", FutureWarning)
            for name, value in fixed.items():
                builder = builder.config(name, value)
            session = builder.getOrCreate()
            for name, value in _SETTINGS.items():
                session.conf.set(name, value)
    except Exception as error:
        raise NoSpark(f"Spark did not start at {url}: {_say(error)}") from error
    _let_interrupts_through()
    return session


def _let_interrupts_through() -> None:
    """Ctrl-C ends what runs as anywhere else: PySpark's own handler calls Java in the middle of a call, and both log it."""
    logging.getLogger().addHandler(logging.NullHandler())
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _locate(path: Path) -> str:
    return f"file://{path.resolve()}"


def _say(error: Exception) -> str:
    """The first line of an error that says something."""
    lines = (line.strip(": ") for line in str(error).splitlines())
    said = (line for line in lines if line and not line.startswith("An error occurred while calling"))
    return next(said, type(error).__name__)
