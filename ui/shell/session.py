"""Who is looking at what: scope, release, filters. The only home of the names in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import streamlit as st

from indicators.catalogue import find_indicator
from indicators.definition import Indicator
from indicators.gate.disclosure import SCOPES, Scope
from indicators.gate.groups import list_named
from indicators.published.show import compute_result
from indicators.result import Result
from indicators.selection import Selection, list_attributes
from settings import load_settings
from ui.shell.address import ALL, choose
from ui.shell.once import Once
from ui.shell.viewer.identity import find_viewer
from ui.words.language import gettext
from ui.words.numbers import escape_markdown, format_period, name_dimension
from warehouse.contracts import NOT_RECORDED
from warehouse.engine import Engine
from warehouse.release import NoRelease, Release, current_id, find_release

PERIOD, RELATION = "period", "relation"
FILTERS: tuple[str, ...] = ("cohort", "profession", "region", "organisation_type")
_RELEASE = "release_id"
EVERYBODY = "of everybody asked"
_OPTIONS: Once[dict[str, tuple[str, ...]]] = Once(20, has_words=False)
_RESULTS: Once[Result] = Once(1000, has_words=False)


@dataclass(frozen=True)
class View:
    """What one viewer looks at: a release through its engine, the chosen filters and period, the scope.

    `relation` is the relation that figures of ties are of; '' for each relation that there is.
    """

    engine: Engine
    release: Release
    filters: tuple[tuple[str, str], ...]
    period: str
    scope: Scope
    relation: str = ""


def find_scope() -> Scope:
    """What the person looking may see, looked up anew on every run. Raises PermissionError for nobody with a role."""
    person = find_viewer()
    if person is None or person.role is None:
        raise PermissionError("Nobody with a role looks at this page.")
    return SCOPES[person.role]


def open_shown_engine() -> Engine | None:
    """Fix the release that this run of the script shows and open it; None when none can be opened."""
    release_id = find_live_id()
    st.session_state[_RELEASE] = release_id
    return None if release_id is None else _try_open(release_id)


def find_live_id() -> str | None:
    """Id of the live release; None where there is none, or where its name cannot be read."""
    try:
        return current_id(load_settings().data)
    except NoRelease:
        return None


def say_refusal(fault: Exception) -> str:
    """A refusal in words for a page, which do not say where the data folder lies on this server."""
    return escape_markdown(str(fault).replace(f"{load_settings().data}/", ""))


def explain_closed() -> str:
    """Why there is no release to show, in a sentence for the log."""
    try:
        release_id = find_release(load_settings().data).id
        open_engine(release_id)
    except (NoRelease, duckdb.Error) as fault:
        return str(fault)
    return gettext("Release {release} could not be opened: load the page again.").format(release=release_id)


def shown_release_id() -> str | None:
    """Id of the release that this session shows."""
    release_id = st.session_state.get(_RELEASE)
    return None if release_id is None else str(release_id)


def open_engine(release_id: str) -> Engine:
    """The engine of a release, shared by all sessions; at most three are kept open. Raises NoRelease.

    One that is let go is closed when the last page that reads it has ended.
    """
    return _open_engine(str(find_release(load_settings().data, release_id).path), release_id)


@st.cache_resource(max_entries=3, show_spinner=False)
def _open_engine(path: str, release_id: str) -> Engine:
    return Engine(find_release(load_settings().data, release_id))


def _try_open(release_id: str) -> Engine | None:
    try:
        return open_engine(release_id)
    except (NoRelease, duckdb.Error):
        return None


def current_view() -> View | None:
    """What this session looks at now, from the filters in dashboard.py; None when there is no release."""
    release_id = shown_release_id()
    engine = None if release_id is None else _try_open(release_id)
    if engine is None:
        return None
    scope = find_scope()
    chosen = {name: st.session_state.get(name) for name in (PERIOD, *FILTERS)}
    offered = list_options(engine, scope)
    filters = tuple((name, str(chosen[name])) for name in FILTERS if chosen[name] in offered[name])
    period = str(chosen[PERIOD]) if chosen[PERIOD] in offered[PERIOD] else "all"
    return View(engine, engine.release, filters, period, scope)


def list_options(engine: Engine, scope: Scope) -> dict[str, tuple[str, ...]]:
    """The values offered by each filter, without "All": periods newest first, then groups by name.

    A group too small to be named is not offered: its name alone would say it exists.
    """
    return _OPTIONS.get(engine, scope, lambda: _list_options(scope, engine))


def _list_options(scope: Scope, engine: Engine) -> dict[str, tuple[str, ...]]:
    periods = engine.query(
        """SELECT period FROM calendar_periods WHERE grain IN ('year', 'quarter', 'month')
        ORDER BY year(starts_on) DESC, grain = 'year' DESC, grain = 'quarter' DESC, starts_on DESC"""
    )["period"]
    options = {PERIOD: tuple(str(period) for period in periods)}
    known = list_attributes(engine)
    for name in FILTERS:
        options[name] = ()
        if name in known:
            groups = sorted(list_named(engine, name, scope))
            options[name] = tuple(group for group in groups if group not in (ALL, NOT_RECORDED))
    return options


def draw_filters(engine: Engine, *, are_used: bool = True) -> None:
    """The filters, kept in the URL; a value in the URL that is not offered counts as All, and is said.

    Where the page does not follow them (`are_used` is off) that is said; they stay, because a box that is not drawn loses what is
    chosen in it for the other pages.
    """
    if not are_used:
        st.caption(gettext("This page is of everybody and all time: no filter changes it."))
    for name, values in list_options(engine, find_scope()).items():
        choose(name_dimension(name), (ALL, *values), key=name, filter_mode="contains")


def fetch(
    view: View,
    indicator_id: str,
    *,
    by: Sequence[str] = (),
    where: Sequence[tuple[str, str]] = (),
    period: str | None = None,
    grain: str = "",
    settings: Sequence[tuple[str, str]] = (),
) -> Result:
    """An indicator as this view asks for it: with the view's filters and relation, and its period unless another is given.

    An indicator over all time ignores the period; one on the axis wave takes the waves opened in a calendar
    period. Read only: the Result is shared by every session with the same scope. Raises BadSelection as
    `compute_result` does.
    """
    indicator = find_indicator(view.engine, indicator_id)
    wanted = view.period if period is None else period
    of_relation = ((RELATION, view.relation),) if view.relation and RELATION in indicator.measures else ()
    has_calendar = indicator.time_axis in ("week", "month")
    selection = Selection(
        period="all" if indicator.time_axis == "all" else wanted,
        grain=grain if has_calendar else "",
        by=tuple(by),
        where=(*(() if indicator.is_whole else view.filters), *of_relation, *where),
        settings=tuple(settings),
    )
    key = (indicator_id, selection, view.scope)
    result = _RESULTS.get(
        view.engine, key, lambda: compute_result(view.engine, indicator, selection, view.scope)
    )
    limits = say_unfollowed(view, indicator, follows_period=period is None)
    warnings = tuple(_warn_of_some(view, one) for one in result.passport.warnings)
    if not limits and warnings == result.passport.warnings:
        return result
    return replace(result, passport=replace(result.passport, unfollowed=limits, warnings=warnings))


def _warn_of_some(view: View, warning: str) -> str:
    """A warning of who answered, which is of everybody, where only some are chosen."""
    if not view.filters or EVERYBODY not in warning:
        return warning
    chosen = ", ".join(value for _, value in view.filters)
    return gettext("{warning} That is of everybody: of {chosen} it may have been fewer.").format(
        warning=gettext(warning), chosen=chosen
    )


def say_unfollowed(view: View, indicator: Indicator, *, follows_period: bool = True) -> str:
    """What is chosen on the left that a figure cannot follow, in words; '' where it follows all."""
    parts = []
    if indicator.is_whole and view.filters:
        parts.append(
            gettext("Everybody, not only {groups}: this figure has no groups.").format(
                groups=", ".join(value for _, value in view.filters)
            )
        )
    if indicator.time_axis == "all" and view.period != "all" and follows_period:
        parts.append(
            gettext("All time, not only {period}: this figure has no periods.").format(
                period=format_period(view.period)
            )
        )
    return " ".join(parts)
