"""Files hold what their role may see and say what is hidden: decoded, every format, against known true values."""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pypdf import PdfReader

from indicators.gate.disclosure import Role
from indicators.result import FIGURES
from tests.conftest import MakeRelease
from tests.ui.handouts import DENTISTS, HOSTILE, MIDWIVES, PORTERS, compute, draw_community, make_handout
from tests.ui.read_files import read_any, read_package, read_pdf, read_sav
from ui.export import FORMATS, Exhibit, Format, Handout, write_csv
from ui.export.files import freeze_package
from ui.export.formats.sav_file import CODES, write_sav
from ui.export.formats.xlsx_file import write_xlsx
from ui.export.rows import list_cells, list_columns, protect_cell
from warehouse.engine import Engine

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(draw_community())


@pytest.fixture(scope="module")
def handout_for(engine: Engine) -> Callable[[Role], Handout]:
    made = {role: make_handout(engine, role) for role in ("evaluator", "lead", "funder")}
    return lambda role: made[role]


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.ending)
def test_hidden_figures_are_said_and_their_true_values_are_nowhere(
    kind: Format, handout_for: Callable[[Role], Handout]
) -> None:
    def read(role: Role) -> str:
        # The id of a release is a time, whose digits can be those of any figure.
        handout = handout_for(role)
        return read_any(kind.ending, kind.write(handout)).replace(handout.release, "")

    evaluators, leads, funders = read("evaluator"), read("lead"), read("funder")
    for values in (PORTERS, MIDWIVES, DENTISTS):  # the control: whoever may see them finds them
        assert any(value in evaluators for value in values)
    assert "63" in leads, "the minutes of the 20 managers"
    for value in (*MIDWIVES, *DENTISTS):
        assert value not in leads
    for value in (*MIDWIVES, *DENTISTS, *PORTERS):
        assert value not in funders
    assert "Dentist" in leads
    assert "Dentist" not in funders, "a group of five is not named to a funder"
    for text in (leads, funders):
        assert "idden" in text
    assert "Made for programme leads" in leads or kind.ending == "csv"
    assert "Made for funders" in funders or kind.ending == "csv"


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.ending)
def test_the_same_results_give_the_same_bytes(kind: Format, engine: Engine) -> None:
    first, second = (kind.write(make_handout(engine, "lead")) for _ in range(2))
    assert first == second
    assert kind.write(make_handout(engine, "evaluator")) != first


def test_an_office_file_is_dated_by_its_release(handout_for: Callable[[Role], Handout]) -> None:
    handout = handout_for("lead")
    moment = handout.made_at
    for kind in (kind for kind in FORMATS if kind.ending in ("xlsx", "pptx")):
        content = kind.write(handout)
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            assert {entry.date_time[:3] for entry in package.infolist()} == {moment.timetuple()[:3]}
            core = package.read("docProps/core.xml").decode()
        assert core.count(f">{moment:%Y-%m-%dT%H:%M:%SZ}</dcterms:") == 2
        assert freeze_package(content, moment) == content


@pytest.mark.parametrize("role", ["evaluator", "lead", "funder"])
def test_the_numbers_of_a_workbook_are_those_of_the_results(
    role: Role, handout_for: Callable[[Role], Handout]
) -> None:
    handout = handout_for(role)
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(handout)))
    assert (book.sheetnames[0], book.sheetnames[-1]) == ("Contents", "Passport")
    assert len(book.sheetnames) == len(handout.exhibits) + 2
    for exhibit, name in zip(handout.exhibits, book.sheetnames[1:-1], strict=True):
        columns, *rows = list(book[name].iter_rows(min_row=5, values_only=True))
        assert len(rows) == len(exhibit.result.table)
        for row, (_, true) in zip(rows, exhibit.result.table.iterrows(), strict=True):
            cells = dict(zip(columns, row, strict=True))
            assert cells["made_for"] == role
            for figure in FIGURES:
                if true["status"] == "ok" and math.isnan(true[figure]):
                    assert cells[figure] is None
                elif true["status"] == "ok":
                    assert cells[figure] == pytest.approx(true[figure], rel=1e-15)
                else:
                    word = "hidden" if true["status"] == "suppressed" else "no data"
                    assert cells[figure] == cells["status"] == word
                    assert str(cells["reason"]).lower().startswith(word)


