"""Large template files: what goes straight to codes and what the rules judge gives the same tables, words and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from etl import load
from etl.checking.identity.pseudonyms import load_key, make_pseudonym, pseudonym_sql
from etl.coding import bulk
from etl.coding.bulk import Bulk
from etl.erasing.erase import erase_member
from etl.load import Loaded, check_paths, load_paths
from etl.reading.types import Options
from tests.released import list_rows
from warehouse.codes import CODED
from warehouse.contracts import RELEASED

MEMBERS = 60
EVENTS = 20
SMALL = {
    "members": "member_id,name,email,region,joined_on\n"
    + "".join(f"M{n:03},Person {n},p{n}@example.org,North,2015-01-01\n" for n in range(MEMBERS)),
    "aliases": "member_id,kind,value\nM001,external,HR 1\nM002,external,M003\n",
    "events": "event_id,title,starts_at\n"
    + "".join(f"E{n},Event {n},2015-03-{n + 1:02}T09:00:00Z\n" for n in range(EVENTS)),
    "waves": "wave_id,survey_id,opened_on,closed_on\nw1,s,2015-07-01,2015-07-31\nw2,t,2015-08-01,2015-08-31\n",
    "items": "survey_id,item_id,text,kind,scale_min,scale_max\ns,q1,One?,likert,1,5\ns,q2,Two?,number,,\n"
    "s,q3,Three?,text,,\nt,q4,Four?,likert,1,3\n",
}
HEADINGS = {
    "attendance": "event_id,member_id,registered,attended,minutes,first_join_at,last_leave_at,role",
    "invitations": "wave_id,member_id,invited_at,reminders,disposition,region",
    "answers": "wave_id,respondent_id,item_id,value,text,submitted_at",
    "ties": "wave_id,from_member_id,to_member_id,relation,strength,directed",
    "activities": "member_id,at,kind,amount",
}


def draw_rows(copies: int = 1) -> dict[str, list[str]]:
    """Good rows of every large table; no key twice."""
    people = [f"M{n:03}" for n in range(4, MEMBERS)]
    return {
        "attendance": [f"E{e},{m},yes,true,{e + 30},,,guest" for e in range(EVENTS) for m in people],
        "invitations": [f"{w},{m},2015-07-01T09:00:00Z,1,complete," for w in ("w1", "w2") for m in people],
        "answers": [
            f"w1,{m},{i},{v},,2015-07-02T09:00:00Z" for m in people for i, v in (("q1", 3), ("q2", 7.5))
        ]
        + [f'w1,{m},q3,,"two\nlines, said {m}",' for m in people],
        "ties": [f"w1,{a},{b},knows,2,false" for a in people for b in people[:10] if a != b],
        "activities": [f"{m},2015-04-{d:02}T09:00:00+01:00,post,1" for m in people for d in range(1, 10)],
    }


SPOILED = {
    "attendance": [
        "E1,M999,yes,true,5,,,",  # nobody has this id
        "E2, M000,yes,true,5,,,",  # a space before it
        "E3,p1@example.org,yes,true,5,,,",  # an address
        "E4,HR 1,no,1,5,,,",  # an alias
        "E5,M003,yes,true,5,,,",  # an id that is somebody else's alias
        "E99,M000,yes,true,5,,,",
        "E6,M000,t,true,5,,,",  # BOOLEAN takes t
        "E7,M000,yes,,5,,,",
        "E8,M000,yes,true,-5,2015-03-09T09:00:00Z,2015-03-09T10:00:00Z,",
        "E9,M000,yes,true,nan,,,",
        "E9,M001,yes,true,1_0,2015-03-10T09:00:00Z,2015-03-10T10:00:00Z,",
        "E10,M000,yes,true,5,2015-03-11T10:00:00Z,2015-03-11T09:00:00Z,",
        "E11,M000,yes,true,5,2015-03-12T10:00:00+01:00,2015-03-12T10:30:00+02:00,",
        "E12,M000,yes,true,,2015-03-13T10:00:00Z,2015-03-13T10:30:00Z,speaker",
        "E12,M000,yes,true,,2015-03-13T10:10:00Z,2015-03-13T10:50:00Z,guest",
        "E13,M004,yes,true,43,,,guest",  # exactly as in a good row
        "E14,M004,no,true,44,,,chair",  # another row of the same member and event
        "E15,M000,yes,true",
        "E16,M000,yes,true,5,,,,,",
    ],
    "invitations": [
        "w1,M001,2015-07-01T09:00:00Z,2.5,complete,South",
        "w1,M000,,,Complete,",
        "w2,M000,25/08/2015,2.0,,South",
    ],
    "answers": [
        "w1,M000,q1,9,,",
        "w1,M001,q1,2.5,,",
        "w1,M000,q2,1_0,,",  # DOUBLE takes it for 10
        "w1,M000,q4,1,,",  # of another survey
        "w2,M000,q4,2,,3/8/15",  # TIMESTAMP reads the year 3
        "w2,M001,q4,2,,25/08/2015 10:00",
        "w2,M002,q4,2,,infinity",  # a time that is none
        "w1,stranger,q1,4,,",
        "w1,M004,q1,3,,2015-07-02T09:00:00Z",
        "w1,M005,q1,4,,2015-07-02T09:00:00Z",
    ],
    "ties": [
        "w1,M004,M004,knows,1,true",
        "w1,M000,M001,knows,five,true",
        "w1,M000,M002, knows,1,",
        "w1,M000,M001,helps,inf,",
    ],
    "activities": [
        "M000,2015-04-31,post,1",
        "M000,,post,1",
        "M000,2015-04-01,,1",
        "M001,2015-05-01,rare word,2",
        "M001,2015-05-02,post,1_000",
        "M001,2015-05-03,post, 7 ",
    ],
}


def write_files(folder: Path, rows: Mapping[str, Sequence[str]]) -> Path:
    folder.mkdir(parents=True)
    for name, text in SMALL.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    for name, lines in rows.items():
        (folder / f"{name}.csv").write_text("\n".join([HEADINGS[name], *lines, ""]), encoding="utf-8")
    return folder


def spoil(rows: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The good rows with the spoiled ones among them, evenly spread."""
    mixed = {}
    for name, lines in rows.items():
        step = len(lines) // len(SPOILED[name])
        mixed[name] = list(lines)
        for place, line in enumerate(SPOILED[name]):
            mixed[name].insert((place + 1) * step, line)
    return mixed


