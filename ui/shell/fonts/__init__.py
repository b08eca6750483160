"""The font of headings, cut down to what is written in it: a twentieth of the one that Streamlit would send."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

# The name in .streamlit/config.toml; it changes with the file, which browsers keep for good.
ADDRESS = "/paint/heading-1.woff2"
HEADING = Path(__file__).with_name("heading.woff2")


async def answer_font(request: Request) -> FileResponse:
    """The font of headings."""
    return FileResponse(
        HEADING, media_type="font/woff2", headers={"cache-control": "public, max-age=31536000, immutable"}
    )


ROUTES = [Route(ADDRESS, answer_font)]
