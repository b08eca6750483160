"""What is sealed: only gated figures of fixed groups; nobody and no small group can be found in the file."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from indicators.catalogue import find_indicator
from indicators.gate import groups
from indicators.gate.disclosure import SCOPES
from indicators.gate.groups import TOGETHER, list_alone
from indicators.published.show import compute_result
from indicators.result import FIGURES, Result
from indicators.selection import Selection
from sharing.refresh import refresh_links
from sharing.sealing.causes import advise, count_causes, describe_causes
from sharing.sealing.changes import Earlier
from sharing.sealing.extract import Extract, NoExtract, read_extract, remove_extract, write_extract
from sharing.sealing.ledger import Published, open_ledger
from sharing.sealing.seal import (
    build_extract,
    find_smallest,
    read_earlier,
    seal_release,
    summarise_extract,
)
from sharing.store.links import LATEST, open_links
from warehouse.engine import Engine
from warehouse.release import Release

Loaded = tuple[Path, Release]
LINK = "0a1b2c3d"
FUNDER = SCOPES["funder"]


@pytest.fixture(scope="module")
def extract(loaded: Loaded) -> Extract:
    return seal_release(*(loaded[0], loaded[1].id), LINK, "The Foundation")


def find_result(extract: Extract, indicator_id: str, *by: str) -> Result:
    (found,) = (
        result
        for result in extract.results
        if (result.indicator.id, result.selection.by) == (indicator_id, by)
    )
    return found


def list_values(result: Result, *keys: str) -> dict[str, tuple[float, float] | str]:
    """Per row (value, n), or its status where it has no figure."""
    return {
        "/".join(str(row[key]) for key in keys): (row["value"], row["n"])
        if row["status"] == "ok"
        else row["status"]
        for row in result.table.to_dict(orient="records")
    }


def test_small_groups_are_put_together_until_they_are_large_enough(loaded: Loaded) -> None:
    engine = Engine(loaded[1])
    try:
        # All professions and regions of fewer than 28 people are put together: 1 + 4 + 12, and 5 + 6 + 19.
        assert list_alone(engine, "profession", FUNDER) == ["Doctor", "Nurse"]
        assert list_alone(engine, "region", FUNDER) == ["England"]
        # Once sealed the groups stay as they are, and whoever comes new is among the others.
        assert list_alone(engine, "profession", FUNDER, ["Nurse"]) == ["Nurse"]
    finally:
        engine.close()


def test_a_larger_group_joins_small_ones_that_are_too_few_together(
    loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "count_groups", lambda *_: {"A": 4, "B": 5, "C": 30, "D": 60})
    engine = Engine(loaded[1])
    try:
        assert list_alone(engine, "profession", FUNDER) == ["D"]
    finally:
        engine.close()


def test_members_by_quarter_are_told_in_steps_of_five(extract: Extract) -> None:
    # 100 joined; 12 + 3 left in the second quarter and 11 in the fourth: 100, 85, 85, 74.
    values = list_values(find_result(extract, "members"), "period")
    assert {period: values[period] for period in ("2015-Q1", "2015-Q2", "2015-Q3", "2015-Q4")} == {
        "2015-Q1": (100, 100),
        "2015-Q2": (85, 85),
        "2015-Q3": (85, 85),
        "2015-Q4": (70, 70),
    }


def test_shares_are_whole_per_cents_from_the_middle_of_the_steps(extract: Extract) -> None:
    # 33 + 14 + 9 + 2 + 1 = 59 of 100 attended, shown as 55 to 59 of 100 to 104: 57 of 102.
    row = find_result(extract, "attendance_rate").table.set_index("period").loc["2015-Q1"]
    assert (row["value"], row["numerator"], row["denominator"]) == (0.56, 55, 100)


def test_a_small_group_is_hidden_and_so_is_what_would_give_it_away(extract: Extract) -> None:
    # Of the 17 in the smaller groups 12 attended: hidden. Doctors (14 of 28) would give it away by subtraction.
    by_profession = list_values(find_result(extract, "attendance_rate", "profession"), "profession")
    assert by_profession == {"Doctor": "suppressed", "Nurse": (0.56, 55), TOGETHER: "suppressed"}


def test_the_interval_of_a_proportion_comes_from_the_steps(extract: Extract) -> None:
    # 60 of 100 may be 60 of 104 or 64 of 100: Wilson's intervals reach from 0.481 to 0.727.
    row = find_result(extract, "response_rate_rr1").table.iloc[0]
    assert (row["value"], row["low"], row["high"]) == (0.61, 0.48, 0.73)


def test_the_interval_of_a_clustered_share_is_widened_to_whole_steps(extract: Extract) -> None:
    shown = pd.concat(
        [
            result.table[result.table["status"] == "ok"]
            for result in extract.results
            if result.indicator.estimator == "share"
        ]
    )
    assert len(shown) > 0
    for name in ("low", "high"):
        steps = shown[name].dropna() * 20
        assert ((steps - steps.round()).abs() < 1e-6).all()
    assert (shown["low"] <= shown["value"] + 0.03).all()


def test_retention_is_shown_at_fixed_days_between_which_enough_people_left(extract: Extract) -> None:
    # Nobody left in 120 days; 12 by day 150, so 88 of 100 stayed; 3 more by day 180 are too few; 14 more by day 365: 74.
    retention = find_result(extract, "membership_retention")
    assert list_values(retention, "time_days") == {"150": (0.88, 85), "365": (0.74, 70)}


def test_nothing_in_the_file_leads_back_to_a_person_or_a_file(
    loaded: Loaded, extract: Extract, tmp_path: Path
) -> None:
    engine = Engine(loaded[1])
    try:
        exact = compute_result(
            engine, find_indicator(engine, "members"), Selection(by=("profession",)), SCOPES["evaluator"]
        )
        groups = set(engine.query("SELECT DISTINCT profession FROM members")["profession"])
        members = list(engine.query("SELECT member_id FROM members")["member_id"])
    finally:
        engine.close()
    assert "Astronaut" in groups  # there is something to be found
    text = write_extract(tmp_path, extract).read_text(encoding="utf-8")
    assert "Nurse" in text
    words = [
        "Astronaut",
        "Dentist",
        "Manager",
        "Wales",
        "Northern Ireland",
        "Person Number",
        "@example.org",
        ".csv",
    ]
    words += [file.sha256 for file in exact.passport.sources] + [file.name for file in exact.passport.sources]
    assert exact.passport.sources
    for word in [*words, *members]:
        assert word not in text


def test_every_figure_shown_is_rounded_and_of_enough_people(extract: Extract) -> None:
    count = 0
    for result in extract.results:
        for row in result.table.to_dict(orient="records"):
            if row["status"] != "ok":
                assert pd.isna(row["value"])
                assert pd.isna(row["n"])
                continue
            count += 1
            assert row["n"] >= 10
            assert row["n"] % 5 == 0
            if not pd.isna(row["denominator"]):
                assert row["denominator"] >= 10
                assert row["denominator"] % 5 == 0
    assert count >= 10
    smallest = find_smallest(extract)
    assert smallest is not None
    assert smallest >= 10
    assert sum(summary.shown for summary in summarise_extract(extract)) == count


def test_an_extract_is_read_as_it_was_written(extract: Extract, tmp_path: Path) -> None:
    path = write_extract(tmp_path, extract)
    assert path == tmp_path / "sealed" / LINK / "extract.json"
    read = read_extract(tmp_path, LINK)
    assert (read.label, read.release, read.complete_to) == (
        "The Foundation",
        extract.release,
        extract.complete_to,
    )
    assert (read.sealed_at, read.waves, read.is_synthetic) == (extract.sealed_at, {"w1": "Spring"}, False)
    assert len(read.results) == len(extract.results)
    for result, written in zip(read.results, extract.results, strict=True):
        pd.testing.assert_frame_equal(result.table, written.table, check_dtype=False)
        assert set(result.table["step"]) == {5}, "so that words of it say 20 to 24 of 55 to 59"
        assert result.indicator.definition == written.indicator.definition
        assert result.indicator.caveat == written.indicator.caveat
        assert result.indicator.denominator == written.indicator.denominator
        assert (result.selection.by, result.dimensions) == (written.selection.by, written.dimensions)
        assert result.indicator.facts == ""
        assert result.passport.sources == ()
        assert result.passport.role == "funder"


def test_a_write_that_fails_leaves_the_old_extract_whole(
    extract: Extract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = write_extract(tmp_path, extract).read_bytes()

    def fail(*paths: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", fail)
        with pytest.raises(OSError, match="the disk is full"):
            write_extract(tmp_path, extract)
    assert (tmp_path / "sealed" / LINK / "extract.json").read_bytes() == before
    assert [path.name for path in (tmp_path / "sealed" / LINK).iterdir()] == ["extract.json"]


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 99}', '{"format": 1, "results": 3}'])
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path, content: str) -> None:
    folder = tmp_path / "sealed" / LINK
    folder.mkdir(parents=True)
    (folder / "extract.json").write_text(content, encoding="utf-8")
    with pytest.raises(NoExtract, match=f"Nothing readable is sealed for link {LINK}"):
        read_extract(tmp_path, LINK)


@pytest.mark.parametrize("link_id", ["", "..", "../state", "0a1b2c3d/..", "0A1B2C3D", "0a1b2c3d\n"])
def test_an_id_never_leads_out_of_the_sealed_folder(tmp_path: Path, link_id: str) -> None:
    with pytest.raises(NoExtract, match="not the id of a link"):
        read_extract(tmp_path, link_id)
    with pytest.raises(NoExtract, match="not the id of a link"):
        remove_extract(tmp_path, link_id)


def test_only_links_that_follow_the_latest_release_are_sealed_anew(loaded: Loaded, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "releases").symlink_to(loaded[0] / "releases")
    (data / "CURRENT").write_text(loaded[1].id, encoding="utf-8")
    links = open_links(data)
    following, _ = links.create_link("follows", release_id=LATEST)
    links.create_link("stays", release_id=loaded[1].id)
    revoked, _ = links.create_link("revoked", release_id=LATEST)
    write_extract(data, seal_release(data, LATEST, revoked.id, "revoked"))
    links.revoke_link(revoked.id)
    assert refresh_links(data, links) == [following.id]
    assert [path.name for path in (data / "sealed").iterdir()] == [following.id]
    assert [entry.action for entry in links.read_audit(following.id)] == ["created", "refreshed"]


def test_the_same_release_seals_to_the_same_file(loaded: Loaded, tmp_path: Path) -> None:
    engine = Engine(loaded[1])
    now = datetime(2026, 3, 2, tzinfo=UTC)
    try:
        first, second = (
            write_extract(
                tmp_path / name,
                build_extract(
                    engine,
                    LINK,
                    "x",
                    earlier=Earlier(loaded[0]),
                    ledger=open_ledger(tmp_path / name),
                    now=now,
                ),
            ).read_bytes()
            for name in ("a", "b")
        )
    finally:
        engine.close()
    assert first == second
    assert json.loads(first)["sealed_at"] == "2026-03-02T00:00:00+00:00"


def test_why_a_value_is_hidden_is_known_to_who_makes_the_link_and_not_sealed(extract: Extract) -> None:
    attended = find_result(extract, "attendance_rate", "profession")
    rows = pd.DataFrame(
        {
            "period": ["all"] * 4,
            "profession": ["Nurse", "Doctor", "Manager", "Clerk"],
            "n": [50, 50, 9, 50],
            "numerator": [45, 3, 5, 20],
            "denominator": [50, 50, 9, 50],
            "status": "ok",
        }
    )
    exact = replace(attended, table=rows)
    told = replace(attended, table=rows.assign(status=["suppressed"] * 4))
    causes = count_causes(exact, told, FUNDER)
    assert dict(causes) == {"nearly everybody": 1, "nearly nobody": 1, "few": 1, "apart": 1}
    assert "1 because nearly everybody is in them (fewer than 10 are not)" in describe_causes(causes, FUNDER)
    (advice,) = advise([(("nearly everybody", 4),)], FUNDER)
    assert "is no bad sign" in advice
    assert len(extract.causes) == len(extract.results)
    assert any(extract.causes)


def test_no_cause_is_sealed(loaded: Loaded, extract: Extract) -> None:
    path = write_extract(loaded[0], extract)
    assert "nearly" not in path.read_text(encoding="utf-8")
    assert read_extract(loaded[0], LINK).causes == ()
    remove_extract(loaded[0], LINK)


def test_what_was_told_without_a_count_is_read_from_the_ledger_for_the_next_link(loaded: Loaded) -> None:
    """A share may be told without numerator and denominator: the next link's audit makes do with the people behind it."""
    data, release = loaded
    extract = seal_release(data, release.id, LINK, "x")
    told = next(one for one in extract.results if one.indicator.id == "attendance_rate" and one.selection.by)
    figures = dict.fromkeys(FIGURES) | {"value": 0.5, "n": 30.0, "status": "ok", "reason": ""}

    class Kept:
        def read_rows(self, result: Result) -> dict[tuple[str, ...], list[Published]]:
            return {("all", "Nurse"): [Published(release.id, figures)]} if result is told else {}

    ((row,),) = read_earlier([told], Kept()).values()  # type: ignore[arg-type]
    assert row.is_shown
    assert row.counts["n"] == 30
