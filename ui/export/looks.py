"""House colours and fonts of the files, on white paper."""

from __future__ import annotations

from pathlib import Path

TEAL, ORANGE, INK, QUIET, LINE, WASH = "0b5c66", "b4541a", "0d191d", "5b666a", "d5dcdb", "f4f6f5"
BAR = "6cacb0"
SERIES = ("0b5c66", "b4541a", "5a4a9c", "5d6f14", "a3315f", "2f6ba8", "8a6100", "4d5a60", "7a3b1d", "1f7a4d")
STEPS = ("b4541a", "df9f76", "c3caca", "74b3b8", "0b5c66")
WARN, WARM = "8f3d0c", "f9ece3"
# The colours and the font that a picture names, on paper.
PAPER = {
    "ink": f"#{INK}",
    "back": "#ffffff",
    "line": f"#{LINE}",
    "font": "Report Sans, Report Signs",
    **{f"c{place}": f"#{colour}" for place, colour in enumerate(SERIES)},
}
FONTS = Path(__file__).resolve().parent / "fonts"
SYNTHETIC = "Synthetic sample data"
SYNTHETIC_SENTENCE = "Synthetic sample data: no figure here is about real people."
