"""Numbered attacks on disclosure (the list of the access rules): what a shared page hides stays hidden.

Each is tried on what a real funder server sends to the reader of a link, and on the sealed extract behind it, which has
more (earlier periods of groups, and why a row is hidden) and is all that the server has (attack 53). What a programme
lead can do is in `test_lead_attacks.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from etl.load import load_paths
from indicators.gate import disclosure
from indicators.published import closing
from indicators.result import Result
from sharing.sealing import audit, seal
from sharing.sealing.extract import Extract
from sharing.sealing.seal import seal_release, store_extract
from tests.attack.attacker import attack
from tests.attack.funder_server import serve_links, write_out
from tests.attack.random_programme import write_random_programme
from tests.attack.reading import Reader
from tests.sharing.known_programme import Rows, let_come, load_changed, write_programme, write_table

LINK = "0a1b2c3d"
SEEDS = (1, 2)
Figures = dict[tuple[str, ...], tuple[str, ...]]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """The reader of a link to a funder server, which has nothing but what is sealed for this link."""
    root = tmp_path_factory.mktemp("served")
    (root / "data").mkdir()
    with serve_links(root / "data", root / "server.log") as running:
        yield Reader.enter(running)


@pytest.fixture(scope="module", params=SEEDS)
def random_data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a random programme."""
    root = tmp_path_factory.mktemp("random")
    load_paths([write_random_programme(root / "raw", request.param)], root / "data")
    return root / "data"


@pytest.fixture(scope="module")
def whole(random_data: Path, reader: Reader) -> list[Sequence[Result]]:
    """The tables of the random programme as a reader of its page and of the extract behind it has them."""
    return read_both(reader, seal_it(random_data))


@pytest.fixture
def programme_copy(tmp_path: Path) -> Path:
    """A folder with the raw exports of the known programme, loaded once."""
    load_paths([write_programme(tmp_path / "raw")], tmp_path / "data")
    return tmp_path


def seal_it(data: Path) -> Extract:
    return seal_release(data, "latest", LINK, "For the attack")


def read_both(reader: Reader, extract: Extract) -> list[Sequence[Result]]:
    """The tables that a reader reads off the page, and those of the extract behind it."""
    read = reader.read(extract)
    assert any((result.table["status"] == "ok").any() for result in read)
    return [read, extract.results]


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
    random_data: Path,
    whole: list[Sequence[Result]],
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    hauls = [attack(tables) for tables in whole]
    record_property("tries", sum(haul.hidden for haul in hauls))
    for haul in hauls:
        assert haul.hidden > 10
        assert haul.recovered == []
    show_exactly(monkeypatch)
    for tables in read_both(reader, seal_it(random_data)):
        broken = attack(tables, base=1)
        assert broken.recovered, "positive control: without rounding and complements cells are recovered"


