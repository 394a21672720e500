"""WRDS over a real PostgreSQL server on loopback that the tests start and stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources import wrds, wrds_connection
from alliance_value.sources.wrds import (
    column_problems,
    fetch,
    fetch_parts,
    interrupted,
    look_up,
    no_table,
    select,
    spans,
)
from alliance_value.sources.wrds_connection import Server, connected
from alliance_value.sources.wrds_securities import linked_securities
from alliance_value.sources.wrds_store import Store
from alliance_value.sources.wrds_tables import KNOWN, Request, requests
from tests import postgres
from tests.postgres import OWNER_WORD, READER, READER_WORD, running_server


def daily_rows() -> pa.Table:
    """Return 3 securities over 3 years, shuffled, some cells missing."""
    draws = np.random.default_rng(5)
    days = [date(2001, 1, 1) + timedelta(n) for n in range(1096)]
    table = pd.DataFrame(
        {
            "permno": np.repeat([10001, 10002, 99999], len(days)),
            "permco": np.repeat([7, 7, 9], len(days)),
            "date": days * 3,
            "prc": draws.normal(20, 3, 3 * len(days)),
            "ret": draws.normal(0, 0.02, 3 * len(days)),
            "shrout": draws.integers(100, 900, 3 * len(days)).astype(float),
            "never_wanted": "x",
        }
    )
    table.loc[::17, "ret"] = np.nan
    table = table.sample(frac=1, random_state=5, ignore_index=True)
    return pa.Table.from_pandas(table, preserve_index=False)


def statements() -> pa.Table:
    """Return the statements of two firms, one row with every text missing."""
    columns = {name: ["INDL", "INDL", "FS", "INDL"] for name in KNOWN_FUNDA}
    columns |= {
        "gvkey": ["001038", "001004", "001038", "001004"],
        "datadate": [date(2003, 5, 31), date(2002, 12, 31)] * 2,
        "fyear": [2002, 2002, 2002, 2002],
        "conm": ["Ärzte 'A', \"B\" Inc", None, "x", "naïve"],
        "at": [10.25, None, 12.5, 1e-9],
        "sale": [1.0, 2.0, 3.0, 4.0],
    }
    return pa.table(columns)


KNOWN_FUNDA = KNOWN["compustat_funda"].columns
DAILY = Request(
    "crsp_dsf",
    "crsp",
    "dsf",
    KNOWN["crsp_dsf"].columns,
    ("permno", "date"),
    "date",
    "2001-06-01",
    "2003-02-10",
    "permno",
)
FUNDA = Request(
    "compustat_funda",
    "comp",
    "funda",
    KNOWN_FUNDA,
    KNOWN_FUNDA[:6],
    "datadate",
    "2002-01-01",
    "2003-12-31",
    "",
)


@pytest.fixture(scope="module")
def database() -> Iterator[postgres.Server]:
    with running_server() as server:
        server.put("crsp", "dsf", daily_rows())
        server.put("comp", "funda", statements())
        server.put("ff", "closed", pa.table({"date": [date(2001, 1, 1)], "rf": [0.1]}))
        server.run(
            # as on the server: codes of fixed width, small and exact numbers
            "ALTER TABLE comp.funda ALTER indfmt TYPE char(12), "
            "ALTER fyear TYPE smallint, ALTER sale TYPE numeric(18,4)",
            f"REVOKE SELECT ON ff.closed FROM {READER}",
        )
        yield server


@pytest.fixture
def server(
    database: postgres.Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Server:
    """Where the database is; the home of the user has a password file."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    lines = "# mine\n" + "other.host:5432:*:someone:word\n" + database.password_line()
    passfile(tmp_path, lines)
    return Server("127.0.0.1", database.port, "wrds", sslmode="disable")


def passfile(home: Path, text: str, mode: int = 0o600) -> None:
    path = home / ".pgpass"
    path.write_text(text)
    path.chmod(mode)


