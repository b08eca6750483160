"""Look at all of a page: open what is folded away, hover over every mark, and keep what came over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from tests.browser.server import OPENED, find_behind, find_popovers, wait_until_drawn, wait_until_still

MOST_MARKS = 6
BEHIND = ("Table", "Can I say this?", "Notes", "Other definitions", "Passport")
MOST_FOLDS = 80
DIALOG = "[role=dialog]"
FILLED = """() => [...document.querySelectorAll('details[open]')].every(
    fold => fold.querySelector('[data-testid=stElementContainer], [data-testid=stLayoutWrapper]'))"""
MARKS = ":is(.point, .points) path"
UNSEEN = ".q-figure:visible:not([data-looked])"
UNDRAWN = "[data-testid=stPlotlyChart]:not(:has(.main-svg))"
# Where the first marks of a chart that is in sight are.
PLACES = """(chart, [marks, most]) => {
    chart.scrollIntoView();
    return [...chart.querySelectorAll(marks)].filter(mark => mark.checkVisibility()).slice(0, most)
        .map(mark => mark.getBoundingClientRect()).map(box => [box.x + box.width / 2, box.y + box.height / 2]);
}"""
NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
MARKUP = ".js-plotly-plot a, .js-plotly-plot tspan, .q-chart a, .q-chart b"
IS_MARKUP = "parts => parts.filter(part => part.tagName == 'a' || part.textContent == 'bold').length"


@dataclass
class Seen:
    """What looking at pages showed: text, hover text and text drawn in charts; frames received; what was asked for, ran and led away.

    `markup` counts links and the bold word of the bait in charts; `inside` counts frames put into the page.
    """

    texts: list[str] = field(default_factory=list)
    hovers: list[str] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    was_run: bool = False
    markup: int = 0
    inside: int = 0

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def open_page(self, window: BrowserContext) -> Page:
        """A page whose traffic is kept."""
        page = window.new_page()
        page.set_viewport_size({"width": 1280, "height": 2400})
        page.on("websocket", self._listen)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("framenavigated", lambda frame: self.places.add(frame.url))
        return page

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self.received.append(_as_bytes(frame)))

    def look(self, page: Page) -> None:
        """Open everything on the page as it stands, hover over marks, and note what there is."""
        wait_until_still(page)
        wait_until_drawn(page)
        folded = page.locator("details:not([open]) > summary:visible")
        for _ in range(MOST_FOLDS):
            if not folded.count():
                break
            folded.first.click()
            # What is made when it is opened comes with a run that begins after the press.
            page.wait_for_function(FILLED)
            wait_until_still(page)
        self._point(page)
        for tab in page.locator("[role=tab]:visible").all():
            tab.click()
            expect(tab).to_have_attribute("aria-selected", "true")
            wait_until_still(page)
            self._note(page)
            self._point(page)
        for button in find_popovers(page, "Passport").all()[:1]:
            button.click()
            page.locator(DIALOG).first.wait_for()
            wait_until_still(page)
            self._note(page)
            page.keyboard.press("Escape")
        for name in BEHIND:
            for button in find_behind(page, name).all()[:1]:
                button.click()
                page.locator(OPENED).first.wait_for()
                wait_until_still(page)
                self._note(page)
                self._point(page)
                button.click()
                expect(page.locator(OPENED), f"{name} of {page.url} closes").to_have_count(0, timeout=30_000)
        self._point(page)
        expect(page.locator(UNDRAWN)).to_have_count(0)
        for chart in page.locator(".js-plotly-plot").all():
            self.drawn.append(str(chart.text_content()))
            for x, y in chart.evaluate(PLACES, [MARKS, MOST_MARKS]):
                page.mouse.move(x, y)
                page.evaluate(NEXT_FRAME)
                self.hovers.append(str(chart.locator(".hoverlayer").text_content()))
                self.markup += page.locator(MARKUP).evaluate_all(IS_MARKUP)
        self._note(page)

    def _point(self, page: Page) -> None:
        """Point at every chart in sight that was not looked at before."""
        charts = page.locator(UNSEEN)
        while charts.count():
            chart = charts.first.element_handle()
            assert chart is not None
            chart.evaluate("chart => chart.setAttribute('data-looked', '')")
            self.drawn.append(str(chart.text_content()))
            chart.hover()
            chart.wait_for_selector(".q-plotly .main-svg", state="attached")
            chart.focus()
            page.keyboard.press("End")
            self.hovers.append(
                str(chart.evaluate("chart => chart.parentElement.querySelector('.q-said').textContent"))
            )

    def _note(self, page: Page) -> None:
        self.texts.append(page.locator("body").inner_text())
        self.was_run = self.was_run or page.evaluate("window.wasRun") is not None
        self.inside += len(page.frames) - 1
        self.markup += page.locator(MARKUP).evaluate_all(IS_MARKUP)


def _as_bytes(frame: bytes | str) -> bytes:
    return frame if isinstance(frame, bytes) else frame.encode()
