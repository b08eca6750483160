"""What a load counts and says: to which day tables reach, and what lies where figures leave it out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from etl.__main__ import main
from etl.load import load_paths
from etl.reading.types import Options
from tests.conftest import write_drawn

# ann stays, bob is away from 10 February to 1 April, cat has left on 1 March.
MEMBERS = (
    "member_id,joined_on,left_on\nann,2015-01-01,\nbob,2015-01-01,2015-02-10\ncat,2015-01-01,2015-03-01\n"
)
TABLES = {
    "members": MEMBERS,
    "memberships": "member_id,joined_on,left_on\nbob,2015-04-01,\n",
    "events": "event_id,title,starts_at\ne1,One,2015-02-01T10:00:00Z\ne2,Two,2015-03-01T10:00:00Z\ne3,Three,2015-06-01T10:00:00Z\n",
    # on 1 March bob is away and cat has left: two; dan is in no members list and is set aside.
    "attendance": "event_id,member_id,attended\ne1,ann,yes\ne1,bob,yes\ne2,ann,yes\ne2,bob,yes\ne2,cat,yes\ne2,dan,yes\n",
    # 20 March is a day without bob and cat.
    "activities": "member_id,at,kind\nann,2015-03-20T10:00:00Z,post\nbob,2015-03-20T10:00:00Z,post\ncat,2015-03-20T10:00:00Z,post\n"
    "bob,2015-04-02T10:00:00Z,post\n",
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-03-05\nw2,s,2015-08-01\n",
    "items": "survey_id,item_id,text,kind\ns,q,What?,text\n",
    "invitations": "wave_id,member_id,disposition\nw1,ann,non_contact\nw1,cat,non_contact\n",
    "answers": "wave_id,respondent_id,item_id,text,submitted_at\nw1,ann,q,a,2015-03-06T10:00:00Z\nw1,bob,q,b,2015-03-06T10:00:00Z\n",
    "ties": "wave_id,from_member_id,to_member_id,relation\nw1,ann,cat,x\nw1,bob,ann,x\nw1,cat,bob,x\n",
}
SAID = [
    "2 attendances lie on days when the person was not a member: figures leave them out.",
    "2 activities lie on days when the person was not a member: figures of members leave them out.",
    "1 respondent answered a wave without being among those invited to it: response rates leave them out",
    "1 person answered a wave whose invitation says that they did not: response rates go by the invitations",
    "1 invitation went to somebody who was not a member when the wave opened: response rates count them as asked.",
    "3 ties are of people who were not members on the day of their wave: networks count these people as met",
    "After 2015-04-02, the last day to which the data are complete, lie 1 event and 1 wave: figures leave them out.",
    "The survey s has answers and no item on a scale, so that it gives no figure of attitude: add its items to items.csv",
]


def test_what_lies_where_figures_leave_it_out_is_counted_and_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_drawn(tmp_path / "raw", TABLES)
    data = str(tmp_path / "data")
    for command in ("check", "load"):
        assert main([command, str(tmp_path / "raw"), "--data", data]) == 0
        out = capsys.readouterr().out
        for sentence in SAID:
            assert out.count(sentence) == 1, (command, sentence)
    loaded = load_paths([tmp_path / "raw"], tmp_path / "data")
    assert not loaded.is_new
    assert [
        said.startswith(sentence)
        for said, sentence in zip(loaded.release.manifest["remarks"], SAID, strict=True)
    ] == [True] * len(SAID)


@pytest.mark.parametrize(("joined", "is_said"), [("2014-10-31", True), ("2014-11-02", False)])
def test_members_of_before_anything_was_recorded_are_said(joined: str, is_said: bool, tmp_path: Path) -> None:
    tables = {
        "members": f"member_id,joined_on\nann,{joined}\n",
        "events": "event_id,title,starts_at\ne1,One,2015-02-01T10:00:00Z\n",
        "activities": "member_id,at,kind\nann,2015-02-03T10:00:00Z,post\n",
    }
    write_drawn(tmp_path / "raw", tables)
    remarks = load_paths([tmp_path / "raw"], tmp_path / "data").release.manifest["remarks"]
    words = (
        f"Members joined from {joined} on, and the first event or activity on record is of 2015-02-01: until then figures of "
        "engagement show that nothing was recorded, not that nobody took part."
    )
    assert remarks == ([words] if is_said else [])


def test_nothing_is_said_where_all_is_in_its_place(tmp_path: Path) -> None:
    write_drawn(
        tmp_path / "raw",
        {
            "members": "member_id,joined_on\nann,2015-01-01\n",
            "events": "event_id,title,starts_at\ne1,One,2015-02-01T10:00:00Z\n",
            "attendance": "event_id,member_id,attended\ne1,ann,yes\n",
            "waves": "wave_id,survey_id,opened_on\nw1,s,2015-01-01\n",
            "items": "survey_id,item_id,text,construct,kind,scale_min,scale_max\ns,q,Good?,use,likert,1,5\n",
            "answers": "wave_id,respondent_id,item_id,value\nw1,ann,q,5\n",
        },
    )
    assert load_paths([tmp_path / "raw"], tmp_path / "data").release.manifest["remarks"] == []


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_rows_in_coded_parts_and_rows_judged_one_by_one_are_counted(tmp_path: Path, kind: str) -> None:
    """300 members left on 1 February and attended on the day after; a CSV goes straight to parts, Parquet does not."""
    names = [f"m{number}" for number in range(300)]
    members = "member_id,joined_on,left_on\n" + "".join(f"{name},2015-01-01,2015-02-01\n" for name in names)
    events = "event_id,title,starts_at\ne1,One,2015-02-02T10:00:00Z\n"
    came = pd.DataFrame({"event_id": "e1", "member_id": names, "attended": "yes"})
    write_drawn(tmp_path / "raw", {"members": members, "events": events})
    came.to_csv(tmp_path / "raw" / "attendance.csv", index=False) if kind == "csv" else came.to_parquet(
        tmp_path / "raw" / "attendance.parquet"
    )
    release = load_paths([tmp_path / "raw"], tmp_path / "data").release
    (part,) = (release.path / "tables" / "attendance").iterdir()
    assert (part.stem == "rest") == (kind == "parquet")
    assert release.manifest["remarks"][0].startswith("300 attendances lie on days when the person was not a")


FUTURE = (date.today() + timedelta(days=400)).isoformat()
DATED = {
    "activities": "member_id,at,kind\nann,2015-03-20T10:00:00Z,post\n",
    "events": "event_id,title,starts_at\ne1,One,2015-05-01T10:00:00Z\ne9,Later,2015-09-01T10:00:00Z\n",
    "attendance": "event_id,member_id,attended\ne1,ann,yes\ne9,bob,no\n",
    "ties": "observed_on,from_member_id,to_member_id,relation\n2015-06-07,ann,bob,x\n",
    "memberships": "member_id,joined_on,left_on\nbob,2015-02-01,2015-07-08\n",
    "waves": "wave_id,survey_id,opened_on\nw1,s,2015-10-01\n",
}


@pytest.mark.parametrize(
    ("tables", "last"),
    [
        (("activities",), "2015-03-20"),
        (("activities", "events", "attendance"), "2015-05-01"),
        (("activities", "ties"), "2015-06-07"),
        (("ties",), "2015-06-07"),
        (("activities", "events", "attendance", "ties", "memberships"), "2015-07-08"),
        (("activities", "waves", "events"), "2015-03-20"),
        (("waves", "events"), "2015-10-01"),
        ((), "2015-01-09"),
    ],
)
def test_the_data_reach_to_the_last_day_of_anything_that_has_happened(
    tables: tuple[str, ...], last: str, tmp_path: Path
) -> None:
    members = f"member_id,joined_on,left_on\nann,2015-01-01,{FUTURE}\nbob,2015-01-02,2015-01-09\n"
    write_drawn(tmp_path / "raw", {"members": members, **{name: DATED[name] for name in tables}})
    loaded = load_paths([tmp_path / "raw"], tmp_path / "data")
    assert loaded.release.manifest["complete_to"] == last
    assert any("1 last day of a membership" in said for said in loaded.release.manifest["remarks"])


@pytest.mark.parametrize("table", ["answers", "ties"])
def test_a_wave_that_somebody_answered_has_opened(table: str, tmp_path: Path) -> None:
    later = {
        "answers": "wave_id,respondent_id,item_id,text\nw2,ann,q,a\n",
        "ties": "wave_id,from_member_id,to_member_id,relation\nw2,ann,cat,x\n",
    }
    write_drawn(tmp_path / "raw", TABLES | {table: later[table]})
    loaded = load_paths([tmp_path / "raw"], tmp_path / "data")
    assert loaded.release.manifest["complete_to"] == "2015-08-01"


def test_a_day_stated_at_load_counts_as_before(tmp_path: Path) -> None:
    write_drawn(tmp_path / "raw", {"members": MEMBERS})
    stated = load_paths(
        [tmp_path / "raw"], tmp_path / "data", options=Options(complete_to=date(2015, 12, 31))
    )
    assert stated.release.manifest["complete_to"] == "2015-12-31"


def test_attendance_of_another_day_and_a_file_that_corrects_another_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    came = "event_id,member_id,attended,minutes,first_join_at\n"
    write_drawn(
        tmp_path / "raw",
        {
            "members": MEMBERS,
            "events": TABLES["events"],
            "first": came + "e1,ann,yes,30,\ne1,bob,yes,30,\ne2,ann,yes,,2015-02-20T10:00:00Z\n",
            "second": came + "e1,ann,no,,\ne1,bob,yes,30,\ne3,ann,yes,,2015-06-01T10:05:00Z\n",
        },
    )
    assert main(["load", str(tmp_path / "raw"), "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert "1 attendance has a join more than a day before or after its event: they count" in printed
    assert "1 attendance stands in several files with other values: whoever came by any of them" in printed


def test_targets_of_no_period_and_relations_written_in_several_ways_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_drawn(
        tmp_path / "raw",
        {
            "members": MEMBERS,
            "waves": TABLES["waves"],
            "targets": "indicator_id,period,target\n"
            + "".join(
                f"members,{period},3\n" for period in ("2015-Q5", "2015-13", "w9", "2015-Q4", "all", "w1")
            ),
            "ties": TABLES["ties"] + "w1,ann,cat,X\nw1,ann,bob,seeks advice\nw1,bob,cat,Seeks_advice\n",
        },
    )
    assert main(["load", str(tmp_path / "raw"), "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert "3 targets are for periods that are none: no figure is held against them." in printed
    assert "relation of ties is written 'x' (3) and 'X' (1): they count as groups of their own." in printed
    assert "relation of ties is written 'Seeks_advice' (1) and 'seeks advice' (1): they" in printed


def test_minutes_far_beyond_an_event_and_series_written_in_several_ways_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_drawn(
        tmp_path / "raw",
        {
            "members": MEMBERS,
            "events": "event_id,title,starts_at,ends_at\ne1,One,2015-02-01T10:00:00Z,2015-02-01T11:00:00Z\n",
            "attendance": "event_id,member_id,attended,minutes\ne1,ann,yes,5000\ne1,bob,yes,180\n",
            "measurements": "series,period,value\ncalls,2015-01,10\ncalls,2015-02,13\nCalls,2015-03,13\n",
        },
    )
    assert main(["load", str(tmp_path / "raw"), "--data", str(tmp_path / "data")]) == 0
    printed = capsys.readouterr().out
    assert (
        "1 attendance has more than an hour over twice the minutes of its event: the minutes count" in printed
    )
    assert "series of measurements is written 'calls' (2) and 'Calls' (1): they count as groups of" in printed


def test_codes_for_no_answer_and_ties_from_both_sides_are_said(tmp_path: Path) -> None:
    tables = TABLES | {
        "items": "survey_id,item_id,text,kind\ns,q,How many?,number\n",
        "answers": "wave_id,respondent_id,item_id,value\nw1,ann,q,-99\nw1,bob,q,3\n",
        "attendance": "event_id,member_id,attended\ne1,ann,yes\ne1,ann,no\ne1,bob,no\n",
        "ties": "wave_id,from_member_id,to_member_id,relation,directed\nw1,ann,bob,x,false\nw1,bob,ann,x,false\nw1,ann,bob,y,true\n"
        "w1,bob,ann,y,true\n",
    }
    write_drawn(tmp_path / "raw", tables)
    remarks = load_paths([tmp_path / "raw"], tmp_path / "data").release.manifest["remarks"]
    for words in (
        "1 answer to a question for a number is -99 or another code for no answer: figures count them as numbers.",
        "1 attendance is both yes and no: whoever came by any row counts as there.",
        "1 undirected tie is listed from both sides: each is one tie, and both strengths count in the mean.",
    ):
        assert any(remark.startswith(words) for remark in remarks), words
