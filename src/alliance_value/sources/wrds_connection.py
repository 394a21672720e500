"""Where WRDS is + the user's own password file -> a connection, or what is wrong.

The password is read by libpq alone; nothing here holds it.
"""

from __future__ import annotations

import getpass
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from alliance_value.contracts.problems import Problem, UserError, clip

FIELD = re.compile(r"((?:[^:\\]|\\.)*):")
# libpq reads many variables that would lead it elsewhere; these say whom to trust
TRUST = ("PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGSSLCRL", "PGSSLCRLDIR")
SUBJECT = "the connection to WRDS"


@dataclass(frozen=True)
class Server:
    """Where the database is. There is one host, and no other is ever tried."""

    host: str
    port: int
    dbname: str
    user: str = ""
    sslmode: str = "require"
    connect_timeout: int = 30

    @property
    def place(self) -> str:
        """Return host and port."""
        return f"{self.host}:{self.port}"


@contextmanager
def connected(server: Server) -> Iterator[Any]:
    """Open a connection that only reads; nothing is asked of the terminal.

    Raises
    ------
    UserError
        There is no usable password file, or the server cannot be reached or refuses.
    """
    from adbc_driver_postgresql import dbapi

    passfile = password_file(os.environ)
    user = user_of(server, passfile, os.environ)
    uri = address(server, user, passfile)
    try:
        with without_variables(os.environ):
            connection = dbapi.connect(uri, autocommit=True)
    except (dbapi.Error, OSError) as error:
        problem = explained(str(error), server, user, passfile)
        raise UserError([problem], SUBJECT) from None
    try:
        yield connection
    finally:
        connection.close()


def address(server: Server, user: str, passfile: Path) -> str:
    """Return the address of the database, which holds no password."""
    words = {
        "host": server.host,
        "port": server.port,
        "dbname": server.dbname,
        "user": user,
        "sslmode": server.sslmode,
        "passfile": passfile,
        "connect_timeout": server.connect_timeout,
        "gssencmode": "disable",
        "application_name": "alliance-value",
        "client_encoding": "UTF8",
        # a connection that died is noticed within two minutes
        "keepalives_idle": 60,
        "keepalives_interval": 20,
        "keepalives_count": 3,
    }
    return f"postgresql:///?{urlencode(words, quote_via=quote)}"


@contextmanager
def without_variables(environ: Any) -> Iterator[None]:
    """Hide the variables by which libpq could take another host, user or password."""
    hidden = {k: v for k, v in environ.items() if k.startswith("PG") and k not in TRUST}
    for name in hidden:
        del environ[name]
    try:
        yield
    finally:
        environ.update(hidden)


def password_file(environ: Mapping[str, str]) -> Path:
    """Return the user's password file, which nobody else may read.

    Raises
    ------
    UserError
        It is not there, is no file, or is open to others (libpq would pass over it).
    """
    path = Path(environ.get("PGPASSFILE") or Path(environ.get("HOME", "~")) / ".pgpass")
    path = path.expanduser()
    try:
        mode = path.stat().st_mode
        rule = "" if stat.S_ISREG(mode) else "the password file is no plain file"
        path.open("rb").close() if not rule else None
    except FileNotFoundError:
        mode, rule = 0, "there is no password file"
    except OSError as error:
        mode, rule = 0, f"the password file cannot be read ({error.strerror})"
    remedy = (
        "write the line HOST:PORT:DATABASE:USER:PASSWORD to it and run "
        f"'chmod 600 {path}' (docs/wrds.md)"
    )
    if not rule and mode & 0o077:
        rule = f"others may read the password file (its mode is {mode & 0o777:o})"
        remedy = f"run 'chmod 600 {path}'"
    if rule:
        raise UserError([Problem(rule, remedy, str(path))], SUBJECT)
    return path


