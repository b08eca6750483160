"""Cells of a list that somebody opens in a spreadsheet and gives back: no text of them starts a formula."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")


def shut_cell(text: str) -> str:
    """The text as a cell, with an apostrophe before what a spreadsheet would compute or drop."""
    return f"'{text}" if text.startswith(_STARTS) else text


def open_cell(cell: str) -> str:
    """The text of a cell that `shut_cell` made."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_STARTS) else cell
