"""How long from one leaving to the next: for charts of what is too rare to be counted by the month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from indicators.definition import Chart, Indicator, Unit
from indicators.engine.computed import make_figure

_FACTS = """
        SELECT 'all' AS period, s.member_id, date_diff('day', DATE '1970-01-01', s.starts_on) AS from_day,
          CASE WHEN s.ends_on <= c.complete_to THEN date_diff('day', DATE '1970-01-01', s.ends_on) END AS until_day,
          0.0 AS position, 1.0 AS x, 1.0 AS w
        FROM spells s CROSS JOIN calendar c WHERE s.starts_on <= c.complete_to"""
Ints = NDArray[np.int64]


def count_member_days(from_day: Ints, until_day: Ints, days: Ints) -> Ints:
    """Days that members were members before each of these days: Σ over stays of (day − from)⁺ − (day − until)⁺."""

    def sum_before(starts: Ints) -> Ints:
        ordered = np.sort(starts)
        before = np.searchsorted(ordered, days)
        return np.asarray(before * days - np.concatenate(([0], np.cumsum(ordered)))[before], dtype=np.int64)

    return sum_before(from_day) - sum_before(until_day)


def _read_days(cell: pd.DataFrame) -> tuple[Ints, Ints]:
    """The first days of all stays, and the days on which members left, in order."""
    ended = cell["until_day"].dropna()
    return cell["from_day"].to_numpy(dtype=np.int64), np.sort(ended.to_numpy(dtype=np.int64))


def _name_day(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _measure_days(cell: pd.DataFrame) -> pd.DataFrame:
    """The days from each day with a leaving to the next."""
    _, ends = _read_days(cell)
    days, people = np.unique(ends, return_counts=True)
    return pd.DataFrame(
        make_figure(float(gap), n=float(count), position=float(place), leaving=_name_day(day))
        for place, (day, gap, count) in enumerate(
            zip(days[1:].tolist(), np.diff(days).tolist(), people[1:].tolist(), strict=True)
        )
    )


def _measure_member_days(cell: pd.DataFrame) -> pd.DataFrame:
    """The member-days from each leaving to the next; none between two on one day."""
    starts, ends = _read_days(cell)
    gaps = np.diff(count_member_days(starts, ends, ends))
    seen = Counter([_name_day(day) for day in ends[:1].tolist()])
    rows = []
    for place, (day, gap) in enumerate(zip(ends[1:].tolist(), gaps.tolist(), strict=True)):
        name = _name_day(day)
        seen[name] += 1
        word = name if seen[name] == 1 else f"{name} ({seen[name]})"
        rows.append(make_figure(float(gap), n=1.0, position=float(place), leaving=word))
    return pd.DataFrame(rows)


def _make(
    id: str,
    title: str,
    definition: str,
    formula: str,
    excluded: str,
    source: str,
    unit: Unit,
    chart: Chart,
    compute: Callable[[pd.DataFrame], pd.DataFrame],
) -> Indicator:
    return Indicator(
        id=id,
        title=title,
        theme="retention",
        outcome="supporting",
        definition=definition,
        formula=formula,
        numerator="None: it is a length",
        denominator="None: it is a length",
        excluded=f"{excluded} The time before the first leaving and since the last, which are no gaps between two.",
        caveat="Longer is better: a gap above the limits says that leaving has become rarer, a run of short ones that it "
        "has become more frequent. Leavers are known only once the list records them; a list that is tidied up from time "
        "to time shows when it was, and not when they left.",
        source=source,
        unit=unit,
        direction="up",
        time_axis="all",
        estimator="computed",
        chart=chart,
        facts=_FACTS,
        tables=("members", "memberships"),
        measures=("leaving",),
        minimum_n=1,
        needs="the members list with joining and leaving days (members.csv), and at least two who left",
        interval="None: every leaving is on record",
        compute=compute,
    )


_INDICATORS = (
    _make(
        "days_between_leavers",
        "Days between leavers",
        "Days from one day on which a member left to the next such day, told at the later of the two.",
        "tᵢ = dayᵢ − dayᵢ₋₁; limits: XmR of t^(1/3.6), taken back (t chart)",
        "Further leavings on the same day.",
        "Programme membership list; t chart: Nelson 1994, Montgomery 2013 (ch. 7)",
        "days",
        "t",
        _measure_days,
    ),
    _make(
        "member_days_between_leavers",
        "Member-days between leavers",
        "Days that members were members between one leaving and the next: many members or a long time alike, so that a "
        "community that grows is not seen as one that more people leave.",
        "gᵢ = member-days from leaving i − 1 to leaving i; limits: ḡ ± 3√(ḡ(ḡ + 1)), centre 0.693 ḡ (g chart)",
        "Nobody: two leavings on one day are 0 member-days apart.",
        "Programme membership list; g chart: Benneyan 2001, Provost & Murray 2011 (centre)",
        "member-days",
        "g",
        _measure_member_days,
    ),
)


def list_indicators(attributes: Sequence[str]) -> tuple[Indicator, ...]:
    """Every indicator of this part; these are the same for all attributes."""
    return _INDICATORS
