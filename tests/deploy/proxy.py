"""A real nginx on loopback with the project's own configuration: other ports, no certificate, else word for word."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from settings import PROJECT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin") or ""
MISSING = "No nginx is installed: install it with apt-get install nginx."
STAFF_PORTS = (8501, 8503)
_WHOLE = """pid {folder}/pid;
error_log {folder}/error.log;
daemon off;
{user}
events {{ worker_connections 1024; }}
http {{
{temporary}
{project}
}}
"""
_KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def run_nginx(folder: Path, port: int, staff: tuple[int, int], redirect: int) -> Iterator[None]:
    """nginx before two staff processes until the block ends; `redirect` is the port that takes the place of 80."""
    configuration = folder / "nginx.conf"
    configuration.write_text(_write_configuration(folder, port, staff, redirect), encoding="utf-8")
    process = subprocess.Popen([NGINX, "-e", str(folder / "error.log"), "-c", str(configuration)])
    try:
        _wait_until_open(process, port)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _write_configuration(folder: Path, port: int, staff: tuple[int, int], redirect: int) -> str:
    project = (PROJECT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    project = re.sub(r"^ *(listen \[::\]|ssl_).*\n", "", project, flags=re.MULTILINE)
    project = project.replace("listen 80;", f"listen 127.0.0.1:{redirect};")
    project = project.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    project = project.replace("/var/log/nginx/", f"{folder}/")
    for before, after in zip(STAFF_PORTS, staff, strict=True):
        project = project.replace(f"127.0.0.1:{before}", f"127.0.0.1:{after}")
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in _KINDS)
    user = "user root;" if os.getuid() == 0 else ""
    return _WHOLE.format(folder=folder, user=user, temporary=temporary, project=project)


def _wait_until_open(process: subprocess.Popen[bytes], port: int) -> None:
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    raise AssertionError(f"nginx did not start: status {process.returncode}")
