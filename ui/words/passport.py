"""The passport of a figure in words."""

from __future__ import annotations

from indicators.result import Result, SourceFile
from ui.words.numbers import format_count, format_day, format_moment, format_period


def list_facts(result: Result) -> list[tuple[str, str]]:
    """The passport as (name, words) pairs, in order of reading."""
    indicator, passport = result.indicator, result.passport
    chosen = ", ".join(f"{name} {value}" for name, value in result.selection.where) or "all members"
    parameters = [
        (parameter.meaning, f"{parameter.value} (by default {parameter.default})")
        for parameter in indicator.parameters
    ]
    checks = f"{passport.checks_passed} passed, {passport.checks_failed} failed"
    return [
        ("Definition", indicator.definition),
        ("Formula", indicator.formula),
        ("Numerator", indicator.numerator),
        ("Denominator", indicator.denominator),
        ("Left out", indicator.excluded),
        ("Read with care", " ".join([indicator.caveat, *result.passport.warnings])),
        ("Source", indicator.source),
        ("Interval", indicator.interval_words),
        *([("Brought together", passport.harmonised)] if passport.harmonised else []),
        ("Asked for", f"{format_period(result.selection.period)}; {chosen}. {passport.unfollowed}".strip()),
        *parameters,
        ("Attributes", passport.attributes),
        ("Version", f"{indicator.id}, version {indicator.version}"),
        ("Release", f"{passport.release}, published {format_moment(passport.published_at)}"),
        ("Complete to", format_day(passport.complete_to) if passport.complete_to else "not stated"),
        ("Seen as", passport.role),
        ("Checks", checks),
    ]


def describe_source(source: SourceFile) -> str:
    """One file and its reconciliation: rows read = loaded + quarantined + duplicates + summed + of guests."""
    return (
        f"{source.name} ({source.source}, SHA-256 {source.sha256[:12]}): "
        f"{format_count(source.read, 'row')} read, {source.loaded:,} loaded, "
        f"{source.quarantined:,} quarantined, {source.duplicates:,} duplicates"
        + (f", {source.summed:,} summed" if source.summed else "")
        + (f", {source.guests:,} of guests" if source.guests else "")
    )
