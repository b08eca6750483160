"""What a load or a check says: the reconciliation, the reasons, the remarks."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from etl.checking.reconcile import FileCount
from etl.load import Loaded
from etl.staging import list_passed

MOST_REASONS = 5
out = Console(soft_wrap=True, highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)


def print_loaded(loaded: Loaded, before: Mapping[str, Any] | None = None) -> None:
    """The reconciliation of a load, what is new to be said, and the release that it gave; `before` is the manifest of the one that was live."""
    manifest = loaded.release.manifest
    earlier = before if before and loaded.is_new else {}
    known = {file["sha256"] for file in earlier.get("files", ())}
    said = earlier.get("remarks", ())
    print_counts(loaded.files, MOST_REASONS, known)
    print_remarks([remark for remark in manifest["remarks"] if remark not in said])
    old = [file for file in loaded.files if file.staged.sha256 in known]
    still = sum(len(file.warnings) + len(file.asides) + bool(file.cells) for file in old)
    still += sum(remark in said for remark in manifest["remarks"])
    if still:
        out.print(
            f"{still:,} remark{' of earlier loads still holds' if still == 1 else 's of earlier loads still hold'}: Data and methods lists them."
        )
    failed = [check["check"] for check in manifest["checks"] if not check["ok"]]
    state = "is live" if loaded.is_new else "stays live: nothing has changed"
    out.print(f"Release {loaded.release.id} {state}; complete to {manifest['complete_to'] or 'no date'}.")
    out.print(
        f"Checks: {len(manifest['checks']) - len(failed)} passed, {len(failed)} failed{': ' if failed else ''}{', '.join(failed)}."
    )
    if loaded.release.is_synthetic:
        out.print(
            "It holds synthetic sample data and says so on every page. Load your own files with --fresh to leave them out."
        )


def print_counts(files: Sequence[FileCount], most: int, known: Collection[str] = ()) -> None:
    """What became of each file, with the first reasons of each that is not `known` by its SHA-256."""
    table = Table(box=None, pad_edge=False)
    for name in ("file", "what it is"):
        table.add_column(name, no_wrap=True)
    names = [
        "read",
        "loaded",
        "quarantined",
        "duplicates",
        *(name for name in ("summed", "guests") if any(getattr(file, name) for file in files)),
    ]
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    for file in files:
        numbers = (getattr(file, name) for name in names)
        table.add_row(file.staged.name, file.title, *(f"{number}" for number in numbers))
    out.print(table)
    for file in files:
        if file.staged.sha256 in known:
            continue
        if file.cells:
            rows = "row was" if file.cells == 1 else "rows were"
            out.print(f"{file.staged.name}: {file.cells} {rows} loaded without a cell that was set aside.")
        for warning in file.warnings:
            out.print(warning)
        for aside in file.asides[:most]:
            out.print(aside.describe(file.staged.name))
        if len(file.asides) > most:
            out.print(
                f"{file.staged.name}: {len(file.asides) - most} further reasons, which python -m etl check lists."
            )


def print_remarks(remarks: Sequence[str]) -> None:
    """Sentences, a line each."""
    for remark in remarks:
        out.print(remark)


def print_passed(paths: Sequence[Path]) -> None:
    """What lies in folders and was not read."""
    for words in list_passed(paths):
        out.print(words)
