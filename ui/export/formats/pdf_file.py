"""A report on A4: what the figures say, as pictures and in tables, how to read them, and how they were made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from indicators.result import Result
from indicators.statistics.cells import explain_no_range
from ui.charts.kinds import draw
from ui.charts.parts import list_rows
from ui.charts.picture.draw import write_picture
from ui.charts.picture.settled import settle
from ui.export.files import clean_text
from ui.export.formats.letters import set_letters, set_text
from ui.export.handout import FOR_ROLE, Exhibit, Handout
from ui.export.looks import (
    FONTS,
    INK,
    LINE,
    PAPER,
    QUIET,
    SYNTHETIC,
    SYNTHETIC_SENTENCE,
    TEAL,
    WARM,
    WARN,
    WASH,
)
from ui.export.marks import describe_basis, make_card, make_chart
from ui.words.numbers import describe_status, format_count, format_moment, shorten
from ui.words.tables import table_columns, table_rows

Part = dict[str, Any]
LAYOUT = Path(__file__).with_name("report.typ")
ALONE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg")"""
AUTHOR = "Q evaluation"
# A picture is as wide as the column of a shared page, in its pixels; a higher one is drawn smaller, as far as it can be read.
WIDTH, TALLEST, SMALLEST = 760.0, 800.0, 0.7
MOST_ROWS = 26
MOST_IN_TABLE = 200
WHOLE_ROWS = 12
CARDS = 3
MOST_TOGETHER = 900
CLOSING = (
    "A line through a bar or a dot, or the shade around a curve, are the 95 % interval of a figure, or the range that its table names.",
    "Hidden means that too few people are in a figure or outside it, or that it would give another such figure away. It does not mean zero.",
    "The figures describe what was observed. They do not show by themselves what caused it.",
)


def write_pdf(handout: Handout) -> bytes:
    """The report: headline, figures by section, how to read them, methods and limits, and the longer tables.

    It is tagged (PDF/UA-1). Its words are data to the layout, which can read no file and no address and has no fonts but ours.
    """
    return _set(
        LAYOUT.read_bytes(), {"report": json.dumps(lay_out(handout))}, format="pdf", pdf_standards="ua-1"
    )


def write_png(picture: Part) -> bytes:
    """A picture of the report for what shows no SVG, two pixels to each of its own."""
    return _set(ALONE, {"svg": picture["svg"]}, format="png", ppi=2 * 72)


def _set(layout: bytes, said: dict[str, str], **how: Any) -> bytes:
    with TemporaryDirectory() as empty:
        compiler = typst.Compiler(
            root=empty,
            font_paths=_find_fonts(),
            ignore_system_fonts=True,
            package_path=empty,
            package_cache_path=empty,
        )
        content = compiler.compile(layout, sys_inputs=said, **how)
    assert isinstance(content, bytes)
    return content


@cache
def _find_fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


def lay_out(handout: Handout) -> Part:
    """All that a report says, in its order, as plain values."""
    return {
        "name": clean_text(handout.title).strip() or AUTHOR,
        "author": AUTHOR,
        "about": clean_text(" · ".join(handout.list_facts())),
        "date": list(handout.made_at.timetuple()[:6]),
        "colours": [f"#{colour}" for colour in (TEAL, INK, QUIET, LINE, WASH, WARN, WARM)],
        "flag": SYNTHETIC if handout.is_synthetic else "",
        "title": set_text(handout.title),
        "foot": set_text(
            f"{shorten(handout.title)} · release {handout.release} · made for {FOR_ROLE[handout.role]}"
        ),
        "parts": [
            *_write_opening(handout),
            *_write_figures(handout),
            *_write_notes(handout),
            _head_section("How to read this"),
            {"kind": "rules", "rules": [set_text(rule) for rule in (handout.rules or CLOSING)]},
            *_write_methods(handout),
            *_write_appendix(handout),
        ],
    }