def user_of(server: Server, passfile: Path, environ: Mapping[str, str]) -> str:
    """Return the user: as told, PGUSER, that of the password file's line, one's own.

    Raises
    ------
    UserError
        No line of the password file is for this server and user.
    """
    name = server.user or environ.get("PGUSER", "")
    target = (server.host, str(server.port), server.dbname)
    users = []
    with passfile.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            head = re.match(r"(?:(?:[^:\\\n]|\\.)*:){4}", line)
            if head is None or line.startswith("#"):
                continue
            fields = [re.sub(r"\\(.)", r"\1", f) for f in FIELD.findall(head.group())]
            if all(f in ("*", t) for f, t in zip(fields[:3], target, strict=True)):
                users.append(fields[3])
    named = [user for user in users if user != "*"]
    if name in users or (users and (not name or "*" in users)):
        return name or (named[0] if named else getpass.getuser())
    line = f"{server.host}:{server.port}:{server.dbname}:{name or 'USER'}:PASSWORD"
    raise UserError(
        [
            Problem(
                rule="no line of the password file is for this server"
                + (f" and the user '{name}'" if name else ""),
                remedy=f"add the line {line} (a colon or backslash of the password "
                "after a backslash)",
                where=str(passfile),
            )
        ],
        SUBJECT,
    )


def explained(text: str, server: Server, user: str, passfile: Path) -> Problem:
    """Return a failed connection in plain words, with the next step."""
    plain = text.lower()
    place = f"sources.wrds, {server.place}"
    for words, rule, remedy in (
        (
            ("could not translate host name",),
            f"there is no host '{server.host}', or no network",
            "check sources.wrds.host and your connection to the internet",
        ),
        (
            ("timeout expired", "timed out"),
            f"the server did not answer within {server.connect_timeout} seconds",
            "check host and port, and whether a firewall or VPN stands between; "
            "then run the same command again",
        ),
        (
            ("connection refused", "no route to host", "network is unreachable"),
            "nothing answers there",
            "check sources.wrds.host and port, and your network",
        ),
        (
            ("does not support ssl",),
            "the server does not offer an encrypted connection",
            "check host and port; over an SSH tunnel or on your own machine write "
            "'sslmode: disable'",
        ),
        (
            ("certificate", "ssl error", "tls"),
            "the encrypted connection was refused",
            "check sources.wrds.sslmode, and PGSSLROOTCERT where it is verify-ca or "
            f"verify-full ({first_line(text)})",
        ),
        (
            ("expired",),
            f"the account or password of the user '{user}' has expired",
            f"renew it on the server's website, then put it into {passfile}",
        ),
        (
            ("password authentication failed", "authentication failed"),
            f"the server refused the user '{user}' with the password of {passfile}: "
            "one of them is wrong or has expired",
            "log in on the server's website with both to see which, then mend the "
            "line of the password file",
        ),
        (
            ("no password supplied",),
            f"no line of {passfile} fits host, port, database and user '{user}'",
            f"add the line {server.place}:{server.dbname}:{user}:PASSWORD",
        ),
        (
            ("does not exist",),
            f"there is no database '{server.dbname}' or no user '{user}'",
            "check sources.wrds.dbname and the user of the password file",
        ),
        (
            ("too many", "connection slots"),
            "the server has no connection left for this user",
            "close other sessions, wait some minutes, and run the same command again",
        ),
        (
            ("no pg_hba.conf entry", "permission denied", "not permitted"),
            f"the server does not let the user '{user}' in from here",
            "ask the server's support, or connect from your institution's network",
        ),
    ):
        if any(word in plain for word in words):
            return Problem(rule=rule, remedy=remedy, where=place)
    return Problem(
        rule=f"the connection failed: {first_line(text)}",
        remedy="check sources.wrds and your network, then run the same command again",
        where=place,
    )


def first_line(text: str) -> str:
    """Return the first line of a driver's message, short and without secrets."""
    lines = [line for line in text.splitlines() if line.strip()]
    return clip(scrubbed(lines[0].strip() if lines else "no reason given"), 200)


def scrubbed(text: str) -> str:
    """Take what may be a password out of a message."""
    text = re.sub(r"//[^/@\s]*@", "//...@", text)
    return re.sub(r"(?i)(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]+)", r"\1...", text)
