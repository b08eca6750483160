"""Respondents: what counts where a person answered twice, where files share numbers, and where an option was left."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from etl.__main__ import main
from warehouse.engine import open_connection
from warehouse.release import find_release

ITEMS = (
    "survey_id,item_id,text,kind,labels\n"
    "s,topics_1,Topics - Data,multiple,0=No|1=Data\ns,topics_2,Topics - Care,multiple,0=No|1=Care\n"
    "s,hours,Hours,number,\ns,why,Why?,text,\n"
)
WAVES = "wave_id,survey_id,opened_on,closed_on\nw1,s,2015-03-01,2015-03-31\n"
QUALTRICS = "StartDate,EndDate,Finished,ResponseId,topics_1,topics_2,hours,why\nStart Date,End Date,Finished,Response ID,a,b,c,d\n"


def load(folder: Path, *arguments: str, **texts: str) -> Path:
    folder.mkdir()
    for name, text in {"items": ITEMS, "waves": WAVES, **texts}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    assert main(["load", str(folder), "--data", str(folder.parent / "data"), *arguments]) == 0
    return find_release(folder.parent / "data").path


def ask(release: Path, sql: str) -> list[tuple[object, ...]]:
    with open_connection(release) as connection:
        return list(connection.execute(sql).fetchall())


def row(number: int, *answers: str) -> str:
    return f"2015-03-05 09:00:00,2015-03-05 09:{number:02d}:00,1,R_{number},{','.join(answers)}\n"


def test_an_option_that_was_left_is_not_chosen_where_another_was(tmp_path: Path) -> None:
    text = QUALTRICS + row(1, "Data", "", "1", "") + row(2, "", "Care", "2", "") + row(3, "", "", "3", "")
    release = load(tmp_path / "in", r=text)
    assert ask(
        release,
        "SELECT item_id, sum(value), count(*) FROM answers WHERE item_id LIKE 'topics%' GROUP BY 1 ORDER BY 1",
    ) == [("topics_1", 1, 2), ("topics_2", 1, 2)]


def test_nan_and_the_like_are_no_numbers_and_missing_words_no_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = ("NaN", "inf", "1_000", "1e400", "-99")
    text = QUALTRICS + "".join(row(number, "Data", "", cell, "none") for number, cell in enumerate(odd))
    mapping = tmp_path / "map.toml"
    mapping.write_text('[[file]]\nname = "r.csv"\nmissing = ["none"]\n', encoding="utf-8")
    release = load(tmp_path / "in", "--mapping", str(mapping), r=text)
    assert ask(release, "SELECT count(*) FROM answers WHERE item_id IN ('hours', 'why')") == [(0,)]
    assert (
        "r.csv lines 3, 4, 5 and 1 other (4 lines): the answer 'NaN' is not on the scale of item hours"
        in (capsys.readouterr().out)
    )


LIMESURVEY = "id,submitdate,lastpage,startlanguage,seed,hours\n{}"


@pytest.mark.parametrize(("arguments", "people"), [((), 4), (("--same-people",), 3)])
def test_anonymous_numbers_of_two_files_are_two_people_unless_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], people: int
) -> None:
    first = LIMESURVEY.format("1,2015-03-05 09:00:00,1,en,7,3\n2,2015-03-05 09:10:00,1,en,7,4\n")
    second = LIMESURVEY.format("2,2015-03-06 09:00:00,1,en,7,5\n3,2015-03-06 09:00:00,1,en,7,6\n")
    release = load(tmp_path / "in", *arguments, a=first, b=second)
    assert ask(release, "SELECT count(DISTINCT respondent_id) FROM answers") == [(people,)]
    said = "b.csv: 1 respondents have the numbers of respondents of a.csv and count as other people"
    assert (said in capsys.readouterr().out) == (people == 4)


def test_the_later_of_two_complete_responses_counts_and_an_equal_one_is_a_duplicate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = QUALTRICS + row(1, "Data", "", "1", "") + row(2, "", "Care", "2", "")
    later = QUALTRICS + row(1, "Data", "", "1", "") + row(2, "", "Care", "7", "").replace("09:02", "11:02")
    release = load(tmp_path / "in", a=first, b=later)
    assert ask(release, "SELECT value FROM answers WHERE item_id = 'hours' ORDER BY 1") == [(1,), (7,)]
    printed = capsys.readouterr().out
    assert (
        "a.csv line 4: the same respondent answered again: the later response in b.csv line 4 counts"
        in printed
    )
    assert "b.csv line 3: a duplicate of a.csv line 3" in printed


def test_an_address_is_never_in_a_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = load(tmp_path / "in", r=QUALTRICS + row(1, "", "", "ada@fern.example", "x"))
    assert (
        "r.csv line 3: the answer (an address) is not on the scale of item hours" in capsys.readouterr().out
    )
    with duckdb.connect() as connection:
        reasons = connection.execute(f"SELECT reason FROM '{release / 'quarantine.parquet'}'").fetchall()
    assert reasons == [("the answer (an address) is not on the scale of item hours",)]


def test_somebody_who_is_no_member_is_one_in_two_exports_of_a_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heading, zoe = (
        "Timestamp,Email Address,Hours\n",
        "2015/03/02 11:00:00 AM GMT,zoe@example.org,5\n",
    )
    later = (
        heading
        + "2015/03/02 10:00:00 AM GMT,yan@example.org,2\n"
        + zoe
        + "2015/03/03 11:00:00 AM GMT,Zoe@Example.org,6\n"
    )
    release = load(tmp_path / "in", "--survey", "s", march=heading + zoe, april=later)
    assert ask(release, "SELECT value, count(*) FROM answers GROUP BY 1 ORDER BY 1") == [(2, 1), (6, 1)]
    said = capsys.readouterr().out
    assert "the same respondent answered again: the later response in april.csv line 4 counts" in said
    assert "@" not in said


FORM = "Timestamp,Hours,Cost,Reach,Often,Topic\n"


def test_what_stands_for_no_answer_is_none_where_no_codebook_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = (
        '3,"1,5",1.000,4,Data',
        '-99,"2,25",2.500,N/A,Data',
        '999,"1,234",12.000,-99,N/A',
        "5,1 000,3.500,2,Care",
        "n/a,2,4.250,5,-99",
    )
    text = FORM + "".join(f"2015/03/{day:02d} 10:00:00 AM GMT,{row}\n" for day, row in enumerate(cells, 2))
    release = load(tmp_path / "in", "--survey", "new", "--wave", "n1", form=text)
    assert ask(release, "SELECT item_id, kind, labels FROM items WHERE survey_id = 'new' ORDER BY 1") == [
        ("q01", "number", "n/a"),
        ("q02", "number", None),
        ("q03", "number", None),
        ("q04", "number", "N/A"),
        ("q05", "single", "1=Care|2=Data|N/A"),
    ]
    assert ask(
        release,
        "SELECT item_id, list(value ORDER BY value) FROM answers WHERE value IS NOT NULL GROUP BY 1 ORDER BY 1",
    ) == [
        ("q01", [3, 5, 999]),
        ("q02", [2]),
        ("q03", [1, 2.5, 3.5, 4.25, 12]),
        ("q04", [2, 4, 5]),
        ("q05", [1, 2, 2]),
    ]
    said = capsys.readouterr().out
    for words in (
        "form.csv line 3: the answer '-99' stands for no answer in many tools: if it is a number, give q01 a scale_min in items.csv",
        "form.csv lines 2, 3, 4 and 1 other (4 lines): the answer '1,5' is not on the scale of item q02: write a number in digits, with a decimal point",
        "form.csv: the answers to q03 are read with a decimal point, 1.000 as 1: if the point is one of thousands, take it out in the file.",
        "form.csv: the answer 999 to q01 counts as a number, far above all others: if it stands for no answer, say so with missing",
        "3 answers of the survey new have no value and count in no share or mean: q01 'n/a' (1), q04 'N/A' (1), q05 'N/A' (1).",
    ):
        assert words in said


def test_a_word_that_an_order_leaves_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[[file]]\nname = "list.csv"\n[file.columns]\nsubmitted_at = "when"\n[file.items]\nsat = "sat"\n'
        '[file.options]\nsurvey_id = "new"\nwave_id = "n1"\n[file.order]\nsat = ["Not at all", "Very"]\n',
        encoding="utf-8",
    )
    text = "when,sat\n2015-03-02,Very\n2015-03-03,Not at all\n2015-03-04,Somewhat\n"
    load(tmp_path / "in", "--mapping", str(mapping), list=text)
    assert (
        "1 answer of the survey new has no value and counts in no share or mean: sat 'Somewhat' (1)."
        in capsys.readouterr().out
    )


@pytest.mark.parametrize(("arguments", "people"), [((), 5), (("--same-people",), 3)])
def test_a_later_export_without_numbers_is_said_to_double_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], people: int
) -> None:
    march = "Timestamp,Hours\n2015/03/02 11:00:00 AM GMT,5\n2015/03/02 11:01:00 AM GMT,6\n"
    release = load(
        tmp_path / "in",
        "--survey",
        "s",
        *arguments,
        april=march + "2015/03/09 11:00:00 AM GMT,6\n",
        march=march,
    )
    assert ask(release, "SELECT count(DISTINCT respondent_id) FROM answers") == [(people,)]
    said = "march.csv: 2 anonymous responses say the same as april.csv does and count as other people: if one file is a later export"
    assert (said in capsys.readouterr().out) == (people == 5)


def test_equal_answers_at_other_times_are_other_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = "Timestamp,Hours\n2015/03/02 11:00:00 AM GMT,5\n2015/03/02 11:01:00 AM GMT,6\n"
    load(tmp_path / "in", "--survey", "s", a=first, b=first.replace("11:0", "10:0"))
    assert "say the same" not in capsys.readouterr().out
