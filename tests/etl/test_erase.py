"""Erasure: whatever is decoded under the data folder afterwards, the member is not in it, and does not come back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pytest
from vendor_samples import QUALTRICS, TEAMS_NUMBERED, ZOOM_TOTALS

from etl.__main__ import main
from etl.checking.identity.marks import add_marks, begin_marks
from etl.checking.identity.mentions import Mentions
from etl.checking.identity.pseudonyms import load_key, make_pseudonym
from etl.erasing.erase import erase_member
from etl.erasure import make_mark
from etl.load import load_paths
from etl.reading.types import Options, Refused
from indicators.catalogue import find_indicator
from indicators.engine.compute import compute_exact
from indicators.selection import Selection
from tests.released import list_rows
from warehouse.contracts import RELEASED
from warehouse.engine import Engine
from warehouse.kept import empty_kept, find_kept_folder, prune_kept
from warehouse.release import NoRelease, current_id, find_release, list_releases, verify_release

ADA = ("M-ADA", "Ada Okoro", "Okoro, Ada", "ada@trust.example", "ada.okoro@trust.example", "Ada at home")
FILES = {
    "members.csv": "member_id,name,email,profession,joined_on\n"
    "M-ADA,Ada Okoro,ada@trust.example,Nurse,2015-01-01\n"
    "M-BEN,Ben Marsh,ben@charity.example,Doctor,2015-01-02\n"
    "M-CARA,Cara,cara@trust.example,Nurse,2015-01-03\n",
    "aliases.csv": "member_id,kind,value\nM-ADA,upn,ada.okoro@trust.example\nM-ADA,name,Ada at home\n"
    "M-BEN,name,Ben at home\n",
    "waves.csv": "wave_id,survey_id,opened_on,closed_on\nw1,s,2015-07-01,2015-07-31\nw2,t,2015-08-01,\n",
    "items.csv": "survey_id,item_id,text,kind,labels\ns,Q1,How useful?,number,\ns,Q2_1,Who?,text,\n"
    "s,Q2_2_TEXT,Who else?,text,\nt,Q1,How useful?,likert,1=No|2=Yes\n",
    "answers.csv": "wave_id,respondent_id,item_id,value\nw2,M-ADA,Q1,1\nw2,ada@trust.example,Q1,1\nw2,M-BEN,Q1,2\n",
    "ties.csv": "wave_id,from_member_id,to_member_id,relation\nw2,M-ADA,M-BEN,knows\nw2,M-BEN,M-ADA,knows\n"
    "w2,M-BEN,M-CARA,knows\n",
    "events.csv": "event_id,title,starts_at\nE1,Workshop,2015-03-14T09:00:00Z\n",
    "attendance.csv": "event_id,member_id,attended\nE1,M-ADA,yes\nE1,M-CARA,yes\nE1,ada@trust.example,perhaps\n",
    "qualtrics.csv": QUALTRICS,
    "zoom.csv": ZOOM_TOTALS.replace("Cara (she/her)", "Ada at home").replace(
        "Ben's iPad (Ben Marsh)", "Ben Marsh"
    ),
}


def write_raw(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    teams = TEAMS_NUMBERED.replace(
        "Okoro, Ada (EXT)\t14/07/15, 09:30:00\t14/07/15, 10:00:00\t30m\tada@trust.example",
        "Okoro, Ada (EXT)\t14/07/15, 09:30:00\t14/07/15, 10:00:00\t30m\tada@elsewhere.example",
    )
    (folder / "teams.csv").write_bytes(b"\xff\xfe" + teams.replace("\n", "\r\n").encode("utf-16-le"))
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ("member_id", "at", "kind"),
        ("M-ADA", "2015-04-01T09:00:00Z", "post"),
        ("M-BEN", "2015-04-02T09:00:00Z", "post"),
    ):
        sheet.append(row)
    book.save(folder / "activities.xlsx")
    return folder


def load(folder: Path, data: Path) -> None:
    load_paths([folder], data, options=Options(date_order=None))


def decode_all(data: Path) -> str:
    """Everything that can be read in the data folder, as text: tables decoded, other files as they lie."""
    found = []
    for path in sorted(path for path in data.rglob("*") if path.is_file()):
        content = path.read_bytes()
        found.append(f"{path.relative_to(data)}\n{content.decode('utf-8', errors='ignore')}")
        found.append(content.decode("utf-16-le", errors="ignore"))
        if content[:4] == b"PAR1":
            rows = duckdb.execute(f"SELECT * FROM read_parquet('{path}')").fetchall()
            keys = duckdb.execute(
                f"SELECT CAST(value AS VARCHAR) FROM parquet_kv_metadata('{path}')"
            ).fetchall()
            found.append(f"{rows} {keys}")
        elif path.suffix == ".duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
                for (name,) in tables:
                    found.append(str(connection.execute(f'SELECT * FROM "{name}"').fetchall()))
    return "\n".join(found)


def find_ada(data: Path) -> list[str]:
    words = decode_all(data).casefold()
    pseudonym = make_pseudonym(load_key(data / "state"), "member", "M-ADA")
    return [word for word in (*ADA, "ada@elsewhere.example", pseudonym) if word.casefold() in words]


def read_tables(data: Path) -> dict[str, list[tuple[object, ...]]]:
    folder = find_release(data).path
    return {f"{name}.parquet": list_rows(folder, name) for name in sorted(RELEASED)}


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """A data folder with two releases that hold the member everywhere a member can be."""
    raw = write_raw(tmp_path / "in")
    data = tmp_path / "data"
    load_paths([raw / name for name in ("members.csv", "aliases.csv")], data)
    load(raw, data)
    assert len(list_releases(data)) == 2
    assert len(find_ada(data)) == len(ADA) + 2
    return data


def test_nothing_of_the_member_is_left_and_everybody_else_is(
    loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_tables(loaded)
    pseudonym = make_pseudonym(load_key(loaded / "state"), "member", "M-ADA")
    assert main(["erase", "M-ADA", "--data", str(loaded)]) == 0
    out = capsys.readouterr().out
    assert find_ada(loaded) == []
    after = read_tables(loaded)
    kept = {name: [row for row in rows if pseudonym not in row] for name, rows in before.items()}
    # "Who - Ada Okoro" was asked of others too: their answers to it go with her, and where they are from with their last answer.
    for name in ("answers.parquet", "items.parquet"):
        gone = {"Q2_1", "region"} if name == "answers.parquet" else {"region"}
        kept[name] = [row for row in kept[name] if not gone & set(row)]
    assert after == kept
    assert sum(map(len, before.values())) - sum(map(len, after.values())) >= 9
    assert re.search(r"members\.csv: 1 rows removed", out)
    assert re.search(r"ties\.csv: 2 rows removed", out)
    assert re.search(r"activities\.xlsx: 1 rows removed", out)
    assert re.search(r"attendance\.csv: 2 rows removed", out)
    assert re.search(r"zoom\.csv: 2 rows removed", out)
    assert re.search(r"teams\.csv: 2 rows removed", out)
    assert re.search(r"qualtrics\.csv: 2 rows removed", out)
    assert "other releases removed: 2" in out
    (live,) = list_releases(loaded)
    assert live.id == current_id(loaded)
    assert verify_release(live) == []
    assert all(check["ok"] for check in live.manifest["checks"])


def test_a_second_load_of_the_same_exports_does_not_bring_the_member_back(
    loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = tmp_path / "in"
    erase_member(loaded, "M-ADA")
    erased = read_tables(loaded)
    assert main(["check", str(raw), "--data", str(loaded)]) == 0
    assert "members.csv: rows of people who were erased were left out: 1." in capsys.readouterr().out
    load(raw, loaded)
    assert read_tables(loaded) == erased
    assert find_ada(loaded) == []
    (raw / "members.csv").write_text(
        FILES["members.csv"] + "M-DAI,Dai Rees,dai@trust.example,Nurse,2015-02-01\n", encoding="utf-8"
    )
    load_paths([raw / "members.csv"], loaded)
    assert len(read_tables(loaded)["members.parquet"]) == 3
    assert find_ada(loaded) == []
    load_paths([raw], loaded, is_fresh=True)
    assert find_ada(loaded) == []


def test_an_erased_release_cannot_be_rolled_back_to(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = [release.id for release in list_releases(loaded)]
    erase_member(loaded, "M-ADA")
    for release in earlier:
        assert main(["rollback", release, "--data", str(loaded)]) == 1
    assert "There is no release" in capsys.readouterr().err


@pytest.mark.parametrize("how", [" ADA@trust.example", "pseudonym"])
def test_a_member_may_be_named_by_address_or_pseudonym_and_twice(loaded: Path, how: str) -> None:
    member = make_pseudonym(load_key(loaded / "state"), "member", "M-ADA") if how == "pseudonym" else how
    erase_member(loaded, member)
    live = current_id(loaded)
    again = erase_member(loaded, member)
    assert (again.rows, again.removed, current_id(loaded)) == ({}, 0, live)
    assert find_ada(loaded) == []


def test_an_unknown_member_and_an_empty_folder_are_refused(
    loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in (loaded / "releases").rglob("*")}
    for data, words in ((loaded, "There is no member M-EVE"), (tmp_path / "none", "There is no release")):
        assert main(["erase", "M-EVE", "--data", str(data)]) == 1
        error = capsys.readouterr().err
        assert words in error
        assert error.count("\n") == 1
    assert {path: path.stat().st_mtime_ns for path in (loaded / "releases").rglob("*")} == before


def test_an_interrupted_erasure_is_finished_by_the_next_one(
    loaded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(release: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("etl.erasing.erase.remove_release", stop)
        with pytest.raises(KeyboardInterrupt):
            erase_member(loaded, "M-ADA")
    assert find_ada(loaded) != []
    erase_member(loaded, "M-ADA")
    assert find_ada(loaded) == []


def test_a_member_of_the_same_name_stays(tmp_path: Path) -> None:
    raw = write_raw(tmp_path / "in")
    other = "M-ADA2,Ada Okoro,ada@charity.example,Doctor,2015-01-01\n"
    (raw / "members.csv").write_text(FILES["members.csv"] + other, encoding="utf-8")
    teams = TEAMS_NUMBERED.replace("Ben Marsh\t14", "Ada Okoro\t14").replace("ben@", "ada@")
    (raw / "teams.csv").write_text(teams, encoding="utf-8")
    data = tmp_path / "data"
    load(raw, data)
    names = {1: "M-ADA2", 0: "M-ADA"}
    kept, gone = (make_pseudonym(load_key(data / "state"), "member", names[place]) for place in (1, 0))
    before = read_tables(data)["attendance.parquet"]
    assert any(kept in row for row in before)
    erase_member(data, "M-ADA")
    after = read_tables(data)
    assert after["attendance.parquet"] == [row for row in before if gone not in row]
    assert [row for row in after["members.parquet"] if kept in row]


def test_marks_of_sample_data_do_not_touch_real_data(tmp_path: Path) -> None:
    raw = write_raw(tmp_path / "in")
    data = tmp_path / "data"
    key = load_key(data / "state")
    add_marks(data / "state", [make_mark(key, "id", "M-ADA", True)])
    load(raw, data)
    assert len(read_tables(data)["members.parquet"]) == 3
    add_marks(data / "state", [make_mark(key, "id", "M-ADA", False)])
    load(raw, data)
    assert len(read_tables(data)["members.parquet"]) == 2
    path = data / "state" / "erased.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(json.loads(path.read_text(encoding="ascii"))) == 2


def test_without_the_key_nobody_who_was_erased_comes_back(loaded: Path) -> None:
    erase_member(loaded, "M-ADA")
    key = loaded / "state" / "pseudonym.key"
    kept = key.read_bytes()
    live = current_id(loaded)
    key.unlink()
    with pytest.raises(Refused, match="people who were erased would come back: restore it"):
        load(loaded.parent / "in", loaded)
    assert not key.exists()
    assert current_id(loaded) == live
    key.write_bytes(kept)
    load(loaded.parent / "in", loaded)
    assert find_ada(loaded) == []


def test_nothing_computed_before_an_erasure_stays_and_nothing_of_an_erased_release_is_kept_again(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    before = Engine(load_paths([write_raw(tmp_path / "in")], data).release)
    compute_exact(before, find_indicator(before, "members"), Selection())
    folder = find_kept_folder(data)
    assert list(folder.glob("*.parquet"))
    assert {oct(path.stat().st_mode & 0o777) for path in folder.glob("*.parquet")} == {"0o600"}
    erase_member(data, "M-ADA")
    assert not list(folder.glob("*.parquet"))
    with pytest.raises(NoRelease, match="has been removed"):
        before.keep("SELECT 1 AS one")
    assert not [path for path in folder.iterdir() if path.is_file()]
    after = Engine(find_release(data))
    assert compute_exact(after, find_indicator(after, "members"), Selection()).table["value"].tolist() == [
        2.0
    ]
    assert list(folder.glob("*.parquet"))
    before.close()
    after.close()


def test_what_killed_processes_left_is_gone_after_a_load_and_after_an_erasure(loaded: Path) -> None:
    state, spill = loaded / "state", find_kept_folder(loaded) / "spill"

    def leave() -> None:
        for path in (state / "load-killed" / "rows", spill / "rows", state / ".identity.parquet.1"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("M-ADA,Ada Okoro", encoding="utf-8")

    leave()
    load(loaded.parent / "in", loaded)
    assert not list(state.glob("load-*"))
    leave()
    with pytest.raises(Refused, match="There is no member"):
        erase_member(loaded, "M-NOBODY")
    assert not list(state.glob("load-*"))
    leave()
    erase_member(loaded, "M-ADA")
    assert not [*state.glob("load-*"), *state.glob(".identity*")]
    assert list(find_kept_folder(loaded).rglob("*")) == [spill], (
        "an engine that is open may spill there again"
    )


def test_what_nobody_has_used_for_long_is_dropped(tmp_path: Path) -> None:
    (tmp_path / "spill").mkdir()
    fresh, old = tmp_path / "fresh.parquet", tmp_path / "old.parquet"
    spilled, left = tmp_path / "spill" / "fresh", tmp_path / "spill" / "left"
    for path in (fresh, old, spilled, left):
        path.write_bytes(b"")
    for path in (old, left, tmp_path / "spill"):
        os.utime(path, (0, 0))
    prune_kept(tmp_path)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == {fresh, spilled}


@pytest.mark.parametrize("remove", [prune_kept, empty_kept])
def test_what_vanishes_meanwhile_stops_no_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, remove: Callable[[Path], None]
) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    found = [tmp_path / ".new-1", tmp_path / ".working-1", old]
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(found))
    remove(tmp_path)
    assert not old.exists()


def test_files_are_looked_through_for_mentions_once(loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["erase", "M-ADA", "--data", str(loaded)]) == 0
    looked: list[str] = []
    is_in = Mentions.is_in

    def look(self: Mentions, path: Path, name: str, encoding: str | None, has_broken: bool) -> bool:
        looked.append(name)
        return is_in(self, path, name, encoding, has_broken)

    monkeypatch.setattr(Mentions, "is_in", look)
    more = loaded.parent / "more.csv"
    for row in ("2015-01,5", "2015-02,6"):
        more.write_text(f"period,value\n{row}\n", encoding="utf-8")
        assert main(["load", str(more), "--data", str(loaded)]) == 0
    assert looked[-1] == "more.csv"
    assert len(looked) == len(set(looked)) + 1


@pytest.mark.parametrize("text", [None, "{}", "[]", "[1]", '"abc"', "null", '["'])
def test_without_their_marks_nobody_who_was_erased_comes_back(loaded: Path, text: str | None) -> None:
    erase_member(loaded, "M-ADA")
    marks = loaded / "state" / "erased.json"
    kept, live = marks.read_bytes(), current_id(loaded)
    marks.unlink()
    if text is not None:
        marks.write_text(text, encoding="ascii")
    with pytest.raises(Refused, match=r"erased would come back: restore it .* python -m etl new-marks"):
        load(loaded.parent / "in", loaded)
    assert current_id(loaded) == live
    marks.write_bytes(kept)
    load(loaded.parent / "in", loaded)
    assert len(read_tables(loaded)["members.parquet"]) == 2, "positive control: restored"
    marks.unlink()
    assert begin_marks(loaded) == 0
    load(loaded.parent / "in", loaded)
    assert len(read_tables(loaded)["members.parquet"]) == 3, "confirmed as lost"
