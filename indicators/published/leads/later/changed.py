"""Who told something else between two releases: figures given away again too soon would be the answers of these few."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from indicators.definition import PROTECTED
from indicators.gate.groups import list_people_sql, list_waves_sql
from indicators.published.leads.later.renamed import GROUPS, NAMES, align, join_groups
from warehouse.engine import Engine, quote_name, quote_text

# The tables that protected figures are told from: who told a row, its wave where it has one, and of what it tells. Of a tie
# that is who named it: whom somebody names tells nothing by that.
_TOLD = {
    "answers": ("respondent_id", "wave_id", "item_id"),
    "invitations": ("member_id", "wave_id", "''"),
    "ties": ("from_member_id", "wave_id", "relation"),
    "memberships": ("member_id", "''", "''"),
    "attendance": ("member_id", "''", "''"),
    "activities": ("member_id", "''", "''"),
}
# In place of an item or a relation: that somebody told anything at all.
ANYTHING = ""

_COLUMNS = ["kind", "wave", "part", "member_id", "sign", "value", "content"]


@dataclass(frozen=True)
class Signs:
    """What everybody told and had in a release, as numbers that say only whether it is the same in another.

    `rows` has `kind` (a table, or an attribute's groups), `wave`, `part` (an item, a relation, or ANYTHING), `member_id`, `sign`
    (of a table), `content` (the sign of all but the names of waves, items and relations) and `value` (the hash of a group's name, as at the wave; without a wave of each that the member was ever in).
    """

    rows: pd.DataFrame

    @classmethod
    def of_release(cls, engine: Engine) -> Signs:
        """Read off a release."""
        tables = [_sign(engine, table).assign(kind=table, value="") for table in _TOLD]
        groups = [
            engine.query(
                f"SELECT * REPLACE (md5(value) AS value) FROM (SELECT '' AS wave, * FROM ({list_people_sql(name)}) "
                f"UNION ALL {list_waves_sql(name)})"
            ).assign(kind=f"{GROUPS}{name}", part=ANYTHING, sign=0, content=0)
            for name in engine.attributes
        ]
        return cls(pd.concat([*tables, *groups], ignore_index=True)[_COLUMNS])

    @classmethod
    def of_file(cls, rows: pd.DataFrame) -> Signs:
        """As they were kept; names of groups, which files had once, as their hashes."""
        is_sign = rows["value"].eq("") | rows["value"].str.fullmatch("[0-9a-f]{32}")
        return cls(rows.assign(value=rows["value"].where(is_sign, rows["value"].map(sign_group))))

    def find(self, kind: str) -> pd.DataFrame:
        """The rows of one kind."""
        return self.rows[self.rows["kind"] == kind]


def sign_group(name: str) -> str:
    """The hash of a group's name: what respondents called themselves is kept nowhere else."""
    return hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


class Changed:
    """The people who differ between two releases, by what they told and by the groups that they were in.

    Only who told anything counts: a lead knows every record, so that joiners who were never asked hide nobody's answer.
    """

    def __init__(self, now: Signs, then: Signs) -> None:
        self._aligned = align(now.rows, then.rows)
        self._signs = (now, Signs(self._aligned.rows))
        self._signed: dict[str, pd.DataFrame] = {}
        self._groups: dict[tuple[str, str], tuple[pd.DataFrame, set[str], dict[str, str]]] = {}

    def has_former(self, period: str, parts: Collection[str | None]) -> bool:
        """Whether a wave, or one of these parts in it, had another name then."""
        return any(self._aligned.has_former(period, part) for part in parts)

    def is_former(self, period: str, then: str) -> bool:
        """Whether a period is the one that was called `then`."""
        return self._aligned.waves.get(then, then) == period

    @property
    def is_comparable(self) -> bool:
        """Whether what has another name now can be compared with what it was."""
        return self._aligned.is_comparable

    def count(
        self,
        tables: Collection[str],
        period: str,
        attributes: Collection[str] = (),
        group: tuple[str, Collection[str]] | None = None,
        part: str | None = None,
        of: Collection[str] = (),
        *,
        is_rest: bool = False,
        wave: str = "",
        also: tuple[str, Collection[str | None]] | None = None,
    ) -> int:
        """How many of those who told anything in some tables, in a wave or for 'all' at any time, differ in any of them, or
        are in another group of one of the attributes. `group` are an attribute and those of its values whose people count, or all
        others where that `is_rest`.
        Of what is protected it is what they told of a `part`, of all parts where that is None. Those who told anything are those of
        the tables or `of` others. `wave` is what they told in another wave than that of the groups, `also` a wave and parts of
        which they told one there too.
        """
        told, differing = set[str](), set[str]()
        for table in [name for name in _TOLD if name in tables or name in of]:
            signed = self._sign(table)
            at = signed[signed["wave"].isin((wave or period, ""))] if period != "all" else signed
            if part is not None and table in PROTECTED and _TOLD[table][2] != "''":
                at = at[at["part"] == part]
            if table in tables:
                differing |= set(at.loc[at["is_other"], "member_id"])
            if table in PROTECTED:
                told |= set(at["member_id"])
                if also is not None:
                    there = signed[signed["wave"] == also[0]]
                    is_part = there["part"].isin([*also[1]]) | (None in also[1])
                    told &= set(there.loc[is_part, "member_id"])
        for attribute in attributes:
            differing |= self._read_groups(attribute, period)[1]
        people = told & differing
        if group is not None:
            pairs, moved, names = self._read_groups(group[0], period)
            signs = [sign_group(name) for name in group[1]]
            among = pairs["value"].isin([names.get(sign, sign) for sign in signs])
            people = (people | (told & moved)) & set(pairs.loc[among != is_rest, "member_id"])
        return len(people)

    def _sign(self, table: str) -> pd.DataFrame:
        """A row a wave, part and member, and whether what a table has of the member is another in one release than in the other."""
        if table not in self._signed:
            now, then = (signs.find(table) for signs in self._signs)
            both = now.merge(then, how="outer", on=["wave", "part", "member_id"], suffixes=("", "_then"))
            is_other = both["sign"].fillna(-1) != both["sign_then"].fillna(-1)
            self._signed[table] = both[["wave", "part", "member_id"]].assign(is_other=is_other)
        return self._signed[table]

    def _read_groups(self, attribute: str, period: str) -> tuple[pd.DataFrame, set[str], dict[str, str]]:
        """Everybody with each of their groups in either release, who has others in one than in the other, and the one name of
        groups that were called otherwise: as at the wave that the
        period is, where both releases say that, else each group that somebody was ever in."""
        key = (attribute, period)
        if key not in self._groups:
            found = [signs.find(f"{GROUPS}{attribute}") for signs in self._signs]
            wave = period if all((rows["wave"] == period).any() for rows in found) else ""
            now, then = (rows.loc[rows["wave"] == wave, ["member_id", "value"]] for rows in found)
            names = join_groups(now, then)
            now, then = (
                rows.assign(value=rows["value"].replace(names)).drop_duplicates() for rows in (now, then)
            )
            both = now.merge(then, how="outer", on=["member_id", "value"], indicator=True)
            moved = set(both.loc[both["_merge"] != "both", "member_id"])
            self._groups[key] = (both[["member_id", "value"]], moved, names)
        return self._groups[key]


def _sign(engine: Engine, table: str) -> pd.DataFrame:
    """One row a wave, part and member, with a number that says what the rows of a table are that the member told."""
    who, wave, part = _TOLD[table]
    source = f"{quote_name(table)} WHERE {who} IS NOT NULL"
    rows = f"SELECT {wave} AS wave, {part} AS part, {who} AS member_id, hash({_list_own(engine, table)}) % 1000003 AS sign, hash({_list_own(engine, table, NAMES)}) % 1000003 AS content FROM {source}"
    if part != "''":
        rows += f" UNION ALL SELECT DISTINCT {wave}, {quote_text(ANYTHING)}, {who}, 1, 1 FROM {source}"
    return engine.query(
        f"SELECT wave, part, member_id, CAST(sum(sign) AS BIGINT) AS sign, CAST(sum(content) AS BIGINT) AS content "
        f"FROM ({rows}) GROUP BY wave, part, member_id"
    )


def _list_own(engine: Engine, table: str, without: Collection[str] = ()) -> str:
    """The columns of a table without the groups of its members, which are compared by themselves, and without some others."""
    groups = {*engine.attributes, *without}
    return ", ".join(quote_name(name) for name in engine.column_names(table) if name not in groups)
