"""python -m journal: find what entries say of somebody, and remove it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from commands import Refusal, run_command
from journal.store import open_journal
from settings import load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 1 refused with one sentence on stderr, 2 (by argparse) wrong usage."""
    return run_command(lambda: _read_arguments(arguments), _run, (Refusal, ValueError))


def _run(options: argparse.Namespace) -> int:
    settings = load_settings()
    if options.data:
        settings = replace(settings, data=Path(options.data).resolve())
    journal = open_journal(settings)
    try:
        if options.command == "find":
            for entry in journal.find_words(options.words):
                day = f"{entry.created_at:%Y-%m-%d}"
                print(
                    f"{entry.id}  {day}  {entry.kind}  {entry.author}: {entry.text}  {entry.outcome}".rstrip()
                )
        else:
            count = journal.remove_words(options.words)
            print(f"Removed from {count} {'entry' if count == 1 else 'entries'}.")
    finally:
        journal.close()
    return 0


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m journal", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, words in (
        ("find", "the entries that say any of these words"),
        ("remove", 'put "[removed]" wherever entries say any of these words'),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("words", nargs="+", help="a name, an address; in quotes where it has spaces")
        command.add_argument("--data", help="the data folder, by default as in the settings")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
