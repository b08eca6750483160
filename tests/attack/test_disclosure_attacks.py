"""Numbered attacks on disclosure (the list of the access rules): what a shared page hides stays hidden.

The attacker of `attacker.py` has all that a link shows, which is its sealed extract: the pages served are made of
nothing else (attack 53).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl.load import load_paths
from indicators import disclosure
from indicators.catalogue import list_indicators
from indicators.compute import compute_result
from indicators.disclosure import SCOPES
from indicators.result import Result
from indicators.selection import Selection
from sharing import audit, seal
from sharing.__main__ import main
from sharing.extract import Extract, read_extract
from sharing.links import open_links
from sharing.seal import seal_release, store_extract
from tests.attack.attacker import attack
from tests.attack.funder_server import Server, ask_rerun, open_stream, read_run, run_server
from tests.attack.random_programme import write_random_programme
from tests.sharing.known_programme import Rows, let_come, load_changed, write_programme, write_table
from warehouse.engine import Engine
from warehouse.release import find_release

LINK = "0a1b2c3d"
SEEDS = (1, 2)


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the known programme."""
    root = tmp_path_factory.mktemp("known")
    load_paths([write_programme(root / "raw")], root / "data")
    return root / "data"


@pytest.fixture(scope="module", params=SEEDS)
def random_data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a random programme."""
    root = tmp_path_factory.mktemp("random")
    load_paths([write_random_programme(root / "raw", request.param)], root / "data")
    return root / "data"


@pytest.fixture
def programme_copy(tmp_path: Path) -> Path:
    """A folder with the raw exports of the known programme, loaded once."""
    load_paths([write_programme(tmp_path / "raw")], tmp_path / "data")
    return tmp_path


def seal_it(data: Path) -> Extract:
    return seal_release(data, "latest", LINK, "For the attack")


def show_exactly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break the gate: small counts hidden, but nothing rounded and no second cell hidden with the first."""

    def leave(table: pd.DataFrame, *_: object) -> pd.DataFrame:
        return table

    def hide_none(table: pd.DataFrame, *_: object) -> np.ndarray:
        return np.zeros(len(table), dtype=bool)

    monkeypatch.setattr(disclosure, "_round_figures", leave)
    monkeypatch.setattr(disclosure, "_hide_complements", hide_none)
    monkeypatch.setattr(audit, "NARROWEST", 0.0)


