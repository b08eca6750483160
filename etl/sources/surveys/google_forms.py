"""Google Forms responses (CSV, or the sheet as .xlsx): a time stamp and a heading for each question; rows of a grid in a column each ("Question [Row]"), several choices of a question in one cell ("A, B")."""

from __future__ import annotations

from collections.abc import Sequence

from etl.reading.records import Record, find_delimiter
from etl.reading.types import About, RawFile, Reading, Refused, Sample
from etl.sources.surveys.forms import Form, read_form

NAME = "google_forms"
TITLE = "Google Forms responses"
ABOUT = About(
    "the columns of its own in 20 languages; time zones in words",
    "`--survey`, `--wave`; the options of a question whose choices have commas (`[file.choices]`); `--date-order`",
    "scores of a quiz are left out and counted; a time zone that several are called by (IST)",
)

_STAMPS = frozenset(
    [
        "timestamp",
        "zeitstempel",
        "horodateur",
        "marca temporal",
        "marca de tiempo",
        "carimbo de data/hora",
        "informazioni cronologiche",
        "tijdstempel",
        "sygnatura czasowa",
        "tidsstempel",
        "tidstämpel",
        "aikaleima",
        "časová značka",
        "časová pečiatka",
        "időbélyeg",
        "marcaj de timp",
        "zaman damgası",
        "χρονική σήμανση",
        "отметка времени",
        "позначка часу",
        "时间戳记",
        "時間戳記",
        "タイムスタンプ",
        "타임스탬프",
        "dấu thời gian",
        "stempel waktu",
        "cap waktu",
        "marca d'hora",
    ]
)
_EMAILS = frozenset(
    [
        "email address",
        "email",
        "username",
        "e-mail-adresse",
        "nutzername",
        "adresse e-mail",
        "nom d'utilisateur",
        "dirección de correo electrónico",
        "nombre de usuario",
        "endereço de e-mail",
        "nome de usuário",
        "indirizzo email",
        "nome utente",
        "e-mailadres",
        "gebruikersnaam",
        "adres e-mail",
    ]
)
_FORM = Form(
    NAME,
    {
        **dict.fromkeys(_STAMPS, "ended"),
        **dict.fromkeys(_EMAILS, "email"),
        "score": "left",
        "total score": "left",
    },
    ", ",
)


def recognise(sample: Sample) -> bool:
    """Whether the heading starts with Google's time stamp and has a question."""
    return _find_delimiter(sample.text) is not None


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, 1, _is_forms)


def _is_forms(records: Sequence[Record]) -> bool:
    words = [_FORM.fold(cell) for cell in records[0].cells] if records else []
    return words[:1] != [] and words[0] in _STAMPS and any(word and word not in _FORM.roles for word in words)


def read(file: RawFile) -> Reading:
    """Read the responses: one row of `raw_answers` an answer, an item for each question (q01 …), row of a grid (q02_01) or option.

    A cell has several choices where its parts occur in other cells too; the load names these questions with their options. A
    choice that has a comma needs the question's options in the mapping, `[file.choices]`.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(f"{file.name} is no Google Forms export: download its responses again as CSV.")
    return read_form(file, delimiter, _FORM)
