"""Entry of the dashboard, app and script in one file: who is looking, selection, navigation, page.

`streamlit run dashboard.py` imports it once as an ASGI app and then runs it as a script for every viewer.
The funder process imports nothing that opens the full data.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from streamlit import runtime
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from commands import Refusal
from settings import Audience, load_settings
from ui.words.language import gettext, gettext_noop

ICON = Path(__file__).resolve().parent / "ui" / "favicon.svg"
NAME = gettext_noop("Q evaluation")
PAGES: tuple[tuple[str, str], ...] = (
    ("this_week", gettext_noop("This week")),
    ("story", gettext_noop("The story")),
    ("whom", gettext_noop("Who do we hear from?")),
    ("attitude", gettext_noop("Attitude")),
    ("engagement", gettext_noop("Engagement")),
    ("connections", gettext_noop("Connections")),
    ("who_stays", gettext_noop("Who stays?")),
    ("explore", gettext_noop("Explore")),
    ("data_and_methods", gettext_noop("Data and methods")),
    ("share", gettext_noop("Share")),
)
# Addresses of pages that are part of another now.
MOVED = {"members": "whom", "response": "whom", "retention": "who-stays", "journey": "who-stays"}
ONLY_ADMIN = frozenset({"share"})
# The first page has two addresses.
UNFILTERED = frozenset({"", "this-week", "data-and-methods", "share", "story"})
HEAVY: dict[Audience, tuple[str, ...]] = {
    "staff": (
        "duckdb",
        "pandas",
        "plotly.graph_objects",
        "pyarrow",
        "scipy.special",
        "indicators.engine.compute",
        "ui.blocks.cards",
    ),
    "funder": ("pandas", "plotly.graph_objects", "pyarrow"),
}


async def answer_health(request: Request) -> JSONResponse:
    """Say that the process answers; nothing about its data."""
    return JSONResponse({"status": "ok"})


def hide_paths() -> None:
    """Let no frame say where this server's files lie: Streamlit would begin every session with the path of its script."""
    create = AppSession._create_new_session_message

    def create_without(*arguments: Any, **more: Any) -> ForwardMsg:
        message = create(*arguments, **more)
        message.new_session.main_script_path = Path(message.new_session.main_script_path).name
        return message

    AppSession._create_new_session_message = create_without  # type: ignore[method-assign]