@pytest.fixture
def get(server: Server, tmp_path: Path) -> Callable[..., SimpleNamespace]:
    """Return a function that fetches, and gives the file, its bytes and the log."""

    def run(request: Request, name: str = "out", **changes: object) -> SimpleNamespace:
        said: list[str] = []
        output = tmp_path / f"{name}.parquet"
        asked = changes.pop("asked", [request])
        tell = changes.pop("tell", said.append)
        where = replace(server, **changes.pop("server", {}))
        changes.setdefault("securities", [10002, 10001])
        folder = tmp_path / f"store-{name}"
        fetch(request, asked, where, folder, output, tell, **changes)
        return SimpleNamespace(
            table=pq.read_table(output), bytes=output.read_bytes(), said=said
        )

    return run


def message(call: Callable[[], object]) -> str:
    """Return the one message of a failed call, which holds no password."""
    with pytest.raises(UserError) as caught:
        call()
    text = caught.value.render(limit=None)
    assert READER_WORD not in text
    assert OWNER_WORD not in text
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return text


# What is fetched


def test_the_days_and_securities_asked_for_are_fetched_as_they_are(get):
    found = get(DAILY).table.to_pandas()
    source = daily_rows().to_pandas().drop(columns="never_wanted")
    wanted = source.permno.isin([10001, 10002])
    wanted &= source.date.between(date(2001, 6, 1), date(2003, 2, 10))
    expected = source[wanted].sort_values(["permno", "date"], ignore_index=True)
    pd.testing.assert_frame_equal(
        found.sort_values(["permno", "date"], ignore_index=True),
        expected[list(DAILY.columns)],
        check_exact=True,
    )
    # years in order, and within them the key
    year = pd.to_datetime(found.date).dt.year
    keys = list(zip(year, found.permno, found.date, strict=True))
    assert keys == sorted(keys)


def test_types_become_texts_days_whole_numbers_and_doubles(get):
    table = get(FUNDA).table
    kinds = {name: str(table.schema.field(name).type) for name in table.column_names}
    assert kinds["gvkey"] == kinds["indfmt"] == "string"
    assert kinds["datadate"] == "date32[day]"
    assert kinds["fyear"] == "int64"
    assert kinds["sale"] == kinds["at"] == "double"
    assert table.schema.metadata is None
    rows = table.to_pylist()
    assert [r["indfmt"] for r in rows] == ["INDL", "INDL", "FS", "INDL"]
    assert {r["conm"] for r in rows} == {"Ärzte 'A', \"B\" Inc", None, "x", "naïve"}
    assert sorted(r["at"] for r in rows if r["at"]) == [1e-9, 10.25, 12.5]


def test_a_table_without_days_is_fetched_whole(get):
    whole = replace(DAILY, date="", security="")
    assert get(whole).table.num_rows == daily_rows().num_rows


def test_one_reading_reads_another_user_s_words_of_sql_as_names(database):
    odd = replace(
        FUNDA, table='a"; DROP TABLE x; --', columns=('b" c',), key=(), date=""
    )
    query = select(odd, {'b" c': "text"}, ("", ""), [])
    assert '"comp"."a""; DROP TABLE x; --"' in query
    assert 'CAST("b"" c" AS text)' in query


def test_parts_are_the_years_cut_at_the_days_wanted():
    assert spans(DAILY) == {
        "2001": ("2001-06-01", "2001-12-31"),
        "2002": ("2002-01-01", "2002-12-31"),
        "2003": ("2003-01-01", "2003-02-10"),
    }


def test_no_row_at_all_is_an_error(get):
    text = message(lambda: get(DAILY, securities=[5]))
    assert "no row from 2001-06-01 to 2003-02-10 of the 1 securities" in text


# Interruptions