def _write_opening(handout: Handout) -> list[Part]:
    lead = [_say(line, "lead") for line in handout.lead.splitlines() if line.strip()]
    flag = [{"kind": "flag", "words": SYNTHETIC_SENTENCE}] if handout.is_synthetic else []
    return [*lead, _say(" · ".join(handout.list_facts()), "facts"), *flag]


def _write_figures(handout: Handout) -> Iterator[Part]:
    section = ""
    for group in handout.group():
        if group[0].section and group[0].section != section:
            section = group[0].section
            yield _head_section(section)
        if len(group) > 1:
            yield _write_cards(handout, group)
        else:
            yield from _write_exhibit(handout, group[0])


def _write_notes(handout: Handout) -> Iterator[Part]:
    if handout.notes:
        yield _head_section("Notes from the evaluation")
    for day, words in handout.notes:
        yield from _keep([_say(day, "note"), *(_say(line) for line in words.splitlines() if line.strip())])


def _write_exhibit(handout: Handout, exhibit: Exhibit) -> Iterator[Part]:
    """Heading, sentence and picture stay together; the table follows, unless it is so long that it stands at the end."""
    result = exhibit.result
    head = [_head(exhibit.heading, 2 if exhibit.section else 1)]
    head += [_say(handout.read(exhibit)), *([_say(exhibit.notes, "note")] if exhibit.notes else [])]
    has_figures = bool((result.table["status"] == "ok").any())
    picture = draw_picture(handout, exhibit)
    foot = ["" if exhibit.is_single else describe_basis(result), *result.passport.warnings[-1:]]
    table: list[Part] = []
    if is_in_appendix(exhibit):
        foot.append("all figures stand in a table at the end")
    elif has_figures and not exhibit.is_single:
        table = [_make_table(handout, exhibit)]
    elif not exhibit.is_single:
        foot += _list_unshown(handout, result)
    foot += _list_reasons(exhibit)
    words = " · ".join(part.removesuffix(".") for part in foot if part)
    note = [_say(words if words.startswith("n =") else words[0].upper() + words[1:], "note")] if words else []
    yield from _keep([*head, *([picture] if picture else []), *([] if table else note)])
    yield from [*table, *note] if table else []


def _keep(parts: list[Part]) -> list[Part]:
    """The parts on one page, unless their words are so many that there might be no room for them under a picture."""
    said = sum(len(part.get("words", "")) for part in parts)
    return [{"kind": "together", "parts": parts}] if said <= MOST_TOGETHER else parts


def draw_picture(handout: Handout, exhibit: Exhibit) -> Part | None:
    """The chart as it was shown, as wide as the page; None of one figure or none, and where it would have to be too small to be read."""
    if exhibit.is_single or not (exhibit.result.table["status"] == "ok").any():
        return None
    chart = draw(exhibit.result, handout.labels) if exhibit.chart is None else exhibit.chart
    settled = settle(chart)
    scale = min(1.0, TALLEST / settled.height)
    if scale < SMALLEST:
        return None
    alt = exhibit.alt or f"Chart of {exhibit.result.indicator.title}. {handout.read(exhibit)}"
    picture = write_picture(settled, "", WIDTH / scale, PAPER)
    return {"kind": "picture", "svg": set_letters(picture), "alt": clean_text(alt)}


def _write_cards(handout: Handout, exhibits: Sequence[Exhibit]) -> Part:
    """Single figures side by side, three in a row, each with what it is and what it rests on."""
    cards = [make_card(handout, exhibit) for exhibit in exhibits]
    told = [
        {"heading": set_text(one.heading), "figure": set_text(one.figure), "words": set_text(one.words)}
        for one in cards
    ]
    return {"kind": "cards", "columns": CARDS, "cards": told}


def is_in_appendix(exhibit: Exhibit) -> bool:
    """Whether the table of an exhibit is too long to stand beside its chart."""
    is_shown = (exhibit.result.table["status"] == "ok").any()
    return bool(is_shown) and len(exhibit.result.table) > MOST_ROWS