@pytest.mark.attack(48)
def test_attack_48_a_total_minus_its_parts_leaves_no_count(
    random_data: Path,
    whole: list[Sequence[Result]],
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    record_property("tries", sum(len(list_lines(tables)) for tables in whole))
    for tables in whole:
        assert list_differences(tables) == [], "wherever one row of a table is hidden, so is a second"
    show_exactly(monkeypatch)
    for tables in read_both(reader, seal_it(random_data)):
        assert list_differences(tables), "positive control: exact tables give counts away"


def list_lines(tables: Sequence[Result]) -> list[tuple[pd.DataFrame, pd.Series]]:
    """The rows of each table in groups, of one period and measure, beside the row of the whole, where that is shown."""
    lines = []
    totals = {result.indicator.id: result.table for result in tables if not result.selection.by}
    for result in tables:
        if not result.selection.by or result.indicator.estimator == "survival":
            continue
        keys = ["period", *result.indicator.measures]
        for key, line in result.table.groupby(keys):
            whole = totals[result.indicator.id]
            (row,) = [row for _, row in whole.iterrows() if tuple(row[keys]) == key] or [None]
            if row is not None and row["status"] == "ok" and (line["status"] == "suppressed").any():
                lines.append((line, row))
    return lines


def list_differences(tables: Sequence[Result]) -> list[float]:
    """What the total leaves for the one hidden row of a table."""
    found = []
    for line, whole in list_lines(tables):
        shown = line[line["status"] == "ok"]
        if len(line) - len(shown) == 1:
            found.append(float(whole["n"]) - float(shown["n"].sum()))
    return found


def seal_and_read(programme: Path, reader: Reader) -> list[Figures]:
    """Seal the live release, with all that was sealed before: the figures of the page, and of the extract behind it."""
    extract = seal_it(programme / "data")
    store_extract(programme / "data", extract)
    return [list_figures(tables) for tables in read_both(reader, extract)]


def list_figures(tables: Sequence[Result]) -> Figures:
    figures = {}
    for result in tables:
        for row in result.table.to_dict(orient="records"):
            name = (result.indicator.id, *result.selection.by, str(row["period"]))
            key = (*name, *(str(row[dimension]) for dimension in result.dimensions))
            figures[key] = tuple(
                str(row[column]) for column in ("status", "value", "n", "numerator", "denominator")
            )
    return figures


@pytest.mark.attack(50)
def test_attack_50_two_releases_differ_in_no_group_below_ten(programme_copy: Path, reader: Reader) -> None:
    before = seal_and_read(programme_copy, reader)
    for count in (1, 3, 5):
        load_changed(programme_copy, "attendance", let_come(count))
        assert seal_and_read(programme_copy, reader) == before, f"{count} more came: nothing may change"
    load_changed(programme_copy, "attendance", let_come(6))
    for changed, earlier in zip(seal_and_read(programme_copy, reader), before, strict=True):
        assert changed != earlier, "positive control: 15 more came, and that is shown"


@pytest.mark.attack(51)
def test_attack_51_a_percentage_inverted_gives_no_small_numerator(
    whole: list[Sequence[Result]], record_property: Callable[[str, object], None]
) -> None:
    tries = 0
    for result in [one for tables in whole for one in tables]:
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
def test_attack_52_one_more_answer_changes_nothing_that_a_funder_sees(
    programme_copy: Path, reader: Reader
) -> None:
    def answer(count: int) -> None:
        """So many who did not answer do so, with a 4."""
        late = {f"m{n}" for n in (3, 4, 8, 9, 13, 14, 18, 19, 23, 24, 28, 29)[:count]}

        def add(rows: Rows) -> None:
            rows += [{**rows[0], "respondent_id": who, "value": "4"} for who in sorted(late)]

        def complete(rows: Rows) -> None:
            for row in rows:
                row["disposition"] = "complete" if row["member_id"] in late else row["disposition"]

        load_changed(programme_copy, "answers", add)
        load_changed(programme_copy, "invitations", complete)

    before = seal_and_read(programme_copy, reader)
    answer(1)
    assert seal_and_read(programme_copy, reader) == before
    answer(12)
    for changed, earlier in zip(seal_and_read(programme_copy, reader), before, strict=True):
        assert changed != earlier, "positive control: twelve more are seen"


@pytest.mark.attack(47)
def test_attack_47_the_served_page_has_no_counts_but_those_attacked(
    programme_copy: Path, reader: Reader, record_property: Callable[[str, object], None]
) -> None:
    extract = seal_it(programme_copy / "data")
    read, sealed = map(list_counts, read_both(reader, extract))
    in_words = {
        (int(first), int(second))
        for first, second in re.findall(r"(\d+) to \d+ of (\d+) to \d+", write_out(reader.fetch(extract)))
    }
    record_property("tries", len(read | in_words))
    assert len(read) > 3
    assert in_words, "the charts of claims and of groups tell their counts"
    assert read | in_words <= sealed
    assert not {(59, 100), (14, 28)} & read, "the true counts behind them"
    assert (55, 100) in read, "positive control: the rounded ones are found in what is sent"


def list_counts(tables: Sequence[Result]) -> set[tuple[int, int]]:
    return {
        (int(row["numerator"]), int(row["denominator"]))
        for result in tables
        for row in result.table.dropna(subset=["numerator", "denominator"]).to_dict(orient="records")
    }


@pytest.mark.attack(55)
def test_attack_55_a_category_of_one_person_is_nowhere(programme_copy: Path, reader: Reader) -> None:
    store_extract(programme_copy / "data", extract := seal_it(programme_copy / "data"))
    shown = write_out(reader.fetch(extract))
    (path,) = (programme_copy / "data" / "sealed").rglob("*.json")
    for text in (shown, path.read_text(encoding="utf-8")):
        assert "Nurse" in text, "positive control: a large category is there"
        assert "Astronaut" not in text
        assert "Dentist" not in text


@pytest.mark.attack(56)
def test_attack_56_broken_suppression_fails_the_audit(
    reader: Reader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of four professions of 30 each 11, 11, 11 and 1 answered: 34, shown as 30, leave 0 to 4 for the last."""
    answered = {"Nurse": 11, "Doctor": 11, "Manager": 11, "Dentist": 1}
    people = [(f"{name}{n}", name, n < count) for name, count in answered.items() for n in range(30)]
    raw, data = tmp_path / "raw", tmp_path / "data"
    raw.mkdir()
    members = [(who, name, "2015-01-05") for who, name, _ in people]
    write_table(raw, "members", "member_id,profession,joined_on", members)
    wave = [("w1", "s1", "Spring", "2015-04-01", "2015-04-20")]
    write_table(raw, "waves", "wave_id,survey_id,label,opened_on,closed_on", wave)
    asked = [("w1", who, "complete" if is_in else "non_contact") for who, _, is_in in people]
    write_table(raw, "invitations", "wave_id,member_id,disposition", asked)
    load_paths([raw], data)

    whole = seal_it(data)
    assert count_withheld(whole) == 0
    assert all(attack(tables).recovered == [] for tables in read_both(reader, whole))
    monkeypatch.setattr(closing, "apply_gate", hide_smallest_only)
    broken = seal_it(data)
    assert count_withheld(broken) > 0, "the audit withholds the table that the broken gate lets pass"
    assert all(attack(tables).recovered == [] for tables in read_both(reader, broken))
    monkeypatch.setattr(seal, "withhold_exposed", lambda results, _: tuple(results))
    for tables in read_both(reader, seal_it(data)):
        assert attack(tables).recovered, "positive control: without the audit the attacker gets it"


def hide_smallest_only(
    table: pd.DataFrame, indicator: Any, dimensions: Any, scope: Any, *_: Any
) -> pd.DataFrame:
    """A broken gate: it rounds, but hides small counts only, and no second row with the first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disclosure, "_hide_complements", lambda table, *_: np.zeros(len(table), dtype=bool))
        return disclosure.apply_gate(table, indicator, dimensions, scope)


def count_withheld(extract: Extract) -> int:
    return sum(int((result.table["reason"] == audit.WITHHELD).sum()) for result in extract.results)
