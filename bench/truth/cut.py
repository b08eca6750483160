"""A release as it would have stood on an earlier day: the tables of a whole one, cut, beside it in the same data folder.

Nothing is read or checked anew, and what a cut leaves as it was is found again among what is kept.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb

from warehouse.codes import CODED
from warehouse.contracts import RELEASED
from warehouse.quoting import quote_text
from warehouse.release import Release, find_release, hash_file

_SPELL = """SELECT * REPLACE (CASE WHEN left_on <= {day} THEN left_on END AS left_on,
  CASE WHEN left_on <= {day} THEN left_reason END AS left_reason) FROM {table} WHERE joined_on <= {day}"""
_OF_WAVE = "SELECT * FROM {table} WHERE wid IN (SELECT wid FROM wave_codes JOIN waves USING (wave_id) WHERE closed_on <= {day})"
_CUTS = {
    "members": _SPELL,
    "memberships": _SPELL,
    "waves": "SELECT * FROM {table} WHERE closed_on <= {day}",
    "invitations": _OF_WAVE,
    "answers": _OF_WAVE,
    "ties": _OF_WAVE,
    "attendance": """SELECT * FROM {table}
      WHERE eid IN (SELECT eid FROM event_codes JOIN events USING (event_id) WHERE CAST(starts_at AS DATE) <= {day})""",
    "activities": 'SELECT * FROM {table} WHERE CAST("at" AS DATE) <= {day}',
}


def cut_release(release: Release, day: date) -> Release:
    """The release of what was on record at the end of a day: who had joined, and left; waves that had closed; events that had been."""
    data, name = release.path.parent.parent, f"{release.id}-as-of-{day}"
    folder = data / "releases" / name
    if not folder.exists():
        _write(release.path, folder)
        _cut(folder, day)
        hashes = {
            str(path.relative_to(folder)): hash_file(path) for path in sorted(folder.rglob("*.parquet"))
        }
        manifest = release.manifest | {"release": name, "complete_to": day.isoformat(), "hashes": hashes}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return find_release(data, name)


def _write(source: Path, folder: Path) -> None:
    """Links to the files of the whole release."""
    for path in source.rglob("*.parquet"):
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.hardlink_to(path)


def _cut(folder: Path, day: date) -> None:
    """Write those tables anew that have something after the day."""
    with duckdb.connect() as connection:
        for name in ("wave_codes", "event_codes"):
            connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{folder}/codes/{name}.parquet')")
        for name in ("waves", "events"):
            connection.execute(f"CREATE TABLE {name} AS FROM read_parquet('{folder}/tables/{name}.parquet')")
        for name in (name for name in RELEASED if name in _CUTS):
            place = folder / "tables" / name
            paths = sorted(place.glob("*.parquet")) if name in CODED else [place.with_suffix(".parquet")]
            for path in paths:
                rows = f"read_parquet({quote_text(str(path))})"
                kept = _CUTS[name].format(table=rows, day=f"DATE '{day}'")
                fresh = path.with_suffix(".cut")
                connection.execute(f"COPY ({kept}) TO {quote_text(str(fresh))} (FORMAT parquet)")
                fresh.replace(path)
