"""The peer: the charts of one of our pages in Dash, for each value of a filter; everything is made before the first request.

python -m bench.paint.peer DATA PAGE PORT LABEL VALUE…: titles, sentences and figures are those that the page itself shows, so that both
show the same. Dash needs neither SQL nor a gate for them, has no sign-in, theme or forms: what it is spared is to its advantage.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from streamlit.testing.v1 import AppTest

from settings import PROJECT
from tests.app.page_words import read_charts

ALL = "All"
INKS = {"ink": "#0d191d", "back": "#ffffff", "line": "#d5dcdb"}
COLOURS = [
    "#0b5c66",
    "#b4541a",
    "#5a4a9c",
    "#5d6f14",
    "#a3315f",
    "#2f6ba8",
    "#8a6100",
    "#4d5a60",
    "#7a3b1d",
    "#1f7a4d",
]


def read_page(page: str, name: str, values: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    """What the charts of a page are given, for each value of a filter."""
    found = {}
    for value in values:
        app = AppTest.from_file(str(PROJECT / "dashboard.py"), default_timeout=300)
        if value != ALL:
            app.query_params[name] = value
        app.run()
        if page != "this_week":
            app.switch_page(f"pages/programme/{page}.py").run()
        if app.exception:
            raise RuntimeError(f"The page {page} does not run: {app.exception[0].value}")
        found[value] = read_charts(app)
    return found


def colour(value: Any) -> Any:
    """A figure with colours in place of the theme's variables."""
    if isinstance(value, str):
        return re.sub(r"var\(--q-(\w+)\)", lambda one: _find(one[1]), value)
    if isinstance(value, list):
        return [colour(one) for one in value]
    return {name: colour(one) for name, one in value.items()} if isinstance(value, dict) else value


def _find(name: str) -> str:
    return INKS.get(name) or COLOURS[int(name[1:])]


def make_app(title: str, label: str, charts: dict[str, list[dict[str, Any]]]) -> Any:
    """The Dash app: a filter, and below it each chart under its title and sentence."""
    from dash import ALL as EACH
    from dash import Dash, Input, Output, State, callback, dcc, html

    plain = {value: [colour(box) for box in boxes] for value, boxes in charts.items()}
    app = Dash(__name__, title=title)
    shown = [
        html.Div(
            [
                html.H3(box["title"]),
                html.P(box["reading"], id={"kind": "reading", "place": place}),
                dcc.Graph(
                    figure=box["figure"],
                    id={"kind": "graph", "place": place},
                    config={"displayModeBar": False},
                ),
                html.Div([html.Button(name) for name in box["buttons"]]),
            ]
        )
        for place, box in enumerate(plain[ALL])
    ]
    choice = dcc.Dropdown(list(charts), ALL, id="choice", clearable=False)
    app.layout = html.Div(
        [
            html.Nav(
                [html.Label(label, htmlFor="choice"), choice],
                style={"float": "left", "width": 236, "padding": 16},
            ),
            html.Main([html.H1(title), *shown], style={"marginLeft": 300, "maxWidth": 830}),
        ]
    )

    @callback(  # type: ignore[untyped-decorator]
        Output({"kind": "graph", "place": EACH}, "figure"),
        Output({"kind": "reading", "place": EACH}, "children"),
        Input("choice", "value"),
        State({"kind": "graph", "place": EACH}, "id"),
        prevent_initial_call=True,
    )
    def fill(value: str, places: list[Any]) -> tuple[list[Any], list[str]]:
        boxes = plain[value][: len(places)]
        missing = len(places) - len(boxes)
        figures = [box["figure"] for box in boxes] + [{"data": [], "layout": {}}] * missing
        return figures, [box["reading"] for box in boxes] + [""] * missing

    return app


def main() -> None:
    """Serve the page until it is ended."""
    import os

    data, page, port, label, *values = sys.argv[1:]
    os.environ["EVALUATION_DATA"] = data
    from flask_compress import Compress  # type: ignore[import-not-found]
    from waitress import serve  # type: ignore[import-untyped]

    app = make_app(page, label, read_page(page, label.lower().replace(" ", "_"), (ALL, *values)))
    Compress(app.server)
    print("ready", flush=True)
    serve(app.server, host="127.0.0.1", port=int(port), threads=8)


if __name__ == "__main__":
    main()
