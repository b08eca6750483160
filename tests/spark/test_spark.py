"""Spark computes what DuckDB does, cell by cell; what is not there is said in one sentence and leaves nothing half done."""

from __future__ import annotations

import shutil
import socket
import stat
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.speed.spark import compare_folders
from etl.__main__ import main
from indicators.catalogue import list_indicators
from indicators.engine.asking import list_periods
from indicators.engine.cells import ask_cells, read_statistics
from indicators.prepare import list_statements, prepare
from indicators.selection import Selection
from warehouse.derived import SMALL, list_derived
from warehouse.engine import Engine, Statement
from warehouse.kept import WORKING, empty_kept, find_kept_folder
from warehouse.release import Release, current_id, find_release, list_releases
from warehouse.spark import NoSpark, Spark, transpile

# Of small tables most of the time goes into preparing: nothing is generated, replanned or compiled for the long run.
SETTINGS = """
spark.sql.shuffle.partitions 2
spark.sql.adaptive.enabled false
spark.sql.codegen.wholeStage false
spark.sql.codegen.factoryMode NO_CODEGEN
spark.driver.memory 1g
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""
MEMBERS = "member_id,joined_on,region\nm1,2024-01-01,North\nm2,2024-02-01,South\n"


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """A folder with a members list of two."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "members.csv").write_text(MEMBERS, encoding="utf-8")
    return tmp_path / "in"


@pytest.mark.spark
def test_every_statement_has_words_of_spark(spark_url: str, release: Release) -> None:
    import sqlglot

    engine = Engine(release)
    statements = {name: one.sql for one in list_derived(engine.attributes) if (name := one.name) not in SMALL}
    statements |= dict(list_statements(engine))
    assert len(statements) > 60
    for title, sql in statements.items():
        assert sqlglot.parse_one(transpile(sql)[0], read="spark"), title


@pytest.mark.spark
def test_spark_computes_the_sample_as_duckdb_does(
    spark_url: str,
    release: Release,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "spark-defaults.conf").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path / "conf"))
    data = release.path.parent.parent
    other = tmp_path / "data"
    shutil.copytree(data, other, ignore=shutil.ignore_patterns("kept"))

    # Every twelfth statement with the facts that it reads: all of them are compared by python -m bench spark.
    chosen = list(list_statements(Engine(release)))[::12]
    monkeypatch.setattr("indicators.prepare.list_statements", lambda engine: iter(chosen))
    prepare(Engine(release), lambda step: None)
    assert main(["load", "data/sample", "--data", str(other), "--engine", spark_url]) == 0

    printed = capsys.readouterr().out
    assert f"Release {release.id} stays live: nothing has changed" in printed
    assert "Spark has computed the figures of the pages." in printed
    kept = find_kept_folder(other)
    compared = compare_folders(find_kept_folder(data), kept)
    assert compared.faults == ()
    assert compared.files > len(chosen)
    assert compared.cells > 10_000
    written = {
        path: pq.read_metadata(path).created_by.startswith("parquet-mr") for path in kept.glob("*.parquet")
    }
    assert list(written.values()).count(True) >= len(chosen)
    assert 0 < list(written.values()).count(False) <= len(SMALL | {"network_nodes"})
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert not list(kept.glob(f"{WORKING}*"))


def test_pages_find_every_statement_that_was_prepared(release: Release) -> None:
    engine = Engine(release)
    prepare(engine, lambda step: None)
    kept = find_kept_folder(release.path.parent.parent)
    made: dict[str, int] = {}
    for indicator in list_indicators(engine.attributes).values():
        if indicator.estimator == "computed":
            continue
        is_alone = indicator.is_whole or indicator.group_of
        for dimensions in ((),) if is_alone else ((), ("region",)):
            before = len(list(kept.glob("*.parquet")))
            grain = indicator.grains[0] if indicator.grains else ""
            periods = list_periods(engine, indicator, Selection(grain=grain))
            read_statistics(engine, indicator, ask_cells(engine, indicator, periods, dimensions, {}))
            made[f"{indicator.id} {dimensions}"] = len(list(kept.glob("*.parquet"))) - before
    assert {title for title, count in made.items() if count} == set()


