"""What a reader of a link can read of its page: the tables and the texts of the charts, out of the websocket frames."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.result import FIGURES, Result
from indicators.selection import Selection
from sharing.sealing.extract import Extract, write_extract
from sharing.sealing.seal import BREAKDOWNS, HEADLINES
from tests.app.page_words import read_table
from tests.attack.funder_server import Server, open_stream, read_whole
from ui.charts.component import unpack
from ui.words.numbers import name_dimension

ROW = re.compile(
    r"^(?P<name>.*?) ?(?P<figure>hidden|no data|[−+]?[\d.,]+(?: %)?)"
    r"(?:, 95 % interval [^,;]*)?(?:, (?P<rests>(?:n = )?\d+ to \d[^,;]*))?$"
)
# Counts are told in steps, of which the tables have the least: "20 to 24 of 55 to 59".
COUNTS = re.compile(
    r"^(?:n = )?(?P<first>[\d,]+)(?: to [\d,]+)?(?: of (?P<second>[\d,]+)(?: to [\d,]+)?)?(?: asked| answers)?$"
)


@dataclass(frozen=True)
class Reader:
    """Somebody with a link to a funder server."""

    server: Server
    link_id: str
    cookie: str

    @classmethod
    def enter(cls, server: Server) -> Reader:
        link, token = server.links.create_link("For the attack")
        return cls(server, link.id, server.enter(token))

    def fetch(self, extract: Extract) -> list[ForwardMsg]:
        """Seal an extract for the link; all that the server then sends to its reader."""
        write_extract(self.server.data, replace(extract, link_id=self.link_id))

        async def read() -> list[ForwardMsg]:
            async with open_stream(self.server, self.cookie) as stream:
                return await read_whole(stream)

        return asyncio.run(read())

    def read(self, extract: Extract) -> list[Result]:
        """The tables that the reader makes of the page of an extract."""
        return read_results(self.fetch(extract))


def read_results(messages: Iterable[ForwardMsg]) -> list[Result]:
    """Of each figure its table, and its charts in groups; periods are words, why a row is hidden is not told."""
    known = {one.title: one for name, one in list_indicators(BREAKDOWNS).items() if name in HEADLINES}
    results: list[Result] = []
    charts: list[tuple[str, str]] = []
    indicator: Indicator | None = None
    said = ""
    for message in messages:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "heading":
            indicator = known.get(re.sub(r"\\(.)", r"\1", element.heading.body))
            charts = []
        elif kind == "markdown":
            said = re.sub(r"\\(.)", r"\1", element.markdown.body).rstrip(".")
        elif indicator and kind == "bidi_component":
            by = element.bidi_component.id.partition(f"-figure-{indicator.id}")[2].lstrip("-")
            if by:
                charts.append((by, said, unpack(element.bidi_component.bytes)["alt"]))
        elif indicator and kind == "html" and "<table" in element.html.body:
            whole = _read_table(indicator, read_table(element.html.body))
            results += [whole, *(_read_chart(whole, *chart) for chart in charts)]
    return results


def _read_table(indicator: Indicator, table: pd.DataFrame) -> Result:
    rows = [
        {
            "period": row["Period"],
            **{name: row[name_dimension(name)] for name in indicator.measures},
            **_read_figures(row["Figure"], row["Rests on"]),
        }
        for row in table.to_dict(orient="records")
    ]
    return _make_result(indicator, (), rows)


def _read_chart(whole: Result, by: str, said: str, alt: str) -> Result:
    indicator = whole.indicator
    rows = []
    for part in alt.removeprefix(f"{indicator.title}. ").split("; "):
        found = ROW.match(part)
        assert found, part
        *measures, group = found["name"].split(", ")
        if not measures:
            measures = [str(whole.table[name].iloc[0]) for name in indicator.measures]
        rests = found["rests"] or found["figure"]
        rows.append(
            {
                "period": "all time" if said.startswith("From the start") else said,
                **dict(zip(indicator.measures, measures, strict=True)),
                by: group,
                **_read_figures(found["figure"], rests),
            }
        )
    return _make_result(indicator, (by,), rows)


def _read_figures(figure: str, rests: str) -> dict[str, Any]:
    status = {"hidden": "suppressed", "no data": "no_data"}.get(figure, "ok")
    counts = COUNTS.match(rests) if status == "ok" else None
    first, second = (counts["first"], counts["second"]) if counts else (None, None)
    numbers = [None if one is None else float(one.replace(",", "")) for one in (first, second)]
    shown = {"value": figure, "n": numbers[1] if second else numbers[0]}
    shown |= {"numerator": numbers[0] if second else None, "denominator": numbers[1]}
    return {"status": status, "reason": "", **(shown if status == "ok" else {})}


def _make_result(indicator: Indicator, by: tuple[str, ...], rows: list[dict[str, Any]]) -> Result:
    dimensions = (*indicator.measures, *by)
    table = pd.DataFrame(rows, columns=["period", *dimensions, *FIGURES, "status", "reason"])
    return Result(indicator, Selection(by=by), dimensions, table, None)  # type: ignore[arg-type]
