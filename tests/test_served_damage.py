"""serve.py says in one sentence why it does not start, and starts no server then."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

import serve


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listening:
        listening.bind((serve.HOST, 0))
        listening.listen()
        yield int(listening.getsockname()[1])


@pytest.fixture(autouse=True)
def start_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(audience: str, port: int) -> None:
        raise AssertionError(f"{audience} was started on {port}")

    monkeypatch.setattr(serve, "_start", start)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--staff", "99999"), "99999 is no port: use a number from 1 to 65535."),
        (("--funder", "0"), "0 is no port: use a number from 1 to 65535."),
        (("--staff", "-1"), "--staff"),
        (("--staff", "abc"), "abc is no port: use a number from 1 to 65535."),
        (("--staff", "8600", "--funder", "8600"), "both servers would have port 8600"),
    ],
)
def test_a_port_that_is_none_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.setattr(sys, "argv", ["serve.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        serve.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_said_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    monkeypatch.setattr(sys, "argv", ["serve.py", "--staff", str(taken)])
    with pytest.raises(SystemExit, match=rf"^Port {taken} of {serve.HOST} cannot be used .*--staff PORT\.$"):
        serve.main()


def test_control_with_free_ports_the_servers_are_started(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as one, socket.socket() as other:
        ports = []
        for free in (one, other):
            free.bind((serve.HOST, 0))
            ports.append(str(free.getsockname()[1]))
    monkeypatch.setattr(sys, "argv", ["serve.py", "--staff", ports[0], "--funder", ports[1]])
    with pytest.raises(AssertionError, match="staff was started"):
        serve.main()
