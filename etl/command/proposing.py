"""A mapping proposed for files that no importer knows: printed, or written to a file that is not there yet."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from etl.command.printing import out
from etl.reading.physical.archive import ZIP, unpack_single
from etl.reading.physical.workbook import read_workbook
from etl.reading.transcode import decode
from etl.reading.types import Options, Refused
from etl.sources.proposal import propose_mapping
from etl.staging import list_inputs

ASKED = "--mapping"


def propose(paths: Sequence[Path], said: Sequence[str], options: Options, target: Path | None) -> None:
    """Propose a mapping for each file that a sentence of a check would have mapped; Refused where the target is there already."""
    unknown = [
        path
        for path in list_inputs(paths)
        if any(words.startswith(path.name) and ASKED in words for words in said)
    ]
    proposed = [text for path in unknown for text in [_propose_file(path, options)] if text]
    if not proposed:
        return
    if target is None:
        out.print("A mapping to start from (save it, answer what it asks, and give it with --mapping):\n")
        out.print("\n".join(proposed))
        return
    try:
        with target.open("x", encoding="utf-8") as handle:
            handle.write("\n".join(proposed))
    except FileExistsError:
        raise Refused(
            f"{target} is there already, and is not overwritten: name another file with --propose."
        ) from None
    out.print(f"A mapping to start from is in {target}: answer what it asks, and give it with --mapping.")


def _propose_file(path: Path, options: Options) -> str:
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder, "inside")
        source = inside if unpack_single(path, inside) else path
        try:
            if source.open("rb").read(4) == ZIP:
                sheets = read_workbook(source, path.name).sheets
                text = max(sheets, key=lambda sheet: len(sheet.rows)).write() if sheets else ""
            else:
                text = decode(source.read_bytes(), path.name, options.encoding)
        except Refused:
            return ""
    return propose_mapping(path.name, text)
