"""The last frame that an open page gets: it leaves for the page that says that its link opens nothing.

A browser whose socket is merely closed keeps showing what it has. Streamlit's front end follows an `auth_redirect`
at once; the frame is written here as bytes because nothing below the pages imports Streamlit (a test decodes it).
"""

from __future__ import annotations

_AUTH_REDIRECT, _URL, _BYTES = 24, 1, 2


def write_farewell(path: str) -> bytes:
    """The frame ForwardMsg(auth_redirect=AuthRedirect(url=path)); a path of at most 100 ASCII characters."""
    url = path.encode("ascii")
    redirect = bytes([_URL << 3 | _BYTES, len(url)]) + url
    tag = _AUTH_REDIRECT << 3 | _BYTES
    return bytes([tag & 0x7F | 0x80, tag >> 7, len(redirect)]) + redirect
