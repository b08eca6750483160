"""What a page of the dashboard says, as a test reads it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from etl.command.upload import Upload
from ui.blocks.upload.moved import Moved
from ui.charts.component import unpack

OpenPage = Callable[..., AppTest]
Uploads = list[Upload[tuple[Moved, ...]]]


def wait_for(uploads: Uploads) -> None:
    """Wait until what runs of these is done."""
    for upload in uploads:
        upload.wait()


def read_charts(app: AppTest) -> list[dict[str, Any]]:
    """What each chart of the page is given: its words, picture and figure, with the key of its element."""
    charts = [one.proto for one in app.get("bidi_component") if one.proto.component_name == "q.chart"]
    return [
        {**_part_words(unpack(chart.bytes)), "key": chart.id.rpartition("-figure-")[2]} for chart in charts
    ]


def _part_words(box: dict[str, Any]) -> dict[str, Any]:
    """What stands around a chart, its words parted by spaces."""
    title, reading, *notes = (
        one.replace("\u00a0", " ") for one in (box["title"], box["reading"], *box["notes"])
    )
    return {**box, "title": title, "reading": reading, "notes": notes}


def read_words(app: AppTest) -> str:
    """Everything that the page says in words."""
    parts = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.text]
    words = [str(part.value) for part in parts] + [f"{metric.label} {metric.value}" for metric in app.metric]
    words += [read_html(str(part.proto.body)) for part in app.get("html")]
    for chart in read_charts(app):
        words += [chart["title"], chart["reading"], *chart["notes"]]
    return "\n".join(words).replace("\\", "").replace("\u00a0", " ")


def read_html(written: str) -> str:
    """The words of some HTML, a row a line, its pictures by what stands in their place."""
    rows = re.sub(r"<style>.*?</style>", "", written, flags=re.DOTALL).replace("</tr>", "\n")
    told = re.sub(r'<img[^>]* alt="([^"]*)"[^>]*>', r" \1 ", rows)
    plain = html.unescape(re.sub(r"<[^>]+>", " ", told))
    return "\n".join(" ".join(line.split()) for line in plain.splitlines())


def read_tables(app: AppTest) -> list[pd.DataFrame]:
    """The tables of the page, whole numbers as such."""
    return [
        table
        for part in app.get("html")
        for written in re.findall(r'<div class="rows".*?</table>', str(part.proto.body), re.DOTALL)
        for table in [read_table(written)]
    ]


def read_table(written: str) -> pd.DataFrame:
    """A table of `ui.words.tables.write_table` as it is read."""
    heads = [html.unescape(name) for name in re.findall(r"<th [^>]*>(.*?)</th>", written)]
    rows = [
        [
            int(cell.replace(",", "")) if "number" in how else html.unescape(cell).replace("\u00a0", " ")
            for how, cell in re.findall(r"<td([^>]*)>(.*?)</td>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(<td.*?)</tr>", written, re.DOTALL)
    ]
    return pd.DataFrame(rows, columns=heads)
