"""Every file, command and option that docs/privacy.md, docs/deploy.md and docs/scale.md name is there."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

import pytest

from settings import PROJECT

GUIDES = ("docs/privacy.md", "docs/deploy.md", "docs/scale.md")
QUOTED = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:[\w.\-]+/)+[\w.\-]+\.(?:py|md|conf|service|sql|toml)|[\w]+/(?:[\w]+/)*")
COMMAND = re.compile(r"(?:python -m|^\$? ?q) (etl|sharing|indicators|journal|pytest|streamlit)\b(.*)")
MADE_LATER = ("data/", "shared/", "sealed/", "state/", "releases/", ".streamlit/secrets.toml")
COMMANDS = {"etl": "etl", "sharing": "sharing", "indicators": "indicators", "journal": "journal"}


def list_quoted(guide: str) -> list[str]:
    text = (PROJECT / guide).read_text(encoding="utf-8")
    return QUOTED.findall(FENCED.sub("", text)) + [
        line for block in FENCED.findall(text) for line in block.splitlines()
    ]


def list_files(quoted: list[str]) -> set[str]:
    """Paths of the project: those below /opt/q-evaluation, and relative ones that are not made by running it."""
    found = {path for text in quoted for path in re.findall(r"/opt/q-evaluation/([\w./*\-]+)", text)}
    found |= {text for text in quoted if FILE.fullmatch(text)}
    return {path for path in found if not path.startswith((*MADE_LATER, ".venv"))}


def list_commands(quoted: list[str]) -> list[tuple[str, list[str]]]:
    found = []
    for text in quoted:
        match = COMMAND.search(text)
        if match and match[1] in COMMANDS:
            found.append((match[1], shlex.split(match[2])))
    return found


def read_help(module: str, *words: str) -> tuple[object, str]:
    """Exit status and output of `python -m module words --help`."""
    with redirect_stdout(io.StringIO()) as said, pytest.raises(SystemExit) as left:
        import_module(f"{module}.__main__").main([*words, "--help"])
    return left.value.code, said.getvalue()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_that_a_guide_names_exists(guide: str) -> None:
    files = list_files(list_quoted(guide))
    assert len(files) >= 3
    assert list_files(["docs/nothing.md"]) == {"docs/nothing.md"}, "positive control: it would be looked for"
    assert [name for name in sorted(files) if not list(Path(PROJECT).glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_and_option_that_a_guide_names_exists(guide: str) -> None:
    commands = list_commands(list_quoted(guide))
    assert len(commands) >= 2
    known: dict[tuple[str, str], str] = {}
    for module, words in commands:
        name, options = words[0], [word for word in words[1:] if word.startswith("--")]
        if (module, name) not in known:
            status, known[module, name] = read_help(module, name)
            assert status == 0, f"python -m {module} {name}"
        assert [option for option in options if option not in known[module, name]] == []
    assert read_help("etl", "no-such-command")[0] == 2, "positive control: a command that is not there"


def test_options_named_in_passing_and_settings_of_the_units_exist() -> None:
    named = {text for guide in GUIDES for text in list_quoted(guide) if re.fullmatch(r"--[\w.\-]+", text)}
    assert "--fresh" in named
    streamlit = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "--help"], capture_output=True, text=True, check=True
    )
    known = read_help("etl", "load")[1] + read_help("sharing", "create")[1] + streamlit.stdout
    assert [option for option in named if option not in re.findall(r"--[\w.\-]+", known)] == []
    settings = (PROJECT / "settings.py").read_text(encoding="utf-8")
    for unit in sorted((PROJECT / "deploy").glob("*.service")):
        text = unit.read_text(encoding="utf-8")
        options = re.findall(r"(--[\w.]+)", text)
        assert "--server.port" in options
        assert [option for option in options if option not in streamlit.stdout] == []
        given = re.findall(r"\b(AUDIENCE|EVALUATION_\w+|JOURNAL_\w+|DATABASE_\w+|FUNDER_\w+)=", text)
        assert [name for name in given if f'"{name}"' not in settings] == []


def test_the_limits_in_the_privacy_page_are_those_of_the_gate() -> None:
    from indicators.gate.disclosure import SCOPES
    from sharing.store.links import DEFAULT_DAYS, LONGEST_DAYS, SESSION
    from warehouse.release import KEEP

    text = (PROJECT / "docs/privacy.md").read_text(encoding="utf-8")
    funder, lead = SCOPES["funder"], SCOPES["lead"]
    assert (
        f"counts below {funder.minimum} hidden, the rest rounded down to a multiple of {funder.rounding}"
        in text
    )
    assert (
        f"counts below {lead.minimum} hidden, the rest rounded down to a multiple of {lead.rounding}" in text
    )
    assert SCOPES["evaluator"].minimum == SCOPES["admin"].minimum == 0
    assert f"those of fewer than {lead.smallest_group} are counted together" in text
    assert f"until they are {lead.smallest_together}" in text
    assert f"until they are {funder.smallest_together}" in text
    assert f"those of fewer than {funder.smallest_group}, until they are" in text
    assert f"denominator at least {lead.least_of_share}" in text
    assert f"denominator at least {funder.least_of_share}" in text
    assert f"| {DEFAULT_DAYS} days unless said otherwise, at most {LONGEST_DAYS};" in text
    assert f"| {SESSION.seconds // 3600} hours at most |" in text
    assert KEEP == 5
    assert "the five latest stay" in text
