"""What each file asked and how, kept with the release, so that the codebook can be read across waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from etl.checking.surveys.choices import write_labels
from etl.checking.surveys.codebook import NUMERIC_KINDS, OFF_SCALE
from etl.checking.validate import parse_number
from etl.reading.arrays import number_array, store_table, text_array
from etl.reading.files import Batch, Intake
from warehouse.contracts import ASKED, DUCKDB_TYPES
from warehouse.quoting import quote_text

# Of so many answers one that lies off the scale is a scale of its own, and no slip.
MOST_OFF = 10
_DESCRIBED = "text, kind, scale_min, scale_max, reversed, labels"


def store_asked(connection: duckdb.DuckDBPyConnection, intakes: Sequence[Intake]) -> None:
    """Make `asked` (what the headings of each file ask) and `defined` (the items of files of definitions)."""
    asked = [(number, one) for number, intake in enumerate(intakes) for one in intake.asked]
    store_table(
        connection,
        "asked",
        pa.table(
            {
                "file": number_array(number for number, _ in asked),
                "item_id": text_array(one.item_id for _, one in asked),
                "heading": text_array(one.heading for _, one in asked),
                "question": text_array(one.text for _, one in asked),
                "wave_id": text_array(one.wave_id or None for _, one in asked),
                "labels": text_array(one.labels or None for _, one in asked),
                "is_open": pa.array([not one.is_found for _, one in asked], pa.bool_()),
            }
        ),
    )
    defined = [
        (number, intake.staged.options.survey_id, item)
        for number, intake in enumerate(intakes)
        if intake.items and not intake.batches and not intake.asked and intake.staged.options.survey_id
        for item in intake.items
    ]
    ends = [(item.scale_min, item.scale_max) for _, _, item in defined]
    store_table(
        connection,
        "defined",
        pa.table(
            {
                "file": number_array(number for number, _, _ in defined),
                "survey_id": text_array(survey for _, survey, _ in defined),
                "item_id": text_array(item.item_id for _, _, item in defined),
                "text": text_array(item.text for _, _, item in defined),
                "kind": text_array(item.kind for _, _, item in defined),
                "scale_min": pa.array([low for low, _ in ends], pa.int64()),
                "scale_max": pa.array([high for _, high in ends], pa.int64()),
                "labels": text_array(write_labels(item) or None for _, _, item in defined),
            }
        ),
    )


def note_surveys(
    connection: duckdb.DuckDBPyConnection,
    intakes: Sequence[Intake],
    raw: Sequence[Batch],
    surveys: Mapping[int, str],
) -> None:
    """Make `asked_of`: the survey of each file of answers, the wave that its load named, its cells that are no answer, and where its
    answers are."""
    files = [(batch, surveys[batch.file], intakes[batch.file]) for batch in raw]
    store_table(
        connection,
        "asked_of",
        pa.table(
            {
                "file": number_array(batch.file for batch, _, _ in files),
                "survey_id": text_array(survey for _, survey, _ in files),
                "wave_id": text_array(intake.staged.options.wave_id for _, _, intake in files),
                "raw": text_array(batch.raw for batch, _, _ in files),
                "missing": text_array("|".join(intake.missing) or None for _, _, intake in files),
            }
        ),
    )


def list_asked(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> str:
    """SQL of the table `asked` of a release, by the names of its files; after every answer was checked.

    Of a file whose load names its wave, each question of its headings is a row, answered or not. Of any other there is such a row without
    a wave, and one for each wave that its answers turned out to be of.
    """
    files = connection.execute("SELECT file, raw FROM asked_of ORDER BY file").fetchall()
    number = parse_number("p.answer")
    given = "".join(
        f""" UNION ALL SELECT {file}::BIGINT AS file, p.wave AS wave_id, p.item_id, min(p.question) AS question,
          bool_or(i.kind IN {NUMERIC_KINDS} AND i.kind <> 'number' AND v.label IS NULL AND {number} IS NULL) AS has_words,
          bool_or(i.kind IN {NUMERIC_KINDS} AND i.kind <> 'number' AND v.label IS NULL AND {number} IS NOT NULL) AS has_numbers
        FROM {raw}_placed p JOIN asked_of f ON f.file = {file}
        LEFT JOIN accepted_items i ON i.survey_id = f.survey_id AND i.item_id = p.item_id
        LEFT JOIN valueless_labels v ON v.survey_id = f.survey_id AND v.item_id = p.item_id AND v.label = lower(trim(p.answer))
        WHERE p.wave IS NOT NULL GROUP BY p.wave, p.item_id"""
        for file, raw in files
    )
    listed = ", ".join(quote_text(name) for name in names) or "''"
    columns = ", ".join(
        f"CAST({column.name} AS {DUCKDB_TYPES[column.type]}) AS {column.name}" for column in ASKED.columns
    )
    nothing = "SELECT 0::BIGINT AS file, '' AS wave_id, '' AS item_id, '' AS question, false AS has_words, false AS has_numbers WHERE false"
    return f"""
        WITH given AS ({nothing}{given}),
        heard AS (SELECT DISTINCT file, wave_id FROM given),
        off AS (SELECT file, wave_id, item_id FROM checked_answers WHERE file IN (SELECT file FROM asked_of) GROUP BY ALL
          HAVING {MOST_OFF} * count(*) FILTER (contains(reason, {quote_text(OFF_SCALE)})) >= count(*)),
        named AS (SELECT a.file, f.survey_id, coalesce(a.wave_id, f.wave_id) AS wave_id, a.item_id, a.heading, a.question AS text,
          a.labels, a.is_open, coalesce(a.wave_id, f.wave_id) IS NOT NULL AS is_named FROM asked a JOIN asked_of f ON f.file = a.file),
        placed AS (SELECT * FROM named
          UNION ALL BY NAME SELECT n.* REPLACE (h.wave_id AS wave_id) FROM named n JOIN heard h ON h.file = n.file WHERE NOT n.is_named
          UNION ALL BY NAME SELECT g.file, f.survey_id, g.wave_id, g.item_id, g.item_id AS heading, g.question AS text,
            false AS is_open, false AS is_named FROM given g JOIN asked_of f ON f.file = g.file
          WHERE NOT EXISTS (SELECT 1 FROM named n WHERE n.file = g.file AND n.item_id = g.item_id AND n.wave_id IS NOT DISTINCT FROM
            (CASE WHEN n.is_named THEN g.wave_id END))),
        told AS (SELECT 'export' AS source, p.*, f.missing, CASE WHEN g.has_words AND g.has_numbers THEN 'both'
            WHEN g.has_words THEN 'words' WHEN g.has_numbers THEN 'numbers' END AS form,
            coalesce(o.file IS NOT NULL, false) AS is_off_scale
          FROM placed p JOIN asked_of f ON f.file = p.file
          LEFT JOIN given g ON g.file = p.file AND g.wave_id = p.wave_id AND g.item_id = p.item_id
          LEFT JOIN off o ON o.file = p.file AND o.wave_id = p.wave_id AND o.item_id = p.item_id
          UNION ALL BY NAME SELECT 'codebook' AS source, file, survey_id, item_id, {_DESCRIBED}, true AS is_open, false AS is_named,
            false AS is_off_scale FROM checked_items WHERE reason IS NULL
          UNION ALL BY NAME SELECT 'definition' AS source, *, NULL::BOOLEAN AS reversed, true AS is_open, false AS is_named,
            false AS is_off_scale FROM defined)
        SELECT DISTINCT {columns} FROM (SELECT * REPLACE (([{listed}])[file + 1] AS file) FROM told) ORDER BY ALL"""
