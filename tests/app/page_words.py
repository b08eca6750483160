"""What a page of the dashboard says, as a test reads it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

OpenPage = Callable[..., AppTest]


def read_words(app: AppTest) -> str:
    """Everything that the page says in words."""
    parts = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.text]
    words = [str(part.value) for part in parts] + [f"{metric.label} {metric.value}" for metric in app.metric]
    words += [read_html(str(part.proto.body)) for part in app.get("html")]
    return "\n".join(words).replace("\\", "").replace("\u00a0", " ")


def read_html(written: str) -> str:
    """The words of some HTML, a row a line, its pictures by what stands in their place."""
    rows = re.sub(r"<style>.*?</style>", "", written, flags=re.DOTALL).replace("</tr>", "\n")
    told = re.sub(r'<img[^>]* alt="([^"]*)"[^>]*>', r" \1 ", rows)
    plain = html.unescape(re.sub(r"<[^>]+>", " ", told))
    return "\n".join(" ".join(line.split()) for line in plain.splitlines())
