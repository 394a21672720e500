"""A study's sources -> the files and sections of its twin, source by source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.sharing.cells import first
from alliance_value.sharing.twin.calibration import calibrated
from alliance_value.sharing.twin.daily import (
    factors_of,
    first_returns,
    market_of,
    twin_factors,
    twin_market,
    twin_returns,
)
from alliance_value.sharing.twin.gaps import targets
from alliance_value.sharing.twin.identities import Drawing, Identities
from alliance_value.sharing.twin.panel import PanelModel, panel_model
from alliance_value.sharing.twin.period_days import dated_source
from alliance_value.sharing.twin.printed import file_tables
from alliance_value.sharing.twin.ratios import scales_of
from alliance_value.sharing.twin.request import Request
from alliance_value.sharing.twin.source import PanelSource
from alliance_value.sharing.twin.study_panel import PanelRecipe, panel_recipe
from alliance_value.sharing.twin.synthetic import Twin, drawn_twin
from alliance_value.sharing.twin.tables import as_csv, dealt, twin_columns, twin_table
from alliance_value.sharing.twin.world import World, world
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

# Column of a ready table that names the firm or security of its row.
OWNER = {"events": "security", "confounds": "security"}
# A panel is drawn again where an estimate stays so many standard errors away.
FAR, DRAWS = 1.0, 3
PLAIN = TableFile(entity="", file="")
Parts = Iterator[tuple[str, dict[str, bytes], dict[str, Any]]]


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
    texts
        Their columns of names, codes and categories.
    """

    files: dict[str, bytes]
    study_file: str
    identities: Identities
    source: PanelSource | None = None
    model: PanelModel | None = None
    recipe: PanelRecipe | None = None
    twin: Twin | None = None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    texts: dict[str, tuple[str, ...]] = field(default_factory=dict)


def ready_parts(
    request: Request, replaced: Sequence[str], drawn: TwinFiles, drawing: Drawing
) -> Parts:
    """Yield source, files and new section of a study with ready tables."""
    paths = request.paths
    rest = [s for s in replaced if s not in ("firm_years", "firms")]
    market = None
    if "firm_years" in replaced:
        source = dated_source(request.study, paths)
        if request.in_vendors_formats:
            market = world(drawn.identities, drawing.rng, source.rows.firms)
            drawn.identities.pools = pools(market)
        yield from panel_parts(request, source, drawn, drawing)
    elif "firms" in replaced:
        raw = read_file(paths["firms"][0], PLAIN)
        entity = request.study["sources"]["firms"]["entity"]
        table, texts = twin_table(raw, entity, drawing)
        yield "firms", own_file(drawn, paths["firms"][0], table, texts), {}
    if request.in_vendors_formats:
        market = market or world(drawn.identities, drawing.rng)
        yield from parts_of_world(request, rest, drawn, market, drawing)
        return
    securities: list[str] = []
    for source_name in [s for s in rest if s in OWNER]:
        owner = request.study["sources"][source_name][OWNER[source_name]]
        parts: dict[str, bytes] = {}
        for path in paths[source_name]:
            raw = read_file(path, PLAIN)
            table, texts = twin_table(raw, owner, drawing)
            parts |= own_file(drawn, path, table, texts)
            securities += list(table[owner])
        yield source_name, parts, {}
    yield from daily_parts(request, rest, drawn, sorted(set(securities)), drawing)


def pools(market: World) -> dict[str, list[str]]:
    """Return column -> codes and names of a market's firms, in one order."""
    return {str(c): list(map(str, market.issuers[c])) for c in market.issuers}


def panel_parts(
    request: Request,
    source: PanelSource,
    drawn: TwinFiles,
    drawing: Drawing,
) -> Parts:
    """Yield the twin's firm-years and its table of firms."""
    model = panel_model(source.columns, source.rows, scales_of(source))
    recipe = panel_recipe(request.study, list(source.names))
    aims = targets(recipe.models, request.estimates)
    twin, least = drawn_twin(source, model, drawing), np.inf
    for again in range(DRAWS if aims else 0):
        fresh = drawn_twin(source, model, drawing) if again else twin
        moved, distance = calibrated(fresh, recipe, aims)
        if distance < least:
            twin, least = moved, distance
        if least < FAR:
            break
    drawn.source, drawn.model, drawn.recipe, drawn.twin = source, model, recipe, twin
    parts, firms = file_tables(twin, drawing.rng)
    files: dict[str, bytes] = {}
    for path, part in zip(request.paths["firm_years"], parts, strict=True):
        files |= own_file(drawn, path, part, source.texts(source.own))
    yield "firm_years", files, {}
    if firms is not None:
        texts = source.texts(source.joined)
        yield "firms", own_file(drawn, request.paths["firms"][0], firms, texts), {}


