"""The ways in by which a user's file meets the program, run in this process."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from alliance_value.alliances.sources.firm_tables import READERS
from alliance_value.alliances.sources.life_tables import (
    read_acquisitions,
    read_ownership,
    read_terminations,
)
from alliance_value.contracts.problems import UserError
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import empty, load, store
from alliance_value.contracts.vendor_tables import Links, SecurityNames, TickerLinks
from alliance_value.customers.profits import check_amounts
from alliance_value.running.messages import show_problems
from alliance_value.sharing.published import cells_of_file, compare_published
from alliance_value.sharing.records import outputs_of
from alliance_value.sources.delistings import read_delistings
from alliance_value.sources.edgar.registrants import dated_registrants
from alliance_value.sources.french import read_factors
from alliance_value.sources.links import firm_links
from alliance_value.sources.listed_events import listed_events
from alliance_value.sources.names import read_names
from alliance_value.sources.read_file import read_file
from alliance_value.sources.returns import read_returns
from alliance_value.sources.segments import read_segments
from alliance_value.study.needs import source_files
from alliance_value.study.read import check_study_files
from alliance_value.study.resolve import resolve
from alliance_value.study.spec import ReturnsFile, TableFile

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "workflow/scripts"
SCHEMA = ROOT / "workflow/schemas/study.schema.yaml"
TABLES = (
    "firm_years",
    "funnel",
    "alliances",
    "participants",
    "coded_units",
    "rejects",
    "to_review",
)
PLAIN = TableFile(entity="", file="")


@dataclass(frozen=True)
class Outcome:
    """What a user sees: problems when it stops; else rejects and what is left.

    Parameters
    ----------
    stops
        Each problem as 'place: rule -> next step', in the order of the message.
    rejects
        Each reject as 'file row column: rule, action value -> new value'.
    left
        The result in short.
    """

    stops: tuple[str, ...] = ()
    rejects: tuple[str, ...] = ()
    left: str = ""


class Outputs(dict[str, str]):
    """Named outputs; one after the other they are files, as in Snakemake."""

    def __iter__(self) -> Iterator[str]:
        """Return every file."""
        yield from self.values()

    def __getattr__(self, name: str) -> str:
        if name not in self:
            raise AttributeError(name)
        return self[name]


class Inputs(Outputs):
    """Named inputs; one after the other they are files, as in Snakemake."""

    def __iter__(self) -> Iterator[str]:
        """Return every file that is there."""
        for paths in self.values():
            for path in [paths] if isinstance(paths, str) else paths:
                if Path(path).is_file():
                    yield str(path)


@dataclass
class Rule:
    """What a script reads of the object that Snakemake gives it."""

    rule: str
    input: Any
    output: Any
    params: Any
    log: list[str] = field(default_factory=list)


def run_script(
    name: str, folder: Path, inputs: Mapping[str, Any], params: Mapping[str, Any]
) -> tuple[int, str, Path]:
    """Run a workflow script; return its exit code, its message and its outputs."""
    out = folder / "out"
    stamped = folder / "out/params.json"
    stamped.parent.mkdir(exist_ok=True)
    stamped.write_text(json.dumps({**params, "libraries": {}}), encoding="utf-8")
    words = folder / "out/words.json"
    uses = {c: [f"variables.{c}"] for c in params.get("columns", [])}
    told = {"uses": uses, "variables": [], "own_words": {}}
    words.write_text(json.dumps(told), encoding="utf-8")
    logs = folder / "out/build/s/logs"
    outputs = Outputs(
        {n: str(out / f"{n}.parquet") for n in TABLES}
        | {"sources": str(out / "sources.json")}
    )
    rule = Rule(
        name,
        Inputs({"params": str(stamped), **inputs}),
        outputs,
        Outputs({"words": str(words)}),
        [str(logs / "rule.log")],
    )
    code = 0
    try:
        runpy.run_path(str(SCRIPTS / f"{name}.py"), {"snakemake": rule})
    except SystemExit as end:
        code = int(end.code or 0)
    return code, show_problems(logs), out


# what a library says of a damaged file differs between its versions
LIBRARY_WORDS = re.compile(r"(again|rights) \(.*\)$")
PROBLEM = re.compile(r"^  \d+\. (.*)\n    -> (.*)$", re.MULTILINE)


def problems_of(message: str, folder: Path) -> tuple[str, ...]:
    """Return the problems of a message, without the folder of this test."""
    found = tuple(
        f"{head} -> " + LIBRARY_WORDS.sub(r"\1 (...)", step)
        for head, step in PROBLEM.findall(message)
    )
    return tuple(p.replace(f"{folder}/", "").replace(str(folder), ".") for p in found)


def rejects_of(table: pd.DataFrame) -> tuple[str, ...]:
    """Return rejects as short lines."""
    out = []
    for r in table.astype(object).fillna("").itertuples():
        value = f" {r.value!r}" if r.value else ""
        new = f" -> {r.new_value!r}" if r.action == "repaired" else ""
        out.append(f"{r.file} row {r.row} {r.column}: {r.rule}, {r.action}{value}{new}")
    return tuple(out)


def script(
    name: str, folder: Path, inputs: Mapping[str, Any], params: Mapping[str, Any]
) -> tuple[Outcome, Path]:
    """Run a script and check that it either stops with a message or goes through."""
    code, message, out = run_script(name, folder, inputs, params)
    if code:
        assert code == 1
        assert "Traceback" not in message
        assert message
        return Outcome(stops=problems_of(message, folder)), out
    assert not message
    record = json.loads((out / "sources.json").read_text(encoding="utf-8"))
    assert all(f["reading"]["rows"] > 0 for f in record["files"])
    return Outcome(rejects=rejects_of(load(out / "rejects.parquet", Rejects))), out


def firm_years(folder: Path, settings: Mapping[str, Any]) -> Outcome:
    """Read a table of firm, year and x, or Compustat's annual file."""
    files = sorted(p for p in folder.glob("*") if p.name != "out")
    settings = dict(settings)
    reader = settings.get("reader", "table")
    keys = {"entity": "firm", "time": "year"}
    columns = settings.pop("needs", ["x"])
    if reader == "compustat":
        keys = {"entity": "gvkey", "time": "fyear", "period_end": "datadate"}
    layout = {"file": [str(f) for f in files], **keys, **settings}
    params = {"sources": {"firm_years": layout}, "columns": columns, "grouping": []}
    params |= {"own_words": [], "require": []}
    inputs = {"firm_years": [str(f) for f in files], "firms": []}
    outcome, out = script("firm_years", folder, inputs, params)
    if outcome.stops:
        return outcome
    table = pd.read_parquet(out / "firm_years.parquet")
    cells = [
        f"{r.firm} {r.fiscal_year}" + "".join(f" {getattr(r, c):.10g}" for c in columns)
        for r in table.itertuples()
    ]
    return Outcome((), outcome.rejects, "; ".join(cells))


