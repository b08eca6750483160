"""The report as a tagged PDF: its structure, texts that would be code, letters that its fonts lack, and its length."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from etl.demo.build import write_exports
from etl.load import load_paths
from indicators.gate.disclosure import Role
from sharing.sealing.seal import seal_release
from sharing.store.story import Story
from tests.conftest import MakeRelease
from tests.ui.handouts import compute, draw_community, make_handout
from tests.ui.read_files import list_tags, read_pdf
from ui.export import Exhibit, Handout
from ui.export.formats import pdf_file
from ui.export.formats.letters import BOX, list_letters, set_letters, set_text
from ui.export.formats.pdf_file import write_pdf
from ui.share.files.report import lay_out
from warehouse.engine import Engine

HOSTILE = (
    '#import "@preview/cetz:0.3.0": *',
    '#read("/etc/passwd")',
    "#panic()",
    "$ x ^ 2 $ ] ) } // /* <label> @preview `raw` *strong* _emph_ = Heading",
    '\\u{41} \\" \\\\',
    'a\x00b\x1b\ud800"><image href="file:///etc/passwd"/><script>run()</script>',
    "smile \U0001f600 family \U0001f468\u200d\U0001f469",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "long" * 400,
    " \t\n ",
    "e\u0301 \ufb01 \u2028 \ue000 \U000f0000",
)


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(draw_community())


def read_headings(reader: PdfReader) -> list[str]:
    return [str(tag["/S"]) for tag in list_tags(reader) if str(tag["/S"]).startswith("/H")]


@pytest.mark.parametrize("role", ["evaluator", "lead", "funder"])
def test_a_report_is_tagged_as_pdf_ua_1(role: Role, engine: Engine) -> None:
    """What a machine can see of ISO 14289-1. Typst itself writes no file that breaks a rule of it that it knows, once asked for it."""
    handout = make_handout(engine, role)
    reader = PdfReader(io.BytesIO(write_pdf(handout)))
    root = reader.trailer["/Root"]
    assert bool(root["/MarkInfo"]["/Marked"].value)
    assert root["/Lang"] == "en-GB"
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"].value)
    about = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert "Everything" in about
    tags = list_tags(reader)
    figures = [tag for tag in tags if tag["/S"] == "/Figure"]
    assert len(figures) == sum(
        not one.is_single and (one.result.table["status"] == "ok").any() for one in handout.exhibits
    )
    assert all(len(tag["/Alt"]) > 20 for tag in figures)
    heads = [tag for tag in tags if tag["/S"] == "/TH"]
    assert {str(tag["/A"][0]["/Scope"]) for tag in heads} == {"/Column"}
    assert sum(tag["/S"] == "/THead" for tag in tags) == sum(tag["/S"] == "/Table" for tag in tags) > 2
    levels = [int(name[2:]) for name in read_headings(reader)]
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_headings_are_bookmarks_in_order(engine: Engine) -> None:
    handout = make_handout(engine, "lead")
    reader = PdfReader(io.BytesIO(write_pdf(handout)))
    names = [one.title for one in reader.outline if not isinstance(one, list)]
    assert names[0] == handout.exhibits[0].heading
    assert names[-2:] == ["How to read this", "Methods and limits"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_code_or_breaks_a_report(text: str, make_release: MakeRelease) -> None:
    engine = make_release(draw_community(nurse=f"Nurse {text}".replace("\ud800", "").strip()))
    result = compute(engine, "evaluator", "attendance_minutes", by=("profession",))
    exhibit = Exhibit(result, reading=f"Read {text}", notes=text, section=text or "x", label=text, alt=text)
    words = read_pdf(write_pdf(Handout(text, (exhibit,), lead=text, audience=text, rules=(text,))))
    assert "root:" not in words
    said = " ".join(set_text(text).replace("\u200b", "").replace("\u00a0", " ").split())
    assert "".join(said.split()) in "".join(words.split()), "what can be set is said as it stands"


def test_a_document_reads_no_file_no_address_and_no_font_of_the_machine(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    handout = Handout("x", (Exhibit(compute(engine, "lead", "members")),))
    (tmp_path / "report.typ").write_text('#set document(title: "x")\n#read("/etc/passwd")')
    monkeypatch.setattr(pdf_file, "LAYOUT", tmp_path / "report.typ")
    with pytest.raises(typst.TypstError, match="file not found"):
        write_pdf(handout)
    (tmp_path / "report.typ").write_text('#set document(title: "x")\n#read("../../etc/passwd")')
    with pytest.raises(typst.TypstError, match="escape the project root"):
        write_pdf(handout)
    assert set(pdf_file._find_fonts().families()) == {"Report Sans", "Report Serif", "Report Signs"}


def test_every_letter_that_is_let_through_has_a_shape(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typst refuses a tagged file with a letter that none of the fonts has: the second half is the control."""
    exhibits = (Exhibit(compute(engine, "lead", "members")),)
    every = " ".join(chr(letter) for letter in sorted(list_letters()))
    assert len(every) > 3000
    write_pdf(Handout("x", exhibits, lead=every))
    assert set_letters("Ŵyr −5 % ≥ 1 → ● ◼ ┆ ▲") == "Ŵyr −5 % ≥ 1 → ● ◼ ┆ ▲"
    assert set_letters("a\u05e9b\U0001f600c\x00d\u202ee\u2003f") == f"a{BOX}b{BOX}cde f"
    assert set_text("20261128T025007725489Z-cc50e210") == "20261128T025007725489Z-cc50e210"
    assert set_text("x" * 41) == f"{'x' * 20}\u200b{'x' * 20}\u200bx"
    monkeypatch.setattr(pdf_file, "set_text", str)
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        write_pdf(Handout("x", exhibits, lead="\U0001f600"))


def test_words_that_would_not_fit_on_a_page_are_not_kept_on_one(engine: Engine) -> None:
    result = compute(engine, "evaluator", "attendance_rate", by=("region",))
    for count, is_kept in ((5, True), (400, False)):
        parts = pdf_file.lay_out(Handout("x", (Exhibit(result, notes="A note. " * count),)))["parts"]
        kept = [
            part for part in parts if part["kind"] == "together" and part["parts"][-1]["kind"] == "picture"
        ]
        assert bool(kept) == is_kept


def test_the_layout_is_plain_data(engine: Engine) -> None:
    laid = pdf_file.lay_out(make_handout(engine, "lead"))
    assert json.loads(json.dumps(laid)) == laid


def test_the_report_on_the_sample_has_at_most_six_pages(tmp_path: Path) -> None:
    write_exports(tmp_path / "in")
    load_paths([tmp_path / "in"], tmp_path / "data")
    extract = seal_release(tmp_path / "data", "latest", "0a1b2c3d", "The Foundation")
    words = "What members did together, and what came of it. " * 20
    told = replace(extract, story=Story(title="Q", about=words, done=words, meaning=words, claims=()))
    handout = lay_out(told)
    content = write_pdf(handout)
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) <= 6
    assert len(content) < 250_000
    assert sum(tag["/S"] == "/Figure" for tag in list_tags(reader)) == len(handout.exhibits) == 4
