from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from vendor_samples import VENDOR_FILES, check_count, list_rows, sample

from etl.__main__ import main as etl
from etl.load import load_paths
from etl.reading.types import Item, Options, RawFile, Reading, Refused, Sample
from etl.sources import SOURCES, recognise_file, spss
from settings import PROJECT
from tests.released import read_released


def write_sav(path: Path, columns: dict[str, list[Any]], **described: Any) -> Path:
    pyreadstat.write_sav(pd.DataFrame(columns), str(path), **described)
    return path


def read_sav(path: Path) -> Reading:
    content = path.read_bytes()[:64]
    assert recognise_file(Sample(path.name, content, "")) is spss
    reading = spss.read(RawFile(path.name, path, "", Options()))
    check_count(reading)
    return reading


def list_answers(reading: Reading) -> list[tuple[int, str, str]]:
    return [(row["line"], row["item_id"], row["answer"]) for row in list_rows(reading, "raw_answers")]


def test_labels_become_the_codebook_and_missing_values_are_missing(tmp_path: Path) -> None:
    path = write_sav(
        tmp_path / "s.sav",
        {
            "Q1": [1.0, 2.0, 9.0, None, 3.0],
            "Q2": ["m", "f", "", "zz", "x"],
            "age": [30.5, 97.0, 99.0, 18.0, 20.0],
            "Q4": [1.0, 1.0, 2.0, 2.0, 1.0],
        },
        column_labels={"Q1": "Useful — ĉu?", "Q4": "A member?"},
        variable_value_labels={
            "Q1": {1: "No", 2: "Partly | so", 3: "Yes", 9: "Refused"},
            "Q2": {"m": "Male", "f": "Female", "zz": "Refused"},
            "Q4": {1: "Yes", 2: "yes"},
        },
        missing_ranges={"Q1": [9], "Q2": ["zz"], "age": [{"lo": 97, "hi": 99}]},
        variable_measure={"Q1": "ordinal", "Q4": "nominal"},
    )
    reading = read_sav(path)
    assert reading.items == (
        Item("Q1", "Useful — ĉu?", "likert", ((1, "No"), (2, "Partly / so"), (3, "Yes")), 1, 3),
        Item("Q2", "Q2", "single", ((None, "Female"), (None, "Male"), (None, "x"))),
        Item("age", "age", "number"),
        Item("Q4", "A member?", "single", ((1, "Yes"), (2, "yes (2)")), 1, 2),
    )
    assert list_answers(reading) == [
        (1, "Q1", "No"),
        (1, "Q2", "Male"),
        (1, "age", "30.5"),
        (1, "Q4", "Yes"),
        (2, "Q1", "Partly / so"),
        (2, "Q2", "Female"),
        (2, "Q4", "Yes"),
        (3, "Q4", "yes (2)"),
        (4, "age", "18"),
        (4, "Q4", "yes (2)"),
        (5, "Q1", "Yes"),
        (5, "Q2", "x"),
        (5, "age", "20"),
        (5, "Q4", "Yes"),
    ]


def test_values_between_and_beyond_the_labels(tmp_path: Path) -> None:
    path = write_sav(
        tmp_path / "s.sav",
        {
            "ends": [1.0, 4.0, 7.0],
            "beyond": [1.0, 2.0, 5.0],
            "years": [0.0, 12.0, 30.0],
            "half": [1.0, 1.5, 2.0],
        },
        variable_value_labels={
            "ends": {1: "Low", 7: "High"},
            "beyond": {1: "Yes", 2: "No"},
            "years": {0: "None"},
            "half": {1: "Low", 2: "High"},
        },
        variable_measure={"ends": "ordinal", "beyond": "nominal", "years": "scale", "half": "ordinal"},
    )
    reading = read_sav(path)
    assert reading.items == (
        Item("ends", "ends", "likert", ((1, "Low"), (7, "High")), 1, 7),
        Item("beyond", "beyond", "single", ((1, "Yes"), (2, "No")), 1, 5),
        Item("years", "years", "number"),
        Item("half", "half", "number"),
    )
    answers = [answer for _, item, answer in list_answers(reading) if item in ("ends", "years", "half")]
    assert answers == ["Low", "0", "1", "4", "12", "1.5", "High", "30", "2"]


def test_who_answered_and_when(tmp_path: Path) -> None:
    path = write_sav(
        tmp_path / "s.zsav",
        {
            "ResponseId": ["R_1", "R_2", "R_3"],
            "RecipientEmail": ["ada@trust.example", "", ""],
            "RecipientFirstName": ["Ada", "", ""],
            "RecipientLastName": ["Okoro", "", ""],
            "ExternalReference": ["m-1", "", ""],
            "IPAddress": ["192.0.2.9"] * 3,
            "RecordedDate": [datetime(2015, 7, 14, 9, 5), datetime(2015, 1, 14, 9, 5), datetime(2015, 1, 14)],
            "Q1": [5.0, 4.0, None],
        },
        compress=True,
    )
    reading = read_sav(path)
    first, second = list_rows(reading, "raw_answers")
    assert first == {
        "line": 1,
        "response_id": "R_1",
        "person_external": "m-1",
        "person_email": "ada@trust.example",
        "person_name": "Ada Okoro",
        "item_id": "Q1",
        "question": "Q1",
        "answer": "5",
        "submitted_at": "2015-07-14 08:05:00",
        "is_finished": "",
        "wave_id": "",
    }
    assert (second["response_id"], second["submitted_at"]) == ("R_2", "2015-01-14 09:05:00")
    assert [(reject.line, reject.reason) for reject in reading.rejects] == [(3, "no question answered")]
    assert [item.item_id for item in reading.items] == ["Q1"]


