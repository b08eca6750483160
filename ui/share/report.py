"""The funder's page as a PDF: made from the extract sealed for the viewer's link, and from nothing else."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from settings import load_settings
from sharing.doors import DOORS, REPORT, close
from sharing.extract import FILE, Extract, NoExtract, find_folder, read_extract
from ui.export import Exhibit, Handout, name_file
from ui.export.pdf_file import write_pdf
from ui.share.sealed_page import RULES, SECTIONS, explain, is_breakdown, read_latest, write_headline

MOST_KEPT = 20
_MAKING = Lock()


async def answer_report(request: Request) -> Response:
    """The report of the link behind the session; without one that is live, the answer that everything else gets.

    The session is looked up again when the report is made: a link that was stopped meanwhile gives nothing.
    """
    link = await DOORS.find_viewer(request.scope)
    report = None if link is None else await run_in_threadpool(find_report, link.id)
    if report is None or await DOORS.find_viewer(request.scope) is None:
        return close()
    name, content = report
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


def find_report(link_id: str) -> tuple[str, bytes] | None:
    """File name and content of a link's report; None when nothing that can be shown is sealed for it.

    It is made once for each state of the extract, one at a time; the last 20 are kept.
    """
    try:
        stamp = (find_folder(load_settings().data, link_id) / FILE).stat()
        with _MAKING:
            return _make_report(link_id, stamp.st_mtime_ns, stamp.st_size)
    except (OSError, NoExtract, ValueError):
        return None


@lru_cache(maxsize=MOST_KEPT)
def _make_report(link_id: str, modified: int, size: int) -> tuple[str, bytes]:
    handout = lay_out(read_extract(load_settings().data, link_id))
    content = write_pdf(handout)
    return name_file(handout.title, handout.release, content, role=handout.role, ending="pdf"), content


def lay_out(extract: Extract) -> Handout:
    """What the page of an extract shows, in its order. Raises ValueError for an extract without any result."""
    exhibits = []
    for section, themes in SECTIONS:
        figures = [result for result in extract.results if result.indicator.theme in themes]
        for whole in (result for result in figures if not result.selection.by):
            exhibits.append(Exhibit(explain(whole), read_latest(whole, extract.waves), section=section))
            groups = [other for other in figures if is_breakdown(other, whole)]
            exhibits += [Exhibit(explain(group), section=section) for group in groups]
    return Handout(
        "Q evaluation",
        tuple(exhibits),
        extract.waves,
        lead=write_headline(extract),
        audience=f"Prepared for {extract.label}",
        rules=RULES,
    )


ROUTES = [Route(REPORT, answer_report, methods=["GET"])]
