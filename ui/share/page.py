"""The Share page: a link is shown before it is made, then managed; for the administrator only."""

from __future__ import annotations

import getpass
from collections import Counter
from pathlib import Path

import streamlit as st

from commands import Refusal
from settings import load_settings
from sharing.refresh import read_report, refresh_links
from sharing.sealing.causes import Cause, advise, describe_causes
from sharing.sealing.preflight import (
    FUNDER,
    Preflight,
    Request,
    check_address,
    describe_others,
    describe_smallest,
    make_link,
    open_kept_links,
    prepare_link,
    write_address,
)
from sharing.sealing.seal import summarise_extract
from sharing.store.links import (
    DEFAULT_DAYS,
    LATEST,
    LONGEST_DAYS,
    LONGEST_LABEL,
    LONGEST_PASSWORD,
    SLEEP_DAYS,
    Links,
)
from ui.share.sealed_page import COLUMN, show_preview
from ui.shell.session import View, say_refusal
from ui.shell.viewer.identity import find_viewer
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import escape_markdown, format_count

PREFLIGHT, MADE = "share_preflight", "share_made"
PINNED, FOLLOWING = gettext_noop("This release, as it is now"), gettext_noop("Always the latest release")


def open_shared_links() -> Links:
    """The link store, shared by all sessions."""
    return _open_links(load_settings().data)


@st.cache_resource(max_entries=2, show_spinner=False, on_release=lambda links: links.close())
def _open_links(data: Path) -> Links:
    return open_kept_links(data)


def show_request(view: View, links: Links) -> None:
    """The form for a new link; pressing its button shows what the recipient would see."""
    with st.form("share_request"):
        label = st.text_input(
            gettext("For whom"), max_chars=LONGEST_LABEL, placeholder=gettext("For example: The Foundation")
        )
        with st.grid(min_column_width=150):
            days = st.number_input(gettext("Days that it works"), 1, LONGEST_DAYS, DEFAULT_DAYS)
            sleep = st.number_input(gettext("Sleeps after days unopened"), 1, LONGEST_DAYS, SLEEP_DAYS)
            views = st.number_input(gettext("Most views (empty: any)"), 1, 100_000, None)
            password = st.text_input(
                gettext("Password (empty: none)"),
                type="password",
                max_chars=LONGEST_PASSWORD,
                autocomplete="new-password",
            )
        release = st.radio(
            gettext("What it shows"), [PINNED, FOLLOWING], format_func=gettext, horizontal=True
        )
        is_asked = st.form_submit_button(gettext("See what they will see"))
    if not is_asked:
        return
    st.session_state.pop(MADE, None)
    st.session_state.pop(PREFLIGHT, None)
    request = Request(
        label=label,
        days=int(days),
        password=password or None,
        max_views=None if views is None else int(views),
        sleep_days=int(sleep),
        release_id=LATEST if release == FOLLOWING else view.release.id,
    )
    try:
        check_address(load_settings().share_url)
        st.session_state[PREFLIGHT] = prepare_link(load_settings().data, links, request)
    except Refusal as fault:
        st.markdown(say_refusal(fault))


def show_preflight(links: Links) -> None:
    """What the recipient would see, how small its counts are and who has the same, with the button that makes it."""
    preflight = st.session_state.get(PREFLIGHT)
    if not isinstance(preflight, Preflight):
        return
    st.header(
        escape_markdown(gettext("What {label} will see").format(label=preflight.request.label)), anchor=False
    )
    st.markdown("\n".join(f"- {escape_markdown(sentence)}" for sentence in describe_risks(preflight)))
    with st.container(horizontal=True):
        is_wanted = st.button(gettext("Create the link"))
        is_dropped = st.button(gettext("Discard"))
    if is_wanted:
        try:
            link, token = make_link(load_settings().data, links, preflight, _find_user())
        except (Refusal, OSError) as fault:
            st.markdown(say_refusal(fault))
        else:
            st.session_state[MADE] = (link.label, write_address(load_settings().share_url, token))
    if is_dropped or (is_wanted and MADE in st.session_state):
        del st.session_state[PREFLIGHT]
        st.rerun()
    with st.container(border=True, key="share_preview", width=COLUMN):
        show_preview(preflight.extract)


def describe_risks(preflight: Preflight) -> list[str]:
    """Sentences for the one who decides: how many figures, what is hidden, how few people, who has the same."""
    summaries = summarise_extract(preflight.extract)
    shown, hidden = sum(one.shown for one in summaries), sum(one.hidden for one in summaries)
    wholly = [one for one in summaries if one.hidden and not one.shown]
    gone = [
        gettext("{title} by {listed}: {causes}").format(
            title=gettext(one.title), listed=", ".join(one.by), causes=describe_causes(one.causes, FUNDER)
        )
        if one.by
        else f"{gettext(one.title)}: {describe_causes(one.causes, FUNDER)}"
        for one in wholly
    ]
    counted = Counter[Cause]()
    for one in summaries:
        counted.update(dict(one.causes))
    why = describe_causes(tuple(counted.most_common()), FUNDER)
    follows = preflight.request.release_id == LATEST
    return [
        gettext("{values} shown, {hidden} hidden{why}.").format(
            values=format_count(shown, "value"), hidden=hidden, why=f": {why}" if why else ""
        ),
        *(gettext("Wholly hidden: {figure}.").format(figure=one) for one in gone),
        *advise([one.causes for one in wholly], FUNDER),
        describe_smallest(preflight.extract),
        describe_others(preflight.others),
        gettext("It follows the latest release by itself.")
        if follows
        else gettext("It stays at this release."),
    ]


def show_made() -> None:
    """The address of the link just made, once, until it is put away."""
    made = st.session_state.get(MADE)
    if made is None:
        return
    label, address = made
    with st.container(border=True, key="share_made_box"):
        st.markdown(
            escape_markdown(
                gettext("The link for {label}. Copy it now: it cannot be shown again.").format(label=label)
            )
        )
        st.code(address, language=None, wrap_lines=True)
        if st.button(gettext("I have copied it")):
            del st.session_state[MADE]
            st.rerun()


def show_refresh(links: Links) -> None:
    """Whether the pages that follow the latest release could be sealed anew; a button where they could not."""
    report = read_report(load_settings().data)
    if report is None or not report.failure:
        return
    st.warning(escape_markdown(report.failure))
    if st.button(gettext("Try again now")):
        try:
            refresh_links(load_settings().data, links)
        except (Refusal, OSError) as fault:
            st.markdown(say_refusal(fault))
        else:
            st.rerun()


def _find_user() -> str:
    """The e-mail of who is signed in; where nobody signs in, the name of this machine's user."""
    person = find_viewer()
    if person is not None and person.email:
        return person.email
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
