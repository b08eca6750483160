"""Respondents of survey files: one response of each a wave, every option of a question, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from etl.checking.identity.people import fold_identifier
from etl.checking.identity.settled import IS_GUEST
from etl.checking.validate import parse_number
from etl.reading.files import Batch
from warehouse.quoting import quote_text

# a number that another file may use for somebody else, unlike what Qualtrics and SurveyMonkey give out once
WEAK_ID = "(line )?[0-9]{1,6}"
# Of so many answers the same ones are no chance, where no time tells.
LEAST_SAME = 4
UNKNOWN_ONLY = "only questions that are not in the codebook were answered"


def make_wave_spans(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `wave_spans`: the first and last day of each wave; one without a closing day ends when the next of its survey opens."""
    connection.execute(
        """CREATE OR REPLACE VIEW wave_spans AS SELECT wave_id, survey_id, opened_on,
          coalesce(closed_on, (SELECT min(n.opened_on) - 1 FROM accepted_waves n
            WHERE n.survey_id = w.survey_id AND n.opened_on > w.opened_on), DATE '9999-12-31')::DATE AS last_on
        FROM accepted_waves w"""
    )


def find_wave(survey: str, day: str) -> str:
    """SQL of the wave of a day: of waves that overlap the one that opened last."""
    return (
        f"(SELECT arg_max(w.wave_id, (w.opened_on, w.wave_id)) FROM wave_spans w WHERE w.survey_id = {quote_text(survey)} "
        f"AND {day} BETWEEN w.opened_on AND w.last_on)"
    )


def note_overlaps(connection: duckdb.DuckDBPyConnection, batch: Batch, survey: str, name: str) -> list[str]:
    """What is to be said where two waves of a survey were open on the day of a response."""
    both = connection.execute(
        f"""SELECT DISTINCT a.wave_id, b.wave_id FROM wave_spans a JOIN wave_spans b ON a.survey_id = b.survey_id
          AND (a.opened_on, a.wave_id) < (b.opened_on, b.wave_id) AND b.opened_on <= a.last_on
        WHERE a.survey_id = ? AND EXISTS (SELECT 1 FROM {batch.raw} r
          WHERE CAST(TRY_CAST(r.submitted_at AS TIMESTAMP) AS DATE) BETWEEN b.opened_on AND least(a.last_on, b.last_on))
        ORDER BY 1, 2""",
        [survey],
    ).fetchall()
    return [
        f"{name}: the waves {first} and {second} of {survey} were open on the same days; a response of those days counts in "
        f"{second}, which opened last. Correct opened_on or closed_on if that is wrong."
        for first, second in both
    ]


def fill_choices(connection: duckdb.DuckDBPyConnection, batch: Batch, survey: str) -> None:
    """Add the options that were left to who chose another of the same question, so that a share is of those who were asked.

    A question is the items of kind multiple whose ids differ in a number or in brackets at the end (topics_1, topics[SQ002]) and
    whose labels say what 0 is; where a file says itself what was not chosen nothing is added.
    """
    connection.execute(
        f"""INSERT INTO {batch.raw} BY NAME
        WITH options AS (SELECT i.item_id, i.text, regexp_extract(i.item_id, '^(.+?)(_[0-9]+|\\[[^\\]]*\\])$', 1) AS stem,
            min(CASE WHEN l.value = 0 THEN l.label END) AS none
          FROM accepted_items i JOIN scale_labels l ON l.survey_id = i.survey_id AND l.item_id = i.item_id
          WHERE i.survey_id = $survey AND i.kind = 'multiple' GROUP BY ALL),
        given AS (SELECT r.*, o.stem, lower(trim(r.answer)) IN (lower(o.none), '0') AS is_none
          FROM {batch.raw} r JOIN options o ON o.item_id = r.item_id WHERE o.stem <> '' AND o.none IS NOT NULL),
        silent AS (SELECT stem FROM given GROUP BY stem HAVING NOT bool_or(is_none) AND count(DISTINCT item_id) > 1),
        people AS (SELECT DISTINCT ON (g.line, g.wave_id, g.stem) g.* EXCLUDE (is_none, item_id, question, answer) FROM given g
          JOIN silent s ON s.stem = g.stem)
        SELECT p.* EXCLUDE (stem), o.item_id, o.text AS question, o.none AS answer FROM people p
        JOIN options o ON o.stem = p.stem AND o.none IS NOT NULL
        WHERE o.item_id IN (SELECT item_id FROM given) AND NOT EXISTS
          (SELECT 1 FROM {batch.raw} r WHERE r.line = p.line AND r.wave_id = p.wave_id AND r.item_id = o.item_id)""",
        {"survey": survey},
    )


