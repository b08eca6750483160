"""Numbered attacks on disclosure by a programme lead, on what a real staff server gives to somebody signed in.

Every page is taken away as a CSV file, which has all its figures unrounded by the screen.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import pytest

from etl.load import load_paths
from indicators.catalogue import list_indicators
from indicators.gate import disclosure
from indicators.gate.disclosure import SCOPES
from indicators.published.leads import sets as leads
from indicators.published.leads import steps
from indicators.published.leads.sets import read_set
from tests.attack import lead_attacker
from tests.attack.attacker import Haul
from tests.attack.lead_attacker import attack_as_lead
from tests.attack.random_programme import write_random_programme
from tests.attack.staff_viewer import ask_page, fetch
from tests.attack.taking import take_away
from tests.browser.provider import StaffServer, serve_staff
from tests.sharing.known_programme import Rows, load_changed, write_programme
from ui.export import FORMATS
from warehouse.engine import Engine
from warehouse.release import find_release

CSV = next(one for one in FORMATS if one.ending == "csv")
LEAD = {"email": "lea@example.org", "email_verified": True, "name": "Lea", "roles": ["lead"]}
EVALUATOR = {"email": "eva@example.org", "email_verified": True, "name": "Eva", "roles": ["evaluator"]}
PAGES = ("whom", "engagement", "attitude", "who-stays", "connections")
# Of each page the topic that follows a breakdown; the others are asked for without one.
BROKEN_DOWN = {
    "whom": "Who answered, by group",
    "engagement": "By group",
    "attitude": "",
    "who-stays": "",
    "connections": "By group",
}
BREAKDOWNS = ("None", "Profession", "Region")
FILTERS = ("", "profession=Nurse", "profession=Manager&region=England", "profession=Astronaut")
OF_EVENTS = "events_held"  # counts events: its n is no number of people
MINIMUM = 5
PROTECTED = {indicator.id for indicator in list_indicators().values() if indicator.is_protected}


def read_page(
    staff: StaffServer,
    who: dict[str, object],
    page: str,
    *,
    topic: str = "",
    by: str = "None",
    query: str = "",
) -> pd.DataFrame:
    """All figures of a page, with those of a topic of it, as somebody gets them; those not shown are NaN."""
    asked = {"more": topic, "by": by, "attribute": "" if by == "None" else by}
    query = "&".join((urlencode({name: value for name, value in asked.items() if value}), query))
    content, _ = take_away(f"127.0.0.1:{staff.port}", CSV, page, query, staff.sign(**who))
    table = pd.read_csv(io.BytesIO(content))
    for name in ("value", "n", "numerator", "denominator"):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    return table[table["indicator"] != OF_EVENTS]


@pytest.fixture(scope="module")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffServer]:
    root = tmp_path_factory.mktemp("staff")
    load_paths([write_programme(root / "raw")], root / "data")
    with serve_staff(root / "data", root / "server") as running:
        yield running


def list_topics(staff: StaffServer, page: str) -> list[str]:
    """What a lead is offered under "More on this"."""
    sent = fetch(staff, staff.sign(**LEAD), ask_page(page))
    groups = [message.delta.new_element.button_group for message in sent]
    (topics,) = [group for group in groups if group.label == "More on this"]
    return [option.content for option in topics.options]


@pytest.mark.attack(49)
def test_attack_49_every_offered_combination_passes_the_gate(
    staff: StaffServer, record_property: Callable[[str, object], None]
) -> None:
    tries, hidden = 0, 0
    offered = {page: list_topics(staff, page) for page in PAGES}
    asked = [(page, topic, by) for (page, topic), by in product(BROKEN_DOWN.items(), BREAKDOWNS)]
    asked += [
        (page, topic, "None")
        for page, topics in offered.items()
        for topic in topics
        if topic not in (BROKEN_DOWN[page], "The map")
    ]
    assert all(topic in ("", *offered[page]) for page, topic, _ in asked)
    for (page, topic, by), where in product(asked, FILTERS):
        table = read_page(staff, LEAD, page, topic=topic, by=by, query=where)
        told = table[table["indicator"].isin(PROTECTED)]
        shown = told[told["status"] == "shown"]
        assert (shown["n"] >= MINIMUM).all(), (page, topic, by, where)
        assert (shown["n"] % 5 == 0).all(), (page, topic, by, where)
        hidden += int((told["status"] == "hidden").sum())
        tries += 1
    record_property("tries", tries)
    assert hidden > 100
    everything = read_page(staff, EVALUATOR, "whom", topic=BROKEN_DOWN["whom"], by="Profession")
    assert (everything["n"] == 1).any(), "positive control: an evaluator sees the one of a kind"


@pytest.mark.attack(55)
@pytest.mark.parametrize("page", ["attitude", "whom", "connections"])
def test_attack_55_a_lead_reads_nothing_of_what_a_group_of_one_answered(
    staff: StaffServer, page: str
) -> None:
    tables = [
        read_page(staff, who, page, topic=BROKEN_DOWN[page], by="Profession") for who in (LEAD, EVALUATOR)
    ]
    said, control = (table[table["indicator"].isin(PROTECTED)].to_csv() for table in tables)
    assert "Nurse" in said
    for name in ("Astronaut", "Dentist"):
        assert name not in said
    assert "Dentist" in control, "positive control: an evaluator reads of the group"


@pytest.fixture
def random_data(tmp_path: Path) -> Path:
    load_paths([write_random_programme(tmp_path / "raw", 3)], tmp_path / "data")
    return tmp_path / "data"


def attack_release(data: Path) -> Haul:
    engine = Engine(find_release(data))
    try:
        return attack_as_lead(engine, most_people=15)
    finally:
        engine.close()


@pytest.mark.attack(47)
def test_attack_47_a_lead_s_programming_recovers_no_answer(
    random_data: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    haul = attack_release(random_data)
    record_property("tries", haul.hidden)
    assert haul.hidden > 20
    assert haul.published >= 0.6
    assert haul.recovered == []
    monkeypatch.setattr(disclosure, "_round_figures", lambda table, *_: table)
    monkeypatch.setattr(steps, "_close_few", lambda told, *_: told)
    small = replace(SCOPES["lead"], smallest_group=5, smallest_together=5)
    monkeypatch.setattr(leads, "_SCOPE", small)
    monkeypatch.setattr(lead_attacker, "ABOVE", 0.0)
    shutil.rmtree(random_data / leads.FOLDER)
    (random_data / leads.REGISTER).unlink()
    assert attack_release(random_data).recovered, (
        "positive control: exact counts, and one group less than the whole"
    )


@pytest.mark.attack(50)
def test_attack_50_what_a_lead_keeps_of_earlier_releases_tells_nobody_s_answer(tmp_path: Path) -> None:
    load_paths([write_programme(tmp_path / "raw")], tmp_path / "data")
    before = read_told(tmp_path / "data")
    for count in (1, 2):
        load_changed(tmp_path, "answers", turn_answers(count))
        assert read_told(tmp_path / "data") == before, f"{count} more answered otherwise: nothing may change"
    load_changed(tmp_path, "answers", turn_answers(15))
    assert read_told(tmp_path / "data") != before, (
        "positive control: 18 answered otherwise, and that is shown"
    )


def turn_answers(count: int) -> Callable[[Rows], None]:
    """A change of the answers: so many more gave the lowest."""

    def change(rows: Rows) -> None:
        for row in [row for row in rows if row["value"] != "1"][:count]:
            row["value"] = "1"

    return change


def read_told(data: Path) -> list[tuple[object, ...]]:
    """Every figure that a lead is shown of what people answered."""
    engine = Engine(find_release(data))
    try:
        rows = read_set(engine, "answers").rows
    finally:
        engine.close()
    told = rows[["indicator", "by", "period", "cell", "value", "n", "status"]]
    return sorted(told.astype(str).itertuples(index=False, name=None))


def add_answer(score: int) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows.append({**rows[0], "respondent_id": "m3", "value": str(score)})

    return change


@pytest.mark.attack(52)
def test_attack_52_means_before_and_after_do_not_tell_a_joiners_score(tmp_path: Path) -> None:
    load_paths([write_programme(tmp_path / "raw")], tmp_path / "data")
    with serve_staff(tmp_path / "data", tmp_path / "server") as staff:
        lead_before, exact_before = read_mean(staff, LEAD), read_mean(staff, EVALUATOR)
        load_changed(tmp_path, "answers", add_answer(4))
        load_changed(
            tmp_path,
            "invitations",
            lambda rows: next(row for row in rows if row["member_id"] == "m3").update(disposition="complete"),
        )
        lead_after, exact_after = read_mean(staff, LEAD), read_mean(staff, EVALUATOR)
    assert lead_after == lead_before, "that one more answered changes nothing that a lead is shown"
    assert list_scores(exact_before, exact_after, 0.005) == [4], (
        "positive control: two decimals tell the score"
    )


def read_mean(staff: StaffServer, who: dict[str, object]) -> tuple[int, float]:
    table = read_page(staff, who, "attitude", topic="Mean scores")
    (row,) = table[table["indicator"] == "construct_mean"].to_dict(orient="records")
    return int(row["n"]), float(row["value"])


def list_scores(before: tuple[int, float], after: tuple[int, float], slack: float) -> list[int]:
    """The scores of the one who joined that two rounded means leave possible."""
    least = (after[1] - slack) * after[0] - (before[1] + slack) * before[0]
    most = (after[1] + slack) * after[0] - (before[1] - slack) * before[0]
    return [score for score in range(1, 6) if least <= score <= most]
