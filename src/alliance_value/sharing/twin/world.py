"""A small simulated market in vendors' formats, none of its codes a real firm's."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.sharing.cells import first
from alliance_value.sharing.twin.identities import Identities, plain
from alliance_value.simulate.files import OF_SOURCES
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.write import write_world

# Columns of one kind of code, in which a real firm's may stand by chance.
KINDS = (
    ("gvkey",),
    ("permno", "lpermno"),
    ("permco", "lpermco"),
    ("tic", "ticker"),
    ("cik",),
)
# Columns by which a ready table's firms are found among the vendors' tables.
ISSUER = ("gvkey", "cusip", "conm", "tic", "cik")
SMALL, SMALLEST = 0.08, 0.03  # firms a year, in thousands
FIRM_YEARS_MORE = 1.3  # firms of a world for each firm of one of its years


@dataclass(frozen=True)
class World:
    """The tables of a simulated market.

    Parameters
    ----------
    tables
        By source, those of several files as one.
    issuers
        Codes and names of its firms, one row each.
    """

    tables: Mapping[str, pd.DataFrame]
    issuers: pd.DataFrame


def world(
    identities: Identities, rng: np.random.Generator, firms: int | None = None
) -> World:
    """Simulate a market and take real firms' codes out of it.

    Parameters
    ----------
    identities
        Those of the study: what is real, and what was invented before.
    rng
        Draws the seed.
    firms
        How many firms it needs; 80 a year when absent.
    """
    size = SMALL if firms is None else max(firms / 1000 * FIRM_YEARS_MORE, SMALLEST)
    settings = WorldSettings(seed=int(rng.integers(2**31)), size=size, dirt="none")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_world(settings, folder, lambda line: None)
        tables = {
            source: pd.concat(map(table_in, sorted(folder.glob(pattern))))
            for source, pattern in OF_SOURCES.items()
        }
    for kind in KINDS:
        replace_taken(tables, kind, identities)
    issuers = tables["firm_years"].drop_duplicates("gvkey")[list(ISSUER)]
    return World(tables, issuers.reset_index(drop=True))


def table_in(path: Path) -> pd.DataFrame:
    """Return a file's table, every cell of a text file a text."""
    return pd.read_parquet(path) if path.suffix == ".parquet" else first(str(path))


def replace_taken(
    tables: dict[str, pd.DataFrame], kind: tuple[str, ...], identities: Identities
) -> None:
    """Replace codes of a kind that are a real firm's, the same in all tables."""
    places = [(s, c) for s, table in tables.items() for c in kind if c in table]
    codes = {
        str(code) for s, c in places for code in tables[s][c].unique() if str(code)
    }
    taken = sorted(c for c in codes if plain(c) in identities.real)
    identities.used |= {plain(c) for c in codes}
    new = dict(zip(taken, identities.invent(taken), strict=True))
    width = max(map(len, codes), default=0)
    for source, name in places if new else ():
        column = tables[source][name]
        texts = [str(code) for code in column]
        changed = [new[c].zfill(width) if c in new else c for c in texts]
        tables[source][name] = pd.Series(changed, column.index).astype(column.dtype)
