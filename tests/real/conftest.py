"""How tests on public data ask for figures: through the command line, as a user does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indicators.__main__ import main as run_indicators


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Any:
    """`python -m indicators value … --format json` on a data folder: its records."""

    def read_json(data: Path, *arguments: str) -> list[dict[str, Any]]:
        capsys.readouterr()
        assert run_indicators(["value", *arguments, "--format", "json", "--data", str(data)]) == 0
        records: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return records

    return read_json