def own_file(
    drawn: TwinFiles, path: str, table: pd.DataFrame, texts: Sequence[str]
) -> dict[str, bytes]:
    """Return a table as the CSV file that stands for a real file."""
    name = f"{Path(path).name.split('.')[0]}.csv"
    drawn.tables[name], drawn.texts[name] = table, tuple(texts)
    return {name: as_csv(table)}


def daily_file(table: pd.DataFrame) -> dict[str, bytes]:
    """Return daily returns as a Parquet file: as text they fill an archive."""
    stream = BytesIO()
    table.to_parquet(stream, index=False)
    return {"returns.parquet": stream.getvalue()}


def daily_parts(
    request: Request,
    rest: Sequence[str],
    drawn: TwinFiles,
    securities: Sequence[str],
    drawing: Drawing,
) -> Parts:
    """Yield factors, index and returns as plain tables."""
    sections, paths = request.study["sources"], request.paths
    if not {"factors", "market", "returns"} & set(rest) or "factors" not in paths:
        return
    factors = factors_of(sections["factors"], paths["factors"])
    if "factors" in rest:
        factors = twin_factors(factors, drawing.rng)
        columns = {c: c for c in factors.columns if c != "date"}
        table = factors.assign(date=factors.date.dt.strftime("%Y-%m-%d"))
        change = {"reader": "table", "columns": columns, "unit": "decimal"}
        yield "factors", {"factors.csv": as_csv(table)}, {**change, "date": "date"}
    if "market" in rest:
        real_market = market_of(sections["market"], paths["market"])
        table = twin_market(real_market, factors, drawing.rng)
        change = {"date": "date", "ret": "ret", "unit": "decimal"}
        yield "market", {"market.csv": as_csv(table)}, change
    if "returns" in rest:
        real = first_returns(sections["returns"], paths["returns"])
        own = drawn.identities.stand_ins(sorted(real.security.astype(str).unique()))
        listed = securities or sorted(own.values())
        table = twin_returns(real, factors, listed, drawing.rng)
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
        yield "returns", daily_file(table), {**change, **kept}


def vendor_parts(
    request: Request, replaced: Sequence[str], drawn: TwinFiles, drawing: Drawing
) -> Parts:
    """Yield files of a small simulated market in the vendors' formats."""
    market = world(drawn.identities, drawing.rng)
    yield from parts_of_world(request, replaced, drawn, market, drawing)


def parts_of_world(
    request: Request,
    replaced: Sequence[str],
    drawn: TwinFiles,
    market: World,
    drawing: Drawing,
) -> Parts:
    """Yield the files of a simulated market that stand for the study's."""
    paths = request.paths
    for source in replaced:
        if source not in market.tables:
            continue
        like = market.tables[source]
        if source == "factors":
            yield source, {"factors.csv": as_csv(like)}, {"reader": "french"}
            continue
        parts: dict[str, bytes] = {}
        whole = source == "returns"  # one Parquet file, however many are real
        cut = [like] if whole else dealt(like, len(paths[source]))
        for path, part in zip(paths[source], cut, strict=False):
            raw = as_raw(first(path), Path(path).name)
            table, texts = twin_columns(raw, part, drawing)
            parts |= (
                daily_file(table)
                if source == "returns"
                else own_file(drawn, path, table, texts)
            )
        yield source, parts, {}


def as_raw(cells: pd.DataFrame, file: str) -> RawTable:
    """Return cells as a table that was read."""
    rows = pd.Series(range(1, len(cells) + 1), dtype="int64")
    return RawTable(cells.reset_index(drop=True), rows, file, False, ())
