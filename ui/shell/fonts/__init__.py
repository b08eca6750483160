"""The font of headings, cut down to what is written in it: a twentieth of the one that Streamlit would send."""

from __future__ import annotations

from pathlib import Path

from ui.shell.opening.files import route_file

# The name in .streamlit/config.toml; it changes with the file, which browsers keep for good.
ADDRESS = "/paint/heading-1.woff2"
HEADING = Path(__file__).with_name("heading.woff2")


ROUTES = [route_file(ADDRESS, HEADING, "font/woff2")]
