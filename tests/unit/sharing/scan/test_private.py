"""Secrets and paths of a machine are found in any text, examples are not."""

from __future__ import annotations

import pytest

from alliance_value.sharing.scan.private import credentials, machine_paths

SECRETS = {
    "env": "PGPASSWORD=hunter2secretXYZ",
    "env exported": "export WRDS_PASS=hunter2",
    "env quoted": "WRDS_PASS='hunter2'",
    "pgpass": "db.example.org:9737:wrds:jdoe:hunter2secretXYZ",
    "netrc": "machine a.org\n  login jdoe\n  password hunter2",
    "ini": "[client]\npassword = sesame",
    "dvc": "secret_access_key = abcdefgh",
    "yaml": "  password: sesame",
    "toml": 'token = "abcd1234efgh"',
    "json": '{"user": "j", "password": "hunter2"}',
    "json key": '"api_key": "abcd1234efgh5678"',
    "notebook": '"con = connect(password=\\"hunter2xyz\\")\\n"',
    "xml": "<password>hunter2</password>",
    "docker": "ENV DB_PASSWORD hunter2x",
    "spoken": "my password is hunter2",
    "spoken in German": "Passwort: geheim12",
    "address": "postgresql://ann:sesame@host/db",
    "header": "Authorization: Bearer abcdefghij1234567890",
    "curl": "curl -u jdoe:hunter2 https://example.org",
    "sshpass": "sshpass -p hunter2 ssh host",
    "option": "tool --password hunter2 file",
    "option with sign": "tool --token=abcd1234efgh",
    "amazon": "AKIAABCDEFGHIJKLMNOP",
    "azure": f"AccountName=a;AccountKey={'abcdefgh' * 8}==",
    "github": f"ghp_{'a1' * 18}",
    "github, fine": "github_pat_11ABCDEFG0abcdefghijkl_mnop",
    "slack": "xoxb-123456789012-abcdef",
    "openai": "sk-proj-abcdefghij1234567890abcd",
    "hugging face": f"hf_{'abcd' * 8}",
    "jwt": f"eyJ{'a' * 12}.eyJ{'b' * 12}.{'c' * 12}",
    "openssh": "-----BEGIN OPENSSH PRIVATE KEY-----",
    "pkcs8": "-----BEGIN PRIVATE KEY-----",
}
SECRETS_IN_PROGRAMS = {
    "Python": 'con = connect(user="jdoe", password="hunter2secretXYZ")',
    "Python, annotated": "PASSWORD: str = 'hunter2'",
    "Python, environment": 'os.environ["PGPASSWORD"] = "hunter2"',
    "Python, connection": 'db = "host=x user=j password=hunter2 sslmode=require"',
    "R": "pw <- 'hunter2x9'",
    "R, environment": 'Sys.setenv(PGPASSWORD = "hunter2")',
    "Stata, local": 'local password "hunter2"',
    "Stata, global": "global pass hunter2",
    "Stata, odbc": 'odbc load, user("jdoe") password("hunter2") dsn("x")',
    "SAS": "%let wrds_pw=hunter2abc;",
    "Matlab": "passwd = 'hunter2';",
}
EXAMPLES = [
    "password = password_file(environ)",
    "connect(password=args.password)",
    'password = os.environ["PGPASSWORD"]',
    'password = Sys.getenv("PGPASSWORD")',
    'pw <- rstudioapi::askForPassword("Database password")',
    'f"{url}://{user}:{password}@{host}"',
    "token = tokens[2]",
    'if token == "abcdefgh":',
    'keys = ["permno", "date", "password", "api_key"]',
    "def login(password: str) -> None: ...",
    "json.dumps(x, sort_keys=True)",
    "passed = 'abcd1234efgh'",
    "wrds-pgdata.wharton.upenn.edu:9737:wrds:YOUR_USER:YOUR_PASSWORD",
    "| SSH | `ssh://user@host/path` | `keyfile` or `password` |",
    "password: the one of your account",
    "export API_TOKEN=<your token>",
    "https://user:password@host/x",
    "passengers,10234,abc12345",
    "at 10:15:20:x:y the file is written",
]
PATHS = [
    'setwd("/data/jdoe/project")',
    "X = '/scratch/jdoe/compustat'",
    "cd /home/ann",
    "at: /srv/study/data",
    "[/gpfs/u1/x]",
    "(/project/def-x/y)",
    "`/opt/stata17/ado`",
    "/Volumes/USB/x",
    "<td>/mnt/c/Users/ann</td>",
    "source('/cluster/home/x.R')",
    'href="/afs/x.edu/u/a"',
    "/private/var/folders/x",
    "/tmp/x1/y",
    "C:\\Users\\ann\\x",
    '"C:\\\\Users\\\\ann\\\\x"',
    "r'D:\\data\\crsp'",
    "use E:\\data",
    "D:/projects/x",
    'use "z:/proj/x.dta"',
    "\\\\server\\share\\x",
    "'\\\\\\\\server\\\\share\\\\x'",
    "file:///C:/Users/x",
    "file:///home/ann/x",
    "~ann/data/x",
]
NO_PATHS = [
    "#!/usr/bin/env bash",
    "> /dev/null",
    "'/etc/passwd'",
    "export X=/path/to/data",
    "https://example.org/a/b/c",
    "build/<study>/verify/verdict.html",
    "results/x/y, ../a/b, ./a/b, ~/.pgpass",
    "${X}/a/b and $HOME/a/b and f'{a}/{b}/c'",
    "and/or, input/output/both, km/h/s, 1/2/3, DD/MM/YYYY, a / b / c",
    "</td></tr></table>",
    "re.compile(r'/(?:home|x)/y')",
    "\\frac{a}{b} \\\\ \\midrule \\\\[2pt]",
    "'\\n\\t\\d+' and r'x:\\d+'",
    "data:image/png;base64,iVB/abc/def",
]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_found_in_a_text(kind):
    assert list(credentials(f"one line\n{SECRETS[kind]}\nanother\n", code=False))


@pytest.mark.parametrize("kind", SECRETS_IN_PROGRAMS)
def test_a_secret_is_found_in_a_program(kind):
    text = f"first = 1\n{SECRETS_IN_PROGRAMS[kind]}\nlast = 2\n"
    assert list(credentials(text, code=True))


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_a_secret_is_none(text):
    assert list(credentials(f"one line\n{text}\n", code=True)) == []


@pytest.mark.parametrize("text", PATHS)
def test_a_path_of_one_machine_is_found(text):
    assert machine_paths(f"one line\n{text}\n", "/nowhere")


@pytest.mark.parametrize("text", NO_PATHS)
def test_other_slashes_are_no_path_of_one_machine(text):
    assert machine_paths(f"one line\n{text}\n", "/nowhere") == []


def test_the_checkout_itself_is_found_wherever_it_is():
    assert machine_paths("see /x y/study for it", "/x y/study") == ["/x y/study"]