def test_a_process_that_is_killed_goes_on_and_ends_with_the_same_bytes(
    get, server, tmp_path
):
    whole = get(DAILY, "undisturbed")
    lines = f"""
        import os, signal
        from alliance_value.sources import wrds
        from alliance_value.sources.wrds_connection import Server
        from alliance_value.sources.wrds_tables import Request
        plain = wrds.plain
        def killed(batches, schema):
            for batch in plain(batches, schema):
                if wrds.parts_seen == 1:
                    yield batch.slice(0, 3)
                    os.kill(os.getpid(), signal.SIGKILL)
                wrds.parts_seen += 1
                yield batch
        wrds.parts_seen, wrds.plain = 0, killed
        request = {DAILY!r}
        wrds.fetch(
            request, [request], {server!r}, "store-out", "out.parquet", print,
            securities=[10001, 10002],
        )
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(lines)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = {path.name for path in (tmp_path / "store-out").iterdir()}
    assert left == {"manifest.json", "part-2001.parquet", "part-2002.tmp"}
    again = get(DAILY)
    assert "1 of 3 parts are here already" in again.said[0]
    assert again.bytes == whole.bytes


@pytest.mark.parametrize("part", ["2002", "2003"])
def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(get, monkeypatch, part):
    whole = get(DAILY, "undisturbed")
    add = Store.add

    def killed(store, name, schema, batches):
        if name != part:
            return add(store, name, schema, batches)
        return add(store, name, schema, cut(batches))

    def cut(batches):
        for batch in batches:
            yield batch.slice(0, 3)
            raise KeyboardInterrupt

    monkeypatch.setattr(Store, "add", killed)
    with pytest.raises(KeyboardInterrupt):
        get(DAILY)
    monkeypatch.setattr(Store, "add", add)
    again = get(DAILY)
    fetched = [line.split()[1] for line in again.said if "rows (" in line]
    assert fetched == [f"{year}:" for year in range(int(part), 2004)]
    assert again.bytes == whole.bytes


def test_a_connection_that_breaks_ends_with_the_next_step_and_is_resumed(
    get, database, tmp_path
):
    whole = get(DAILY, "undisturbed")
    said = []

    def break_after_the_first(line):
        said.append(line)
        if "2001:" in line:
            database.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE usename = '{READER}'"
            )

    text = message(lambda: get(DAILY, tell=break_after_the_first))
    assert "the part 2002 did not arrive" in text
    assert "run the same command again: it goes on" in text
    assert "SELECT" not in text
    assert not (tmp_path / "out.parquet").exists()
    again = get(DAILY)
    assert "1 of 3 parts are here already" in again.said[0]
    assert again.bytes == whole.bytes


def test_a_connection_that_breaks_within_a_part_is_no_end_of_it(
    database, server, tmp_path, monkeypatch
):
    count = 1_500_000
    big = pa.table({"permno": np.arange(count), "words": ["w" * 40] * count})
    database.put("crsp", "big", big)
    request = Request(
        "big", "crsp", "big", ("permno", "words"), ("permno",), "", "", "", ""
    )
    plain = wrds.plain

    def broken(batches, schema):
        for number, batch in enumerate(plain(batches, schema)):
            if number == 0:
                database.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    f"WHERE usename = '{READER}'"
                )
                time.sleep(0.2)
            yield batch

    monkeypatch.setattr(wrds, "plain", broken)
    text = message(
        lambda: fetch(
            request, [request], server, tmp_path / "s", tmp_path / "o.parquet", print
        )
    )
    assert "the part whole did not arrive" in text
    assert not (tmp_path / "o.parquet").exists()


def test_a_damaged_part_is_fetched_again(get, tmp_path, monkeypatch):
    whole = get(DAILY, "undisturbed")
    with monkeypatch.context() as patch:
        patch.setattr(Store, "assemble", interrupt)
        with pytest.raises(KeyboardInterrupt):
            get(DAILY)
    part = tmp_path / "store-out/part-2002.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    again = get(DAILY)
    assert [line for line in again.said if "2002:" in line]
    assert not [line for line in again.said if "2001:" in line]
    assert again.bytes == whole.bytes


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_bytes_do_not_depend_on_how_the_server_cuts_its_answers(get, monkeypatch):
    whole = get(DAILY, "undisturbed")
    plain = wrds.plain

    def smaller(batches, schema):
        for batch in plain(batches, schema):
            for start in range(0, batch.num_rows, 7):
                yield batch.slice(start, 7)

    monkeypatch.setattr(wrds, "plain", smaller)
    assert get(DAILY).bytes == whole.bytes


def test_what_is_there_is_put_back_without_a_connection(get, tmp_path):
    whole = get(DAILY)
    (tmp_path / "out.parquet").unlink()
    (tmp_path / ".pgpass").unlink()
    again = get(DAILY)
    assert again.bytes == whole.bytes
    assert again.said == [f"crsp_dsf is here already ({whole.table.num_rows:,} rows)"]


@pytest.mark.parametrize(
    "change",
    [
        {"vintage": "May"},
        {"securities": [10001]},
        {"server": {"host": "localhost"}},
        {"request": replace(DAILY, columns=(*DAILY.columns, "never_wanted"))},
        {"request": replace(DAILY, last="2003-02-11")},
    ],
    ids=["vintage", "securities", "host", "columns", "days"],
)
def test_another_question_is_asked_again(get, tmp_path, database, change):
    line = database.password_line()
    passfile(tmp_path, line + line.replace("127.0.0.1", "localhost"))
    get(DAILY)
    again = get(change.pop("request", DAILY), **change)
    assert len([line for line in again.said if "rows (" in line]) == 3


def test_a_question_that_fails_leaves_the_earlier_table(get, tmp_path):
    whole = get(DAILY)
    absent = replace(DAILY, columns=(*DAILY.columns, "absent"))
    message(lambda: get(absent))
    (tmp_path / ".pgpass").unlink()
    assert get(DAILY).bytes == whole.bytes


# What is missing or closed


def test_all_missing_tables_and_columns_are_told_at_once_before_anything_is_fetched(
    get, tmp_path
):
    asked = [
        DAILY,
        replace(FUNDA, columns=(*FUNDA.columns, "xrd", "sales")),
        replace(FUNDA, name="segments", table="segmerged"),
        replace(FUNDA, name="deals", schema="sdc"),
        replace(
            FUNDA, name="closed", schema="ff", table="closed", columns=("rf",), date=""
        ),
    ]
    text = message(lambda: get(DAILY, asked=asked))
    assert "5 problems" in text
    assert "comp.funda has no column 'xrd'" in text
    assert "comp.funda has no column 'sales'\n    -> did you mean 'sale'?" in text
    assert "the server has no table comp.segmerged" in text
    assert "the server has no schema 'sdc'" in text
    assert "your account may not read ff.closed" in text
    assert not list(tmp_path.glob("store-out/part-*"))


def test_a_closed_schema_and_a_column_that_holds_no_days_are_told(get, database):
    database.put("shut", "t", pa.table({"a": [1], "b": ["x"]}))
    database.run(f"REVOKE USAGE ON SCHEMA shut FROM {READER}")
    shut = Request(
        "t", "shut", "t", ("a", "b"), (), "a", "2001-01-01", "2001-02-01", ""
    )
    text = message(lambda: get(shut))
    assert "your account may not read shut.t" in text
    assert "column 'a' of shut.t holds no days" in text


# The connection


def test_a_wrong_password_is_told_and_not_shown(get, tmp_path, database):
    passfile(tmp_path, database.password_line(word="wr0ng"))
    text = message(lambda: get(DAILY))
    assert f"refused the user '{READER}'" in text
    assert "wrong or has expired" in text
    assert "wr0ng" not in text


def test_a_password_in_the_environment_is_not_used(get, tmp_path, monkeypatch):
    (tmp_path / ".pgpass").unlink()
    monkeypatch.setenv("PGPASSWORD", READER_WORD)
    text = message(lambda: get(DAILY))
    assert "there is no password file" in text
    assert "chmod 600" in text
    assert os.environ["PGPASSWORD"] == READER_WORD


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_password_file_that_others_may_read_is_refused(get, tmp_path, database, mode):
    passfile(tmp_path, database.password_line(), mode)
    text = message(lambda: get(DAILY))
    assert f"its mode is {mode:o}" in text
    assert f"run 'chmod 600 {tmp_path / '.pgpass'}'" in text


def test_a_password_file_without_the_server_is_told(get, tmp_path):
    passfile(tmp_path, "wrds-pgdata.wharton.upenn.edu:9737:wrds:me:word\n")
    text = message(lambda: get(DAILY))
    assert "no line of the password file is for this server" in text
    assert "add the line 127.0.0.1:" in text
    text = message(lambda: get(DAILY, server={"user": "her"}))
    assert "and the user 'her'" in text


def test_a_password_file_elsewhere_and_wildcards_in_it_serve(
    get, tmp_path, monkeypatch, database
):
    (tmp_path / ".pgpass").rename(tmp_path / "elsewhere")
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "elsewhere"))
    assert get(DAILY).table.num_rows
    word = database.password_line().split(":", 4)[4]
    (tmp_path / "elsewhere").write_text(f"127.0.0.1:*:*:*:{word}")
    assert get(DAILY, "second", server={"user": READER}).table.num_rows


def test_a_server_without_encryption_is_refused_unless_told(get):
    text = message(lambda: get(DAILY, server={"sslmode": "require"}))
    assert "does not offer an encrypted connection" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"host": "no-such-host.invalid"}, "no host 'no-such-host.invalid'"),
        ({"dbname": "other"}, "no database 'other'"),
    ],
)
def test_another_place_is_told(get, tmp_path, database, change, words):
    word = database.password_line().split(":", 4)[4]
    passfile(tmp_path, f"*:*:*:{READER}:{word}")
    assert words in message(lambda: get(DAILY, server=change))


def test_a_server_that_does_not_answer_is_given_up_and_no_other_is_tried(
    get, tmp_path, database
):
    word = database.password_line().split(":", 4)[4]
    passfile(tmp_path, f"*:*:*:{READER}:{word}")
    before = database.log.read_bytes()
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        port = silent.getsockname()[1]
        change = {"port": port, "connect_timeout": 2}
        text = message(lambda: get(DAILY, server=change))
        silent.settimeout(1)
        silent.accept()[0].close()
        with pytest.raises(TimeoutError):  # one attempt, and no second
            silent.accept()
    assert "did not answer within 2 seconds" in text
    assert database.log.read_bytes() == before
    text = message(lambda: get(DAILY, server={"port": port}))
    assert "nothing answers there" in text


def test_the_environment_cannot_lead_elsewhere(server, monkeypatch):
    seen = []

    def connect(uri, **words):
        seen.append((uri, words, [k for k in os.environ if k.startswith("PG")]))
        return SimpleNamespace(close=lambda: None)

    from adbc_driver_postgresql import dbapi

    monkeypatch.setattr(dbapi, "connect", connect)
    for name in ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE", "PGPASSWORD"):
        monkeypatch.setenv(name, "192.0.2.1")
    monkeypatch.setenv("PGSSLROOTCERT", "/root.crt")
    with connected(server):
        assert os.environ["PGHOSTADDR"] == "192.0.2.1"
    ((uri, words, names),) = seen
    assert uri.startswith(f"postgresql:///?host=127.0.0.1&port={server.port}&dbname=")
    assert uri.count("host") == 1
    assert f"user={READER}&sslmode=disable" in uri
    assert "connect_timeout=30" in uri
    assert "password" not in uri
    assert words == {"autocommit": True}
    assert names == ["PGSSLROOTCERT"]


def test_variables_that_lead_elsewhere_are_not_followed(get, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(8)
        monkeypatch.setenv("PGHOSTADDR", "127.0.0.1")
        monkeypatch.setenv("PGPORT", str(other.getsockname()[1]))
        monkeypatch.setenv("PGUSER", READER)
        assert get(DAILY).table.num_rows
        other.settimeout(0.2)
        with pytest.raises(TimeoutError):
            other.accept()


def test_nothing_that_is_written_holds_a_password(get, tmp_path, capfd):
    said = get(DAILY).said
    captured = capfd.readouterr()
    texts = [*said, captured.out, captured.err]
    for path in tmp_path.rglob("*"):
        if path.is_file() and path.name != ".pgpass":
            texts.append(path.read_bytes().decode("latin-1"))
    assert len(texts) > 4
    assert not [text for text in texts if READER_WORD in text or READER in text]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("to postgresql://me:pw@h/d failed", "to postgresql://...@h/d failed"),
        ("host=h password='a b' port=1", "host=h password=... port=1"),
        ("?password=a%20b&port=1", "?password=...&port=1"),
    ],
)
def test_messages_are_scrubbed(text, clean):
    assert wrds_connection.scrubbed(text) == clean
    assert wrds_connection.first_line(f"\n{text}\nmore") == clean


# The study file


LISTS = ("controls", "effects", "clusters", "where", "instruments", "endogenous")


def study(**tables: object) -> dict:
    return {
        "study": "mine",
        "sources": {
            "wrds": {"from": "1998-01-01", "to": "2014-12-31", "tables": tables},
            "firm_years": {
                "file": "data/raw/mine/compustat_funda.parquet",
                "entity": "gvkey",
                "time": "fyear",
                "period_end": "datadate",
                "columns": {"income": "ib"},
                "text": [],
            },
        },
        "variables": {
            "rd": {
                "numerator": "xrd",
                "denominator": "sale",
                "missing": "",
                "among": [],
            }
        },
        "sample": {"require": [], "where": []},
        "inference": {},
        "exhibits": {},
        "models": [
            {
                "name": "m",
                "outcome": "income",
                "terms": ["rd"],
                "weights": "",
                **{key: [] for key in LISTS},
            }
        ],
    }


def test_the_columns_of_statements_are_those_that_the_study_refers_to():
    asked = requests(study(compustat_funda={"columns": ["emp"]}))["compustat_funda"]
    assert set(asked.columns) == {*KNOWN_FUNDA, "ib", "xrd", "emp"}
    assert asked.key == KNOWN_FUNDA[:6]
    assert (asked.first, asked.last) == ("1998-01-01", "2014-12-31")


def test_schema_table_and_days_may_be_others_and_any_table_be_added():
    deals = {"schema": "tr_sdc_ventures", "table": "jv", "columns": ["deal_no", "day"]}
    asked = requests(
        study(
            ccm_lnkhist={"schema": "crsp_a_ccm"},
            crsp_dsf={"table": "dsf_old", "from": "1997-01-01"},
            sdc_deals={**deals, "date_column": "day"},
        )
    )
    assert asked["ccm_lnkhist"].place == "crsp_a_ccm.ccmxpf_lnkhist"
    assert asked["crsp_dsf"].place == "crsp.dsf_old"
    assert (asked["crsp_dsf"].first, asked["crsp_dsf"].security) == (
        "1997-01-01",
        "permno",
    )
    assert asked["sdc_deals"].place == "tr_sdc_ventures.jv"
    assert asked["sdc_deals"].columns == ("deal_no", "day")


def test_what_cannot_be_asked_is_told_at_once():
    written = study(
        compustat_fund={},
        crsp_dsf={"from": "2015-01-01"},
        crsp_dsi={"to": "2014-02-30"},
        deals={"schema": "s", "table": 't"; drop', "columns": ["a b"]},
    )
    written["sources"]["firm_years"]["columns"] = {}
    written["sources"]["simulate"] = {}
    text = message(lambda: requests(written))
    assert "simulate and wrds exclude each other" in text
    assert "did you mean 'compustat_funda'?" in text
    assert "after its end on 2014-12-31" in text
    assert "value '2014-02-30': 'to' is no day of the calendar" in text
    assert "value 't\"; drop': this can be no name" in text
    assert "value 'a b': this can be no name" in text


def test_linked_securities_need_the_links():
    assert "add 'ccm_lnkhist: {}'" in message(lambda: requests(study(crsp_dsf={})))
    everyone = requests(study(crsp_dsf={"securities": "all"}))["crsp_dsf"]
    assert everyone.security == ""


@pytest.mark.parametrize(
    ("table", "column"), [("crsp_dsf", "vol"), ("crsp_dsf_v2", "dlyvol")]
)
def test_shares_traded_are_fetched_where_they_are_studied(table, column):
    written = study(**{table: {"securities": "all"}})
    assert column not in requests(written)[table].columns
    traded = {**written, "event_study": {"measure": "volume"}}
    assert requests(traded)[table].columns[-1] == column


# Securities


LINKED = """\
gvkey,linkprim,linktype,lpermno,linkdt,linkenddt
1004,P,LC,10001,1990-01-01,E
001038,C,LU,10002,1990-01-01,2001-06-30
001038,P,LS,10003,2000-01-01,
001050,N,LC,10004,1990-01-01,
001050,P,NR,10005,1990-01-01,
001062,P,LC,10006,1990-01-01,1999-12-31
"""
NAMED = """\
permno,permco,namedt,nameendt,ncusip,comnam
10001,7,1990-01-01,2010-01-01,11111110,A
20001,7,1990-01-01,2010-01-01,11111120,A
20002,8,1990-01-01,2010-01-01,22222220,B
"""
FIRMS = "gvkey,datadate,fyear\n001004,2001-12-31,2001\n"


@pytest.mark.parametrize(
    ("named", "firms", "first", "expected"),
    [
        (None, None, "2001-01-01", [10001, 10002, 10003]),
        (None, None, "2002-01-01", [10001, 10003]),
        (NAMED, None, "2002-01-01", [10001, 10003, 20001]),
        (NAMED, FIRMS, "2002-01-01", [10001, 20001]),
    ],
)
def test_securities_are_those_linked_in_the_days_and_their_companies_others(
    table, named, firms, first, expected
):
    found = linked_securities(
        table(LINKED, "links.csv"),
        table(named, "names.csv") if named else None,
        table(firms, "firms.csv") if firms else None,
        first,
        "2005-12-31",
    )
    assert found == expected


def test_days_without_any_link_are_told(table):
    links = table(LINKED, "links.csv")
    text = message(
        lambda: linked_securities(links, None, None, "1970-01-01", "1970-12-31")
    )
    assert "no link between a firm and a security holds from 1970-01-01" in text


# Without a server


class Answers:
    """A connection whose answers have as many rows as they are the first, second."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def cursor(self) -> Answers:
        return self

    def __enter__(self) -> Answers:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, query: str) -> None:
        self.asked.append(query)

    def fetch_record_batch(self) -> list[pa.RecordBatch]:
        rows = len(self.asked)
        day = pa.array([date(2001, 1, 1)] * rows, pa.date32())
        return [pa.RecordBatch.from_arrays([day, pa.array([1] * rows)], ["a", "b"])]


