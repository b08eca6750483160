"""That a row is there, hidden, or without a range tells a lead nothing: of nobody and of a few it is all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest

from etl.load import load_paths
from indicators.catalogue import find_indicator, list_indicators
from indicators.catalogue.bases import DISPOSITIONS
from indicators.gate.disclosure import SCOPES, Role
from indicators.notable.late import list_late
from indicators.published.leads.sets import SOURCES, Source, read_set
from indicators.published.show import compute_result
from indicators.selection import BadSelection, Selection
from tests.sharing.known_programme import write_programme, write_table
from warehouse.engine import Engine
from warehouse.release import find_release

LATE = [f"m{n}" for n in range(100) if n % 5 >= 3]


def say_how(folder: Path, names: list[str], disposition: str) -> None:
    """Let these be of another disposition in the first wave."""
    path = folder / "invitations.csv"
    text = path.read_text(encoding="utf-8")
    for name in names:
        sent = f"w1,{name},2015-04-01T08:00:00Z,"
        text = text.replace(f"{sent}non_contact", f"{sent}{disposition}")
    path.write_text(text, encoding="utf-8")


def add(folder: Path, table: str, rows: list[str]) -> None:
    with (folder / f"{table}.csv").open("a", encoding="utf-8") as handle:
        handle.writelines(f"{row}\n" for row in rows)


def let_be_other(folder: Path) -> None:
    say_how(folder, LATE[:3], "other")


def ask_once_more(folder: Path) -> None:
    add(folder, "items", ["s1,q9,Asked of all,importance,likert,1,5,false"])


def let_three_say_it(folder: Path) -> None:
    ask_once_more(folder)
    add(folder, "answers", [f"w1,m{n},q9,{n + 1},2015-04-02T08:00:00Z" for n in range(3)])


def open_another_wave(folder: Path) -> None:
    add(folder, "waves", ["w2,s1,Winter,2015-06-01,2015-06-20"])


def let_three_answer_it(folder: Path) -> None:
    open_another_wave(folder)
    add(folder, "answers", [f"w2,m{n},q1,{n + 1},2015-06-02T08:00:00Z" for n in range(3)])


def let_two_be_strong(folder: Path) -> None:
    path = folder / "ties.csv"
    ties = pd.read_csv(path, dtype=str)
    ties.assign(strength=["5", "4", *[""] * (len(ties) - 2)]).to_csv(path, index=False)


def leave_out_nobody(folder: Path) -> None:
    say_how(folder, LATE, "complete")
    scores = [f"w1,{name},q1,{1 + place % 5},2015-04-02T08:00:00Z" for place, name in enumerate(LATE)]
    add(folder, "answers", scores)


def leave_out_two(folder: Path) -> None:
    leave_out_nobody(folder)
    path = folder / "answers.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if f",{LATE[0]}," not in line), encoding="utf-8")


def do_nothing(folder: Path) -> None:
    return


Change = Callable[[Path], None]
# By what it is of: the two programmes, a word in each row that tells of it, and the sets that have such rows.
TWINS: dict[str, tuple[Change, Change, str, tuple[Source, ...]]] = {
    "a disposition": (do_nothing, let_be_other, '"other"', ("answers",)),
    "a question": (ask_once_more, let_three_say_it, '"q9"', ("answers",)),
    "a wave": (open_another_wave, let_three_answer_it, "w2", SOURCES),
    "strength": (do_nothing, let_two_be_strong, "tie_strength", ("ties",)),
    "everybody who was asked": (leave_out_nobody, leave_out_two, "bounds", ("answers",)),
}


def read_looks(root: Path, change: Change, sources: Sequence[Source]) -> set[tuple[str, ...]]:
    """Of every row of a lead's set where it stands, its status and reason, and which of its figures it has."""
    change(write_programme(root / "raw"))
    load_paths([root / "raw"], root / "data")
    engine = Engine(find_release(root / "data"))
    rows = pd.concat([read_set(engine, source).rows for source in sources])
    engine.close()
    figures = rows[["value", "low", "high"]].notna().astype(str).agg(" ".join, axis=1)
    looks = rows[["indicator", "by", "period", "cell", "status", "reason"]].astype(str).assign(has=figures)
    return set(looks.itertuples(index=False, name=None))