def set_aside_unknown(connection: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Set the responses aside that answered nothing that the codebook has."""
    connection.execute(
        f"INSERT INTO rejects SELECT DISTINCT {batch.file}, line, 'answers', {quote_text(UNKNOWN_ONLY)} FROM {batch.raw} "
        f"WHERE line NOT IN (SELECT line FROM checked_answers WHERE file = {batch.file})"
    )


def settle_repeats(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], names: Sequence[str]
) -> None:
    """Of several responses of one respondent in a wave the complete one counts, of several complete ones the last; the others get
    a reason that names it. A response that says the same is left to be a duplicate."""
    if not batches:
        return
    told = " UNION ALL ".join(
        f"SELECT DISTINCT {batch.file} AS file, line, is_finished FROM {batch.raw}" for batch in batches
    )
    connection.execute(
        f"""CREATE OR REPLACE TABLE responses AS
        SELECT file, line, wave_id, respondent_id, t.is_finished <> 'false' AS is_whole, max(c.submitted_at) AS answered_at,
          list(struct_pack(i := item_id, v := value, t := text, s := submitted_at) ORDER BY item_id) AS said
        FROM checked_answers c JOIN ({told}) t USING (file, line)
        WHERE c.reason IS NULL GROUP BY ALL"""
    )
    listed = ", ".join(quote_text(name) for name in names)
    connection.execute(
        f"""CREATE OR REPLACE TABLE repeats AS SELECT file, line, wave_id, respondent_id,
          ([{listed}])[first_file + 1] || ' line ' || first_line AS counts, is_whole, is_first_whole
        FROM (SELECT *, first_value(file) OVER w AS first_file, first_value(line) OVER w AS first_line,
            first_value(said) OVER w = said AS is_same, first_value(is_whole) OVER w AS is_first_whole, row_number() OVER w AS place
          FROM responses WINDOW w AS (PARTITION BY wave_id, respondent_id
            ORDER BY is_whole DESC, answered_at DESC NULLS LAST, file DESC, line DESC))
        WHERE place > 1 AND NOT is_same"""
    )
    connection.execute(
        """UPDATE checked_answers SET reason = 'the same respondent answered again: the '
          || CASE WHEN r.is_first_whole AND NOT r.is_whole THEN 'complete' ELSE 'later' END || ' response in ' || r.counts || ' counts'
        FROM repeats r WHERE r.file = checked_answers.file AND r.line = checked_answers.line AND r.wave_id = checked_answers.wave_id
          AND r.respondent_id = checked_answers.respondent_id AND checked_answers.reason IS NULL"""
    )


def note_people(connection: duckdb.DuckDBPyConnection, batch: Batch, name: str) -> list[str]:
    """What is to be said where a file names respondents who are neither members nor guests."""
    named, unmet = connection.execute(
        f"""SELECT count(DISTINCT line), count(DISTINCT CASE WHEN resolved IS NULL AND unresolved_reason <> ? THEN line END)
        FROM {batch.raw}_resolved WHERE concat(person_external, person_email, person_name) <> ''""",
        [IS_GUEST],
    ).fetchall()[0]
    if not unmet:
        return []
    does_not = "does" if unmet == 1 else "do"
    way = "compare the addresses with those of the members list, or " if unmet == named else ""
    return [
        f"{name}: {unmet} of {named} named respondents {does_not} not match a member, by address, name or identifier. Their answers "
        f"count, but not by any attribute of members: {way}settle who they are with python -m etl people."
    ]


def note_numbers(connection: duckdb.DuckDBPyConnection, batch: Batch, name: str) -> list[str]:
    """What is to be said of numbers that may mean something else: a point of thousands, or 99 or 999 for no answer."""
    found = connection.execute(
        f"""SELECT item_id, min(answer) FILTER (contains(answer, '.')),
          coalesce(bool_and(regexp_full_match(answer, '[1-9][0-9]{{0,2}}[.][0-9]{{3}}')) FILTER (contains(answer, '.')), false)
            AND count(DISTINCT answer) FILTER (contains(answer, '.')) > 1 AS has_thousands,
          max(number)::BIGINT, max(number) IN (99, 999, 9999) AND list_extract(max(DISTINCT number, 2), 2) * 5 < max(number) AS has_code
        FROM (SELECT r.item_id, trim(r.answer) AS answer, {parse_number("r.answer")} AS number FROM {batch.raw} r
          JOIN accepted_items i ON i.item_id = r.item_id AND i.kind = 'number' AND i.scale_max IS NULL)
        GROUP BY item_id ORDER BY item_id"""
    ).fetchall()
    said = [
        f"{name}: the answers to {item} are read with a decimal point, {answer} as {float(answer):g}: if the point is one of thousands, "
        "take it out in the file."
        for item, answer, has_thousands, _, _ in found
        if has_thousands
    ]
    return said + [
        f"{name}: the answer {most} to {item} counts as a number, far above all others: if it stands for no answer, say so with missing in a "
        "mapping, or give the item a scale_max."
        for item, _, _, most, has_code in found
        if has_code
    ]


def note_alike(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], names: Mapping[int, str]
) -> dict[int, list[str]]:
    """What is to be said, by file, of respondents of the table answers who are no members and whose ids are members' but for what `fold_identifier` leaves out."""
    notes: dict[int, list[str]] = {}
    for batch in batches:
        (count,) = connection.execute(
            f"""SELECT count(DISTINCT who) FROM (SELECT trim(respondent_id) AS who FROM {batch.raw})
            WHERE who IN (SELECT value FROM strangers) AND {fold_identifier("who")} IN (SELECT {fold_identifier("member_id")} FROM people)"""
        ).fetchall()[0]
        if count:
            notes[batch.file] = [
                f"{names[batch.file]}: {count:,} respondent{' is' if count == 1 else 's are'} called as a member is but for capitals, leading zeros or "
                "a .0 behind it, which makes another person: write respondent_id as the members list does."
            ]
    return notes


def note_doubled(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], names: Mapping[int, str]
) -> dict[int, list[str]]:
    """What is to be said, by file, where anonymous respondents of two files of a wave may be the same people."""
    return _note_same_answers(connection, batches, names) | _note_same_numbers(connection, batches, names)


