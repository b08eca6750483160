"""People who were not met and whom somebody has settled: each is a member, or a guest, in every file from then on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from etl.reading.arrays import store_texts
from etl.reading.files import Batch
from etl.reading.written.names import normalise_email, normalise_name
from warehouse.contracts import SETTLED

GUEST, IS_GUEST = "guest", "a guest, as was settled"
_TWICE = "the same person is somebody else in"
_BETWEEN, _COMMA, _NOWHERE = "\x1f", ", ", -1
_TEXTS = ("kind", "value", "external", "address", "name", "answer", "pseudonym")


def key_person(external: str, address: str, name: str) -> tuple[str, str]:
    """(kind, value) by which somebody whom a file names is the same in another: the address, else identifier and name together."""
    if found := normalise_email(address or (external if "@" in external else "")):
        return "address", found
    if not normalise_name(name):
        return "id", external.strip()
    return "name", f"{external.strip()}{_BETWEEN}{normalise_name(name)}"


def is_bare(external: str, address: str, name: str) -> bool:
    """Whether a file says no more of somebody than one word, a first name or a device, by which another may be called in another file."""
    kind, value = key_person(external, address, name)
    return kind == "name" and not external.strip() and " " not in value


def settle_people(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch], names: Sequence[str]
) -> None:
    """Make `accepted_settled`, one row a person with the member's pseudonym ('' for a guest), from the lists that were reviewed.

    Addresses, and identifiers without a name, of members join `references_by_id`, where they are nobody's yet. A row
    without a person, with an answer that is no member and not the word guest, or with another answer for a person than a row before
    it gets a reason; so does a name of one word without the files in which it is settled. Needs `people` and `references_by_id`.
    """
    members = dict(connection.execute("SELECT member_id, pseudonym FROM people").fetchall())
    seen: dict[tuple[str, str, tuple[int, ...]], tuple[str, int, int]] = {}
    kept: list[tuple[int, int, tuple[str, ...]]] = []
    only: list[tuple[int, ...]] = []
    for file, line, external, address, name, answer, files in _list_rows(connection, batches):
        bare = is_bare(external, address, name)
        told = {files, *files.split(_COMMA)}
        places = tuple(number for number, one in enumerate(names) if one in told) if bare else ()
        key = (*key_person(external, address, name), places)
        is_guest = answer.casefold() == GUEST
        said = GUEST if is_guest and answer not in members else answer
        if not key[1].strip(_BETWEEN):
            _reject(connection, file, line, "it names nobody: write the list again with python -m etl people")
        elif bare and not files:
            _reject(
                connection,
                file,
                line,
                "a name of one word may be another person in another file: name its file under files",
            )
        elif said != GUEST and said not in members:
            reason = (
                f"'{said[:40]}' is neither a member_id of the members list nor the word guest: correct it"
            )
            _reject(connection, file, line, reason)
        elif key not in seen:
            seen[key] = said, file, line
            kept.append((file, line, (*key[:2], external, address, name, said, members.get(said, ""))))
            only.append(places or ((_NOWHERE,) if bare else ()))
        elif seen[key][0] == said:
            twin = seen[key][1:]
            connection.execute("INSERT INTO duplicates VALUES (?, ?, ?, ?, ?)", [file, line, SETTLED, *twin])
        else:
            _, other, other_line = seen[key]
            reason = f"{_TWICE} {names[other]} line {other_line}: correct one of them"
            _reject(connection, file, line, reason)
    store_texts(
        connection,
        "settled_texts",
        {name: [texts[place] for _, _, texts in kept] for place, name in enumerate(_TEXTS)},
    )
    connection.execute(
        "CREATE TABLE accepted_settled AS SELECT n.file, n.line, n.places, t.* FROM settled_texts t POSITIONAL JOIN "
        "(SELECT unnest($files)::INTEGER AS file, unnest($lines)::BIGINT AS line, unnest($places)::INTEGER[] AS places) n "
        "WHERE t.kind IS NOT NULL",
        {
            "files": [file for file, _, _ in kept],
            "lines": [line for _, line, _ in kept],
            "places": [list(places) for places in only],
        },
    )
    connection.execute(
        """CREATE TABLE settled_ids AS SELECT value, nullif(pseudonym, '') AS pseudonym FROM accepted_settled
        WHERE kind <> 'name' AND value NOT IN (SELECT value FROM references_by_id WHERE pseudonym IS NOT NULL)"""
    )
    connection.execute("DELETE FROM references_by_id WHERE value IN (SELECT value FROM settled_ids)")
    connection.execute("INSERT INTO references_by_id FROM settled_ids WHERE pseudonym IS NOT NULL")


def _list_rows(
    connection: duckdb.DuckDBPyConnection, batches: Sequence[Batch]
) -> list[tuple[int, int, str, str, str, str, str]]:
    rows = []
    for batch in sorted(batches, key=lambda batch: batch.file):
        rows += connection.execute(
            f"SELECT {batch.file}, line, person_external, person_email, person_name, person_is, person_in FROM {batch.raw} ORDER BY line"
        ).fetchall()
    return rows


def _reject(connection: duckdb.DuckDBPyConnection, file: int, line: int, reason: str) -> None:
    connection.execute("INSERT INTO rejects VALUES (?, ?, ?, ?)", [file, line, SETTLED, reason])


def settle_rows(
    connection: duckdb.DuckDBPyConnection, file: int, resolved: str, said: Mapping[str, str]
) -> None:
    """Give the rows of a resolved batch whose person was settled the member, or the reason that they are a guest's; note these.

    `said` is the SQL of what the batch says of a person: external, address, name.
    """
    listed = ", ".join(said.values())
    rows = connection.execute(
        f"SELECT DISTINCT {listed} FROM {resolved} WHERE resolved IS NULL AND concat({listed}) <> '' "
        "AND (SELECT count(*) FROM accepted_settled) > 0"
    ).fetchall()
    if not rows:
        return
    keys = [key_person(*row) for row in rows]
    store_texts(
        connection,
        "unsettled",
        {
            **{f"said_{name}": [row[place] for row in rows] for place, name in enumerate(said)},
            "kind": [kind for kind, _ in keys],
            "value": [value for _, value in keys],
        },
    )
    connection.execute(
        "CREATE OR REPLACE TABLE settled_now AS SELECT q.* EXCLUDE (kind, value), nullif(s.pseudonym, '') AS found, s.value AS who "
        "FROM unsettled q JOIN accepted_settled s USING (kind, value) WHERE len(s.places) = 0 OR list_contains(s.places, $file)",
        {"file": file},
    )
    same = " AND ".join(f"{sql} = said_{name}" for name, sql in said.items())
    connection.execute(
        f"INSERT INTO guest_rows SELECT DISTINCT {file}, line, who FROM {resolved} JOIN settled_now ON {same} "
        "WHERE resolved IS NULL AND found IS NULL"
    )
    connection.execute(
        f"UPDATE {resolved} SET resolved = found, unresolved_reason = $guest FROM settled_now WHERE resolved IS NULL AND {same}",
        {"guest": IS_GUEST},
    )


def find_fault(connection: duckdb.DuckDBPyConnection, files: Sequence[int]) -> tuple[int, int, str] | None:
    """(file, line, reason) of the first row that keeps these files from being taken; it may be an earlier file's that one contradicts."""
    found = connection.execute(
        "SELECT file, line, reason FROM rejects WHERE tbl = ? AND (list_contains(?, file) OR starts_with(reason, ?)) "
        "ORDER BY file, line LIMIT 1",
        [SETTLED, list(files), _TWICE],
    ).fetchone()
    return (int(found[0]), int(found[1]), str(found[2])) if found else None
