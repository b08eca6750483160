"""What every file has in common: a name nobody else's file has, and bytes that depend on its content alone."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from datetime import datetime

_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def name_file(subject: str, release_id: str, content: bytes, *, role: str = "", ending: str = "csv") -> str:
    """A file name that no other content shares: subject, release, for whom, and the start of the content's SHA-256."""
    digest = hashlib.sha256(content).hexdigest()[:10]
    parts = [_slug(subject), _slug(release_id), f"for-{_slug(role)}" if role else "", digest]
    return f"{'_'.join(part for part in parts if part)}.{ending}"


def clean_text(text: str) -> str:
    """Text without the control characters and half characters that XML cannot hold."""
    return _UNREADABLE.sub("", text)


def freeze_package(content: bytes, moment: datetime) -> bytes:
    """An Office file whose dates, and those of the workbooks inside it, are all `moment`: the same content, the same bytes."""
    stamp = (max(moment.year, 1980), *moment.timetuple()[1:6])
    written = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name.endswith(".xlsx"):
                part = freeze_package(part, moment)
            elif name == "docProps/core.xml":
                part = _STAMPS.sub(rb"\g<1>" + written + rb"\g<3>", part)
            entry = zipfile.ZipInfo(name, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            new.writestr(entry, part)
    return buffer.getvalue()


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-").lower() or "figures"
