"""Keyed pseudonyms: what stands for a person in every released table."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from etl.reading.types import Refused
from warehouse.quoting import quote_text
from warehouse.release import CURRENT

ERASED = "erased.json"
KEY = "pseudonym.key"


def load_key(state: Path) -> bytes:
    """The pseudonym key: 32 random bytes, made on first use, readable by the owner only, never in a release.

    Refused where the key is gone and something was made with it: only with that key are the people of earlier releases the
    same ones, and those who were erased known again and left out.
    """
    state.mkdir(parents=True, exist_ok=True)
    path = state / KEY
    if not path.exists() and ((state / ERASED).exists() or (state.parent / CURRENT).exists()):
        raise Refused(
            f"{path} is missing, and without it every pseudonym changes and the people who were erased would come back: "
            "restore it from the backup, or load into another data folder (--data)."
        )
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        try:
            key = bytes.fromhex(path.read_text(encoding="ascii"))
        except ValueError:
            key = b""
        if len(key) != 32:
            raise Refused(
                f"{path} is damaged: restore it from the backup, or every pseudonym changes."
            ) from None
        return key
    key = secrets.token_bytes(32)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex())
        file.flush()
        os.fsync(file.fileno())
    return key


def make_pseudonym(key: bytes, kind: str, value: str) -> str:
    """Keyed pseudonym (HMAC-SHA-256, first 64 bits in hexadecimal) of a person."""
    return hmac.digest(key, f"{kind}|{value}".encode(), hashlib.sha256).hex()[:16]


def pseudonym_sql(key: bytes, kind: str, value: str) -> str:
    """SQL of `make_pseudonym` for the text column `value` (HMAC as in RFC 2104; the key is at most 64 bytes)."""
    block = key.ljust(64, b"\0")
    inner, outer = ("".join(f"\\x{byte ^ pad:02X}" for byte in block) for pad in (0x36, 0x5C))
    message = f"encode({quote_text(kind + '|')} || {value})"
    return f"lower(left(sha256('{outer}'::BLOB || unhex(sha256('{inner}'::BLOB || {message}))), 16))"
