"""The one step that applies the codebook: raw survey answers become values on the item's scale, in a wave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb

from etl.checking.decimals import has_open_point, list_unclear
from etl.checking.identity.people import name_strangers, resolve_rows
from etl.checking.identity.settled import IS_GUEST
from etl.checking.surveys.choices import MISSING_CODE, NO_ANSWER, unite_items, write_labels
from etl.checking.surveys.labels import refuse_labels
from etl.checking.surveys.respondents import WEAK_ID, find_wave
from etl.checking.surveys.wording import choose_survey
from etl.checking.validate import explain_number, parse_number
from etl.reading.files import Batch
from etl.reading.types import Item, Options, Refused
from etl.reading.written.names import EMAIL
from warehouse.contracts import OF_RESPONDENTS
from warehouse.derived import SCALE_POINTS
from warehouse.quoting import quote_text

NUMERIC_KINDS = "('likert', 'nps', 'single', 'number')"
_CONTACT = rf"{EMAIL}|(\+|0)[\d ()/-]{{9,}}"
# An option has fewer words on average than a sentence that somebody wrote.
MOST_WORDS = 3
OFF_SCALE = "is not on the scale of item"


def build_codebook(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `scale_labels` (one row a step of a scale), `valueless_labels` (answers such as not applicable) and `value_ends`, the
    lowest and highest value of each item.

    A scale given by its labels alone gets its ends from them."""
    connection.execute("CREATE OR REPLACE VIEW items AS SELECT * FROM accepted_items")
    connection.execute(f"CREATE OR REPLACE TABLE scale_labels AS {SCALE_POINTS}")
    connection.execute(
        """CREATE OR REPLACE TABLE valueless_labels AS
        SELECT survey_id, item_id, lower(trim(substr(label, strpos(label, '=') + 1))) AS label
        FROM items, unnest(string_split(labels, '|')) AS t(label)
        WHERE TRY_CAST(trim(split_part(label, '=', 1)) AS DOUBLE) IS NULL"""
    )
    connection.execute(
        """UPDATE accepted_items SET scale_min = coalesce(scale_min, ends.low), scale_max = coalesce(scale_max, ends.high)
        FROM (SELECT survey_id, item_id, min(value) AS low, max(value) AS high FROM scale_labels
          GROUP BY survey_id, item_id) ends
        WHERE ends.survey_id = accepted_items.survey_id AND ends.item_id = accepted_items.item_id
          AND kind IN ('likert', 'nps', 'single') AND (scale_min IS NULL OR scale_max IS NULL)"""
    )
    connection.execute(
        """CREATE OR REPLACE VIEW value_ends AS SELECT i.survey_id, i.item_id, i.kind IN ('likert', 'nps', 'single', 'multiple') AS is_whole,
          CASE WHEN i.kind = 'multiple' THEN min(l.value) ELSE i.scale_min END AS low,
          CASE WHEN i.kind = 'multiple' THEN max(l.value) ELSE i.scale_max END AS high
        FROM accepted_items i LEFT JOIN scale_labels l ON l.survey_id = i.survey_id AND l.item_id = i.item_id
        GROUP BY i.survey_id, i.item_id, i.kind, i.scale_min, i.scale_max"""
    )


def ensure_survey(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    name: str,
    options: Options,
    described: Iterable[Item] = (),
) -> str:
    """The survey a raw file belongs to: the one named, or the only one whose items match its questions best.

    A survey that was named but has no codebook yet gets the items that its files describe; a file that describes none
    gives every question as text, or as a number where all answers are numbers. What reaches people is none of them. What a file says of
    whoever answered goes with any codebook.
    """
    listed = list(described)
    own = unite_items(item for item in listed if item.kind in OF_RESPONDENTS)
    asked = [item for item in listed if item.kind not in OF_RESPONDENTS]
    survey = _choose_survey(connection, batch, name, options, asked, [item.item_id for item in own])
    known = connection.execute("SELECT item_id FROM accepted_items WHERE survey_id = ?", [survey]).fetchall()
    new = [item for item in own if (item.item_id,) not in known]
    if new:
        _add_items(connection, batch.file, survey, new)
        build_codebook(connection)
    return survey


