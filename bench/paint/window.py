"""A real Chromium before a page: when its first chart is painted, what a click on a filter costs, and what came over the wire."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
QUIET_SECONDS = 1.0
# Notes when the first chart was painted, and from an armed click on the last painted change of each chart in sight.
WATCH = """(() => {
  if (window.top !== window) return;
  performance.mark('start', { startTime: 0 });
  const seen = window.__seen = { first: 0, changed: 0, click: 0, painted: 0, charts: new Map() };
  const then = done => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); };
  const CHART = '.q-chart, .dash-graph', DRAWN = '.q-picture, .js-plotly-plot .main-svg';
  const inSight = node => { const box = node.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight && box.height > 20; };
  const tick = () => {
    if (!seen.first && document.querySelector(DRAWN)) then(() => { seen.first ||= performance.mark('painted').startTime; });
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  document.addEventListener('click', () => { if (seen.armed) { seen.armed = false; seen.click = performance.mark('start').startTime; seen.painted = 0; seen.charts = new Map(); } }, true);
  new MutationObserver(changes => {
    seen.changed = performance.now();
    if (!seen.click) return;
    let any = false;
    for (const change of changes) {
      const node = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      const chart = node?.closest?.(CHART);
      if (chart && inSight(chart)) { seen.charts.set(chart, seen.changed); any = true; }
    }
    if (any) requestAnimationFrame(() => then(() => { seen.painted = performance.mark('painted').startTime; }));
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
})()
//# sourceURL=bench-watch"""
LOOK = "() => { const { first, changed, click, painted, charts } = window.__seen; return [first, changed, click, painted, charts.size]; }"


@dataclass(frozen=True)
class Visit:
    """Milliseconds to the first painted chart, and kilobytes over the wire, frames of the websocket among them."""

    first: float
    kilobytes: float


@dataclass(frozen=True)
class Click:
    """Milliseconds from the click to the last painted change of a chart in sight, and how many changed."""

    painted: float
    charts: int


@contextmanager
def open_window(playwright: Playwright) -> Iterator[BrowserContext]:
    """A browser with an empty cache of its own."""
    folder = tempfile.mkdtemp(prefix="bench-chromium-")
    window = playwright.chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=list(ARGUMENTS), viewport={"width": 1280, "height": 900}
    )
    try:
        yield window
    finally:
        window.close()
        shutil.rmtree(folder, ignore_errors=True)


def visit(window: BrowserContext, address: str) -> tuple[Page, Visit]:
    """Open an address and wait until nothing changes any more."""
    page = window.new_page()
    page.add_init_script(WATCH)
    wire = _count(window.new_cdp_session(page))
    page.goto(address, wait_until="commit")
    first = _wait_until_quiet(page)[0]
    if not first:
        raise RuntimeError(f"No chart was painted at {address}.")
    return page, Visit(first, wire["bytes"] / 1024)


def choose(page: Page, label: str, value: str) -> Click:
    """Choose a value of a filter, and wait until nothing changes any more."""
    page.get_by_role("combobox", name=label).or_(page.locator("#choice")).first.click()
    option = page.get_by_role("option", name=value, exact=True)
    option.wait_for()
    page.evaluate("() => { window.__seen.armed = true; }")
    option.click()
    _, _, clicked, painted, charts = _wait_until_quiet(page, is_click=True)
    if not painted:
        raise RuntimeError(f"No chart changed when {label} {value} was chosen.")
    return Click(painted - clicked, int(charts))


def _count(session: CDPSession) -> dict[str, float]:
    wire = {"bytes": 0.0}

    def add(size: float) -> None:
        wire["bytes"] += size

    def add_frame(event: dict[str, Any]) -> None:
        response = event["response"]
        add(len(response["payloadData"]) * (0.75 if response["opcode"] == 2 else 1))

    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: add(event["encodedDataLength"]))
    session.on("Network.webSocketFrameReceived", add_frame)
    return wire


def _wait_until_quiet(page: Page, *, is_click: bool = False) -> list[float]:
    """What was seen when for a second nothing had changed; at most a minute."""
    for _ in range(600):
        page.wait_for_timeout(100)
        seen: list[float] = page.evaluate(LOOK)
        since = page.evaluate("() => performance.now() - window.__seen.changed")
        is_due = seen[3] if is_click else seen[0]
        if is_due and since > QUIET_SECONDS * 1000:
            return seen
    return seen