# a study that says nothing of how its files are written
UNSAID = dict.fromkeys(("alliances", "structures", "firm_years", "reviewed_matches"))


def deals(folder: Path, settings: Mapping[str, Any]) -> Outcome:
    """Read SDC's alliances beside good links, names and headers."""
    good(folder / "good")
    files = sorted(str(p) for p in folder.glob("sdc*"))
    inputs = {
        "alliances": files,
        "links": str(folder / "good/links.parquet"),
        "security_names": str(folder / "good/names.parquet"),
        "header": [str(folder / "good/comp.csv")],
        "reviewed_matches": [],
    }
    outcome, out = script("alliances", folder, inputs, UNSAID)
    if outcome.stops:
        return outcome
    alliances = pd.read_parquet(out / "alliances.parquet")
    parties = pd.read_parquet(out / "participants.parquet")
    parts = []
    for row in alliances.itertuples():
        own = parties[parties.alliance == row.alliance]
        names = " + ".join(own["name"].fillna("?") + own.cusip6.fillna("").radd(" "))
        end = f" to {row.terminated:%Y-%m-%d}" if pd.notna(row.terminated) else ""
        parts.append(f"{row.alliance} {row.announced:%Y-%m-%d}{end} {names}")
    return Outcome((), outcome.rejects, "; ".join(parts))


COMPANIES = """gvkey,cusip,conm
001000,012345103,ALPHA CORP
"""


