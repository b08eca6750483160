"""What a share link opens."""

from __future__ import annotations

from ui.share.sealed_page import show_page

show_page()