def test_the_passport_of_a_workbook_says_where_figures_come_from(
    handout_for: Callable[[Role], Handout],
) -> None:
    handout = handout_for("lead")
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(handout)))
    said = {(row[0], row[1]): str(row[2]) for row in book["Passport"].iter_rows(values_only=True)}
    sheet = book.sheetnames[1]
    indicator = handout.results[0].indicator
    assert said[sheet, "Definition"] == indicator.definition
    assert said[sheet, "Denominator"] == indicator.denominator
    assert said[sheet, "Left out"] == indicator.excluded
    assert indicator.caveat in said[sheet, "Read with care"]
    assert said[sheet, "Source"] == indicator.source
    assert said[sheet, "Seen as"] == "lead"
    assert handout.release in said[sheet, "Release"]
    assert "passed, 0 failed" in said[sheet, "Checks"]
    files = handout.results[0].passport.sources
    assert files
    assert files[-1].sha256 in said[sheet, "File"]


def test_a_sav_file_comes_back_with_labels_and_missing_codes(handout_for: Callable[[Role], Handout]) -> None:
    handout = handout_for("lead")
    rows, about = read_sav(write_sav(handout))
    tables = [exhibit.result.table for exhibit in handout.exhibits]
    assert len(rows) == sum(map(len, tables))
    status = np.concatenate([table["status"].to_numpy() for table in tables])
    for figure in FIGURES:
        true = np.concatenate([table[figure].to_numpy(dtype=float) for table in tables])
        written = rows[figure].to_numpy(dtype=float)
        known = (status == "ok") & ~np.isnan(true)
        assert known.any()
        assert (written[known] == true[known]).all()
        assert set(written[status == "suppressed"]) == {CODES["hidden"]}
        assert set(written[(status == "ok") & np.isnan(true)]) <= {CODES["not given"]}
        assert {span["lo"] for span in about.missing_ranges[figure]} == set(CODES.values())
        assert about.variable_value_labels[figure][CODES["hidden"]] == "hidden"
    groups = about.variable_value_labels["profession"]
    assert {groups[code] for code in rows["profession"].dropna()} == {
        "Nurse",
        "Doctor",
        "Manager",
        "Porter",
        "Midwife",
        "Dentist",
    }
    assert about.column_names_to_labels["value"] == "Figure (a share is between 0 and 1)"
    assert "Ynys Môn a'r Ŵyr" in about.variable_value_labels["region"].values()


def test_slides_hold_native_charts_with_the_figures_and_every_number_in_the_notes(
    handout_for: Callable[[Role], Handout],
) -> None:
    kind = next(kind for kind in FORMATS if kind.ending == "pptx")
    handout = handout_for("lead")
    show = Presentation(io.BytesIO(kind.write(handout)))
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert titles[0] == "Everything"
    assert titles[-1] == "How to read this"
    first = show.slides[1]
    reading = handout.read(handout.exhibits[0])
    assert reading.startswith(titles[1].removesuffix(" …"))
    assert reading in first.notes_slide.notes_text_frame.text
    (chart,) = [shape.chart for shape in first.shapes if shape.has_chart]
    table = handout.results[0].table
    drawn = dict(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True))
    assert drawn == {
        name if status == "ok" else f"{name} (hidden)": value if status == "ok" else None
        for name, value, status in zip(table["profession"], table["value"], table["status"], strict=True)
    }
    assert "Dentist (hidden)" in drawn
    assert "Dentist | hidden" in first.notes_slide.notes_text_frame.text
    assert "No interval: what it rests on is all alike" in first.notes_slide.notes_text_frame.text
    drawn_in = [shape.chart for slide in show.slides for shape in slide.shapes if shape.has_chart]
    assert any('errBarType val="both"' in one._chartSpace.xml for one in drawn_in)
    foot = "\n".join(shape.text_frame.text for shape in first.shapes if shape.has_text_frame)
    assert f"release {handout.release}" in foot
    assert "Definition: Mean time that a member" in foot
    assert "3 of 6 figures hidden" in foot


def test_a_report_has_its_title_language_numbered_pages_and_every_letter(
    handout_for: Callable[[Role], Handout],
) -> None:
    kind = next(kind for kind in FORMATS if kind.ending == "pdf")
    handout = handout_for("lead")
    content = kind.write(handout)
    words = read_pdf(content)
    reader = PdfReader(io.BytesIO(content))
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.metadata is not None
    assert reader.metadata.title == "Everything"
    assert reader.metadata.creation_date == handout.made_at
    assert b"/FontFile2" in content
    pages = words.count("Page ")
    assert pages == len(reader.pages)
    assert f"Page {pages} of {pages}" in words
    for text in ("Ynys Môn a'r Ŵyr", "Nürnberg ≥ 1", "How to read this", "A rule.", "Methods and limits"):
        assert text in words
    assert "Synthetic" not in words