def good(folder: Path) -> None:
    """Write files without defects."""
    folder.mkdir()
    (folder / "comp.csv").write_text(COMPANIES, encoding="utf-8")
    store(empty(Links), Links, folder / "links.parquet")
    store(empty(SecurityNames), SecurityNames, folder / "names.parquet")


def structures(folder: Path, settings: Mapping[str, Any]) -> Outcome:
    """Read a coding sheet."""
    files = sorted(str(p) for p in folder.glob("*"))
    params = UNSAID | {"firm_key": "gvkey"}
    outcome, out = script("structures", folder, {"structures": files}, params)
    if outcome.stops:
        return outcome
    table = pd.read_parquet(out / "coded_units.parquet")
    parts = [
        f"{r.firm} {r.fiscal_year} {r.unit_name} {r.unit_class}"
        + (f" filed {r.filed:%Y-%m-%d}" if pd.notna(r.filed) else "")
        for r in table.itertuples()
    ]
    return Outcome((), outcome.rejects, "; ".join(parts))


def ledger(folder: Path, settings: Mapping[str, Any]) -> Outcome:
    """Read a ledger of customers, and check its amounts as the rule does."""
    amounts = ["revenue", "direct_cost", "orders", "calls"]
    files = [str(one(folder))]
    layout = {"file": files, "entity": "customer", "time": "year"}
    params = {"sources": {"firm_years": layout}, "columns": amounts, "grouping": []}
    params |= {"own_words": [], "require": []}
    inputs = {"firm_years": files, "firms": []}
    outcome, out = script("firm_years", folder, inputs, params)
    if outcome.stops:
        return outcome
    table = pd.read_parquet(out / "firm_years.parquet")
    try:
        check_amounts(table, table, amounts)
    except UserError as error:
        return Outcome(stops=problems_of(error.render(), folder))
    cells = table[["firm", "fiscal_year", *amounts]].itertuples(index=False)
    return Outcome((), outcome.rejects, "; ".join(" ".join(map(str, c)) for c in cells))


def called(
    read: Callable[[Path], tuple[pd.DataFrame, pd.DataFrame]], columns: list[str]
) -> Callable[[Path, Mapping[str, Any]], Outcome]:
    """Return an entry that calls a reader as a script does."""

    def entry(folder: Path, settings: Mapping[str, Any]) -> Outcome:
        try:
            table, rejected = read(folder)
        except UserError as error:
            return Outcome(stops=problems_of(error.render(), folder))
        parts = []
        for row in table[columns].itertuples(index=False):
            cells = [
                f"{v:%Y-%m-%d}"
                if isinstance(v, pd.Timestamp)
                else f"{v:.10g}"
                if isinstance(v, float)
                else str(v)
                for v in row
            ]
            parts.append(" ".join(cells))
        return Outcome((), rejects_of(rejected), "; ".join(parts))

    return entry


def one(folder: Path) -> Path:
    """Return the one file of a folder."""
    (file,) = sorted(folder.glob("*"))
    return file


