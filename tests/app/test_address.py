"""What the address of a page asks for: matched whatever its case, and what there is not is said, once, with a way out."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.app.page_words import OpenPage, read_words
from ui.shell.address import match_option
from warehouse.release import current_id

LEFT_OUT = "The address asks for something that this page does not have"


def test_an_option_is_meant_by_its_words_or_its_value_in_any_case() -> None:
    options, words = ["None", "organisation_type", "region"], ["None", "Organisation type", "Region"]
    for asked in ("organisation_type", "Organisation type", "ORGANISATION TYPE", "organisation-type"):
        assert match_option(asked, options, words) == "organisation_type"
    assert match_option("shoe size", options, words) is None
    assert match_option("wales", ["Wales", "WALES"], ["Wales", "WALES"]) is None, "two are meant"
    assert match_option("Wales", ["Wales", "WALES"], ["Wales", "WALES"]) == "Wales"


def open_topic(open_page: OpenPage, page: str, **query: str) -> AppTest:
    """A page of the sample; behind ?more= is what is opened of it."""
    name, _, topic = page.partition("?more=")
    return open_page("sample", name, **query, **({"more": topic} if topic else {}))


@pytest.mark.parametrize(
    ("page", "name", "asked", "key", "chosen"),
    [
        ("whom", "region", "wales", "region", "Wales"),
        ("whom", "Region", "WALES", "region", "Wales"),
        ("whom", "period", "2015-q3", "period", "2015-Q3"),
        ("engagement?more=By group", "by", "profession", "by", "profession"),
        ("engagement?more=By group", "BY", "organisation_type", "by", "organisation_type"),
        ("attitude", "attribute", "Organisation type", "attribute", "organisation_type"),
        ("connections", "attribute", "REGION", "attribute", "region"),
        ("connections?more=The map", "colour", "Region", "colour", "region"),
    ],
)
def test_what_is_meant_is_chosen_without_a_word(
    open_page: OpenPage, page: str, name: str, asked: str, key: str, chosen: str
) -> None:
    app = open_topic(open_page, page, **{name: asked})
    assert not app.exception
    assert app.selectbox(key=key).value == chosen
    assert not app.warning


@pytest.mark.parametrize(
    ("page", "name", "said"),
    [
        ("whom", "profession", "asks for a profession that this release does not have: all are shown"),
        ("whom", "period", "asks for a period that this release does not have: all are shown"),
        ("engagement?more=By group", "by", "asks for a breakdown that this release does not have: none is shown"),
        ("attitude", "attribute", "asks for a group to describe by that this release does not have: profession is"),
        ("attitude", "more", "asks for a topic that this release does not have: none is shown"),
        ("connections", "attribute", "asks for a group to describe by that this release does not have"),
        ("connections?more=The map", "look", "asks for a member or group that this release does not have: nobody is shown"),
        ("connections?more=The map", "relation", "asks for a relation that this release does not have"),
        ("connections?more=The map", "colour", "asks for a colour that this release does not have"),
        ("who_stays?more=Who stays active", "window", "asks for a value of window that this release does not have"),
        ("this_week", "by", LEFT_OUT),
        ("whom", "wave", LEFT_OUT),
        ("whom", "indicator", LEFT_OUT),
        ("attitude", "item", LEFT_OUT),
        ("whom", "<script>", LEFT_OUT),
        ("whom", "release", "asks for a release that is not the one shown"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_said_with_a_way_out_and_never_repeated(
    open_page: OpenPage, page: str, name: str, said: str
) -> None:
    app = open_topic(open_page, page, **{name: "Atlantis"})
    assert not app.exception
    (warning,) = [str(one.value).replace("\\", "") for one in app.warning]
    assert said in warning
    assert "Atlantis" not in warning
    assert "script" not in warning
    assert any(way in warning for way in ("Choose", "python -m indicators"))
    assert not app.run().warning, "it is said once"


def test_the_release_on_show_may_be_named(open_page: OpenPage, releases: dict[str, object]) -> None:
    live = current_id(releases["sample"])  # type: ignore[arg-type]
    assert live is not None
    st.cache_resource.clear()
    assert not open_page("sample", "whom", release=live).warning


@pytest.mark.parametrize("page", ["whom", "connections", "engagement?more=In one figure each"])
def test_a_figure_of_everybody_says_so_under_a_filter(open_page: OpenPage, page: str) -> None:
    said = "Everybody, not only Wales: this figure has no groups."
    assert said in read_words(open_topic(open_page, page, region="Wales"))
    assert said not in read_words(open_topic(open_page, page))
