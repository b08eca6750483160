"""What a chart shows is made once for a release, selection, scope and its baselines, and never shared across scopes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest
import streamlit as st

from etl.load import load_paths
from indicators.gate.disclosure import SCOPES, Scope
from tests.app.small_programme import write_programme
from ui.charts import figures
from ui.charts.figures import chart_for, label_all, series_for
from ui.shell.once import Once
from ui.shell.session import View, fetch, open_engine
from warehouse.release import find_release

SERIES = "active_members"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("figures")
    load_paths([write_programme(root / "raw")], root / "data")
    return root / "data"


@pytest.fixture
def look(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[View]:
    monkeypatch.setenv("EVALUATION_DATA", str(data))
    monkeypatch.setattr(st, "session_state", {})
    st.cache_resource.clear()
    release = find_release(data)
    yield View(open_engine(release.id), release, (), "all", SCOPES["evaluator"])
    st.cache_resource.clear()


def as_role(view: View, scope: Scope) -> View:
    return replace(view, scope=scope)


def test_a_lead_and_an_evaluator_get_two_figures_of_one_chart(look: View) -> None:
    """Of few who answered, the lead's figure says hidden where the evaluator's has a number."""
    wales = replace(look, filters=(("region", "Wales"),))
    drawn = {
        role: chart_for(
            as_role(wales, SCOPES[role]), fetch(as_role(wales, SCOPES[role]), "construct_positive")
        )
        for role in ("evaluator", "lead")
    }
    assert drawn["lead"].figure is not drawn["evaluator"].figure
    words = {role: shown.figure.to_json() for role, shown in drawn.items()}
    assert "hidden" in words["lead"]
    assert "hidden" not in words["evaluator"]
    assert drawn["lead"].alt != drawn["evaluator"].alt
    assert drawn["lead"].alt.startswith("Chart of ")


def test_a_chart_is_made_once_and_of_some_rows_each_time(look: View, monkeypatch: pytest.MonkeyPatch) -> None:
    result = fetch(look, "members")
    assert chart_for(look, result) is chart_for(look, fetch(look, "members"))
    some = replace(result, table=result.table.head(1).copy())
    assert chart_for(look, some).rows[0] is some.table
    weeks = fetch(look, SERIES, grain="week")
    assert series_for(look, weeks) is series_for(look, weeks)
    week = str(weeks.table["period"].iloc[2])
    rebased = {"rebases": [(week, "New platform")]}
    monkeypatch.setattr(figures, "choose_rebases", lambda result, notes: rebased["rebases"])
    assert "New platform" in series_for(look, weeks).figure.to_json()


def test_labels_are_read_once_a_release(look: View, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = label_all(look)
    monkeypatch.setattr(type(look.engine), "query", lambda *arguments: pytest.fail("asked again"))
    assert label_all(look) is labels


def test_of_two_who_ask_at_once_one_makes_it(look: View) -> None:
    once: Once[int] = Once(10)
    together, made, got = Barrier(2), [], []

    def make() -> int:
        made.append(1)
        return len(made)

    def ask() -> None:
        together.wait(10)
        got.append(once.get(look.engine, "key", make))

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert got == [1, 1]


def test_what_failed_is_made_again_and_what_is_unused_for_longest_goes(look: View) -> None:
    once: Once[str] = Once(2)
    with pytest.raises(ZeroDivisionError):
        once.get(look.engine, "a", lambda: str(1 / 0))
    assert once.get(look.engine, "a", lambda: "first") == "first"
    once.get(look.engine, "b", lambda: "b")
    once.get(look.engine, "a", lambda: "not asked")
    once.get(look.engine, "c", lambda: "c")
    assert once.get(look.engine, "a", lambda: "made anew") == "first"
    assert once.get(look.engine, "b", lambda: "made anew") == "made anew"
