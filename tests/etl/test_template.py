"""Template tables as CSV, XLSX and Parquet: recognised by their headings, read alike."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import product
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from etl import intake
from etl.load import check_paths, load_paths
from etl.reading.physical import workbook
from etl.reading.types import Options, RawFile, Refused, Sample
from etl.reading.written.names import NOBODY, SUMMARY
from etl.sources import template
from etl.sources.reserved import NUMBERED, RESERVED
from indicators.catalogue import list_indicators
from indicators.definition import MEASURE_DIMENSIONS, Base
from indicators.result import FIGURES
from indicators.statistics.cells import STATISTICS
from tests.figures import read_cells
from warehouse.contracts import MEMBER_DIMENSIONS, TABLES
from warehouse.engine import Engine
from warehouse.release import find_release

MEMBERS = {
    "member_id": ["M1", "M2"],
    "name": ["Zoë Ünal", "Bob, the second"],
    "joined_on": [date(2015, 1, 5), date(2015, 2, 6)],
    "region": ["North", None],
    "qi_experience": ["Over 5 years", "Under 2 years"],
}


def read_members(data: Path) -> list[tuple[object, ...]]:
    path = find_release(data).path / "tables" / "members.parquet"
    query = f"SELECT region, joined_on, qi_experience FROM '{path}' ORDER BY joined_on"
    return duckdb.execute(query).fetchall()


@pytest.mark.parametrize("kind", ["csv", "semicolon", "xlsx", "parquet"])
def test_every_form_of_a_table_gives_the_same_rows(tmp_path: Path, kind: str) -> None:
    frame = pd.DataFrame(MEMBERS)
    path = tmp_path / f"list.{'csv' if kind == 'semicolon' else kind}"
    if kind == "xlsx":
        frame.to_excel(path, sheet_name="members", index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False, sep=";" if kind == "semicolon" else ",")
    load_paths([path], tmp_path / "data")
    assert read_members(tmp_path / "data") == [
        ("North", date(2015, 1, 5), "Over 5 years"),
        (None, date(2015, 2, 6), "Under 2 years"),
    ]


def test_a_workbook_holds_several_tables_and_skips_sheets_in_brackets(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "members"
    book.active.append(["member_id", "joined_on", "left_on", "name"])
    book.active.append([7, datetime(2015, 1, 5), None, "Ann"])
    waves = book.create_sheet("waves")
    waves.append(["wave_id", "survey_id", "opened_on"])
    waves.append(["W1", "s", datetime(2015, 3, 1)])
    book.create_sheet("(notes)").append(["anything"])
    book.save(tmp_path / "all.xlsx")
    (file,) = load_paths([tmp_path / "all.xlsx"], tmp_path / "data").files
    assert file.tables == ("members", "waves")
    assert (file.read, file.loaded) == (2, 2)


def test_a_damaged_workbook_and_a_bomb_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pd.DataFrame(MEMBERS).to_excel(tmp_path / "whole.xlsx", index=False)
    whole = (tmp_path / "whole.xlsx").read_bytes()
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused, match=r"half\.xlsx is damaged"):
        load_paths([tmp_path / "half.xlsx"], tmp_path / "data")
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    monkeypatch.setattr(workbook, "LARGEST_UNPACKED", 1_000_000)
    with pytest.raises(Refused, match="unpacks to more than"):
        load_paths([tmp_path / "bomb.xlsx"], tmp_path / "data")
    load_paths([tmp_path / "whole.xlsx"], tmp_path / "data")
    assert len(read_members(tmp_path / "data")) == 2, "positive control: the whole workbook loads"


@pytest.mark.parametrize("name", TABLES)
def test_every_template_table_is_recognised_by_its_headings(name: str) -> None:
    columns = list(TABLES[name].column_names)
    sample = Sample("export.csv", b"", ",".join(columns) + "\n")
    assert template.recognise(sample)
    assert template.name_table(f"{name}.csv", columns).name == name


def test_headings_that_fit_two_tables_need_the_name(tmp_path: Path) -> None:
    columns = ["member_id", "joined_on", "left_on"]
    with pytest.raises(Refused, match="could be members or memberships"):
        template.name_table("list.csv", columns)
    assert template.name_table("memberships.csv", columns).name == "memberships"
    assert template.name_table("list.csv", columns, "members").name == "members"
    with pytest.raises(Refused, match=r"list\.csv has no event_id, which attendance needs"):
        template.name_table("list.csv", columns, "attendance")


def test_an_unknown_column_is_refused_except_as_an_attribute() -> None:
    with pytest.raises(Refused, match="has the column colour, which waves does not have"):
        template.name_table("waves.csv", ["wave_id", "survey_id", "opened_on", "colour"])
    with pytest.raises(Refused, match="for example job_title"):
        template.name_table("members.csv", ["member_id", "name", "joined_on", "job title"])


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("member_id,joined_on,joined_on,name", "has the column joined_on twice"),
        ("member_id,joined_on,name,", r"has a column without a heading \(number 4\)"),
        ("member_id,,joined_on,name", r"has a column without a heading \(number 2\)"),
    ],
)
def test_a_heading_that_is_missing_or_twice_is_refused(tmp_path: Path, heading: str, words: str) -> None:
    (tmp_path / "members.csv").write_text(heading + "\n1,2015-01-01,x,y\n", encoding="utf-8")
    with pytest.raises(Refused, match=words):
        load_paths([tmp_path / "members.csv"], tmp_path / "data")


def test_a_truncated_parquet_file_is_refused(tmp_path: Path) -> None:
    pd.DataFrame(MEMBERS).to_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    (tmp_path / "half.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused, match=r"half\.parquet is damaged"):
        load_paths([tmp_path / "half.parquet"], tmp_path / "data")


def test_ties_without_waves_become_a_wave_a_day(tmp_path: Path) -> None:
    pd.DataFrame(MEMBERS).to_csv(tmp_path / "members.csv", index=False)
    (tmp_path / "ties.csv").write_text(
        "observed_on,from_member_id,to_member_id,relation\n2015-03-01,M1,M2,knows\n2015-09-01,M2,M1,knows\n"
    )
    load_paths([tmp_path], tmp_path / "data")
    path = find_release(tmp_path / "data").path / "tables" / "waves.parquet"
    assert duckdb.execute(f"SELECT wave_id, survey_id FROM '{path}'").fetchall() == [
        ("2015-03-01", "ties"),
        ("2015-09-01", "ties"),
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=0, max_size=12),
            st.sampled_from(["2015-01-05", "2015-02-30", "", "yesterday", "2016-12-31"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_row_is_loaded_quarantined_or_a_duplicate(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    pd.DataFrame(rows, columns=["member_id", "joined_on"]).assign(name="x").to_csv(
        folder / "members.csv", index=False
    )
    (file,) = load_paths([folder / "members.csv"], folder / "data").files
    good = {}
    for member, joined in rows:
        is_somebody = member.strip() and not re.fullmatch(f"{NOBODY}|{SUMMARY}", member.strip())
        if is_somebody and joined in ("2015-01-05", "2016-12-31"):
            good.setdefault(member.strip(), joined)
    assert file.read == len(rows)
    assert file.loaded == len(good)
    assert file.read == file.loaded + file.quarantined + file.duplicates


def add_to_sheet(source: Path, target: Path, text: bytes) -> None:
    """Write a workbook again with text before the end of its first sheet."""
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in whole.namelist():
            content = whole.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", text + b"</sheetData>")
            changed.writestr(name, content)


def test_a_workbook_whose_directory_lies_or_whose_entities_multiply_is_refused(tmp_path: Path) -> None:
    whole, changed = tmp_path / "whole.xlsx", tmp_path / "changed.xlsx"
    pd.DataFrame(MEMBERS).to_excel(whole, sheet_name="members", index=False)
    add_to_sheet(whole, changed, b" " * 20_000_000)
    with zipfile.ZipFile(changed) as archive:
        sizes = [entry.file_size for entry in archive.infolist()]
    told = changed.read_bytes().replace(struct.pack("<I", max(sizes)), struct.pack("<I", 2000))
    changed.write_bytes(told)
    with pytest.raises(Refused, match=r"changed\.xlsx is damaged"):
        load_paths([changed], tmp_path / "data")
    cell = b'<row r="9"><c r="A9" t="inlineStr"><is><t>&i;</t></is></c></row>'
    add_to_sheet(whole, changed, cell)
    laughs = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
    with zipfile.ZipFile(changed) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            start = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{laughs}]>'.encode()
            archive.writestr(name, content.replace(b"<worksheet", start + b"<worksheet", 1))
    with pytest.raises(Refused, match=r"changed\.xlsx is damaged"):
        load_paths([changed], tmp_path / "data")
    add_to_sheet(whole, changed, cell.replace(b"&i;", b"M3"))
    assert load_paths([changed], tmp_path / "data").files[0].read == 3, "positive control: a plain cell"


def test_a_parquet_file_that_unpacks_to_more_than_it_can_hold_is_refused(tmp_path: Path) -> None:
    many = pd.DataFrame({"member_id": range(2_000_000), "name": "Ann", "joined_on": "2015-01-05"})
    many["member_id"] = "M" + many["member_id"].astype(str)
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "members.parquet"
    same = many.assign(member_id="M1")
    same.to_parquet(path, compression="zstd")
    with pytest.raises(Refused, match="says it has 2,000,000 rows"):
        template.read(RawFile("members.parquet", path, "", Options()))
    long = pd.DataFrame({"member_id": ["M1"], "name": ["A" * 50_000_000], "joined_on": ["2015-01-05"]})
    long.to_parquet(path, compression="zstd")
    with pytest.raises(Refused, match="would unpack to"):
        template.read(RawFile("members.parquet", path, "", Options()))
    many.to_parquet(path, compression="zstd")
    read = template.read(RawFile("members.parquet", path, "", Options()))
    assert read.scan is not None, "positive control: as many rows with a key of their own are taken"


def test_rows_beyond_the_size_that_a_sheet_states_are_read(tmp_path: Path) -> None:
    path = tmp_path / "members.xlsx"
    pd.DataFrame(MEMBERS).to_excel(tmp_path / "whole.xlsx", sheet_name="members", index=False)
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(path, "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, whole.read(name).replace(b'ref="A1:E3"', b'ref="A1:B2"'))
    assert path.read_bytes().count(b'ref="A1:B2"')
    load_paths([path], tmp_path / "data")
    assert [row[0] for row in read_members(tmp_path / "data")] == ["North", None]


@pytest.mark.parametrize("name", ["members", "activities"])
def test_lines_may_end_in_any_ways_in_one_file(tmp_path: Path, name: str) -> None:
    rows = {
        "members": [
            "member_id,joined_on,team",
            "m1,2015-01-01,red",
            'm2,2015-01-02,"a\nb"',
            "m3,2015-01-03,blue",
        ],
        "activities": [
            "member_id,kind,at",
            "m1,post,2015-01-01",
            'm2,"a\nb",2015-01-02',
            "m3,post,2015-01-03",
        ],
    }
    for number, ends in enumerate(product(("\n", "\r\n", "\r"), repeat=2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        for table, lines in rows.items():
            text = "".join(
                line + (end if table == name else "\n")
                for line, end in zip(lines, (ends[0], *ends, ends[1]), strict=True)
            )
            (folder / f"{table}.csv").write_bytes(text.encode("utf-16" if number % 2 else "utf-8"))
        counts, rejects, _ = check_paths([folder], tmp_path / "data")
        assert {count.staged.name: count.loaded for count in counts} == {
            "activities.csv": 3,
            "members.csv": 3,
        }
        assert rejects == []


def test_what_the_parser_stops_at_is_refused_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "members.csv").write_text("member_id,joined_on\nm1,2015-01-01\n", encoding="utf-8")
    activities = tmp_path / "activities.csv"
    activities.write_bytes(b"member_id,kind,at\r\nm1,post,2015-01-01\nm1,post,2015-01-02\n")
    monkeypatch.setattr(intake, "even_text", lambda path, target: path)
    with pytest.raises(Refused, match=r"^activities\.csv cannot be read as a table: it may be damaged"):
        load_paths([tmp_path / "members.csv", activities], tmp_path / "data")
    assert not list((tmp_path / "data").glob("releases/*"))


def list_bases() -> Iterator[Base]:
    """Every base that any indicator is counted over."""
    for indicator in list_indicators(MEMBER_DIMENSIONS).values():
        for counting in (indicator, *(finer for _, finer in indicator.finer)):
            yield from (one for one in (counting.base, counting.others and counting.others.base) if one)


def test_attributes_are_kept_off_the_words_of_figures() -> None:
    words = {*MEASURE_DIMENSIONS, *STATISTICS, *FIGURES, *TABLES["invitations"].column_names}
    further = (
        "c cid d day everybody from_day mid own replaced replaces rest rest_w rest_x until_day "
        "breakdown file has_responded indicator indicator_id is_asked is_complete is_invited line one period place position "
        "reason release status unit"
    )
    for base in list_bases():
        words |= {base.time, *base.values, *(m.name for m in base.measures)}
        words |= {m.column for m in base.measures if m.column.isidentifier()}
        words |= set(re.findall(r"AS (\w+)", base.points + base.over))
    assert (words | set(further.split())) - set(TABLES["members"].column_names) == RESERVED
    assert all(NUMBERED.fullmatch(f"{name}{place}") for name in STATISTICS for place in (0, 12))


def test_an_attribute_may_have_the_name_of_what_figures_are_counted_from(tmp_path: Path) -> None:
    for name in ("invited", "frames", "places", "spells", "turnouts"):
        folder = tmp_path / name
        folder.mkdir()
        rows = f"member_id,joined_on,{name}\nm1,2015-01-01,yes\nm2,2015-01-01,no\nm3,2015-01-01,yes\n"
        (folder / "members.csv").write_text(rows, encoding="utf-8")
        engine = Engine(load_paths([folder / "members.csv"], folder / "data").release)
        assert read_cells(engine, "members", by=(name,)) == {("all", "yes"): 2, ("all", "no"): 1}
        engine.close()
