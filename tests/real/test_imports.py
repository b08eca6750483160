"""Public exports through `python -m etl load` and `python -m indicators value`: every answer, person and minute is there.

P: printed by the publisher of the data; R: recounted here from the file itself.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from etl.__main__ import main as run_etl
from settings import PROJECT
from tests.released import read_released
from warehouse.release import find_release

REAL = PROJECT.parent / "shared" / "real"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder ../shared/real is not there"),
]
STARWARS = "surveymonkey/star-wars-survey_StarWars.csv"
STEAK = "surveymonkey/steak-survey_steak-risk-survey.csv"
LONGTERM = "carpentries/longterm_survey_2020_waves"
IMPACT = (
    "impact_career_advancement",
    "impact_motivation_learning",
    "impact_increase_reproducibility",
    "impact_professional_recognition",
    "impact_improve_coding_practice",
    "impact_research_productivity",
    "impact_increase_confidence",
)
AGREE = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
TEAMS = {
    "jan.janssens.ext@un.int": 19 * 60 + 26,
    "johnny.walker@scotch.aero": 19 * 60 + 20,
    "pgsimon@spain.es": 19 * 60 + 21,
    "jacek@woityla.at": 19 * 60 + 18,
    "igor.3.lanis@sota.net": 18 * 60 + 50,
    "fredprimus@first.com": 17 * 60 + 41,
    "sdc@smallco.co.uk": 14 * 60 + 50,
}


def load(data: Path, *paths: Path, **options: str) -> dict[str, tuple[int, int, int, int]]:
    """python -m etl load; returns read, loaded, quarantined and duplicates of each file."""
    given = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    assert run_etl(["load", *map(str, paths), "--data", str(data), *given]) == 0
    return {
        file["name"]: (file["read"], file["loaded"], file["quarantined"], file["duplicates"])
        for file in find_release(data).manifest["files"]
    }


def count_answers(records: Iterable[dict[str, Any]]) -> dict[str, dict[str, tuple[int, int]]]:
    """(numerator, denominator) by item and answer."""
    counted: dict[str, dict[str, tuple[int, int]]] = {}
    for record in records:
        words = record["dimensions"]
        numbers = (record["numerator"], record["denominator"])
        counted.setdefault(words["item"], {})[words["answer"]] = numbers
    return counted


def read_cells(path: str, encoding: str = "utf-8") -> list[list[str]]:
    with (REAL / path).open(encoding=encoding, newline="") as handle:
        return list(csv.reader(handle))


def read_table(data: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_released(find_release(data).path, name).to_pylist()
    return rows


def write_table(path: Path, columns: str, rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([columns.split(), *rows])
    return path


def test_surveymonkey_star_wars(tmp_path: Path, ask: Any) -> None:
    """P: 1,186 respondents; seen any film 936 yes, 250 no. R: every other answer of every column."""
    named = {"encoding": "cp1252", "survey": "films", "wave": "films-2014", "complete_to": "2014-06-30"}
    counts = load(tmp_path / "data", REAL / STARWARS, **named)
    assert counts == {Path(STARWARS).name: (1186, 1186, 0, 0)}
    shown = count_answers(ask(tmp_path / "data", "item_distribution", "--period", "films-2014"))
    assert shown["q0001"] == {"No": (250, 1186), "Yes": (936, 1186)}

    heading, below, *rows = read_cells(STARWARS, "cp1252")
    columns = [Counter(row[place] for row in rows if row[place]) for place in range(len(heading))]
    films = columns[3:9]
    anything = sum(any(row[3:9]) for row in rows)
    for number, (film, title) in enumerate(zip(films, below[3:9], strict=True), start=1):
        seen = shown[f"q0003_{number:04d}"]
        assert seen == {title: (film[title], anything), "Not chosen": (anything - film[title], anything)}
    for number, column in enumerate(columns[15:29], start=1):
        valued = column.total() - column["Unfamiliar (N/A)"]
        found = {words: count for words, (count, of) in shown[f"q0005_{number:04d}"].items() if of == valued}
        assert found == {words: count for words, count in column.items() if words != "Unfamiliar (N/A)"}
    for number, column in enumerate(columns[29:], start=6):
        assert {words: count for words, (count, _) in shown[f"q{number:04d}"].items()} == column
    assert list(shown["q0011"]) == ["18-29", "30-44", "45-60", "> 60"]
    answers = Counter(row["item_id"] for row in read_table(tmp_path / "data", "answers"))
    ranks = [column.total() for column in columns[9:15]]
    assert [answers[f"q0004_{number:04d}"] for number in range(1, 7)] == ranks
    assert {row["kind"] for row in read_table(tmp_path / "data", "items")} == {
        "single",
        "multiple",
        "number",
        "likert",
    }


def test_surveymonkey_steak(tmp_path: Path, ask: Any) -> None:
    """P: 550 respondents. R: every answer of every column."""
    counts = load(tmp_path / "data", REAL / STEAK, survey="steak", wave="steak-1", complete_to="2014-06-30")
    assert counts == {Path(STEAK).name: (550, 550, 0, 0)}
    shown = count_answers(ask(tmp_path / "data", "item_distribution", "--period", "steak-1"))
    heading, _, *rows = read_cells(STEAK)
    for place in range(1, len(heading)):
        column = Counter(row[place] for row in rows if row[place])
        found = shown[f"q{place:04d}"]
        assert {words: count for words, (count, _) in found.items()} == column
        assert {of for _, of in found.values()} == {column.total()}
    assert len({row["respondent_id"] for row in read_table(tmp_path / "data", "answers")}) == 550


def test_spss_labels_become_the_codebook(tmp_path: Path, ask: Any) -> None:
    """R, as pyreadstat's own tests read them: labels 1 Male, 2 Female; 1 low, 2 medium, 3 high."""
    data = tmp_path / "data"
    for name in ("sample", "ordered_category"):
        load(data, REAL / f"spss/{name}.sav", survey=name, wave=name, complete_to="2021-12-31")
    assert count_answers(ask(data, "item_distribution", "--period", "sample")) == {
        "mylabl": {"Male": (3, 5), "Female": (2, 5)},
        "myord": {"low": (3, 5), "medium": (1, 5), "high": (1, 5)},
    }
    assert count_answers(ask(data, "item_distribution", "--period", "ordered_category")) == {
        "Col1": {"high": (1, 4), "low": (2, 4), "medium": (1, 4)}
    }
    (positive,) = ask(data, "item_positive", "--period", "sample")
    assert (positive["dimensions"]["item"], positive["numerator"], positive["n"]) == ("myord", 1, 5)
    items = {row["item_id"]: (row["text"], row["kind"]) for row in read_table(data, "items")}
    assert items == {
        "mychar": ("character", "text"),
        "mynum": ("numeric", "number"),
        "mydate": ("date", "text"),
        "dtime": ("datetime", "text"),
        "mylabl": ("labeled", "single"),
        "myord": ("ordinal", "likert"),
        "mytime": ("time", "text"),
        "Col1": ("Col1", "likert"),
    }
    answers = read_table(data, "answers")
    assert {row["text"] for row in answers if row["item_id"] == "mydate"} == {
        "2018-05-06",
        "1880-05-06",
        "1960-01-01",
        "1583-01-01",
    }
    assert sorted(row["value"] for row in answers if row["item_id"] == "mynum") == [
        -1000.3,
        -1.4,
        1.1,
        1.2,
        1000.3,
    ]


