"""Elements of our own in a page: each a script of ours, served as a file, so that a policy of `script-src 'self'` holds."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

PACKAGE = "q"
STATIC = "static"
PRINT = Path(__file__).parent / STATIC / "print.css"


def style_print() -> None:
    """What the page is on paper: without sidebar, header and buttons, and not cut off at the end of the window."""
    st.html(f"<style>{_read_print_style()}</style>")


@cache
def _read_print_style() -> str:
    return PRINT.read_text(encoding="utf-8")


def mount(
    room: Path,
    name: str,
    event: str,
    on_event: Callable[[], None] = lambda: None,
    *,
    css: str | None = None,
    **how: Any,
) -> None:
    """Mount the script `name`.js of the folder `static` of a room; `on_event` is called before the run that follows when it sends
    its event. `how` goes to the element.

    A runtime that does not know it yet is told where its files lie, as if its package were installed.
    """
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(f"{PACKAGE}.{name}") is None:
        manifest = ComponentManifest(PACKAGE, "1", [ComponentConfig(name, STATIC)])
        manager.register_from_manifest(manifest, room)
    _make_renderer(name, css)(**how, **{f"on_{event}_change": on_event})


@cache
def _make_renderer(name: str, css: str | None) -> Callable[..., Any]:
    return st.components.v2.component(f"{PACKAGE}.{name}", js=f"{name}.js", css=css, isolate_styles=False)
