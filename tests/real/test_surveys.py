"""Real surveys through the commands: scales, reliability, intention to stay, and an institute's count tables."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from etl.__main__ import main as run_etl
from tests.real.networks import JOINED, REAL, load, read_figures, read_rows, write_table

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder ../shared/real is not there"),
]
Answers = dict[str, dict[str, float]]


def count_answers(records: list[dict[str, Any]]) -> Answers:
    counted: Answers = {}
    for record in records:
        cell = record["dimensions"]
        counted.setdefault(cell["item"], {})[cell["answer"]] = record["numerator"]
    return counted


def write_survey_mapping(path: Path, name: str, survey: str, wave: str, items: dict[str, str]) -> str:
    lines = ["[[file]]", f'name = "{name}"', 'missing = ["-"]', "[file.columns]"]
    lines += ['respondent_id = "respondent_id"', "[file.items]"]
    lines += [f'{item} = "{column}"' for item, column in items.items()]
    lines += ["[file.options]", f'survey_id = "{survey}"', f'wave_id = "{wave}"']
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def load_bfi(folder: Path) -> Path:
    keys = [row for row in read_rows("bfi/bfi_dictionary.csv") if row["IPIP100"].startswith("B5:")]
    people = read_rows("bfi/bfi.csv")
    assert (len(keys), len(people)) == (25, 2800)
    write_table(
        folder, "members", "member_id joined_on", [(person["respondent_id"], JOINED) for person in people]
    )
    write_table(folder, "waves", "wave_id survey_id opened_on", [("2010", "bfi", "2010-01-01")])
    write_table(
        folder,
        "items",
        "survey_id item_id text construct kind scale_min scale_max reversed",
        [
            ("bfi", key["item"], key["Item"], key["IPIP100"], "likert", 1, 6, key["Keying"] == "-1")
            for key in keys
        ],
    )
    answers = [
        ("2010", person["respondent_id"], key["item"], person[key["item"]])
        for person in people
        for key in keys
    ]
    write_table(folder, "answers", "wave_id respondent_id item_id value", answers)
    return load(folder)


def test_bfi(tmp_path: Path, ask: Any) -> None:
    """R: psych's alpha of five scales of five items, 2,800 people, on available pairs and on complete answers."""
    data = load_bfi(tmp_path / "in")
    records = {record["dimensions"]["construct"]: record for record in ask(data, "construct_reliability")}
    scales = [f"B5:{letter}" for letter in "ACENO"]
    printed = [0.7030, 0.7267, 0.7617, 0.8140, 0.6002]
    assert [records[scale]["value"] for scale in scales] == pytest.approx(printed, abs=5e-5)
    for record in records.values():
        assert record["low"] < record["value"] < record["high"]
    complete = ask(data, "construct_reliability", "--set", "missing=complete")
    assert [record["n"] for record in complete] == [2709, 2707, 2713, 2694, 2726]


def test_apha_cpd(tmp_path: Path, ask: Any) -> None:
    """R: 237 analysts and how likely they are to stay; "-" is no answer."""
    folder = tmp_path / "in"
    column = "q07a_future_health_work_cat"
    steps = ("Very unlikely", "Somewhat unlikely", "Undecided", "Somewhat likely", "Very likely")
    labels = "|".join(f"{value}={step}" for value, step in enumerate(steps, start=1))
    questions = {row["variable"]: row["question"] for row in read_rows("apha_cpd/codebook.csv")}
    items = [
        ("cpd", "stay", questions[column], "Intention to stay", "likert", 1, 5, labels),
        ("cpd", "leave", "Study leave?", "", "single", "", "", "1=Yes|2=No"),
    ]
    write_table(folder, "items", "survey_id item_id text construct kind scale_min scale_max labels", items)
    write_table(folder, "waves", "wave_id survey_id opened_on", [("2022", "cpd", "2022-07-01")])
    mapping = write_survey_mapping(
        tmp_path / "mapping.toml",
        "apha_cpd_survey.csv",
        "cpd",
        "2022",
        {"stay": column, "leave": "q18a_org_study_leave_ind"},
    )
    data = load(folder, REAL / "apha_cpd" / "apha_cpd_survey.csv", mapping=mapping)
    counted = count_answers(ask(data, "item_distribution"))
    assert [counted["stay"][step] for step in reversed(steps)] == [93, 69, 45, 16, 14]
    (stay,) = ask(data, "intention_to_stay")
    assert (stay["numerator"], stay["denominator"], stay["n"]) == (93 + 69, 237, 237)
    (net,) = ask(data, "item_net")
    assert (net["numerator"], net["denominator"]) == (93 + 69 - 16 - 14, 237)
    # 22 of the 237 left the study leave question empty: "-" in the file.
    missing = {record["dimensions"]["item"]: record["numerator"] for record in ask(data, "item_nonresponse")}
    assert missing == {"leave": 22, "stay": 0}
    assert counted["leave"] == {"Yes": 113, "No": 102}