def _choose_survey(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    name: str,
    options: Options,
    described: Iterable[Item],
    own: Sequence[str],
) -> str:
    survey = options.survey_id
    if survey is None:
        rows = connection.execute(
            f"""SELECT i.survey_id, count(DISTINCT i.item_id) AS items FROM accepted_items i
            JOIN {batch.raw} r ON r.item_id = i.item_id GROUP BY i.survey_id"""
        ).fetchall()
        return choose_survey({str(one): int(count) for one, count in rows}, name)
    known = connection.execute("SELECT count(*) FROM accepted_items WHERE survey_id = ?", [survey]).fetchall()
    if known[0][0]:
        return survey
    contacts = list_contact_questions(connection, batch)
    items = unite_items(item for item in described if item.item_id not in contacts)
    if items:
        _add_items(connection, batch.file, survey, items)
        refuse_labels(connection, name, survey)
    else:
        is_number = f"{parse_number('answer')} IS NOT NULL"
        connection.execute(
            f"""INSERT INTO accepted_items BY NAME SELECT {batch.file} AS file, 0 AS line, {quote_text(survey)} AS survey_id, item_id,
              coalesce(nullif(min(question), ''), item_id) AS text,
              CASE WHEN bool_and({is_number} OR is_none) AND bool_or({is_number}) THEN 'number' ELSE 'text' END AS kind,
              CASE WHEN kind = 'number' THEN string_agg(DISTINCT trim(answer), '|') FILTER (is_none) END AS labels
            FROM (SELECT *, regexp_full_match(lower(trim(answer)), '{NO_ANSWER}') AS is_none FROM {batch.raw})
            WHERE NOT list_contains(?, item_id) GROUP BY item_id""",
            [[*contacts, *own]],
        )
    build_codebook(connection)
    return survey


def _add_items(connection: duckdb.DuckDBPyConnection, file: int, survey: str, items: Iterable[Item]) -> None:
    connection.executemany(
        "INSERT INTO accepted_items BY NAME SELECT ? AS file, 0 AS line, ? AS survey_id, ? AS item_id, ? AS text, "
        "? AS kind, ? AS scale_min, ? AS scale_max, nullif(?, '') AS labels",
        [
            (
                file,
                survey,
                item.item_id,
                item.text,
                item.kind,
                item.scale_min,
                item.scale_max,
                write_labels(item),
            )
            for item in items
        ],
    )


def ensure_wave(
    connection: duckdb.DuckDBPyConnection, batch: Batch, name: str, survey: str, options: Options
) -> None:
    """Make sure that the wave named in the options, or those that rows name, are there; their opening day is the first submission."""
    stated = options.wave_id or ""
    for wave in dict.fromkeys((*([stated] if stated else []), *_list_waves(connection, batch))):
        own = f" WHERE coalesce(nullif(trim(wave_id), ''), {quote_text(stated)}) = {quote_text(wave)}"
        _ensure_wave(connection, batch, name, survey, wave, f"{batch.raw}{own}", options)


def _list_waves(connection: duckdb.DuckDBPyConnection, batch: Batch) -> list[str]:
    """The waves that rows of a file say themselves."""
    rows = connection.execute(
        f"SELECT DISTINCT trim(wave_id) FROM {batch.raw} WHERE trim(wave_id) <> '' ORDER BY 1"
    ).fetchall()
    return [str(row[0]) for row in rows]


def _ensure_wave(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    name: str,
    survey: str,
    wave: str,
    rows: str,
    options: Options,
) -> None:
    found = connection.execute("SELECT survey_id FROM accepted_waves WHERE wave_id = ?", [wave]).fetchall()
    if found and found[0][0] != survey:
        raise Refused(
            f"Wave {wave} belongs to {found[0][0]}, but {name} answers {survey}: name another wave."
        )
    if found:
        return
    first = connection.execute(
        f"SELECT min(TRY_CAST(submitted_at AS TIMESTAMP))::DATE FROM {rows}"
    ).fetchall()[0][0]
    opened = first or options.complete_to
    if opened is None:
        raise Refused(
            f"{name} does not say when it was answered: load wave {wave} in a waves table, or add --complete-to."
        )
    connection.execute(
        f"""INSERT INTO accepted_waves BY NAME SELECT {batch.file} AS file, 0 AS line, {quote_text(wave)} AS wave_id,
          {quote_text(survey)} AS survey_id, DATE '{opened}' AS opened_on"""
    )


