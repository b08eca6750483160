"""A large sample drawn in blocks: whole, bounded, and with the same effects as a small one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from etl.__main__ import main
from etl.demo import build
from etl.demo.blocks import list_blocks
from etl.demo.build import EFFECTS, write_exports
from etl.demo.plan import plan_sample
from tests.etl.raw_sample import RawSample
from warehouse.contracts import TABLES

MEMBERS, BLOCK, SEED = 3_000, 1_100, 7


class ReadOnce(RawSample):
    """A raw sample whose tables are each parsed once; nobody changes them."""

    def read(self, name: str) -> pd.DataFrame:
        return _read_once(self.folder, name)


@cache
def _read_once(folder: Path, name: str) -> pd.DataFrame:
    return RawSample(folder).read(name)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> RawSample:
    folder = tmp_path_factory.mktemp("blocks")
    write_exports(folder, MEMBERS, SEED, members_a_block=BLOCK)
    return ReadOnce(folder)


@pytest.fixture(scope="module")
def null(tmp_path_factory: pytest.TempPathFactory) -> RawSample:
    folder = tmp_path_factory.mktemp("null")
    write_exports(folder, MEMBERS, SEED, planted=False, members_a_block=BLOCK)
    return ReadOnce(folder)


@pytest.fixture(params=[True, False], ids=["planted", "null"])
def sample(request: pytest.FixtureRequest, planted: RawSample, null: RawSample) -> tuple[RawSample, bool]:
    return (planted, True) if request.param else (null, False)


def number(ids: pd.Series[str]) -> pd.Series[int]:
    """The number of each member from its id, from 0."""
    return ids.str[1:].astype(int) - 1


def find_block(ids: pd.Series[str]) -> NDArray[np.int64]:
    return np.asarray(number(ids) // (MEMBERS // 3))


@pytest.mark.parametrize("members", [20_001, 100_000, 999_999])
def test_blocks_cover_all_members_and_none_is_large(members: int) -> None:
    blocks = list(list_blocks(plan_sample(members), members, SEED, 20_000))
    ends = [block.first + block.members for block in blocks]
    assert [block.first for block in blocks] == [0, *ends[:-1]]
    assert ends[-1] == members
    assert max(block.members for block in blocks) <= 20_000
    assert len({block.seed for block in blocks}) == len(blocks)


def test_draws_are_never_of_more_than_two_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    held: list[int] = []
    draw_people, write_block = build.draw_people, build._write_block

    def note_people(plan: build.Plan, members: int, *rest: object) -> object:
        drawn.append(members)
        return draw_people(plan, members, *rest)

    def note_block(writer: object, block: object, strength: object, people: object, beyond: object) -> None:
        held.append(len(people.joined) + len(beyond.joined))
        write_block(writer, block, strength, people, beyond)

    monkeypatch.setattr(build, "draw_people", note_people)
    monkeypatch.setattr(build, "_write_block", note_block)
    write_exports(tmp_path, 2_100, SEED, members_a_block=350)
    assert drawn == [350] * 6
    assert held == [700] * 6


def test_keys_are_unique_and_references_exist(planted: RawSample) -> None:
    written = sorted(path.stem for path in planted.folder.glob("*.csv"))
    assert written == sorted(set(TABLES) - {"measurements"}), (
        "what the programme counts elsewhere is not drawn"
    )
    members = planted.read("members")
    known = {
        "member_id": set(members["member_id"]),
        "event_id": set(planted.read("events")["event_id"]),
        "wave_id": set(planted.read("waves")["wave_id"]),
        "item_id": set(planted.read("items")["item_id"]),
    }
    for end in ("respondent_id", "from_member_id", "to_member_id"):
        known[end] = known["member_id"]
    assert list(number(members["member_id"])) == list(range(MEMBERS))
    assert members["email"].nunique() == MEMBERS
    assert members["organisation"].nunique() == 3 * 200
    assert members.groupby("organisation")[["organisation_type", "region"]].nunique().max().max() == 1
    assert members["cohort"].nunique() == 7
    for name in written:
        rows, table = planted.read(name), TABLES[name]
        assert not rows.duplicated(list(table.key)).any(), name
        assert (rows[list(table.required_names)] != "").all().all(), name
        for column in known.keys() & set(rows.columns):
            assert set(rows[column]) <= known[column], (name, column)


def test_rows_a_member_do_not_depend_on_blocks(planted: RawSample) -> None:
    per_member = {name: len(planted.read(name)) / MEMBERS for name in ("answers", "attendance", "ties")}
    assert per_member["answers"] == pytest.approx(66, abs=3)
    assert per_member["attendance"] == pytest.approx(21, abs=2)
    assert per_member["ties"] == pytest.approx(12, abs=2)


def test_ties_lie_within_blocks_and_to_the_next_one(sample: tuple[RawSample, bool]) -> None:
    raw, _ = sample
    ties = raw.read("ties")
    step = (find_block(ties["to_member_id"]) - find_block(ties["from_member_id"])) % 3
    assert set(step) == {0, 1}
    assert 0.05 < np.mean(step == 1) < 0.11
    assert set(find_block(ties.loc[step == 1, "from_member_id"])) == {0, 1, 2}
    asked = raw.read("invitations")[["wave_id", "member_id"]]
    answered = raw.read("invitations").query("disposition == 'complete'")[["wave_id", "member_id"]]
    for end, among in (("from_member_id", answered), ("to_member_id", asked)):
        named = ties[["wave_id", end]].set_axis(["wave_id", "member_id"], axis=1)
        assert len(named.merge(among)) == len(ties)
    assert ties.groupby(["wave_id", "to_member_id"]).size().max() < 40


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(planted: RawSample, tmp_path: Path) -> None:
    for path in write_exports(tmp_path, MEMBERS, SEED, members_a_block=BLOCK):
        assert path.read_bytes() == (planted.folder / path.name).read_bytes(), path.name
    write_exports(tmp_path, MEMBERS, SEED + 1, members_a_block=BLOCK)
    assert (tmp_path / "ties.csv").read_bytes() != (planted.folder / "ties.csv").read_bytes()


def test_blocks_differ_from_each_other(planted: RawSample) -> None:
    members = planted.read("members")
    block = find_block(members["member_id"])
    joined = [list(members.loc[block == place, "joined_on"][:2_000]) for place in range(3)]
    assert joined[0] != joined[1] != joined[2]


def test_an_interrupted_run_leaves_the_earlier_sample_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_exports(tmp_path, 60)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    write_block = build._write_block

    def stop_at_second(writer: object, block: build.Block, *rest: object) -> None:
        if block.first:
            raise KeyboardInterrupt
        write_block(writer, block, *rest)

    monkeypatch.setattr(build, "_write_block", stop_at_second)
    with pytest.raises(KeyboardInterrupt):
        write_exports(tmp_path, 3_000, members_a_block=1_500)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_a_killed_run_left_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / build.UNFINISHED
    left.mkdir()
    (left / "members.csv").write_text("member_id\nM1")
    write_exports(tmp_path, 60)
    assert not left.exists()
    assert len(RawSample(tmp_path).members()) == 60


def measure_connecting(raw: RawSample) -> float:
    """Change of the Connecting score between the first and the last attitude wave within the panel."""
    answers = raw.read("answers")
    answers = answers[answers["item_id"].isin(["connecting_1", "connecting_2"])]
    score = answers.assign(value=answers["value"].astype(float)).pivot_table(
        index="respondent_id", columns="wave_id", values="value"
    )
    return float((score["A12"] - score["A1"]).mean())


def measure_response(raw: RawSample) -> float:
    """Response of others less that of doctors."""
    rows = raw.read("invitations")
    responded = rows["disposition"].isin(["complete", "partial"])
    is_doctor = rows["profession"] == "Doctor"
    return float(responded[~is_doctor].mean() - responded[is_doctor].mean())


def measure_new_ties(raw: RawSample) -> float:
    """New ties of who came to two or more design events since the wave before, less those of the others."""
    waves = raw.read("waves").set_index("wave_id")["opened_on"]
    events = raw.read("events")
    day = events["starts_at"].str[:10]
    between = events.loc[
        (events["kind"] == "Design event") & (day > waves["C8"]) & (day < waves["C9"]), "event_id"
    ]
    came = raw.read("attendance").query("attended == 'true'")
    counts = came[came["event_id"].isin(between)].groupby("member_id").size()
    invited = raw.read("invitations").query("disposition == 'complete'")
    asked = [set(invited.loc[invited["wave_id"] == wave, "member_id"]) for wave in ("C8", "C9")]
    ends = ["from_member_id", "to_member_id"]
    ties = raw.read("ties")
    earlier, last = (ties.loc[ties["wave_id"] == wave, ends] for wave in ("C8", "C9"))
    is_new = last.merge(earlier, how="left", indicator=True)["_merge"].eq("left_only").to_numpy()
    made = last[is_new].groupby("from_member_id").size().reindex(sorted(asked[0] & asked[1]), fill_value=0)
    came_twice = counts.reindex(made.index, fill_value=0) >= 2
    return float(made[came_twice].mean() - made[~came_twice].mean())


def measure_meeting(raw: RawSample) -> float:
    """Share of new ties whose ends were at one event since the wave before, less that of the same ends drawn anew."""
    waves = raw.read("waves").set_index("wave_id")["opened_on"]
    events, ends = raw.read("events"), ["from_member_id", "to_member_id"]
    day = events["starts_at"].str[:10]
    between = events.loc[(day > waves["C8"]) & (day < waves["C9"]), "event_id"]
    came = raw.read("attendance").query("attended == 'true'")
    came = came[came["event_id"].isin(between)]
    ties = raw.read("ties")
    earlier, last = (ties.loc[ties["wave_id"] == wave, ends] for wave in ("C8", "C9"))
    is_new = last.merge(earlier, how="left", indicator=True)["_merge"].eq("left_only").to_numpy()
    new = number(last[is_new].stack()).to_numpy().reshape(-1, 2)
    was_there = np.zeros((MEMBERS, len(between)), dtype=bool)
    was_there[
        number(came["member_id"]), came["event_id"].map(dict(zip(between, range(len(between)), strict=True)))
    ] = True
    is_within = new[:, 0] // (MEMBERS // 3) == new[:, 1] // (MEMBERS // 3)
    one, other = new[is_within].T
    drawn = np.random.default_rng(1).permutation(other)
    met, by_chance = ((was_there[one] & was_there[end]).any(axis=1).mean() for end in (other, drawn))
    return float(met - by_chance)


def measure_crossing(raw: RawSample) -> float:
    """Rise of the share of ties across organisations from members' first wave to their third.

    Every intake begins with ties at home, so over seven years the share of a whole wave does not rise.
    """
    home = raw.read("members").set_index("member_id")["organisation"]
    invited = raw.read("invitations").query("wave_id.str.startswith('C')")
    first = invited.groupby("member_id")["wave_id"].min().str[1:].astype(int)
    ties = raw.read("ties")
    since = ties["wave_id"].str[1:].astype(int) - ties["from_member_id"].map(first)
    is_across = ties["from_member_id"].map(home) != ties["to_member_id"].map(home)
    shares = is_across[ties["from_member_id"].map(first) >= 5].groupby(since).mean()
    return float(shares[2] - shares[0])


def measure_leaving(raw: RawSample) -> float:
    """Share who left within a hundred days of joining, of the last intake less of the first."""
    members = raw.read("members")
    joined, left = (pd.to_datetime(members[name]) for name in ("joined_on", "left_on"))
    shares = ((left - joined).dt.days < 100).groupby(members["cohort"]).mean()
    return float(shares.iloc[-1] - shares.iloc[0])


def measure_fading(raw: RawSample) -> float:
    """Share of activity in the first half-year of membership, of who never attended less of the others."""
    joined = pd.to_datetime(raw.read("members").set_index("member_id")["joined_on"])
    joined = joined[joined < "2018-01-01"]
    rows = raw.read("activities").query("kind in ('post', 'download', 'group_call', 'coffee_trial')")
    rows = rows[rows["member_id"].isin(joined.index)]
    days = (pd.to_datetime(rows["at"]).dt.tz_localize(None) - rows["member_id"].map(joined)).dt.days
    ever = set(raw.read("attendance").query("attended == 'true'")["member_id"])
    came = rows["member_id"].isin(ever)
    return float((days[~came] < 180).mean() - (days[came] < 180).mean())


def measure_managers(raw: RawSample) -> float:
    """Supporting items of the first wave: others less managers."""
    answers = raw.read("answers").query("wave_id == 'A1' and item_id.str.startswith('supporting')")
    profession = raw.read("members").set_index("member_id")["profession"]
    is_manager = answers["respondent_id"].map(profession) == "Manager"
    value = answers["value"].astype(float)
    return float(value[~is_manager].mean() - value[is_manager].mean())


MEASURES = {
    "connecting_rises": (measure_connecting, 0.35, 0.65),
    "doctors_respond_less": (measure_response, 0.27, 0.39),
    "attendance_brings_ties": (measure_new_ties, 1.2, 2.8),
    "meeting_makes_ties": (measure_meeting, 0.02, 0.06),
    "ties_cross_organisations": (measure_crossing, 0.15, 0.6),
    "late_intake_leaves": (measure_leaving, 0.015, 0.1),
    "activity_fades": (measure_fading, 0.1, 0.95),
    "managers_less_supported": (measure_managers, 0.5, 0.9),
}


@pytest.mark.parametrize("effect", [effect.id for effect in EFFECTS])
def test_planted_effect_is_in_a_sample_of_blocks_and_not_in_the_null_one(
    effect: str, sample: tuple[RawSample, bool]
) -> None:
    raw, is_planted = sample
    measure, low, high = MEASURES[effect]
    size = measure(raw)
    assert low <= size <= high if is_planted else abs(size) < low / 2


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_an_interrupt_is_one_sentence_also_inside_a_query(
    raised: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise raised

    monkeypatch.setattr(build, "_write_block", stop)
    assert main(["demo", "--write-only", str(tmp_path)]) == 1
    assert "Interrupted; the live release is unchanged.\n" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
