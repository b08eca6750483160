"""Public networks through the commands, against every number that R gave for them; see ../shared/real/README.md."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.real.networks import JOINED, REAL, load, load_network, read_figures, read_rows, write_table

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder ../shared/real is not there"),
]

# None of 1,000 random networks mixes as little: the closed form has to say less than a rewiring could.
BEYOND_REWIRINGS = 1 / 1001


def test_dhhs(tmp_path: Path, ask: Any) -> None:
    """R: the shape of a network of undirected ties among 54 leaders."""
    people = [(row["id"], f"agency {row['agency']}") for row in read_rows("network_dhhs/nodes.csv")]
    constants = {"relation": "works with", "wave_id": "1", "directed": "no"}
    files = {"network_dhhs/edges.csv": constants}
    data = load_network(tmp_path / "in", people, "agency", 1, files, has_wave=False)
    printed = {
        "density": (0.312369, 5e-7),
        "transitivity": (0.546722, 5e-7),
        "clustering": (0.644650, 5e-7),
        "diameter": (4, 0),
        "betweenness_highest": (234.917, 5e-4),
        "ei_agency": (0.2304251, 5e-8),
    }
    for name, (value, half) in printed.items():
        assert read_figures(ask(data, name)) == [pytest.approx(value, abs=half)], name
    observed, expected, rest = ask(data, "mixing_agency")
    assert observed["value"] == pytest.approx(0.2304251, abs=5e-8)
    # Eleven agencies: random mixing would put many more ties across them.
    assert rest["value"] == pytest.approx(observed["value"] - expected["value"], abs=1e-12)
    assert rest["high"] < 0
    (p,) = ask(data, "mixing_p_agency")
    assert 0 < p["value"] < BEYOND_REWIRINGS
    (reciprocity,) = ask(data, "reciprocity")
    assert reciprocity["value"] == 1


def test_s50(tmp_path: Path, ask: Any) -> None:
    """R: directed ties in three waves; who is named is the other side of who names."""
    people = [(row["id"], f"smoke {row['smoke1']}") for row in read_rows("network_s50/nodes.csv")]
    files = {"network_s50/friendship_edges.csv": {"relation": "friendship"}}
    data = load_network(tmp_path / "in", people, "smoking", 3, files, has_wave=True)
    density = [0.0461224, 0.0473469, 0.0497959]
    assert read_figures(ask(data, "in_degree")) == pytest.approx([49 * one for one in density], abs=49 * 5e-8)
    arcs = [0.690265, 0.603448, 0.737705]
    pairs = read_figures(ask(data, "reciprocity", "--set", "definition=dyads"))
    assert pairs == pytest.approx([one / (2 - one) for one in arcs], abs=1e-6)


def test_lazega(tmp_path: Path, ask: Any) -> None:
    """R: lawyers keep to their office, far beyond chance."""
    people = [(row["id"], f"office {row['office']}") for row in read_rows("network_lazega/nodes.csv")]
    files = {
        f"network_lazega/{relation}.csv": {"relation": relation, "wave_id": "1"}
        for relation in ("advice", "friendship")
    }
    data = load_network(tmp_path / "in", people, "office", 1, files, has_wave=False)
    observed = ask(data, "mixing_office", "--where", "part=Observed")
    found = {record["dimensions"]["relation"]: record["value"] for record in observed}
    assert found == pytest.approx({"advice": -0.5695067, "friendship": -0.7147826}, abs=5e-8)
    assert all(0 < p < BEYOND_REWIRINGS for p in read_figures(ask(data, "mixing_p_office")))


def test_knecht(tmp_path: Path, ask: Any) -> None:
    """R: 26 pupils, 4 waves; girls and boys keep apart beyond chance in each."""
    people = {row["id"]: f"gender {row['gender']}" for row in read_rows("network_knecht/nodes_by_wave.csv")}
    files = {"network_knecht/friendship_edges.csv": {"relation": "friendship"}}
    data = load_network(tmp_path / "in", people.items(), "gender", 4, files, has_wave=True)
    observed = read_figures(ask(data, "mixing_gender", "--where", "part=Observed"))
    assert observed == pytest.approx([-0.7363, -0.6239, -0.5338, -0.5462], abs=5e-5)
    assert all(p < 0.01 for p in read_figures(ask(data, "mixing_p_gender")))


def test_southern_women(tmp_path: Path, ask: Any) -> None:
    """Of 153 pairs of women 139 met at an event: the density of the network of having met."""
    rows = read_rows("southern_women/attendance.csv")
    women = sorted(row["id"] for row in read_rows("southern_women/nodes.csv") if row["type"] == "FALSE")
    attended = {name: {row["from"] for row in rows if row["to"] == name} for name in women}
    met = [(a, b) for a, b in combinations(women, 2) if attended[a] & attended[b]]
    folder = tmp_path / "in"
    write_table(folder, "members", "member_id joined_on", [(name, JOINED) for name in women])
    write_table(folder, "waves", "wave_id survey_id opened_on", [("1", "met", "1936-01-01")])
    ties = [("1", a, b, "met", "no") for a, b in met]
    write_table(folder, "ties", "wave_id from_member_id to_member_id relation directed", ties)
    data = load(folder)
    (density,) = ask(data, "density")
    assert (density["numerator"], density["denominator"]) == (2 * 139, 2 * 153)
    assert density["value"] == pytest.approx(139 / 153, abs=1e-12)
    assert read_figures(ask(data, "components")) == [1]
