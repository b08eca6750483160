"""Large tables are kept as integers: the small dictionaries of a release, and the views that join parts to them.

A coded table is a folder of Parquet parts, `tables/<name>/<part>.parquet`; a dictionary is `codes/<name>.parquet`. The view
`coded_<table>` is what the parts hold; the view `<table>` has the contract's columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.contracts import DUCKDB_TYPES, RELEASED, TABLES, Column
from warehouse.quoting import quote_name, quote_text


@dataclass(frozen=True)
class Dictionary:
    """Integers from 0 without gaps (`code`) for values; `mid` is in order of pseudonym, so that it tells nothing."""

    name: str
    code: str
    values: tuple[str, ...]


MEMBER_CODES = Dictionary("member_codes", "mid", ("member_id",))
WAVE_CODES = Dictionary("wave_codes", "wid", ("wave_id",))
ITEM_CODES = Dictionary("item_codes", "iid", ("survey_id", "item_id"))
EVENT_CODES = Dictionary("event_codes", "eid", ("event_id",))
KIND_CODES = Dictionary("kind_codes", "kid", ("kind",))
RELATION_CODES = Dictionary("relation_codes", "rid", ("relation",))
DICTIONARIES = (MEMBER_CODES, WAVE_CODES, ITEM_CODES, EVENT_CODES, KIND_CODES, RELATION_CODES)


@dataclass(frozen=True)
class Coded:
    """A coded table: for some of its columns the column of codes in its parts and the dictionary of these."""

    name: str
    codes: dict[str, tuple[str, Dictionary]]
    unshown: tuple[str, ...] = ()

    def list_columns(self, attributes: Sequence[str] = ()) -> list[Column]:
        """The contract's columns, then the further attributes where the table carries them."""
        table = TABLES[self.name]
        further = [name for name in attributes if table.has_attributes and name not in table.column_names]
        return [*table.columns, *(Column(name, "text", "Attribute of the member.") for name in further)]

    def list_parts_columns(self, attributes: Sequence[str] = ()) -> list[tuple[str, str]]:
        """(name, DuckDB type) of each column of a part."""
        return [
            (self.codes[column.name][0], "INTEGER")
            if column.name in self.codes
            else (column.name, DUCKDB_TYPES[column.type])
            for column in self.list_columns(attributes)
        ]

    @property
    def key(self) -> tuple[str, ...]:
        """The columns of a part that make up the table's key."""
        return tuple(self.codes[name][0] if name in self.codes else name for name in TABLES[self.name].key)


CODED: dict[str, Coded] = {
    coded.name: coded
    for coded in (
        Coded("attendance", {"event_id": ("eid", EVENT_CODES), "member_id": ("mid", MEMBER_CODES)}),
        Coded("invitations", {"wave_id": ("wid", WAVE_CODES), "member_id": ("mid", MEMBER_CODES)}),
        Coded(
            "answers",
            {
                "wave_id": ("wid", WAVE_CODES),
                "respondent_id": ("mid", MEMBER_CODES),
                "item_id": ("iid", ITEM_CODES),
            },
        ),
        Coded(
            "ties",
            {
                "wave_id": ("wid", WAVE_CODES),
                "from_member_id": ("from_mid", MEMBER_CODES),
                "to_member_id": ("to_mid", MEMBER_CODES),
                "relation": ("rid", RELATION_CODES),
            },
            unshown=("observed_on",),
        ),
        Coded("activities", {"member_id": ("mid", MEMBER_CODES), "kind": ("kid", KIND_CODES)}),
    )
}


VIEWS = (*(one.name for one in DICTIONARIES), *(f"coded_{name}" for name in CODED))


def is_made_of(name: str, path: str) -> bool:
    """Whether the table, coded view or dictionary `name` is read from the file at `path` of a release's folder."""
    coded = CODED.get(name.removeprefix("coded_"))
    dictionaries = [one.name for _, one in coded.codes.values()] if coded and name in CODED else [name]
    table = coded.name if coded else name
    return path.startswith((f"tables/{table}.parquet", f"tables/{table}/")) or path in (
        f"codes/{one}.parquet" for one in dictionaries
    )


def list_views(folder: Path) -> dict[str, str]:
    """SQL of a release's dictionaries and tables by name, those in parts coded and as in the contract."""
    views = {one.name: select_file(folder / "codes" / f"{one.name}.parquet") for one in DICTIONARIES}
    for coded in CODED.values():
        parts = f"({select_file(folder / 'tables' / coded.name / '*.parquet')})"
        left_out = f" EXCLUDE ({', '.join(coded.unshown)})" if coded.unshown else ""
        views[f"coded_{coded.name}"] = f"SELECT *{left_out} FROM {parts}"
        views[coded.name] = decode_sql(coded, parts)
    for name in (name for name in RELEASED if name not in CODED):
        views[name] = select_file(folder / "tables" / f"{name}.parquet")
    return views


def select_file(path: Path) -> str:
    """SQL of the rows of a Parquet file, or of all that a pattern matches."""
    return f"SELECT * FROM read_parquet({quote_text(str(path))})"


def decode_sql(coded: Coded, source: str, beside: Sequence[str] = ()) -> str:
    """SQL of a coded relation with the contract's columns in place of the codes, and the columns `beside`."""
    joins, replaced = [], []
    for name, (code, dictionary) in coded.codes.items():
        alias = quote_name(f"for_{name}")
        column = dictionary.values[-1]
        joins.append(f"JOIN {dictionary.name} {alias} ON {alias}.{dictionary.code} = p.{code}")
        replaced.append(f"{alias}.{quote_name(column)} AS {quote_name(name)}")
    order = {code: place for place, (code, _) in enumerate(coded.codes.values())}
    listed = [
        replaced[order[name]] if name in order else f"p.{quote_name(name)}"
        for name, _ in coded.list_parts_columns()
    ]
    listed += [f"p.{quote_name(name)}" for name in beside]
    further = ""
    if TABLES[coded.name].has_attributes:
        known = (name for name, _ in coded.list_parts_columns())
        names = ", ".join(quote_name(name) for name in (*known, *beside))
        further = f", p.* EXCLUDE ({names})"
    return f"SELECT {', '.join(listed)}{further} FROM {source} p {' '.join(joins)}"
