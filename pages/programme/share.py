"""Share: what others may see, shown before they see it, and every link that is out."""

from __future__ import annotations

import streamlit as st

from ui.blocks.cards import show_header
from ui.share.links import show_links
from ui.share.notes import show_funder_notes
from ui.share.page import open_shared_links, show_made, show_preflight, show_refresh, show_request
from ui.share.story import show_story_form
from ui.shell.session import current_view
from ui.words.language import gettext

view = current_view()
assert view is not None
show_header(
    gettext("Share"),
    gettext(
        "A link shows one sealed page of figures, in which nobody can be found. You see it before they do."
    ),
    has_filters=False,
)
if view.scope.role != "admin":
    st.markdown(gettext("Only an administrator shares. Ask one to make a link for you."))
    st.stop()
links = open_shared_links()
show_refresh(links)
st.header(gettext("A new link"), anchor=False)
show_made()
show_request(view, links)
show_preflight(links)
show_links(links)
show_story_form(view, links)
show_funder_notes(view, links)
