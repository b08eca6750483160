"""Who told something else between two releases: figures given away again too soon would be the answers of these few."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from warehouse.contracts import NOT_RECORDED
from warehouse.engine import Engine, quote_name, quote_text

# By table one row a wave and member, with a number that says what the member told there, or has there.
_SIGNED = {
    "members": "SELECT '' AS wave, member_id, CAST(hash(m) % 1000003 AS BIGINT) AS sign FROM members m",
    "answers": """SELECT wave_id AS wave, respondent_id AS member_id,
        CAST(sum(hash(item_id, value, text) % 1000003) AS BIGINT) AS sign FROM answers GROUP BY ALL""",
    "invitations": """SELECT wave_id AS wave, member_id,
        CAST(sum(hash(is_asked, has_responded, disposition) % 1000003) AS BIGINT) AS sign FROM frames GROUP BY ALL""",
    "ties": """SELECT wave_id AS wave, member_id, CAST(sum(sign) AS BIGINT) AS sign FROM (
          SELECT wave_id, from_id AS member_id, hash(relation, to_id) % 1000003 AS sign FROM arcs
          UNION ALL SELECT wave_id, to_id, hash(relation, from_id) % 1000003 FROM arcs) GROUP BY ALL""",
    "attendance": """SELECT '' AS wave, member_id,
        CAST(sum(hash(event_id, attended, registered_at) % 1000003) AS BIGINT) AS sign FROM attendance GROUP BY ALL""",
    "activities": """SELECT '' AS wave, member_id,
        CAST(sum(hash("at", kind, amount) % 1000003) AS BIGINT) AS sign FROM activities GROUP BY ALL""",
    "memberships": """SELECT '' AS wave, member_id,
        CAST(sum(hash(joined_on, left_on) % 1000003) AS BIGINT) AS sign FROM memberships GROUP BY ALL""",
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
        for table in set(tables) & set(_SIGNED):
            found = self._differ(table)
            is_at = found["wave"].isin((period, "")) if period != "all" else slice(None)
            people |= set(found.loc[is_at, "member_id"])
        if attribute:
            pairs, moved = self._read_groups(attribute)
            people = (people | moved) & set(pairs.loc[pairs["value"] == group, "member_id"])
        return len(people)

    def _differ(self, table: str) -> pd.DataFrame:
        if table not in self._differing:
            now, then = (engine.query(_SIGNED[table]) for engine in self._engines)
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


def _list_groups(engine: Engine, attribute: str) -> pd.DataFrame:
    return engine.query(
        f"""SELECT DISTINCT member_id, coalesce(CAST({quote_name(attribute)} AS VARCHAR), {quote_text(NOT_RECORDED)}) AS value
        FROM (SELECT member_id, {quote_name(attribute)} FROM members
          UNION ALL SELECT member_id, {quote_name(attribute)} FROM frames)"""
    )
