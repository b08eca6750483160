"""Files that leave the dashboard. Each is made of gated Results only, and the same Results give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from ui.export.files import name_file
from ui.export.formats.csv_file import write_csv, write_rows
from ui.export.handout import Exhibit, Handout

__all__ = ["FORMATS", "Exhibit", "Format", "Handout", "name_file", "write_csv", "write_rows"]


@dataclass(frozen=True)
class Format:
    """A kind of file: its name for people, the ending of its name, its media type and the module that writes it."""

    title: str
    ending: str
    media_type: str
    module: str

    def write(self, handout: Handout) -> bytes:
        """The file. The library behind it is imported when the first file of its kind is made."""
        writer: Callable[[Handout], bytes] = getattr(
            import_module(f"ui.export.formats.{self.module}"), f"write_{self.ending}"
        )
        return writer(handout)


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: tuple[Format, ...] = (
    Format("Report (PDF)", "pdf", "application/pdf", "pdf_file"),
    Format("Slides (PowerPoint)", "pptx", f"{_OFFICE}.presentationml.presentation", "pptx_file"),
    Format("Tables (Excel)", "xlsx", f"{_OFFICE}.spreadsheetml.sheet", "xlsx_file"),
    Format("Tables (CSV)", "csv", "text/csv", "csv_file"),
    Format("Data (SPSS)", "sav", "application/octet-stream", "sav_file"),
    Format("Mail", "eml", "message/rfc822", "mail_file"),
)
