"""pull.toml: nothing is pulled without it, and what is wrong in it is said by name, without what may be a token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from etl.__main__ import main
from etl.pulling import configured
from etl.pulling.configured import is_loopback, read_pulls
from etl.reading.types import Refused
from tests.etl.pulling.answered import make_tool
from tests.etl.pulling.conftest import TOKEN, Write, write_source
from tests.etl.pulling.served import Served, Tool
from tests.fault.damaging import is_sentence, read_all

GOOD = write_source("limesurvey", "https://survey.example.org/admin/remotecontrol")
SECRET = "ABCDEFGH23456789XYZQ"


def change(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


WRONG = {
    "no toml": ("[[source]\n", "is not valid TOML, at line 1: correct"),
    "another order of dates": (
        GOOD.replace("[source.options]", '[source.options]\ndate_order = "DMY"'),
        "date_order = DMY; there are: dmy, mdy, ymd",
    ),
    "no zone": (
        GOOD.replace("[source.options]", '[source.options]\nzone = "IST"'),
        "There is no time zone IST",
    ),
    "another part": (GOOD + "[[file]]\nname = 'x'\n", "is made of parts that begin with [[source]]"),
    "no list": ("source = 3\n", "is made of parts that begin with [[source]]"),
    "no name": (change('name = "limesurvey"\n', ""), "has a source without a name"),
    "a path as a name": (change('name = "limesurvey"', 'name = "../x"'), "has a source without a name"),
    "two of a name": (GOOD + GOOD, "has two sources called limesurvey"),
    "no kind": (change('kind = "limesurvey"', ""), "does not say of a known kind what limesurvey is"),
    "another kind": (
        change('kind = "limesurvey"', 'kind = "sap"'),
        "does not say of a known kind what limesurvey is",
    ),
    "no id": (change('id = "123456"', ""), "does not say id of limesurvey"),
    "no user": (change('user = "evaluation"', ""), "does not say user of limesurvey"),
    "no token": (change('token = "LIMESURVEY_PASSWORD"', ""), "does not say token of limesurvey"),
    "a token": (change('"LIMESURVEY_PASSWORD"', f'"{SECRET}"'), "says a token of limesurvey that is no name"),
    "a token in small letters": (change('"LIMESURVEY_PASSWORD"', '"tk-1_a"'), "that is no name"),
    "a password": (
        change('user = "evaluation"', f'user = "e"\npassword = "{SECRET}"'),
        "says password of limesurvey",
    ),
    "the token in another place": (
        change('user = "evaluation"', f'user = "{TOKEN}"'),
        "holds what LIMESURVEY_PASSWORD",
    ),
    "not encrypted": (change("https://", "http://"), "that is not encrypted"),
    "another scheme": (change("https://", "file://"), "that is not encrypted"),
    "a user in the address": (
        change("https://", f"https://e:{SECRET}@"),
        "an address of limesurvey that is none",
    ),
    "a token in the address": (change("remotecontrol", f"remotecontrol?t={SECRET}"), "that is none"),
    "no address": (change("https://survey.example.org/admin/remotecontrol", "https://"), "that is none"),
    "too often": (
        GOOD.replace("[source.options]", 'every = "1m"\n[source.options]'),
        "how often limesurvey is pulled",
    ),
    "words for how often": (
        GOOD.replace("[source.options]", 'every = "daily"\n[source.options]'),
        "how often limesurvey",
    ),
    "since of another tool": (
        GOOD.replace("[source.options]", "since = 2026-01-31\n[source.options]"),
        "says since of limesurvey, which only Zoom takes",
    ),
    "an option that is none": (change("wave_id", "wave"), "sets the option wave"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_without_what_may_be_a_token(
    data: Path, configure: Write, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    text, words = WRONG[case]
    configure(text)
    assert main(["pull", "--data", str(data)]) == 1
    said = capsys.readouterr().err
    assert is_sentence(said), said
    assert words in said
    assert not {SECRET, TOKEN, "tk-1_a"} & set(said.replace(":", " ").split())
    assert SECRET not in said
    assert not (data / "state" / "pulls.json").exists()


def test_nothing_is_pulled_unless_it_is_configured(
    data: Path, start: Callable[[Tool], Served], capsys: pytest.CaptureFixture[str]
) -> None:
    before = read_all(data)
    assert main(["pull", "--data", str(data)]) == 1
    assert "Nothing is configured to be pulled" in capsys.readouterr().err
    assert read_all(data) == before
    assert read_pulls(data) == []


def test_a_token_may_stand_in_the_secrets_and_has_to_stand_somewhere(
    data: Path,
    start: Callable[[Tool], Served],
    configure: Write,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    served = start(make_tool("eventbrite"))
    configure(write_source("eventbrite", served.address))
    monkeypatch.delenv("EVENTBRITE_TOKEN")
    assert main(["pull", "--data", str(data)]) == 1
    assert "EVENTBRITE_TOKEN is set neither in the environment nor under [pull]" in capsys.readouterr().err
    assert served.asked == []
    (tmp_path / "secrets.toml").write_text(f'[pull]\nEVENTBRITE_TOKEN = "{TOKEN}"\n', encoding="utf-8")
    assert main(["pull", "--data", str(data)]) == 0
    for bad in ("two words", "tôken-of-more", "a\x7fb"):
        monkeypatch.setenv("EVENTBRITE_TOKEN", bad)
        assert main(["pull", "--data", str(data)]) == 1
        said = capsys.readouterr().err
        assert "EVENTBRITE_TOKEN holds characters that no token has" in said
        assert bad not in said


def test_the_example_of_the_docs_can_be_read(data: Path, configure: Write) -> None:
    configure((configured.__doc__ or "").partition("\n")[2])
    assert [(pull.name, pull.kind) for pull in read_pulls(data)] == [
        ("spring-survey", "limesurvey"),
        ("responses", "qualtrics"),
        ("launch", "eventbrite"),
        ("weekly-call", "zoom"),
    ]


def test_how_a_file_is_read_stands_beside_where_it_comes_from(data: Path, configure: Write) -> None:
    configure(GOOD.replace("[source.options]", 'missing = ["-99"]\nevery = "15m"\n[source.options]'))
    (pull,) = read_pulls(data)
    assert (pull.mapping.name, pull.mapping.missing) == ("limesurvey.csv", ["-99"])
    assert pull.mapping.options == {"survey_id": "S", "wave_id": "W1"}
    assert (pull.every.total_seconds(), pull.file) == (900, "limesurvey.csv")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
    ],
)
def test_only_this_machine_is_asked_without_https(
    host: str, expected: bool, data: Path, configure: Write
) -> None:
    assert is_loopback(host) is expected
    configure(change("https://survey.example.org", f"http://{f'[{host}]' if ':' in host else host}"))
    if expected:
        assert read_pulls(data)
    else:
        with pytest.raises(Refused, match="not encrypted"):
            read_pulls(data)
