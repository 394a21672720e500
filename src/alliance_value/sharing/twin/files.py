"""A study with licensed sources -> synthetic files in their place and a study file."""

from __future__ import annotations

import ast
import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from alliance_value.sharing.cells import first
from alliance_value.sharing.twin.calibration import calibrated, targets
from alliance_value.sharing.twin.daily import (
    factors_of,
    first_returns,
    market_of,
    twin_factors,
    twin_market,
    twin_returns,
)
from alliance_value.sharing.twin.identities import Identities
from alliance_value.sharing.twin.panel import PanelModel, panel_model
from alliance_value.sharing.twin.source import PanelSource, panel_source, scales_of
from alliance_value.sharing.twin.study_panel import PanelRecipe, panel_recipe
from alliance_value.sharing.twin.synthetic import Twin, drawn_twin, file_tables
from alliance_value.sharing.twin.tables import as_csv, dealt, twin_columns, twin_table
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.write import write_world
from alliance_value.sources.read_file import RawTable, read_file
from alliance_value.study.expressions import parse
from alliance_value.study.needs import FILES
from alliance_value.study.spec import FORMULAS, TableFile

# A source of this name holds no firm, and may stay where it is open.
OF_THE_MARKET = ("factors", "market")
# Column of a ready table that names the firm or security of its row.
OWNER = {"events": "security", "confounds": "security"}
# The simulated world's file for each vendor's table.
WORLD = {
    "firm_years": "compustat_funda",
    "links": "ccm_lnkhist",
    "security_names": "crsp_dsenames",
    "segments": "compustat_segments",
    "structures": "structures",
    "returns": "crsp_dsf",
    "delistings": "crsp_dsedelist",
    "market": "crsp_dsi",
    "confounds": "confounding_events",
}
# What a twin's study file says no more: its returns have no such rows, its files are
# plain CSV.
WITHOUT = ("delistings", "listings", "reviewed_matches", "wrds")
AS_PLAIN_CSV = ("format", "delimiter", "encoding")
WORLD_SIZE = 0.08
PLAIN = TableFile(entity="", file="")


