"""How chosen files are to be read: the options of the command, in a popover."""

from __future__ import annotations

import streamlit as st

from etl.command.upload import How
from etl.reading.types import DateOrder, Options
from settings import load_settings
from ui.words.language import gettext, gettext_noop

_ORDERS: dict[DateOrder | None, str] = {
    None: gettext_noop("As the files show"),
    "dmy": gettext_noop("31/12/2015 (dmy)"),
    "mdy": gettext_noop("12/31/2015 (mdy)"),
    "ymd": gettext_noop("2015/12/31 (ymd)"),
}


def ask_how(*, may_settle: bool) -> How:
    """What is chosen of the options; each says what the command calls it, by which a refusal asks for it."""
    zone = load_settings().zone
    with st.popover(gettext("How they are to be read"), type="tertiary"):
        st.caption(
            gettext(
                "A file that needs one of these says so when it is checked. They count for all files chosen: a file that needs another "
                "order of dates is loaded by itself."
            )
        )
        order = st.selectbox(
            gettext("Order of dates (--date-order)"),
            list(_ORDERS),
            format_func=lambda order: gettext(_ORDERS[order]),
            key="upload-order",
        )
        survey = st.text_input(gettext("Survey of a file of answers (--survey)"), key="upload-survey")
        wave = st.text_input(gettext("Wave of a file of answers (--wave)"), key="upload-wave")
        event = st.text_input(gettext("Event of a meeting report (--event)"), key="upload-event")
        encoding = st.text_input(
            gettext("Encoding of files that are not UTF-8 (--encoding)"),
            placeholder="cp1252",
            key="upload-encoding",
        )
        stated = st.text_input(
            gettext("Time zone of local times (--zone)"), placeholder=zone, key="upload-zone"
        )
        last = st.date_input(
            gettext("Last day the files cover (--complete-to)"), value=None, key="upload-complete"
        )
        summed = st.text_input(
            gettext("Relations whose rows are contacts, which are added up (--sum-ties)"),
            placeholder=gettext("emails, calls"),
            key="upload-summed",
        )
        same = st.checkbox(
            gettext("Anonymous people of the same number are the same (--same-people)"), key="upload-same"
        )
        fresh = st.checkbox(
            gettext("Start from these files only, without the earlier ones (--fresh)"), key="upload-fresh"
        )
    options = Options(
        encoding=encoding.strip() or None,
        date_order=order,
        zone=stated.strip() or zone,
        is_zone_stated=bool(stated.strip()),
        is_same_people=same,
        survey_id=survey.strip() or None,
        wave_id=wave.strip() or None,
        event_id=event.strip() or None,
        complete_to=last,
        sum_ties="|".join(name.strip() for name in summed.split(",") if name.strip()) or None,
    )
    return How(options, fresh, may_settle)
