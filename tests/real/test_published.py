"""Real public data through the commands, against numbers that others published (P) or that R gave for them (R).

Every digit that was printed is compared. The data lie beside the project, see ../shared/real/README.md there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from math import log, sqrt
from pathlib import Path
from typing import Any

import pytest
from scipy import stats

from tests.real.networks import (
    JOINED,
    PROJECT,
    REAL,
    load,
    load_network,
    read_figures,
    read_rows,
    write_mapping,
    write_table,
)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder ../shared/real is not there"),
]
Z = stats.norm.ppf(0.975)


def test_rse_survey_2016(tmp_path: Path) -> None:
    """P: the institute's own count tables; through the commands as a user types them."""
    folder = tmp_path / "in"
    steps = "1=Strongly disagree|2=Disagree|3=Neither agree or disagree|4=Agree|5=Strongly Agree"
    degrees = (
        "1=Doctorate|2=Masters degree|3=Undergraduate degree|4=Further Education (NVQ  A-Level ...)|5=None"
    )
    items = [("rse", f"affSat{number}", "Satisfied?", "likert", 1, 5, steps) for number in (1, 2, 3, 4)]
    items.append(("rse", "edu1", "Highest qualification?", "single", 1, 5, degrees))
    write_table(folder, "items", "survey_id item_id text kind scale_min scale_max labels", items)
    write_table(folder, "waves", "wave_id survey_id opened_on", [("2016", "rse", "2016-01-01")])
    data = tmp_path / "data"

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *arguments, "--data", str(data)],
            cwd=PROJECT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    survey = str(REAL / "rse_survey" / "2016_uk.csv")
    assert "273" in run("etl", "load", str(folder), survey, "--wave", "2016")
    records = json.loads(
        run("indicators", "value", "item_distribution", "--period", "2016", "--format", "json")
    )
    counted: dict[str, list[int]] = {}
    for record in records:
        counted.setdefault(record["dimensions"]["item"], []).append(record["numerator"])
    assert counted == {
        "affSat1": [8, 30, 58, 103, 72],
        "affSat2": [17, 30, 54, 115, 55],
        "affSat3": [10, 40, 61, 104, 56],
        "affSat4": [11, 20, 79, 101, 61],
        "edu1": [183, 53, 33, 3, 1],
    }
    (no_degree,) = [record for record in records if record["dimensions"]["answer"] == "None"]
    assert (no_degree["numerator"], no_degree["denominator"]) == (1, 273)
    # P: the institute's percentages of affSat4, to the last digit it printed.
    shares = [100 * record["value"] for record in records if record["dimensions"]["item"] == "affSat4"]
    printed = [
        4.044117647058823,
        7.352941176470589,
        29.044117647058826,
        37.13235294117647,
        22.426470588235293,
    ]
    assert shares == pytest.approx(printed, abs=1e-13)


def test_southern_women(tmp_path: Path, ask: Any) -> None:
    """P: 18 women, 14 events, 89 attendances (Davis 1941)."""
    folder = tmp_path / "in"
    rows = read_rows("southern_women/attendance.csv")
    dates = {row["from"]: row["date"] for row in rows}
    women = [row["id"] for row in read_rows("southern_women/nodes.csv") if row["type"] == "FALSE"]
    write_table(folder, "members", "member_id joined_on", [(name, JOINED) for name in women])
    write_table(
        folder,
        "events",
        "event_id title starts_at",
        [(name, name, f"{day}T12:00:00Z") for name, day in dates.items()],
    )
    mapping = write_mapping(
        tmp_path / "mapping.toml",
        ("attendance.csv", "attendance", {"event_id": "from", "member_id": "to"}, {"attended": "yes"}),
    )
    attendance = REAL / "southern_women" / "attendance.csv"
    data = load(folder, attendance, mapping=mapping, complete_to="1936-12-31")
    (whole,) = ask(data, "attendance_rate")
    assert (whole["numerator"], whole["denominator"], whole["n"]) == (89, 18 * 14, 18)
    by_event = {
        record["dimensions"]["event"]: record["numerator"]
        for record in ask(data, "attendance_rate", "--by", "event")
    }
    printed = [3, 3, 6, 4, 8, 8, 10, 14, 12, 5, 4, 6, 3, 3]
    assert [by_event[f"E{number}"] for number in range(1, 15)] == printed


