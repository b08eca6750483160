"""Microsoft Forms responses (.xlsx or CSV): one heading row of questions, several choices of a question in one cell ("A;B;")."""

from __future__ import annotations

from collections.abc import Sequence

from etl.reading.records import Record, find_delimiter
from etl.reading.types import About, RawFile, Reading, Refused, Sample
from etl.sources.surveys.forms import Form, read_form

NAME = "microsoft_forms"
TITLE = "Microsoft Forms responses"
ABOUT = About(
    "the columns of its own in 14 languages",
    "`--survey`, `--wave`",
    'points and feedback of a quiz are left out and counted; "anonymous" is nobody',
)
# English, German, French, Spanish, Italian, Portuguese, Dutch, Danish, Norwegian, Swedish, Finnish, Polish, Japanese, Chinese
_COLUMNS = {
    "response": "id|id.|identifikator|identyfikator|tunnus",
    "started": "start time|startzeit|heure de début|hora de inicio|ora di inizio|hora de início|hora de começo|begintijd|tijd van starten|"
    "starttidspunkt|starttid|aloitusaika|godzina rozpoczęcia|開始時刻|开始时间|開始時間",
    "ended": "completion time|fertigstellungszeit|heure de fin|hora de finalización|ora di completamento|hora de conclusão|"
    "tijd van voltooien|voltooiingstijd|fuldførelsestidspunkt|fullføringstidspunkt|slutförandetid|valmistumisaika|"
    "godzina ukończenia|完了時刻|完成时间|完成時間",
    "email": "email|e-mail|mail|adresse de messagerie|correo electrónico|posta elettronica|endereço de e-mail|e-post|e-postadresse|"
    "sähköposti|adres e-mail|メール|电子邮件|電子郵件",
    "name": "name|nom|nombre|nome|naam|navn|namn|nimi|nazwa|名前|名称|名稱",
    "other": "last modified time|uhrzeit der letzten änderung|heure de la dernière modification|hora de la última modificación|"
    "ora dell'ultima modifica|hora da última modificação|tijd van laatste wijziging",
}
_FORM = Form(
    NAME,
    {
        **{word: role for role, words in _COLUMNS.items() for word in words.split("|")},
        "language": "other",
        "total points": "other",
        "quiz feedback": "other",
        "grade posted time": "other",
    },
    ";",
)


def recognise(sample: Sample) -> bool:
    """Whether the heading starts with Microsoft Forms' number and times."""
    return _find_delimiter(sample.text) is not None


def _find_delimiter(text: str) -> str | None:
    return find_delimiter(text, 1, _is_forms)


def _is_forms(records: Sequence[Record]) -> bool:
    words = [_FORM.fold(cell) for cell in records[0].cells] if records else []
    roles = [_FORM.roles.get(word, "") for word in words]
    return roles[:1] == ["response"] and {"started", "ended"} <= set(roles)


def read(file: RawFile) -> Reading:
    """Read the responses: one row of `raw_answers` an answer, and an item for each question (q01, q02 …) or option (q03_01).

    Questions of equal text are told apart by their number. "anonymous" is nobody's address; times that Excel turned into numbers
    are read as it means them. Points and feedback of a quiz are left out.
    """
    delimiter = _find_delimiter(file.text)
    if delimiter is None:
        raise Refused(f"{file.name} is no Microsoft Forms export: open its responses in Excel and save them.")
    return read_form(file, delimiter, _FORM)
