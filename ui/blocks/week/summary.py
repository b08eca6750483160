"""The headlines as one table, as boards of the NHS know it: a real HTML table, whose icons say in words what they show."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import streamlit as st

from indicators.definition import INTERVAL
from ui.blocks.take_away import note_shown
from ui.blocks.week.headlines import Headline
from ui.charts.icons import VARIATIONS, draw_assurance, draw_spark, draw_variation, find_assurance
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import describe_status, format_range, format_value

COLUMNS = (
    gettext_noop("Figure"),
    gettext_noop("Latest"),
    gettext_noop("When"),
    gettext_noop("Over time"),
    gettext_noop("Variation"),
    gettext_noop("Target"),
    gettext_noop("Assurance"),
    gettext_noop("Since you last looked"),
    gettext_noop("Before"),
)
LOOKED, BEFORE = COLUMNS[-2:]
NAMED = ("Variation", "Target", LOOKED, BEFORE)
_STYLE = """<style>
.headlines { width: 100%; border-collapse: collapse; font-size: 0.85rem; line-height: 1.25; }
.headlines th, .headlines td { text-align: left; vertical-align: middle; padding: 0.1rem 0.5rem 0.1rem 0; border: 0;
  border-bottom: 1px solid rgba(128, 134, 138, 0.3); font-variant-numeric: tabular-nums; }
.headlines thead th { font-weight: 600; font-size: 0.8rem; opacity: 0.85; }
.headlines tbody th { font-weight: 600; min-width: 10rem; }
.headlines .range, .headlines .said { font-size: 0.78rem; opacity: 0.85; }
.headlines .icon { display: flex; align-items: center; gap: 0.4rem; }
.headlines td:nth-last-child(2) .icon { min-width: 8.2rem; }
.headlines svg { flex: none; display: block; }
.headlines .figure { white-space: nowrap; }
@media (max-width: 640px) {
  .headlines thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .headlines, .headlines tbody { display: block; }
  .headlines tr { display: grid; grid-template-columns: 1fr 1fr; gap: 0.1rem 0.8rem; padding: 0.45rem 0;
    border-bottom: 1px solid rgba(128, 134, 138, 0.4); }
  .headlines th, .headlines td { display: block; border: 0; padding: 0; }
  .headlines tbody th { min-width: 0; }
  .headlines td:empty { display: none; }
  .headlines td.named::before { content: attr(data-name) ": "; font-size: 0.78rem; }
}
</style>"""


def show_summary(headlines: Sequence[Headline], before: Mapping[str, float], *, is_first: bool) -> None:
    """The table; `before` are the figures that this person was shown when they last looked, the first time those of the period before."""
    for one in headlines:
        aim = (
            gettext("target {value}").format(value=format_value(one.target, one.indicator.unit))
            if one.target is not None
            else ""
        )
        note_shown(
            one.result, label=one.label, notes=" \u00b7 ".join(part for part in (one.period, aim) if part)
        )
    st.html(write_summary(headlines, before, is_first=is_first))


def write_summary(headlines: Sequence[Headline], before: Mapping[str, float], *, is_first: bool) -> str:
    """The table as HTML. Roles are said in words too: what is drawn as blocks on a phone would be read as none."""
    shown = [name for name in COLUMNS if name != (LOOKED if is_first else BEFORE)]
    head = "".join(f'<th role="columnheader" scope="col">{html.escape(gettext(name))}</th>' for name in shown)
    rows = "".join(_write_row(one, before, shown) for one in headlines)
    caption = gettext(
        "The programme's headline figures, each with its series, its target, and what can be said of both"
    )
    return (
        f'{_STYLE}<table class="headlines" role="table" aria-label="{html.escape(caption)}">'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
    )


def _write_row(one: Headline, before: Mapping[str, float], shown: Sequence[str]) -> str:
    standing, chart, unit = one.standing, one.chart, one.indicator.unit
    is_known = one.row["status"] == "ok"
    cells = {
        "Latest": _say_latest(one),
        "When": f'<span class="said figure">{html.escape(one.period)}</span>',
        "Over time": draw_spark(chart, _say_series(one))
        if chart and is_known and len(chart.points) > 1
        else "",
        "Variation": _say_variation(one) if is_known else "",
        "Target": _say(format_value(one.target, unit)) if one.target is not None else "",
        "Assurance": "",
        LOOKED: _say_change(one, before),
        BEFORE: _say(format_value(before[one.key], unit) if one.key in before else "–"),
    }
    if standing and chart:
        letter, colour, words = find_assurance(chart.assurance, standing.verdict)
        latest = (
            ""
            if chart.assurance == "none"
            else {
                "missed": gettext("Latest: missed"),
                "met": gettext("Latest: met"),
                "cannot tell": gettext("Latest: too close to tell"),
            }[standing.verdict]
        )
        said = f"{html.escape(words)}{f'<br>{latest}' if latest else ''}"
        cells["Assurance"] = (
            f'<span class="icon">{draw_assurance(letter, colour, "")}<span class="said">{said}</span></span>'
        )
    told = "".join(
        f'<td role="cell"{" class=named" if name in NAMED else ""} data-name="{html.escape(gettext(name))}">{cells[name]}</td>'
        for name in shown[1:]
    )
    return f'<tr role="row"><th role="rowheader" scope="row">{html.escape(one.label)}</th>{told}</tr>'


def _say_latest(one: Headline) -> str:
    if one.row["status"] != "ok":
        return _say(
            gettext("Hidden") if one.row["status"] == "suppressed" else gettext("No data"),
            describe_status(one.row),
        )
    low, high = one.row["low"], one.row["high"]
    span = "" if low != low or high != high else format_range(low, high, one.indicator.unit)
    named = (
        span
        if one.indicator.range_words == INTERVAL or not span
        else f"{gettext(one.indicator.range_words)} {span}"
    )
    return f'<span class="figure"><strong>{html.escape(format_value(one.row["value"], one.indicator.unit))}</strong> <span class="range">{html.escape(named)}</span></span>'


def _say_variation(one: Headline) -> str:
    assert one.chart is not None
    judged = one.chart.judged
    meaning = one.chart.variation if one.chart.kind != "run" or (judged and judged[-1].flags) else "none"
    is_up = bool(judged) and judged[-1].value >= judged[-1].centre
    words = f'<span class="said">{html.escape(gettext(VARIATIONS[meaning]))}</span>'
    if meaning == "none":
        return words
    return f'<span class="icon">{draw_variation(meaning, is_up=is_up, alt="")}{words}</span>'


def _say_series(one: Headline) -> str:
    first, last = (format_value(value, one.indicator.unit) for value in (one.series[0], one.series[-1]))
    return gettext("{count} points, from {first} to {last}").format(
        count=len(one.series), first=first, last=last
    )


def _say_change(one: Headline, before: Mapping[str, float]) -> str:
    if one.row["status"] != "ok" or one.key not in before:
        return _say("–")
    then, now = (format_value(value, one.indicator.unit) for value in (before[one.key], one.row["value"]))
    return _say(gettext("unchanged") if then == now else gettext("was {then}").format(then=then))


def _say(words: str, why: str = "") -> str:
    title = f' title="{html.escape(why)}"' if why else ""
    return f"<span{title}>{html.escape(words)}</span>"