def code_answers(
    connection: duckdb.DuckDBPyConnection,
    batch: Batch,
    name: str,
    key: bytes,
    survey: str,
    options: Options,
    zone: str,
) -> str:
    """SQL of coded rows like `checked_answers`: the wave by name or by the day of submission, values by the codebook.

    A guest's response, one on whose day no wave was open, and an answer that is not on its item's scale, get a reason. Answers to
    questions that are not in the codebook are left out; `list_unknown_questions` names them. Who is no member gets a
    pseudonym for one wave only, or for those that rows of one file name, by the address where there is one: a response number that
    occurs again in another wave, or (where it may) in another file, is not the same person unless the options say so.
    """
    resolved = resolve_rows(connection, batch, "member_id")
    if options.wave_id is not None:
        wave, join = f"coalesce(nullif(trim(r.wave_id), ''), {quote_text(options.wave_id)})", ""
    else:
        wave = "coalesce(nullif(trim(r.wave_id), ''), w.wave)"
        local = "timezone('UTC', TRY_CAST(submitted_at AS TIMESTAMP))"
        day = f"CAST(timezone({quote_text(zone)}, {local}) AS DATE)"
        days = f"SELECT DISTINCT submitted_at, {day} AS day FROM {resolved}"
        join = (
            f"LEFT JOIN (SELECT d.submitted_at, {find_wave(survey, 'd.day')} AS wave FROM ({days}) d) w "
            "ON w.submitted_at = r.submitted_at"
        )
    placed = f"{batch.raw}_placed"
    own = (
        "''"
        if options.is_same_people
        else f"CASE WHEN regexp_full_match(r.response_id, '{WEAK_ID}') THEN {quote_text(name)} END"
    )
    of_day = quote_text(options.wave_id) if options.wave_id is not None else "w.wave"
    in_wave = f"CASE WHEN trim(r.wave_id) <> '' THEN '' ELSE {of_day} END"
    known = f"concat_ws('|', r.response_id, {own})"
    if "person_email" in batch.columns:
        known = f"if(contains(r.person_email, '@'), lower(trim(r.person_email)), {known})"
    stranger = f"concat_ws('|', {quote_text(survey)}, coalesce({in_wave}, ''), {known})"
    connection.execute(
        f"CREATE TABLE {placed} AS SELECT r.*, {wave} AS wave, {stranger} AS stranger FROM {resolved} r {join}"
    )
    name_strangers(connection, key, f"SELECT stranger AS value FROM {placed} WHERE resolved IS NULL")
    connection.execute(f"CREATE TABLE strangers_{batch.file} AS SELECT * FROM strangers")
    number = parse_number("r.answer")
    return f"""
        SELECT {batch.file} AS file, r.line, r.wave AS wave_id, coalesce(r.resolved, s.pseudonym) AS respondent_id,
          r.item_id,
          CASE WHEN i.kind IN {NUMERIC_KINDS} THEN CASE WHEN v.label IS NULL THEN coalesce(l.value, {number}) END
            WHEN i.kind = 'multiple' THEN coalesce(l.value, n.value) END AS value,
          CASE WHEN i.kind NOT IN {NUMERIC_KINDS} OR v.label IS NOT NULL THEN r.answer END AS text,
          TRY_CAST(r.submitted_at AS TIMESTAMP) AS submitted_at,
          CASE WHEN r.resolved IS NULL AND r.unresolved_reason = {quote_text(IS_GUEST)} THEN {quote_text(IS_GUEST)}
            WHEN r.wave IS NULL AND nullif(trim(r.submitted_at), '') IS NULL
            THEN 'the day of submission is missing, by which the wave is found: name the wave with --wave'
            WHEN r.wave IS NULL THEN 'submitted on a day when no wave of ' || {quote_text(survey)}
              || ' was open: correct the waves, or name the wave with --wave'
            WHEN i.kind = 'number' AND i.scale_min IS NULL AND regexp_full_match(trim(r.answer), '{MISSING_CODE}')
            THEN 'the answer ''' || r.answer || ''' stands for no answer in many tools: if it is a number, give ' || i.item_id
              || ' a scale_min in items.csv'
            WHEN i.kind = 'number' AND {has_open_point("trim(r.answer)")} AND r.item_id IN ({list_unclear(batch.raw)})
            THEN 'the answer ''' || r.answer || ''' may have a point of thousands, as others to ' || i.item_id || ' have a decimal comma: write '
              || 'numbers with a decimal point and nothing between thousands'
            WHEN i.kind IN {NUMERIC_KINDS} AND l.value IS NULL AND v.label IS NULL AND ({number} IS NULL
              OR {number} < i.scale_min OR {number} > i.scale_max
              OR (i.kind <> 'number' AND {number} <> floor({number})))
              OR i.kind = 'multiple' AND i.labels IS NOT NULL AND coalesce(l.value, n.value) IS NULL AND v.label IS NULL
            THEN 'the answer ''' || left(r.answer, 40) || ''' {OFF_SCALE} ' || i.item_id
              || CASE WHEN i.kind = 'number' AND {number} IS NULL THEN {explain_number("trim(r.answer)")} ELSE '' END
              || CASE WHEN i.kind = 'multiple' THEN ': export several choices in a column each' ELSE '' END END AS reason
        FROM {placed} r
        JOIN accepted_items i ON i.survey_id = {quote_text(survey)} AND i.item_id = r.item_id
        LEFT JOIN scale_labels l ON l.survey_id = i.survey_id AND l.item_id = i.item_id
          AND lower(l.label) = lower(trim(r.answer))
        LEFT JOIN scale_labels n ON i.kind = 'multiple' AND n.survey_id = i.survey_id AND n.item_id = i.item_id
          AND n.value = {number}
        LEFT JOIN valueless_labels v ON v.survey_id = i.survey_id AND v.item_id = i.item_id
          AND v.label = lower(trim(r.answer))
        LEFT JOIN strangers_{batch.file} s ON s.value = r.stranger"""


