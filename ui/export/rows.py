"""The cells of every table that leaves: a hidden figure says so in each of its cells, and why; text is never a formula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indicators.result import FIGURES, Result, escape_cell
from indicators.statistics.cells import explain_no_range
from ui.export.files import clean_text
from ui.export.handout import Handout
from ui.words.numbers import describe_status, format_period
from ui.words.origin.passport import list_facts

HIDDEN, NO_DATA = "hidden", "no data"
STATUS = {"ok": "shown", "suppressed": HIDDEN, "no_data": NO_DATA}
BEFORE = (
    "release",
    "made_for",
    "is_synthetic",
    "indicator",
    "definition_version",
    "heading",
    "only",
    "period",
    "period_name",
    "is_complete",
)
AFTER = ("range", "unit", "status", "reason")
Cell = str | float | int | None


def list_columns(results: Sequence[Result]) -> list[str]:
    """The columns of a tidy table of results: what a row is of, its dimensions, its figures, and why one is not there.

    An attribute that is named like another column gets `_group` after its name.
    """
    names = [
        f"{name}_group" if name in (*BEFORE, "item_text", *FIGURES, *AFTER) else name
        for name in _dimensions(results)
    ]
    return [*BEFORE, *names, *_list_texts(results), *FIGURES, *AFTER]


def list_cells(handout: Handout, results: Sequence[Result] = ()) -> list[list[Cell]]:
    """One row an estimate, of every result or of those given, in the order of `list_columns`.

    Figures are as in the Result, unrounded; those of a row that is hidden or has no data are words. None is where
    a column does not apply.
    """
    wanted = results or handout.results
    dimensions = _dimensions(wanted)
    rows: list[list[Cell]] = []
    for exhibit in (one for one in handout.exhibits if any(one.result is result for result in wanted)):
        result = exhibit.result
        for record, row in zip(result.to_records(), result.table.to_dict(orient="records"), strict=True):
            status = str(row["status"])
            word = None if status == "ok" else STATUS[status]
            groups = record["dimensions"]
            named = {str(name): value for name, value in row.items()}
            rows.append(
                [
                    record["release"],
                    result.passport.role,
                    "yes" if result.passport.is_synthetic else "no",
                    record["indicator"],
                    record["definition_version"],
                    exhibit.heading,
                    _say_only(result),
                    record["period"],
                    format_period(str(row["period"]), handout.labels),
                    "yes" if row["is_complete"] else "no",
                    *(groups.get(name) if name in result.dimensions else None for name in dimensions),
                    *(record.get(name) for name in _list_texts(wanted)),
                    *(record[name] if word is None else word for name in FIGURES),
                    result.indicator.range_words if _has_range(record) else None,
                    record["unit"],
                    STATUS[status],
                    describe_status(named) or explain_no_range(result.indicator, named),
                ]
            )
    return rows


def _has_range(record: Mapping[str, object]) -> bool:
    return record["low"] is not None or record["high"] is not None


def _dimensions(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(name for result in results for name in result.dimensions))


def _say_only(result: Result) -> str:
    """Of which group or wave the figures are, and what was chosen that they cannot follow; '' for everybody."""
    chosen = ", ".join(f"{name} {value}" for name, value in result.selection.where if name != "item")
    return " ".join(part for part in (chosen, result.passport.unfollowed) if part)


def _list_texts(results: Sequence[Result]) -> list[str]:
    """The column with the words of items as they are counted, where any result has items."""
    return ["item_text"] if any(result.items for result in results) else []


def protect_cell(cell: object) -> object:
    """A cell for a spreadsheet: no text of it starts a formula or holds what XML cannot."""
    return escape_cell(clean_text(cell)) if isinstance(cell, str) else cell


def list_passport(result: Result) -> list[tuple[str, str]]:
    """The passport of a result as (name, words), with every file behind it and its whole SHA-256."""
    files = [
        (
            "File",
            f"{file.name}, {file.source}, SHA-256 {file.sha256}: {file.read} rows read, {file.loaded} loaded, "
            f"{file.quarantined} quarantined, {file.duplicates} duplicates"
            + (f", {file.summed} summed" if file.summed else "")
            + (f", {file.guests} of guests" if file.guests else ""),
        )
        for file in result.passport.sources
    ]
    facts = [pair for pair in list_facts(result) if pair[1].strip()]
    return [("Indicator", result.indicator.title), *facts, *files]
