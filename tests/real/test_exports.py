"""Real public exports against the numbers published or recounted for them; skipped where the folder is absent."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from etl.reading.transcode import decode
from etl.reading.types import Options, RawFile, Reading, Sample
from etl.sources import recognise_file
from etl.sources.meetings import teams, zoom
from etl.sources.surveys import limesurvey, qualtrics

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "real"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder ../shared/real is not there"),
]
SCALE = ("Strongly disagree", "Disagree", "Neither agree or disagree", "Agree", "Strongly Agree")


def read_real(path: str, source: object) -> Reading:
    file = REAL / path
    content = file.read_bytes()
    text = decode(content, file.name, None)
    found = recognise_file(Sample(file.name, content[:65536], text[:65536]))
    assert found is source
    reading = found.read(RawFile(file.name, file, text, Options()))
    lines = {row["line"] for table in reading.tables.values() for row in table.to_pylist()} - {0}
    assert reading.rows_read == len(lines) + len(reading.rejects)
    return reading


def read_cells(path: str) -> list[list[str]]:
    with (REAL / path).open(encoding="utf-8", newline="") as handle:
        return list(csv.reader(handle))


def test_teams_report_in_both_encodings() -> None:
    marked = read_real("teams/IDL-14-11-22.utf16le_bom_crlf.csv", teams)
    plain = read_real("teams/IDL-14-11-22.utf8.csv", teams)
    assert marked == plain
    event = plain.tables["events"].to_pylist()[0]
    assert event["event_id"] == "teams-2022-11-14-scrum-meeting"
    assert (event["starts_at"], event["ends_at"]) == ("2022-11-14 09:29:07", "2022-11-14 09:50:14")
    rows = plain.tables["attendance"].to_pylist()
    assert len({row["person_email"] for row in rows}) == plain.rows_read == 7
    seconds = [float(row["minutes"]) * 60 for row in rows]
    assert sum(seconds) / 7 == pytest.approx(18 * 60 + 24, abs=1)
    assert plain.warnings == plain.rejects == ()


def test_zoom_report_counts_the_rows_and_says_that_the_block_claims_more() -> None:
    reading = read_real("zoom/meeting001_participants.csv", zoom)
    rows = reading.tables["attendance"].to_pylist()
    assert reading.rows_read == len(rows) == 10
    # John Lennon, George Martin, Yoko Ono and the second device: four, where the folder's notes say five.
    assert sum(row["person_email"] == "" for row in rows) == 4
    assert sum(float(row["minutes"]) for row in rows) == 75 + 72 + 70 + 73 + 53 + 60 + 58 + 54 + 57 + 57
    assert "Eric's iPad" in [row["person_name"] for row in rows]
    assert "170 participants" in reading.warnings[0]
    event = reading.tables["events"].to_pylist()[0]
    assert (event["starts_at"], event["ends_at"]) == ("2020-09-24 10:35:16", "2020-09-24 11:49:20")


@pytest.mark.parametrize(
    ("path", "first_question", "end_question"),
    [
        ("qualtrics/sample.csv", "Q1", None),
        (
            "qualtrics/Single_Answer_Matrix_Questions__Insights_.csv",
            "Q2_1",
            "LocationLatitude",
        ),
    ],
)
def test_qualtrics_keeps_every_answer_of_every_column(
    path: str, first_question: str, end_question: str | None
) -> None:
    reading = read_real(path, qualtrics)
    cells = read_cells(path)
    start = cells[0].index(first_question)
    end = cells[0].index(end_question) if end_question else len(cells[0])
    truth = [
        (cells[0][place], cells[1][place], row[place])
        for row in cells[3:]
        for place in range(start, end)
        if row[place]
    ]
    rows = reading.tables["raw_answers"].to_pylist()
    assert [(row["item_id"], row["question"], row["answer"]) for row in rows] == truth
    assert reading.rows_read == len(cells) - 3
    assert reading.rejects == ()


@pytest.mark.parametrize(
    ("name", "responses"), [("2016_uk.csv", 273), ("2017_uk.csv", 253), ("2017_zaf.csv", None)]
)
def test_limesurvey_keeps_every_answer_of_every_column(name: str, responses: int | None) -> None:
    reading = read_real(f"rse_survey/{name}", limesurvey)
    cells = read_cells(f"rse_survey/{name}")
    assert reading.rows_read == len(cells) - 1
    assert responses is None or reading.rows_read == responses
    answers = [row["answer"] for row in reading.tables["raw_answers"].to_pylist()]
    assert answers == [cell for row in cells[1:] for cell in row[1:] if cell.strip()]


def test_limesurvey_meets_the_published_counts() -> None:
    rows = read_real("rse_survey/2016_uk.csv", limesurvey).tables["raw_answers"].to_pylist()
    counts = Counter((row["item_id"], row["answer"]) for row in rows)
    published = {
        "affSat1": (8, 30, 58, 103, 72),
        "affSat2": (17, 30, 54, 115, 55),
        "affSat3": (10, 40, 61, 104, 56),
        "affSat4": (11, 20, 79, 101, 61),
    }
    assert {item: tuple(counts[item, step] for step in SCALE) for item in published} == published
    cells = read_cells("rse_survey/2016_uk.csv")
    assert counts["edu1", "None"] == sum(row[2] == "None" for row in cells) > 0


def test_no_other_public_file_is_taken_for_an_export() -> None:
    folders = {"teams", "zoom", "qualtrics", "rse_survey"}
    others = [path for path in sorted(REAL.rglob("*.csv")) if path.relative_to(REAL).parts[0] not in folders]
    others += sorted((REAL / "rse_survey" / "published_output_2016_uk").glob("*.csv"))
    claimed = [
        path.name
        for path in others
        for text in [path.read_bytes()[:65536].decode("latin-1")]
        for source in (teams, zoom, qualtrics, limesurvey)
        if source.recognise(Sample(path.name, b"", text))
    ]
    assert len(others) > 40
    assert claimed == []
