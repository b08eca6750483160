"""What stands in a file, decoded: every text of an Office package, of a PDF, of a mail."""

from __future__ import annotations

import io
import tempfile
import zipfile
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pyreadstat
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject


def read_package(content: bytes) -> str:
    """All parts of an Office file, those of the workbooks inside it too."""
    parts = []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            part = package.read(name)
            parts.append(read_package(part) if name.endswith(".xlsx") else part.decode("utf-8", "replace"))
    return "\n".join(parts)


def read_pdf(content: bytes) -> str:
    """The words of a PDF, page by page, then what it says of itself and of its pictures."""
    reader = PdfReader(io.BytesIO(content))
    said = [page.extract_text() for page in reader.pages]
    said += [str(value) for value in (reader.metadata or {}).values()]
    said += [str(tag["/Alt"]) for tag in list_tags(reader) if "/Alt" in tag]
    return "\n".join(said).replace("\u00a0", " ").replace("\u200b", "")


def list_tags(reader: PdfReader) -> list[DictionaryObject]:
    """The tags of a PDF in order of reading."""
    found: list[DictionaryObject] = []
    waiting: list[Any] = [reader.trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while waiting:
        one = waiting.pop(0)
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, ArrayObject):
            waiting = [*one, *waiting]
        elif isinstance(one, DictionaryObject) and "/S" in one:
            found.append(one)
            waiting.insert(0, one.get("/K", ArrayObject()))
    return found


def read_sav(content: bytes) -> tuple[Any, Any]:
    """Rows with the missing codes kept, and the description of the variables."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sav"
        path.write_bytes(content)
        return pyreadstat.read_sav(str(path), user_missing=True)


def read_mail(content: bytes) -> str:
    """Both texts of a mail."""
    message = message_from_bytes(content, policy=policy.default)
    return "\n".join(
        str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"
    )


def read_any(ending: str, content: bytes) -> str:
    """All that a file says, as text."""
    if ending in ("xlsx", "pptx"):
        return read_package(content)
    if ending == "pdf":
        return read_pdf(content)
    if ending == "sav":
        rows, about = read_sav(content)
        return (
            f"{rows.to_csv()}\n{about.column_names_to_labels}\n{about.variable_value_labels}\n{about.notes}"
        )
    return read_mail(content) if ending == "eml" else content.decode("utf-8-sig")
