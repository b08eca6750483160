"""CSV files that a spreadsheet opens as text, never as a formula."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.result import escape_cell
from ui.export import name_file, write_rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_starts_like_a_formula_is_made_text(start: str) -> None:
    assert escape_cell(f"{start}HYPERLINK()") == f"'{start}HYPERLINK()"


def test_numbers_stay_numbers() -> None:
    assert escape_cell(-0.57) == -0.57
    content = write_rows(["value"], [[-0.57], [math.nan], [None]]).decode("utf-8-sig")
    assert content == 'value\r\n-0.57\r\n""\r\n""\r\n'


def test_headings_are_escaped_too() -> None:
    assert write_rows(["=cmd"], []).decode("utf-8-sig") == "'=cmd\r\n"


@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=4)
)
def test_every_cell_comes_back_and_none_starts_a_formula(cells: list[str]) -> None:
    content = write_rows([f"c{number}" for number in range(len(cells))], [cells]).decode("utf-8-sig")
    (_, row) = list(csv.reader(io.StringIO(content, newline="")))
    for cell, written in zip(cells, row, strict=True):
        assert written in (cell, "'" + cell)
        assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_different_content_never_shares_a_file_name() -> None:
    first = name_file("active_members", "20151119T1200Z-ab", b"1")
    second = name_file("active_members", "20151119T1200Z-ab", b"2")
    assert first != second
    assert first.startswith("active-members_20151119t1200z-ab_")
    assert first.endswith(".csv")


def test_a_file_name_holds_no_path() -> None:
    assert "/" not in name_file("../../etc/passwd", "..", b"")
