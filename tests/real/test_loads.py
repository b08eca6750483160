"""The public export files through `python -m etl load`, and their people found by address and by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.__main__ import main as etl
from indicators.__main__ import main as indicators
from settings import PROJECT
from warehouse.release import find_release

REAL = PROJECT.parent / "shared" / "real"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason="the public data are not beside the project (../shared/real)"
    ),
]
MEMBERS = """member_id,name,email,joined_on
T1,Jan Janssens,jan.janssens.ext@un.int,2019-01-01
T2,Johnny Walker,johnny.walker@scotch.aero,2019-01-01
T3,Pedro García Simón,,2019-01-01
T4,Jacek Woityla,jacek@woityla.at,2019-01-01
T5,Igor Landis,,2019-01-01
T6,Fred Primus,fredprimus@first.com,2019-01-01
T7,Santiago De Compostela,,2019-01-01
Z1,George Harrison,george.harrison@gmail.com,2019-01-01
Z2,John Lennon,,2019-01-01
"""


def count_files(data: Path) -> dict[str, tuple[int, int, int, int]]:
    return {
        file["name"]: (file["read"], file["loaded"], file["quarantined"], file["duplicates"])
        for file in find_release(data).manifest["files"]
    }


def test_teams_and_zoom_reports_load_and_both_encodings_are_the_same_meeting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    (tmp_path / "members.csv").write_text(MEMBERS, encoding="utf-8")
    files = [*sorted((REAL / "teams").glob("*.csv")), *(REAL / "zoom").glob("*.csv")]
    assert etl(["load", str(tmp_path / "members.csv"), *map(str, files), "--data", str(data)]) == 0
    counts = count_files(data)
    assert counts["IDL-14-11-22.utf16le_bom_crlf.csv"] == (7, 7, 0, 0)
    assert counts["IDL-14-11-22.utf8.csv"] == (7, 0, 0, 7)
    assert counts["meeting001_participants.csv"] == (10, 2, 8, 0)
    assert "170 participants" in capsys.readouterr().out

    arguments = ["value", "attendance_rate", "--by", "event", "--format", "json", "--data", str(data)]
    assert indicators(arguments) == 0
    attended = {row["dimensions"]["event"]: row["numerator"] for row in json.loads(capsys.readouterr().out)}
    assert sorted(attended.values()) == [2, 7]


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("qualtrics/sample.csv", 1),
        ("qualtrics/Single_Answer_Matrix_Questions__Insights_.csv", 5),
        ("rse_survey/2016_uk.csv", 273),
        ("rse_survey/2017_uk.csv", 253),
    ],
)
def test_survey_exports_load_without_a_codebook_once_survey_and_wave_are_named(
    tmp_path: Path, path: str, read: int
) -> None:
    named = ["--survey", "s", "--wave", "w", "--complete-to", "2018-12-31"]
    assert etl(["load", str(REAL / path), *named, "--data", str(tmp_path / "data")]) == 0
    (counted,) = count_files(tmp_path / "data").values()
    assert counted == (read, read, 0, 0)


def test_a_survey_without_codebook_and_a_file_of_another_encoding_are_refused_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, option in (
        ("rse_survey/2016_uk.csv", "--survey"),
        ("surveymonkey/star-wars-survey_StarWars.csv", "--encoding"),
        ("southern_women/attendance.csv", "--mapping"),
    ):
        assert etl(["load", str(REAL / path), "--data", str(tmp_path / "data")]) == 1
        error = capsys.readouterr().err
        assert option in error
        assert error.count("\n") == 1