@asynccontextmanager
async def warm_up(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Import what every page needs, then freeze it, so that collecting garbage after each run stays short.

    Streamlit takes a folder called pages for its own older kind until a session has met st.navigation. Told
    here, it answers a link to a page as the first request too (tests/browser/test_deep_links.py).
    While it runs, the staff process keeps the shared pages in step with the releases, and makes the figures of the pages.
    """
    PagesManager.uses_pages_directory = False
    hide_paths()
    settings = load_settings()
    for name in HEAVY[settings.audience]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    if settings.audience == "funder":
        yield {}
        return
    refresh = importlib.import_module("sharing.refresh")
    preparing = importlib.import_module("ui.shell.preparing").PREPARING
    following = asyncio.create_task(refresh.follow_releases(settings.data))
    with preparing.follow(settings.data):
        yield {}
    following.cancel()


def list_doors(audience: Audience) -> tuple[list[BaseRoute], list[Middleware]]:
    """Routes and middleware of this process; a funder's own stand before everything else."""
    charts, fonts = importlib.import_module("ui.charts.component"), importlib.import_module("ui.shell.fonts")
    opening = importlib.import_module("ui.shell.opening")
    routes: list[BaseRoute] = [
        Route("/healthz", answer_health),
        *charts.ROUTES,
        *fonts.ROUTES,
        *opening.ROUTES,
    ]
    middleware = [
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        Middleware(opening.Opening),
    ]
    if audience == "funder":
        doors = importlib.import_module("sharing.doors.funders")
        report = importlib.import_module("ui.share.files.report")
        return [*doors.ROUTES, *report.ROUTES, *routes], [*doors.MIDDLEWARE, *middleware]
    staff, identity = (
        importlib.import_module("sharing.doors.staff"),
        importlib.import_module("ui.shell.viewer.identity"),
    )
    live = importlib.import_module("ui.shell.refresh")
    how = load_settings().identity
    staff.check_address(how, st.config.get_option("server.address") or "")
    guard = Middleware(
        staff.StaffGuard, how, identity.find_person, identity.end_session, identity.is_made_for
    )
    return [*live.ROUTES, *routes], [guard, *middleware]


def end_with_socket() -> None:
    """Let what this session holds go when its websocket ends.

    Streamlit would keep it for two minutes, and its files for good, for a browser that comes back; the doors let none
    resume a session (`sharing.doors.guard.strip_resume`).
    """
    context = get_script_run_ctx()
    if context is not None and runtime.exists():
        runtime.get_instance().mark_session_nonresumable(context.session_id)


def show_staff() -> None:
    """What staff see: filters, navigation, and one page on the live release."""
    from ui.blocks.take_away import offer_page
    from ui.shell.address import begin_address, say_no_page, say_unread
    from ui.shell.language import begin_language, draw_language
    from ui.shell.notebook import begin_reading
    from ui.shell.preparing import PREPARING
    from ui.shell.refresh import watch_release
    from ui.shell.session import draw_filters, open_shown_engine
    from ui.shell.viewer.identity import find_viewer, note_role
    from ui.shell.viewer.sign_in import draw_person, show_door

    begin_language()
    person = find_viewer()
    if person is None or person.role is None:
        show_only(partial(show_door, person))
        return
    if (context := get_script_run_ctx()) is not None and runtime.exists():
        note_role(context.session_id, person.role)
    first, first_title = PAGES[0]
    opening = st.Page(f"pages/programme/{first}.py", title=gettext(first_title), default=True)
    pages = [opening] + [
        st.Page(
            f"pages/programme/{name}.py",
            title=gettext(title),
            url_path=name.replace("_", "-"),
            visibility="hidden" if name == first else "visible",
        )
        for name, title in PAGES
        if name not in ONLY_ADMIN or person.role == "admin"
    ]
    page = st.navigation(pages, position="sidebar")
    st.set_page_config(page_title=f"{page.title} · {gettext(NAME)}", page_icon=str(ICON), layout="wide")
    if page is not opening and page.url_path == pages[1].url_path:
        # The first page's own address: Streamlit marks the page on the left only at the address that it has there.
        st.switch_page(opening, query_params=st.query_params.to_dict())
    say_no_page(pages, MOVED)
    begin_address()
    begin_reading()
    said = st.container()
    engine = open_shown_engine()
    with st.sidebar:
        if engine is not None:
            draw_filters(engine, are_used=page.url_path not in UNFILTERED)
        draw_person(person)
        draw_language()
        watch_release()
    if engine is None:
        from ui.blocks.upload.nothing import show_no_release

        show_no_release()
        return
    with PREPARING.pause(), offer_page(_find_title(page.url_path)):
        page.run()
    with said:
        say_unread(engine.release.id)


def _find_title(url_path: str) -> str:
    """The title of a page as its files have it, which are in English."""
    return dict(PAGES).get(url_path.replace("-", "_"), PAGES[0][1])


def show_only(content: Callable[[], None]) -> None:
    """One page at every address, and nothing to navigate to."""
    first = PAGES[0][0]
    pages = [
        st.Page(content, title=gettext(NAME), url_path=name.replace("_", "-"), default=name == first)
        for name, _ in PAGES
    ]
    page = st.navigation(pages, position="hidden")
    st.set_page_config(page_title=gettext(NAME), page_icon=str(ICON), layout="wide")
    page.run()


def show_funder() -> None:
    """What a share link opens: one page, nothing else."""
    from ui.shell.language import begin_language

    begin_language()
    page = st.navigation(
        [st.Page("pages/funder/shared.py", title=gettext("Shared"), default=True)], position="hidden"
    )
    st.set_page_config(page_title=gettext(NAME), page_icon=str(ICON), layout="wide")
    page.run()


if get_script_run_ctx() is None:
    try:
        routes, middleware = list_doors(load_settings().audience)
    except ValueError as fault:
        sys.exit(str(fault))
    app = st.App(__file__, routes=routes, middleware=middleware, lifespan=warm_up)
else:
    end_with_socket()
    importlib.import_module("ui.shell.elements").style_print()
    if load_settings().audience == "funder":
        show_funder()
    else:
        try:
            show_staff()
        except Refusal as fault:
            logging.getLogger(__name__).warning("%s", fault)
            st.markdown(importlib.import_module("ui.shell.session").say_refusal(fault))
