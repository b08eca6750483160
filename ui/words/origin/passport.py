"""The passport of a figure in words."""

from __future__ import annotations

from indicators.result import Result, SourceFile
from ui.words.language import gettext
from ui.words.numbers import format_count, format_day, format_moment, format_period


def list_facts(result: Result) -> list[tuple[str, str]]:
    """The passport as (name, words) pairs, in order of reading."""
    indicator, passport = result.indicator, result.passport
    chosen = ", ".join(f"{name} {value}" for name, value in result.selection.where) or gettext("all members")
    parameters = [
        (
            gettext(parameter.meaning),
            gettext("{value} (by default {default})").format(
                value=gettext(parameter.value), default=gettext(parameter.default)
            ),
        )
        for parameter in indicator.parameters
    ]
    checks = gettext("{passed} passed, {failed} failed").format(
        passed=passport.checks_passed, failed=passport.checks_failed
    )
    return [
        (gettext("Definition"), gettext(indicator.definition)),
        (gettext("Formula"), gettext(indicator.formula)),
        (gettext("Numerator"), gettext(indicator.numerator)),
        (gettext("Denominator"), gettext(indicator.denominator)),
        (gettext("Left out"), gettext(indicator.excluded)),
        (gettext("Read with care"), " ".join(map(gettext, [indicator.caveat, *result.passport.warnings]))),
        (gettext("Source"), gettext(indicator.source)),
        (gettext("Interval"), gettext(indicator.interval_words)),
        *([(gettext("Brought together"), gettext(passport.harmonised))] if passport.harmonised else []),
        (
            gettext("Asked for"),
            f"{format_period(result.selection.period)}; {chosen}. {passport.unfollowed}".strip(),
        ),
        *parameters,
        (gettext("Attributes"), gettext(passport.attributes)),
        (
            gettext("Version"),
            gettext("{id}, version {version}").format(id=indicator.id, version=indicator.version),
        ),
        (
            gettext("Release"),
            gettext("{release}, published {moment}").format(
                release=passport.release, moment=format_moment(passport.published_at)
            ),
        ),
        (
            gettext("Complete to"),
            format_day(passport.complete_to) if passport.complete_to else gettext("not stated"),
        ),
        (gettext("Seen as"), gettext(passport.role)),
        (gettext("Checks"), checks),
    ]


def describe_source(source: SourceFile) -> str:
    """One file and its reconciliation: rows read = loaded + quarantined + duplicates + summed + of guests."""
    return (
        gettext(
            "{name} ({source}, SHA-256 {sha256}): {rows} read, {loaded:,} loaded, {quarantined:,} quarantined, {duplicates:,} duplicates"
        ).format(
            name=source.name,
            source=source.source,
            sha256=source.sha256[:12],
            rows=format_count(source.read, "row"),
            loaded=source.loaded,
            quarantined=source.quarantined,
            duplicates=source.duplicates,
        )
        + (gettext(", {summed:,} summed").format(summed=source.summed) if source.summed else "")
        + (gettext(", {guests:,} of guests").format(guests=source.guests) if source.guests else "")
    )
