"""A full disk is one sentence whoever met it: Python, the engine's threads or the database of links."""

from __future__ import annotations

import errno

import pytest

from commands import run_command

DUCKDB = 'IO Error: Async write failed: {"exception_message":"Could not write file \\"/d/x.parquet\\": No space left on device"}'


@pytest.mark.parametrize(
    ("fault", "place"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/d/x.parquet"), "/d/x.parquet"),
        (RuntimeError(DUCKDB), "/d/x.parquet"),
        (RuntimeError("(sqlite3.OperationalError) database or disk is full"), "The disk"),
    ],
)
def test_a_full_disk_is_a_sentence(capsys: pytest.CaptureFixture[str], fault: Exception, place: str) -> None:
    def fail() -> int:
        raise fault

    assert run_command(fail) == 1
    said = capsys.readouterr().err
    assert said == (
        f"{place}: No space left on device. Make room on the disk and try again; the live release is unchanged.\n"
    )


def test_control_another_fault_is_not_called_a_full_disk() -> None:
    def fail() -> int:
        raise RuntimeError("something else")

    with pytest.raises(RuntimeError, match="something else"):
        run_command(fail)
