"""Data and methods: the files, quarantine and checks of a release, and the definition of every indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.gate.disclosure import Scope, is_closed_file
from indicators.selection import list_attributes
from indicators.targets import list_unfit_targets
from ui.shell.session import View
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import format_day
from warehouse.contracts import SETTLED
from warehouse.release import Release

QUARANTINE = "quarantine.parquet"
NOT_SHOWN = gettext_noop("not shown")
FATES = (
    gettext_noop("Read"),
    gettext_noop("Loaded"),
    gettext_noop("Quarantined"),
    gettext_noop("Duplicates"),
    gettext_noop("Summed"),
    gettext_noop("Guests"),
)
_FOR_EVALUATORS = gettext_noop(
    "Which rows of answers, ties or invitations are set aside, and whether any, is for evaluators."
)


def list_sources(view: View) -> list[dict[str, object]]:
    """The files of a release with their reconciliation, one row a file.

    Of a file that says who answered, whoever may not know it is told the name and the kind: also in steps its rows would say that
    one more did, its last day that somebody did then, and its hash whether a guess of one answer is right.
    """
    files = _list_files(view)
    has_guests = not view.scope.minimum and any(file.get("guests") for file in files)
    return [_list_source(view, file, has_guests) for file in files]


def _list_files(view: View) -> list[Mapping[str, Any]]:
    """The files of a release that this viewer may know of: lists that say who people are, are for evaluators alone."""
    files = view.release.manifest["files"]
    return [file for file in files if not (view.scope.minimum and SETTLED in file["tables"])]


def _list_source(view: View, file: Mapping[str, Any], has_guests: bool) -> dict[str, object]:
    names = FATES if has_guests else FATES[:-1]
    counts = {name: file.get(name.lower(), 0) for name in names}
    if not has_guests:
        counts["Quarantined"] += file.get("guests", 0)
    told = {
        gettext("Complete to"): _format_date(file.get("complete_to")),
        **{gettext(name): tell_count(view.scope, count) for name, count in counts.items()},
        "SHA-256": str(file["sha256"])[:12],
    }
    if is_closed_file(view.scope, file["tables"]):
        told = dict.fromkeys(told, gettext(NOT_SHOWN))
    return {gettext("File"): str(file["name"]), gettext("Kind"): str(file["title"]), **told}


def tell_count(scope: Scope, count: int) -> int | str:
    """A number of rows; in words for whoever sees any of them in words."""
    return f"{int(count):,}" if scope.minimum else int(count)


def list_checks(view: View) -> list[dict[str, str]]:
    """The checks of a release with their outcome, one row a check, failed ones first; details count rows of answers, so that they
    are not for whoever may see aggregates only."""
    checks: list[dict[str, Any]] = sorted(
        view.release.manifest["checks"], key=lambda check: bool(check["ok"])
    )
    return [
        {
            gettext("Check"): str(check["check"]),
            gettext("Outcome"): gettext("passed") if check["ok"] else gettext("failed"),
            **({gettext("Detail"): str(check["detail"])} if not view.scope.minimum else {}),
        }
        for check in checks
    ]


def summarise_checks(release: Release) -> str:
    """How many checks passed, in one sentence."""
    checks = release.manifest["checks"]
    failed = sum(not check["ok"] for check in checks)
    if failed:
        return gettext(
            "{failed} of {count} checks failed: do not use this release before they are understood."
        ).format(failed=failed, count=len(checks))
    return gettext("All {count} checks passed when this release was published.").format(count=len(checks))


def list_warnings(view: View) -> list[str]:
    """What the load said about the files that it took, as sentences; of files of answers not for whoever sees aggregates only."""
    files = [
        file for file in view.release.manifest["files"] if not is_closed_file(view.scope, file["tables"])
    ]
    return [str(warning) for file in files for warning in file["warnings"]]


def list_remarks(view: View) -> list[str]:
    """What lies where figures leave it out, as sentences; none for a viewer who may see aggregates only."""
    if view.scope.minimum > 0:
        return []
    return [
        *(str(one) for one in view.release.manifest.get("remarks", ())),
        *list_unfit_targets(view.engine),
    ]


def count_reasons(view: View) -> list[dict[str, object]]:
    """Quarantined rows by file and reason, most first.

    Of a file of answers whoever may see aggregates only is told nothing: a reason quotes what a cell holds, and how many rows
    there are, also in steps, would tell beside an earlier release that one more was sent in.
    """
    counted = view.engine.query(
        """SELECT file, reason, count(*) AS n FROM read_parquet(?)
        GROUP BY file, reason ORDER BY n DESC, file, reason""",
        [str(view.release.path / QUARANTINE)],
    )
    files = _list_files(view)
    known = {str(file["name"]) for file in files}
    closed = {str(file["name"]) for file in files if is_closed_file(view.scope, file["tables"])}
    listed: list[dict[str, object]] = [
        {
            gettext("File"): str(name),
            gettext("Reason"): str(reason),
            gettext("Rows"): tell_count(view.scope, n),
        }
        for name, reason, n in zip(counted["file"], counted["reason"], counted["n"], strict=True)
        if name in known - closed
    ]
    listed += [
        {
            gettext("File"): name,
            gettext("Reason"): gettext(_FOR_EVALUATORS),
            gettext("Rows"): gettext(NOT_SHOWN),
        }
        for name in sorted(closed)
    ]
    return listed


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
        {
            gettext("File"): str(file),
            gettext("Line"): int(line),
            gettext("Table"): str(table),
            gettext("Reason"): str(reason),
        }
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
        (gettext("Definition"), gettext(indicator.definition)),
        (gettext("Formula"), gettext(indicator.formula)),
        (gettext("Numerator"), gettext(indicator.numerator)),
        (gettext("Denominator"), gettext(indicator.denominator)),
        (gettext("Left out"), gettext(indicator.excluded)),
        (gettext("Interval"), gettext(indicator.interval_words)),
        (gettext("Read with care"), gettext(indicator.caveat)),
        (gettext("Source"), gettext(indicator.source)),
        (
            gettext("Version"),
            gettext("{id}, version {version}").format(id=indicator.id, version=indicator.version),
        ),
    )


def _format_date(text: object) -> str:
    return format_day(date.fromisoformat(str(text))) if text else gettext("not stated")
