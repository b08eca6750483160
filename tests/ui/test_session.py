"""From the URL to a view, and from a view to a Result: filters, periods, scopes, the cache."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from etl.load import load_paths
from indicators.catalogue import list_indicators
from indicators.gate.disclosure import SCOPES, Scope
from indicators.selection import BadSelection
from tests.app.small_programme import write_members, write_programme
from ui.shell import session
from ui.shell.session import (
    View,
    current_view,
    draw_filters,
    fetch,
    list_options,
    open_engine,
    open_shown_engine,
)
from ui.words.origin.passport import list_facts
from warehouse.release import current_id, find_release


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("session")
    load_paths([write_programme(root / "raw")], root / "data")
    return root / "data"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, data: Path) -> Iterator[None]:
    monkeypatch.setenv("EVALUATION_DATA", str(data))
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def view_of(
    data: Path, *filters: tuple[str, str], period: str = "all", scope: Scope = SCOPES["admin"]
) -> View:
    release = find_release(data)
    return View(open_engine(release.id), release, filters, period, scope)


def test_the_view_is_what_the_filters_say(data: Path) -> None:
    assert open_shown_engine() is not None
    st.session_state.update(cohort="First intake", region="All", profession="Astronaut", period="2015-Q4")
    view = current_view()
    assert view is not None
    assert view.filters == (("cohort", "First intake"),)
    assert view.period == "2015-Q4"
    assert view.release.id == current_id(data)


def test_without_a_release_there_is_no_view(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALUATION_DATA", str(tmp_path))
    assert open_shown_engine() is None
    assert current_view() is None


def test_a_run_shows_one_release_to_its_end(data: Path, tmp_path: Path) -> None:
    engine = open_shown_engine()
    assert engine is not None
    first = engine.release.id
    write_members(tmp_path, 61)
    load_paths([tmp_path], data)
    try:
        view = current_view()
        assert view is not None
        assert view.release.id == first != current_id(data)
        assert open_shown_engine() is not engine
    finally:
        write_members(tmp_path, 60)
        load_paths([tmp_path], data)


def test_an_engine_is_shared_and_of_more_than_three_one_closes_when_nobody_reads_it(data: Path) -> None:
    release = find_release(data)
    engine = open_engine(release.id)
    assert open_engine(release.id) is engine
    for number in range(3):
        session._open_engine(f"{release.path}/{number}", release.id)
    assert engine.query("SELECT count(*) AS n FROM members")["n"][0], "a page that reads it goes on"
    left = weakref.ref(engine)
    del engine
    gc.collect()
    assert left() is None


def test_options_are_the_groups_and_periods_of_the_release(data: Path) -> None:
    options = list_options(open_engine(find_release(data).id), SCOPES["admin"])
    assert options["cohort"] == ("First intake", "Second intake")
    assert options["region"] == ("London", "Scotland", "Wales")
    assert options["organisation_type"] == ("Acute trust", "Charity")
    assert options["period"][:4] == ("2015", "2015-Q4", "2015-Q3", "2015-Q2")
    assert options["period"][4:] == ("2015-11", "2015-10", "2015-09", "2015-08", "2015-07", "2015-06")


def test_a_group_below_the_minimum_is_not_offered(data: Path) -> None:
    engine = open_engine(find_release(data).id)
    assert list_options(engine, Scope("lead", smallest_group=21))["region"] == ()
    assert list_options(engine, Scope("lead", smallest_group=20))["region"] == ("London", "Scotland", "Wales")


def test_filters_are_bound_to_the_url_under_their_names(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: dict[str, object] = {}
    monkeypatch.setattr(
        st, "selectbox", lambda label, options, key, bind, **rest: drawn.update({key: (bind, options[0])})
    )
    draw_filters(open_engine(find_release(data).id))
    names = ("period", "cohort", "profession", "region", "organisation_type")
    assert drawn == dict.fromkeys(names, ("query-params", "All"))


@pytest.mark.parametrize("are_used", [True, False])
def test_that_a_page_does_not_follow_its_filters_is_said(
    data: Path, monkeypatch: pytest.MonkeyPatch, are_used: bool
) -> None:
    said: list[str] = []
    drawn: list[str] = []
    monkeypatch.setattr(st, "caption", said.append)
    monkeypatch.setattr(st, "selectbox", lambda label, *asked, **rest: drawn.append(label))
    draw_filters(open_engine(find_release(data).id), are_used=are_used)
    assert "Period" in drawn
    assert said == ([] if are_used else ["This page is of everybody and all time: no filter changes it."])


def test_fetch_applies_the_filters_and_the_period(data: Path) -> None:
    # Of 60 members every tenth has left: 54. Odd numbers are the second intake, which holds all leavers: 24.
    assert fetch(view_of(data), "members").table["value"].tolist() == [54]
    assert fetch(view_of(data, ("cohort", "Second intake")), "members").table["value"].tolist() == [24]
    assert fetch(view_of(data, period="2015-08"), "members").table["value"].tolist() == [60]
    assert fetch(view_of(data, period="2015-08"), "members", period="all").table["value"].tolist() == [54]


def test_a_calendar_period_selects_the_waves_opened_in_it(data: Path) -> None:
    assert fetch(view_of(data), "response_rate_rr1").table["period"].tolist() == ["w1", "w2"]
    assert fetch(view_of(data, period="2015-Q4"), "response_rate_rr1").table["period"].tolist() == ["w2"]
    assert fetch(view_of(data, period="2015-08"), "response_rate_rr1").is_empty


def test_an_indicator_over_all_time_ignores_the_period(data: Path) -> None:
    wide, narrow = (
        fetch(view_of(data), "cohort_retention"),
        fetch(view_of(data, period="2015-08"), "cohort_retention"),
    )
    assert narrow.selection.period == "all"
    assert narrow.table is wide.table
    assert narrow.passport.unfollowed == "All time, not only August 2015: this figure has no periods."
    assert wide.passport.unfollowed == ""
    assert fetch(view_of(data, period="2015-08"), "cohort_retention", period="all").passport.unfollowed == ""


def test_a_figure_of_everybody_says_that_it_does_not_follow_a_group(data: Path) -> None:
    wales = view_of(data, ("region", "Wales"), ("cohort", "First intake"), period="2015-08")
    whole = [one.id for one in list_indicators().values() if one.is_whole]
    assert "events_held" in whole
    for name in whole:
        limits = fetch(wales, name).passport.unfollowed
        assert limits.startswith("Everybody, not only Wales, First intake: this figure has no groups."), name
    assert fetch(wales, "members").passport.unfollowed == ""
    events = fetch(wales, "events_held")
    assert events.table is fetch(view_of(data, period="2015-08"), "events_held").table
    assert "this figure has no groups" in dict(list_facts(events))["Asked for"]


def test_a_grain_gives_a_series_only_where_there_is_a_calendar(data: Path) -> None:
    months = fetch(view_of(data, period="2015-Q3"), "members", grain="month")
    assert months.table["period"].tolist() == ["2015-07", "2015-08", "2015-09"]
    assert fetch(view_of(data), "response_rate_rr1", grain="month").selection.grain == ""


def test_the_same_question_is_computed_once_and_never_shared_across_scopes(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, funder = view_of(data), view_of(data, scope=SCOPES["funder"])
    assert fetch(admin, "members") is fetch(view_of(data), "members")
    assert fetch(admin, "members") is not fetch(funder, "members")
    assert fetch(funder, "members").table["value"].tolist() == [50]
    assert fetch(funder, "members").passport.role == "funder"


def test_an_unknown_dimension_is_refused_with_the_list(data: Path) -> None:
    with pytest.raises(BadSelection, match="no dimension shoe_size; it has: cohort, "):
        fetch(view_of(data), "members", by=("shoe_size",))
