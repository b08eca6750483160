"""The synthetic sample: the same bytes every time, the right counts, the layout of each tool, every fault in its place."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from etl.__main__ import main
from etl.demo.build import EFFECTS, FAULTS, write_exports
from etl.reading.types import Refused
from tests.etl.raw_sample import LABELS, RawSample
from warehouse.contracts import TABLES

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample"


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> RawSample:
    folder = tmp_path_factory.mktemp("planted")
    write_exports(folder)
    return RawSample(folder)


def test_same_call_writes_the_same_bytes(planted: RawSample, tmp_path: Path) -> None:
    again = write_exports(tmp_path)
    assert [path.name for path in again] == sorted(path.name for path in planted.folder.glob("*.csv"))
    for path in again:
        assert path.read_bytes() == (planted.folder / path.name).read_bytes(), path.name
    write_exports(tmp_path, seed=2016)
    assert (tmp_path / "answers.csv").read_bytes() != (planted.folder / "answers.csv").read_bytes()


def test_committed_sample_is_a_fresh_generation(planted: RawSample) -> None:
    committed = {path.name: path.read_bytes() for path in SAMPLE.iterdir() if path.name != "README.md"}
    assert committed == {path.name: path.read_bytes() for path in planted.folder.iterdir()}


def test_readme_tells_every_effect_and_fault() -> None:
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    assert "synthetic" in text.split("\n\n")[1]
    for effect in EFFECTS:
        assert f"`{effect.id}`" in text
        assert effect.sentence in text
        assert effect.null in text
    for fault in FAULTS:
        assert f"| `{fault.id}` | `{fault.file}` | {fault.rows} | {fault.fate} | {fault.sentence} |" in text


def test_founding_cohort(planted: RawSample) -> None:
    members = planted.members()
    assert len(members) == 231
    assert members["organisation"].nunique() == 48
    assert members["name"].nunique() == members["email"].nunique() == 231
    assert members.groupby("organisation")[["organisation_type", "region"]].nunique().max().max() == 1
    assert sorted(members["cohort"].unique()) == ["Intake 1", "Intake 2", "Intake 3"]
    assert members["profession"].nunique() == 8
    left = members.loc[members["left_on"] != "", "left_on"]
    spells = planted.read("memberships")
    assert spells["member_id"].nunique() == 3
    assert 0.08 <= (len(left) + 3) / 231 <= 0.10
    ended = [*left, *spells.loc[spells["left_on"] != "", "left_on"]]
    assert "2015-08-01" <= min(ended) <= max(ended) <= "2015-12-31"


def test_founding_year(planted: RawSample) -> None:
    events = planted.read("events")
    design = events[events["kind"] == "Design event"]
    days = [(str(start)[:10], str(end)[:10]) for start, end in design[["starts_at", "ends_at"]].to_numpy()]
    assert days == [
        ("2015-07-14", "2015-07-15"),
        ("2015-09-15", "2015-09-16"),
        ("2015-11-17", "2015-11-18"),
    ]
    assert all(int(start[8:10]) > 12 for start in events["starts_at"])
    at = pd.to_datetime(planted.read("activities")["at"]).dt.tz_localize(None)
    weeks = sorted(at.dt.to_period("W").dt.start_time.dt.strftime("%Y-%m-%d").unique())
    assert len(weeks) == 40
    assert weeks[0] == "2015-03-30"
    assert weeks[-1] == "2015-12-28"


def test_members_act_only_while_members(planted: RawSample) -> None:
    members = planted.members()
    spells = pd.concat(
        [
            members.reset_index()[["member_id", "joined_on", "left_on"]][
                ~members.index.isin(planted.read("memberships")["member_id"])
            ],
            planted.read("memberships")[["member_id", "joined_on", "left_on"]],
        ]
    )
    acts = planted.read("activities")
    acts = acts[acts["kind"] != ""].reset_index()
    day = acts["at"].str[:10]
    matched = acts.assign(day=day).merge(spells, on="member_id")
    inside = (matched["day"] >= matched["joined_on"]) & (
        (matched["left_on"] == "") | (matched["day"] < matched["left_on"])
    )
    assert set(matched.loc[inside, "index"]) == set(acts["index"])


@pytest.mark.parametrize("wave", ["A1", "A2", "A3"])
def test_dispositions_agree_with_the_answers(planted: RawSample, wave: str) -> None:
    invited = planted.read("invitations")
    disposition = invited[invited["wave_id"] == wave].set_index("member_id")["disposition"]
    answered = planted.answers(wave).notna().sum(axis=1)
    assert set(answered.index) == set(disposition[disposition.isin(["complete", "partial"])].index)
    assert answered[disposition[answered.index] == "complete"].min() >= 10
    partial = answered[disposition[answered.index] == "partial"]
    assert 5 <= partial.min() <= partial.max() <= 8


@pytest.mark.parametrize("wave", ["A1", "A2", "A3"])
def test_complete_responses_hold_intentions_of_every_rung(planted: RawSample, wave: str) -> None:
    given = planted.intentions(wave)
    invited = planted.read("invitations")
    disposition = invited[invited["wave_id"] == wave].set_index("member_id")["disposition"]
    complete = disposition[disposition == "complete"].index
    assert set(given.index) <= set(complete)
    assert 0.85 < given.reindex(complete).notna().to_numpy().mean() < 1
    for name, highest in {"importance_1": 5, "stay_1": 5, "stay_2": 5, "wanted_1": 4}.items():
        assert sorted(given[name].dropna().unique()) == list(range(1, highest + 1)), name
    assert given["stay_1"].mean() > 3 > given["stay_2"].mean()


def test_pairs_matched_for_a_coffee_are_of_two_and_two_in_three_meet(planted: RawSample) -> None:
    acts = planted.read("activities")
    acts = acts.assign(month=acts["at"].str[:7])
    matched, met = (acts[acts["kind"] == kind] for kind in ("coffee_matched", "coffee_met"))
    assert (matched.groupby("month").size() % 2 == 0).all()
    assert not matched.duplicated(["member_id", "month"]).any()
    pair = ["member_id", "month"]
    assert len(met.merge(matched, on=pair)) == len(met)
    assert len(met) / len(matched) == pytest.approx(2 / 3, abs=0.1)


def test_ideas_go_through_the_stages_of_one_round(planted: RawSample) -> None:
    acts = planted.read("activities")
    stages = [
        acts[acts["kind"] == f"exchange_{stage}"].set_index("member_id")["at"]
        for stage in ("idea", "submitted", "shortlisted", "funded")
    ]
    assert len(stages[0]) > len(stages[1]) > len(stages[2]) > len(stages[3]) > 0
    for earlier, later in pairwise(stages):
        assert (earlier[later.index] < later).all()
    assert stages[0].min() >= "2015-10-01"


def test_other_streams_do_not_depend_on_attendance(planted: RawSample) -> None:
    kinds = ("coffee_matched", "coffee_met", "group_meeting")
    acts = planted.read("activities")
    acts = acts[acts["kind"].isin(kinds) | acts["kind"].str.startswith("exchange_")]
    count = acts.groupby("member_id").size().reindex(planted.members().index, fill_value=0)
    ever = count.index.isin(set().union(*planted.attended().values()))
    assert stats.ttest_ind(count[ever], count[~ever], equal_var=False).pvalue > 0.01


def test_template_events_have_no_shows_walk_ins_and_presenters(planted: RawSample) -> None:
    rows = planted.read("attendance")
    rows = rows[rows["member_id"] != "M9999"]
    found = rows.groupby(["registered", "attended"]).size()
    assert set(found.index) == {("false", "true"), ("true", "false"), ("true", "true")}
    assert found.min() >= 10
    assert set(rows.loc[rows["attended"] == "true", "role"]) == {"Attendee", "Presenter"}
    assert (planted.read("events")["series"] != "").all()


def test_baseline_of_the_professions_is_the_population_drawn_from(planted: RawSample) -> None:
    targets = planted.read("targets")
    stated = targets[targets["indicator_id"] == "composition_profession"].set_index("group")["baseline"]
    shares = planted.members()["profession"].value_counts(normalize=True)
    assert set(stated.index) == set(shares.index)
    assert stated.astype(float).sum() == pytest.approx(1)
    assert stated.astype(float).to_numpy() == pytest.approx(shares[stated.index].to_numpy(), abs=0.01)
    whole = targets[(targets["period"] == "all") & (targets["group"] == "")]
    assert set(whole["indicator_id"]) == {"response_rate_rr1", "active_members"}


def test_ties_are_named_by_respondents_among_those_asked(planted: RawSample) -> None:
    invited = planted.read("invitations")
    for wave in ("C1", "C3"):
        asked = invited[invited["wave_id"] == wave]
        ties = planted.ties(wave)
        assert set(ties["from_member_id"]) <= set(asked.loc[asked["disposition"] == "complete", "member_id"])
        assert set(ties["to_member_id"]) <= set(asked["member_id"])
        assert not ties.duplicated(["from_member_id", "to_member_id"]).any()


def test_teams_report_is_laid_out_as_teams_does(planted: RawSample) -> None:
    content = (planted.folder / "teams_design_event_2.csv").read_bytes()
    assert content[:2] == b"\xff\xfe"
    text = content.decode("utf-16")
    assert text.count("\n") == text.count("\r\n")
    participants = text.split("2. Participants\r\n")[1].split("\r\n\r\n")[0].split("\r\n")[1:]
    stated = {row.split("\t")[4]: _read_seconds(row.split("\t")[3]) for row in participants}
    summed: dict[str, int] = {}
    for row in planted.teams_joins():
        summed[row[4]] = summed.get(row[4], 0) + _read_seconds(row[3])
        stay = [datetime.strptime(cell, "%d/%m/%y, %H:%M:%S") for cell in row[1:3]]
        assert (stay[1] - stay[0]).total_seconds() == _read_seconds(row[3]) > 0
    assert stated == summed
    names = [row[0] for row in planted.teams_joins()]
    assert any(", " in name for name in names)
    assert any(name.endswith("(External)") for name in names)
    upns = set(planted.read("aliases").query("kind == 'upn'")["value"])
    assert upns & set(stated)


def _read_seconds(duration: str) -> int:
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(part[:-1]) * units[part[-1]] for part in duration.split())


def test_meetings_hold_overlapping_and_separate_joins(planted: RawSample) -> None:
    stays: dict[str, list[tuple[datetime, datetime]]] = {}
    for row in planted.teams_joins():
        joined, left = (datetime.strptime(cell, "%d/%m/%y, %H:%M:%S") for cell in row[1:3])
        stays.setdefault(row[4], []).append((joined, left))
    pairs = [(one, two) for person in stays.values() for one, two in pairwise(person)]
    assert any(two[0] < one[1] for one, two in pairs)
    assert any(two[0] > one[1] and two[0].date() == one[1].date() for one, two in pairs)


def test_zoom_report_names_people_in_every_way(planted: RawSample) -> None:
    content = (planted.folder / "zoom_design_event_3.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    joins = planted.zoom_joins()
    assert all(datetime.strptime(row[2], "%m/%d/%Y %I:%M:%S %p").day > 12 for row in joins)
    known = planted.identities()
    assert {row[0] for row in joins if (row[1] or row[0]) not in known} == {"Casey Visitor"}
    assert any(row[1] == "" for row in joins)
    maiden = planted.read("aliases").query("kind == 'name'")["value"].item()
    assert maiden in {row[0] for row in joins}
    device = next(row for row in joins if "iPad" in row[0])
    assert any(row[1] == device[1] and "iPad" not in row[0] for row in joins)


def test_qualtrics_exports_have_three_header_rows(planted: RawSample) -> None:
    kinds = []
    for wave in (2, 3):
        with (planted.folder / f"attitude_wave_{wave}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        keys = [json.loads(cell) for cell in rows[2]]
        assert keys[0] == {"ImportId": "startDate", "timeZone": "Europe/London"}
        assert {len(row) for row in rows} == {len(rows[0])}
        place = rows[0].index("ExternalReference")
        assert 0 < sum(row[place] == "" for row in rows[3:]) < len(rows) / 4
        kinds.append({row[rows[0].index("connecting_1")] for row in rows[3:]} - {""})
    assert kinds == [set(LABELS), {"1", "2", "3", "4", "5"}]


def test_faults_are_in_their_files(planted: RawSample) -> None:
    members = planted.read("members")
    ids = set(members["member_id"])
    answers = planted.read("answers")
    ties = planted.read("ties")
    known = planted.identities()
    counted = {
        "repeated_member": members.duplicated().sum(),
        "impossible_date": (members["joined_on"] == "2015-02-30").sum(),
        "unknown_member": (~planted.read("attendance")["member_id"].isin(ids)).sum(),
        "off_scale_answer": (answers["item_id"].ne("recommend") & answers["value"].isin(["6", "7"])).sum(),
        "self_tie": (ties["from_member_id"] == ties["to_member_id"]).sum(),
        "missing_kind": (planted.read("activities")["kind"] == "").sum(),
        "teams_guest": sum(row[4] not in known for row in planted.teams_joins()),
        "zoom_guest": sum((row[1] or row[0]) not in known for row in planted.zoom_joins()),
        "preview_wave_2": (planted.read("attitude_wave_2")["Status"] == "Survey Preview").sum(),
        "preview_wave_3": (planted.read("attitude_wave_3")["Status"] == "1").sum(),
    }
    assert counted == {fault.id: fault.rows for fault in FAULTS}
    assert len(members) == 231 + 2
    assert members["email"].str.contains("[A-Z]").any()
    assert (members["name"] != members["name"].str.strip()).any()


def test_many_members_come_in_template_tables_without_faults(tmp_path: Path) -> None:
    (tmp_path / "attitude_wave_2.csv").write_text("left over from a smaller sample")
    written = write_exports(tmp_path, 2_500, seed=7)
    assert [path.stem for path in written] == sorted(set(TABLES) - {"measurements"})
    raw = RawSample(tmp_path)
    members = raw.read("members")
    assert len(members) == members["member_id"].nunique() == members["email"].nunique() == 2_500
    assert members["organisation"].nunique() == 500
    assert members["cohort"].nunique() <= 8
    for name in written:
        rows = raw.read(name.stem)
        table = TABLES[name.stem]
        assert set(table.required_names) <= set(rows.columns), name
        assert not rows.duplicated(list(table.key)).any(), name
        assert (rows[list(table.required_names)] != "").all().all(), name
    per_member = {name: len(raw.read(name)) / 2_500 for name in ("answers", "attendance", "ties")}
    assert per_member["answers"] == pytest.approx(66, abs=10)
    assert per_member["attendance"] == pytest.approx(20, abs=5)
    assert per_member["ties"] == pytest.approx(10, abs=3)
    assert set(raw.read("answers")["item_id"]) == set(raw.read("items")["item_id"])
    kinds = raw.read("activities")["kind"].value_counts()
    assert {"coffee_matched", "coffee_met", "group_meeting", "exchange_idea", "exchange_funded"} <= set(
        kinds.index
    )


@pytest.mark.parametrize("members", [20, 60, 2_000])
def test_other_sizes(tmp_path: Path, members: int) -> None:
    write_exports(tmp_path, members)
    assert len(RawSample(tmp_path).members()) == members


def test_too_few_members_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="ask for 20 or more"):
        write_exports(tmp_path, 19)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["demo", "--seed", "-1"], "-1 is no seed: give a whole number from 0 on."),
        (["load", "x", "--complete-to", "2015-99-01"], "2015-99-01 is no day: write it as 2015-12-31."),
    ],
)
def test_an_argument_that_is_none_is_refused_in_words(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
