"""Files of our own that a browser keeps for good: their address changes with them."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

FOR_GOOD = {"cache-control": "public, max-age=31536000, immutable"}


def route_file(address: str, path: Path, media_type: str) -> Route:
    """The route of one such file."""

    async def answer(request: Request) -> FileResponse:
        return FileResponse(path, media_type=media_type, headers=FOR_GOOD)

    return Route(address, answer)
