"""A page answers its question at a glance: at most five charts on two screens and a half, the first of them at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from etl.load import load_paths
from tests.browser.server import PATHS, serve, wait_until_shown

pytestmark = pytest.mark.browser

WINDOW = {"width": 1280, "height": 900}
MOST_CHARTS, MOST_SCREENS = 5, 2.5
DONE = ("whom", "attitude", "engagement", "connections", "who-stays")
MEASURE = """() => {
    const charts = [...document.querySelectorAll('[class*="st-key-chart-"]')];
    const [box] = charts.map((chart) => chart.getBoundingClientRect());
    return {charts: charts.length, middle: box ? (box.top + box.bottom) / 2 : 0,
            height: document.querySelector('[data-testid="stMain"]').scrollHeight};
}"""


@pytest.fixture(scope="module")
def sample_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample in its full breadth: seven constructs, three waves, ten events."""
    data = tmp_path_factory.mktemp("length") / "data"
    load_paths([Path("data/sample")], data)
    with serve(data) as address:
        yield address


@pytest.mark.parametrize("path", DONE)
def test_a_page_is_read_at_a_glance(path: str, sample_server: str, page: Page) -> None:
    page.set_viewport_size(WINDOW)  # type: ignore[arg-type]
    page.goto(f"{sample_server}/{path}")
    wait_until_shown(page, PATHS[path])
    page.locator('[class*="st-key-chart-"] .q-picture').first.wait_for(state="attached")
    found = page.evaluate(MEASURE)
    assert 1 <= found["charts"] <= MOST_CHARTS
    assert found["height"] <= MOST_SCREENS * WINDOW["height"]
    assert found["middle"] <= WINDOW["height"], "half of the first chart is seen without scrolling"
