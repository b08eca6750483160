"""What comes out: estimates with their status, and the passport that says where they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd

from indicators.definition import COMPARED, PARTS, Indicator, Unit
from indicators.selection import Selection

Status = Literal["ok", "suppressed", "no_data"]
FIGURES: tuple[str, ...] = ("value", "low", "high", "n", "numerator", "denominator")
LESS_EXPECTED = "Observed less expected"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def escape_cell(cell: object) -> object:
    """A cell as it may be written to a spreadsheet: text that would start a formula gets a leading apostrophe."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def find_unit(indicator: Indicator, row: Mapping[Any, Any]) -> Unit:
    """The unit of a row: that of its indicator, but a share less another is a difference in points, which may be negative."""
    is_difference = indicator.unit == "share" and row.get("part") == LESS_EXPECTED
    return "net" if is_difference else indicator.unit


def read_figures(row: Mapping[Any, Any]) -> dict[str, float | None]:
    """The figures of a row of a Result; NaN becomes None."""
    return {name: None if pd.isna(row[name]) else float(row[name]) for name in FIGURES}


def list_words(table: pd.DataFrame, names: Sequence[str]) -> list[tuple[str, ...]]:
    """What each row of a table says in some of its columns, in order; what is missing is "nan"."""
    if not names:
        return [()] * len(table)
    return [tuple(map(str, words)) for words in zip(*(table[name] for name in names), strict=True)]


@dataclass(frozen=True)
class SourceFile:
    """One file behind a figure: its name, its SHA-256, what was read of it and what was set aside."""

    name: str
    sha256: str
    source: str
    read: int
    loaded: int
    quarantined: int
    duplicates: int
    summed: int
    guests: int = 0


@dataclass(frozen=True)
class Passport:
    """Where a figure comes from and how it may be read; `warnings` are sentences on the waves' response rates,
    `unfollowed` says what was chosen that the figure cannot follow, such as a group; `closed_files` how many files are not in
    `sources` because who may see the figure may not know of them, `harmonised` how answers of several waves were brought together."""

    indicator: Indicator
    selection: Selection
    release: str
    published_at: str
    complete_to: date | None
    attributes: str
    sources: tuple[SourceFile, ...]
    checks_passed: int
    checks_failed: int
    role: str
    is_synthetic: bool
    warnings: tuple[str, ...] = ()
    unfollowed: str = ""
    closed_files: int = 0
    harmonised: str = ""


@dataclass(frozen=True)
class Result:
    """A tidy table of estimates and its passport.

    `table` has one row an estimate, in order of display: `period`, `is_complete` (the period lies wholly before the
    complete-to day), one text column a dimension in `dimensions`, `value`, `low`, `high`, `n`, `numerator`,
    `denominator` (NaN where there is none), `status` (ok, suppressed, no_data) and `reason` for a status other than ok; `step`, where counts are told as the least of steps of this size.
    `items` are the words of each item as this indicator counts it, where there are rows of items; `reversed_items` those of which the
    lower end is favourable and which are told as asked. `scales` are the ends of the scale of each item or construct that has a score.
    """

    indicator: Indicator
    selection: Selection
    dimensions: tuple[str, ...]
    table: pd.DataFrame
    passport: Passport
    items: Mapping[str, str] = field(default_factory=dict)
    reversed_items: frozenset[str] = frozenset()
    scales: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is no data at all (hidden figures are data)."""
        return bool((self.table["status"] == "no_data").all())

    @property
    def groups(self) -> tuple[str, ...]:
        """The dimensions of members: those of the breakdown, without those that the indicator has by itself."""
        return tuple(name for name in self.dimensions if name not in self.indicator.measures)

    @property
    def telling(self) -> tuple[str, ...]:
        """The dimensions that tell rows apart: a relation that is the only one need not be named."""
        return tuple(
            name
            for name in self.dimensions
            if name != "relation" or self.table[name].nunique(dropna=False) > 1
        )

    def gather(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows with those of one group together, groups in the order in which they first stand: less, as, more; not by their words."""
        places = [pd.Series(pd.factorize(rows[name])[0], rows.index, name=name) for name in self.telling]
        order = pd.concat(places, axis=1).sort_values(list(self.telling), kind="stable").index
        return rows.loc[order]

    def can_compare(self, rows: pd.DataFrame) -> bool:
        """Whether rows can be set against one another: groups or events, and not parts of a whole, or different questions."""
        told = [name for name in self.telling if rows[name].nunique(dropna=False) > 1]
        is_other = self.is_of_parts or self.indicator.unit == "p"
        return not is_other and all(name in self.groups or name in COMPARED for name in told)

    @property
    def is_of_parts(self) -> bool:
        """Whether the rows of one line are parts of a whole."""
        return self.indicator.estimator == "composition" or bool(PARTS & set(self.telling))

    @property
    def is_of_scales(self) -> bool:
        """Whether the rows are scores on scales that differ, so that they cannot stand on one axis."""
        return (
            len({self.find_scale(row) for row in self.table[list(self.dimensions)].to_dict(orient="records")})
            > 1
        )

    def find_scale(self, row: Mapping[Any, Any]) -> tuple[float, float] | None:
        """The ends of the scale of a row that is a score, or a change of one, of an item or construct."""
        name = next((one for one in ("item", "construct") if one in self.dimensions), "")
        return self.scales.get(str(row[name])) if name else None

    def name_items(self, labels: Mapping[str, str]) -> Mapping[str, str]:
        """Names for readers, by id: those given, and over them the items as they are counted here."""
        return {**labels, **self.items} if self.items else labels

    def to_records(self) -> list[dict[str, Any]]:
        """The rows as the command line prints them; NaN becomes None."""
        records = []
        for row in self.table.to_dict(orient="records"):
            own = {"wave": str(row["period"])} if self.indicator.time_axis == "wave" else {}
            figures = read_figures(row)
            records.append(
                {
                    "release": self.passport.release,
                    "indicator": self.indicator.id,
                    "definition_version": self.indicator.version,
                    "period": str(row["period"]),
                    "dimensions": own
                    | {name: str(row[name]) for name in self.dimensions if not pd.isna(row[name])},
                    **figures,
                    "n": None if figures["n"] is None else int(figures["n"]),
                    "unit": find_unit(self.indicator, row),
                    "status": str(row["status"]),
                    "is_complete": bool(row["is_complete"]),
                }
                | ({"item_text": self.items.get(str(row["item"]), "")} if self.items else {})
            )
        return records
