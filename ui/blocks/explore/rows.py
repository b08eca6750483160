"""Rows and questions of an evaluator's own over the pseudonymous tables of the release."""

from __future__ import annotations

import streamlit as st

from commands import Refusal
from indicators.gate.disclosure import Scope
from ui.blocks.cards import show_download
from ui.export import write_rows
from ui.shell.session import View, find_scope, say_refusal
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import escape_markdown
from warehouse.contracts import TABLES
from warehouse.questions.ask import MOST_ROWS, MOST_SECONDS, ask_rows, list_askable

EXAMPLES = {
    gettext_noop("Members by region"): (
        "SELECT region, count(*) AS members\nFROM members\nGROUP BY ALL\nORDER BY members DESC"
    ),
    gettext_noop("Who attended how many events"): (
        "SELECT member_id, count(*) FILTER (attended) AS attended, count(*) AS listed\n"
        "FROM attendance\nGROUP BY member_id\nORDER BY attended DESC"
    ),
    gettext_noop("Answers with what was asked"): (
        "SELECT a.wave_id, a.respondent_id, i.text AS question, a.value\n"
        "FROM answers a\nJOIN waves w USING (wave_id)\nJOIN items i USING (survey_id, item_id)\n"
        "ORDER BY ALL\nLIMIT 200"
    ),
    gettext_noop("Ties across organisations, by wave"): (
        "SELECT t.wave_id, avg((a.organisation <> b.organisation)::INTEGER) AS share_across, count(*) AS ties\n"
        "FROM ties t\nJOIN members a ON a.member_id = t.from_member_id\n"
        "JOIN members b ON b.member_id = t.to_member_id\nGROUP BY ALL\nORDER BY ALL"
    ),
}


def can_ask(scope: Scope) -> bool:
    """Whether somebody may see rows: those whom no count is hidden from."""
    return scope.role in ("evaluator", "admin")


def show_rows_and_questions(view: View) -> None:
    """A box for one SELECT with examples, the tables beside it, and the rows that it gives."""
    st.markdown(
        "One SELECT (DuckDB's SQL) over the tables of this release. People stand under pseudonyms; nothing can be changed, and "
        "nothing but these tables can be read."
    )
    left, right = st.columns([3, 2], gap="large")
    with right:
        for name, description in list_askable().items():
            with st.expander(name, key=f"table-{name}", on_change="rerun") as described:
                pass
            if described.open:
                with described:
                    st.markdown(escape_markdown(description))
                    st.table(
                        [
                            {
                                gettext("Column"): c.name,
                                gettext("Type"): c.type,
                                gettext("What it is"): c.description,
                            }
                            for c in TABLES[name].columns
                        ]
                    )
    with left:
        example = st.selectbox(gettext("Example"), list(EXAMPLES), key="example", format_func=gettext)
        with st.form("question", border=False):
            sql = st.text_area("SQL", EXAMPLES[str(example)], key=f"sql-{example}", height=220)
            is_asked = st.form_submit_button(gettext("Run"))
        if is_asked:
            _answer(view, sql)


def _answer(view: View, sql: str) -> None:
    if not can_ask(find_scope()):
        st.markdown(gettext("Rows are for evaluators."))
        return
    bar = st.progress(0.0, gettext("Running, a minute at most; press Stop, or change anything, to end it."))
    st.button(gettext("Stop"), key="stop-question")
    try:
        rows, is_more = ask_rows(
            view.release, sql, look=lambda gone: bar.progress(min(gone / MOST_SECONDS, 1.0))
        )
    except Refusal as fault:
        bar.empty()
        st.warning(say_refusal(fault))
        return
    bar.empty()
    st.caption(
        gettext("The first {most:,} rows: there are more.").format(most=MOST_ROWS)
        if is_more
        else gettext("{count:,} rows").format(count=len(rows))
    )
    st.dataframe(rows, hide_index=True, key="answer", width="stretch")
    content = write_rows(
        list(map(str, rows.columns)), rows.astype(object).where(rows.notna(), None).to_numpy().tolist()
    )
    show_download(content, "rows", view.release.id, key="rows", role="evaluator")
