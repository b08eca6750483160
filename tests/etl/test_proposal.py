"""A mapping proposed for a file that no importer knows: it can be read as it is, and asks what only its owner can say."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.__main__ import main
from etl.reading.mapping import Mapping, read_mappings
from etl.sources.proposal import propose_mapping

ROSTER = "Ref|Full name|E-mail|Date joined|Region|Shoe size\n17|Ada Okoro|ada@trust.example|14/07/2015|North|7\n18|Ben Marsh|ben@charity.example|15/07/2015|South|9\n"
TICKETS = "Event,Name,Email,Status\nE1,Ada Okoro,ada@trust.example,Checked In\nE1,Ben Marsh,ben@charity.example,No show\n"
NAMED = "Nominator;Nominee;Weight\nAda;Ben;2\nBen;Cara;1\n"
SERIES = "Month,Visits\n2015-01,120\n2015-02,90\n"
SURVEY = 'Response No,When,How helpful?,"Which ""topics""?"\n1,1436864400,A little,Data;Calls\n2,1436864500,Very,Calls\n3,1436864600,Not at all,-99\n4,1436864700,-99,-99\n'


def propose(folder: Path, name: str, text: str) -> tuple[Mapping, str]:
    proposed = propose_mapping(name, text)
    (folder / "map.toml").write_text(proposed, encoding="utf-8")
    (mapping,) = read_mappings(folder / "map.toml")
    return mapping, proposed


def test_a_roster_becomes_members_whatever_separates_its_cells(tmp_path: Path) -> None:
    mapping, proposed = propose(tmp_path, "roster.txt", ROSTER)
    assert (mapping.table, mapping.delimiter) == ("members", "|")
    assert mapping.columns == {
        "joined_on": "Date joined",
        "region": "Region",
        "email": "E-mail",
        "name": "Full name",
        "member_id": "Ref",
    }
    assert "# Not read: Shoe size" in proposed


def test_words_of_a_status_are_asked_about(tmp_path: Path) -> None:
    mapping, proposed = propose(tmp_path, "tickets.csv", TICKETS)
    assert mapping.table == "attendance"
    assert mapping.values == {"attended": {"Checked In": "true", "No show": "false"}}
    assert "# ASK: which of these came?" in proposed


@pytest.mark.parametrize(
    ("text", "table", "columns"),
    [
        (NAMED, "ties", {"from_member_id": "Nominator", "to_member_id": "Nominee", "strength": "Weight"}),
        (SERIES, "measurements", {"period": "Month", "value": "Visits"}),
    ],
)
def test_ties_and_series_are_known_by_their_headings(
    text: str, table: str, columns: dict[str, str], tmp_path: Path
) -> None:
    mapping, _ = propose(tmp_path, "x.csv", text)
    assert (mapping.table, mapping.columns) == (table, columns)


def test_anything_else_is_a_survey_whose_missing_codes_scales_and_choices_are_asked_about(
    tmp_path: Path,
) -> None:
    mapping, proposed = propose(tmp_path, "answers.csv", SURVEY)
    assert mapping.items == {"how_helpful": "How helpful?", "which_topics": 'Which "topics"?'}
    assert mapping.columns == {"respondent_id": "Response No", "submitted_at": "When"}
    assert (mapping.missing, mapping.times) == (["-99"], {"submitted_at": "epoch"})
    assert "# how_helpful = [" in proposed
    assert "# [file.several.which_topics]" in proposed


def test_a_text_without_rows_has_no_proposal() -> None:
    assert propose_mapping("x.csv", "just words\n") == ""


def test_check_proposes_beside_the_refusal_and_never_overwrites(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tickets.csv").write_text(TICKETS, encoding="utf-8")
    check = ["check", str(tmp_path / "tickets.csv"), "--data", str(tmp_path / "data")]
    assert main(check) == 1
    said = capsys.readouterr()
    assert 'table = "attendance"' in said.out
    assert "tickets.csv is none of the known kinds of file" in said.err
    target = tmp_path / "proposed.toml"
    assert main([*check, "--propose", str(target)]) == 1
    written = target.read_text(encoding="utf-8")
    assert 'table = "attendance"' in written
    assert main([*check, "--propose", str(target)]) == 1
    assert "is there already, and is not overwritten" in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == written