def test_made_up_figures_say_so_in_every_file_and_on_every_page(
    handout_for: Callable[[Role], Handout],
) -> None:
    handout = handout_for("lead")
    exhibits = tuple(
        replace(one, result=replace(one.result, passport=replace(one.result.passport, is_synthetic=True)))
        for one in handout.exhibits
    )
    made_up = write_csv(replace(handout, exhibits=exhibits)).decode("utf-8-sig").splitlines()
    column = made_up[0].split(",").index("is_synthetic")
    assert {line.split(",")[column] for line in made_up[1:]} == {"yes"}
    assert {line.split(",")[column] for line in write_csv(handout).decode().splitlines()[1:]} == {"no"}
    for kind in (kind for kind in FORMATS if kind.ending != "csv"):
        text = read_any(kind.ending, kind.write(replace(handout, exhibits=exhibits)))
        assert "Synthetic sample data" in text
        if kind.ending == "pdf":
            lines = text.splitlines()
            pages = re.findall(r"Page \d+ of \d+", text)
            assert len(pages) > 1
            assert lines.count("Synthetic sample data") == len(pages)


def test_what_has_not_passed_the_gate_cannot_be_put_into_a_file(engine: Engine) -> None:
    open_result = compute(engine, "evaluator", "attendance_minutes", by=("profession",))
    gated = compute(engine, "lead", "attendance_minutes", by=("profession",))
    Handout("x", (Exhibit(gated),))
    as_lead = replace(open_result, indicator=gated.indicator, passport=gated.passport)
    with pytest.raises(ValueError, match="fewer than 5 people"):
        Handout("x", (Exhibit(as_lead),))
    leaking = gated.table.copy()
    leaking["numerator"] = leaking["numerator"].fillna(3.0)
    with pytest.raises(ValueError, match="a hidden row has a figure"):
        Handout("x", (Exhibit(replace(gated, table=leaking)),))
    with pytest.raises(ValueError, match="for one role"):
        Handout("x", (Exhibit(gated), Exhibit(open_result)))
    with pytest.raises(ValueError, match="nothing to put"):
        Handout("x", ())


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.ending)
def test_a_group_named_like_a_formula_is_text_everywhere(kind: Format, make_release: MakeRelease) -> None:
    engine = make_release(draw_community(nurse=HOSTILE))
    result = compute(engine, "lead", "members", by=("profession",))
    content = kind.write(Handout(HOSTILE, (Exhibit(result),), lead=HOSTILE))
    text = read_any(kind.ending, content)
    assert "HYPERLINK" in text
    if kind.ending in ("xlsx", "pptx"):
        assert "<f>" not in text
        assert "'=HYPERLINK(A1)" in text.replace("&apos;", "'")
    if kind.ending == "csv":
        assert ",'=HYPERLINK(A1)," in text
        assert ",=HYPERLINK" not in text


@pytest.mark.parametrize("role", ["evaluator", "lead"])
def test_csv_says_hidden_and_gives_the_reason(role: Role, handout_for: Callable[[Role], Handout]) -> None:
    handout = handout_for(role)
    columns = list_columns(handout.results)
    cells = [dict(zip(columns, row, strict=True)) for row in list_cells(handout)]
    hidden = [cell for cell in cells if cell["status"] == "hidden"]
    assert bool(hidden) == (role == "lead")
    for cell in hidden:
        assert {cell[name] for name in FIGURES} == {"hidden"}
        assert str(cell["reason"]).startswith("Hidden: ")
    assert write_csv(handout).count(b"\r\n") == len(cells) + 1


def test_an_attribute_named_like_a_column_keeps_its_own(engine: Engine) -> None:
    result = compute(engine, "lead", "members", by=("profession",))
    named = replace(result, dimensions=("status",), table=result.table.assign(status_of=""))
    columns = list_columns([named])
    assert columns.count("status") == 1
    assert "status_group" in columns


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=12), st.sampled_from(["", *FORMULA]))
def test_no_written_text_starts_a_formula_or_breaks_a_workbook(rest: str, start: str) -> None:
    written = protect_cell(start + rest)
    assert isinstance(written, str)
    assert not written.startswith(FORMULA)
    book = openpyxl.Workbook()
    book.active["A1"] = written
    assert book.active["A1"].data_type != "f"
    buffer = io.BytesIO()
    book.save(buffer)
    assert "<f>" not in read_package(buffer.getvalue())
