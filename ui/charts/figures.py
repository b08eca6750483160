"""Figures and labels of the release on show, made once for each result and shared between sessions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from indicators.result import Result
from indicators.statistics.spc import Rebase, make_chart
from indicators.targets import find_series_target, find_shown_target
from ui.charts.control.drawing import draw_spc
from ui.charts.control.noted import Happenings, choose_notes, choose_rebases
from ui.charts.control.reading import read_spc
from ui.charts.kinds import KINDS, draw
from ui.shell.notebook import list_notes
from ui.shell.once import Once
from ui.shell.session import RELATION, View
from ui.shell.timeline import label_waves, list_events
from ui.words.language import gettext, gettext_noop, speak_whole
from ui.words.numbers import MONTHS, format_day
from ui.words.readings import read_result

WORDS = {
    "complete": gettext_noop("Complete"),
    "partial": gettext_noop("Partial"),
    "refused": gettext_noop("Refused"),
    "non_contact": gettext_noop("No contact"),
    "other": gettext_noop("Other"),
    "unknown_eligibility": gettext_noop("Eligibility unknown"),
    "ineligible": gettext_noop("Ineligible"),
    "003": gettext_noop("003 (no ties)"),
    "012": gettext_noop("012 (one tie)"),
    "102": gettext_noop("102 (one mutual pair)"),
    "021D": gettext_noop("021D (one names both others)"),
    "021U": gettext_noop("021U (both others name one)"),
    "021C": gettext_noop("021C (a chain of two)"),
    "111D": gettext_noop("111D (a mutual pair, one of whom a third names)"),
    "111U": gettext_noop("111U (a mutual pair, one of whom names a third)"),
    "030T": gettext_noop("030T (transitive)"),
    "030C": gettext_noop("030C (a cycle)"),
    "201": gettext_noop("201 (two mutual pairs)"),
    "120D": gettext_noop("120D (a mutual pair that a third names)"),
    "120U": gettext_noop("120U (a mutual pair that names a third)"),
    "120C": gettext_noop("120C (a mutual pair with a chain through a third)"),
    "210": gettext_noop("210 (all but one of the ties)"),
    "300": gettext_noop("300 (all ties)"),
}
# What the software itself calls the parts of its figures.
VALUES = (
    gettext_noop("Core"),
    gettext_noop("Active"),
    gettext_noop("Occasional"),
    gettext_noop("Dormant"),
    gettext_noop("Less than wanted"),
    gettext_noop("As wanted"),
    gettext_noop("More than wanted"),
    gettext_noop("Across"),
    gettext_noop("Within"),
    gettext_noop("Observed"),
    gettext_noop("Expected at random"),
    gettext_noop("Observed less expected"),
    gettext_noop("Adjusted"),
    gettext_noop("Unadjusted"),
    gettext_noop("Weighted"),
    gettext_noop("Unweighted"),
    gettext_noop("Frame"),
    gettext_noop("Respondents"),
    gettext_noop("All who answered"),
    gettext_noop("Answered both waves"),
    gettext_noop("Answered two waves in a row"),
    gettext_noop("Change in who answered"),
    gettext_noop("Within the panel"),
    gettext_noop("Panel then"),
    gettext_noop("Panel now"),
    gettext_noop("Everybody then"),
    gettext_noop("Everybody now"),
    gettext_noop("Partners before"),
    gettext_noop("Partners now"),
    gettext_noop("Mutual"),
    gettext_noop("Asymmetric"),
    gettext_noop("Null"),
    gettext_noop("Jaccard between the waves"),
    gettext_noop("None"),
    gettext_noop("One"),
    gettext_noop("Two or more"),
    gettext_noop("Attended early"),
    gettext_noop("Attended two or more"),
    gettext_noop("Named new ties"),
    gettext_noop("Attended an event"),
    gettext_noop("Named a new tie"),
    gettext_noop("Invited"),
    gettext_noop("Joined"),
    gettext_noop("Registered"),
    gettext_noop("Registered and attended"),
    gettext_noop("Idea"),
    gettext_noop("Submitted"),
    gettext_noop("Shortlisted"),
    gettext_noop("Funded"),
    gettext_noop("Had attended"),
    gettext_noop("Not yet"),
    gettext_noop("Up to 7 days"),
    gettext_noop("8 to 30 days"),
    gettext_noop("31 to 90 days"),
    gettext_noop("91 to 365 days"),
    gettext_noop("More than a year"),
    gettext_noop("Never"),
    gettext_noop("No event"),
    gettext_noop("1 event"),
    gettext_noop("2 events"),
    gettext_noop("3 events"),
    gettext_noop("4 events"),
    gettext_noop("5 events"),
    gettext_noop("6 events"),
    gettext_noop("7 events"),
    gettext_noop("8 events"),
    gettext_noop("9 events"),
    gettext_noop("10 or more events"),
    gettext_noop("Coordinator"),
    gettext_noop("Consultant"),
    gettext_noop("Gatekeeper"),
    gettext_noop("Representative"),
    gettext_noop("Liaison"),
)
KINDS_OF_ACTIVITY = {
    "coffee_matched": gettext_noop("Coffee trial: matched"),
    "coffee_met": gettext_noop("Coffee trial: met"),
    "coffee_trial": gettext_noop("Coffee trial: joined"),
    "download": gettext_noop("Downloaded something"),
    "exchange_idea": gettext_noop("Funding round: idea"),
    "exchange_submitted": gettext_noop("Funding round: submitted"),
    "exchange_shortlisted": gettext_noop("Funding round: shortlisted"),
    "exchange_funded": gettext_noop("Funding round: funded"),
    "group_call": gettext_noop("Call of a group"),
    "group_meeting": gettext_noop("Meeting of a group"),
    "post": gettext_noop("Wrote a post"),
    "site_visit": gettext_noop("Visited another site"),
}


@dataclass(frozen=True)
class Shown:
    """What a chart shows of the rows of its results: its figure, its sentence, and what people are told who do not see it.

    Read only: sessions share it.
    """

    rows: tuple[pd.DataFrame, ...]
    figure: go.Figure
    reading: str
    alt: str


_SHOWN: Once[Shown] = Once(800)
_LABELS: Once[dict[str, str]] = Once(4)


def name_relation(result: Result) -> str:
    """The relation that a result was asked for, which its sentence then begins with: "advice: "."""
    return next((f"{value}: " for name, value in result.selection.where if name == RELATION), "")


def chart_for(view: View, result: Result) -> Shown:
    """The chart of a result, made once for its release, selection and scope."""
    return _keep(view, (result,), (), lambda: _make_chart(view, result))


def kind_for(view: View, kind: str, results: Sequence[Result]) -> Shown:
    """A chart of `ui.charts.kinds.KINDS`, of one result or several."""
    return _keep(view, results, kind, lambda: _make_kind(view, kind, results))


def series_for(view: View, result: Result) -> Shown:
    """The control chart of a series, with the journal's new baselines and notes, the programme's events and its target."""
    entries = list_notes(result.indicator.id)
    rebases, notes = tuple(choose_rebases(result, entries)), tuple(choose_notes(result, entries))
    how = ("series", rebases, notes)
    return _keep(view, (result,), how, lambda: _make_series(view, result, rebases, notes))


def _keep(view: View, results: Sequence[Result], how: Hashable, make: Callable[[], Shown]) -> Shown:
    """What is shown of all rows of some results is kept; of some of their rows it is made each time."""
    asked = tuple((result.indicator.id, result.selection) for result in results)
    kept = _SHOWN.get(view.engine, (asked, view.scope, how), make)
    is_whole = all(one is result.table for one, result in zip(kept.rows, results, strict=True))
    return kept if is_whole else make()


def _make_chart(view: View, result: Result) -> Shown:
    figure = draw(result, label_all(view))
    with speak_whole():
        reading = name_relation(result) + read_result(result, label_all(view))
        alt = gettext("Chart of {title}. {reading}").format(
            title=gettext(result.indicator.title), reading=reading
        )
    return Shown((result.table,), figure, reading, alt)


def _make_kind(view: View, kind: str, results: Sequence[Result]) -> Shown:
    made, labels = KINDS[kind], label_all(view)
    aim = {"target": find_shown_target(view.engine, results[0])} if made.has_target else {}
    figure = made.draw(results, labels, **aim)
    with speak_whole():
        reading = name_relation(results[0]) + made.read(results, label_all(view), **aim)
    return Shown(tuple(result.table for result in results), figure, reading, reading)


def _make_series(view: View, result: Result, rebases: Sequence[Rebase], notes: Happenings) -> Shown:
    chart = make_chart(result, list(rebases), find_series_target(view.engine, result))
    labels = label_all(view)
    with speak_whole():
        reading = read_spc(result, chart, label_all(view))
        title = gettext(result.indicator.title)
        alt = gettext("Control chart of {title}. {reading}").format(title=title, reading=reading)
    events = [(day, labels.get(event, event)) for event, day in list_events(view).items()]
    return Shown((result.table,), draw_spc(result, chart, labels, notes, events), reading, alt)


def label_all(view: View) -> dict[str, str]:
    """Names for readers of waves, items, events, dispositions and kinds of activity, by id. Read only."""
    return _LABELS.get(
        view.engine,
        "all",
        lambda: {**_name_values(), **_name_codes(view), **item_texts(view), **label_waves(view)},
    )


def _name_values() -> dict[str, str]:
    """Values that the software itself gives to parts of figures."""
    return {**{one: gettext(one) for one in VALUES}, **{code: gettext(one) for code, one in WORDS.items()}}


def _name_codes(view: View) -> dict[str, str]:
    """Kinds of activity in words, and events by title and day; where several have both, or an id, they stay with their code."""
    kinds = view.engine.query(
        "SELECT DISTINCT kind FROM activities WHERE regexp_full_match(kind, '[a-z0-9_]+')"
    )
    names = {
        str(kind): gettext(KINDS_OF_ACTIVITY.get(str(kind), str(kind).replace("_", " ").capitalize()))
        for kind in kinds["kind"]
    }
    events = view.engine.query(
        """SELECT e.event_id, e.title, d.on_date FROM events e JOIN event_days d USING (event_id)
        QUALIFY count(*) OVER (PARTITION BY e.title, d.on_date) = 1 AND count(*) OVER (PARTITION BY e.event_id) = 1"""
    )
    for event, title, day in zip(events["event_id"], events["title"], events["on_date"], strict=True):
        names[str(event)] = _name_event(str(title), day.date())
    return names


def _name_event(title: str, day: date) -> str:
    """An event by its title and day, of which the month is not said twice."""
    month = f" {MONTHS[day.month - 1]} {day.year}"
    return f"{title.removesuffix(month)}, {format_day(day)}"


def item_texts(view: View) -> dict[str, str]:
    """The question of each item, by item id. Read only."""
    return _LABELS.get(view.engine, "items", lambda: _item_texts(view))


def _item_texts(view: View) -> dict[str, str]:
    items = view.engine.query("SELECT item_id, min(text) AS text FROM items GROUP BY item_id")
    return {str(item): str(text) for item, text in zip(items["item_id"], items["text"], strict=True)}


def list_items(view: View, kind: str, construct: str = "") -> list[str]:
    """Ids of the items of a kind, of one construct or of all."""
    items = view.engine.query(
        "SELECT DISTINCT item_id FROM items WHERE kind = ? AND (? = '' OR construct = ?) ORDER BY item_id",
        [kind, construct, construct],
    )
    return [str(item) for item in items["item_id"]]


def list_all_items(view: View) -> list[str]:
    """Ids of the items with answers of a scale."""
    return [item for kind in ("likert", "nps") for item in list_items(view, kind)]


def list_constructs(view: View) -> list[str]:
    """The constructs of the codebook."""
    found = view.engine.query(
        "SELECT DISTINCT construct FROM items WHERE construct IS NOT NULL ORDER BY construct"
    )
    return [str(construct) for construct in found["construct"]]