def test_s50(tmp_path: Path, ask: Any) -> None:
    """R: 50 people, 3 waves."""
    people = [(row["id"], f"smoke {row['smoke1']}") for row in read_rows("network_s50/nodes.csv")]
    files = {"network_s50/friendship_edges.csv": {"relation": "friendship"}}
    data = load_network(tmp_path / "in", people, "smoking", 3, files, has_wave=True)
    changed = {word: read_figures(ask(data, f"ties_{word}"), "numerator") for word in ("kept", "new", "lost")}
    assert changed == {"kept": [57, 66], "new": [59, 56], "lost": [56, 50]}
    assert read_figures(ask(data, "tie_stability")) == pytest.approx([0.3313953, 0.3837209], abs=5e-8)
    assert read_figures(ask(data, "density")) == pytest.approx([0.0461224, 0.0473469, 0.0497959], abs=5e-8)
    assert read_figures(ask(data, "reciprocity")) == pytest.approx([0.690265, 0.603448, 0.737705], abs=5e-7)


def test_knecht(tmp_path: Path, ask: Any) -> None:
    """R: 26 pupils, 4 waves; the self-tie of wave 2 is set aside."""
    people = {row["id"]: f"gender {row['gender']}" for row in read_rows("network_knecht/nodes_by_wave.csv")}
    files = {"network_knecht/friendship_edges.csv": {"relation": "friendship"}}
    data = load_network(tmp_path / "in", people.items(), "gender", 4, files, has_wave=True)
    assert len(people) == 26
    assert read_figures(ask(data, "density")) == pytest.approx([0.14, 0.18, 0.2046, 0.1831], abs=5e-5)
    assert read_figures(ask(data, "ei_gender")) == pytest.approx(
        [-0.7363, -0.6239, -0.5338, -0.5462], abs=5e-5
    )
    manifest = json.loads(next((data / "releases").glob("*/manifest.json")).read_text(encoding="utf-8"))
    (edges,) = [file for file in manifest["files"] if file["name"] == "friendship_edges.csv"]
    assert (edges["quarantined"], edges["duplicates"]) == (1, 0)


def test_dhhs(tmp_path: Path, ask: Any) -> None:
    """R: 54 leaders, 447 undirected ties."""
    people = [(row["id"], f"agency {row['agency']}") for row in read_rows("network_dhhs/nodes.csv")]
    constants = {"relation": "works with", "wave_id": "1", "directed": "no"}
    data = load_network(
        tmp_path / "in", people, "agency", 1, {"network_dhhs/edges.csv": constants}, has_wave=False
    )
    (density,) = ask(data, "density")
    assert (density["n"], density["numerator"]) == (54, 2 * 447)
    assert density["value"] == pytest.approx(0.312369, abs=5e-7)
    assert read_figures(ask(data, "ei_agency")) == pytest.approx([0.2304251], abs=5e-8)
    assert read_figures(ask(data, "ties_per_member")) == pytest.approx([2 * 447 / 54], abs=1e-12)


def test_lazega(tmp_path: Path, ask: Any) -> None:
    """R: 71 lawyers, three relations; E-I by office."""
    people = [(row["id"], f"office {row['office']}") for row in read_rows("network_lazega/nodes.csv")]
    files = {
        f"network_lazega/{relation}.csv": {"relation": relation, "wave_id": "1"}
        for relation in ("advice", "friendship", "cowork")
    }
    data = load_network(tmp_path / "in", people, "office", 1, files, has_wave=False)
    density = {record["dimensions"]["relation"]: record["value"] for record in ask(data, "density")}
    assert density == pytest.approx(
        {"advice": 0.1794769, "friendship": 0.1156942, "cowork": 0.2221328}, abs=5e-8
    )
    mixing = {record["dimensions"]["relation"]: record["value"] for record in ask(data, "ei_office")}
    assert mixing["advice"] == pytest.approx(-0.5695067, abs=5e-8)
    assert mixing["friendship"] == pytest.approx(-0.7147826, abs=5e-8)


