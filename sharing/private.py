"""A database of the staff's own: one file that its owner alone may read, or a group that was given it."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine, create_engine


def open_private(path: Path) -> Engine:
    """The SQLite database at a path, made for its owner alone. A group that it was given to keeps its rights; others never have any."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    found = path.stat()
    if found.st_uid == os.getuid():
        path.chmod(found.st_mode & 0o660)
    return create_engine(f"sqlite:///{path}")
