"""What stands behind a chart for those who doubt it: what may be said, and whether another definition says otherwise."""

from __future__ import annotations

import streamlit as st

from indicators.definition import Indicator
from indicators.gate.disclosure import Scope
from indicators.result import Result
from indicators.selection import Selection
from indicators.switchboard import Settings, Sweep, sweep_definitions
from ui.charts.figures import label_all
from ui.shell.session import View, current_view, fetch
from ui.words.claims import Verdict, judge_result
from ui.words.language import gettext, ngettext, speak_whole
from ui.words.numbers import describe_estimate, escape_markdown, format_count, format_period
from ui.words.tables import write_table
from warehouse.engine import Engine

MOST_LINES = 6


@speak_whole()
def _judge(result: Result) -> Verdict:
    view = current_view()
    return judge_result(result, *(({}, {}) if view is None else (read_response(view), label_all(view))))


def show_claims(result: Result) -> None:
    """The sentence that the numbers support, and each claim with whether it holds and why."""
    verdict = _judge(result)
    st.markdown("**" + gettext("You can say:") + "** " + escape_markdown(verdict.sentence))
    for holds, heading in (
        (True, gettext("The figures support")),
        (False, gettext("The figures do not support")),
    ):
        claims = [claim for claim in verdict.claims if claim.holds == holds]
        if claims:
            lines = [f"- {escape_markdown(claim.words)}: {escape_markdown(claim.reason)}" for claim in claims]
            st.markdown(f"**{heading}**\n\n" + "\n".join(lines))


def read_response(view: View) -> dict[str, float]:
    """The response rate (RR1) of each wave, as this viewer may see it."""
    table = fetch(view, "response_rate_rr1", period="all").table
    shown = table[table["status"] == "ok"]
    return dict(zip(shown["period"].astype(str), shown["value"].astype(float), strict=True))


def show_switchboard(result: Result) -> None:
    """The latest figures under every reasonable definition, and whether the conclusion survives them."""
    view = current_view()
    if view is None:
        return
    with st.spinner(gettext("Computing every reasonable definition")):
        sweep = _sweep(
            str(view.release.path), result.indicator.id, result.selection, view.scope, view.engine, result
        )
    st.markdown(f"**{escape_markdown(describe_sweep(sweep))}**")
    labels = label_all(view)
    for parameter in result.indicator.parameters:
        st.caption(
            escape_markdown(
                gettext("{meaning}: {default} by default.").format(
                    meaning=gettext(parameter.meaning), default=gettext(parameter.default)
                )
            )
        )
    rows = [
        {
            gettext("Definition"): describe_settings(settings, sweep.indicator),
            gettext("Figures"): summarise_latest(one, labels),
        }
        for settings, one in sweep.results
    ]
    st.html(write_table(rows))


@st.cache_resource(max_entries=50, show_spinner=False)
def _sweep(
    path: str, indicator_id: str, selection: Selection, scope: Scope, _engine: Engine, _result: Result
) -> Sweep:
    return sweep_definitions(_engine, _result.indicator, selection, scope)


@speak_whole()
def describe_sweep(sweep: Sweep) -> str:
    """Whether the conclusion survives, in a sentence."""
    total = len(sweep.results)
    silent = (
        gettext(" {definitions} gave no figure.").format(
            definitions=format_count(len(sweep.silent), "definition")
        )
        if sweep.silent
        else ""
    )
    if not sweep.concludes:
        return gettext(
            "Each definition counts something else, so that the figures differ: no conclusion hangs on them.{silent}"
        ).format(silent=silent)
    if sweep.survives:
        return gettext("The conclusion is the same under all {total} definitions tried.{silent}").format(
            total=total - len(sweep.silent), silent=silent
        )
    against, others = len(sweep.differing), total - 1
    example = describe_settings(sweep.differing[0], sweep.indicator)
    if others == 1:
        return gettext(
            "The conclusion is another one under the other definition ({example}).{silent}"
        ).format(example=example, silent=silent)
    return ngettext(
        "The conclusion is not always the same: {against} of {others} other definitions says otherwise, such as {example}.{silent}",
        "The conclusion is not always the same: {against} of {others} other definitions say otherwise, such as {example}.{silent}",
        against,
    ).format(against=against, others=others, example=example, silent=silent)


def describe_settings(settings: Settings, indicator: Indicator) -> str:
    """What of a definition is not the usual, in words: "Days without anything that make a lapse: 90"; "as shown" for the default."""
    known = {parameter.name: parameter for parameter in indicator.parameters}
    parts = [
        f"{gettext(known[name].meaning).partition(':')[0]}: {gettext(value)}"
        for name, value in settings
        if value != known[name].default
    ]
    return "; ".join(parts) or gettext("As shown")


def summarise_latest(result: Result, labels: dict[str, str]) -> str:
    """The latest figures of a result in one line, the first few where there are many."""
    latest = result.table[result.table["period"] == result.table["period"].iloc[-1]]
    lines, labels = [], dict(result.name_items(labels))
    for row in latest.head(MOST_LINES).to_dict(orient="records"):
        names = [str(labels.get(str(row[name]), row[name])) for name in result.telling]
        figure = describe_estimate({str(key): value for key, value in row.items()}, result.indicator)
        lines.append(" ".join([*names, figure]))
    more = (
        gettext(" and {count} more").format(count=len(latest) - MOST_LINES)
        if len(latest) > MOST_LINES
        else ""
    )
    period = format_period(str(latest["period"].iloc[0]), labels)
    return f"{period}: {'; '.join(lines)}{more}"
