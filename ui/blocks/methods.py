"""Data and methods: the files, quarantine and checks of a release, and the definition of every indicator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.selection import list_attributes
from ui.shell.session import View
from ui.words.numbers import format_day
from warehouse.engine import Engine
from warehouse.release import Release

QUARANTINE = "quarantine.parquet"


def list_sources(release: Release) -> list[dict[str, object]]:
    """The files of a release with their reconciliation, one row a file."""
    return [
        {
            "File": str(file["name"]),
            "Kind": str(file["title"]),
            "Complete to": _format_date(file.get("complete_to")),
            "Read": int(file["read"]),
            "Loaded": int(file["loaded"]),
            "Quarantined": int(file["quarantined"]),
            "Duplicates": int(file["duplicates"]),
            "Summed": int(file["summed"]),
            "SHA-256": str(file["sha256"])[:12],
        }
        for file in release.manifest["files"]
    ]


def list_checks(release: Release) -> list[dict[str, str]]:
    """The checks of a release with their outcome, one row a check, failed ones first."""
    checks: list[dict[str, Any]] = sorted(release.manifest["checks"], key=lambda check: bool(check["ok"]))
    return [
        {
            "Check": str(check["check"]),
            "Outcome": "passed" if check["ok"] else "failed",
            "Detail": str(check["detail"]),
        }
        for check in checks
    ]


def summarise_checks(release: Release) -> str:
    """How many checks passed, in one sentence."""
    checks = release.manifest["checks"]
    failed = sum(not check["ok"] for check in checks)
    if failed:
        return f"{failed} of {len(checks)} checks failed: do not use this release before they are understood."
    return f"All {len(checks)} checks passed when this release was published."


def list_warnings(release: Release) -> list[str]:
    """What the load said about the files that it took, as sentences."""
    return [str(warning) for file in release.manifest["files"] for warning in file["warnings"]]


def list_remarks(view: View) -> list[str]:
    """What lies where figures leave it out, as sentences; none for a viewer who may see aggregates only."""
    return [] if view.scope.minimum > 0 else [str(one) for one in view.release.manifest.get("remarks", ())]


def count_reasons(engine: Engine) -> list[dict[str, object]]:
    """Quarantined rows by file and reason, most first."""
    counted = engine.query(
        """SELECT file, reason, count(*) AS n FROM read_parquet(?)
        GROUP BY file, reason ORDER BY n DESC, file, reason""",
        [str(engine.release.path / QUARANTINE)],
    )
    rows = zip(counted["file"], counted["reason"], counted["n"], strict=True)
    return [{"File": str(file), "Reason": str(reason), "Rows": int(n)} for file, reason, n in rows]


def list_quarantine(view: View) -> list[dict[str, object]] | None:
    """Each quarantined line with its reason; None for a viewer who may see aggregates only."""
    if view.scope.minimum > 0:
        return None
    lines = view.engine.query(
        """SELECT file, line, "table", reason FROM read_parquet(?) ORDER BY file, line LIMIT 5000""",
        [str(view.release.path / QUARANTINE)],
    )
    rows = zip(lines["file"], lines["line"], lines["table"], lines["reason"], strict=True)
    return [
        {"File": str(file), "Line": int(line), "Table": str(table), "Reason": str(reason)}
        for file, line, table, reason in rows
    ]


def list_methods(view: View, words: str = "") -> dict[str, list[Indicator]]:
    """The indicators by theme whose title, id or definition holds every one of `words` (any case)."""
    wanted = words.lower().split()
    themes: dict[str, list[Indicator]] = {}
    for indicator in list_indicators(list_attributes(view.engine)).values():
        text = f"{indicator.theme} {indicator.title} {indicator.id} {indicator.definition}".lower()
        if all(word in text for word in wanted):
            themes.setdefault(indicator.theme, []).append(indicator)
    return themes


def describe_method(indicator: Indicator) -> Iterable[tuple[str, str]]:
    """An indicator's method as (name, words) pairs."""
    return (
        ("Definition", indicator.definition),
        ("Formula", indicator.formula),
        ("Numerator", indicator.numerator),
        ("Denominator", indicator.denominator),
        ("Left out", indicator.excluded),
        ("Interval", indicator.interval_words),
        ("Read with care", indicator.caveat),
        ("Source", indicator.source),
        ("Version", f"{indicator.id}, version {indicator.version}"),
    )


def _format_date(text: object) -> str:
    return format_day(date.fromisoformat(str(text))) if text else "not stated"