@pytest.mark.parametrize("kind", TWINS)
def test_of_nobody_and_of_a_few_a_set_looks_the_same(tmp_path: Path, kind: str) -> None:
    *changes, word, sources = TWINS[kind]
    nobody, few = (read_looks(tmp_path / str(place), change, sources) for place, change in enumerate(changes))
    assert {look for look in nobody ^ few if any(word in part for part in look)} == set()
    assert any(word in part for look in few for part in look), "positive control: something is said of it"


@pytest.mark.parametrize(("answered", "told"), [(76, "About 75 %"), (79, "About 75 %")])
def test_a_warning_counts_who_answered_no_more_closely_than_the_figures(
    tmp_path: Path, answered: int, told: str
) -> None:
    folder = write_programme(tmp_path / "raw")
    say_how(folder, LATE[: answered - 60], "complete")
    load_paths([folder], tmp_path / "data")
    engine = Engine(find_release(tmp_path / "data"))
    indicator = find_indicator(engine, "item_mean")
    warnings = {
        role: compute_result(engine, indicator, Selection(), SCOPES[role]).passport.warnings
        for role in ("lead", "funder", "evaluator")
    }
    engine.close()
    assert warnings["lead"][0].startswith(told)
    assert warnings["funder"][0].startswith(told)
    assert warnings["evaluator"][0].startswith(f"{answered} %"), "positive control"


def ask_in_winter(folder: Path, count: int) -> None:
    """A second wave to which all are invited and which so many answer and name a tie in."""
    open_another_wave(folder)
    came = ["complete"] * count + ["non_contact"] * (100 - count)
    add(folder, "invitations", [f"w2,m{n},2015-06-01T08:00:00Z,{how}" for n, how in enumerate(came)])
    add(folder, "answers", [f"w2,m{n},q1,{n % 5 + 1},2015-06-02T08:00:00Z" for n in range(count)])
    add(folder, "ties", [f"w2,m{n},m{n + 1},collaborates" for n in range(count)])


@pytest.fixture(scope="module")
def winters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Engine]]:
    """By how many answered in winter a release."""
    engines = {}
    for count in (0, 1, 4, 5):
        root = tmp_path_factory.mktemp(f"winter{count}")
        ask_in_winter(write_programme(root / "raw"), count)
        load_paths([root / "raw"], root / "data")
        engines[count] = Engine(find_release(root / "data"))
    yield engines
    for engine in engines.values():
        engine.close()


@pytest.mark.parametrize("name", ["item_nonresponse", "respondents_profession", "ties_new"])
@pytest.mark.parametrize("role", ["lead", "funder"])
def test_a_warning_is_the_same_of_nobody_and_of_a_few(
    winters: dict[int, Engine], name: str, role: Role
) -> None:
    told = [
        compute_result(engine, find_indicator(engine, name), Selection(), SCOPES[role]).passport.warnings
        for engine in winters.values()
    ]
    assert told[0] == told[1] == told[2]
    assert (told[3] == told[2]) is (role == "funder"), "for funders five are too few too"
    assert any("in Winter" in warning for warning in told[0])


def test_a_wave_is_late_until_something_is_told_of_its_answers(winters: dict[int, Engine]) -> None:
    late = {
        count: [one.name for one in list_late(engine, SCOPES["lead"])] for count, engine in winters.items()
    }
    assert late == {0: ["Winter"], 1: ["Winter"], 4: ["Winter"], 5: []}
    assert [count for count, engine in winters.items() if list_late(engine)] == [0], "for evaluators"


