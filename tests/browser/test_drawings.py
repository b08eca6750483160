"""The Python picture of a chart against Plotly's own drawing of the same figure, for every kind of chart that the pages show."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from playwright.sync_api import Browser, Page, Route
from streamlit.testing.v1 import AppTest

from settings import PROJECT
from tests.app.page_words import read_charts
from ui.charts.component import PLOTLY, ROOM

pytestmark = pytest.mark.browser

PAGES = ("this_week", "story", "whom", "attitude", "engagement", "connections", "who_stays", "explore")
WIDTHS = (900, 330)
CLOSE = 2.0
MEDIA = Path(st.__file__).parent / "static" / "static" / "media"
HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><link rel="stylesheet" href="/chart.css"><style>
@font-face { font-family: "Source Sans"; src: url(/font.woff2); font-weight: 200 900 }
body { --st-font: "Source Sans"; --st-text-color: #0d191d; --st-background-color: #fff;
  --st-chart-categorical-colors: #0b5c66, #b4541a, #5a4a9c, #5d6f14, #a3315f, #2f6ba8, #8a6100, #4d5a60, #7a3b1d, #1f7a4d }
</style><script src="/plotly.js"></script><div class="q-chart"><div class="q-figure" id="picture"><div class="q-place"></div></div>
<div class="q-figure" id="plotly"></div></div></html>"""
FILES = {
    "/chart.css": (ROOM / "static" / "chart.css", "text/css"),
    "/chart.js": (ROOM / "static" / "chart.js", "text/javascript"),
    "/plotly.js": (PLOTLY, "text/javascript"),
    "/font.woff2": (next(MEDIA.glob("SourceSansVF-Upright*.woff2")), "font/woff2"),
}
# Draw both; of each, the words with their places, and the places of marks and lines, from its own corner.
DRAW = """async ([box, width]) => {
    const { forPlotly } = await import('/chart.js');
    await Promise.all(['400', '700'].map(weight => document.fonts.load(`${weight} 13px "Source Sans"`)));
    const [picture, plotly] = ['picture', 'plotly'].map(name => document.getElementById(name));
    for (const one of [picture, plotly]) Object.assign(one.style, { width: `${width}px`, height: `${box.height}px` });
    picture.firstElementChild.innerHTML = box.picture;
    const given = forPlotly(box.figure, plotly);
    forPlotly(box.figure, picture);
    await Plotly.newPlot(plotly, ...given);
    const places = (root, selector) => {
        const corner = root.getBoundingClientRect();
        return [...root.querySelectorAll(selector)].map(node => {
            const at = node.getBoundingClientRect();
            return { words: node.textContent.replace(/\\s+/g, ' ').trim(),
                     at: [at.left - corner.left, at.top - corner.top, at.right - corner.left, at.bottom - corner.top] };
        }).filter(one => one.at[2] > one.at[0] || one.at[3] > one.at[1]);
    };
    const pair = (one, other) => [places(picture, one), places(plotly, other)];
    return {
        words: pair('text', '.main-svg text').map(list => list.filter(one => one.words)),
        symbols: pair('circle.q-mark, path.q-mark', '.scatterlayer .point'),
        bars: pair('rect.q-mark', '.barlayer .point > path, .heatmaplayer .none'),
        lines: pair('.q-paths > path[fill=none]', '.scatterlayer .js-line:not([style*="stroke-width: 0px"])'),
        cells: places(plotly, '.heatmaplayer image'),
    };
}"""


@pytest.fixture(scope="module")
def boxes(sample: Path) -> dict[str, dict[str, Any]]:
    """What the component is given for each chart of the pages."""
    patch = pytest.MonkeyPatch()
    patch.setenv("EVALUATION_DATA", str(sample))
    patch.delenv("AUDIENCE", raising=False)
    found: dict[str, dict[str, Any]] = {}
    for name in PAGES:
        app = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=120)
        app.run()
        app.switch_page(f"pages/programme/{name}.py").run()
        assert not app.exception
        found |= {f"{name}: {box['title']}, {place}": box for place, box in enumerate(read_charts(app))}
    patch.undo()
    return found


@pytest.fixture(scope="module")
def paper(browser: Browser) -> Iterator[Page]:
    """A page with the component's script, Plotly and the font of the dashboard, and nothing else."""

    def answer(route: Route) -> None:
        path, kind = FILES.get("/" + route.request.url.rpartition("/")[2], (None, "text/html"))
        content = (
            HTML
            if path is None
            else gzip.decompress(path.read_bytes())
            if path == PLOTLY
            else path.read_bytes()
        )
        route.fulfill(body=content, content_type=kind)

    page = browser.new_page(viewport={"width": 1000, "height": 1200}, device_scale_factor=1)
    page.route("**/*", answer)
    page.goto("http://picture.test/")
    yield page
    page.close()


