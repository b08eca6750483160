"""Checked tables into a release: Parquet, checks, manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from etl.checking.reconcile import FileCount
from etl.checking.surveys.asked import list_asked
from etl.coding.parts import write_parts
from etl.coding.repeats import Placed
from etl.remarks import find_span, list_remarks, view_whole
from warehouse.codes import CODED
from warehouse.contracts import ASKED, RELEASED, TABLES, Table
from warehouse.files import write_whole
from warehouse.quoting import quote_name, quote_text
from warehouse.release import (
    LAYOUT,
    NoRelease,
    Release,
    find_release,
    hash_file,
    name_release,
    publish,
    stage_release,
)

CODE_VERSION = "0.1.0"


@dataclass(frozen=True)
class Check:
    """One check of a release: what was checked, whether it held, and the numbers."""

    check: str
    ok: bool
    detail: str


def publish_release(
    connection: duckdb.DuckDBPyConnection,
    data: Path,
    files: Sequence[FileCount],
    placed: Mapping[str, Sequence[Placed]],
    attributes: Sequence[str],
    zone: str,
    progress: Callable[[str], None],
    by: str = "",
) -> tuple[Release, bool]:
    """Write the accepted tables as a release and make it live; the live release stays when nothing has changed.

    Parts (`placed`, by table) are linked into it as they are; `by` is who loads it, where that is known.

    Returns the live release and whether it is new.
    """
    with stage_release(data) as folder:
        view_whole(connection, placed, zone)
        first_on, complete_to = find_span(connection, files, placed)
        remarks = list_remarks(connection, files, complete_to, zone)
        progress("Writing tables")
        (folder / "tables").mkdir()
        for name in (name for name in RELEASED if name not in CODED):
            _write_table(connection, TABLES[name], attributes, folder / "tables" / f"{name}.parquet")
        accepted = _count_each(connection, {name: f"accepted_{name}" for name in RELEASED})
        linked = write_parts(connection, placed, accepted, attributes, folder)
        _write_quarantine(connection, files, folder / "quarantine.parquet")
        _write_asked(connection, files, folder / f"{ASKED.name}.parquet")
        hashes = {
            str(path.relative_to(folder)): linked.get(path) or hash_file(path)
            for path in sorted(folder.rglob("*.parquet"))
        }
        records = [file.to_record() for file in files]
        content = hashlib.sha256(
            json.dumps([hashes, records, CODE_VERSION, LAYOUT, zone]).encode()
        ).hexdigest()
        _write_identity(connection, data / "state" / "identity.parquet")
        with suppress(NoRelease):
            live = find_release(data)
            if live.manifest["content"] == content:
                return live, False
        progress("Publishing")
        tables = {
            name: count + sum(one.rows for one in placed.get(name, ())) for name, count in accepted.items()
        }
        now = datetime.now(UTC)
        manifest: dict[str, Any] = {
            "release": name_release(data, now, content),
            "published_at": now.isoformat(timespec="seconds"),
            "code_version": CODE_VERSION,
            "layout": LAYOUT,
            "content": content,
            "zone": zone,
            **({"loaded_by": by} if by else {}),
            "attributes": list(attributes),
            "first_on": first_on.isoformat() if first_on else None,
            "complete_to": complete_to.isoformat() if complete_to else None,
            "is_synthetic": any(file.staged.is_synthetic for file in files),
            "files": records,
            "tables": tables,
            "remarks": remarks,
            "checks": [check.__dict__ for check in _run_checks(connection, files, folder, tables)],
            "hashes": hashes,
        }
        return publish(data, folder, manifest), True


def _write_table(
    connection: duckdb.DuckDBPyConnection, table: Table, attributes: Sequence[str], path: Path
) -> None:
    """One Parquet file, sorted by key, without personal columns."""
    names = [column.name for column in table.columns if not column.personal]
    extra = [name for name in attributes if table.has_attributes and name not in names]
    columns = [f"t.{quote_name(name)}" for name in (*names, *extra)]
    source = f"accepted_{table.name} t"
    if table.name == "members":
        columns[0] = "p.pseudonym AS member_id"
        source += " JOIN people p ON p.member_id = t.member_id"
    order = ", ".join(str(names.index(name) + 1) for name in table.key)
    connection.execute(
        f"COPY (SELECT {', '.join(columns)} FROM {source} ORDER BY {order}) TO {quote_text(str(path))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )


def _write_quarantine(connection: duckdb.DuckDBPyConnection, files: Sequence[FileCount], path: Path) -> None:
    names = ", ".join(quote_text(file.staged.name) for file in files) or "''"
    connection.execute(
        f"""COPY (SELECT ([{names}])[file + 1] AS file, line, tbl AS "table", reason FROM rejects
        ORDER BY file, line, tbl, reason) TO {quote_text(str(path))} (FORMAT parquet, COMPRESSION zstd)"""
    )


def _write_asked(connection: duckdb.DuckDBPyConnection, files: Sequence[FileCount], path: Path) -> None:
    asked = list_asked(connection, [file.staged.name for file in files])
    connection.execute(f"COPY ({asked}) TO {quote_text(str(path))} (FORMAT parquet, COMPRESSION zstd)")


def _write_identity(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Who is behind each pseudonym: for the load's own use, readable by the owner only, outside every release.

    What loads that were killed left half-written goes; the caller holds the lock, so that no other one writes it.
    """
    for left in path.parent.glob(f".{path.name}.*"):
        left.unlink(missing_ok=True)
    with write_whole(path) as fresh:
        connection.execute(
            f"COPY (SELECT member_id, pseudonym, name, email FROM people ORDER BY member_id) TO {quote_text(str(fresh))} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        fresh.chmod(0o600)


def _count_each(connection: duckdb.DuckDBPyConnection, sources: Mapping[str, str]) -> dict[str, int]:
    """Rows of each source, given as SQL by name."""
    counted = " UNION ALL ".join(
        f"SELECT {quote_text(name)}, count(*) FROM {source}" for name, source in sources.items()
    )
    return {str(name): int(count) for name, count in connection.execute(counted).fetchall()}


def _run_checks(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[FileCount],
    folder: Path,
    tables: Mapping[str, int],
) -> list[Check]:
    """What must hold of every release; each is stored in the manifest with its numbers."""
    checks = [
        Check(
            "Every row is accounted for",
            all(file.read == file.accounted for file in files),
            f"{sum(file.read for file in files)} read, {sum(file.loaded for file in files)} loaded, "
            f"{sum(file.quarantined for file in files)} quarantined, {sum(file.duplicates for file in files)} duplicates, "
            f"{sum(file.summed for file in files)} summed, {sum(file.guests for file in files)} of guests",
        )
    ]
    paths = {name: f"{name}/*.parquet" if name in CODED else f"{name}.parquet" for name in tables}
    lying = {
        name: f"read_parquet({quote_text(str(folder / 'tables' / path))})" for name, path in paths.items()
    }
    written = _count_each(connection, lying)
    checks += [
        Check(
            f"Table {name} is written whole",
            written[name] == accepted,
            f"{written[name]} of {accepted} rows",
        )
        for name, accepted in tables.items()
    ]
    members = connection.execute("SELECT count(*), count(DISTINCT pseudonym) FROM people").fetchall()[0]
    checks.append(
        Check(
            "Every member has a pseudonym of their own",
            members[0] == members[1],
            f"{members[1]} of {members[0]}",
        )
    )
    return checks