def list_cells(engine: Engine, name: str, by: tuple[str, ...], role: Role) -> list[tuple[str, ...]]:
    """The rows of a table as they are told, from the first to the last: what they are of, and whether they are shown."""
    result = compute_result(engine, find_indicator(engine, name), Selection(by=by), SCOPES[role])
    rows = result.table[["period", *result.dimensions, "status"]].astype(str)
    return list(rows.itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("name", "by", "role"),
    [
        ("dispositions", (), "lead"),
        ("dispositions", ("profession",), "lead"),
        ("item_distribution", (), "lead"),
        ("item_distribution", ("profession",), "lead"),
        ("construct_distribution", ("region",), "lead"),
        ("dispositions", (), "funder"),
        ("dispositions", ("region",), "funder"),
    ],
)
def test_the_order_of_rows_is_the_same_of_nobody_and_of_a_few(
    winters: dict[int, Engine], name: str, by: tuple[str, ...], role: Role
) -> None:
    nobody, one, four = (list_cells(winters[count], name, by, role) for count in (0, 1, 4))
    assert nobody == one == four
    waves = [cell[0] for cell in nobody]
    assert waves == sorted(waves), "positive control: in order of time"
    assert {"w1", "w2"} == set(waves)


@pytest.mark.parametrize("role", ["lead", "funder"])
def test_one_who_refused_shows_in_no_group(tmp_path: Path, role: Role) -> None:
    told = []
    for place, refused in enumerate(([], LATE[:1], LATE[-1:])):
        folder = write_programme(tmp_path / str(place) / "raw")
        say_how(folder, refused, "refused")
        load_paths([folder], tmp_path / str(place) / "data")
        engine = Engine(find_release(tmp_path / str(place) / "data"))
        told.append(
            [list_cells(engine, "dispositions", by, role) for by in ((), ("profession",), ("region",))]
        )
        engine.close()
    assert told[0] == told[1] == told[2]
    values = [cell[1] for cell in told[0][0]]
    assert values == list(DISPOSITIONS), "in the order in which they are declared"


def test_a_panel_is_hidden_by_what_is_told_of_how_many_there_are(tmp_path: Path) -> None:
    """60 answer first, some of them and 14 others again: of 10 who did not it is told, of 5, of 1 and of none it is not."""
    looks = {}
    for stayed in (50, 55, 59, 60):
        root = tmp_path / str(stayed)
        folder = write_programme(root / "raw")
        add(folder, "waves", ["w2,s1,Winter,2015-06-01,2015-06-20"])
        first = [f"m{n}" for n in range(100) if n % 5 < 3]
        write_table(
            folder,
            "answers",
            "wave_id,respondent_id,item_id,value,submitted_at",
            [
                *((("w1", name, "q1", 1 + n % 5, "2015-04-02T08:00:00Z")) for n, name in enumerate(first)),
                *(
                    (("w2", name, "q1", 1 + n % 5, "2015-06-02T08:00:00Z"))
                    for n, name in enumerate([*first[:stayed], *LATE[:14]])
                ),
            ],
        )
        load_paths([folder], root / "data")
        engine = Engine(find_release(root / "data"))
        rows = read_set(engine, "answers").rows
        engine.close()
        looks[stayed] = set(rows.loc[rows["indicator"] == "construct_sides:1", "status"])
    assert looks == {50: {"ok"}, 55: {"suppressed"}, 59: {"suppressed"}, 60: {"suppressed"}}


PROTECTED_NAMES = [one.id for one in list_indicators().values() if one.is_protected and not one.is_whole]
NOBODY = Selection(where=(("profession", "Doctor"), ("region", "Wales")))


@pytest.mark.parametrize("name", PROTECTED_NAMES)
def test_a_filter_that_nobody_meets_is_no_fault(winters: dict[int, Engine], name: str) -> None:
    result = compute_result(winters[0], find_indicator(winters[0], name), NOBODY, SCOPES["lead"])
    assert not result.table["status"].eq("ok").any()


@pytest.mark.parametrize("name", PROTECTED_NAMES)
def test_a_group_that_is_too_small_to_be_named_is_one_that_there_is_not(
    winters: dict[int, Engine], name: str
) -> None:
    with pytest.raises(BadSelection, match="There is no region Wales; there are: England"):
        compute_result(winters[0], find_indicator(winters[0], name), NOBODY, SCOPES["funder"])