def test_days_and_times_of_any_century(tmp_path: Path) -> None:
    path = write_sav(
        tmp_path / "s.sav",
        {
            "day": [0.0, 13639536000.0, 1e15],
            "moment": [86400.0, 13639547045.5, 1e15],
            "took": [59.0, 3661.0, 360000.0],
        },
        variable_format={"day": "EDATE10", "moment": "DATETIME20", "took": "TIME8"},
    )
    reading = read_sav(path)
    assert {item.kind for item in reading.items} == {"text"}
    assert [answer for _, _, answer in list_answers(reading)] == [
        "1582-10-14",
        "1582-10-15 00:00:00",
        "00:00:59",
        "2015-01-02",
        "2015-01-02 03:04:05",
        "01:01:01",
        "1e+15",
        "1e+15",
        "100:00:00",
    ]


def test_damaged_and_empty_files_are_refused_in_one_sentence(tmp_path: Path) -> None:
    whole = write_sav(tmp_path / "s.sav", {"Q1": [1.0, 2.0] * 50}, variable_value_labels={"Q1": {1: "Yes"}})
    content = whole.read_bytes()
    cut = tmp_path / "cut.sav"
    for size in (4, 100, 180, 300):
        cut.write_bytes(content[:size])
        with pytest.raises(Refused, match=r"^cut\.sav is damaged or not a whole SPSS data file: .*\.$"):
            spss.read(RawFile("cut.sav", cut, "", Options()))
    empty = write_sav(tmp_path / "empty.sav", {"Q1": pd.Series([], dtype=float)})
    with pytest.raises(Refused, match=r"empty\.sav has no case in it"):
        spss.read(RawFile("empty.sav", empty, "", Options()))
    nothing = write_sav(tmp_path / "who.sav", {"Email": ["a@trust.example"]})
    with pytest.raises(Refused, match="no question"):
        spss.read(RawFile("who.sav", nothing, "", Options()))


def test_a_file_that_ends_its_reader_is_refused_and_the_load_lives_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sav(tmp_path / "s.sav", {"Q1": [1.0]})
    reader = tmp_path / "reader.py"
    reader.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    monkeypatch.setattr(spss.sav, "__file__", str(reader))
    with pytest.raises(Refused, match="damaged"):
        spss.read(RawFile("s.sav", path, "", Options()))


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_sav(tmp_path / "s.zsav", {"Q1": [1.0] * 1001}, compress=True)
    monkeypatch.setattr(spss, "LARGEST_UNPACKED", 8008)
    assert read_sav(path).rows_read == 1001
    monkeypatch.setattr(spss, "LARGEST_UNPACKED", 8007)
    with pytest.raises(Refused, match="unpacks to more than"):
        read_sav(path)


def test_each_source_leaves_the_other_files_alone(tmp_path: Path) -> None:
    content = write_sav(tmp_path / "s.sav", {"Q1": [1.0]}).read_bytes()
    for text in ("", content.decode("latin-1")):
        given = Sample("s.sav", content, text)
        assert [source.NAME for source in SOURCES if source.recognise(given)] == ["spss"]
    for texts in VENDOR_FILES.values():
        assert not any(spss.recognise(sample(text)) for text in texts)
    for magic in (b"PAR1", b"PK\x03\x04", b"$FL1"):
        assert not spss.recognise(Sample("s.sav", magic + content[4:], ""))


def test_two_files_of_one_survey_share_a_codebook_and_load_in_any_order(tmp_path: Path) -> None:
    labels = {1: "No", 2: "Yes"}
    for name, values, further in (("a.sav", [1.0, 2.0], {}), ("b.sav", [2.0, 3.0], {3: "Unsure"})):
        write_sav(tmp_path / name, {"Q1": values}, variable_value_labels={"Q1": {**labels, **further}})
    tables = []
    for order in (("a.sav", "b.sav"), ("b.sav", "a.sav")):
        data = tmp_path / order[0].replace(".", "_")
        for name in order:
            named = Options(survey_id="s", wave_id=name, complete_to=pd.Timestamp("2015-02-01").date())
            loaded = load_paths([tmp_path / name], data, options=named)
        assert [(file.read, file.loaded, file.quarantined) for file in loaded.files] == [(2, 2, 0)] * 2
        (item,) = pd.read_parquet(loaded.release.path / "tables" / "items.parquet").itertuples()
        answers = read_released(loaded.release.path, "answers").to_pandas()
        assert answers["respondent_id"].nunique() == 4
        tables.append((item.labels, item.scale_min, item.scale_max, sorted(answers["value"])))
    assert tables == [("1=No|2=Yes|3=Unsure", 1, 3, [1, 2, 2, 3])] * 2


def test_the_pages_do_not_import_the_reader() -> None:
    code = "import sys, etl.__main__; sys.exit('pyreadstat' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


def test_a_folder_with_nothing_but_an_spss_file_is_loaded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write_sav(folder / "s.sav", {"Q1": [1.0, 2.0]}, variable_value_labels={"Q1": {1: "Yes"}})
    named = ["--survey", "s", "--wave", "w", "--complete-to", "2015-02-01", "--data", str(tmp_path / "data")]
    assert etl(["check", str(folder), *named]) == 0
    assert etl(["load", str(folder), *named]) == 0
    assert "SPSS data file" in capsys.readouterr().out
