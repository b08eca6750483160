"""Fonts of the PDF: whatever measures or writes words in them registers them first."""

from __future__ import annotations

from functools import lru_cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from ui.export.looks import FONTS

SANS, BOLD, SERIF = "ReportSans", "ReportSans-Bold", "ReportSerif-Bold"


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make the three fonts known to ReportLab, once a process."""
    for name, file in ((SANS, "ReportSans-Regular"), (BOLD, "ReportSans-Bold"), (SERIF, "ReportSerif-Bold")):
        pdfmetrics.registerFont(TTFont(name, str(FONTS / f"{file}.ttf")))
