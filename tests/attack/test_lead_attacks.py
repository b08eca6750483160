"""Numbered attacks on disclosure by a programme lead, on what a real staff server gives to somebody signed in.

Every page is taken away as a CSV file, which has all its figures unrounded by the screen.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

from etl.load import load_paths
from tests.attack.staff_viewer import ask_page, look
from tests.attack.taking import take_away
from tests.browser.provider import StaffServer, serve_staff
from tests.sharing.known_programme import Rows, load_changed, write_programme
from ui.export import FORMATS

CSV = next(one for one in FORMATS if one.ending == "csv")
LEAD = {"email": "lea@example.org", "email_verified": True, "name": "Lea", "roles": ["lead"]}
EVALUATOR = {"email": "eva@example.org", "email_verified": True, "name": "Eva", "roles": ["evaluator"]}
PAGES = ("members", "engagement", "attitude", "response", "retention", "connections")
BREAKDOWNS = ("by=None", "by=Profession", "by=Region")
FILTERS = ("", "profession=Nurse", "profession=Manager&region=England", "profession=Astronaut")
OF_EVENTS = "events_held"  # counts events: its n is no number of people
MINIMUM = 5


def read_page(staff: StaffServer, who: dict[str, object], page: str, query: str = "") -> pd.DataFrame:
    """All figures of a page as somebody gets them; those not shown are NaN."""
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


@pytest.mark.attack(49)
def test_attack_49_every_offered_combination_passes_the_gate(
    staff: StaffServer, record_property: Callable[[str, object], None]
) -> None:
    tries, hidden = 0, 0
    for page, by, where in product(PAGES, BREAKDOWNS, FILTERS):
        table = read_page(staff, LEAD, page, f"{by}&{where}")
        shown = table[table["status"] == "shown"]
        assert (shown["n"] >= MINIMUM).all(), (page, by, where)
        hidden += int((table["status"] == "hidden").sum())
        tries += 1
    record_property("tries", tries)
    assert hidden > 100
    everything = read_page(staff, EVALUATOR, "engagement", "by=Profession")
    assert everything["n"].min() == 1, "positive control: an evaluator sees the one of a kind"


@pytest.mark.attack(55)
@pytest.mark.parametrize("page", ["this-week", *PAGES, "journey", "data-and-methods"])
def test_attack_55_a_lead_reads_of_a_group_of_one_nowhere(staff: StaffServer, page: str) -> None:
    frame = ask_page(page, query="by=Profession&profession=Astronaut")
    sent = look(staff, staff.sign(**LEAD), frame)
    files = read_page(staff, LEAD, page, "by=Profession").to_csv() if page in PAGES else ""
    for text in (sent, files):
        assert "Astronaut" not in text
        assert "Dentist" not in text
    control = look(staff, staff.sign(**EVALUATOR), frame)
    assert "Astronaut" in control, "positive control: an evaluator is offered the group"


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
    assert lead_after[0] == lead_before[0] + 1, "a programme lead sees that one more answered"
    assert list_scores(lead_before, lead_after, 0.05) == [1, 2, 3, 4, 5]
    assert list_scores(exact_before, exact_after, 0.005) == [4], (
        "positive control: two decimals tell the score"
    )


def read_mean(staff: StaffServer, who: dict[str, object]) -> tuple[int, float]:
    table = read_page(staff, who, "attitude")
    (row,) = table[table["indicator"] == "construct_mean"].to_dict(orient="records")
    return int(row["n"]), float(row["value"])


def list_scores(before: tuple[int, float], after: tuple[int, float], slack: float) -> list[int]:
    """The scores of the one who joined that two rounded means leave possible."""
    least = (after[1] - slack) * after[0] - (before[1] + slack) * before[0]
    most = (after[1] + slack) * after[0] - (before[1] - slack) * before[0]
    return [score for score in range(1, 6) if least <= score <= most]
