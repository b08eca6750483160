"""A real PostgreSQL server from the distribution's packages, reached by a socket in the data folder that goes with it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url

MISSING = "No PostgreSQL server is installed: install it with apt-get install postgresql."
ROOM = 4 * 2**30
FAST = "-c fsync=off -c full_page_writes=off -c max_connections=300"


@dataclass
class Postgres:
    """A running server; its superuser is postgres, and everybody on this machine is believed."""

    folder: Path
    programs: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def name_url(self, database: str, role: str = "postgres") -> str:
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def make_database(self) -> str:
        """The address of a new, empty database."""
        name = f"store{next(self._numbers)}"
        self.run("postgres", f"CREATE DATABASE {name} TEMPLATE template0")
        return self.name_url(name)

    def run(self, database: str, *statements: str) -> None:
        """Run statements as the superuser, each in a transaction of its own; `database` is a name or an address."""
        url = database if "://" in database else self.name_url(database)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
        engine.dispose()

    def make_role(self, role: str) -> None:
        """A role that may sign in, unless it is there."""
        self.run(
            "postgres",
            f'DO $$ BEGIN CREATE ROLE "{role}" LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$',
        )

    def run_file(self, url: str, file: Path, **variables: str) -> None:
        """Run a file of SQL by psql, which stops at the first error."""
        given = [f"--set={name}={value}" for name, value in variables.items()]
        command = [str(self.programs / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *given]
        subprocess.run([*command, f"--file={file}", url], check=True, capture_output=True)

    def act_as(self, url: str, role: str) -> str:
        """The same database reached as another role."""
        return make_url(url).set(username=role).render_as_string()


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl, the newest where there are several; None where there is none."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: float(path.parts[4]))
    return folders[-1].parent if folders else None


@contextmanager
def run_postgres(programs: Path) -> Iterator[Postgres]:
    """A server until the block ends. It never runs as root: its user is then that of the package."""
    user = pwd.getpwnam("postgres").pw_name if os.getuid() == 0 else None
    # Databases are thousands of small files, which a disk takes a minute to remove.
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=memory if has_room else None))
    if user:
        shutil.chown(folder, user)
    data = str(folder / "data")

    def run(program: str, *words: str) -> None:
        _run([str(programs / program), "-D", data, *words], folder, user)

    try:
        run(
            "initdb",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        options = f"-h '' -k {folder} {FAST}"
        run("pg_ctl", "--wait", "--silent", "--log", str(folder / "log"), "-o", options, "start")
        try:
            yield Postgres(folder, programs)
        finally:
            run("pg_ctl", "--wait", "--silent", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _run(command: Sequence[str], folder: Path, user: str | None) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]} failed: {done.stderr}"
