"""Public networks loaded through the commands: edges as they lie, through a mapping."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from etl.__main__ import main as run_etl

PROJECT = Path(__file__).resolve().parents[2]
REAL = PROJECT.parent / "shared" / "real"
JOINED = "1900-01-01"


def read_rows(path: str) -> list[dict[str, str]]:
    with (REAL / path).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def write_table(folder: Path, name: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns.split())
        writer.writerows(rows)


def load(folder: Path, *others: Path, **options: str) -> Path:
    """python -m etl load; returns the data folder."""
    data = folder.parent / "data"
    given = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    assert run_etl(["load", str(folder), *map(str, others), "--data", str(data), *given]) == 0
    return data


def write_mapping(path: Path, *entries: tuple[str, str, dict[str, str], dict[str, str]]) -> str:
    lines = []
    for name, table, columns, constants in entries:
        lines += ["[[file]]", f'name = "{name}"', f'table = "{table}"', "[file.columns]"]
        lines += [f'{key} = "{value}"' for key, value in columns.items()]
        lines += ["[file.constants]", *(f'{key} = "{value}"' for key, value in constants.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def load_network(
    folder: Path,
    members: Iterable[Sequence[object]],
    attribute: str,
    waves: int,
    files: dict[str, dict[str, str]],
    *,
    has_wave: bool,
) -> Path:
    """Edges as they lie, through a mapping; `files` gives the constants of each."""
    write_table(folder, "members", f"member_id {attribute} joined_on", [(*row, JOINED) for row in members])
    listed = [(number, "net", f"200{number}-01-01") for number in range(1, waves + 1)]
    write_table(folder, "waves", "wave_id survey_id opened_on", listed)
    columns = {"from_member_id": "from", "to_member_id": "to", **({"wave_id": "wave"} if has_wave else {})}
    mapping = write_mapping(
        folder.parent / "mapping.toml",
        *((Path(name).name, "ties", columns, constants) for name, constants in files.items()),
    )
    return load(folder, *(REAL / name for name in files), mapping=mapping)


def read_figures(records: list[dict[str, Any]], name: str = "value") -> list[float]:
    return [record[name] for record in records if record["status"] == "ok"]
