"""Password files and messages of a server, without one."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.wrds_connection import (
    Server,
    address,
    explained,
    first_line,
    password_file,
    user_of,
    without_variables,
)

SERVER = Server("h", 9737, "wrds")


def told(call):
    with pytest.raises(UserError) as caught:
        call()
    (problem,) = caught.value.problems
    return problem


def test_the_address_holds_no_password():
    words = parse_qs(urlparse(address(SERVER, "a b", Path("/p/.pgpass"))).query)
    assert {name: value for name, (value,) in words.items()} == {
        "host": "h",
        "port": "9737",
        "dbname": "wrds",
        "user": "a b",
        "sslmode": "require",
        "passfile": "/p/.pgpass",
        "connect_timeout": "30",
        "gssencmode": "disable",
        "application_name": "alliance-value",
        "client_encoding": "UTF8",
        "keepalives_idle": "60",
        "keepalives_interval": "20",
        "keepalives_count": "3",
    }
    assert SERVER.place == "h:9737"


def test_variables_are_hidden_and_come_back():
    environ = {"PGHOST": "x", "PGSSLROOTCERT": "r", "PATH": "p"}
    with without_variables(environ):
        assert environ == {"PGSSLROOTCERT": "r", "PATH": "p"}
    assert environ == {"PGHOST": "x", "PGSSLROOTCERT": "r", "PATH": "p"}


@pytest.mark.parametrize(
    ("mode", "rule"),
    [
        (0o600, None),
        (0o400, None),
        (0o640, "others may read the password file (its mode is 640)"),
        (0o601, "others may read the password file (its mode is 601)"),
        (0o606, "others may read the password file (its mode is 606)"),
    ],
)
def test_nobody_else_may_read_the_password_file(mode, rule, tmp_path):
    path = tmp_path / ".pgpass"
    path.write_text("")
    path.chmod(mode)
    for environ in ({"HOME": str(tmp_path)}, {"PGPASSFILE": str(path), "HOME": "/"}):
        if rule is None:
            assert password_file(environ) == path
        else:
            problem = told(lambda e=environ: password_file(e))
            assert problem.rule == rule and problem.where == str(path)
            assert problem.remedy == f"run 'chmod 600 {path}'"


def test_what_is_no_password_file_is_told(tmp_path):
    absent = told(lambda: password_file({"HOME": str(tmp_path)}))
    assert absent.rule == "there is no password file"
    assert absent.remedy.startswith("write the line HOST:PORT:DATABASE:USER:PASSWORD")
    folder = told(lambda: password_file({"PGPASSFILE": str(tmp_path)}))
    assert folder.rule == "the password file is no plain file"
    (tmp_path / "file").touch()
    below = {"PGPASSFILE": str(tmp_path / "file" / "x")}
    rule = told(lambda: password_file(below)).rule
    assert rule == "the password file cannot be read (Not a directory)"


@pytest.mark.parametrize(
    ("lines", "server", "environ", "user"),
    [
        (["h:9737:wrds:me:pw"], "", {}, "me"),
        (["h:9738:wrds:no:pw", "*:*:*:me:pw"], "", {}, "me"),
        (["#h:9737:wrds:no:pw", "h:9737:wrds", "h:9737:wrds:me:p:w"], "", {}, "me"),
        (["h:9737:wrds:a:pw", "h:9737:wrds:b:pw"], "", {}, "a"),
        (["h:9737:wrds:a:pw", "h:9737:wrds:b:pw"], "", {"PGUSER": "b"}, "b"),
        (["h:9737:wrds:a:pw", "h:9737:wrds:b:pw"], "b", {"PGUSER": "a"}, "b"),
        (["h:9737:wrds:*:pw"], "you", {}, "you"),
        (["h:9737:wrds:*:pw"], "", {}, getpass.getuser()),
        (["h:9737:wrds:*:pw", "h:9737:wrds:me:pw"], "", {}, "me"),
        ([r"h:9737:wrds:a\:b\\c:pw"], "", {}, r"a:b\c"),
        (["h:9737:wrds:me:pw"], "you", {}, None),
        (["h:9737:other:me:pw"], "", {}, None),
        ([], "", {}, None),
    ],
)
def test_the_user_is_that_of_the_servers_line(lines, server, environ, user, tmp_path):
    path = tmp_path / ".pgpass"
    path.write_text("\n".join(lines) + "\n")
    place = Server("h", 9737, "wrds", user=server)
    if user is not None:
        assert user_of(place, path, environ) == user
        return
    problem = told(lambda: user_of(place, path, environ))
    named = f" and the user '{server}'" if server else ""
    assert problem.rule == f"no line of the password file is for this server{named}"
    line = f"add the line h:9737:wrds:{server or 'USER'}:PASSWORD"
    assert problem.remedy.startswith(line) and problem.where == str(path)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Could not translate host name", "there is no host 'h', or no network"),
        ("timed out", "the server did not answer within 30 seconds"),
        ("No route to host", "nothing answers there"),
        ("server does not support SSL", "does not offer an encrypted connection"),
        ("tls alert", "the encrypted connection was refused"),
        (
            "password has expired",
            "the account or password of the user 'me' has expired",
        ),
        ("authentication failed", "the server refused the user 'me' with the password"),
        ("fe_sendauth: no password supplied", "no line of .pgpass fits host, port"),
        ("database does not exist", "there is no database 'wrds' or no user 'me'"),
        ("too many clients", "the server has no connection left for this user"),
        ("permission denied", "the server does not let the user 'me' in from here"),
        ("\n odd \nmore", "the connection failed: odd"),
    ],
)
def test_a_failed_connection_is_explained(text, rule):
    problem = explained(text, SERVER, "me", Path(".pgpass"))
    assert rule in problem.rule and problem.where == "sources.wrds, h:9737"


def test_a_message_is_one_line_without_secrets():
    assert first_line("x" * 200) == "x" * 200
    assert first_line("x" * 201) == "x" * 200 + "... (201 chars)"
    assert first_line(" \n ") == "no reason given"
    assert first_line("\n to //me:pw@h/d \nmore") == "to //...@h/d"
    assert os.linesep not in first_line("a\nb")
