"""What has another name in a later release is what it was: a wave, question, relation, attribute or group is known by the people
behind it and by what they told, or one changed answer could be told as another's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

GROUPS = "groups of "
# What names a row, and is left out of its content.
NAMES = ("wave_id", "item_id", "relation")
_KEYS = ["kind", "wave", "part", "member_id"]


@dataclass(frozen=True)
class Aligned:
    """The signs of an earlier release under the names of a later one: `waves` by their former names, the (wave, part) that had
    another name, and whether what is behind these can be compared (files of before have no content)."""

    rows: pd.DataFrame
    waves: Mapping[str, str]
    parts: frozenset[tuple[str, str]]
    is_comparable: bool

    def has_former(self, period: str, part: str | None) -> bool:
        """Whether a wave, or a question or relation in it, had another name before."""
        return period in self.waves.values() or (period, part) in self.parts


def align(now: pd.DataFrame, then: pd.DataFrame) -> Aligned:
    """Whatever of `then` has gone gets the name of what is new and shares most with it: content, else people."""
    is_comparable = "content" in then
    if not is_comparable:
        then = then.assign(content=-1)
    waves = _match(_list_told(now), _list_told(then), "wave", ["kind", "member_id"])
    then = then.assign(wave=then["wave"].replace(waves), is_renamed=then["wave"].isin(waves))
    kinds = _match(_list_groups(now), _list_groups(then), "kind", ["wave", "member_id"])
    then = then[~then["kind"].isin(kinds.values())]
    then = then.assign(kind=then["kind"].replace(kinds))
    parts = set()
    for kind, wave in _list_new(now, then):
        is_now, is_then = ((rows["kind"] == kind) & (rows["wave"] == wave) for rows in (now, then))
        found = _match(now[is_now], then[is_then], "part", ["member_id"])
        gone = is_then & then["part"].isin(found)
        then = then.assign(
            part=then["part"].mask(gone, then["part"].map(found)), is_renamed=then["is_renamed"] | gone
        )
        parts |= {(wave, part) for part in found.values()}
    if then["is_renamed"].any():
        same = then.reset_index().merge(now, on=[*_KEYS, "content"], suffixes=("_then", ""))
        signs = same[same["is_renamed"]].drop_duplicates("index").set_index("index")["sign"]
        then = then.assign(sign=then["sign"].mask(then["is_renamed"], -2).astype("int64"))
        then.loc[signs.index, "sign"] = signs
    return Aligned(then, waves, frozenset(parts), is_comparable)


def join_groups(now: pd.DataFrame, then: pd.DataFrame) -> dict[str, str]:
    """One name for all groups that are new or have gone and share members, by each of their values."""
    values = [set(rows["value"]) for rows in (now, then)]
    new, gone = values[0] - values[1], values[1] - values[0]
    shared = now[now["value"].isin(new)].merge(
        then[then["value"].isin(gone)], on="member_id", suffixes=("", "_then")
    )
    name = {one: one for one in (*new, *gone)}
    for one, other in sorted(set(zip(shared["value"], shared["value_then"], strict=True))):
        kept, lost = name[one], name[other]
        name = {each: kept if of == lost else of for each, of in name.items()}
    return name


def _list_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Who was in which group of each attribute that groups anybody: a column of the template that nobody fills does not."""
    groups = rows[rows["kind"].str.startswith(GROUPS)]
    groups = groups[groups.groupby("kind")["value"].transform("nunique") > 1]
    return groups.assign(content=groups["value"])


def _list_told(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["wave"].ne("") & ~rows["kind"].str.startswith(GROUPS)]


def _list_new(now: pd.DataFrame, then: pd.DataFrame) -> list[tuple[str, str]]:
    """Each table and wave in which there is a part that was not there before."""
    named = [
        set(
            rows.loc[rows["value"].eq(""), ["kind", "wave", "part"]]
            .drop_duplicates()
            .itertuples(index=False, name=None)
        )
        for rows in (now, then)
    ]
    return sorted({(kind, wave) for kind, wave, _ in named[0] - named[1]})


def _match(now: pd.DataFrame, then: pd.DataFrame, name: str, by: list[str]) -> dict[str, str]:
    """By each name that has gone the new one that shares most with it: content first, then people."""
    there = [set(rows[name]) for rows in (now, then)]
    new, gone = there[0] - there[1], there[1] - there[0]
    if not new or not gone:
        return {}
    keys = [name, *by, "content"]
    left = now.loc[now[name].isin(new), keys].drop_duplicates()
    right = then.loc[then[name].isin(gone), keys].drop_duplicates()
    shared = (
        left[[name, *by]]
        .drop_duplicates()
        .merge(right[[name, *by]].drop_duplicates(), on=by, suffixes=("", "_then"))
    )
    pairs = [name, f"{name}_then"]
    people = shared.groupby(pairs).size()
    content = left.merge(right, on=[*by, "content"], suffixes=("", "_then")).groupby(pairs).size()
    scores = sorted(
        (
            (-int(content.get(pair, 0)), -int(number), *pair)
            for pair, number in zip(people.index.tolist(), people, strict=True)
        )
    )
    found: dict[str, str] = {}
    for _, _, one, other in scores:
        if other not in found and one not in found.values():
            found[other] = one
    return found
