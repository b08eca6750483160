"""What is kept of secrets: a SHA-256 of random tokens, scrypt of passwords."""

from __future__ import annotations

import hashlib
import unicodedata


def hash_secret(secret: str) -> str:
    """SHA-256 of a random token, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def hash_password(password: str, salt: str) -> str:
    """The salt and the scrypt hash (N = 2¹⁵, r = 8, p = 3), both in hexadecimal."""
    digest = hashlib.scrypt(
        unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass"),
        salt=bytes.fromhex(salt),
        n=2**15,
        r=8,
        p=3,
        maxmem=2**26,
    )
    return f"{salt}${digest.hex()}"
