"""The funder's page as a PDF: made from the extract sealed for the viewer's link, and from nothing else."""

from __future__ import annotations

from functools import lru_cache
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from settings import load_settings
from sharing.doors.funders import DOORS, REPORT, close
from sharing.sealing.extract import FILE, Extract, NoExtract, find_folder, read_extract
from ui.export import Exhibit, Handout, name_file
from ui.export.pdf_file import write_pdf
from ui.share.claims import Claim, list_claims, list_whole
from ui.share.sealed_page import RULES, explain, name_page, read_latest, write_headline

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
    """The figures that stand first on the page of an extract, or all where none does, with the programme's words before them.

    Raises ValueError for an extract without any result.
    """
    claims, story = list_claims(extract), extract.story
    exhibits = [
        Exhibit(
            explain(one.result),
            f"{one.basis} {_list_limits(one)}",
            section="What was found",
            label=one.heading,
        )
        for one in claims
    ] or [Exhibit(explain(one), read_latest(one, extract.waves)) for one in list_whole(extract)]
    said = [("", write_headline(extract))] if not claims else []
    said += [("What it is", story.about), ("What was done", story.done), ("What it means", story.meaning)]
    return Handout(
        name_page(extract),
        tuple(exhibits),
        extract.waves,
        lead="\n".join(f"{name}: {words}" if name else words for name, words in said if words),
        audience=f"Prepared for {extract.label}",
        rules=RULES,
    )


def _list_limits(claim: Claim) -> str:
    """What the figures of a claim do not support, in one sentence."""
    against = [one.words for one in claim.verdict.claims if not one.holds]
    return f"The figures do not support {', '.join(against)}." if against else ""


ROUTES = [Route(REPORT, answer_report, methods=["GET"])]