@dataclass(frozen=True)
class Request:
    """A study of which a twin is wanted.

    Parameters
    ----------
    written, study
        The study file and the resolved study.
    closed
        Sources whose rows may not be shared.
    paths
        Files of each source.
    estimates
        The study's estimates: model, term, estimate, se, ci_low, ci_high.
    """

    written: Mapping[str, Any]
    study: dict[str, Any]
    closed: Sequence[str]
    paths: Mapping[str, Sequence[str]]
    estimates: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def name(self) -> str:
        """Return the twin's name."""
        return f"{self.study['study']}-twin"

    @property
    def vendor(self) -> bool:
        """Whether the firm-years are in a vendor's format."""
        return self.study["sources"].get("firm_years", {}).get("reader") == "compustat"

    def replaced(self) -> list[str]:
        """Return the sources that the twin replaces.

        Where one that names firms is closed, all of them: their files are joined by
        identities, and those of the twin are invented.
        """
        firms = any(source not in OF_THE_MARKET for source in self.closed)
        made = "overlay" in self.study["sources"]
        return [
            source
            for source in FILES
            if source in self.paths
            and (source in self.closed or (firms and source not in OF_THE_MARKET))
            and not (made and source not in self.closed and self.is_made(source))
        ]

    def is_made(self, source: str) -> bool:
        """Whether a rule writes the files of a source."""
        own = f"data/raw/{self.study['study']}/"
        return all(path.startswith(own) for path in self.paths[source])

    def rng(self) -> np.random.Generator:
        """Return the generator of everything that is drawn.

        Its seed follows from the licensed files as well as from the study's: without
        them nobody can draw the twin's numbers again and take them off.
        """
        digest = hashlib.sha256(str(self.study["seed"]).encode())
        for source in self.closed:
            for path in self.paths[source]:
                with Path(path).open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "sha256").digest())
        return np.random.default_rng(int.from_bytes(digest.digest(), "big"))

    def named(self) -> set[str]:
        """Return the texts that the study file names as values of columns."""
        study = self.study
        formulas = [
            variable[key]
            for variable in study["variables"].values()
            for key in FORMULAS
            if variable.get(key)
        ]
        formulas += [*study["sample"]["require"], *study["sample"]["where"]]
        formulas += [text for model in study["models"] for text in model["where"]]
        found = {
            node.value
            for text in formulas
            for node in ast.walk(parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        return found | set(study["sources"].get("overlay", {}).get("sic", {}))


@dataclass
class TwinFiles:
    """The files of a twin, and what they were drawn from.

    Parameters
    ----------
    files
        Contents by path.
    study_file
        Path of the twin's study file.
    source, model, recipe, twin
        Of a study with ready tables: the real rows, their model, the panel's recipe
        and the drawn rows.
    identities
        Real and invented identities.
    tables
        The twin's tables by file, every cell a text.
    """

    files: dict[str, bytes]
    study_file: str
    identities: Identities
    source: PanelSource | None = None
    model: PanelModel | None = None
    recipe: PanelRecipe | None = None
    twin: Twin | None = None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def twin_files(request: Request) -> TwinFiles:
    """Return synthetic files in place of the licensed ones, and their study file."""
    rng = request.rng()
    made = TwinFiles({}, f"config/{request.name}.yaml", Identities(rng))
    sections = dict(request.written["sources"])
    for source in WITHOUT:
        sections.pop(source, None)
    replaced = [s for s in request.replaced() if s not in WITHOUT]
    if request.vendor:
        parts = vendor_parts(request, replaced, made, rng)
    else:
        parts = ready_parts(request, replaced, made, rng)
    for source, tables, change in parts:
        section = {k: v for k, v in sections[source].items() if k not in AS_PLAIN_CSV}
        paths = []
        for stem, content in tables.items():
            path = f"data/raw/{request.name}/{stem}"
            made.files[path] = content
            paths.append(path)
        single = len(paths) == 1 and isinstance(section["file"], str)
        sections[source] = (
            change
            | {"file": paths[0] if single else paths}
            | {k: v for k, v in section.items() if k != "file" and not change}
        )
    for source, section in sections.items():
        if source in request.paths and source not in replaced:
            sections[source] = kept_section(request, source, dict(section), made.files)
    twin = {
        **request.written,
        "study": request.name,
        "simulated": "the files of licensed sources are a synthetic twin of the real "
        "ones; its firms are invented",
        "rights": {source: {"open": True} for source in sections},
        "sources": sections,
    }
    twin["rights"] = {s: {"open": True} for s in sections if s in FILES}
    text = yaml.safe_dump(twin, sort_keys=False, allow_unicode=True)
    made.files[made.study_file] = text.encode()
    return made


Parts = Iterator[tuple[str, dict[str, bytes], dict[str, Any]]]


def kept_section(
    request: Request, source: str, section: dict[str, Any], files: dict[str, bytes]
) -> dict[str, Any]:
    """Give an open source that stays its place among the twin's files."""
    own, new = f"data/raw/{request.study['study']}/", f"data/raw/{request.name}/"
    if "overlay" in request.study["sources"] and request.is_made(source):
        written = section["file"]
        names = [written] if isinstance(written, str) else written
        moved = [name.replace(own, new) for name in names]
    else:
        moved = [f"{new}{Path(path).name}" for path in request.paths[source]]
        files |= {
            name: Path(path).read_bytes()
            for name, path in zip(moved, request.paths[source], strict=True)
        }
    single = isinstance(section["file"], str)
    return section | {"file": moved[0] if single else moved}


def ready_parts(
    request: Request, replaced: Sequence[str], made: TwinFiles, rng: np.random.Generator
) -> Parts:
    """Yield source, files and new section of a study with ready tables."""
    named, paths = request.named(), request.paths
    rest = list(replaced)
    if "firm_years" in replaced:
        yield from panel_parts(request, made, named, rng)
        rest = [s for s in rest if s not in ("firm_years", "firms")]
    elif "firms" in replaced:
        raw = read_file(paths["firms"][0], PLAIN)
        entity = request.study["sources"]["firms"]["entity"]
        table = twin_table(raw, entity, made.identities, named, rng)
        yield "firms", own_file(made, paths["firms"][0], table), {}
    securities: list[str] = []
    for source in [s for s in rest if s in OWNER]:
        section = request.study["sources"][source]
        parts = {}
        for path in paths[source]:
            raw = read_file(path, PLAIN)
            owner = section[OWNER[source]]
            table = twin_table(raw, owner, made.identities, named, rng)
            parts |= own_file(made, path, table)
            securities += list(table[owner])
        yield source, parts, {}
    yield from daily_parts(request, rest, made, sorted(set(securities)), rng)
    others = [s for s in rest if s in WORLD or s == "alliances"]
    others = [s for s in others if s not in (*OWNER, *OF_THE_MARKET, "returns")]
    if others:
        yield from vendor_parts(request, others, made, rng)


def panel_parts(
    request: Request, made: TwinFiles, named: set[str], rng: np.random.Generator
) -> Parts:
    """Yield the twin's firm-years and its table of firms."""
    source = panel_source(request.study, request.paths)
    model = panel_model(source.columns, source.rows, scales_of(source))
    recipe = panel_recipe(request.study, list(source.names))
    twin = drawn_twin(source, model, made.identities, named, rng)
    aims = targets(recipe.models, request.estimates)
    if aims:
        twin = calibrated(twin, recipe, aims)
    made.source, made.model, made.recipe, made.twin = source, model, recipe, twin
    parts, firms = file_tables(twin, rng)
    files = {}
    for path, part in zip(request.paths["firm_years"], parts, strict=True):
        files |= own_file(made, path, part)
    yield "firm_years", files, {}
    if firms is not None:
        yield "firms", own_file(made, request.paths["firms"][0], firms), {}


def own_file(made: TwinFiles, path: str, table: pd.DataFrame) -> dict[str, bytes]:
    """Return a table as the CSV file that stands for a real file."""
    name = f"{Path(path).name.split('.')[0]}.csv"
    made.tables[name] = table
    return {name: as_csv(table)}


def daily_parts(
    request: Request,
    rest: Sequence[str],
    made: TwinFiles,
    securities: Sequence[str],
    rng: np.random.Generator,
) -> Parts:
    """Yield factors, index and returns as plain tables."""
    sections, paths = request.study["sources"], request.paths
    if not {"factors", "market", "returns"} & set(rest) or "factors" not in paths:
        return
    factors = factors_of(sections["factors"], paths["factors"])
    if "factors" in rest:
        factors = twin_factors(factors, rng)
        columns = {c: c for c in factors.columns if c != "date"}
        table = factors.assign(date=factors.date.dt.strftime("%Y-%m-%d"))
        change = {"reader": "table", "columns": columns, "unit": "decimal"}
        yield "factors", {"factors.csv": as_csv(table)}, {**change, "date": "date"}
    if "market" in rest:
        table = twin_market(
            market_of(sections["market"], paths["market"]), factors, rng
        )
        change = {"date": "date", "ret": "ret", "unit": "decimal"}
        yield "market", {"market.csv": as_csv(table)}, change
    if "returns" in rest:
        real = first_returns(sections["returns"], paths["returns"])
        own = made.identities.stand_ins(sorted(real.security.astype(str).unique()))
        listed = securities or sorted(own.values())
        table = twin_returns(real, factors, listed, rng)
        change = {
            "reader": "long",
            "security": "security",
            "date": "date",
            "ret": "ret",
        }
        if "market_value" in table:
            change |= {"market_value": "market_value"}
        kept = {
            k: v
            for k, v in request.written["sources"]["returns"].items()
            if k in ("first", "last")
        }
        yield "returns", {"returns.csv": as_csv(table)}, {**change, **kept}


def vendor_parts(
    request: Request, replaced: Sequence[str], made: TwinFiles, rng: np.random.Generator
) -> Parts:
    """Yield files of a small simulated market in the vendors' formats."""
    named, paths = request.named(), request.paths
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = WorldSettings(
            seed=int(rng.integers(2**31)), size=WORLD_SIZE, dirt="none"
        )
        write_world(world, folder, lambda line: None)
        for source in replaced:
            if source == "factors":
                content = (folder / "factors_daily.csv").read_bytes()
                yield source, {"factors.csv": content}, {"reader": "french"}
                continue
            if source == "alliances":
                files = sorted(folder.glob("sdc_alliances_*.csv"))
                like = pd.concat([first(str(file)) for file in files])
            elif source == "returns":
                like = pd.read_parquet(folder / "crsp_dsf.parquet")
            elif source in WORLD:
                like = first(f"{folder}/{WORLD[source]}.csv")
            else:
                continue
            parts = {}
            deals = dealt(like, len(paths[source])) if source == "alliances" else [like]
            for path, part in zip(paths[source], deals, strict=False):
                raw = as_raw(first(path), Path(path).name)
                table = twin_columns(raw, part, made.identities, named, rng)
                parts |= own_file(made, path, table)
            yield source, parts, {}


def as_raw(cells: pd.DataFrame, file: str) -> RawTable:
    """Return cells as a table that was read."""
    rows = pd.Series(range(1, len(cells) + 1), dtype="int64")
    return RawTable(cells.reset_index(drop=True), rows, file, False, ())