YEARS = Request("t", "s", "t", ("d", "n"), ("d",), "d", "2001-06-01", "2003-02-10", "n")
TYPES = {"d": "date", "n": "bigint"}


def test_each_part_that_is_not_there_is_asked_for_and_told(tmp_path):
    store = Store(tmp_path, {})
    store.begin(TYPES)
    said: list[str] = []
    first = Answers()
    parts = spans(YEARS)
    assert [*parts.items()] == [
        ("2001", ("2001-06-01", "2001-12-31")),
        ("2002", ("2002-01-01", "2002-12-31")),
        ("2003", ("2003-01-01", "2003-02-10")),
    ]
    schema = pa.schema([("d", pa.date32()), ("n", pa.int64())])
    store.add("2002", schema, [])
    assert fetch_parts(first, YEARS, TYPES, [2, 1], store, said.append) == 3
    assert said == [
        "t: 1 of 3 parts are here already",
        "t 2001: 1 rows (1 of 3 parts)",
        "t 2003: 2 rows (3 of 3 parts)",
    ]
    assert first.asked == [
        'SELECT CAST("d" AS date) AS "d", CAST("n" AS bigint) AS "n" FROM "s"."t" '
        f"WHERE \"d\" >= DATE '{begin}' AND \"d\" < DATE '{end}' + 1 AND "
        '"n" = ANY(\'{2,1}\'::bigint[]) ORDER BY "d", "n"'
        for begin, end in (parts["2001"], parts["2003"])
    ]