def test_univbct_tests(tmp_path: Path, ask: Any) -> None:
    """R: the paired t test of job satisfaction, wave 1 to 3, among the 442 who answered in both."""
    folder = tmp_path / "in"
    people = {row["SUBNUM"]: row for row in read_rows("univbct/univbct_long.csv")}
    write_table(folder, "members", "member_id joined_on", [(name, JOINED) for name in people])
    write_table(
        folder, "waves", "wave_id survey_id opened_on", [(n, "bct", f"200{n}-01-01") for n in (1, 2, 3)]
    )
    item = ("bct", "jobsat", "Job satisfaction", "satisfaction", "number")
    write_table(folder, "items", "survey_id item_id text construct kind", [item])
    answers = [
        (n, name, "jobsat", row[f"JOBSAT{n}"].replace("NA", ""))
        for name, row in people.items()
        for n in (1, 2, 3)
    ]
    write_table(folder, "answers", "wave_id respondent_id item_id value", answers)
    data = load(folder)
    (tested,) = ask(data, "item_change_p_since_first", "--period", "3")
    assert tested["n"] == 442
    assert tested["value"] == pytest.approx(0.0561, abs=5e-5)
    split = ask(data, "construct_change_split_since_first", "--period", "3")
    assert [record["n"] for record in split] == [468 + 463 - 442, 442, 468 + 463 - 2 * 442]
    whole, within, who = read_figures(split)
    assert within == pytest.approx(0.0935, abs=5e-5)
    assert whole == pytest.approx(3.3384 - 3.2350, abs=1e-4)
    assert within + who == pytest.approx(whole, abs=1e-12)
    sides = ask(data, "construct_sides_since_first", "--period", "3")
    assert read_figures(sides, "n") == [468, 463, 442, 442]
    assert read_figures(sides)[:2] == pytest.approx([3.2350, 3.3384], abs=5e-5)


def read_published(path: Path) -> dict[str, dict[str, float]]:
    """The institute's counts by item and answer; the item is the short name at the head of its column."""
    with path.open(encoding="utf-8", newline="") as handle:
        heading, *rows = csv.reader(handle)
    return {
        title.split(".")[0]: {row[0]: float(row[place]) for row in rows if row[0] and row[place]}
        for place, title in enumerate(heading)
        if place and "PERC" not in title
    }


def test_rse_survey_2016_every_published_count(tmp_path: Path, ask: Any) -> None:
    """P: every count that the institute printed for the 2016 survey."""
    tables = sorted((REAL / "rse_survey" / "published_output_2016_uk").glob("*.csv"))
    published = {
        item: counts
        for path in tables
        if "PERC" not in path.name
        for item, counts in read_published(path).items()
    }
    assert len(published) == 18
    folder = tmp_path / "in"
    items = []
    for item, counts in published.items():
        labels = "|".join(f"{place}={label}" for place, label in enumerate(counts, start=1))
        kind = "single" if item in ("edu1", "socio2") else "likert"
        items.append(("rse", item, item, kind, 1, len(counts), labels))
    write_table(folder, "items", "survey_id item_id text kind scale_min scale_max labels", items)
    write_table(folder, "waves", "wave_id survey_id opened_on", [("2016", "rse", "2016-01-01")])
    data = tmp_path / "data"
    survey = str(REAL / "rse_survey" / "2016_uk.csv")
    assert run_etl(["load", str(folder), survey, "--wave", "2016", "--data", str(data)]) == 0
    # The institute's table leaves out 16 answers "Never " with a blank at the end; the load reads them as Never.
    published["turnOver2"]["Never"] += 16
    assert count_answers(ask(data, "item_distribution")) == published
