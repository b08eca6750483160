"""Who is who: members by id, address or name, each with a keyed pseudonym."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from etl.checking.identity.met import note_unmet, say_who
from etl.checking.identity.pseudonyms import make_pseudonym, pseudonym_sql
from etl.checking.identity.settled import settle_rows
from etl.reading.arrays import store_texts
from etl.reading.files import Batch
from etl.reading.written.names import NOBODY, normalise_email, normalise_name
from warehouse.quoting import quote_name, quote_text

# text that is as it is compared once its capitals are small: no spaces but single ones within, nothing to be turned round or made plain
_IS_PLAIN = "regexp_full_match(value, '[A-Za-z0-9@._+-]+( [A-Za-z0-9@._+-]+)*')"
NO_MEMBER = {
    "member_id": "member_id is not in the members list: add the member, or an alias of kind external",
    "unknown": "nobody in the members list has this e-mail address or name: add the member, or an alias",
    "unclear": "more than one member has this identifier, address or name: add another of the three, or say who it is with python -m etl people",
}


def reference_key(text: str) -> str:
    """SQL of an id or address in the form in which it is compared."""
    return f"CASE WHEN contains({text}, '@') THEN lower({text}) ELSE {text} END"


def fold_identifier(text: str) -> str:
    """SQL of an id without what spreadsheets and programs change in it: capitals, leading zeros, a .0 behind it."""
    return f"ltrim(regexp_replace(lower({text}), '\\.0+$', ''), '0')"


def build_identities(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Make `people` (member_id, pseudonym, name, email) and `identities` (kind, value → pseudonym, NULL if unclear).

    Reads `accepted_members` and `accepted_aliases`. Kinds are id (member ids, external aliases), address (e-mail
    addresses and UPNs) and name.
    """
    connection.execute(
        f"CREATE TABLE people AS SELECT member_id, {pseudonym_sql(key, 'member', 'member_id')} AS pseudonym, name, email "
        "FROM accepted_members"
    )
    connection.execute(
        """CREATE TABLE said AS SELECT 'id' AS kind, member_id AS value, pseudonym FROM people
        UNION ALL SELECT 'address', email, pseudonym FROM people WHERE email IS NOT NULL
        UNION ALL SELECT 'name', name, pseudonym FROM people WHERE name IS NOT NULL
        UNION ALL SELECT CASE a.kind WHEN 'external' THEN 'id' WHEN 'name' THEN 'name' ELSE 'address' END,
          a.value, p.pseudonym FROM accepted_aliases a JOIN people p USING (member_id)"""
    )
    odd = connection.execute(f"SELECT DISTINCT kind, value FROM said WHERE NOT {_IS_PLAIN}").fetchall()
    store_texts(
        connection,
        "odd_values",
        {
            "kind": [str(kind) for kind, _ in odd],
            "given": [str(value) for _, value in odd],
            "value": [normalise_identity(str(kind), str(value)) for kind, value in odd],
        },
    )
    connection.execute(
        """CREATE TABLE stated AS SELECT s.kind,
          CASE WHEN o.given IS NOT NULL THEN o.value WHEN s.kind = 'id' THEN s.value ELSE lower(s.value) END AS value,
          s.pseudonym
        FROM said s LEFT JOIN odd_values o ON o.kind = s.kind AND o.given = s.value"""
    )
    connection.execute(
        f"""CREATE TABLE identities AS
        SELECT kind, value, CASE WHEN min(pseudonym) = max(pseudonym) THEN min(pseudonym) END AS pseudonym
        FROM stated WHERE value <> '' AND (kind = 'id' OR NOT {_is_nobody("value")}) GROUP BY kind, value"""
    )
    connection.execute(
        "CREATE TABLE references_by_id AS SELECT value, pseudonym FROM identities WHERE kind IN ('id', 'address')"
    )


def resolve_rows(connection: duckdb.DuckDBPyConnection, batch: Batch, person: str) -> str:
    """Make a table with `person` resolved for a batch that knows people by e-mail, UPN, name or external id.

    Returns the table's name; it has the batch's columns and `resolved` (pseudonym or NULL), `is_unclear` and `unresolved_reason`.
    """
    raw, present = batch.raw, set(batch.columns)
    keys: dict[str, list[str]] = {
        "id": [name for name in (person, "person_external") if name in present],
        "address": [name for name in ("person_email", "person_upn") if name in present],
        "name": [name for name in ("person_name",) if name in present],
    }
    kinds = {name: kind for kind, names in keys.items() for name in names}
    raw = _clear_nobody(connection, raw, [*keys["address"], *keys["name"]])
    said = " UNION ALL ".join(
        f"SELECT DISTINCT '{name}', \"{name}\" FROM {raw} WHERE \"{name}\" <> ''" for name in kinds
    )
    given = [(str(name), str(value)) for name, value in connection.execute(said).fetchall()]
    store_texts(
        connection,
        "keys",
        {
            "name": [name for name, _ in given],
            "given": [value for _, value in given],
            "kind": [kinds[name] for name, _ in given],
            "value": [normalise_identity(kinds[name], value) for name, value in given],
        },
    )
    connection.execute(
        "CREATE OR REPLACE TABLE matched AS SELECT k.name, k.given, i.pseudonym FROM keys k "
        "JOIN identities i ON i.kind = k.kind AND i.value = k.value"
    )
    joins = [
        f"LEFT JOIN matched by_{name} ON by_{name}.name = '{name}' AND by_{name}.given = r.\"{name}\""
        for name in kinds
    ]
    matches = [f"by_{name}.pseudonym" for name in kinds]
    unclear = [f"(by_{name}.given IS NOT NULL AND by_{name}.pseudonym IS NULL)" for name in kinds]
    resolved = f"{batch.raw}_resolved"
    is_unclear = " OR ".join(unclear)
    connection.execute(
        f"CREATE TABLE {resolved} AS SELECT r.*, coalesce({', '.join(matches)}) AS resolved, "
        f"{is_unclear} AS is_unclear, CASE WHEN {is_unclear} THEN $unclear ELSE $unknown END AS unresolved_reason "
        f"FROM {raw} r {' '.join(joins)}",
        {"unclear": NO_MEMBER["unclear"], "unknown": NO_MEMBER["unknown"]},
    )
    who = say_who(list(kinds))
    settle_rows(connection, batch.file, resolved, who)
    note_unmet(connection, batch.file, resolved, who)
    return resolved