def test_a_table_without_days_is_asked_for_at_once():
    whole = replace(YEARS, date="", security="", columns=('a"b',), key=())
    assert spans(whole) == {"whole": ("", "")}
    query = select(whole, {'a"b': "text"}, ("", ""), [])
    assert query == (
        'SELECT CAST("a""b" AS text) AS "a""b" FROM "s"."t" ORDER BY "a""b" COLLATE "C"'
    )


def test_what_columns_cannot_be_read_is_told():
    def told(**columns):
        return [p.rule for p in column_problems(YEARS, columns)]

    assert told(d=("date", True), n=("int4", True)) == []
    assert told(n=("int4", True)) == ["s.t has no column 'd'"]
    closed = "your account may not read s.t"
    assert told(d=("date", False), n=("int4", False)) == [closed]
    assert told(d=("date", True), n=("int4", False)) == [f"{closed}'s n"]
    assert told(d=("text", True), n=("json", True)) == [
        "column 'n' of s.t is of the type json, which is not read",
        "column 'd' of s.t holds no days",
    ]
    assert told(d=("timestamptz", True), n=("numeric", True)) == []


def test_absent_tables_are_told_with_the_nearest():
    schema = no_table(YEARS, {"other": ["t"]})
    assert schema.rule == "the server has no schema 's'"
    table = no_table(replace(YEARS, table="dsf"), {"s": ["dsff", ""]})
    assert table.rule == "the server has no table s.dsf"
    assert table.remedy.startswith("did you mean 'dsff'? Give its schema")
    assert table.where == "sources.wrds.tables.t"


