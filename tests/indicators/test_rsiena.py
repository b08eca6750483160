"""The bundle for RSiena: its matrices read back are the release's ties, and it is for evaluators."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from commands import Refusal
from indicators.__main__ import main
from indicators.command.rsiena import write_bundle
from tests.conftest import MakeRelease
from warehouse.engine import Engine

# dan did not answer w2, eve joined after w1, fay left before w3; gus was never asked.
MEMBERS = """
member_id | profession | organisation | joined_on  | left_on
ann       | Nurse      | One          | 2015-01-01 |
bob       | Nurse      | =Two         | 2015-01-01 |
cat       | Doctor     | One          | 2015-01-01 |
dan       |            | One          | 2015-01-01 |
eve       | Nurse      | One          | 2015-03-17 |
fay       | Nurse      | One          | 2015-01-01 | 2015-05-11
gus       | Nurse      | One          | 2015-01-01 |
"""
ASKED = {"w1": "ann bob cat dan fay", "w2": "ann bob cat dan eve fay", "w3": "ann bob cat dan eve"}
TIES = {
    "w1": {("ann", "bob"), ("dan", "ann"), ("fay", "cat")},
    "w2": {("ann", "bob"), ("ann", "gus"), ("eve", "ann"), ("bob", "dan")},
    "w3": {("bob", "ann"), ("dan", "eve")},
}
TABLES = {
    "members": MEMBERS,
    "waves": "wave_id,survey_id,opened_on\nw1,net,2015-03-01\nw2,net,2015-04-02\nw3,net,2015-06-01\n",
    "invitations": "wave_id,member_id,disposition,profession\n"
    + "".join(
        f"{wave},{name},{'non_contact' if (wave, name) == ('w2', 'dan') else 'complete'},{'Doctor' if (wave, name) == ('w2', 'ann') else ''}\n"
        for wave, names in ASKED.items()
        for name in names.split()
    ),
    "ties": "wave_id,from_member_id,to_member_id,relation\n"
    + "".join(f"{wave},{one},{other},advice\n" for wave, ties in TIES.items() for one, other in sorted(ties)),
    "events": "event_id,title,starts_at\ne1,A,2015-03-10T10:00:00Z\ne2,B,2015-03-11T10:00:00Z\ne3,C,2015-05-01T10:00:00Z\n",
    "attendance": "event_id,member_id,attended\ne1,ann,true\ne1,bob,true\ne2,ann,true\ne2,bob,true\ne2,cat,true\ne3,cat,true\ne3,dan,false\n",
}


@pytest.fixture(scope="module")
def engine(make_release: MakeRelease) -> Engine:
    return make_release(TABLES)


@pytest.fixture(scope="module")
def folder(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bundle") / "rsiena"
    written = write_bundle(engine, target)
    assert {path.name for path in written} == {path.name for path in target.iterdir()}
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
    return target


def read_rows(folder: Path, name: str) -> list[list[str]]:
    with open(folder / name, encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


@pytest.fixture(scope="module")
def actors(engine: Engine, folder: Path) -> list[str]:
    """The names of the actors in order, found by what is known of each: the files hold pseudonyms only."""
    pseudonyms = [row[1] for row in read_rows(folder, "members.csv")[1:]]
    assert not set(pseudonyms) & {"ann", "bob", "cat", "dan", "eve", "fay", "gus"}
    spells = engine.query("SELECT member_id, joined_on, left_on, organisation, profession FROM members")
    named = {}
    for row in spells.itertuples():
        key = (row.organisation == "=Two", str(row.joined_on)[:10], row.left_on == row.left_on)
        named.setdefault(key, []).append(row.member_id)
    (bob,) = named[True, "2015-01-01", False]
    (eve,) = named[False, "2015-03-17", False]
    (fay,) = named[False, "2015-01-01", True]
    ties = engine.query("SELECT wave_id, from_member_id AS one, to_member_id AS other FROM ties")
    (ann,) = ties[(ties["wave_id"] == "w1") & (ties["other"] == bob)]["one"]
    (cat,) = ties[(ties["wave_id"] == "w1") & (ties["one"] == fay)]["other"]
    (dan,) = ties[(ties["wave_id"] == "w2") & (ties["one"] == bob)]["other"]
    known = {ann: "ann", bob: "bob", cat: "cat", dan: "dan", eve: "eve", fay: "fay"}
    return [known[name] for name in pseudonyms]


def test_the_matrices_read_back_are_the_ties(folder: Path, actors: list[str]) -> None:
    assert sorted(actors) == ["ann", "bob", "cat", "dan", "eve", "fay"]
    for place, wave in enumerate(ASKED, start=1):
        matrix = read_rows(folder, f"network_{place}.csv")
        asked = set(ASKED[wave].split())
        for one, row in zip(actors, matrix, strict=True):
            for other, cell in zip(actors, row, strict=True):
                expected = str(int((one, other) in TIES[wave]))
                if one != other and not {one, other} <= asked:
                    expected = "10"
                elif one != other and (wave, one) == ("w2", "dan"):
                    expected = "NA"
                assert cell == expected, (wave, one, other)


def test_who_joined_and_left_and_when(folder: Path, actors: list[str]) -> None:
    # eve joined on 17 March, 16 of 32 days from w1 to w2; fay left on 11 May, 39 of 60 days from w2 to w3.
    lines = (folder / "composition.txt").read_text(encoding="utf-8").splitlines()
    spells = dict(zip(actors, lines, strict=True))
    assert (spells["ann"], spells["eve"], spells["fay"]) == ("1 3", "1.5 3", "1 2.65")


def test_covariates_and_who_met(folder: Path, actors: list[str]) -> None:
    words = {(row[0], row[1]): row[2] for row in read_rows(folder, "codes.csv")[1:]}
    organisations = [words["organisation", *row] for row in read_rows(folder, "organisation.csv")]
    assert dict(zip(actors, organisations, strict=True))["bob"] == "'=Two", "no formula for a spreadsheet"
    professions = dict(zip(actors, read_rows(folder, "profession.csv"), strict=True))
    assert [words["profession", code] for code in professions["ann"]] == ["Nurse", "Doctor"]
    assert professions["dan"] == ["NA", "NA"]
    place = {name: number for number, name in enumerate(actors)}
    met = [read_rows(folder, f"met_{period}.csv") for period in (1, 2)]
    assert met[0][place["ann"]][place["bob"]] == "2"
    assert met[0][place["cat"]][place["bob"]] == "1"
    assert sum(int(cell) for row in met[0] for cell in row) == 2 * (2 + 1 + 1)
    assert {cell for row in met[1] for cell in row} == {"0"}
    events = dict(zip(actors, read_rows(folder, "events.csv"), strict=True))
    assert (events["ann"], events["cat"], events["dan"]) == (["2", "0"], ["1", "1"], ["0", "0"])


def test_the_script_names_every_file_and_closes_what_it_opens(folder: Path) -> None:
    script = (folder / "model.R").read_text(encoding="utf-8")
    code = "\n".join(line.split("#")[0] for line in script.splitlines())
    assert all(code.count(one) == code.count(other) for one, other in ("()", "{}", "[]"))
    assert code.count('"') % 2 == 0
    assert "$" not in code.replace("model$tconv.max", "")
    read = {f"{name}_{place}.csv" for name, count in (("network", 3), ("met", 2)) for place in range(1, count + 1)}  # fmt: skip
    named = {path.name for path in folder.iterdir() if f'"{path.name}"' in code} | read
    assert {path.name for path in folder.iterdir()} - named == {"codes.csv", "members.csv", "composition.txt", "model.R"}  # fmt: skip
    assert '"composition.txt"' in script


@pytest.mark.parametrize("role", ["lead", "funder"])
def test_it_is_for_evaluators(
    engine: Engine, tmp_path: Path, role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = str(engine.release.path.parent.parent)
    asked = ["bundle", "rsiena", "--to", str(tmp_path / "to"), "--data", data]
    assert main([*asked, "--as", role]) == 1
    assert "for evaluators" in capsys.readouterr().err
    assert not (tmp_path / "to").exists()
    assert main(asked) == 0
    with pytest.raises(Refusal, match="not an empty folder"):
        write_bundle(engine, tmp_path / "to")


def test_what_is_misspelt_is_refused_with_what_there_is(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"no ties of --relation 'nosuch': there are those of advice\."):
        write_bundle(engine, tmp_path / "new", "nosuch")
    with pytest.raises(Refusal, match=r"no ties of --survey 'nosuch': there are those of net\."):
        write_bundle(engine, tmp_path / "new", "advice", "nosuch")
    assert not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_made_is_said(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Refusal, match=r"bundle cannot be made \(Not a directory\): name another one"):
        write_bundle(engine, tmp_path / "file" / "bundle")