def load_with_key(folder: Path, data: Path, **options: object) -> Loaded:
    """Load with a key that is the same in every data folder."""
    (data / "state").mkdir(parents=True, exist_ok=True)
    (data / "state" / "pseudonym.key").write_text("11" * 32, encoding="ascii")
    return load_paths([folder], data, options=Options(**options))  # type: ignore[arg-type]


def describe(loaded: Loaded) -> dict[str, object]:
    """All that readers see of a release: tables, quarantine, counts, dates."""
    folder = loaded.release.path
    return {
        **{name: list_rows(folder, name) for name in RELEASED},
        "quarantine": duckdb.execute(
            f"SELECT * FROM read_parquet('{folder}/quarantine.parquet') ORDER BY ALL"
        ).fetchall(),
        **{key: loaded.release.manifest[key] for key in ("files", "first_on", "complete_to", "tables")},
        "failed": [check for check in loaded.release.manifest["checks"] if not check["ok"]],
    }


def list_parts(loaded: Loaded) -> list[str]:
    """Parts that were made straight from a file."""
    return [
        name
        for name in loaded.release.manifest["hashes"]
        if name.startswith("tables/") and name.count("/") == 2 and not name.endswith("/rest.parquet")
    ]


def test_what_goes_straight_to_codes_is_what_the_rules_make_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_files(tmp_path / "in", spoil(draw_rows()))
    fast = load_with_key(folder, tmp_path / "fast")
    assert len(list_parts(fast)) == len(CODED)
    with monkeypatch.context() as patched:
        patched.setattr(Bulk, "take", lambda self, intake: None)
        slow = load_with_key(folder, tmp_path / "slow")
    assert list_parts(slow) == []
    judged, straight = describe(slow), describe(fast)
    for name, rows in judged.items():
        assert straight[name] == rows, name
    assert len(judged["quarantine"]) == 26  # type: ignore[arg-type]


