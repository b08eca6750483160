"""The catalogue of words: collect what the interface says into q.pot and bring the languages up to it; --check finds stale ones."""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import product
from math import nan
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from indicators.catalogue import list_indicators
from indicators.definition import MEASURE_DIMENSIONS, Indicator
from indicators.gate.disclosure import SCOPES
from indicators.gate.groups import TOGETHER
from indicators.published import show
from indicators.published.leads.alike import NOTHING
from indicators.published.leads.rules import HIDDEN
from indicators.statistics.cells import explain_no_range
from settings import PROJECT
from sharing.store.links import Status
from ui.charts.control.reading import POINTS
from ui.export import FORMATS
from ui.share import sealed_page
from ui.shell.session import FILTERS
from ui.words.language import DOMAIN, ENGLISH, LANGUAGES, ROOM, speak
from ui.words.numbers import LENGTHS, UNREACHED, name_dimension, pair_noun

TEMPLATE = ROOM / f"{DOMAIN}.pot"
KEYWORDS = {"gettext": None, "ngettext": (1, 2), "gettext_noop": None}
NOUNS = {"format_count": (2,)}
# Files that leave stay in English; pictures have the words of their figures.
ELSEWHERE = ("ui/export", "ui/charts/picture")
# Counted nouns that the code does not name.
COUNTED = ("member", "item", "construct")
CUTS = (" since ", " against ", " by ", ":")
# The same words are the same bytes, whoever writes them and when.
NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)
PASSING = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By|Report-Msgid-Bugs-To):.*\n',
    re.MULTILINE,
)
ABOUT = """\
Words of the dashboard{language}.
{reviewed}Written by `make words`; translations are kept.
"""
REVIEWED = "Not yet reviewed by a Welsh speaker. Navigation, buttons, labels and headings are translated; what is empty is English.\n"


def collect_words() -> Catalog:
    """Every text inside `gettext` and its like, the counted nouns, and what the indicators are called."""
    catalog = Catalog(
        domain=DOMAIN,
        project="Q evaluation dashboard",
        version="0.1",
        header_comment=_head("", ""),
        charset="utf-8",
    )
    for path in list_files():
        place = [(str(path.relative_to(PROJECT)), 0)]
        for _, message, _, _ in extract_from_file("python", path, keywords=KEYWORDS):
            catalog.add(message, locations=place)
        for _, noun, _, _ in extract_from_file("python", path, keywords=NOUNS):
            catalog.add(pair_noun(noun), locations=place)
    for noun in (*POINTS, *COUNTED):
        catalog.add(pair_noun(noun))
    for text in list_registered():
        if text:
            catalog.add(text)
    return catalog


def list_files() -> list[Path]:
    """The files that say something to people."""
    found = [PROJECT / "dashboard.py", *(PROJECT / "pages").rglob("*.py"), *(PROJECT / "ui").rglob("*.py")]
    kept = [one for one in found if not str(one.relative_to(PROJECT)).startswith(ELSEWHERE)]
    return sorted(kept)


def list_registered() -> Iterator[str]:
    """What is shown of the objects of lower folders, which is looked up where it is shown."""
    dimensions = (
        *MEASURE_DIMENSIONS,
        *FILTERS,
        "organisation",
        "group",
        "period",
        "part",
        "stage",
        "community",
    )
    yield from map(name_dimension, dimensions)
    yield from LENGTHS
    yield from (kind.title for kind in FORMATS)
    yield from get_args(Status)
    yield from (status.capitalize() for status in get_args(Status))
    yield from (*sealed_page.RULES, sealed_page.HIDDEN, sealed_page.BEHIND)
    yield from SCOPES
    yield from ("as at the wave", "current in the release")
    yield from (HIDDEN, NOTHING, TOGETHER, show.OTHER_DEFINITION, show.FOR_EVALUATORS, show.ONE_AT_A_TIME)
    yield from (show.ONE_GROUP, show.SMALL_GROUP, show.NOT_IN_SET)
    for indicator in list_indicators().values():
        yield from _list_texts(indicator)


def _list_texts(one: Indicator) -> Iterable[str]:
    yield one.theme.capitalize()
    yield one.title
    for cut in CUTS:
        before, found, after = one.title.partition(cut)
        yield from (before, after) if found else ()
    yield from (one.definition, one.numerator, one.denominator, one.excluded, one.interval_words, one.caveat)
    yield from (one.formula, one.source, one.needs, one.n_words, one.range_words, f"{one.range_words}s")
    yield f"{UNREACHED}{one.unreached}." if one.unreached else ""
    for parameter in one.parameters:
        yield parameter.meaning
        yield from (value for value in parameter.reasonable if any(map(str.isalpha, value)))
    for value, n in product((0.0, 1.0), (1, 10**6)):
        row = {"status": "ok", "value": value, "low": nan, "high": nan, "n": n}
        yield explain_no_range(one, row | dict.fromkeys(one.measures, ""))
        yield explain_no_range(one, row | dict.fromkeys(one.measures, one.baseline))


def _head(language: str, reviewed: str) -> str:
    text = ABOUT.format(language=language, reviewed=reviewed)
    return "".join(f"# {line}\n" for line in text.splitlines())


def write_catalogue(code: str, template: Catalog) -> bytes:
    """The catalogue of a language with every text of the template, and the translations that it has."""
    catalog = _read(code)
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    catalog.fuzzy = False
    catalog.header_comment = _head(f" in {LANGUAGES[code]}", REVIEWED)
    return _write(catalog)


def compile_catalogue(written: bytes) -> bytes:
    """A catalogue as the program reads it."""
    catalog, compiled = read_po(io.BytesIO(written)), io.BytesIO()
    catalog.creation_date = catalog.revision_date = NO_DAY
    for message in catalog:
        # Babel would take plural forms that are all empty for a translation.
        if not any(message.string):
            message.string = ""
    write_mo(compiled, catalog)
    return compiled.getvalue()


def find_catalogue(code: str) -> Path:
    """Where the catalogue of a language lies."""
    return ROOM / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def _read(code: str) -> Catalog:
    path = find_catalogue(code)
    if not path.is_file():
        return Catalog(
            locale=code, domain=DOMAIN, project="Q evaluation dashboard", version="0.1", charset="utf-8"
        )
    with path.open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def _write(catalog: Catalog) -> bytes:
    written = io.BytesIO()
    write_po(written, catalog, width=120, include_lineno=False, ignore_obsolete=True)
    return PASSING.sub(b"", written.getvalue())


def main() -> int:
    """Write the catalogues, or with --check compare them; exit status 1 when any is stale."""
    parser = argparse.ArgumentParser(prog="python -m docs.words", description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    with speak(ENGLISH):
        template = collect_words()
    made = {TEMPLATE: _write(template)}
    for code in list(LANGUAGES)[1:]:
        path = find_catalogue(code)
        made[path] = write_catalogue(code, template)
        made[path.with_suffix(".mo")] = compile_catalogue(made[path])
    stale = [path for path, content in made.items() if not path.is_file() or path.read_bytes() != content]
    if given.check and stale:
        names = ", ".join(str(path.relative_to(PROJECT)) for path in stale)
        print(f"{names} stale: run make words.", file=sys.stderr)
        return 1
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made[path])
    return 0


if __name__ == "__main__":
    sys.exit(main())
