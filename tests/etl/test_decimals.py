"""Numbers with a point or a comma in tables: read where another cell of the column shows which mark it is, else set aside."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.__main__ import main
from warehouse.engine import open_connection
from warehouse.release import find_release

MEMBERS = "member_id,joined_on\na,2015-01-01\nb,2015-01-01\nc,2015-01-01\n"
EVENTS = "event_id,title,starts_at\nE1,One,2015-03-16T09:00:00Z\n"
COMMA, SEMICOLON, TAB = ",", ";", "\t"
OPEN = "may have a point of thousands or a decimal point, and no other cell of the column shows which"


def load(folder: Path, texts: dict[str, str], *arguments: str) -> int:
    for name, text in {"members": MEMBERS, "events": EVENTS, **texts}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    paths = [str(folder / f"{name}.csv") for name in ("members", "events", *texts)]
    return main(["load", *paths, "--data", str(folder / "data"), *arguments])


def ask(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with open_connection(find_release(folder / "data").path) as connection:
        return connection.execute(sql).fetchall()


def write(delimiter: str, cells: tuple[str, ...]) -> str:
    """Attendances with these minutes, in quotation marks where they have the delimiter in them."""
    quoted = [f'"{cell}"' if delimiter in cell else cell for cell in cells]
    rows = [("E1", member, "true", cell) for member, cell in zip("abc", quoted, strict=False)]
    return "\n".join(map(delimiter.join, [("event_id", "member_id", "attended", "minutes"), *rows])) + "\n"


@pytest.mark.parametrize(
    ("delimiter", "cells", "minutes", "aside"),
    [
        (SEMICOLON, ("1.200", "45,5"), [1200, 45.5], ()),
        (SEMICOLON, ("1.200,5", "1.200", "7"), [1200.5, 1200, 7], ()),
        (SEMICOLON, ("1.200", "45.5"), [1.2, 45.5], ()),
        (SEMICOLON, ("0.125", "1.200"), [0.125, 1.2], ()),
        (SEMICOLON, ("1.200", "90"), [90], ("1.200",)),
        (SEMICOLON, ("1.200", "45.5", "45,5"), [45.5], ("1.200", "45,5")),
        (SEMICOLON, ("1,200", "90"), [90], ("1,200",)),
        (COMMA, ("1.200", "90"), [1.2, 90], ()),
        (COMMA, ("1,200", "45.5"), [1200, 45.5], ()),
        (COMMA, ("1,200", "90"), [90], ("1,200",)),
        (TAB, ("1,200", "1,200.5"), [1200, 1200.5], ()),
        (TAB, ("1,200,000", "1,200"), [1200000, 1200], ()),
    ],
)
def test_a_mark_is_read_where_its_column_shows_what_it_is(
    delimiter: str,
    cells: tuple[str, ...],
    minutes: list[float],
    aside: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert load(tmp_path, {"attendance": write(delimiter, cells)}) == 0
    assert [row[0] for row in ask(tmp_path, "SELECT minutes FROM attendance ORDER BY minutes")] == sorted(
        minutes
    )
    said = capsys.readouterr().out
    assert all(f"minutes '{cell}' " in said for cell in aside)
    assert (f"{OPEN}: write it with nothing between" in said) is ("1.200" in aside)


@pytest.mark.parametrize("mark", [SEMICOLON, TAB])
def test_a_column_of_a_mapped_file_is_read_as_that_of_a_template(
    mark: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "map.toml").write_text(
        '[[file]]\nname = "list.csv"\ntable = "attendance"\n[file.columns]\nevent_id = "event"\nmember_id = "who"\nminutes = "for"\n'
        '[file.constants]\nattended = "true"\n',
        encoding="utf-8",
    )
    text = "event;who;for\nE1;a;1.200\nE1;b;20\n".replace(";", mark)
    assert load(tmp_path, {"list": text}, "--mapping", str(tmp_path / "map.toml")) == 0
    found = [row[0] for row in ask(tmp_path, "SELECT minutes FROM attendance ORDER BY minutes")]
    assert found == ([20] if mark == SEMICOLON else [1.2, 20])
    assert (OPEN in capsys.readouterr().out) is (mark == SEMICOLON)


def test_a_whole_number_with_a_point_of_thousands_is_no_small_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    halls = "event_id;title;starts_at;capacity\nE2;Two;2015-03-16T09:00:00Z;1.000\nE3;Three;2015-03-17T09:00:00Z;80\n"
    assert load(tmp_path, {"halls": halls}) == 0
    assert ask(tmp_path, "SELECT event_id, capacity FROM events WHERE capacity IS NOT NULL") == [("E3", 80)]
    assert "capacity '1.000' may have a point of thousands" in capsys.readouterr().out


def test_a_column_of_decimal_commas_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    did = "member_id;at;kind;amount\na;2015-03-16T09:00:00Z;talk;1.200,5\nb;2015-03-16T09:00:00Z;talk;3,5\n"
    assert load(tmp_path, {"did": did}) == 0
    assert ask(tmp_path, "SELECT amount FROM activities ORDER BY 1") == [(3.5,), (1200.5,)]
    assert "did.csv: amount is read with decimal commas, as 1.200,5 shows." in capsys.readouterr().out


def test_an_answer_with_a_point_beside_others_with_a_decimal_comma_is_set_aside(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form = "ID;Start time;Completion time;Email;Name;Cost;Hours\n" + "".join(
        f"{place};3/16/2015 9:00;3/16/2015 9:05;anonymous;;{cost};{hours}\n"
        for place, (cost, hours) in enumerate([("1.200", "1.200"), ("3,5", "2"), ("7", "3.5")])
    )
    items = "survey_id,item_id,text,kind\ns,cost,Cost,number\ns,hours,Hours,number\n"
    waves = "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n"
    assert load(tmp_path, {"items": items, "waves": waves, "form": form}, "--date-order", "mdy") == 0
    found = ask(tmp_path, "SELECT i.text, value FROM answers JOIN items i USING (item_id) ORDER BY ALL")
    assert found == [("Cost", 7), ("Hours", 1.2), ("Hours", 2), ("Hours", 3.5)]
    assert (
        "the answer '1.200' may have a point of thousands, as others to cost have" in capsys.readouterr().out
    )


def test_a_number_that_a_spreadsheet_rounded_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    did = 'member_id,at,kind,amount\na,2015-03-16T09:00:00Z,talk,1.18E+11\nb,2015-03-16T09:00:00Z,talk,1e+05\nc,2015-03-16T09:00:00Z,talk,"1,200"\n'
    form = "ID,Start time,Completion time,Email,Name,Hours\n1,3/16/2015 9:00,3/16/2015 9:05,anonymous,,1.2E+06\n2,3/16/2015 9:00,3/16/2015 9:05,anonymous,,4\n"
    items = "survey_id,item_id,text,kind\ns,hours,Hours,number\n"
    waves = "wave_id,survey_id,opened_on\nw1,s,2015-03-01\n"
    files = {"did": did, "items": items, "waves": waves, "form": form}
    assert load(tmp_path, files, "--date-order", "mdy") == 0
    assert ask(tmp_path, "SELECT amount FROM activities") == [(100000,)]
    assert ask(tmp_path, "SELECT value FROM answers") == [(4,)]
    said = capsys.readouterr().out
    way = "it was rounded by a spreadsheet, write all of its digits"
    assert f"amount '1.18E+11' is not a number: {way}" in said
    assert f"the answer '1.2E+06' is not on the scale of item hours: {way}" in said
    assert (
        "'1,200' is not a number: write a number in digits, with a decimal point and nothing between" in said
    )


@pytest.mark.parametrize(
    ("ties", "strengths", "aside"),
    [
        ('Source,Target,Weight\na,b,"1,200"\nb,c,2\n', [2], "1,200"),
        ("Source;Target;Weight\na;b;1.200\nb;c;3,5\n", [3.5], "1.200"),
        ("Source;Target;Weight\na;b;1.200\nb;c;3.5\n", [1.2, 3.5], ""),
        ("From;To;Strength;Direction\na;b;1,200;directed\nb;c;3,5;directed\n", [3.5], "1,200"),
        ("id;a;b;c\na;0;2;0\nb;3,5;0;1\nc;1,200;0;0\n", [1, 2, 3.5], "1,200"),
    ],
    ids=["comma", "point beside comma", "point", "Kumu", "matrix"],
)
def test_a_strength_with_a_mark_that_may_be_of_thousands_is_set_aside(
    ties: str, strengths: list[float], aside: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(tmp_path, {"ties": ties}, "--complete-to", "2015-03-31") == 0
    assert [row[0] for row in ask(tmp_path, "SELECT strength FROM ties ORDER BY 1")] == strengths
    assert (f"the strength '{aside}' may have a mark of thousands" in capsys.readouterr().out) is bool(aside)
