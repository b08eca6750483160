"""The picture of a figure: settled so that nothing is left to choose, inert, and an error for what it does not know."""

from __future__ import annotations

import re
from typing import Any

import plotly.graph_objects as go
import pytest

from ui.charts.parts import finish, make_inert
from ui.charts.picture.bars import contrast, place_bars, shade
from ui.charts.picture.draw import draw_picture, write_picture
from ui.charts.picture.features import UnknownFeature
from ui.charts.picture.settled import settle

HOVER = {"hovertemplate": "%{text}<extra></extra>", "text": "one"}
INKS = {
    "ink": "#0d191d",
    "back": "#ffffff",
    "line": "#d5dcdb",
    **{f"c{place}": "#0b5c66" for place in range(10)},
}


def dots(**how: Any) -> go.Figure:
    return finish(go.Figure(go.Scatter(x=[1, 2, 4], y=[1.0, 3.0, 2.0], mode="markers", **HOVER, **how)), 200)


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        (go.Figure(go.Pie(values=[1])), "draws no pie"),
        (dots(marker={"showscale": True, "color": [1, 2, 3]}), "showscale of scatter 0, marker"),
        (go.Figure(go.Scatter(x=[1], y=[1], mode="markers", hovertemplate="%{x}")), "hovertemplate"),
        (dots().add_annotation(x=1, y=1, text="Here"), "no arrows"),
        (dots().add_annotation(x=1, y=1, text="<a href='/'>x</a>", showarrow=False), "no <a href"),
        (dots().update_layout(title_text="Above"), "title of layout"),
        (dots().update_xaxes(type="log"), "no log axis"),
        (dots(marker={"symbol": "star"}), "no symbol star"),
    ],
)
def test_what_the_picture_does_not_know_is_an_error(figure: go.Figure, told: str) -> None:
    with pytest.raises(UnknownFeature, match=re.escape(told)):
        draw_picture(settle(figure), "")


def test_what_comes_from_the_data_is_inert() -> None:
    bait = '"><script>run()</script><b onclick=run()>bold</b>'
    figure = dots(name=make_inert(bait)).add_annotation(x=1, y=1, text=make_inert(bait), showarrow=False)
    figure.update_xaxes(tickvals=[1], ticktext=[make_inert(bait)])
    picture = draw_picture(settle(figure), bait)
    tags = set(re.findall(r"<([a-z]+)", picture))
    assert tags <= {"svg", "g", "line", "circle", "text", "tspan", "path", "rect"}
    assert picture.count("&lt;script&gt;") == 3


def test_ranges_ticks_and_margins_are_chosen_once_for_both_drawings() -> None:
    settled = settle(dots())
    x, y = settled.layout["xaxis"], settled.layout["yaxis"]
    assert x["range"] == pytest.approx([1 - 0.05 * 3, 4 + 0.05 * 3])
    assert y["tickvals"] == [1.0, 1.5, 2.0, 2.5, 3.0]
    assert y["ticktext"] == ["1.0", "1.5", "2.0", "2.5", "3.0"]
    assert not any(axis["automargin"] or axis["autorange"] for axis in (x, y))
    assert settled.margin["autoexpand"] is False


def test_a_place_is_a_share_of_the_width_in_a_page_and_pixels_in_a_file() -> None:
    settled = settle(dots())
    middle = (2 - 0.85) / (4.15 - 0.85)
    assert f'cx="{middle * 100:.3f}%"' in draw_picture(settled, "")
    wide = 500 - settled.margin["l"] - settled.margin["r"]
    assert f'cx="{middle * wide:.2f}"' in write_picture(settled, "", 500, INKS)


def test_a_file_needs_no_theme_and_says_what_it_is() -> None:
    picture = write_picture(settle(dots()), "Chart of dots.", 500, INKS, title="Dots")
    assert "var(" not in picture
    assert "<title>Dots</title><desc>Chart of dots.</desc>" in picture
    assert picture.startswith('<svg xmlns="http://www.w3.org/2000/svg" role="img" width="500"')


