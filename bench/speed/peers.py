"""What others would do: pandas with pandera for the load, networkx for the network."""

from __future__ import annotations

import time
from pathlib import Path

import pandas as pd

from bench.report.row import Unavailable
from warehouse.contracts import TABLES, Table

Seconds = dict[str, float]
BETWEENNESS_NODES = 5_000


def load_with_pandera(exports: str, target: str) -> int:
    """Read the CSVs, check types, required cells, allowed values, ranges, keys and references, write Parquet; rows."""
    try:
        import pandera.pandas as pandera
    except ImportError:
        raise Unavailable("pandera is not installed: uv sync --group bench, or pip install pandera") from None
    Path(target).mkdir(parents=True)
    read = {path.stem: _read(path, TABLES[path.stem]) for path in sorted(Path(exports).glob("*.csv"))}
    for name, rows in read.items():
        columns = {}
        for column in TABLES[name].columns:
            if column.name not in rows:
                continue
            checks = []
            if column.allowed:
                checks.append(pandera.Check.isin(column.allowed))
            if column.minimum is not None:
                checks.append(pandera.Check.ge(column.minimum))
            if column.above is not None:
                checks.append(pandera.Check.gt(column.above))
            if column.references and column.references[0] in read:
                checks.append(pandera.Check.isin(read[column.references[0]][column.references[1]].unique()))
            columns[column.name] = pandera.Column(nullable=not column.required, checks=checks)
        key = [part for part in TABLES[name].key if part in rows]
        checked = pandera.DataFrameSchema(columns, unique=key).validate(rows)
        checked.to_parquet(Path(target) / f"{name}.parquet", compression="zstd")
    return sum(len(rows) for rows in read.values())


def _read(path: Path, table: Table) -> pd.DataFrame:
    types = {column.name: column.type for column in table.columns}
    names = list(pd.read_csv(path, nrows=0).columns)
    moments = [name for name in names if types.get(name) in ("date", "timestamp")]
    kinds = {"integer": "Int64", "number": "Float64", "boolean": "boolean"}
    dtypes = {name: kinds.get(types.get(name, "text"), "str") for name in names if name not in moments}
    return pd.read_csv(path, dtype=dtypes, parse_dates=moments)


def measure_with_networkx(exports: str, wave: str) -> Seconds:
    """Wall seconds of each figure of one wave's ties, isolates included; `nodes` and `arcs` how many there are."""
    import networkx

    ties = pd.read_csv(Path(exports) / "ties.csv")
    ties = ties[ties["wave_id"] == wave]
    invited = pd.read_csv(Path(exports) / "invitations.csv", usecols=["wave_id", "member_id"])
    graph = networkx.DiGraph()
    graph.add_nodes_from(invited.loc[invited["wave_id"] == wave, "member_id"])
    graph.add_edges_from(ties[["from_member_id", "to_member_id"]].itertuples(index=False, name=None))
    figures = {
        "density": networkx.density,
        "reciprocity": networkx.overall_reciprocity,
        "clustering": lambda one: networkx.average_clustering(one.to_undirected()),
    }
    if len(graph) <= BETWEENNESS_NODES:
        figures["betweenness_highest"] = lambda one: max(
            networkx.betweenness_centrality(one.to_undirected()).values()
        )
    found = {"nodes": float(len(graph)), "arcs": float(graph.number_of_edges())}
    for name, figure in figures.items():
        start = time.perf_counter()
        figure(graph)
        found[name] = time.perf_counter() - start
    return found
