"""What a share link opens."""

from __future__ import annotations

from ui.funder import show_page

show_page()
