"""Start the staff and the funder server, and stop both together."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from types import FrameType

from settings import PROJECT, STAFF_ONLY

HOST = "127.0.0.1"
SECONDS = 10
NO_SECRETS = "/nonexistent/secrets.toml"


def main() -> int:
    """Serve until interrupted or until one of the two servers stops; returns that server's exit status."""
    parser = argparse.ArgumentParser(prog="python serve.py", description=main.__doc__)
    parser.add_argument("--staff", type=_read_port, default=8501, metavar="PORT")
    parser.add_argument("--funder", type=_read_port, default=8502, metavar="PORT")
    given = parser.parse_args()
    if given.staff == given.funder:
        parser.error(
            f"both servers would have port {given.staff}: give --staff and --funder two different ones."
        )
    for name in ("staff", "funder"):
        _check_free(name, getattr(given, name))
    if os.environ.get("DATABASE_URL") and not os.environ.get("FUNDER_LINKS_URL"):
        sys.exit(
            "DATABASE_URL is set, so the links lie there: set FUNDER_LINKS_URL too, or no link works (docs/deploy.md)."
        )
    servers = [_start("staff", given.staff), _start("funder", given.funder)]
    print(
        f"Dashboard: http://{HOST}:{given.staff}   Shared links: http://{HOST}:{given.funder}   Stop with Ctrl-C."
    )

    def stop(number: int, frame: FrameType | None) -> None:
        for server in servers:
            server.terminate()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    pid, status = os.wait()
    stop(0, None)
    for server in servers:
        if server.pid != pid:
            try:
                server.wait(SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
    return 0 if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def _read_port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port: use a number from 1 to 65535.")
    return int(text)


def _check_free(name: str, port: int) -> None:
    """Exit with one sentence where a server could not listen."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError as fault:
            sys.exit(
                f"Port {port} of {HOST} cannot be used ({fault.strerror}): choose another with --{name} PORT."
            )


def _start(audience: str, port: int) -> subprocess.Popen[bytes]:
    """One server; that of the funder gets neither the secrets of signing in nor the journal's address."""
    command = [sys.executable, "-m", "streamlit", "run", "dashboard.py", "--server.port", str(port)]
    environment = {**os.environ, "AUDIENCE": audience}
    if audience == "funder":
        command += ["--secrets.files", NO_SECRETS]
        for name in STAFF_ONLY:
            environment.pop(name, None)
    return subprocess.Popen(command, cwd=PROJECT, env=environment)


if __name__ == "__main__":
    sys.exit(main())
