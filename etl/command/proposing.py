"""What files that no importer knows may be: their columns as a mapping would have them, printed or written to a file that is not there yet."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from etl.command.printing import out
from etl.load import find_last, list_staged
from etl.reading.mapping import Mapping as Saved
from etl.reading.physical.archive import ZIP, unpack_single
from etl.reading.physical.workbook import read_workbook
from etl.reading.transcode import decode
from etl.reading.types import Options, Refused
from etl.sources.proposals.draft import Draft
from etl.sources.proposals.guess import propose
from etl.sources.proposals.written import write_proposal
from etl.staging import list_inputs

ASKED = "--mapping"


def print_proposals(
    paths: Sequence[Path], data: Path, said: Collection[str], options: Options, target: Path | None
) -> None:
    """Propose a mapping for each file that a sentence of a check would have mapped; Refused where the target is there already."""
    proposed = [write_proposal(draft) for draft in list_drafts(paths, data, said, options)]
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


def list_drafts(
    paths: Sequence[Path], data: Path, said: Collection[str], options: Options
) -> Iterator[Draft]:
    """What each file seems to be that a sentence of a check would have mapped, as one of the live release was read where it has the same columns."""
    unknown = [
        path
        for path in list_inputs(paths)
        if any(words.startswith(path.name) and ASKED in words for words in said)
    ]
    kept = _list_kept(data) if unknown else {}
    for path in unknown:
        if draft := _read_draft(path, options, kept):
            yield draft


def _list_kept(data: Path) -> dict[str, Saved]:
    """The mappings of the files of the live release."""
    release = find_last(data)
    return {} if release is None else {one.name: one.mapping for one in list_staged(release) if one.mapping}


def _read_draft(path: Path, options: Options, kept: Mapping[str, Saved]) -> Draft | None:
    with tempfile.TemporaryDirectory() as folder:
        inside = Path(folder, "inside")
        try:
            source = inside if unpack_single(path, inside) else path
            if source.open("rb").read(4) == ZIP:
                sheets = read_workbook(source, path.name).sheets
                text = max(sheets, key=lambda sheet: len(sheet.rows)).write() if sheets else ""
            else:
                text = decode(source.read_bytes(), path.name, options.encoding)
        except Refused:
            return None
    return propose(path.name, text, kept)
