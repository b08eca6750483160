"""A programme whose members name two relations: each figure, chart and sentence says which one it is of."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from etl.load import load_paths
from indicators.catalogue import find_indicator
from indicators.gate.disclosure import SCOPES
from indicators.notable.scan import read_figures_of, scan
from tests.app.page_words import OpenPage, read_charts, read_words
from tests.app.small_programme import write_programme
from ui.charts.notable import draw_finding
from ui.charts.parts import list_rows
from ui.words.attention import tell_finding
from warehouse.engine import Engine
from warehouse.release import find_release

ADVICE = "Seeks advice from"


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small programme, whose members also seek advice, in the second wave, from two of their own organisation each."""
    root = tmp_path_factory.mktemp("two-relations")
    raw = write_programme(root / "raw")
    with (raw / "ties.csv").open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(
            ("w2", f"m{one}", f"m{(one + step) % 56}", ADVICE) for one in range(56) for step in (7, 14)
        )
    load_paths([raw], root / "data")
    return root / "data"


def test_each_finding_of_ties_is_named_and_drawn_with_the_rows_of_its_relation(programme: Path) -> None:
    engine = Engine(find_release(programme))
    found = scan(engine, SCOPES["admin"])
    named = found[found["measure"].isin([ADVICE, "collaborates"])]
    assert {"ties_per_member", "mixing_cross_organisation"} <= set(named["indicator"])
    for row in list_rows(named.assign(is_new=True, told_since="")):
        indicator = find_indicator(engine, str(row["indicator"]))
        result = read_figures_of(engine, SCOPES["admin"], indicator, str(row["by"]))
        figure = draw_finding(row, result, {}, "#0b5c66")
        assert any(len(trace.x) for trace in figure.data), "a chart of nothing"
        if row["kind"] == "chance":
            assert figure.layout.xaxis.type == "category", "a wave that is called like a day is no day"
        told = tell_finding(row, indicator, {})
        assert f"({row['measure']})" in told.heading
        assert f"({row['measure']})" in told.sentence or row["kind"] == "odds"


def test_connections_is_of_one_relation_that_can_be_chosen_and_is_said(
    programme: Path, releases: dict[str, Path], open_page: OpenPage
) -> None:
    releases["two"] = programme
    app = open_page("two", "connections")
    (box,) = (one for one in app.selectbox if one.key == "relation")
    assert box.options == ["collaborates", ADVICE]
    assert all(chart["reading"].startswith("collaborates: ") for chart in read_charts(app))
    app = open_page("two", "connections", relation=ADVICE, attribute="Organisation")
    assert not app.exception
    readings = [chart["reading"] for chart in read_charts(app)]
    assert readings
    assert all(reading.startswith(f"{ADVICE}: ") for reading in readings)
    # Of seven trusts m0, m7 and m14 are of one.
    assert "0 % of ties run across organisation" in read_words(app)


def test_the_map_is_of_the_relation_that_the_page_is_of(
    programme: Path, releases: dict[str, Path], open_page: OpenPage
) -> None:
    releases["two"] = programme
    app = open_page("two", "connections", relation=ADVICE, more="The map")
    assert not app.exception
    assert [one.key for one in app.selectbox].count("relation") == 1
    assert "October survey: 60 members, 112 ties" in read_words(app)
