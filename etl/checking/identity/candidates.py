"""Which members somebody might be whom a file names and who was not met: by name and by address, each with why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from etl.reading.arrays import store_texts
from etl.reading.types import Refused
from etl.reading.written.names import normalise_email, normalise_name
from warehouse.quoting import quote_text

MOST = 3
# addresses at these say nothing of where somebody works
_SHARED = (
    "gmail.com",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "icloud.com",
    "live.co.uk",
    "me.com",
    "nhs.net",
    "outlook.com",
    "yahoo.co.uk",
    "yahoo.com",
)
_LEAST_LIKE, _LEAST_NEAR = 0.92, 0.8
_SAME_SURNAME = "u.last = m.last AND u.first <> '' AND m.first <> ''"
_INITIAL = "u.first <> '' AND len(u.last) = 1 AND u.first = m.first"
_SAME_PLACE = (
    f"u.place <> '' AND u.place = m.place AND u.place NOT IN ({', '.join(map(quote_text, _SHARED))})"
)
# what two have at least in common: all others are not compared
_NEAR = "u.called[1] = m.called[1] OR u.last = m.last OR u.box = m.box OR u.ordered = m.ordered OR u.box = m.short"
# by how much is in it, the most first
_WHYS = (
    ("u.address <> '' AND u.address = m.address", "the same address"),
    ("u.called <> '' AND u.called = m.called", "the same name"),
    ("len(u.box) > 3 AND u.box = m.box", "the same address at another place"),
    ("u.first <> '' AND u.ordered = m.ordered", "the same names in another order"),
    (
        f"len(u.called) > 4 AND likeness > {_LEAST_NEAR} AND damerau_levenshtein(u.called, m.called) = 1",
        "the name is one letter apart",
    ),
    (
        "len(u.box) > 3 AND u.place = m.place AND damerau_levenshtein(u.box, m.box) = 1",
        "the address is one letter apart",
    ),
    (
        f"{_SAME_SURNAME} AND u.first[1] = m.first[1] AND least(len(u.first), len(m.first)) = 1",
        "the same surname and initial",
    ),
    (f"{_INITIAL} AND m.last[1] = u.last", "the same first name and initial of the surname"),
    ("u.box <> '' AND u.box = m.short", "the address is the initial and surname"),
    (f"{_SAME_SURNAME} AND u.first = m.first", "a middle name more or less"),
    (f"{_SAME_SURNAME} AND {_SAME_PLACE}", "the same surname, addresses of one organisation"),
    (
        f"u.first <> '' AND u.first = m.first AND {_SAME_PLACE}",
        "the same first name, addresses of one organisation",
    ),
    (f"u.called <> '' AND NOT ({_INITIAL}) AND likeness >= {_LEAST_LIKE}", "the names are much alike"),
)


@dataclass(frozen=True)
class Candidate:
    """A member whom somebody might be, and why."""

    member_id: str
    name: str
    why: str


def find_candidates(identity: Path, people: Sequence[tuple[str, str, str]]) -> list[tuple[Candidate, ...]]:
    """Of each of some people (external, address, name) the nearest members, `MOST` at the most, the likeliest first.

    `identity` is the file that says who is behind each pseudonym. Likeness of names is Jaro and Winkler's.
    """
    found: list[list[Candidate]] = [[] for _ in people]
    if not people or not identity.exists():
        return [()] * len(people)
    with duckdb.connect(":memory:") as connection:
        try:
            members = connection.execute(
                "SELECT member_id, coalesce(name, ''), coalesce(email, '') FROM read_parquet(?)",
                [str(identity)],
            ).fetchall()
        except (duckdb.Error, OSError):
            raise Refused(
                f"{identity.name} is damaged: load a file of this release again, and it is made anew."
            ) from None
        _store(connection, "listed", [(str(number), *_read(*person)) for number, person in enumerate(people)])
        _store(connection, "known", [(key, *_read("", email, name)) for key, name, email in members])
        ranks = " ".join(f"WHEN {condition} THEN {place}" for place, (condition, _) in enumerate(_WHYS))
        rows = connection.execute(
            f"""WITH pairs AS (SELECT u.key AS number, m.key AS member_id,
              jaro_winkler_similarity(u.called, m.called) AS likeness, CASE {ranks} END AS place
              FROM listed u JOIN known m ON {_NEAR})
            SELECT number::INTEGER, member_id, place FROM pairs WHERE place IS NOT NULL
            QUALIFY row_number() OVER (PARTITION BY number ORDER BY place, likeness DESC, member_id) <= {MOST}
            ORDER BY number::INTEGER, place, likeness DESC, member_id"""
        ).fetchall()
    names = {key: name for key, name, _ in members}
    for number, member_id, place in rows:
        found[number].append(Candidate(str(member_id), str(names[member_id]), _WHYS[place][1]))
    return [tuple(one) for one in found]


def _read(external: str, address: str, name: str) -> tuple[str, str]:
    """The address and the name by which somebody is compared; without a name what the identifier or the address says of it."""
    address = normalise_email(address or (external if "@" in external else ""))
    given = name or ("" if "@" in external or " " not in external.strip() else external)
    box = address.partition("@")[0]
    return address, normalise_name(given) or " ".join(box.replace(".", " ").replace("_", " ").split())


def _store(connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[str, str, str]]) -> None:
    store_texts(
        connection,
        "texts",
        {column: [row[place] for row in rows] for place, column in enumerate(("key", "address", "called"))},
    )
    connection.execute(
        f"""CREATE TABLE {name} AS SELECT * EXCLUDE (words), if(len(words) > 1, rtrim(words[1], '.'), '') AS first, rtrim(words[-1], '.') AS last,
          array_to_string(list_sort(words), ' ') AS ordered, if(len(words) > 1, words[1][1] || words[-1], '') AS short
        FROM (SELECT *, string_split(called, ' ') AS words, split_part(address, '@', 1) AS box,
          split_part(address, '@', 2) AS place FROM texts)"""
    )
