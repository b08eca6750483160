"""The files of the funder's page: made from the extract sealed for the viewer's link, and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from threading import Lock

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from indicators.result import Result
from settings import load_settings
from sharing.doors.funders import DOORS, PAGE_FILE, REPORT, close
from sharing.sealing.extract import FILE, Extract, NoExtract, find_folder, read_extract
from ui.export import Exhibit, Handout, name_file
from ui.export.formats.pdf_file import write_pdf
from ui.share.claims import Claim, list_claims, list_whole
from ui.share.files.page_file import write_page
from ui.share.sealed_chart import draw_figure
from ui.share.sealed_page import (
    RULES,
    describe_chart,
    explain,
    name_page,
    read_figure,
    say_basis,
    write_headline,
)
from ui.words.numbers import format_day

MEDIA = {REPORT: "application/pdf", PAGE_FILE: "text/html; charset=utf-8"}
MOST_KEPT = 20
_MAKING = Lock()


async def answer_file(request: Request) -> Response:
    """The file of the link behind the session; without one that is live, the answer that everything else gets.

    The session is looked up again when the file is made: a link that was stopped meanwhile gives nothing.
    """
    link, path = await DOORS.find_viewer(request.scope), request.url.path
    made = None if link is None else await run_in_threadpool(find_file, link.id, path)
    if made is None or await DOORS.find_viewer(request.scope) is None:
        return close()
    name, content = made
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=MEDIA[path], headers=headers)


def find_file(link_id: str, path: str) -> tuple[str, bytes] | None:
    """File name and content of a link's report or page; None when nothing that can be shown is sealed for it.

    It is made once for each state of the extract, one at a time; the last 20 are kept.
    """
    try:
        stamp = (find_folder(load_settings().data, link_id) / FILE).stat()
        with _MAKING:
            return _make_file(link_id, path, stamp.st_mtime_ns, stamp.st_size)
    except (OSError, NoExtract, ValueError):
        return None


@lru_cache(maxsize=MOST_KEPT)
def _make_file(link_id: str, path: str, modified: int, size: int) -> tuple[str, bytes]:
    extract = read_extract(load_settings().data, link_id)
    content = write_pdf(lay_out(extract)) if path == REPORT else write_page(extract).encode()
    sealed, ending = extract.results[0].passport, path.rpartition(".")[2]
    return name_file(name_page(extract), sealed.release, content, role=sealed.role, ending=ending), content


def lay_out(extract: Extract) -> Handout:
    """The figures that stand first on the page of an extract, or all where none does, with the programme's words before them
    and the notes of the evaluation after them.

    Raises ValueError for an extract without any result.
    """
    claims, story = list_claims(extract), extract.story
    exhibits = [
        Exhibit(
            explain(one.result),
            f"{say_basis(one, extract.waves)} {_list_limits(one)}",
            section="What was found",
            label=one.heading,
            chart=draw_figure(one.result, one.rows, extract.waves, one.earlier, one.target),
            alt=f"{one.heading}. {one.basis} {describe_chart(one.result, one.rows)}",
        )
        for one in claims
    ] or [_show_whole(one, extract.waves) for one in list_whole(extract)]
    said = [("", write_headline(extract))] if not claims else []
    said += [("What it is", story.about), ("What was done", story.done), ("What it means", story.meaning)]
    return Handout(
        name_page(extract),
        tuple(exhibits),
        extract.waves,
        lead="\n".join(f"{name}: {words}" if name else words for name, words in said if words),
        audience=f"Prepared for {extract.label}",
        notes=tuple((format_day(day), words) for day, words in extract.notes),
        rules=RULES,
    )


def _show_whole(result: Result, waves: Mapping[str, str]) -> Exhibit:
    """A figure of everybody as it stands on the page."""
    words, drawn = read_figure(result, waves)
    chart = None if drawn is None else draw_figure(result, drawn[0], waves, drawn[1])
    alt = "" if drawn is None else describe_chart(result, drawn[0])
    return Exhibit(explain(result), words, chart=chart, alt=alt)


def _list_limits(claim: Claim) -> str:
    """What the figures of a claim do not support, in one sentence."""
    against = [one.words for one in claim.verdict.claims if not one.holds]
    return f"The figures do not support {', '.join(against)}." if against else ""


ROUTES = [Route(path, answer_file, methods=["GET"]) for path in MEDIA]
