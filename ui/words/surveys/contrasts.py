"""Each group against the rest in each question. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from indicators.result import Result
from indicators.statistics.change import (
    adjust_holm,
    test_interval,
)
from indicators.statistics.contrast import contrast_rest
from indicators.statistics.estimators import Interval
from ui.words.changes import SIGNIFICANT, has_enough
from ui.words.language import gettext, ngettext
from ui.words.numbers import (
    format_value,
    say_list,
)
from ui.words.readings import say_hidden
from ui.words.surveys.rows import (
    MOST_NAMED,
    MOST_ROWS,
    Labels,
    Row,
    join_sentences,
    list_periods,
    list_rows,
)
from ui.words.tables import NOT_SHOWN


@dataclass(frozen=True)
class Contrast:
    """A group against the rest in one question: the row of the group, the difference, and whether that stands (1, −1) or not (0)."""

    thing: str
    group: str
    row: Row
    value: float
    low: float
    high: float
    way: int = 0


def list_contrasts(results: Sequence[Result]) -> list[Contrast]:
    """Every group against the rest in every question of the latest wave, all judged together (Holm).

    The first result is by one group of members, the second of everybody. A cell that is hidden or of too few people has NaN.
    """
    parted, everybody = results
    period = list_periods(parted)[-1]
    (group,), (key,) = parted.groups, (name for name in parted.telling if name not in parted.groups)
    own = parted.table[parted.table["period"] == period].reset_index(drop=True)
    whole = everybody.table[everybody.table["period"] == period].set_index(key)
    whole = whole.reindex(own[key]).reset_index()
    is_known = ((own["status"] == "ok") & (whole["status"] == "ok") & has_enough(parted, own)).to_numpy()
    one, other = (
        Interval(*(table[name].to_numpy(dtype=float) for name in ("value", "low", "high")))
        for table in (own, whole)
    )
    size, of = (table["denominator"].fillna(table["n"]).to_numpy(dtype=float) for table in (own, whole))
    gap = contrast_rest(one, size, other, of)
    p = test_interval(*gap, np.full_like(size, np.inf))
    p[~is_known] = np.nan
    is_judged = ~np.isnan(p)
    p[is_judged] = adjust_holm(p[is_judged])
    ways = np.where(p < SIGNIFICANT, np.sign(gap.value), 0).astype(int)
    figures = np.where(is_known, np.stack(gap), np.nan)
    # Where every group is hidden there is one row, of no group.
    own[group] = own[group].astype("object").where(own[group].notna(), None)
    return [
        Contrast(
            str(row[key]), str(row[group] or NOT_SHOWN), row, float(value), float(low), float(high), int(way)
        )
        for row, value, low, high, way in zip(list_rows(own), *figures, ways, strict=True)
    ]


def choose_groups(contrasts: Sequence[Contrast]) -> list[str]:
    """The groups in their order; of many those with a difference that stands, then the largest."""
    sizes: dict[str, tuple[bool, float]] = {}
    for one in contrasts:
        n = 0.0 if np.isnan(one.value) else float(one.row["n"])
        stands, most = sizes.get(one.group, (False, 0.0))
        sizes[one.group] = stands or one.way != 0, max(most, n)
    kept = sorted(sizes, key=lambda group: (not sizes[group][0], -sizes[group][1]))[:MOST_ROWS]
    return [group for group in sizes if group in kept]


def read_contrasts(results: Sequence[Result], labels: Labels) -> str:
    """Which groups answer otherwise than the rest, of how many looked at."""
    contrasts = list_contrasts(results)
    known = [one for one in contrasts if not np.isnan(one.value)]
    drawn = choose_groups(contrasts)
    groups = len({one.group for one in contrasts})
    more = (
        gettext("{count} of {groups} groups are drawn, all are in the table.").format(
            count=len(drawn), groups=groups
        )
        if groups > len(drawn)
        else ""
    )
    hidden = join_sentences(more, say_hidden(results[0]))
    if not known:
        return join_sentences(gettext("No group can be set against the rest."), hidden)
    moved = sorted((one for one in known if one.way), key=lambda one: -abs(one.value))
    looked = gettext("Of {count} differences from the rest, judged together").format(count=len(known))
    if not moved:
        return join_sentences(
            gettext("{looked}, none can be told from chance.").format(looked=looked), hidden
        )
    named = [
        gettext("{group} on {thing} ({value})").format(
            group=one.group, thing=labels.get(one.thing, one.thing), value=format_value(one.value, "net")
        )
        for one in moved[:MOST_NAMED]
    ]
    others = (
        [gettext("{count} more").format(count=len(moved) - MOST_NAMED)] if len(moved) > MOST_NAMED else []
    )
    told = ngettext("{looked}, {n} stands: {list}.", "{looked}, {n} stand: {list}.", len(moved))
    return join_sentences(told.format(looked=looked, n=len(moved), list=say_list([*named, *others])), hidden)