def _clear_nobody(connection: duckdb.DuckDBPyConnection, raw: str, columns: Sequence[str]) -> str:
    """A batch without addresses and names that are none ("Info Requested", "N/A"), which would be one person's; the batch itself where it has none."""
    names = [quote_name(name) for name in columns]
    if not names:
        return raw
    listed = ", ".join(f"bool_or({_is_nobody(name)})" for name in names)
    found = connection.execute(f"SELECT {listed} FROM {raw}").fetchall()[0]
    held = [name for name, is_held in zip(names, found, strict=True) if is_held]
    if not held:
        return raw
    cleared = ", ".join(f"if({_is_nobody(name)}, '', {name}) AS {name}" for name in held)
    connection.execute(f"CREATE TABLE {raw}_cleared AS SELECT * REPLACE ({cleared}) FROM {raw}")
    return f"{raw}_cleared"


def _is_nobody(text: str) -> str:
    return f"coalesce(regexp_full_match(trim({text}), {quote_text(NOBODY)}), false)"


def name_members(connection: duckdb.DuckDBPyConnection, batch: Batch, columns: Sequence[str]) -> Batch:
    """The batch with the names of members in some columns turned into their ids; what is an id, an address or unclear stays."""
    said = " UNION ".join(
        f"SELECT trim({quote_name(name)}) AS value FROM {batch.raw} WHERE trim({quote_name(name)}) <> ''"
        for name in columns
    )
    unknown = connection.execute(
        f"SELECT value FROM ({said}) WHERE lower(value) NOT IN (SELECT lower(value) FROM references_by_id)"
    ).fetchall()
    if not unknown:
        return batch
    given = [str(value) for (value,) in unknown]
    called = f"{batch.raw}_called"
    store_texts(connection, "called", {"given": given, "name": [normalise_name(value) for value in given]})
    connection.execute(
        f"CREATE OR REPLACE TABLE {called} AS SELECT c.given, min(p.member_id) AS member_id FROM called c "
        "JOIN identities i ON i.kind = 'name' AND i.value = c.name JOIN people p ON p.pseudonym = i.pseudonym GROUP BY c.given"
    )
    found = ", ".join(
        f"coalesce((SELECT k.member_id FROM {called} k WHERE k.given = trim(r.{quote_name(name)})), r.{quote_name(name)}) "
        f"AS {quote_name(name)}"
        for name in columns
    )
    raw = f"{batch.raw}_named"
    connection.execute(f"CREATE TABLE {raw} AS SELECT r.* REPLACE ({found}) FROM {batch.raw} r")
    return replace(batch, raw=raw)


def name_strangers(connection: duckdb.DuckDBPyConnection, key: bytes, values_sql: str) -> None:
    """Make `strangers` (value, pseudonym): respondents who are no member get a pseudonym of their own."""
    values = [
        str(row[0])
        for row in connection.execute(f"SELECT DISTINCT value FROM ({values_sql}) ORDER BY value").fetchall()
    ]
    store_texts(
        connection,
        "strangers",
        {"value": values, "pseudonym": [make_pseudonym(key, "respondent", value) for value in values]},
    )


def normalise_identity(kind: str, value: str) -> str:
    """An identifier of the kind id, address or name in the form in which it is compared."""
    if kind == "address":
        return normalise_email(value)
    return normalise_name(value) if kind == "name" else value.strip()


def place_shared(connection: duckdb.DuckDBPyConnection, most: int) -> str:
    """The lines of members whose address is that of another, those of one address together: as many as `most`."""
    found = connection.execute(
        """SELECT array_to_string(list_sort(list(DISTINCT m.line)), ' and ') FROM accepted_members m JOIN people p USING (member_id)
        JOIN stated s ON s.kind = 'address' AND s.pseudonym = p.pseudonym JOIN identities i USING (kind, value)
        WHERE i.pseudonym IS NULL AND m.line > 0 GROUP BY value ORDER BY min(m.line), 1 LIMIT ?""",
        [most + 1],
    ).fetchall()
    named = "; ".join(str(lines) for (lines,) in found[:most])
    return (
        f" Their lines in the members list: {named}{' and further ones' if len(found) > most else ''}."
        if found
        else ""
    )
