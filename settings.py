"""Settings of one installation: frozen, from the environment, with defaults that work on one machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PROJECT = Path(__file__).resolve().parent
Audience = Literal["staff", "funder"]
SHARE_URL = "http://127.0.0.1:8502"


@dataclass(frozen=True)
class Settings:
    """Where the data lie, whose days are counted, and for whom this process serves.

    `data` holds releases, state and the inbox; `zone` is the IANA zone in which days and weeks are counted;
    `journal_url` is an SQLAlchemy URL ('' keeps the journal in the data folder);
    `share_url` is the address of the funder server as recipients of a link reach it.
    """

    data: Path
    zone: str
    audience: Audience
    journal_url: str
    share_url: str = SHARE_URL


def load_settings() -> Settings:
    """Read the settings of this process. ValueError names the variable whose value is not allowed."""
    audience = os.environ.get("AUDIENCE", "staff")
    if audience not in ("staff", "funder"):
        raise ValueError(f"AUDIENCE is {audience!r}: set it to staff or funder.")
    return Settings(
        data=Path(os.environ.get("EVALUATION_DATA", PROJECT / "data")).resolve(),
        zone=os.environ.get("EVALUATION_ZONE", "Europe/London"),
        audience="funder" if audience == "funder" else "staff",
        journal_url=os.environ.get("JOURNAL_URL", ""),
        share_url=os.environ.get("SHARE_URL", SHARE_URL),
    )
