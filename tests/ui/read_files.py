"""What stands in a file, decoded: every text of an Office package, of a PDF's streams, of a mail."""

from __future__ import annotations

import base64
import io
import re
import tempfile
import zipfile
import zlib
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pyreadstat


def read_package(content: bytes) -> str:
    """All parts of an Office file, those of the workbooks inside it too."""
    parts = []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            part = package.read(name)
            parts.append(read_package(part) if name.endswith(".xlsx") else part.decode("utf-8", "replace"))
    return "\n".join(parts)


def read_pdf(content: bytes) -> str:
    """The words of a PDF in order of drawing: each stream unpacked, each font's codes turned into characters."""
    objects = {
        int(number): body for number, body in re.findall(rb"(\d+) 0 obj\s(.*?)endobj", content, re.DOTALL)
    }
    streams = {number: _unpack(body) for number, body in objects.items() if b"stream" in body}
    fonts: dict[bytes, dict[int, str]] = {}
    for body in objects.values():
        named = re.search(rb"/Name /(F\S+)", body)
        table = re.search(rb"/ToUnicode (\d+) 0 R", body)
        if named and table:
            fonts[named[1]] = _read_codes(streams[int(table[1])])
    assert fonts
    said = []
    for stream in streams.values():
        codes: dict[int, str] = {}
        for font, text in re.findall(rb"/(F\S+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj", stream, re.DOTALL):
            if font:
                codes = fonts.get(font, {})
            else:
                said.append("".join(codes.get(code, chr(code)) for code in _unescape(text)))
    return "\n".join(said).replace("\u00a0", " ")


def _unpack(body: bytes) -> bytes:
    raw = body.split(b"stream", 1)[1].strip().removesuffix(b"endstream").strip(b"\r\n")
    if b"ASCII85Decode" in body:
        raw = base64.a85decode(raw.strip().removesuffix(b"~>"))
    return zlib.decompress(raw) if b"FlateDecode" in body else raw


def _read_codes(table: bytes) -> dict[int, str]:
    codes = {}
    for first, last, listed in re.findall(rb"<(\w+)> <(\w+)> \[(.*?)\]", table, re.DOTALL):
        texts = re.findall(rb"<(\w+)>", listed)
        for code, text in zip(range(int(first, 16), int(last, 16) + 1), texts, strict=False):
            codes[code] = bytes.fromhex(text.decode()).decode("utf-16-be")
    for code, text in re.findall(rb"^<(\w\w)> <(\w{4})>$", table, re.MULTILINE):
        codes[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return codes


def _unescape(text: bytes) -> bytes:
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
    return re.sub(
        rb"\\(\d{1,3}|.)",
        lambda found: bytes([int(found[1], 8)]) if found[1].isdigit() else plain.get(found[1], found[1]),
        text,
        flags=re.DOTALL,
    )


def read_sav(content: bytes) -> tuple[Any, Any]:
    """Rows with the missing codes kept, and the description of the variables."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sav"
        path.write_bytes(content)
        return pyreadstat.read_sav(str(path), user_missing=True)


def read_mail(content: bytes) -> str:
    """Both texts of a mail."""
    message = message_from_bytes(content, policy=policy.default)
    return "\n".join(str(part.get_content()) for part in message.walk() if not part.is_multipart())


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
