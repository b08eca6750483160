"""Questions as a real HTML table for each survey, which a phone shows as cards."""

from __future__ import annotations

import html
from collections.abc import Sequence

from indicators.codebook.questions import Kind, Mark, Question
from indicators.codebook.reading import Wave
from ui.words.language import gettext, gettext_noop

FURTHER = gettext_noop("The table goes on to the right, to how answers are read and what is no answer.")
IN_OTHERS = gettext_noop("In other files")
SYNONYMS = gettext_noop("Answers are read as")
_STYLE = """<style>
.codebook-box { overflow-x: auto; }
.codebook { width: 100%; border-collapse: collapse; font-size: 0.82rem; line-height: 1.3; }
.codebook caption { text-align: left; font-weight: 600; padding: 0.2rem 0 0.3rem 0; }
.codebook th, .codebook td { text-align: left; vertical-align: top; padding: 0.35rem 0.8rem 0.35rem 0; border: 0;
  border-bottom: 1px solid rgba(128, 134, 138, 0.3); overflow-wrap: break-word; }
.codebook thead th { font-weight: 600; opacity: 0.85; }
.codebook tbody th { font-weight: 600; min-width: 13rem; }
.codebook td { min-width: 7.5rem; }
.codebook td.wide { min-width: 13rem; }
.codebook .id { display: block; font-weight: 400; opacity: 0.85; overflow-wrap: anywhere; }
.codebook thead th { vertical-align: bottom; }
.codebook .gap, .codebook .clash { font-weight: 600; }
.codebook .gap::before { content: "○ " / ""; }
.codebook .clash::before { content: "▲ " / ""; }
@media (max-width: 640px) {
  .codebook .wider { display: none; }
  .codebook thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .codebook, .codebook caption, .codebook tbody, .codebook tr, .codebook th, .codebook td { display: block; min-width: 0; padding-right: 0; }
  .codebook tr { padding: 0.6rem 0; border-bottom: 1px solid rgba(128, 134, 138, 0.4); }
  .codebook th, .codebook td { border: 0; padding: 0.1rem 0; }
  .codebook td:empty { display: none; }
  .codebook td::before { content: attr(data-name) / ""; display: block; font-weight: 600; opacity: 0.85; }
}
</style>"""


def write_questions(questions: Sequence[Question], waves: Sequence[Wave]) -> str:
    """A table for each survey as HTML. Roles are said in words too: what is drawn as blocks on a phone would be read as none."""
    surveys = sorted({one.item.survey_id for one in questions})
    tables = [
        _write_table(
            survey,
            [one for one in questions if one.item.survey_id == survey],
            [wave for wave in waves if wave.survey_id == survey],
        )
        for survey in surveys
    ]
    return _STYLE + "".join(tables)


def _write_table(survey: str, questions: Sequence[Question], waves: Sequence[Wave]) -> str:
    others = [gettext(IN_OTHERS)] if any(one.at_all for one in questions) else []
    names = [
        gettext("Question"),
        *(wave.label for wave in waves),
        *others,
        gettext("Construct"),
        gettext("Scale"),
        gettext(SYNONYMS),
        gettext("Missing"),
    ]
    head = "".join(f'<th role="columnheader" scope="col">{html.escape(name)}</th>' for name in names)
    rows = "".join(_write_row(one, waves, names, has_others=bool(others)) for one in questions)
    title = html.escape(gettext("Survey {survey}").format(survey=survey))
    return (
        f'<div class="codebook-box" role="region" aria-label="{title}" tabindex="0"><table class="codebook" role="table">'
        f'<caption>{title}<span class="id wider">{html.escape(gettext(FURTHER))}</span></caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{rows}</tbody></table></div>'
    )


def _write_row(one: Question, waves: Sequence[Wave], names: Sequence[str], *, has_others: bool) -> str:
    item = one.item
    direction = gettext("Reversed: a high value is the less favourable") if item.is_reversed else ""
    cells = [
        *(_write_marks(one.marks.get(wave.wave_id, ())) for wave in waves),
        *([_write_marks(one.at_all)] if has_others else []),
        html.escape(item.construct),
        _write_list([one.scale, direction]),
        _write_list(one.synonyms),
        html.escape(one.missing),
    ]
    told = "".join(
        f'<td role="cell"{" class=wide" if name == gettext(SYNONYMS) else ""} data-name="{html.escape(name)}">{cell}</td>'
        for name, cell in zip(names[1:], cells, strict=True)
    )
    named = f'{html.escape(item.text)}<span class="id">{html.escape(item.item_id)}</span>'
    return f'<tr role="row"><th role="rowheader" scope="row">{named}</th>{told}</tr>'


def _write_marks(marks: Sequence[Mark]) -> str:
    marked: dict[Kind, str] = {"gap": ' class="gap"', "clash": ' class="clash"'}
    return "".join(f"<div{marked.get(mark.kind, '')}>{html.escape(mark.words)}</div>" for mark in marks)


def _write_list(lines: Sequence[str]) -> str:
    return "".join(f"<div>{html.escape(line)}</div>" for line in lines if line)