def _write_appendix(handout: Handout) -> Iterator[Part]:
    long = [exhibit for exhibit in handout.exhibits if is_in_appendix(exhibit)]
    if long:
        yield _head_section("All figures of the longer charts")
    for exhibit in long:
        reasons = " ".join(_list_reasons(exhibit))
        yield _head(exhibit.heading, 2, room=40)
        yield from [_say(reasons, "note")] if reasons else []
        yield _make_table(handout, exhibit, is_dense=True)


def _list_reasons(exhibit: Exhibit) -> list[str]:
    """Why figures are hidden or missing, each reason once."""
    indicator = exhibit.result.indicator
    reasons = (
        describe_status(row) or explain_no_range(indicator, row) for row in list_rows(exhibit.result.table)
    )
    return [reason for reason in dict.fromkeys(reasons) if reason]


def _list_unshown(handout: Handout, result: Result) -> list[str]:
    """What the figures are of that are not shown, where none is."""
    chart = make_chart(handout, result)
    names = list(dict.fromkeys(mark.label if chart.kind == "rows" else mark.series for mark in chart.marks))
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return [f"Not shown: {'; '.join(name for name in names[:12] if name)}{more}"] if any(names) else []


def _make_table(handout: Handout, exhibit: Exhibit, *, is_dense: bool = False) -> Part:
    """The rows as on the page; a reason that all hidden rows share stands once beside the table instead."""
    columns = table_columns(exhibit.result)
    rows = table_rows(exhibit.result, handout.labels)
    left_out = len(rows) - MOST_IN_TABLE
    if left_out > 0:
        rest = f"{format_count(left_out, 'further row')}: in the CSV and XLSX"
        rows = [*rows[:MOST_IN_TABLE], {**dict.fromkeys(columns, ""), columns[0]: rest}]
    reasons = _list_reasons(exhibit)
    if len(reasons) == 1:
        rows = [{**row, "Note": "" if row["Note"] == reasons[0] else row["Note"]} for row in rows]
    kept = [name for name in columns if name != "Note" or any(row[name] for row in rows)]
    return {
        "kind": "table",
        "head": [set_text(name) for name in kept],
        "rows": [[set_text(row[name]) for name in kept] for row in rows],
        "dense": is_dense,
        "whole": WHOLE_ROWS,
    }


def _write_methods(handout: Handout) -> Iterator[Part]:
    yield _head_section("Methods and limits")
    passport = handout.results[0].passport
    facts = [
        f"Release {passport.release}, published {format_moment(passport.published_at)}.",
        f"{passport.checks_passed} checks of the data passed, {passport.checks_failed} failed.",
        f"Figures as {FOR_ROLE[handout.role]} may see them.",
    ]
    yield _say(" ".join(facts))
    known: dict[tuple[object, ...], Result] = {}
    for result in handout.results:
        known.setdefault((result.indicator.id, result.selection.settings), result)
    for result in known.values():
        indicator = result.indicator
        said = [
            ("Definition", indicator.definition),
            ("Numerator", indicator.numerator),
            ("Denominator", indicator.denominator),
            ("Left out", indicator.excluded),
            ("Interval", indicator.interval_words),
            ("Read with care", " ".join([indicator.caveat, *result.passport.warnings])),
            ("Source", indicator.source),
            ("Groups", f"Members' groups are {result.passport.attributes}."),
            ("Version", f"{indicator.id}, version {indicator.version}"),
        ]
        terms = [[name, set_text(words)] for name, words in said if words.strip()]
        yield _head(indicator.title, 2, room=25)
        yield {"kind": "terms", "terms": terms}


def _head(words: str, level: int, *, room: int = 0, is_large: bool = False) -> Part:
    """A heading and bookmark; `room` is how many millimetres of its page it needs."""
    return {
        "kind": "heading",
        "level": level,
        "large": is_large,
        "room": room,
        "words": set_text(words) or "–",
    }


def _head_section(words: str) -> Part:
    return _head(words, 1, room=60, is_large=True)


def _say(words: str, style: str = "body") -> Part:
    return {"kind": "words", "style": style, "words": set_text(words)}
