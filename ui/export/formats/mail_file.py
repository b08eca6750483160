"""A mail as a file (.eml) that a mail program opens as a draft: plain text, and HTML of the same words with the charts. Nothing is sent."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from ui.export.files import clean_text
from ui.export.formats.pdf_file import WIDTH, Part, draw_picture, write_png
from ui.export.handout import Exhibit, Handout
from ui.export.looks import INK, LINE, QUIET, SYNTHETIC_SENTENCE, TEAL
from ui.words.tables import table_columns, table_rows

MOST_ROWS = 15
TOO_LONG = "Its figures are too many for a mail: they stand in the report and in the spreadsheet."
_HTML = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title></head>
<body style="font-family:system-ui,sans-serif;color:#{ink};max-width:42rem;margin:0 auto;line-height:1.5">
{body}</body></html>
"""


def write_eml(handout: Handout) -> bytes:
    """The mail: what every figure says, its chart, and, where it has at most 15 rows, its table."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(clean_text(handout.title).split())
    message["Date"] = format_datetime(handout.made_at)
    message["X-Unsent"] = "1"
    pictures = [draw_picture(handout, one) for one in handout.exhibits]
    text, body = _write_text(handout), _write_body(handout, pictures)
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(
        _HTML.format(title=_escape(handout.title), ink=INK, body=body), subtype="html", cte="quoted-printable"
    )
    shown = message.get_payload(1)
    assert isinstance(shown, EmailMessage)
    for place, picture in enumerate(pictures):
        if picture is not None:
            shown.add_related(
                write_png(picture), "image", "png", cid=f"<{_name(place)}>", disposition="inline"
            )
    digest = hashlib.sha256((text + body).encode("utf-8")).hexdigest()
    message.set_boundary(f"part-{digest[:32]}")
    if shown.is_multipart():
        shown.set_boundary(f"part-{digest[32:]}")
    return message.as_bytes()


def _name(place: int) -> str:
    return f"chart-{place + 1}@q-evaluation"


def _write_text(handout: Handout) -> str:
    parts = [handout.title, *_list_opening(handout), ""]
    for exhibit in handout.exhibits:
        parts += [exhibit.heading.upper(), handout.read(exhibit)]
        parts += [exhibit.notes] if exhibit.notes else []
        if _has_table(exhibit):
            for row in table_rows(exhibit.result, handout.labels):
                parts.append("  " + " | ".join(cell for cell in row.values() if cell))
        elif len(exhibit.result.table) > MOST_ROWS:
            parts.append(TOO_LONG)
        parts.append("")
    if handout.rules:
        parts += ["HOW TO READ THIS", *(f"- {rule}" for rule in handout.rules)]
    return clean_text("\n".join(parts)) + "\n"


def _write_body(handout: Handout, pictures: Sequence[Part | None]) -> str:
    parts = [f'<h1 style="color:#{TEAL}">{_escape(handout.title)}</h1>']
    parts += [f'<p style="color:#{QUIET}">{_escape(line)}</p>' for line in _list_opening(handout)]
    for place, (exhibit, picture) in enumerate(zip(handout.exhibits, pictures, strict=True)):
        parts.append(f'<h2 style="color:#{TEAL}">{_escape(exhibit.heading)}</h2>')
        parts.append(f"<p>{_escape(handout.read(exhibit))}</p>")
        if picture is not None:
            parts.append(
                f'<img src="cid:{_name(place)}" alt="{_escape(picture["alt"])}" style="width:100%;max-width:{WIDTH:.0f}px">'
            )
        parts += [f"<p>{_escape(exhibit.notes)}</p>"] if exhibit.notes else []
        if _has_table(exhibit):
            parts.append(_write_table(handout, exhibit))
        elif picture is None and len(exhibit.result.table) > MOST_ROWS:
            parts.append(f"<p>{TOO_LONG}</p>")
    if handout.rules:
        rules = "".join(f"<li>{_escape(rule)}</li>" for rule in handout.rules)
        parts.append(f"<h2>How to read this</h2><ul>{rules}</ul>")
    return "\n".join(parts)


def _write_table(handout: Handout, exhibit: Exhibit) -> str:
    cell = f'style="text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid #{LINE}"'
    head = "".join(f"<th {cell}>{_escape(name)}</th>" for name in table_columns(exhibit.result))
    rows = "".join(
        "<tr>" + "".join(f"<td {cell}>{_escape(words)}</td>" for words in row.values()) + "</tr>"
        for row in table_rows(exhibit.result, handout.labels)
    )
    return f'<table style="border-collapse:collapse;font-size:14px"><tr>{head}</tr>{rows}</table>'


def _list_opening(handout: Handout) -> list[str]:
    lines = [
        SYNTHETIC_SENTENCE if handout.is_synthetic else "",
        handout.lead,
        " · ".join(handout.list_facts()),
    ]
    return [line for line in lines if line]


def _has_table(exhibit: Exhibit) -> bool:
    return 1 < len(exhibit.result.table) <= MOST_ROWS


def _escape(text: str) -> str:
    return html.escape(clean_text(text))
