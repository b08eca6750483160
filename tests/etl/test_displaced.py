"""Answers of the same people in a later file of one wave, and lines that an anonymous form has twice: neither is silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_load import read_quarantine, write_files

from etl.load import check_paths, load_paths
from etl.reading.types import Options
from warehouse.release import find_release

MEMBERS = "member_id,name,email,joined_on\nM1,Ada Okoro,ada@a.example,2015-01-05\nM2,Ben Marsh,ben@a.example,2015-01-05\n"
HEADING = "Timestamp,Email address,Is it of use?,Is it clear?\n"
FIRST = HEADING + "2015/10/05 11:00:05,ada@a.example,4,5\n2015/10/05 11:30:09,ben@a.example,3,2\n"
LATER = HEADING + "2015/11/05 11:00:05,ada@a.example,5,5\n2015/11/05 11:30:09,ben@a.example,4,1\n"
ANONYMOUS = "Timestamp,Is it of use?,Is it clear?\n{0},4,5\n{1},3,2\n{2},4,5\n"


def test_a_later_file_of_an_open_wave_is_asked_about(tmp_path: Path) -> None:
    data, named = tmp_path / "data", Options(survey_id="use", wave_id="w1")
    load_paths([write_files(tmp_path / "one", members=MEMBERS, autumn=FIRST)], data, options=named)
    later = [write_files(tmp_path / "two", pulse=LATER)]
    counts, _, _ = check_paths(later, data, options=Options(survey_id="use"))
    (said,) = (words for count in counts for words in count.warnings if "in place of" in words)
    assert said.startswith(
        "pulse.csv: it counts in wave w1, in place of autumn.csv, by whose people it is too: 2 responses of it are set aside (from line 2 on)."
    )
    assert "load it with --wave" in said
    counts, _, _ = check_paths(later, data, options=Options(survey_id="use", wave_id="w2"))
    assert not [words for count in counts for words in count.warnings if "in place of" in words]


@pytest.mark.parametrize(
    ("times", "duplicates"),
    [
        (("2015/10/05 11:00:05", "2015/10/05 11:30:09", "2015/10/05 11:00:05"), 1),
        (("2015/10/05 11:00:05", "2015/10/05 11:30:09", "2015/10/05 11:00:06"), 0),
        (("2015/10/05 00:00:00", "2015/10/05 00:00:00", "2015/10/05 00:00:00"), 0),
        (("2015/10/05 11:00:00", "2015/10/05 11:30:00", "2015/10/05 11:00:00"), 0),
    ],
)
def test_a_line_that_stands_twice_is_a_duplicate(
    tmp_path: Path, times: tuple[str, ...], duplicates: int
) -> None:
    files = write_files(tmp_path / "in", members=MEMBERS, form=ANONYMOUS.format(*times))
    load_paths([files], tmp_path / "data", options=Options(survey_id="use", wave_id="w1"))
    file = next(one for one in find_release(tmp_path / "data").manifest["files"] if one["name"] == "form.csv")
    assert (file["loaded"], file["quarantined"], file["duplicates"]) == (3 - duplicates, 0, duplicates)
    assert not read_quarantine(tmp_path / "data") or duplicates
