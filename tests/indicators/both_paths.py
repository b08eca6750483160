"""The two ways to a figure: what the release holds (sums, or computed figures), and the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pytest

from indicators.catalogue import list_indicators
from indicators.engine import compute
from indicators.engine.compute import compute_result
from indicators.gate.disclosure import SCOPES
from indicators.result import FIGURES, Result
from indicators.selection import Selection, list_attributes
from warehouse.engine import Engine


def check_both_paths(
    engine: Engine, selections: Iterable[tuple[str, Selection]], monkeypatch: pytest.MonkeyPatch
) -> list[Result]:
    """Compare every figure of the selections as held and by rows; returns the results."""
    known = list_indicators(list_attributes(engine))
    results = []
    for name, selection in selections:
        held = compute_result(engine, known[name], selection, SCOPES["evaluator"])
        with monkeypatch.context() as patch:
            patch.setattr(compute, "_holds_periods", lambda *given: False)
            by_rows = compute_result(engine, known[name], selection, SCOPES["evaluator"])
        words = [column for column in held.table.columns if column not in FIGURES]
        asked = f"{name} {selection}"
        assert held.table[words].equals(by_rows.table[words]), asked
        pd.testing.assert_frame_equal(
            held.table[list(FIGURES)], by_rows.table[list(FIGURES)], rtol=1e-9, atol=1e-9, obj=asked
        )
        results.append(held)
    return results


def count_figures(results: Iterable[Result]) -> int:
    """How many figures of status ok there are."""
    return sum(int((result.table["status"] == "ok").sum()) for result in results)