def test_univbct(tmp_path: Path, ask: Any) -> None:
    """R: 495 people, 3 waves of job satisfaction, and the paired change from wave 1 to wave 3."""
    folder = tmp_path / "in"
    people = {row["SUBNUM"]: row for row in read_rows("univbct/univbct_long.csv")}
    assert len(people) == 495
    write_table(folder, "members", "member_id joined_on", [(name, JOINED) for name in people])
    write_table(
        folder, "waves", "wave_id survey_id opened_on", [(n, "bct", f"200{n}-01-01") for n in (1, 2, 3)]
    )
    write_table(
        folder, "items", "survey_id item_id text kind", [("bct", "jobsat", "Job satisfaction", "number")]
    )
    answers = [
        (n, name, "jobsat", row[f"JOBSAT{n}"].replace("NA", ""))
        for name, row in people.items()
        for n in (1, 2, 3)
    ]
    write_table(folder, "answers", "wave_id respondent_id item_id value", answers)
    data = load(folder)
    means = ask(data, "item_mean")
    assert read_figures(means, "n") == [468, 465, 463]
    assert read_figures(means) == pytest.approx([3.2350, 3.2459, 3.3384], abs=5e-5)
    (change,) = ask(data, "item_change_since_first", "--period", "3")
    n = change["n"]
    assert n == 442
    half = (change["high"] - change["low"]) / 2
    sd = half * sqrt(n) / stats.t.ppf(0.975, n - 1)
    t = change["value"] / (sd / sqrt(n))
    assert change["value"] == pytest.approx(0.0935, abs=5e-5)
    assert sd == pytest.approx(1.0264, abs=5e-5)
    assert t == pytest.approx(1.915, abs=5e-4)
    assert 2 * stats.t.sf(t, n - 1) == pytest.approx(0.0561, abs=5e-5)


def test_six_mercaptopurine(tmp_path: Path, ask: Any) -> None:
    """P: Freireich 1963, remission in weeks, as in every textbook of survival analysis."""
    folder = tmp_path / "in"
    end = date(2001, 1, 1)
    rows = read_rows("survival_6mp/drug6mp.csv")
    patients = [
        (row["pair"], end - timedelta(weeks=int(row["t2"])), end if row["relapse"] == "1" else "")
        for row in rows
    ]
    write_table(folder, "members", "member_id joined_on left_on", patients)
    data = load(folder, complete_to=end.isoformat())
    curve = {
        int(record["dimensions"]["time_days"]) // 7: record for record in ask(data, "membership_retention")
    }
    printed = {
        6: (0.857, 0.0764),
        7: (0.807, 0.0869),
        10: (0.753, 0.0963),
        13: (0.690, 0.1068),
        16: (0.627, 0.1141),
        22: (0.538, 0.1282),
        23: (0.448, 0.1346),
    }
    for week, (survival, standard_error) in printed.items():
        value, low, high = (curve[week][name] for name in ("value", "low", "high"))
        assert value == pytest.approx(survival, abs=5e-4), week
        # The log-log interval turned back: SE = S |log S| (log(−log low) − log(−log S)) / z, and the same from above.
        for bound in (low, high):
            found = value * abs(log(value)) * abs(log(-log(bound)) - log(-log(value))) / Z
            assert found == pytest.approx(standard_error, abs=5e-5), week
    assert sum(record["numerator"] for record in curve.values()) == 9
    assert min(week for week, record in curve.items() if record["value"] <= 0.5) == 23