def test_bars_are_stacked_and_grouped_as_asked() -> None:
    """Worked: steps of 1 leave 0.8 for a group; two bars side by side are 0.4 wide; stacked, the second begins at the first's end."""
    bars = [go.Bar(x=[1, 2], y=[height, 2.0], **HOVER) for height in (3.0, 4.0)]
    grouped = place_bars(settle(go.Figure(bars)))
    assert grouped[0][0] == pytest.approx((0.6, 1.0, 0.0, 3.0))
    assert grouped[1][0] == pytest.approx((1.0, 1.4, 0.0, 4.0))
    stacked = place_bars(settle(go.Figure(bars).update_layout(barmode="stack")))
    assert stacked[1] == [pytest.approx((0.6, 1.4, 3.0, 7.0)), pytest.approx((1.6, 2.4, 2.0, 4.0))]


def test_a_cell_has_the_colour_between_those_around_its_value_and_an_ink_that_is_read() -> None:
    trace = {"z": [[0.0, 1.0]], "colorscale": ["#000000", "#ffffff"], "zmin": 0, "zmax": 1}
    assert [shade(trace, value) for value in (0.0, 0.5, 1.0, 2.0)] == [
        "#000000",
        "#808080",
        "#ffffff",
        "#ffffff",
    ]
    assert [contrast(colour) for colour in ("#0b5c66", "#c3caca")] == ["#ffffff", "#0d191d"]


def test_the_margins_have_room_for_words_that_reach_over_the_sides() -> None:
    figure = dots().update_layout(margin={"l": 0, "r": 0})
    figure.update_xaxes(range=[1, 4], tickvals=[1, 4], ticktext=["x" * 20, "x" * 30])
    figure.update_yaxes(visible=False)
    # A letter is 0.56 of its size wide; half of a tick's words stands beside the plot area.
    assert settle(figure).margin["l"] == round(20 * 0.56 * 12 / 2)
    assert settle(figure).margin["r"] == round(30 * 0.56 * 12 / 2)
    figure.add_annotation(
        x=1, xref="paper", y=1, text="x" * 20, xshift=5, xanchor="left", showarrow=False, font_size=10
    )
    assert settle(figure).margin["r"] == round(20 * 0.56 * 10 + 5 + 4)


def test_the_lower_of_two_panels_has_room_for_its_words_too() -> None:
    figure = dots().add_scatter(x=[1], y=[1], xaxis="x2", yaxis="y2", mode="markers", **HOVER)
    figure.update_layout(
        margin={"l": 0},
        yaxis={"domain": [0.5, 1], "tickvals": []},
        xaxis2={"anchor": "y2"},
        yaxis2={"domain": [0, 0.4], "anchor": "x2", "range": [0, 2], "tickvals": [1], "ticktext": ["x" * 10]},
    )
    assert settle(figure).margin["l"] == round(10 * 0.56 * 12) + 12


def test_dates_stand_where_their_day_is() -> None:
    """Worked: 1 January to 1 March 2015 is 59 days, and 1 February the 31st of them."""
    figure = go.Figure(
        go.Scatter(x=["2015-01-01", "2015-02-01", "2015-03-01"], y=[1, 2, 3], mode="markers", **HOVER)
    )
    axis = settle(figure.update_xaxes(range=["2015-01-01", "2015-03-01"])).axes["xaxis"]
    assert axis.share("2015-02-01") == pytest.approx(31 / 59)
    assert settle(figure).layout["xaxis"]["ticktext"] == ["Jan 2015", "Feb 2015", "Mar 2015"]


def test_a_legend_is_a_line_of_words_that_wraps_and_makes_room() -> None:
    names = [f"A group with a long name, number {place}" for place in range(3)]
    figure = finish(
        go.Figure(
            [go.Scatter(x=[1, 2], y=[1, 2], mode="lines", name=name, hoverinfo="skip") for name in names]
        ),
        200,
    )
    figure.update_layout(showlegend=True)
    settled = settle(figure)
    assert settled.layout["showlegend"] is False
    assert settled.layout["annotations"][-1]["text"].count("<br>") == 2
    assert settled.margin["t"] == 12 + settled.height - 200 == 17 * 3 + 6
