"""What people write above the heading of a table: a title, a date, a blank line."""

from __future__ import annotations

from collections.abc import Callable

from etl.reading.records import DELIMITERS, peek_records

MOST_TITLES = 10
_LONGEST_TITLE, _LOOK, _SAMPLE = 2, 100_000, 4_000_000


def skip_titles(text: str, is_known: Callable[[str], bool]) -> tuple[str, int]:
    """The text with the lines above its heading made blank, so that the others keep their numbers, and the line of its heading.

    The heading is the first line from which on the text `is_known`, with no more than two cells in any line above; where there
    is none, the text as it is and 0.
    """
    place, above = 0, []
    for number in range(1, MOST_TITLES + 1):
        end = text.find("\n", place, place + _LOOK)
        if end == -1 or min(_count_cells(text[place:end], mark) for mark in DELIMITERS) > _LONGEST_TITLE:
            break
        above.append(text[place:end])
        place = end + 1
        head = text[place : place + _SAMPLE]
        heading = head.split("\n", 1)[0]
        if heading.strip(' ,;\t"\r') and is_known(head):
            mark = max(DELIMITERS, key=heading.count)
            rows = [record for line in above for record in peek_records(line, mark, 1)]
            if any(len(record.filled) > _LONGEST_TITLE for record in rows):
                break
            return "\n" * number + text[place:], number + 1
    return text, 0


def explain_titles(name: str, line: int) -> str:
    """What is said of a file whose heading is on a line further down."""
    return f"{name}: its heading is on line {line}; what stands above it was passed over."


def _count_cells(line: str, delimiter: str) -> int:
    return sum(bool(cell.strip(' "\r')) for cell in line.split(delimiter))
