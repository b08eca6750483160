"""Signing in and out: what somebody sees who is not known yet, or is known and has no role."""

from __future__ import annotations

import streamlit as st

from settings import load_settings
from sharing.store.people import Person
from ui.words.language import gettext, gettext_noop
from ui.words.numbers import escape_markdown

WIDTH = 460
ROLES = {
    "admin": gettext_noop("administrator"),
    "evaluator": gettext_noop("evaluator"),
    "lead": gettext_noop("programme lead"),
}


def show_door(person: Person | None) -> None:
    """The only page for somebody without a role: sign in, or whom to ask."""
    with st.container(horizontal_alignment="center"), st.container(width=WIDTH):
        st.title(gettext("Q evaluation"), anchor=False)
        if person is None:
            _offer_sign_in()
            return
        st.markdown(
            gettext("You are signed in as **{email}**, but you have no access yet.").format(
                email=escape_markdown(person.email or person.name)
            )
        )
        st.markdown(
            gettext(
                "Ask {contact} to give you a role, with this e-mail address. Then load this page again."
            ).format(contact=escape_markdown(load_settings().contact))
        )
        _offer_sign_out()


def _offer_sign_in() -> None:
    st.markdown(gettext("The running findings of an evaluation, for its evaluators and programme leads."))
    if load_settings().identity == "proxy":
        st.markdown(
            gettext("Nobody is signed in. Open this page by the address that your organisation gave you.")
        )
        return
    st.button(gettext("Sign in"), on_click=st.login, width="stretch")
    st.caption(
        gettext(
            "With the account of your organisation. If somebody sent you a link to shared findings, open that link."
        )
    )


def draw_person(person: Person) -> None:
    """Who is signed in, and the way out; nothing where nobody signs in."""
    if load_settings().identity == "local" or person.role is None:
        return
    st.caption(f"{escape_markdown(person.name)}, {gettext(ROLES[person.role])}")
    _offer_sign_out()


def _offer_sign_out() -> None:
    if load_settings().identity == "oidc":
        st.button(gettext("Sign out"), on_click=st.logout, key="sign_out")
