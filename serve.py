"""Start the staff and the funder server, and stop both together."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from types import FrameType

from settings import PROJECT, STAFF_ONLY

HOST = "127.0.0.1"
NO_SECRETS = "/nonexistent/secrets.toml"


def main() -> int:
    """Serve until interrupted or until one of the two servers stops; returns that server's exit status."""
    parser = argparse.ArgumentParser(prog="python serve.py", description=main.__doc__)
    parser.add_argument("--staff", type=int, default=8501, metavar="PORT")
    parser.add_argument("--funder", type=int, default=8502, metavar="PORT")
    given = parser.parse_args()
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
            server.wait(10)
    return 0 if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


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
