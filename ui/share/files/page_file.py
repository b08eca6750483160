"""The funder's page as one HTML file that needs nothing else: no script, no server, no font or picture beside it."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import pandas as pd

from indicators.result import Result
from sharing.sealing.extract import Extract
from ui.charts.picture.draw import draw_picture
from ui.charts.picture.settled import settle
from ui.export.looks import SERIES, SYNTHETIC, SYNTHETIC_SENTENCE
from ui.share.claims import Claim, list_claims, list_whole
from ui.share.sealed_chart import draw_figure
from ui.share.sealed_page import (
    RULES,
    SECTIONS,
    describe_chart,
    explain,
    name_page,
    read_figure,
    say_basis,
    say_sealed,
    say_source,
    write_headline,
)
from ui.words.numbers import format_day, keep_together
from ui.words.tables import table_rows, write_table

LIGHT = tuple(f"#{colour}" for colour in SERIES)
DARK = (
    "#6fc3cc",
    "#f0a36b",
    "#b3a5ee",
    "#b9cc6a",
    "#ef8fb5",
    "#85b8ee",
    "#e2b64f",
    "#a9b8be",
    "#d9a184",
    "#7fd0a3",
)
_RULES = """
body { margin: 0; background: var(--q-back); color: var(--q-ink); font: 1rem/1.55 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1, h2, h3 { font-family: "Source Serif 4", Georgia, serif; line-height: 1.2; }
h1 { font-size: 2.25rem; } h2 { font-size: 1.6rem; margin-top: 2.5rem; border-bottom: 1px solid; padding-bottom: 0.4rem; }
h3 { font-size: 1.3rem; margin: 2rem 0 0.5rem; }
.quiet { font-size: 0.875rem; opacity: 0.8; } .said { white-space: pre-line; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0.1rem 0.4rem; border: 1px solid; border-radius: 0.25rem; font-size: 0.875rem; }
details { border: 1px solid var(--q-line); border-radius: 0.25rem; padding: 0.5rem 0.75rem; margin: 0.75rem 0; } summary { cursor: pointer; }
.q-picture { display: block; overflow: visible; font-size: 13px; } .q-paths * { vector-effect: non-scaling-stroke; }
@media print { @page { margin: 14mm; } figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } main { max-width: none; padding: 0; } }
figure { margin: 0.5rem 0; }
"""


def write_page(extract: Extract) -> str:
    """What a link shows, in its order, with its words and pictures; ValueError for an extract without any result."""
    if not extract.results:
        raise ValueError("Nothing is sealed that could be shown.")
    claims, story = list_claims(extract), extract.story
    title = _write(name_page(extract))
    parts = [f"<h1>{title}</h1>"]
    if extract.is_synthetic:
        parts.append(f'<p><span class="badge">{SYNTHETIC}</span></p><p>{_write(SYNTHETIC_SENTENCE)}</p>')
    if not claims:
        parts.append(f"<p><strong>{_write(write_headline(extract))}</strong></p>")
    parts.append(f'<p class="quiet">{_write(say_source(extract))}</p>')
    for name, words in (("What it is", story.about), ("What was done", story.done)):
        parts += [f'<p class="quiet">{name}</p><p class="said">{_write(words)}</p>'] if words else []
    if claims:
        parts.append("<h2>What was found</h2>")
        parts += [_write_claim(claim, extract.waves) for claim in claims]
    if story.meaning:
        parts.append(f'<h2>What it means</h2><p class="said">{_write(story.meaning)}</p>')
    if extract.notes:
        parts.append("<h2>Notes from the evaluation</h2>")
        parts += [
            f'<p class="quiet">{format_day(day)}</p><p class="said">{_write(words)}</p>'
            for day, words in extract.notes
        ]
    parts += _write_rest(extract, is_open=not claims)
    parts.append(f"<h2>How to read this page: methods and limits</h2>{_write_list(RULES)}")
    parts.append(f'<p class="quiet">{_write(say_sealed(extract))}</p>')
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{_write_colours()}{_RULES}</style></head><body><main>{''.join(parts)}</main></body></html>"
    )


def _write_claim(claim: Claim, waves: Mapping[str, str]) -> str:
    picture = _draw(claim.result, claim.rows, waves, claim.earlier, claim.target)
    verdict = ""
    for holds, heading in ((True, "The figures support"), (False, "The figures do not support")):
        said = [f"{one.words}: {one.reason}" for one in claim.verdict.claims if one.holds == holds]
        verdict += f"<p><strong>{heading}</strong></p>{_write_list(said)}" if said else ""
    return (
        f"<h3>{_write(claim.heading)}</h3><p>{_write(say_basis(claim, waves))}</p>{picture}"
        f"<details><summary>What speaks for it, what against it</summary>{verdict}"
        f"<p><strong>Read with care.</strong> {_write(claim.result.indicator.caveat)}</p></details>"
    )


def _draw(
    result: Result,
    rows: pd.DataFrame,
    waves: Mapping[str, str],
    earlier: pd.DataFrame,
    target: float | None = None,
) -> str:
    figure = draw_figure(result, rows, waves, earlier, target)
    return f"<figure>{draw_picture(settle(figure), describe_chart(result, rows))}</figure>"


def _write_figure(result: Result, waves: Mapping[str, str]) -> str:
    words, drawn = read_figure(result, waves)
    picture = "" if drawn is None else _draw(result, drawn[0], waves, drawn[1])
    table = write_table(table_rows(explain(result), waves))
    return f"<h3>{_write(result.indicator.title)}</h3><p>{_write(words)}</p>{picture}{table}"


def _write_rest(extract: Extract, is_open: bool) -> list[str]:
    """Every figure of everybody, by theme and folded away unless nothing stands before them."""
    parts = []
    for title, themes in SECTIONS:
        figures = [one for one in list_whole(extract) if one.indicator.theme in themes]
        told = "".join(_write_figure(one, extract.waves) for one in figures)
        if told:
            how = " open" if is_open else ""
            parts.append(f"<details{how}><summary>All figures: {title}</summary>{told}</details>")
    return parts


def _write_list(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{_write(line)}</li>' for line in lines)}</ul>"


def _write(text: str) -> str:
    """Text, inert in HTML."""
    return html.escape(keep_together(text))


def _write_colours() -> str:
    """The colours that the pictures name, in light and in dark."""
    light, dark = (
        "".join(f"--q-c{place}:{shade};" for place, shade in enumerate(shades)) for shades in (LIGHT, DARK)
    )
    line = "--q-line:rgba(128,134,138,.35);"
    return (
        f":root{{--q-ink:#0d191d;--q-back:#fff;{line}{light}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--q-ink:#e6ecec;--q-back:#12181a;{dark}}}}}"
    )
