"""Who told something else between two releases: figures given away again too soon would be the answers of these few."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from warehouse.contracts import NOT_RECORDED
from warehouse.engine import Engine, quote_name, quote_text

# The tables that protected figures are told from: what names the member of a row, and its wave where it has one.
_TOLD = {
    "members": (("member_id",), "''"),
    "memberships": (("member_id",), "''"),
    "attendance": (("member_id",), "''"),
    "activities": (("member_id",), "''"),
    "answers": (("respondent_id",), "wave_id"),
    "invitations": (("member_id",), "wave_id"),
    "ties": (("from_member_id", "to_member_id"), "wave_id"),
}


class Changed:
    """The people who differ between two releases, by what they told and by the groups that they were in."""

    def __init__(self, engine: Engine, earlier: Engine) -> None:
        self._engines = (engine, earlier)
        self._differing: dict[str, pd.DataFrame] = {}
        self._groups: dict[str, tuple[pd.DataFrame, set[str]]] = {}

    def count(self, tables: Collection[str], period: str, attribute: str, group: str) -> int:
        """How many people of a group (everybody for '') differ in some tables, in a wave or, for 'all', at any time."""
        people: set[str] = set()
        for table in set(tables) & set(_TOLD):
            found = self._differ(table)
            is_at = found["wave"].isin((period, "")) if period != "all" else slice(None)
            people |= set(found.loc[is_at, "member_id"])
        if attribute:
            pairs, moved = self._read_groups(attribute)
            people = (people | moved) & set(pairs.loc[pairs["value"] == group, "member_id"])
        return len(people)

    def _differ(self, table: str) -> pd.DataFrame:
        if table not in self._differing:
            now, then = (_sign(engine, table) for engine in self._engines)
            both = now.merge(then, how="outer", on=["wave", "member_id"], suffixes=("", "_then"))
            is_other = both["sign"].fillna(-1) != both["sign_then"].fillna(-1)
            self._differing[table] = both.loc[is_other, ["wave", "member_id"]]
        return self._differing[table]

    def _read_groups(self, attribute: str) -> tuple[pd.DataFrame, set[str]]:
        """Everybody with each of their groups in either release, and who has others in one than in the other."""
        if attribute not in self._groups:
            now, then = (_list_groups(engine, attribute) for engine in self._engines)
            both = now.merge(then, how="outer", on=["member_id", "value"], indicator=True)
            moved = set(both.loc[both["_merge"] != "both", "member_id"])
            self._groups[attribute] = (both[["member_id", "value"]], moved)
        return self._groups[attribute]


def _sign(engine: Engine, table: str) -> pd.DataFrame:
    """One row a wave and member, with a number that says what the rows of a table are that name the member."""
    people, wave = _TOLD[table]
    rows = " UNION ALL ".join(
        f"SELECT {wave} AS wave, {name} AS member_id, hash(t) % 1000003 AS sign FROM {quote_name(table)} t"
        for name in people
    )
    return engine.query(
        f"SELECT wave, member_id, CAST(sum(sign) AS BIGINT) AS sign FROM ({rows}) WHERE member_id IS NOT NULL GROUP BY wave, member_id"
    )


def _list_groups(engine: Engine, attribute: str) -> pd.DataFrame:
    return engine.query(
        f"""SELECT DISTINCT member_id, coalesce(CAST({quote_name(attribute)} AS VARCHAR), {quote_text(NOT_RECORDED)}) AS value
        FROM (SELECT member_id, {quote_name(attribute)} FROM members
          UNION ALL SELECT member_id, {quote_name(attribute)} FROM frames)"""
    )