def test_where_the_parser_of_codes_stops_the_rules_read_the_file(tmp_path: Path) -> None:
    rows = draw_rows()
    rows["activities"][100] = ',""é,'
    loaded = load_with_key(write_files(tmp_path / "in", rows), tmp_path / "data")
    assert {name.split("/")[1] for name in list_parts(loaded)} == set(CODED) - {"activities"}
    assert len(list_rows(loaded.release.path, "activities")) == len(rows["activities"]) - 1
    path = loaded.release.path / "quarantine.parquet"
    assert duckdb.execute(f"SELECT file, line FROM read_parquet('{path}')").fetchall() == [
        ("activities.csv", 102)
    ]


def test_a_column_that_only_invitations_have_is_left_out_and_said(tmp_path: Path) -> None:
    rows = draw_rows()
    folder = write_files(tmp_path / "in", rows)
    plain = load_with_key(folder, tmp_path / "plain")
    lines = [HEADINGS["invitations"] + ",team", *(f"{line},red" for line in rows["invitations"])]
    lines[7] = lines[7].replace("complete", "Complete")
    (folder / "invitations.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    further = load_with_key(folder, tmp_path / "further")
    assert list_parts(further)
    said = {file.staged.name: file.warnings for file in further.files if file.warnings}
    assert said == {
        "invitations.csv": (
            "invitations.csv has the column team, which no members file has, so that it was left out: add team to the members.",
        )
    }
    expected = list_rows(plain.release.path, "invitations")
    found = list_rows(further.release.path, "invitations")
    assert len(found) == len(expected) - 1
    assert set(found) < set(expected)
    with_team = SMALL["members"].replace("\n", ",blue\n").replace("joined_on,blue", "joined_on,team")
    (folder / "members.csv").write_text(with_team, encoding="utf-8")
    known = load_paths([folder / "members.csv"], tmp_path / "further")
    assert {row[-1] for row in list_rows(known.release.path, "invitations")} == {"red"}
    assert not [file for file in known.files if file.warnings]
    (folder / "members.csv").write_text(SMALL["members"], encoding="utf-8")
    again = load_paths([folder / "members.csv"], tmp_path / "further")
    assert list_rows(again.release.path, "invitations") == found


def test_invitations_may_be_loaded_before_the_members(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "in", {})
    invitations = tmp_path / "invitations.csv"
    invitations.write_text("wave_id,member_id,disposition,team\nw1,M010,complete,red\n", encoding="utf-8")
    assert check_paths([invitations], tmp_path / "data")[0][0].quarantined == 1
    load_with_key(invitations, tmp_path / "data")
    loaded = load_with_key(folder, tmp_path / "data")
    assert len(list_rows(loaded.release.path, "invitations")) == 1


def test_words_that_the_sample_of_a_file_missed_are_in_its_part_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = draw_rows()
    rows["activities"] += [line.replace("post", "download") for line in rows["activities"]]
    rows["ties"] += [line.replace("knows", "helps") for line in rows["ties"]]
    folder = write_files(tmp_path / "in", rows)
    whole = load_with_key(folder, tmp_path / "whole")
    monkeypatch.setattr(bulk, "SAMPLE_BLOCKS", 1)
    monkeypatch.setattr(bulk, "SAMPLE_BYTES", 1)
    sampled = load_with_key(folder, tmp_path / "sampled")
    assert describe(sampled) == describe(whole)
    assert list_parts(sampled) == list_parts(whole)
    assert not [name for name in sampled.release.manifest["hashes"] if name.endswith("/rest.parquet")]
    kinds = {row[2] for row in list_rows(sampled.release.path, "activities")}
    assert kinds == {"post", "download"}


def test_an_offset_counts_and_a_column_that_nobody_reads_is_checked(tmp_path: Path) -> None:
    rows = draw_rows()
    rows["activities"][100] = rows["activities"][100].removesuffix("1") + "much"
    loaded = load_with_key(write_files(tmp_path / "in", rows), tmp_path / "data")
    assert f"tables/activities/{list_parts(loaded)[0].split('/')[-1]}" in loaded.release.manifest["hashes"]
    times = {row[1] for row in list_rows(loaded.release.path, "activities")}
    assert datetime(2015, 4, 1, 8) in times
    assert datetime(2015, 4, 1, 9) not in times
    path = loaded.release.path / "quarantine.parquet"
    assert duckdb.execute(f"SELECT line, reason FROM read_parquet('{path}')").fetchall() == [
        (102, "amount 'much' is not a number")
    ]


def test_rows_of_more_than_one_block_keep_the_order_and_the_lines_of_their_file(tmp_path: Path) -> None:
    count = 131_000
    start = datetime(2015, 4, 1)
    people = [f"M{4 + n * 37 % (MEMBERS - 4):03}" for n in range(count)]
    begun = [f"{who},{(start + timedelta(seconds=n)).isoformat()}Z,posted," for n, who in enumerate(people)]
    lines = [f"{begin}{n:048}.5" for n, begin in enumerate(begun)]
    lines[126_000] = lines[126_000].replace(people[126_000], "M999")
    lines[127_000] = begun[127_000] + "much"
    lines[130_000] = begun[60_000] + "7"
    folder = write_files(tmp_path / "in", {"activities": lines})
    assert (folder / "activities.csv").stat().st_size > max(load.SMALL, 8_000_000)
    loaded = load_with_key(folder, tmp_path / "data")
    path = loaded.release.path
    rejected = duckdb.execute(
        f"SELECT line, left(reason, 70) FROM read_parquet('{path}/quarantine.parquet') ORDER BY line"
    ).fetchall()
    assert rejected == [
        (126_002, "member_id is not in the members list: add the member, or an alias of kind external"[:70]),
        (127_002, "amount 'much' is not a number"),
        (
            130_002,
            "the same member_id and at and kind is in activities.csv line 60002 with other values"[:70],
        ),
    ]
    (name,) = list_parts(loaded)
    part = tmp_path / "data" / "state" / "taken" / Path(name).name
    kept = duckdb.execute(f"SELECT amount FROM read_parquet('{part}')").df()["amount"]
    expected = [n + 0.5 for n in range(count) if n not in (126_000, 127_000, 130_000)]
    expected.insert(130_000 - 2, 7.0)
    assert kept.tolist() == expected


def test_a_file_is_parsed_once_and_its_part_is_shared_by_releases(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = draw_rows()
    folder = write_files(tmp_path / "in", spoil(rows))
    first = load_with_key(folder, tmp_path / "data")
    copied: list[str] = []
    copy = Bulk._copy_rows
    monkeypatch.setattr(
        Bulk, "_copy_rows", lambda self, coded, scan: (copied.append(coded.name), copy(self, coded, scan))[1]
    )
    with (folder / "members.csv").open("a", encoding="utf-8") as file:
        file.write("M999,Zed,,North,2015-01-01\n")
    second = load_with_key(folder, tmp_path / "data")
    assert copied == []
    assert second.is_new
    assert (
        len(list_rows(second.release.path, "attendance"))
        == len(list_rows(first.release.path, "attendance")) + 1
    )
    shared = [name for name in list_parts(second) if "activities" in name]
    taken = tmp_path / "data" / "state" / "taken"
    for name in shared:
        part = second.release.path / name
        assert part.stat().st_ino == (first.release.path / name).stat().st_ino
        assert part.stat().st_ino == (taken / Path(name).name).stat().st_ino
    assert {path.stat().st_mode & 0o777 for path in taken.iterdir()} == {0o600}
    anew = load_with_key(folder, tmp_path / "anew")
    assert set(copied) == set(CODED)
    for name in RELEASED:
        assert list_rows(anew.release.path, name) == list_rows(second.release.path, name)


def test_numbers_stay_while_their_values_do_and_tell_nothing(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "in", draw_rows())
    first = load_with_key(folder, tmp_path / "data").release.path
    members = list_rows(first, "member_codes")
    assert [row[1] for row in members] == sorted(str(row[1]) for row in members)
    (folder / "members.csv").write_text(SMALL["members"] + "M900,Zed,,North,2015-01-01\n", encoding="utf-8")
    second = load_with_key(folder, tmp_path / "data").release.path
    assert list_rows(second, "member_codes")[:MEMBERS] == members
    assert len(list_rows(second, "member_codes")) == MEMBERS + 1
    gone = SMALL["members"].replace("M000,Person 0,p0@example.org,North,2015-01-01\n", "")
    (folder / "members.csv").write_text(gone, encoding="utf-8")
    third = load_with_key(folder, tmp_path / "data").release.path
    left = list_rows(third, "member_codes")
    assert [row[0] for row in left] == list(range(MEMBERS - 1))
    assert [row[1] for row in left] == sorted(str(row[1]) for row in left)


def test_pseudonyms_in_sql_are_those_of_python(tmp_path: Path) -> None:
    key = load_key(tmp_path)
    for value in ("M1", "Zoë", "a'b\\x", ""):
        (made,) = duckdb.execute(f"SELECT {pseudonym_sql(key, 'member', '$1')}", [value]).fetchall()
        assert made[0] == make_pseudonym(key, "member", value)


@pytest.mark.parametrize("ending", [".json", ".parquet"])
def test_a_part_that_is_damaged_is_made_again(tmp_path: Path, ending: str) -> None:
    folder = write_files(tmp_path / "in", draw_rows())
    first = load_with_key(folder, tmp_path / "data")
    rows = list_rows(first.release.path, "ties")
    damaged = list((tmp_path / "data" / "state" / "taken").glob(f"*{ending}"))
    assert damaged
    for path in damaged:
        content = bytearray(path.read_bytes())
        path.unlink()
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    (folder / "members.csv").write_text(SMALL["members"] + "M900,Zed,,North,2015-01-01\n", encoding="utf-8")
    second = load_with_key(folder, tmp_path / "data")
    assert list_parts(second) == list_parts(first)
    assert list_rows(second.release.path, "ties") == rows


def test_an_erased_member_is_in_no_part_no_number_and_nothing_taken(tmp_path: Path) -> None:
    rows = draw_rows()
    rows["answers"].append("w1,M000,q3,,Person 4,")  # an answer that is the member's name
    folder = write_files(tmp_path / "in", rows)
    data = tmp_path / "data"
    first = load_with_key(folder, data)
    pseudonym = make_pseudonym(bytes.fromhex("11" * 32), "member", "M004")

    def find() -> set[str]:
        """Which of the member's names are in a Parquet file of the data folder."""
        held = "".join(
            str(duckdb.execute(f"SELECT * FROM read_parquet('{path}')").fetchall())
            for path in data.rglob("*.parquet")
        )
        return {word for word in (pseudonym, "'M004'", "Person 4'") if word in held}

    before = {name: list_rows(first.release.path, name) for name in RELEASED}
    assert find() == {pseudonym, "'M004'", "Person 4'"}
    erased = erase_member(data, "M004")
    assert find() == set()
    after = {name: list_rows(erased.release.path, name) for name in RELEASED}
    for name in RELEASED:
        kept = [row for row in before[name] if pseudonym not in row and "Person 4" not in row]
        assert after[name] == kept, name
    assert erased.rows["attendance.csv"] == EVENTS
    again = load_with_key(folder, data)
    assert find() == set()
    assert {name: list_rows(again.release.path, name) for name in RELEASED} == after