def test_carpentries_two_waves_of_one_instrument(tmp_path: Path, ask: Any) -> None:
    """P: 176 and 87 respondents. R: words in one wave and codes in the other become the same answers."""
    first, second = "20200326-longterm", "2020-12-long-term"
    yes = "1=Yes|0=No"
    labels = "|".join(f"{value}={words}" for value, words in enumerate(AGREE, start=1))
    items = write_table(
        tmp_path / "items.csv",
        "survey_id item_id text kind labels",
        [
            ("longterm", "first_time", "Is this your first time?", "single", f"{yes}|I don't know"),
            ("longterm", "recommend", "How likely are you to recommend us?", "number", ""),
            *(("longterm", name, name, "likert", labels) for name in IMPACT),
        ],
    )
    waves = write_table(
        tmp_path / "waves.csv",
        "wave_id survey_id opened_on",
        [("2020-03", "longterm", "2020-03-01"), ("2020-12", "longterm", "2020-12-01")],
    )
    mapping = tmp_path / "mapping.toml"
    entries = []
    for stem, wave, asked in ((first, "2020-03", "first_survey_take"), (second, "2020-12", "first_time")):
        named = {
            "first_time": asked,
            "recommend": "recommendation_score",
            **dict(zip(IMPACT, IMPACT, strict=True)),
        }
        entries += ["[[file]]", f'name = "{stem}-other*.csv"', 'missing = ["NA"]', "[file.items]"]
        entries += [f'{item} = "{column}"' for item, column in named.items()]
        entries += ["[file.options]", 'survey_id = "longterm"', f'wave_id = "{wave}"']
    mapping.write_text("\n".join(entries) + "\n", encoding="utf-8")
    files = {
        wave: f"{LONGTERM}/{stem}-other_questions-no-open.csv"
        for wave, stem in (("2020-03", first), ("2020-12", second))
    }
    data = tmp_path / "data"
    counts = load(data, items, waves, *(REAL / path for path in files.values()), mapping=str(mapping))
    assert [counts[Path(path).name] for path in files.values()] == [(176, 176, 0, 0), (87, 87, 0, 0)]

    for wave, path in files.items():
        heading, *rows = read_cells(path)
        shown = count_answers(ask(data, "item_distribution", "--period", wave))
        for item in IMPACT:
            place = heading.index(item)
            given = [row[place] for row in rows if row[place] != "NA"]
            steps = Counter(AGREE[int(cell) - 1] if cell.isdigit() else cell for cell in given)
            assert shown[item] == {words: (steps[words], len(given)) for words in AGREE}
        scores = [
            float(row[heading.index("recommendation_score")])
            for row in rows
            if row[heading.index("recommendation_score")] != "NA"
        ]
        (mean,) = [
            record
            for record in ask(data, "item_mean", "--period", wave)
            if record["dimensions"]["item"] == "recommend"
        ]
        assert (mean["n"], mean["numerator"]) == (len(scores), sum(scores))
    times = {
        wave: count_answers(ask(data, "item_distribution", "--period", wave))["first_time"] for wave in files
    }
    assert times == {
        "2020-03": {"No": (8, 150), "Yes": (142, 150)},
        "2020-12": {"No": (7, 87), "Yes": (80, 87)},
    }
    respondents = {(row["wave_id"], row["respondent_id"]) for row in read_table(data, "answers")}
    assert Counter(wave for wave, _ in respondents) == {"2020-03": 176, "2020-12": 87}
    assert len({respondent for _, respondent in respondents}) == 176 + 87
    assert {record["status"] for record in ask(data, "item_change")} == {"no_data"}


