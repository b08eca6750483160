"""A language that nobody speaks: every text of the catalogue in brackets, so that words outside of it are seen."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from google.protobuf.json_format import MessageToDict
from streamlit.testing.v1 import AppTest

from indicators.catalogue import list_indicators
from indicators.selection import list_attributes
from settings import load_settings
from tests.app.page_words import read_html
from ui.charts.component import unpack
from ui.shell.session import open_engine
from ui.words.language import DOMAIN, LANGUAGES, ROOM
from warehouse.contracts import TABLES
from warehouse.release import current_id

PSEUDO = "pseudo"
# Fields of elements that say how something is drawn, which nobody reads.
SILENT = frozenset(
    [
        "id",
        "key",
        "formId",
        "elementId",
        "bodyType",
        "url",
        "page",
        "pageScriptHash",
        "color",
        "icon",
        "type",
        "widthConfig",
        "heightConfig",
        "queryParamKey",
        "divider",
        "size",
        "language",
        "gap",
        "gapConfig",
        "align",
        "justify",
        "verticalAlignment",
        "direction",
        "columnVariant",
        "rawValues",
        "urlPathname",
        "spec",
        "format",
        "style",
        "data",
        "default",
        "value",
        "filterMode",
        "bytes",
        "deferredFileId",
        "labelVisibility",
        "clickMode",
        "selectionMode",
        "elementType",
        "allowHtml",
        "dg",
        "mode",
        "rawValue",
        "autocomplete",
        "setValue",
        "wrap",
        "startCursor",
        "fileName",
        "mediaFileId",
        "acceptNewOptions",
        "textAlignment",
        "flexContainer",
        "styleConfig",
    ]
)
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
# A value of an enumeration, such as SMALL.
ENUM = re.compile(r"[A-Z_]{4,}")
# How Streamlit is told to write something smaller or in a colour.
DIRECTIVE = re.compile(r":[a-z-]+\[")
# A place that is filled in: what it is filled with has brackets of its own, or is data.
FIELD = re.compile(r"(\{[^{}]*\})")
WORD = re.compile(r"[^\W\d_]{2,}")
# What is no word of the interface, though it is read, and why.
NO_WORDS = (
    *LANGUAGES.values(),  # languages are called what their speakers call them
    "pseudo",
    *("Python", "SQL", "CSV", "SHA", "UTC", "MB", "KB", "SPSS", "toml", "UTF", "cp1252"),  # names of things
    r"python -m [a-z]+ [a-z]+",  # commands
    r"[0-9a-f]{8,64}",  # hashes and pseudonyms
    r"(?:RR|COOP|REF|CON)\d",  # rates of the AAPOR, which have no other names
    r"\d+ % of everybody asked answered in [^⟦]*?\.",  # what an indicator warns of, made with its numbers in indicators/
    r"the activity log \(activities\.csv\) or attendance, reaching back \d+ days",
    r"Counts are rounded down to a multiple of \d+ \(\d+ is \d+ to \d+\), and shares are taken from the middle of these steps\.",
    r"Withheld: [^⟦]*?\.",
    r"\((?:share who (?:dis)?agree|those who disagree less those who agree)\)",  # how an indicator counts an item, made there
    r"\((?:reversed: the lower end is favourable|turned round: \d is “[^”]*”)\)",
)


class Pseudo(gettext.NullTranslations):
    """The texts of the template in brackets; any other text as it is."""

    def __init__(self) -> None:
        super().__init__()
        with (ROOM / f"{DOMAIN}.pot").open("rb") as file:
            ids = [message.id for message in read_po(file) if message.id]
        self._known = {text for one in ids for text in ([one] if isinstance(one, str) else one)}

    def gettext(self, message: str) -> str:
        return FIELD.sub(r"⟧\1⟦", f"⟦{message}⟧") if message in self._known else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def list_texts(app: AppTest) -> Iterator[str]:
    """Every text of a page that somebody sees or hears."""
    for block in (app.main, app.sidebar):
        yield from _walk_node(block)


def _walk_node(node: Any) -> Iterator[str]:
    proto, kind = getattr(node, "proto", None), getattr(node, "type", "")
    if kind == "bidi_component":
        if proto.component_name == "q.chart":
            yield from _list_chart(unpack(proto.bytes))
    elif kind == "html":
        if "codebook" not in str(proto.body):  # what was asked and how it is read is the survey's own
            yield from read_html(str(proto.body)).splitlines()
    elif proto is not None and kind not in ("code", "plotly_chart"):
        yield from _walk(MessageToDict(proto))
    for child in getattr(node, "children", {}).values():
        yield from _walk_node(child)


def _list_chart(box: dict[str, Any]) -> Iterator[str]:
    yield from (box["title"], box["reading"], box["alt"], *box["notes"], *box["buttons"])
    figure = box["figure"]
    for trace in figure["data"]:
        yield from _list_strings([trace.get(name, "") for name in ("text", "hovertext", "customdata")])
        if trace.get("showlegend"):
            yield from _list_strings(trace.get("name", ""))
    layout = figure["layout"]
    yield from _list_strings(
        [[one.get("text", ""), one.get("hovertext", "")] for one in layout.get("annotations", [])]
    )
    for name, axis in layout.items():
        if name.startswith(("xaxis", "yaxis")):
            yield from _list_strings([axis.get("ticktext", []), (axis.get("title") or {}).get("text", "")])


def _list_strings(found: Any) -> Iterator[str]:
    if isinstance(found, str):
        yield re.sub(r"<[^>]+>", " ", found)
    elif isinstance(found, list | dict):
        for one in found.values() if isinstance(found, dict) else found:
            yield from _list_strings(one)


def _walk(found: Any) -> Iterator[str]:
    if isinstance(found, str) and not ENUM.fullmatch(found):
        yield DIRECTIVE.sub(" ", found).replace("\\", "")
    elif isinstance(found, list):
        for one in found:
            yield from _walk(one)
    elif isinstance(found, dict):
        for name, one in found.items():
            if name not in SILENT:
                yield from _walk(one)


def match_data(data: Path, more: Sequence[str] = ()) -> re.Pattern[str]:
    """What stands in a release: names of groups, events, waves and files, what was asked, ids; nothing where there is none."""
    if not (data / "CURRENT").is_file():
        return match_words([re.escape(one) for one in more])
    engine = open_engine(current_id(data))
    known = engine.query(
        "SELECT table_name, column_name FROM information_schema.columns WHERE data_type = 'VARCHAR'"
    )
    found = set(list_indicators(list_attributes(engine)))
    for table, column in zip(known["table_name"], known["column_name"], strict=True):
        if table in TABLES:
            values = engine.query(
                f'SELECT DISTINCT "{column}" AS value FROM "{table}" WHERE "{column}" IS NOT NULL'
            )
            found |= set(map(str, values["value"]))
    found |= {part for one in found for part in re.split(r"[|=]", one)}
    found |= {text for one in found for text in (one.capitalize(), one.replace("_", " ").capitalize())}
    # What the load said of its files, and the checks of what it wrote, stand in the release as they were said.
    found |= {text.replace("\\", "") for text in _list_strings(engine.release.manifest)} | {
        load_settings().zone
    }
    return match_words([re.escape(one) for one in (*found, *more) if WORD.search(one)])


def match_words(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these as whole words, the longest first."""
    listed = sorted((*words, re.escape(load_settings().zone), *NO_WORDS), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(listed)})(?!\w)")


def find_outside(text: str, data: re.Pattern[str]) -> list[str]:
    """The words of a text that are in no catalogue, and are not data. A bracket that a chart has cut off reaches to the end."""
    before = ""
    while before != text:
        before, text = text, BRACKETED.sub(" ", text)
    text = re.sub(r"⟦.*", " ", text, flags=re.DOTALL)
    return WORD.findall(data.sub(" ", text.replace("\u00a0", " ")))


def list_outside(app: AppTest, data: Path, *more: str) -> dict[str, list[str]]:
    """The texts of a page that have words outside of the catalogue, with these; `more` are data that are in no release."""
    assert not app.exception
    known = match_data(data, more)
    return {text: words for text in list_texts(app) if (words := find_outside(text, known))}
