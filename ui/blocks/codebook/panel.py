"""The questions of the surveys: found by words or by survey, an item a row and a wave a column."""

from __future__ import annotations

import streamlit as st

from indicators.codebook.questions import Codebook, list_questions
from ui.blocks.codebook.table import write_questions
from ui.shell.address import pick
from ui.shell.session import View
from ui.words.language import gettext, gettext_noop, ngettext
from ui.words.numbers import format_count

NOT_TOLD = gettext_noop(
    "Where a file does not name its wave, only its answers say what was asked in it: evaluators see that, and here the item is "
    "“In the codebook”."
)


def show_questions(view: View) -> None:
    """The heading, what is in the codebook, a box for words and a button a survey, and the table of each survey."""
    st.header(gettext("The questions"), anchor=False)
    codebook = list_questions(view.engine, view.scope)
    if codebook is None:
        st.markdown(
            gettext(
                "This release was made before questions were kept: load any of its files again to see them."
            )
        )
        return
    if not codebook.questions:
        st.markdown(
            gettext("No survey of this release has a question. To see them here, load items and answers.")
        )
        return
    st.markdown(count_marks(codebook))
    if view.scope.minimum:
        st.markdown(gettext(NOT_TOLD))
    words = st.text_input(
        gettext("Find a question"), placeholder=gettext("For example: reversed"), key="question_words"
    )
    surveys = sorted({one.item.survey_id for one in codebook.questions})
    survey = (
        pick(gettext("Or choose a survey"), surveys, key="survey", noun=gettext("survey"))
        if len(surveys) > 1
        else None
    )
    found = codebook.find(words)
    listed = [one for one in found.questions if survey in (None, one.item.survey_id)]
    if not listed:
        st.markdown(gettext("No question has these words in its row."))
    else:
        with st.expander(gettext("Each question"), expanded=bool(words.strip()) or survey is not None):
            st.html(write_questions(listed, codebook.waves))


def count_marks(codebook: Codebook) -> str:
    """What is in the codebook, in one sentence."""
    gaps, clashes = codebook.count("gap"), codebook.count("clash")
    asked = {one.item.survey_id for one in codebook.questions}
    waves = [wave for wave in codebook.waves if wave.survey_id in asked]
    return ngettext(
        "{items} in {waves}: {gaps}, where a wave did not ask an item, and {clashes:,} clash, where scale, labels or direction differ.",
        "{items} in {waves}: {gaps}, where a wave did not ask an item, and {clashes:,} clashes, where scale, labels or direction differ.",
        clashes,
    ).format(
        items=format_count(len(codebook.questions), "item"),
        waves=format_count(len(waves), "wave"),
        gaps=format_count(gaps, "gap"),
        clashes=clashes,
    )
