"""Erase a member: no release, staged file or identity of the data folder holds them, and later loads leave them out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.checking.identity.listed import prune_listed
from etl.checking.identity.marks import add_marks, read_marks
from etl.checking.identity.mentions import REMOVED, list_words
from etl.checking.identity.people import normalise_identity
from etl.checking.identity.pseudonyms import load_key
from etl.coding.taken import prune_taken
from etl.erasure import Known, leave_out, make_mark
from etl.filling import Plan, Progress, fill_tables, list_attributes
from etl.load import build_release, list_staged, open_kitchen, take_in_all
from etl.pulling.status import clean_errors
from etl.reading.files import StagedFile
from etl.reading.types import Refused
from etl.staging import open_work, prune_staged, refuse_damaged
from indicators.published.leads.sets import forget_missing
from warehouse.engine import Engine
from warehouse.kept import empty_kept, find_kept_folder
from warehouse.release import Release, find_release, list_folders, lock_data, remove_release


@dataclass(frozen=True)
class Erased:
    """What an erasure did: the release without the member, how many rows left each file, releases removed.

    `replaced` says of each file how many cells of others mentioned them; `named` are files whose own names do, which stay.
    """

    release: Release
    rows: dict[str, int]
    removed: int
    replaced: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def erase_member(data: Path, member: str, progress: Progress = lambda step: None) -> Erased:
    """Rebuild the release without a member, given by member id, e-mail address or pseudonym, and remove every other.

    What named them stays behind as keyed marks only, by which later loads leave them out, and what others wrote of them reads
    "[removed]" (`etl.checking.identity.mentions` says what is found). Safe to interrupt and to
    repeat. Raises Refused where nobody of that name is or was there; NoRelease; Busy.
    """
    with lock_data(data):
        live = find_release(data)
        state = data / "state"
        staged = list_staged(live)
        refuse_damaged(state, staged)
        marks = _find_marks(staged, state, live, member, progress)
        if not marks and not _is_erased(state, member):
            raise Refused(
                f"There is no member {member} in the live release: give the member id of the members list, "
                "the e-mail address or the pseudonym."
            )
        before = {file["name"]: int(file["read"]) for file in live.manifest["files"]}
        add_marks(state, marks)
        loaded = build_release(data, staged, live.zone, progress)
        removed = [path for path in list_folders(data) if path != loaded.release.path]
        for path in removed:
            remove_release(path)
        prune_listed(state, [loaded.release.id])
        empty_kept(find_kept_folder(data))
        engine = Engine(loaded.release)
        try:
            forget_missing(engine)
        finally:
            engine.close()
        prune_staged(state, [file.staged.sha256 for file in loaded.files])
        prune_taken(state, [file.staged.sha256 for file in loaded.files])
        left = {file.staged.name: before[file.staged.name] - file.read for file in loaded.files}
        finders = Known(read_marks(state), load_key(state)).mentions
        clean_errors(state, finders[False].clean)
    return Erased(
        loaded.release,
        {name: rows for name, rows in left.items() if rows},
        len(removed),
        tuple(words for file in loaded.files for words in file.warnings if REMOVED in words),
        tuple(
            file.name
            for file in staged
            if finders[file.is_synthetic].clean(spaced := re.sub(r"[_.]", " ", file.name)) != spaced
        ),
    )


def _find_marks(
    staged: Sequence[StagedFile], state: Path, live: Release, member: str, progress: Progress
) -> set[str]:
    """Marks of every identifier of the member: ids, addresses, names and the pseudonym; none where nobody is meant."""
    key = load_key(state)
    with open_work(state) as work:
        connection = open_kitchen(work, state, staged)
        try:
            taken, _ = take_in_all(connection, staged, state, work, progress)
            intakes, known = leave_out(connection, taken, state, key)
            plan = Plan(list_attributes(intakes), key, live.zone, state, work, known=known)
            fill_tables(connection, intakes, plan, progress)
            found = connection.execute(
                "SELECT pseudonym FROM people WHERE ? IN (member_id, pseudonym) OR lower(trim(email)) = ?",
                [member.strip(), normalise_identity("address", member)],
            ).fetchall()
            if len(found) != 1:
                return set()
            identifiers = connection.execute(
                "SELECT kind, value FROM stated WHERE pseudonym = $who UNION SELECT if(kind = 'address', kind, 'id'), value "
                "FROM accepted_settled WHERE pseudonym = $who AND kind <> 'name' "
                "UNION SELECT 'name', name FROM accepted_settled WHERE pseudonym = $who AND name <> ''",
                {"who": found[0][0]},
            ).fetchall()
        finally:
            connection.close()
    words = [
        ("word", word) for kind, value in identifiers if kind == "name" for word in list_words(str(value))
    ]
    return {
        make_mark(key, str(kind), str(value), is_synthetic)
        for is_synthetic in {file.is_synthetic for file in staged}
        for kind, value in (*identifiers, *words, ("pseudonym", found[0][0]))
        if str(value).strip()
    }


def _is_erased(state: Path, member: str) -> bool:
    """Whether somebody with this id, address or pseudonym was erased before."""
    key, marks = load_key(state), read_marks(state)
    return any(
        make_mark(key, kind, member, is_synthetic) in marks
        for kind in ("id", "address", "pseudonym")
        for is_synthetic in (False, True)
    )