def load_teams(folder: Path, encoding: str) -> Path:
    """The meeting with its seven people and one more member; returns the data folder."""
    people = [(f"T{place}", email, "2019-01-01") for place, email in enumerate([*TEAMS, ""])]
    members = write_table(folder / "members.csv", "member_id email joined_on", people)
    path = REAL / f"teams/IDL-14-11-22.{encoding}.csv"
    assert load(folder / "data", members, path)[path.name] == (7, 7, 0, 0)
    return folder / "data"


@pytest.mark.parametrize("encoding", ["utf8", "utf16le_bom_crlf"])
def test_teams_people(tmp_path: Path, ask: Any, encoding: str) -> None:
    """P: 7 people, from 09:29:07 to 09:50:14 (21m 7s), and the minutes of each."""
    data = load_teams(tmp_path, encoding)
    (rate,) = ask(data, "attendance_rate", "--period", "2022-11")
    assert (rate["numerator"], rate["denominator"], rate["n"]) == (7, 8, 8)
    (event,) = read_table(data, "events")
    assert (event["ends_at"] - event["starts_at"]).total_seconds() == 21 * 60 + 7
    # Section 3 gives joins to the second, section 2 the total that Teams printed.
    seconds = sorted(row["minutes"] * 60 for row in read_table(data, "attendance") if row["attended"])
    assert seconds == pytest.approx(sorted(TEAMS.values()), abs=1)


@pytest.mark.parametrize("encoding", ["utf8", "utf16le_bom_crlf"])
def test_teams_minutes(tmp_path: Path, ask: Any, encoding: str) -> None:
    """P: on average 18m 24s."""
    (minutes,) = ask(load_teams(tmp_path, encoding), "attendance_minutes", "--period", "2022-11")
    assert divmod(round(minutes["value"] * 60), 60) == (18, 24)


def test_zoom_people(tmp_path: Path, ask: Any) -> None:
    """P: 10 rows, one of them the second device of a person who is there already; the block's 170 is not believed."""
    names = [row[0] for row in read_cells("zoom/meeting001_participants.csv", "utf-8-sig")[4:]]
    assert len(names) == 10
    people = [name.split(" (")[0] for name in names if "iPad" not in name]
    members = write_table(
        tmp_path / "members.csv",
        "member_id name joined_on",
        [(f"Z{place}", name, "2019-01-01") for place, name in enumerate(people)],
    )
    aliases = write_table(
        tmp_path / "aliases.csv",
        "member_id kind value",
        [(f"Z{people.index('Eric Clapton')}", "name", "Eric's iPad")],
    )
    data = tmp_path / "data"
    path = REAL / "zoom/meeting001_participants.csv"
    assert load(data, members, aliases, path)[path.name] == (10, 9, 0, 1)
    (rate,) = ask(data, "attendance_rate", "--period", "2020-09")
    assert (rate["numerator"], rate["denominator"]) == (9, 9)


@pytest.mark.parametrize(
    ("path", "start", "end"),
    [
        ("qualtrics/sample.csv", "Q1", None),
        ("qualtrics/Single_Answer_Matrix_Questions__Insights_.csv", "Q2_1", "LocationLatitude"),
    ],
)
def test_qualtrics_answers_are_all_in_the_release(
    tmp_path: Path, path: str, start: str, end: str | None
) -> None:
    """R: every answer of every column, as it was given."""
    heading, _, _, *rows = read_cells(path)
    places = range(heading.index(start), heading.index(end) if end else len(heading))
    truth = Counter((heading[place], row[place]) for row in rows for place in places if row[place])
    load(tmp_path / "data", REAL / path, survey="s", wave="w", complete_to="2021-12-31")
    found = Counter(
        (row["item_id"], row["text"] if row["value"] is None else f"{row['value']:g}")
        for row in read_table(tmp_path / "data", "answers")
    )
    assert found == truth
    assert truth.total() > 0
