"""A real PostgreSQL of the tests' own: made in a temporary folder, gone when the tests are."""

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

INSTALLATIONS = Path("/usr/lib/postgresql")
START_SECONDS = 30
OPTIONS = {
    "listen_addresses": "",
    # Nothing in here has to survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "timezone": "UTC",
}


def find_binaries() -> Path | None:
    """The newest installed server's programs, or ``None``; Debian keeps them off the PATH."""
    found = sorted(INSTALLATIONS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@dataclass(frozen=True)
class Cluster:
    """A running server; ``folder`` holds its socket, which only root and the server's user can reach."""

    folder: Path

    def url(self, name: str) -> str:
        return f"postgresql+psycopg2://postgres@/{name}?host={self.folder}"

    def create(self, template: str | None = None) -> str:
        """Make a database, empty or a copy of ``template``, and return its name."""
        name = "t" + secrets.token_hex(6)
        copied = f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
        self._run(f"CREATE DATABASE {name}{copied}")
        return name

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()


@contextmanager
def running_cluster(binaries: Path) -> Iterator[Cluster]:
    """Start a server on a Unix socket; it stops with the block, and also if this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="lachan-pg-"))
    try:
        # initdb refuses to run as root.
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _initialise(binaries, folder)
        server = _start(binaries, folder)
        try:
            yield Cluster(folder)
        finally:
            server.terminate()
            _stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_owner() -> list[str]:
    """The words before a command that run it as the server's user and end it with this process."""
    drop = ["--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
    return ["setpriv", *drop, "--pdeathsig=INT", "--"]


def _initialise(binaries: Path, folder: Path) -> None:
    words = "-U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions".split()
    command = [*_as_owner(), str(binaries / "initdb"), "-D", str(folder / "data"), *words]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)


def _start(binaries: Path, folder: Path) -> subprocess.Popen[bytes]:
    settings = [part for key, value in OPTIONS.items() for part in ("-c", f"{key}={value}")]
    command = [str(binaries / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *settings]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen([*_as_owner(), *command], cwd=folder, stdout=log, stderr=log)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(binaries, folder):
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise RuntimeError("PostgreSQL did not start: " + (folder / "server.log").read_text()[-400:])
        time.sleep(0.05)
    return server


def _answers(binaries: Path, folder: Path) -> bool:
    ready = [str(binaries / "pg_isready"), "-q", "-h", str(folder), "-U", "postgres"]
    return subprocess.run(ready, check=False).returncode == 0


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server at once: its data is thrown away anyway."""
    try:
        server.wait(3)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(5)
