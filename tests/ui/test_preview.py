"""The Story page tells a lead what the other pages tell, and an admin what a link would show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from etl.load import load_paths
from indicators.gate.disclosure import SCOPES, Role
from sharing.sealing.seal import seal_release
from tests.sharing.known_programme import Rows, load_changed, write_programme
from ui.share.preview import NOBODY, tell_role
from warehouse.engine import Engine
from warehouse.release import find_release


def tell(data: Path, role: Role) -> dict[str, list[dict[str, Any]]]:
    """What the page tells of each indicator."""
    engine = Engine(find_release(data))
    try:
        extract = tell_role(seal_release(data, "latest", NOBODY, ""), engine, SCOPES[role])
    finally:
        engine.close()
    return {
        one.indicator.id: one.table[["n", "numerator", "denominator", "status"]].to_dict(orient="records")
        for one in extract.results
        if not one.selection.by
    }


def answer(count: int) -> Any:
    def change(rows: Rows) -> None:
        for row in [row for row in rows if row["disposition"] == "non_contact"][:count]:
            row["disposition"] = "complete"

    return change


def test_one_more_who_answered_changes_nothing_that_the_story_tells_a_lead(tmp_path: Path) -> None:
    load_paths([write_programme(tmp_path / "raw")], tmp_path / "data")
    load_changed(tmp_path, "invitations", answer(4))
    before = {role: tell(tmp_path / "data", role) for role in ("lead", "admin")}  # type: ignore[arg-type]
    load_changed(tmp_path, "invitations", answer(1))
    after = {role: tell(tmp_path / "data", role) for role in ("lead", "admin")}  # type: ignore[arg-type]
    assert after["lead"]["response_rate_rr1"] == before["lead"]["response_rate_rr1"]
    assert [row["status"] for row in before["lead"]["response_rate_rr1"]] == ["ok"]
    assert list(after["lead"]) == list(before["lead"])
    assert after["admin"]["response_rate_rr1"] != before["admin"]["response_rate_rr1"], "64 and then 65"
