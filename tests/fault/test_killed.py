"""What loads and checks leave that were killed: for nobody else to read, and gone after the next load or erasure."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl.erasing.erase import erase_member
from etl.load import check_paths, load_paths
from tests.fault.killing import kill_at_steps
from warehouse.engine import Engine
from warehouse.release import current_id, find_release, verify_release

MEMBERS = "member_id,name,email,joined_on,motto\n" + "".join(
    f"M{number},Name {number},m{number}@example.org,2015-01-05,Motto {number}\n" for number in range(9)
)
PERSON = ("Zsuzsa Quill", "zq@example.org", "M-ZQ-1", "Motto of Zsuzsa")
HERS = f"{PERSON[2]},{PERSON[0]},{PERSON[1]},2015-02-05,{PERSON[3]}\n"


def write_members(path: Path, text: str) -> Path:
    """A members list that has to be decoded before it is read."""
    path.write_text(text, encoding="utf-16")
    return path


def find_words(folder: Path, words: tuple[str, ...]) -> set[Path]:
    """The files under a folder in which one of these words stands, in the open or packed."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if content[:4] == content[-4:] == b"PAR1":
                content += str(pq.read_table(path).to_pylist()).encode()
            if any(word.encode(kind) in content for word in words for kind in ("utf-8", "utf-16-le")):
                found.add(path)
    return found


@pytest.mark.fault("loads and checks killed")
def test_after_forty_kills_an_erasure_leaves_nothing_of_a_person(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    data, elsewhere = tmp_path / "data", tmp_path / "elsewhere"
    elsewhere.mkdir()
    members = write_members(tmp_path / "members.csv", MEMBERS + HERS)
    load_paths([members], data)
    write_members(members, MEMBERS + HERS + "M9,Name 9,m9@example.org,2015-03-05,Motto 9\n")
    old, torn = current_id(data), 0
    for what in ("check", "load"):
        ended = kill_at_steps(what, members, data, range(1, 21), TMPDIR=str(elsewhere))
        assert len(ended) == 20
        assert set(ended) <= {0, signal.SIGKILL}
        assert ended.count(signal.SIGKILL) > 5
        torn += bool(verify_release(find_release(data)))
    left = find_words(data / "state", PERSON)
    assert [path for path in left if path.parts[-2].startswith("load-")], "control: a copy in clear was left"
    assert all(path.stat().st_mode & 0o077 == 0 for path in left)
    assert not find_words(elsewhere, PERSON), "nothing was put where other programs put things"
    pseudonym = _find_pseudonym(data)
    assert find_words(data / "releases", (pseudonym,)), "control: she is found in a release by her pseudonym"
    erase_member(data, PERSON[2])
    assert find_words(data, (*PERSON, pseudonym)) == set()
    assert current_id(data) != old
    engine = Engine(find_release(data))
    rows = int(engine.query("SELECT count(*) AS n FROM members")["n"][0])
    engine.close()
    assert rows in (9, 10)
    for name, value in (("tries", 40), ("lost", 9 - min(rows, 9)), ("torn", torn)):
        record_property(name, value)


def _find_pseudonym(data: Path) -> str:
    rows = pq.read_table(data / "state" / "identity.parquet").to_pylist()
    return next(str(row["pseudonym"]) for row in rows if row["member_id"] == PERSON[2])


def test_a_check_leaves_nothing_where_there_was_nothing(tmp_path: Path) -> None:
    members = write_members(tmp_path / "members.csv", MEMBERS)
    counts, rejects, _ = check_paths([members], tmp_path / "data")
    assert (counts[0].loaded, rejects) == (9, [])
    assert not (tmp_path / "data").exists()


def test_a_check_beside_a_load_keeps_its_own_folder(tmp_path: Path) -> None:
    from etl.staging import open_work

    with open_work(tmp_path / "state") as first:
        (first / "x").write_text("in use")
        with open_work(tmp_path / "state") as second:
            assert (first / "x").exists()
            assert second != first
    assert not list(tmp_path.glob("state/*"))