@pytest.mark.attack(47)
def test_attack_47_programming_recovers_no_hidden_cell(
    random_data: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    haul = attack(seal_it(random_data).results)
    record_property("tries", haul.hidden)
    assert haul.hidden > 20
    assert haul.recovered == []
    show_exactly(monkeypatch)
    broken = attack(seal_it(random_data).results, base=1)
    assert broken.recovered, "positive control: without rounding and complements cells are recovered"


@pytest.mark.attack(48)
def test_attack_48_a_total_minus_its_parts_leaves_no_count(
    random_data: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    tables = seal_it(random_data)
    record_property("tries", len(list_lines(tables)))
    assert list_differences(tables) == [], "wherever one row of a table is hidden, so is a second"
    show_exactly(monkeypatch)
    assert list_differences(seal_it(random_data)), "positive control: exact tables give counts away"


def list_lines(extract: Extract) -> list[tuple[pd.DataFrame, pd.Series]]:
    """The rows of each table in groups, of one period and measure, beside the row of the whole, where that is shown."""
    lines = []
    totals = {result.indicator.id: result.table for result in extract.results if not result.selection.by}
    for result in extract.results:
        if not result.selection.by or result.indicator.estimator == "survival":
            continue
        keys = ["period", *result.indicator.measures]
        for key, line in result.table.groupby(keys):
            whole = totals[result.indicator.id]
            (row,) = [row for _, row in whole.iterrows() if tuple(row[keys]) == key] or [None]
            if row is not None and row["status"] == "ok" and (line["status"] == "suppressed").any():
                lines.append((line, row))
    return lines


def list_differences(extract: Extract) -> list[float]:
    """What the total leaves for the one hidden row of a table."""
    found = []
    for line, whole in list_lines(extract):
        shown = line[line["status"] == "ok"]
        if len(line) - len(shown) == 1:
            found.append(float(whole["numerator"]) - float(shown["numerator"].sum()))
    return found


@pytest.mark.attack(49)
@pytest.mark.parametrize("role", ["lead", "funder"])
def test_attack_49_every_offered_combination_passes_the_gate(
    programme: Path, role: disclosure.Role, record_property: Callable[[str, object], None]
) -> None:
    engine = Engine(find_release(programme))
    tries, hidden_for_role = 0, 0
    try:
        for indicator_id in ("members", "attendance_rate", "response_rate_rr1", "construct_mean"):
            indicator = list_indicators()[indicator_id]
            for by in [(), ("profession",), ("region",), ("profession", "region")]:
                for where in [(), *product(("profession",), ("Nurse", "Doctor", "Dentist", "Astronaut"))]:
                    selection = Selection(by=by, where=(where,) if where else ())
                    result = compute_result(engine, indicator, selection, SCOPES[role])
                    shown = result.table[result.table["status"] == "ok"]
                    hidden_for_role += int((result.table["status"] == "suppressed").sum())
                    assert (shown["n"] >= SCOPES[role].minimum).all(), (indicator_id, by, where)
                    tries += 1
        everything = compute_result(
            engine,
            list_indicators()["attendance_rate"],
            Selection(by=("profession",)),
            SCOPES["evaluator"],
        )
    finally:
        engine.close()
    record_property("tries", tries)
    assert hidden_for_role > 20
    assert everything.table["n"].min() == 1, "positive control: without the gate there is one of a kind"


def list_figures(extract: Extract) -> dict[tuple[str, ...], tuple[str, ...]]:
    figures = {}
    for result in extract.results:
        for row in result.table.to_dict(orient="records"):
            name = (result.indicator.id, *result.selection.by, str(row["period"]))
            key = (*name, *(str(row[dimension]) for dimension in result.dimensions))
            figures[key] = tuple(
                str(row[column]) for column in ("status", "value", "n", "numerator", "denominator")
            )
    return figures


def add_answer(score: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows.append({**rows[0], "respondent_id": "m3", "value": str(score)})

    return change


@pytest.mark.attack(50)
def test_attack_50_two_releases_differ_in_no_group_below_ten(programme_copy: Path) -> None:
    before = seal_it(programme_copy / "data")
    store_extract(programme_copy / "data", before)

    for count in (1, 3, 5):
        load_changed(programme_copy, "attendance", let_come(count))
        again = seal_it(programme_copy / "data")
        store_extract(programme_copy / "data", again)
        assert list_figures(again) == list_figures(before), f"{count} more came: nothing may change"
    load_changed(programme_copy, "attendance", let_come(6))
    changed = list_figures(seal_it(programme_copy / "data"))
    assert changed != list_figures(before), "positive control: 15 more came, and that is shown"


@pytest.mark.attack(51)
def test_attack_51_a_percentage_inverted_gives_no_small_numerator(
    random_data: Path, record_property: Callable[[str, object], None]
) -> None:
    tries = 0
    for result in seal_it(random_data).results:
        if result.indicator.estimator not in ("proportion", "share"):
            continue
        for row in result.table[result.table["status"] == "ok"].to_dict(orient="records"):
            possible = {
                numerator
                for denominator in range(int(row["denominator"]) - 2, int(row["denominator"]) + 3)
                for numerator in range(max(int(row["numerator"]) - 2, 0), int(row["numerator"]) + 3)
                if numerator <= denominator
            }
            assert min(possible) >= 8
            assert len(possible) >= 3
            tries += 1
    record_property("tries", tries)
    assert tries > 20
    told = [numerator for numerator in range(51) if round(numerator / 50, 2) == 0.06]
    assert told == [3], "positive control: 6 % of exactly 50 people are 3"


@pytest.mark.attack(52)
def test_attack_52_means_before_and_after_do_not_tell_a_joiners_score(
    programme_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = programme_copy / "data"
    before = seal_it(data)
    store_extract(data, before)
    lead_before, exact_before = read_mean(data, "lead"), read_mean(data, "evaluator")
    load_changed(programme_copy, "answers", add_answer(4))
    load_changed(
        programme_copy,
        "invitations",
        lambda rows: next(row for row in rows if row["member_id"] == "m3").update(disposition="complete"),
    )
    lead_after, exact_after = read_mean(data, "lead"), read_mean(data, "evaluator")
    assert list_figures(seal_it(data)) == list_figures(before), "a funder sees no change at all"
    assert lead_after[0] == lead_before[0] + 1, "a programme lead sees that one more answered"
    assert list_scores(lead_before, lead_after, 0.05) == [1, 2, 3, 4, 5]
    assert list_scores(exact_before, exact_after, 0.005) == [4], (
        "positive control: two decimals tell the score"
    )


def read_mean(data: Path, role: disclosure.Role) -> tuple[int, float]:
    engine = Engine(find_release(data))
    try:
        result = compute_result(engine, list_indicators()["construct_mean"], Selection(), SCOPES[role])
    finally:
        engine.close()
    (row,) = result.table.to_dict(orient="records")
    return int(row["n"]), round(float(row["value"]), 2)


def list_scores(before: tuple[int, float], after: tuple[int, float], slack: float) -> list[int]:
    """The scores of the one who joined that two rounded means leave possible."""
    least = (after[1] - slack) * after[0] - (before[1] + slack) * before[0]
    most = (after[1] + slack) * after[0] - (before[1] - slack) * before[0]
    return [score for score in range(1, 6) if least <= score <= most]


@pytest.fixture(scope="module")
def served(programme: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """A funder server over what `python -m sharing create` sealed, and the cookie of a viewer."""
    root = tmp_path_factory.mktemp("served")
    assert main(["create", "--label", "For the attack", "--data", str(programme)]) == 0
    process, port = run_server(programme, root / "server.log")
    links = open_links(programme)
    server = Server(port, programme, root / "server.log", links)
    made = links.list_links()[0]
    _, token = links.create_link("For the attack", release_id=made.release_id, link_id=None)
    try:
        cookie = open_same(server, made.id, token)
        yield server, cookie
    finally:
        links.close()
        process.terminate()
        process.wait(30)


def open_same(server: Server, sealed: str, token: str) -> str:
    """Enter by a link that shows what another one shows."""
    link = server.links.find_by_token(token)
    assert link is not None
    extract = read_extract(server.data, sealed)
    store_extract(server.data, Extract(**{**vars(extract), "link_id": link.id}))
    return server.enter(token)


def read_page(served: tuple[Server, str]) -> str:
    """All that a viewer of the link is sent."""
    server, cookie = served

    async def read() -> str:
        async with open_stream(server, cookie) as stream:
            await stream.send(ask_rerun())
            return await read_run(stream)

    return asyncio.run(read())


@pytest.mark.attack(47)
def test_attack_47_the_served_page_has_no_counts_but_those_attacked(
    programme: Path, served: tuple[Server, str], record_property: Callable[[str, object], None]
) -> None:
    server, _ = served
    attacked = {
        (int(row["numerator"]), int(row["denominator"]))
        for link in server.links.list_links()
        for result in read_extract(programme, link.id).results
        for row in result.table.dropna(subset=["numerator", "denominator"]).to_dict(orient="records")
    }
    sent = {(int(few), int(all_)) for few, all_ in re.findall(r"about (\d+) of (\d+)", read_page(served))}
    record_property("tries", len(sent))
    assert len(sent) > 3
    assert sent <= attacked
    assert not {(59, 100), (14, 28)} & sent, "the true counts behind them"
    assert (60, 100) in sent, "positive control: the rounded ones are found in what is sent"


@pytest.mark.attack(55)
def test_attack_55_a_category_of_one_person_is_nowhere(programme: Path, served: tuple[Server, str]) -> None:
    shown = read_page(served)
    sealed = "".join(path.read_text(encoding="utf-8") for path in (programme / "sealed").rglob("*.json"))
    for text in (shown, sealed):
        assert "Nurse" in text, "positive control: a large category is there"
        assert "Astronaut" not in text
        assert "Dentist" not in text


@pytest.mark.attack(56)
def test_attack_56_broken_suppression_fails_the_audit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of four professions of 30 each 11, 11, 14 and 1 came: 37, shown as 35, leave 0 to 4 for the last."""
    came = {"Nurse": 11, "Doctor": 11, "Manager": 14, "Dentist": 1}
    people = [
        (f"{name}{number}", name, number < count) for name, count in came.items() for number in range(30)
    ]
    raw, data = tmp_path / "raw", tmp_path / "data"
    raw.mkdir()
    write_table(
        raw,
        "members",
        "member_id,profession,joined_on",
        [(who, name, "2015-01-05") for who, name, _ in people],
    )
    write_table(raw, "events", "event_id,title,starts_at", [("e1", "Meeting", "2015-03-14T09:00:00Z")])
    attendance = [("e1", who, str(is_in).lower()) for who, _, is_in in people]
    write_table(raw, "attendance", "event_id,member_id,attended", attendance)
    write_table(raw, "activities", "member_id,at,kind", [(people[0][0], "2016-03-30T09:00:00Z", "post")])
    load_paths([raw], data)
    whole = seal_it(data)
    assert (count_withheld(whole), attack(whole.results).recovered) == (0, [])
    monkeypatch.setattr(seal, "apply_gate", hide_smallest_only)
    broken = seal_it(data)
    assert count_withheld(broken) > 0, "the audit withholds the table that the broken gate lets pass"
    assert attack(broken.results).recovered == []
    monkeypatch.setattr(seal, "withhold_exposed", lambda results, _: tuple(results))
    assert attack(seal_it(data).results).recovered, "positive control: without the audit the attacker gets it"


def hide_smallest_only(table: pd.DataFrame, indicator: Any, dimensions: Any, scope: Any) -> pd.DataFrame:
    """A broken gate: it rounds, but hides small counts only, and no second row with the first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disclosure, "_hide_complements", lambda table, *_: np.zeros(len(table), dtype=bool))
        return disclosure.apply_gate(table, indicator, dimensions, scope)


def count_withheld(extract: Extract) -> int:
    tables: list[Result] = list(extract.results)
    return sum(int((result.table["reason"] == audit.WITHHELD).sum()) for result in tables)