def list_own_words(connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> set[str]:
    """Questions of raw files whose answers are sentences, more than half of which nobody else gave, or name an address or telephone number."""
    rows = " UNION ALL ".join(f"SELECT item_id, trim(answer) AS answer FROM {batch.raw}" for batch in batches)
    found = connection.execute(
        f"""SELECT item_id FROM (SELECT item_id, answer, count(*) AS people,
            regexp_matches(answer, ?) AS is_contact, len(string_split_regex(answer, '\\s+')) AS words
          FROM ({rows}) WHERE answer <> '' GROUP BY item_id, answer)
        GROUP BY item_id HAVING bool_or(is_contact)
          OR count(*) FILTER (people = 1) * 2 > sum(people) AND avg(words) FILTER (people = 1) > {MOST_WORDS}""",
        [rf"(^|\D)({_CONTACT})"],
    ).fetchall()
    return {str(row[0]) for row in found}


def list_contact_questions(connection: duckdb.DuckDBPyConnection, batch: Batch) -> list[str]:
    """Questions of a raw file most answers to which are e-mail addresses or telephone numbers."""
    rows = connection.execute(
        f"""SELECT item_id FROM {batch.raw} WHERE trim(answer) <> '' GROUP BY item_id
        HAVING avg(regexp_full_match(trim(answer), ?)::INTEGER) > 0.5 ORDER BY item_id""",
        [_CONTACT],
    ).fetchall()
    return [str(row[0]) for row in rows]


def list_unknown_questions(connection: duckdb.DuckDBPyConnection, batch: Batch, survey: str) -> list[str]:
    """Questions of a raw file that the codebook does not have."""
    rows = connection.execute(
        f"""SELECT DISTINCT r.item_id FROM {batch.raw} r WHERE NOT EXISTS
        (SELECT 1 FROM accepted_items i WHERE i.survey_id = ? AND i.item_id = r.item_id) ORDER BY r.item_id""",
        [survey],
    ).fetchall()
    return [str(row[0]) for row in rows]


def add_observed_waves(connection: duckdb.DuckDBPyConnection, batch: Batch) -> Batch:
    """Ties with a day in place of a wave: each day becomes a wave of the survey `ties`. Returns the batch with waves."""
    raw = f"{batch.raw}_waves"
    day = "TRY_CAST(nullif(trim(observed_on), '') AS DATE)"
    wave = "nullif(trim(wave_id), '')" if "wave_id" in batch.columns else "CAST(NULL AS VARCHAR)"
    connection.execute(
        f"CREATE TABLE {raw} AS SELECT *{' EXCLUDE (wave_id)' if 'wave_id' in batch.columns else ''}, "
        f"coalesce({wave}, CAST({day} AS VARCHAR)) AS wave_id FROM {batch.raw}"
    )
    connection.execute(
        f"""INSERT INTO accepted_waves BY NAME
        SELECT DISTINCT {batch.file} AS file, 0 AS line, CAST({day} AS VARCHAR) AS wave_id, 'ties' AS survey_id,
          {day} AS opened_on
        FROM {batch.raw} WHERE {day} IS NOT NULL AND {wave} IS NULL
          AND CAST({day} AS VARCHAR) NOT IN (SELECT wave_id FROM accepted_waves)"""
    )
    return Batch(batch.file, batch.table, raw, tuple(dict.fromkeys((*batch.columns, "wave_id"))))


def check_scale(connection: duckdb.DuckDBPyConnection) -> None:
    """Give template answers a reason where the item is unknown or the value is off its scale."""
    connection.execute(
        f"""UPDATE checked_answers SET reason = CASE
          WHEN i.item_id IS NULL THEN 'item_id ''' || checked_answers.item_id || ''' is not in the codebook of its survey'
          ELSE 'value ' || checked_answers.value || ' {OFF_SCALE} ' || i.item_id || ' ('
            || coalesce(i.low::BIGINT || ' to ' || i.high::BIGINT, 'whole numbers') || ')' END
        FROM checked_answers c
        LEFT JOIN accepted_waves w ON w.wave_id = c.wave_id
        LEFT JOIN value_ends i ON i.survey_id = w.survey_id AND i.item_id = c.item_id
        WHERE checked_answers.rowid = c.rowid AND c.reason IS NULL
          AND (i.item_id IS NULL OR c.value < i.low OR c.value > i.high OR (i.is_whole AND c.value <> floor(c.value)))"""
    )
