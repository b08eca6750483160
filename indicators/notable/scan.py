"""The scan of a release for one viewer's figures, made once and kept: every comparison, adjusted for all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from indicators.catalogue import list_indicators
from indicators.definition import Indicator
from indicators.engine.cells import held
from indicators.gate.disclosure import Scope
from indicators.notable import candidates
from indicators.notable.ranking import REMEMBERED, rank
from indicators.notable.watched import Watch, list_watched
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import Selection, list_attributes
from indicators.statistics.contrasts import adjust_dependent
from warehouse.contracts import RELEASED
from warehouse.derived import CALENDAR
from warehouse.engine import Engine
from warehouse.files import write_whole

FOLDER = Path("state") / "notable"
Wait = Callable[[], object]
_FOUND: WeakKeyDictionary[Engine, dict[str, pd.DataFrame]] = WeakKeyDictionary()
_LOOKING = threading.Lock()


def find_notable(engine: Engine, scope: Scope) -> pd.DataFrame | None:
    """What stands out, as `look_through` has found it; None while nobody has looked."""
    return _FOUND.get(engine, {}).get(_name(scope))


def look_through(engine: Engine, scope: Scope, wait: Wait = lambda: None) -> pd.DataFrame:
    """What stands out of the figures that this viewer is shown, in the order of `rank`; made once a release.

    `wait` is called before each table. Since when each thing has been told is remembered in the data folder, without figures.
    """
    with _LOOKING:
        found = _FOUND.setdefault(engine, {})
        if (name := _name(scope)) not in found:
            scanned = (
                scan(engine, scope, wait)
                if scope.minimum
                else engine.keep_frame("notable", (*RELEASED, CALENDAR), partial(scan, engine, scope, wait))
            )
            folder = engine.release.path.parent.parent / FOLDER
            ranked = rank(scanned, engine.release.complete_to, _recall(folder, name, engine.release.id))
            with suppress(OSError):
                # Where it cannot be remembered, the next release calls all of it new.
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                with write_whole(folder / f"{engine.release.id}.{name}.parquet") as fresh:
                    ranked[REMEMBERED].to_parquet(fresh, index=False)
            found[name] = ranked
        return found[name]


def scan(engine: Engine, scope: Scope, wait: Wait = lambda: None) -> pd.DataFrame:
    """Every comparison of the figures that this viewer is shown: `candidates.COLUMNS`, `subject`, `theme`, and `adjusted`."""
    indicators = list_indicators(list_attributes(engine))
    tables = [pd.DataFrame(columns=[*candidates.COLUMNS, "subject"])]
    for one in list_watched(held(engine)):
        wait()
        table = _compare(engine, scope, one, indicators[one.indicator])
        if len(table):
            tables.append(table.assign(subject=one.subject))
    listed = pd.concat(tables[1:] or tables, ignore_index=True)
    listed = listed[listed["p"].notna()].reset_index(drop=True)
    adjusted = adjust_dependent(listed["p"].to_numpy(dtype=np.float64))
    themes = {name: indicator.theme for name, indicator in indicators.items()}
    return listed.assign(theme=listed["indicator"].map(themes), adjusted=adjusted)


def read_figures_of(engine: Engine, scope: Scope, indicator: Indicator, by: str) -> Result:
    """The figures that a comparison is made of, and that its chart shows."""
    return compute_result(engine, indicator, select_figures_of(indicator, by), scope)


def select_figures_of(indicator: Indicator, by: str) -> Selection:
    """What is asked of an indicator for its comparisons by an attribute, a measure, or, where it is '', of everybody."""
    grain = "week" if indicator.time_axis == "week" else ""
    return Selection(grain=grain, by=(by,) if by and by not in indicator.measures else ())


def _compare(engine: Engine, scope: Scope, one: Watch, indicator: Indicator) -> pd.DataFrame:
    result = read_figures_of(engine, scope, indicator, one.by)
    compare: dict[str, Callable[[Result], pd.DataFrame]] = {
        "rest": partial(candidates.compare_groups, by=one.by),
        "change": partial(candidates.test_changes, by=one.by),
        "before": partial(candidates.compare_before, by=one.by),
        "chance": candidates.compare_chance,
        "survival": partial(candidates.compare_curves, by=one.by),
        "odds": candidates.test_odds,
        "week": candidates.judge_weeks,
    }
    if not (result.table["status"] == "ok").any():
        return pd.DataFrame()
    if indicator.time_axis == "wave":
        waves = engine.lookup("SELECT wave_id, survey_id FROM wave_order").set_index("wave_id")["survey_id"]
        result = replace(
            result, table=result.table.assign(**{candidates.SURVEY: result.table["period"].map(waves)})
        )
    return compare[one.kind](result)


def _recall(folder: Path, name: str, release_id: str) -> pd.DataFrame:
    """What was told of the latest release before this one, by the names of releases, which are in order of time."""
    earlier = sorted(
        path for path in folder.glob(f"*.{name}.parquet") if path.name.split(".")[0] < release_id
    )
    with suppress(OSError, ValueError, IndexError):
        return pd.read_parquet(earlier[-1])[REMEMBERED]
    return pd.DataFrame(columns=REMEMBERED)


def _name(scope: Scope) -> str:
    """Whose figures: all who see them as they are see the same."""
    return scope.role if scope.minimum else "exact"