def factors(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a factor file."""
    out = read_factors([one(folder)])
    return out.factors, out.rejects


def dated_tickers(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read tickers by date."""
    read = dated_registrants(read_file(one(folder), PLAIN))
    return read.links, read.rejects


def no_names() -> pd.DataFrame:
    """Return a name history without rows."""
    columns = ["security", "company", "name_from", "name_to", "exchange_code"]
    return pd.DataFrame(columns=columns)


def daily(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the daily file of one security over January 2004."""
    days = {"first": pd.Timestamp("2004-01-01"), "last": pd.Timestamp("2004-01-31")}
    windows = pd.DataFrame({"security": [10001], **{k: [v] for k, v in days.items()}})
    names = pd.DataFrame({"security": [10001], "company": [1]}).assign(
        name_from=pd.Timestamp("1990-01-01"), name_to=pd.Timestamp("2020-01-01")
    )
    delistings = pd.DataFrame(
        {
            "security": pd.Series(dtype="int64"),
            "delisted": pd.Series(dtype="datetime64[ns]"),
            "ret": pd.Series(dtype="float64"),
        }
    )
    out = read_returns([one(folder)], ReturnsFile(), windows, delistings, names)
    return out.returns, out.rejects


def study(folder: Path, settings: Mapping[str, Any]) -> Outcome:
    """Check a study file as the profile and the Snakefile do."""
    file = folder / "study.yaml"
    try:
        check_study_files(["--configfile", str(file)])
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
        here = Path.cwd()
        os.chdir(folder)
        try:
            source_files(resolve(written, SCHEMA), settings.get("environ", {}))
        finally:
            os.chdir(here)
    except SystemExit as error:
        return Outcome(stops=problems_of(str(error), folder))
    except UserError as error:
        return Outcome(stops=problems_of(error.render(), folder))
    return Outcome(left="goes through")


ESTIMATES = pd.DataFrame(
    {"model": ["base"], "term": ["size"], "estimate": ["0.123"], "se": [""]}
)


def published(folder: Path, settings: Mapping[str, Any]) -> Outcome:
    """Compare a printed table as make verify does."""
    file = one(folder)
    try:
        cells = cells_of_file(file)
        found = compare_published(cells, ESTIMATES, str(file))
    except UserError as error:
        return Outcome(stops=problems_of(error.render(), folder))
    return Outcome(left=f"{len(found.differences)} of {found.cells} cells differ")


def records(folder: Path, settings: Mapping[str, Any]) -> Outcome:
    """Read what DVC recorded as make pull does."""
    try:
        found = outputs_of("mine", folder)
    except UserError as error:
        return Outcome(stops=problems_of(error.render(), folder))
    return Outcome(left=f"{len(found)} outputs")


ENTRIES: dict[str, Callable[[Path, Mapping[str, Any]], Outcome]] = {
    "firm_years": firm_years,
    "deals": deals,
    "structures": structures,
    "ledger": ledger,
    "links": called(
        lambda f: firm_links(read_file(one(f), PLAIN)),
        ["firm", "security", "link_from", "link_to"],
    ),
    "names": called(
        lambda f: read_names(read_file(one(f), PLAIN)),
        ["security", "name_from", "name_to", "ncusip", "name"],
    ),
    "segments": called(
        lambda f: read_segments(read_file(one(f), PLAIN)),
        ["firm", "datadate", "segment", "sales"],
    ),
    "ownership": called(
        lambda f: read_ownership(
            read_file(one(f), PLAIN),
            {name: name for name in ("alliance", "holder", "held", "share")},
        ),
        ["alliance", "holder", "held", "share"],
    ),
    "terminations": called(
        lambda f: read_terminations(
            read_file(one(f), PLAIN),
            {name: name for name in ("alliance", "ended", "cause")},
        ),
        ["alliance", "ended", "cause"],
    ),
    "acquisitions": called(
        lambda f: read_acquisitions(
            read_file(one(f), PLAIN),
            {name: name for name in ("acquirer", "target", "announced")},
        ),
        ["acquirer", "target", "announced"],
    ),
    **{
        source: called(
            lambda f, read=read: read(read_file(one(f), PLAIN)),
            list(contract.to_schema().columns),
        )
        for source, (read, _, contract) in READERS.items()
    },
    "dated_tickers": called(dated_tickers, list(TickerLinks.to_schema().columns)[:4]),
    "events": called(
        lambda f: listed_events(
            read_file(one(f), PLAIN), {"security": "security", "announced": "announced"}
        ),
        ["security", "announced"],
    ),
    "factors": called(factors, ["date", "mkt_rf", "rf"]),
    "daily": called(daily, ["security", "date", "ret", "market_value"]),
    "delistings": called(
        lambda f: read_delistings(read_file(one(f), PLAIN), no_names()),
        ["security", "delisted", "code", "ret"],
    ),
    "study": study,
    "published": published,
    "records": records,
}


def outcome_of(
    entry: str,
    files: Mapping[str, bytes | str | Callable[[Path], None]],
    settings: Mapping[str, Any],
    folder: Path,
) -> Outcome:
    """Write a case's files and run them through their entry."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        if callable(content):
            content(path)
        else:
            data = content.encode() if isinstance(content, str) else content
            path.write_bytes(data)
    try:
        return ENTRIES[entry](folder, settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
