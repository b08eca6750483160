"""What This week tells: the planted effects in the weeks in which they can be seen, and what it tells where nothing was planted.

Each week is the release as it would have stood on its Sunday, looked through as after a load. A planted effect can be seen from the
first week in which its own comparison, looked at alone, has p < 1 % (the week with p < 5 % stands beside: of some 500 comparisons
25 have that each week by chance); it is found where it is among the items of that week or the next four, one place of the five being
left to missed targets.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from bench.truth.cut import cut_release
from etl.demo.build import EFFECTS, FOUNDING_MEMBERS, FOUNDING_SEED, write_exports
from etl.load import load_paths
from indicators.gate.disclosure import SCOPES
from indicators.notable.ranking import REMEMBERED, rank
from indicators.notable.scan import scan
from indicators.statistics.estimators import estimate_proportion
from ui.words.attention import MOST
from warehouse.engine import Engine
from warehouse.release import Release

SAMPLES, FIRST_SEED = 200, 7000
# How long samples without effects are drawn, where there is not the time for all; how many it were is said.
MINUTES = float("inf")
FIRST_WEEK, WEEKS = date(2015, 8, 2), 23
WITHIN = 5
WORKERS = 2
ALONE = (0.05, 0.01)
Table = pd.DataFrame


def _is(
    subject: str, *, group: str = "", measure: str = "", up: bool | None = None, kind: str = ""
) -> Callable[[Table], pd.Series]:
    """Which comparisons tell an effect: of a subject, a group and a measure, in one direction."""

    def choose(rows: Table) -> pd.Series:
        chosen = (rows["subject"] == subject) & (rows["group"].eq(group) if group else True)
        chosen &= rows["measure"].eq(measure) if measure else True
        chosen &= rows["kind"].eq(kind) if kind else True
        return chosen if up is None else chosen & ((rows["value"] > rows["other"]) == up)

    return choose


TOLD = {
    "connecting_rises": _is("construct", measure="Connecting", up=True, kind="change"),
    "doctors_respond_less": _is("response_rate_rr1", group="Doctor", up=False, kind="rest"),
    "attendance_brings_ties": _is("ties_by_attendance"),
    "meeting_makes_ties": _is("meeting", up=True),
    "ties_cross_organisations": lambda rows: (
        rows["indicator"].eq("cross_organisation") & (rows["value"] > rows["other"])
    ),
    "late_intake_leaves": lambda rows: (
        _is("staying", group="Intake 3", up=False)(rows) | _is("staying", group="Intake 1", up=True)(rows)
    ),
    "activity_fades": _is("active_members", up=False),
    "managers_less_supported": _is("construct", group="Manager", measure="Supporting", up=False, kind="rest"),
}


def main() -> str:
    """Print both halves, and return them as a page."""
    lines = [
        "# What This week tells, and how often it is true",
        "",
        (__doc__ or "").strip(),
        "",
        *_list_found(),
        "",
        *_count_false(),
    ]
    return "\n".join(lines) + "\n"


def _say(line: str) -> str:
    print(line, flush=True)
    return line


def _list_found() -> Iterator[str]:
    yield _say(f"## Planted effects: the sample, {FOUNDING_MEMBERS} members, {WEEKS} weeks")
    yield _say("")
    seen: dict[tuple[str, float], date] = {}
    found: dict[str, date] = {}
    listed = []
    with _make_sample(FOUNDING_SEED, planted=True) as release:
        before = pd.DataFrame(columns=REMEMBERED)
        for week in track(_list_weeks(), "Weeks of the sample", console=Console(stderr=True)):
            scanned = _look(release, week)
            told = rank(scanned, week, before)
            before, items = told, told.head(MOST - 1)
            for name, tells in TOLD.items():
                for level in ALONE:
                    if (tells(scanned) & (scanned["p"] < level)).any():
                        seen.setdefault((name, level), week)
                if tells(items).any():
                    found.setdefault(name, week)
            listed.append((week, len(scanned), [_name(row) for row in items.to_dict("records")]))
    yield _say("| effect | alone p < 5 % from | alone p < 1 %: can be seen from | told from |")
    yield _say("|---|---|---|---|")
    for effect in EFFECTS:
        alone = " | ".join(str(seen.get((effect.id, level), "never")) for level in ALONE)
        yield _say(f"| {effect.id} | {alone} | {found.get(effect.id, '**not told**')} |")
    yield _say("")
    for level in ALONE:
        first = {name: seen[name, level] for name in found if (name, level) in seen}
        soon = [name for name, week in first.items() if (found[name] - week).days < 7 * WITHIN]
        yield _say(f"{len(soon)} of {len(EFFECTS)} were told within {WITHIN} weeks of p < {level:.0%} alone.")
    yield _say("")
    yield _say("| week to | comparisons | told |")
    yield _say("|---|---|---|")
    for week, count, names in listed:
        yield _say(f"| {week} | {count} | {'; '.join(names) or 'nothing notable'} |")


def _count_false() -> Iterator[str]:
    yield _say(f"## Nothing planted: samples of {FOUNDING_MEMBERS} members, a week of each")
    yield _say("")
    seeds = iter(range(FIRST_SEED, FIRST_SEED + SAMPLES))
    told: list[list[str]] = []
    ends_at = time.monotonic() + 60 * MINUTES
    with ProcessPoolExecutor(WORKERS) as pool:
        running = {pool.submit(_tell_null, seed) for seed in islice(seeds, WORKERS)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            told += [one.result() for one in done]
            print(f"{len(told)} samples, {sum(map(bool, told))} tell anything", file=sys.stderr, flush=True)
            if time.monotonic() < ends_at:
                running |= {pool.submit(_tell_null, seed) for seed in islice(seeds, len(done))}
    wrong = [names for names in told if names]
    share = estimate_proportion(np.array([float(len(wrong))]), np.array([float(len(told))]))
    low, high = float(share.low[0]), float(share.high[0])
    yield _say(
        f"{len(wrong)} of {len(told)} weeks tell anything: {len(wrong) / len(told):.1%} (95 % interval {low:.1%} to {high:.1%})."
    )
    yield _say("")
    for names in wrong:
        yield _say(f"- {'; '.join(names)}")


def _tell_null(seed: int) -> list[str]:
    """What is told of one week, by turns the earliest to the latest, of a sample in which nothing was planted."""
    with _make_sample(seed, planted=False) as release:
        week = _list_weeks()[seed * 7 % WEEKS]
        told = rank(_look(release, week), week, pd.DataFrame(columns=REMEMBERED))
        return [f"{week}, {_name(row)}, p = {row['p']:.1e}" for row in told.to_dict("records")]


def _list_weeks() -> list[date]:
    return [FIRST_WEEK + timedelta(weeks=number) for number in range(WEEKS)]


def _look(release: Release, week: date) -> Table:
    engine = Engine(cut_release(release, week))
    try:
        return scan(engine, SCOPES["evaluator"])
    finally:
        engine.close()


@contextmanager
def _make_sample(seed: int, *, planted: bool) -> Iterator[Release]:
    with tempfile.TemporaryDirectory() as folder:
        exports = Path(folder) / "exports"
        write_exports(exports, FOUNDING_MEMBERS, seed, planted=planted)
        yield load_paths([exports], Path(folder) / "data").release


def _name(row: dict[str, object]) -> str:
    parts = (row["kind"], row["indicator"], row["by"], row["group"], row["measure"])
    return " ".join(str(part) for part in parts if part)