def test_the_picture_is_what_plotly_draws(boxes: dict[str, dict[str, Any]], paper: Page) -> None:
    kinds = {name: box for name, box in boxes.items() if box["picture"].count("<") > 20}
    assert len({shape_of(box) for box in kinds.values()}) >= 5, (
        "bars, dots, shares, curves and cells are among them"
    )
    apart = {
        f"{name}, {width} px": told
        for name, box in kinds.items()
        for width in WIDTHS
        if (told := list_apart(paper.evaluate(DRAW, [box, width])))
    }
    assert apart == {}


@pytest.mark.parametrize(
    ("pattern", "instead", "told"),
    [
        (r'(<circle[^>]* cx=")[\d.]+', r"\g<1>3", "symbols"),
        (r'(<rect class="q-mark" data-m="[^"]*" x=")[\d.]+', r"\g<1>3", "bars"),
        (r"</tspan> ", "</tspan> not ", "words"),
        (r' fill="none" stroke="[^"]*" stroke-width="2.5"', " fill='red'", "lines"),
    ],
)
def test_a_picture_that_differs_would_be_found(
    pattern: str, instead: str, told: str, boxes: dict[str, dict[str, Any]], paper: Page
) -> None:
    box = next(box for box in boxes.values() if re.search(pattern, box["picture"]))
    other = {**box, "picture": re.sub(pattern, instead, box["picture"], count=1)}
    assert any(told in fault for fault in list_apart(paper.evaluate(DRAW, [other, WIDTHS[0]])))


def shape_of(box: dict[str, Any]) -> tuple[str, ...]:
    """Of what kinds of traces a chart is made."""
    return tuple(sorted({f"{one['type']} {one.get('mode', '')}" for one in box["figure"]["data"]}))


def list_apart(found: dict[str, Any]) -> list[str]:
    """Where the two drawings differ: words that one lacks, and what lies further apart than two pixels."""
    faults = []
    ours, theirs = found["words"]
    if sorted(one["words"] for one in ours) != sorted(one["words"] for one in theirs):
        lists = [{one["words"] for one in both} for both in (ours, theirs)]
        faults.append(f"words that one lacks: {sorted(lists[0] ^ lists[1])}")
    faults += _list_far("words", ours, theirs, middle=True, has_words=True)
    for name in ("symbols", "bars", "lines"):
        ours, theirs = found[name]
        if name == "bars" and found["cells"]:
            continue
        if name == "bars":
            ours, theirs = ([one for one in bars if _has_area(one["at"])] for bars in (ours, theirs))
        if len(ours) != len(theirs):
            faults.append(f"{name}: {len(ours)} and {len(theirs)}")
        faults += _list_far(name, ours, theirs, middle=name == "symbols", has_words=False)
    return faults


def _list_far(
    name: str, ours: list[dict[str, Any]], theirs: list[dict[str, Any]], *, middle: bool, has_words: bool
) -> list[str]:
    far = []
    for one, others in (
        (one, others) for both in ((ours, theirs), (theirs, ours)) for one in both[0] for others in [both[1]]
    ):
        like = [other for other in others if not has_words or other["words"] == one["words"]]
        distance = min((_measure(one["at"], other["at"], middle) for other in like), default=0.0)
        if distance > CLOSE:
            far.append(f"{name} {one['words'][:40]} {distance:.1f} px apart, {one['at']}")
    return far


def _has_area(at: list[float]) -> bool:
    return at[2] > at[0] and at[3] > at[1]


def _measure(one: list[float], other: list[float], middle: bool) -> float:
    if middle:
        one, other = ([(at[0] + at[2]) / 2, (at[1] + at[3]) / 2] for at in (one, other))
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def test_the_bundle_is_of_the_version_that_plotly_py_is_made_for() -> None:
    import plotly

    packaged = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    versions = [
        re.search(rb"plotly\.js .*?v(\d+\.\d+\.\d+)", content[:300])
        for content in (gzip.decompress(PLOTLY.read_bytes()), packaged.read_bytes())
    ]
    assert all(versions)
    assert len({found[1] for found in versions if found}) == 1


def test_a_box_is_plain_json_without_the_template(boxes: dict[str, dict[str, Any]]) -> None:
    assert boxes
    for box in boxes.values():
        assert "template" not in box["figure"]["layout"]
        assert json.loads(json.dumps(box, allow_nan=False)) == box
