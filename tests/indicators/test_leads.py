"""The set that leads see: kept, carried from release to release as a whole, and not shown where it cannot be kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from etl.load import load_paths
from etl.reading.types import Options
from indicators import vintages
from indicators.catalogue import find_indicator, list_indicators
from indicators.definition import Indicator
from indicators.gate.disclosure import SCOPES
from indicators.published.leads import sets
from indicators.published.leads.later import carrying
from indicators.published.leads.sets import FOLDER, REGISTER, LeadSet, NoSet, Source, read_set
from indicators.published.show import compute_result
from indicators.selection import Selection
from sharing.__main__ import main
from tests.sharing.known_programme import Rows, let_come, load_changed, write_programme
from warehouse.engine import Engine
from warehouse.release import find_release

BY_REGION = Selection(by=("region",))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    load_paths([write_programme(tmp_path / "raw")], tmp_path / "data")
    return tmp_path


@pytest.fixture
def engine(root: Path) -> Iterator[Engine]:
    opened = Engine(find_release(root / "data"))
    yield opened
    opened.close()


def read_all(data: Path, source: Source = "answers") -> LeadSet:
    opened = Engine(find_release(data))
    try:
        return read_set(opened, source)
    finally:
        opened.close()


def list_told(told: LeadSet, word: str = "") -> list[str]:
    """Every row that a lead is told with this word in its cell, in words."""
    rows = told.rows[told.rows["cell"].str.contains(word, regex=False)]
    columns = ["indicator", "by", "period", "cell", "value", "n", "numerator", "denominator", "status"]
    return sorted(repr(row) for row in rows[columns].itertuples(index=False, name=None))


def add_rows(root: Path, table: str, rows: list[tuple[object, ...]]) -> None:
    with (root / "raw" / f"{table}.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(",".join(map(str, row)) + "\n" for row in rows)


def let_answer(root: Path, late: list[str]) -> None:
    """Make members respondents who had not answered."""
    path = root / "raw" / "invitations.csv"
    text = path.read_text(encoding="utf-8")
    for name in late:
        text = text.replace(
            f"w1,{name},2015-04-01T08:00:00Z,non_contact", f"w1,{name},2015-04-01T08:00:00Z,partial"
        )
    path.write_text(text, encoding="utf-8")


def test_the_set_is_read_again_as_it_was_made(root: Path) -> None:
    made, again = read_all(root / "data"), read_all(root / "data")
    assert made.rows.astype(str).equals(again.rows.astype(str))
    assert {path.stat().st_mode & 0o777 for path in (root / "data" / FOLDER).glob("*.parquet")} == {0o600}


def test_groups_that_stood_alone_stay_and_the_waves_of_before_as_they_were_told(root: Path) -> None:
    before = read_all(root / "data")

    def join(rows: Rows) -> None:
        rows += [
            {**rows[0], "member_id": f"n{number}", "name": f"New {number}", "email": f"n{number}@example.org"}
            for number in range(8)
        ]

    load_changed(root, "members", join)
    after = read_all(root / "data")
    assert after.groups == before.groups
    told = ["indicator", "by", "period", "cell", "value", "status", "told_by"]
    of_waves = [one.rows.loc[one.rows["period"] == "w1", told].astype(str) for one in (before, after)]
    assert of_waves[0].reset_index(drop=True).equals(of_waves[1].reset_index(drop=True))


@pytest.mark.parametrize("is_folder", [True, False])
def test_where_it_cannot_be_kept_or_read_nothing_is_shown(
    engine: Engine, root: Path, is_folder: bool
) -> None:
    folder = root / "data" / FOLDER
    if is_folder:
        folder.mkdir(parents=True)
        (folder / f"{engine.release.id}.answers.parquet").write_bytes(b"PAR1 cut off")
    else:
        folder.write_text("not a folder")
    table = compute_result(
        engine, find_indicator(engine, "response_rate_rr1"), BY_REGION, SCOPES["lead"]
    ).table
    assert set(table["status"]) == {"suppressed"}
    assert table["reason"].str.contains(str(FOLDER)).all()
    whole = compute_result(engine, find_indicator(engine, "members"), BY_REGION, SCOPES["lead"]).table
    assert set(whole["status"]) == {"ok"}, "positive control: records are shown all the same"


def test_five_who_answered_one_question_do_not_tell_what_one_said_to_another(root: Path) -> None:
    answered = [n for n in range(100) if n % 5 < 3]
    add_rows(root, "items", [("s1", "q2", "I know people", "connecting", "likert", 1, 5, "false")])
    add_rows(root, "answers", [("w1", f"m{n}", "q2", 1 + n % 3, "2015-04-02T08:00:00Z") for n in answered])
    load_paths([root / "raw"], root / "data")
    before = read_all(root / "data")
    assert list_told(before, "q1")
    assert list_told(before, "q2")
    late = [f"m{n}" for n in range(100) if n % 5 >= 3][:9]
    let_answer(root, late)
    add_rows(root, "answers", [("w1", name, "q1", 5, "2015-04-19T08:00:00Z") for name in late])
    add_rows(root, "answers", [("w1", late[0], "q2", 4, "2015-04-19T08:00:00Z")])
    load_paths([root / "raw"], root / "data")
    after = read_all(root / "data")
    assert list_told(after, "q2") == list_told(before, "q2"), "one more answered it"
    assert list_told(after, "connecting") == list_told(before, "connecting")
    assert list_told(after, "q1") != list_told(before, "q1"), "positive control: nine more answered this one"


def test_whom_one_respondent_names_changes_no_figure_of_ties(root: Path) -> None:
    before = read_all(root / "data", "ties")
    late = [f"m{n}" for n in range(100) if n % 5 >= 3]
    let_answer(root, late[:1])
    add_rows(root, "ties", [("w1", late[0], f"m{n}", "collaborates") for n in range(20, 30)])
    load_paths([root / "raw"], root / "data")
    one_more = read_all(root / "data", "ties")
    assert list_told(one_more) == list_told(before), "ten were named, one told"
    let_answer(root, late[1:9])
    add_rows(
        root, "ties", [("w1", name, f"m{n}", "collaborates") for name in late[1:9] for n in range(40, 44)]
    )
    load_paths([root / "raw"], root / "data")
    assert list_told(read_all(root / "data", "ties")) != list_told(before), "positive control: nine told"


@pytest.mark.parametrize(("named", "is_told"), [(1, False), (9, False), (10, True)])
def test_a_network_that_a_few_named_is_told_of_as_little_as_they_are(
    tmp_path: Path, named: int, is_told: bool
) -> None:
    raw = write_programme(tmp_path / "raw")
    lines = [f"w1,m{one},m{20 + other},collaborates" for one in range(named) for other in range(30)]
    heading = (raw / "ties.csv").read_text(encoding="utf-8").splitlines()[0]
    (raw / "ties.csv").write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    load_paths([raw], tmp_path / "data")
    rows = read_all(tmp_path / "data", "ties").rows
    assert (rows["status"] == "ok").any() == is_told
    by_group = rows[(rows["by"] != "") & (rows["status"] == "ok")]
    assert by_group.empty == (named < 10), "they are all of one group"


def test_no_figure_counts_the_people_behind_it_more_closely_than_a_step(engine: Engine) -> None:
    for source in ("ties", "answers"):
        rows = read_set(engine, source).rows  # type: ignore[arg-type]
        told = rows[rows["status"] == "ok"]
        assert not told["indicator"].str.startswith("components").any(), "it bounds the members without ties"
        pairs = told[told["indicator"].str.startswith("density")]
        assert pairs["denominator"].isna().all(), "respondents times the others whom they could name"
        for name in ("n", "numerator", "denominator"):
            assert (told[name].dropna() % 5 == 0).all()
    assert len(pairs) == 0
    ties = read_set(engine, "ties").rows
    assert ((ties["indicator"].str.startswith("density")) & (ties["status"] == "ok")).any(), "density is told"


def test_what_is_told_in_steps_says_so_row_by_row_and_records_do_not(engine: Engine) -> None:
    told = compute_result(
        engine, find_indicator(engine, "response_rate_rr1"), Selection(), SCOPES["lead"]
    ).table
    assert set(told["step"]) == {SCOPES["lead"].rounding}
    assert (
        "step"
        not in compute_result(engine, find_indicator(engine, "members"), Selection(), SCOPES["lead"]).table
    )


def test_a_lead_s_passport_says_nothing_of_how_many_rows_a_file_has(engine: Engine) -> None:
    indicator = find_indicator(engine, "response_rate_rr1")
    for role, has_files in (("lead", False), ("evaluator", True)):
        result = compute_result(engine, indicator, Selection(), SCOPES[role])  # type: ignore[index]
        assert bool(result.passport.sources) is has_files


def test_a_lead_s_passport_of_records_says_nothing_of_a_workbook_that_holds_answers_too(root: Path) -> None:
    book = openpyxl.Workbook()
    for table in ("members", "answers"):
        sheet = book.create_sheet(table)
        for line in (root / "raw" / f"{table}.csv").read_text(encoding="utf-8").splitlines():
            sheet.append(line.split(","))
        (root / "raw" / f"{table}.csv").unlink()
    del book["Sheet"]
    book.save(root / "raw" / "book.xlsx")
    then = find_release(root / "data")
    now = load_paths([root / "raw"], root / "data", is_fresh=True).release
    engine = Engine(now)
    members = find_indicator(engine, "members")
    passports = {
        role: compute_result(engine, members, Selection(), SCOPES[role]).passport
        for role in ("lead", "evaluator")
    }
    engine.close()
    told = {role: [file.name for file in one.sources] for role, one in passports.items()}
    assert told == {"lead": [], "evaluator": ["book.xlsx"]}, "its hash would confirm a guess of one answer"
    assert passports["lead"].closed_files == 1
    assert vintages.OF_WORKBOOKS in vintages.list_causes(then, now, members, SCOPES["lead"])
    assert "book.xlsx came in" in vintages.list_causes(then, now, members, SCOPES["evaluator"])


def test_how_many_answered_does_not_follow_from_what_weights_cost(engine: Engine) -> None:
    """Respondents over their effective number are the design effect, so that two of the three in steps tell the third exactly."""
    told = read_all(engine.release.path.parent.parent).rows["indicator"]
    assert "design_effect" in {name.partition(":")[0] for name in told}
    assert not [name for name in told if name.startswith("effective_respondents")]


def test_a_wave_beyond_the_day_to_which_all_is_complete_can_be_told(root: Path) -> None:
    loaded = load_paths([root / "raw"], root / "early", options=Options(complete_to=date(2015, 1, 1)))
    assert "w1" in set(read_all(root / "early").rows["period"])
    assert loaded.release.manifest["complete_to"] == "2015-01-01"


def test_what_is_gone_of_the_set_is_missed_until_that_is_confirmed(root: Path) -> None:
    assert list_told(read_all(root / "data"), "q1")
    shutil.rmtree(root / "data" / FOLDER)
    with pytest.raises(
        NoSet, match=r"missing from the data folder: state/leads/.* python -m sharing new-leads"
    ):
        read_all(root / "data")
    (root / "data" / REGISTER).write_text("[", encoding="utf-8")
    with pytest.raises(NoSet, match="damaged"):
        read_all(root / "data")
    assert main(["new-leads", "--data", str(root / "data")]) == 0
    assert list_told(read_all(root / "data"), "q1")


@pytest.fixture
def redefine(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, dict[str, Any]], None]:
    """Let an indicator be another one from here on, or one that there was not."""

    def redefine(id: str, changes: dict[str, Any]) -> None:
        def list_redefined(attributes: Sequence[str]) -> dict[str, Indicator]:
            known = list_indicators(attributes)
            changed = replace(known[id], **changes)
            return {**known, changed.id: changed}

        for module in (sets, carrying):
            monkeypatch.setattr(module, "list_indicators", list_redefined)

    return redefine


def read_statuses(told: LeadSet, name: str) -> set[str]:
    return set(told.rows.loc[told.rows["indicator"] == name, "status"])


AT_LEAST_IN_PART = {"version": 2, "x": "CASE WHEN b.disposition IN ('complete', 'partial') THEN 1 ELSE 0 END"}


def test_a_new_definition_is_not_told_beside_the_old_one(
    root: Path, redefine: Callable[[str, dict[str, Any]], None]
) -> None:
    read_all(root / "data")
    late = [f"m{n}" for n in range(100) if n % 5 >= 3]
    let_answer(root, late[:1])
    redefine("response_rate_rr1", AT_LEAST_IN_PART)
    load_paths([root / "raw"], root / "data")
    told = read_all(root / "data")
    assert read_statuses(told, "response_rate_rr1:2") == {"suppressed"}, "the two tell who answered in part"
    reasons = set(told.rows.loc[told.rows["indicator"] == "response_rate_rr1:2", "reason"])
    assert reasons == {carrying.REDEFINED}
    let_answer(root, late[1:21])
    load_paths([root / "raw"], root / "data")
    assert "ok" in read_statuses(read_all(root / "data"), "response_rate_rr1:2"), "positive control"


@pytest.mark.parametrize(("more", "is_told"), [(0, True), (1, False), (30, True)])
def test_a_new_figure_is_of_the_people_of_those_told_before_or_of_enough_others(
    root: Path, redefine: Callable[[str, dict[str, Any]], None], more: int, is_told: bool
) -> None:
    read_all(root / "data")
    let_answer(root, [f"m{n}" for n in range(100) if n % 5 >= 3][:more])
    redefine("response_rate_rr1", {**AT_LEAST_IN_PART, "version": 1, "id": "answered_at_all"})
    load_changed(root, "attendance", let_come(1))
    assert ("ok" in read_statuses(read_all(root / "data"), "answered_at_all:1")) is is_told
