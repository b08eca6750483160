"""The releases of a data folder: listed, verified, and an earlier one made live."""

from __future__ import annotations

import argparse
from contextlib import suppress

from etl.command.printing import out
from etl.reading.types import Refused
from warehouse.release import (
    NoRelease,
    current_id,
    find_release,
    list_folders,
    list_releases,
    lock_data,
    point_to,
    verify_release,
)


def print_releases(given: argparse.Namespace) -> int:
    """Print every release, the live one marked; refused where none is."""
    live = None
    with suppress(NoRelease):
        live = current_id(given.data)
    readable = {release.id: release for release in list_releases(given.data)}
    for path in list_folders(given.data):
        mark = "live" if path.name == live else "    "
        release = readable.get(path.name)
        if release is None:
            out.print(f"{mark}  {path.name}  damaged")
            continue
        synthetic = "  synthetic" if release.is_synthetic else ""
        by = f"  loaded by {release.manifest['loaded_by']}" if "loaded_by" in release.manifest else ""
        out.print(
            f"{mark}  {release.id}  published {release.manifest['published_at']}  "
            f"complete to {release.manifest['complete_to'] or 'no date'}  {len(release.manifest['files'])} files{synthetic}{by}"
        )
    find_release(given.data)
    return 0


def roll_back(given: argparse.Namespace) -> int:
    """Make an earlier release the live one. Refused where it is damaged."""
    faults = verify_release(find_release(given.data, given.id))
    if faults:
        raise Refused(f"Release {given.id} cannot be made live: {faults[0]}")
    with lock_data(given.data):
        point_to(given.data, given.id)
    out.print(f"Release {given.id} is live.")
    return 0


def print_verified(given: argparse.Namespace) -> int:
    """Verify the release that is named, or every one."""
    names = [given.id] if given.id else [path.name for path in list_folders(given.data)]
    faults = []
    for name in names or [find_release(given.data).id]:
        try:
            release = find_release(given.data, name)
        except NoRelease as fault:
            faults.append(str(fault))
            continue
        found = verify_release(release)
        faults += found
        if not found:
            out.print(
                f"Release {name} is as published: {len(release.manifest['hashes'])} files agree with the manifest."
            )
    if faults:
        raise Refused("\n".join(faults))
    return 0