@pytest.mark.parametrize(
    ("error", "rule"),
    [
        (
            OSError(28, "No space left"),
            "the part p could not be written: No space left",
        ),
        (OSError("broken"), "the part p did not arrive: broken"),
        (pa.ArrowInvalid("Permission denied for t"), "your account may not read it (P"),
        (pa.ArrowInvalid(""), "the part p did not arrive: no reason given"),
    ],
)
def test_what_interrupts_is_told(error, rule):
    problem = interrupted(error, YEARS, "p")
    assert problem.rule.startswith(rule) and problem.where == "s.t"


class Catalogue(Answers):
    """A connection that lists columns, then tables."""

    def __init__(self, columns: list[tuple], tables: list[tuple]) -> None:
        super().__init__()
        self.rows = [columns, tables]

    def fetchall(self) -> list[tuple]:
        return self.rows[len(self.asked) - 1]


def test_all_that_is_absent_is_told_and_types_are_those_that_are_fetched():
    gone = replace(YEARS, name="gone", table="gone")
    other = replace(YEARS, name="other", columns=("n",), date="", security="")
    columns = [("s", "t", "d", "timestamp", True), ("s", "t", "n", "int2", True)]
    tables = [("s", "t"), ("s", "gon")]
    types = look_up(Catalogue(columns, tables), [YEARS, other])
    assert types == {"t": {"d": "date", "n": "bigint"}, "other": {"n": "bigint"}}
    broken = Catalogue(columns[:1], tables)
    with pytest.raises(UserError) as caught:
        look_up(broken, [gone, YEARS, other])
    assert [p.rule for p in caught.value.problems] == [
        "the server has no table s.gone",
        *["s.t has no column 'n'"] * 2,
    ]
    assert "IN (('s', 'gone'), ('s', 't'))" in broken.asked[0]
    assert "IN ('s')" in broken.asked[1]
