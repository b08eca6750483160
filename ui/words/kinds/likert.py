"""Which item has most answers in the upper half of its scale. Pure."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from indicators.result import Result
from ui.words.kinds.rows import Labels
from ui.words.language import gettext, ngettext
from ui.words.numbers import (
    format_count,
    format_period,
    format_value,
)


def read_likert(result: Result, shown: pd.DataFrame, labels: Labels) -> str:
    """The latest answers on one scale: the most favourable item and the least."""
    latest = shown[shown["period"] == shown["period"].iloc[-1]]
    groups = [name for name in result.telling if name != "answer"]
    tops, scales = {}, {}
    is_coarse = latest["answer"].astype(str).str.contains(" + ", regex=False).any()
    half = (
        gettext("the uppermost part of the scale that is told")
        if is_coarse
        else gettext("the upper half of the scale")
    )
    for names, rows in latest.groupby(groups, sort=False) if groups else [("", latest)]:
        steps = len(rows)
        name = names[0] if isinstance(names, tuple) else names
        top = 1 if is_coarse else steps // 2
        tops[str(name)] = float(rows["value"].to_numpy(dtype=float)[steps - top :].sum())
        scales[str(name)] = tuple(rows["answer"].astype(str))
    if len(tops) > 1:
        usual = Counter(scales.values()).most_common(1)[0][0]
        alike = {name for name, scale in scales.items() if scale == usual} - result.reversed_items
        tops = {name: share for name, share in tops.items() if name in alike}
    left_out = len(scales) - len(tops)
    period = format_period(str(latest["period"].iloc[0]), labels)
    if not tops:
        return gettext(
            "In {period} no two items can be set against one another: they are reversed, or have other answers."
        ).format(period=period)
    best, worst = max(tops, key=lambda name: tops[name]), min(tops, key=lambda name: tops[name])
    share = format_value(min(tops[best], 1.0), "share")
    if len(scales) == 1:
        against = gettext(", which is unfavourable here") if best in result.reversed_items else ""
        return gettext("In {period} {share} of the answers are in {half}{against}.").format(
            period=period, share=share, half=half, against=against
        )
    least = format_value(min(tops[worst], 1.0), "share")
    return gettext(
        "In {period} {half} has most answers for {best} ({share}) and fewest for {worst} ({least}){left_out}."
    ).format(
        period=period,
        half=half,
        best=labels.get(best, best),
        share=share,
        worst=labels.get(worst, worst),
        least=least,
        left_out=_say_left_out(left_out),
    )


def _say_left_out(items: int) -> str:
    """Of how many items the upper half cannot be set against that of the others."""
    counted = format_count(items, "item")
    return (
        ngettext(
            "; {counted}, reversed or with answers of other words, is not ranked",
            "; {counted}, reversed or with answers of other words, are not ranked",
            items,
        ).format(counted=counted)
        if items
        else ""
    )
