"""Two releases between which one person told something else: whatever a lead opens first, no figure or sentence says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from etl.load import load_paths
from indicators.catalogue import find_indicator, list_indicators
from indicators.gate.disclosure import SCOPES, Role
from indicators.published.leads.sets import find_source, read_set
from indicators.published.show import compute_result
from indicators.selection import Selection
from tests.sharing.known_programme import Rows, load_changed, write_programme
from warehouse.engine import Engine
from warehouse.release import Release, find_release

Change = tuple[str, Callable[[Rows], None]]


def say(count: int) -> Callable[[Rows], None]:
    """A change of the invitations: so many who had not answered did in part."""

    def change(rows: Rows) -> None:
        for row in [row for row in rows if row["disposition"] == "non_contact"][:count]:
            row["disposition"] = "partial"

    return change


def name_back(rows: Rows) -> None:
    """Every second tie is returned, so that there is something to tell of reciprocity."""
    named = {(row["from_member_id"], row["to_member_id"]) for row in rows}
    for one, other in sorted(named)[::2]:
        if int(other[1:]) % 5 < 3 and (other, one) not in named:
            rows.append({**rows[0], "from_member_id": other, "to_member_id": one})


def name_more(rows: Rows) -> None:
    """One who had not answered names four."""
    rows += [{**rows[0], "from_member_id": "m3", "to_member_id": f"m{n}"} for n in range(20, 24)]


def name_otherwise(rows: Rows) -> None:
    """One names somebody in a relation that nobody was named in."""
    rows.append({**rows[0], "relation": "mentors"})


def name_no_more(rows: Rows) -> None:
    """One names nobody any more."""
    rows[:] = [row for row in rows if row["from_member_id"] != "m5"]


def read_ties(release: Release) -> pd.DataFrame:
    """What a lead who opens a release is told of ties."""
    engine = Engine(release)
    try:
        return read_set(engine, "ties").rows
    finally:
        engine.close()


def say_all(rows: pd.DataFrame) -> list[str]:
    return sorted(repr(row) for row in rows.drop(columns="told_by").itertuples(index=False, name=None))


@pytest.mark.parametrize(
    "changes",
    [
        [("invitations", say(1)), ("ties", name_more)],
        [("ties", name_otherwise)],
        [("ties", name_no_more)],
    ],
    ids=["one more answers", "one names a new relation", "one names nobody"],
)
def test_opened_before_the_old_one_a_release_tells_no_figure_of_a_network_of_one_person(
    tmp_path: Path, changes: list[Change]
) -> None:
    write_programme(tmp_path / "raw")
    load_changed(tmp_path, "ties", name_back)
    old = find_release(tmp_path / "data")
    for table, change in changes:
        load_changed(tmp_path, table, change)
    new = find_release(tmp_path / "data")
    assert old.id != new.id
    first, second = read_ties(new), read_ties(old)
    assert say_all(first) == say_all(second)
    assert not first["cell"].str.contains("mentors").any(), "that somebody said so is told by its row"
    told = set(first.loc[first["status"] == "ok", "indicator"].str.split(":").str[0])
    assert told >= {"reciprocity", "ties_if_all_answered", "communities", "modularity"}, "positive control"


def test_every_figure_of_a_whole_network_is_in_the_set_or_for_evaluators() -> None:
    lead = SCOPES["lead"]
    whole = [
        one
        for one in list_indicators(["region"]).values()
        if one.estimator == "computed" and "ties" in one.tables and "relation" in one.measures
    ]
    assert {one.id for one in whole} >= {"transitivity", "communities", "modularity", "ties_if_all_answered"}
    assert all(lead.covers(one) and find_source(one) == "ties" for one in whole), "none passes the set by"


def warn(data: Path, role: Role = "lead", name: str = "item_mean") -> tuple[str, ...]:
    engine = Engine(find_release(data))
    try:
        return compute_result(
            engine, find_indicator(engine, name), Selection(), SCOPES[role]
        ).passport.warnings
    finally:
        engine.close()


def test_a_warning_tells_a_response_anew_only_when_enough_answered(tmp_path: Path) -> None:
    load_paths([write_programme(tmp_path / "raw")], tmp_path / "data")
    load_changed(tmp_path, "invitations", say(4))
    before = warn(tmp_path / "data")
    assert before[0].startswith("About 61 %"), "64 of 100 answered"
    load_changed(tmp_path, "invitations", say(1))
    assert warn(tmp_path / "data") == before, "the 65th begins a step"
    assert warn(tmp_path / "data", "evaluator")[0].startswith("65 %"), (
        "positive control: it is another release"
    )
    load_changed(tmp_path, "invitations", say(5))
    assert warn(tmp_path / "data")[0].startswith("About 71 %"), "positive control: six have answered since"
