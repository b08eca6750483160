"""A zip archive with one file in it, which is read as that file."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from etl.reading.transcode import open_private

ZIP = b"PK\x03\x04"
LARGEST_UNPACKED = 1_000_000_000
SMALL, MOST_TIMES = 1_000_000, 100
_BOOK = ("xl/", "[Content_Types].xml", "mimetype")
_LOCKED = 0x1
_DOCUMENTS = (
    ("word/", "a Word document: copy its table into Excel, and save it as .xlsx or CSV."),
    ("ppt/", "a PowerPoint presentation: copy its table into Excel, and save it as .xlsx or CSV."),
    ("xl/workbook.bin", "in Excel's binary format (.xlsb): open it in Excel and save it as .xlsx or CSV."),
    ("Index/", "an Apple Numbers document: export it as CSV or Excel."),
    ("mimetype", "an OpenDocument file (.ods): open it in LibreOffice or Excel and save it as .xlsx or CSV."),
)


def list_files(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files in an archive, without folders and what macOS and file managers add."""
    return [
        entry
        for entry in archive.infolist()
        if not entry.is_dir()
        and not entry.filename.startswith("__MACOSX/")
        and entry.filename.rpartition("/")[2] not in (".DS_Store", "Thumbs.db", "desktop.ini")
    ]


def is_bomb(path: Path, unpacked: int) -> bool:
    """Whether a file says it unpacks to more than `MOST_TIMES` its size (the limit of Apache POI)."""
    return unpacked > max(SMALL, MOST_TIMES * path.stat().st_size)


def unpack_single(path: Path, target: Path) -> bool:
    """Write the one file of a zip archive to `target`; False, and nothing written, where `path` is no such archive.

    A workbook is none; an archive of several files, one locked with a password, a bomb and a damaged one are left to be refused.
    """
    with path.open("rb") as handle:
        if handle.read(4) != ZIP:
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            if any(name.startswith(_BOOK) for name in archive.namelist()):
                return False
            files = list_files(archive)
            if len(files) != 1 or files[0].flag_bits & _LOCKED or files[0].file_size > LARGEST_UNPACKED:
                return False
            if is_bomb(path, files[0].file_size):
                return False
            with archive.open(files[0]) as inside, open(target, "wb", opener=open_private) as out:
                shutil.copyfileobj(inside, out)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError) as fault:
        target.unlink(missing_ok=True)
        if isinstance(fault, OSError) and not isinstance(fault, zipfile.BadZipFile):
            raise
        return False
    return True


def explain_archive(name: str, entries: Sequence[zipfile.ZipInfo]) -> str:
    """Why an archive is not read as one file."""
    files = [entry.filename for entry in entries]
    for start, words in _DOCUMENTS:
        if any(file.startswith(start) for file in files):
            return f"{name} is {words}"
    if any(entry.flag_bits & _LOCKED for entry in entries):
        return f"{name} is a zip archive locked with a password: unpack it, and load the file in it."
    inside = ", ".join(files[:3]) + (" and others" if len(files) > 3 else "")
    it = "the file in it" if len(files) < 2 else "the files in it, or a zip of each"
    return f"{name} is a zip archive of {inside or 'nothing'}: unpack it, and load {it}."