def test_a_cell_that_differs_is_found(tmp_path: Path) -> None:
    for name, n, x in (("a", 3, 1.5), ("same", 3, 1.5 + 1e-12), ("n", 4, 1.5), ("x", 3, 1.5 + 1e-6)):
        (tmp_path / name).mkdir()
        pq.write_table(
            pa.table({"key": ["k", "l"], "n": [2, n], "x": [1.0, x]}), tmp_path / name / "t.parquet"
        )
    (tmp_path / "none").mkdir()
    found = {
        name: compare_folders(tmp_path / "a", tmp_path / name).faults for name in ("same", "n", "x", "none")
    }
    assert found == {
        "same": (),
        "n": ("t.parquet: 1 of n",),
        "x": ("t.parquet: 1 of x",),
        "none": ("t.parquet is in one folder only.",),
    }


@pytest.mark.parametrize("url", ["spark", "postgres://x", "local[]", "local[2] ", "spark://", ""])
def test_what_is_no_engine_is_refused(
    url: str, drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", str(drawn), "--data", str(tmp_path / "data"), "--engine", url]) == 1
    said = capsys.readouterr().err
    assert f"There is no engine {url}: use duckdb, local[2], spark://HOST:PORT or sc://HOST:PORT" in said
    assert current_id(tmp_path / "data") is None


@pytest.mark.spark
@pytest.mark.parametrize("scheme", ["spark", "sc"])
def test_nobody_at_the_address_is_said(
    scheme: str, spark_url: str, drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"{scheme}://127.0.0.1:{free.getsockname()[1]}"
        assert main(["load", str(drawn), "--data", str(tmp_path / "data"), "--engine", url]) == 1
    assert f"No Spark answers at {url}" in capsys.readouterr().err
    assert current_id(tmp_path / "data") is None


@pytest.mark.parametrize(
    ("missing", "words"), [("pyspark", "PySpark is not installed"), ("java", "Spark needs Java")]
)
def test_what_is_not_installed_is_said(
    missing: str,
    words: str,
    drawn: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("pyspark", "sqlglot"):
        monkeypatch.setitem(sys.modules, name, None if name == missing else sys)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["load", str(drawn), "--data", str(tmp_path / "data"), "--engine", "local[2]"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(words)
    assert said.count("\n") == 1
    assert current_id(tmp_path / "data") is None


class Breaking(Spark):
    """A session that ends with `error` at its second statement; the first DuckDB runs in its place."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.written = 0

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, statement: Statement, path: Path) -> None:
        if self.written:
            raise self.error
        self.written += 1
        with duckdb.connect() as connection:
            for name, sql in statement.sources.items():
                connection.execute(f"CREATE VIEW {name} AS {sql}")
            connection.execute(f"COPY ({statement.sql}) TO '{path}' (FORMAT parquet)")


@pytest.mark.parametrize(
    "error", [NoSpark("Spark could not run a statement: no space left."), KeyboardInterrupt()]
)
def test_a_release_is_live_whatever_becomes_of_spark(
    error: BaseException,
    drawn: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = tmp_path / "data"
    monkeypatch.setattr("etl.__main__.Spark", lambda url: Breaking(error))
    assert main(["load", str(drawn), "--data", str(data), "--engine", "local[2]"]) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    live = find_release(data)
    assert said.startswith(str(error) or "Interrupted.")
    assert (
        f"Release {live.id} is live, and what Spark has not computed DuckDB does when a page asks for it"
        in said
    )
    assert len(list_releases(data)) == 1
    assert not [path for path in find_kept_folder(data).iterdir() if path.name.startswith((".new-", WORKING))]
    assert not Engine(live).query("SELECT * FROM stays").empty


def test_an_erasure_takes_what_spark_left(tmp_path: Path) -> None:
    left = tmp_path / f"{WORKING}1"
    left.mkdir()
    (left / "part.parquet").write_bytes(b"cells")
    empty_kept(tmp_path)
    assert not left.exists()