def _note_same_numbers(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], names: Mapping[int, str]
) -> dict[int, list[str]]:
    """What is to be said, by file, where two files of a wave have anonymous respondents of the same numbers."""
    notes: dict[int, list[str]] = {}
    if len(batches) < 2:
        return notes
    listed = " UNION ALL ".join(
        f"SELECT DISTINCT {batch.file} AS file, wave, response_id FROM {batch.raw}_placed WHERE resolved IS NULL "
        f"AND regexp_full_match(response_id, '[0-9]{{1,6}}') AND wave IS NOT NULL"
        for batch in batches
    )
    found = connection.execute(
        f"WITH l AS ({listed}) SELECT b.file, min(a.file), count(DISTINCT b.response_id) FROM l a JOIN l b ON a.wave = b.wave "
        "AND a.response_id = b.response_id AND a.file < b.file GROUP BY b.file"
    ).fetchall()
    for file, other, count in found:
        notes[int(file)] = [
            f"{names[file]}: {count} respondents have the numbers of respondents of {names[other]} and count as other people: if both "
            "files are of the same people, load them with --same-people."
        ]
    return notes


def _note_same_answers(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], names: Mapping[int, str]
) -> dict[int, list[str]]:
    """What is to be said, by file, where most anonymous responses of a file of a wave are in another one, at the same times; after
    `settle_repeats`."""
    if len(batches) < 2:
        return {}
    listed = " UNION ALL ".join(
        f"SELECT DISTINCT {batch.file} AS file, line FROM {batch.raw}_placed WHERE resolved IS NULL"
        for batch in batches
    )
    found = connection.execute(
        f"""WITH anonymous AS ({listed}),
          of_one AS (SELECT wave_id, respondent_id FROM responses GROUP BY ALL HAVING count(DISTINCT file) = 1),
          told AS (SELECT file, wave_id, hash(said) AS said, count(*) AS people FROM responses JOIN anonymous USING (file, line)
            JOIN of_one USING (wave_id, respondent_id) WHERE answered_at IS NOT NULL OR len(said) >= {LEAST_SAME} GROUP BY ALL),
          whole AS (SELECT file, wave_id, count(*) AS people FROM responses JOIN anonymous USING (file, line) GROUP BY ALL),
          pairs AS (SELECT a.file, b.file AS other, a.wave_id, sum(least(a.people, b.people))::BIGINT AS same
            FROM told a JOIN told b ON a.wave_id = b.wave_id AND a.said = b.said AND a.file > b.file GROUP BY ALL)
        SELECT p.file, min(p.other), max(p.same) FROM pairs p JOIN whole a ON a.file = p.file AND a.wave_id = p.wave_id
        JOIN whole b ON b.file = p.other AND b.wave_id = p.wave_id WHERE 2 * p.same >= least(a.people, b.people) GROUP BY p.file"""
    ).fetchall()
    return {
        int(file): [
            f"{names[file]}: {count:,} anonymous response{'s say' if count > 1 else ' says'} the same as {names[other]} does"
            f" and count{'' if count > 1 else 's'} as other people: if one file is a later export of the other, load both with --same-people, "
            "or everything without the earlier one with --fresh."
        ]
        for file, other, count in found
    }
