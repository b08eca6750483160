"""The story: four claims at most, one chart each, evidence for and against; what a share link shows."""

from __future__ import annotations

from ui.blocks.cards import show_header
from ui.share.preview import show_story
from ui.shell.session import current_view
from ui.words.language import gettext

view = current_view()
assert view is not None
show_header(
    gettext("The story"),
    gettext(
        "Four claims at most, with what speaks for and against each: what a share link shows, hidden where it would be hidden."
    ),
    has_filters=False,
)
show_story(view)
