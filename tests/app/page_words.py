"""What a page of the dashboard says, as a test reads it."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

OpenPage = Callable[..., AppTest]


def read_words(app: AppTest) -> str:
    """Everything that the page says in words."""
    parts = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.text]
    words = [str(part.value) for part in parts] + [f"{metric.label} {metric.value}" for metric in app.metric]
    return "\n".join(words).replace("\\", "").replace("\u00a0", " ")
