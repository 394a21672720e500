"""Simulated tiny panels -> how often intervals of each kind cover the truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.models.columns import standardized
from alliance_value.models.covariance import Sample, covariance
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.covariances.driscoll_kraay import driscoll_kraay
from alliance_value.models.covariances.leverage import hc2, hc3
from alliance_value.models.covariances.robust import robust
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.engine.bootstrap import Weights, wild_bootstrap
from alliance_value.models.engine.grams import cross_products
from alliance_value.models.engine.jackknife import jackknife, jackknife_covariance
from alliance_value.models.engine.permute import randomize
from alliance_value.models.engine.regress import regress as regress_grams
from alliance_value.models.regression import regress
from alliance_value.models.within import without
from alliance_value.study.spec import Model

SLOPE = 1.0
TERMS = ("x", "z")


@dataclass(frozen=True)
class Drawn:
    """A simulated panel.

    Parameters
    ----------
    columns
        float64, shape (n, 3): outcome, x with slope 1, z with slope 0.
    firm, year
        int64, shape (n,).
    effects
        int64, shape (n, e): the effects of the model.
    """

    columns: np.ndarray
    firm: np.ndarray
    year: np.ndarray
    effects: np.ndarray


def persistent(
    rng: np.random.Generator, firms: int, years: int, rho: float
) -> np.ndarray:
    """Return stationary AR(1) series of variance one, shape (firms, years)."""
    series = rng.normal(size=(firms, years))
    for t in range(1, years):
        series[:, t] = rho * series[:, t - 1] + np.sqrt(1 - rho**2) * series[:, t]
    return series


def sample(
    x: np.ndarray,
    error: np.ndarray,
    z: np.ndarray,
    kept: np.ndarray,
    year_effects: bool,
) -> Drawn:
    """Put a panel together from arrays of shape (firms, years)."""
    firm, year = np.nonzero(kept)
    outcome = SLOPE * x + error + 0.5 * np.arange(len(x))[:, None]
    columns = np.column_stack([v[kept] for v in (outcome, x, z)])
    effects = np.column_stack([firm, year])[:, : 1 + year_effects]
    return Drawn(columns, firm, year, effects)


def independent(rng: np.random.Generator) -> Drawn:
    """30 firms, 8 years; errors independent, their size growing with x."""
    x, z, noise = rng.normal(size=(3, 30, 8))
    kept = rng.random(x.shape) < 0.9
    return sample(x, noise * np.sqrt(0.5 + x**2), z, kept, True)


def serial(rng: np.random.Generator) -> Drawn:
    """60 firms, 8 or the last 6 of them years; errors and x persistent within firms."""
    x, z, error = (persistent(rng, 60, 8, 0.7) for _ in range(3))
    kept = np.arange(8) >= np.where(np.arange(60) % 2, 2, 0)[:, None]
    return sample(x, error, z, kept, True)


def few_unequal(rng: np.random.Generator) -> Drawn:
    """12 firms with 5 to 30 years; errors and x persistent within firms."""
    x, z, error = (persistent(rng, 12, 30, 0.7) for _ in range(3))
    length = np.array([5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 30])
    return sample(x, error, z, np.arange(30) < length[:, None], False)


def both(rng: np.random.Generator) -> Drawn:
    """40 firms, 40 years; shocks persist within firms and are common within years."""
    x, z, error = (
        0.7 * persistent(rng, 40, 40, 0.7) + 0.7 * rng.normal(size=(1, 40))
        for _ in range(3)
    )
    return sample(x, error, z, np.ones(x.shape, dtype=bool), False)


def common(rng: np.random.Generator) -> Drawn:
    """12 firms, 100 years; shocks common to all firms, to each in its own measure."""
    loading = rng.uniform(0.5, 1.5, size=(12, 1))
    x, z, error = (
        loading * persistent(rng, 1, 100, 0.3) + rng.normal(size=(12, 100))
        for _ in range(3)
    )
    return sample(x, error, z, np.ones(x.shape, dtype=bool), False)


DESIGNS: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "independent": independent,
    "serial": serial,
    "few_unequal": few_unequal,
    "both": both,
    "common": common,
}

CLAIMS: dict[str, tuple[str, ...]] = {
    "HC1": (),
    "HC2": (),
    "HC3": ("independent",),
    "firm": ("serial",),
    "firm, CR3 jackknife": ("independent", "serial", "few_unequal"),
    "wild, Rademacher": ("independent", "serial", "few_unequal"),
    "wild, Webb": ("independent", "serial", "few_unequal"),
    "firm and year": ("both",),
    "Driscoll-Kraay, lag 4": ("common",),
    "randomization across firms": ("serial",),
}
"""The designs in which each kind claims to cover."""


def covered(data: Drawn, seed: int, draws: int) -> dict[str, bool]:
    """Return whether the 95 % interval of each kind holds the planted slope.

    Parameters
    ----------
    data
        The panel.
    seed, draws
        Of the bootstrap and the permutations.
    """
    grams = cross_products(data.columns, ("y", *TERMS), data.effects, data.firm)
    by_firm = regress_grams(grams, "y", TERMS)
    columns = without(standardized(data.columns, ("y", *TERMS)), data.effects)
    fit = regress(columns.take(slice(0, 1)), columns.take(slice(1, None)))
    both_ways = np.column_stack([data.firm, data.year])
    sample = Sample(
        Model("simulated", "y", lags=4),
        both_ways[:, :1],
        data.effects,
        effect_rank(data.effects)[0],
        periods=data.year,
    )
    gap = abs(fit.estimates[0] - SLOPE)

    def holds(matrix: np.ndarray, df: float) -> bool:
        return bool(gap <= stats.t.ppf(0.975, df) * np.sqrt(max(matrix[0, 0], 0.0)))

    kinds = {
        "HC1": (robust, sample),
        "HC2": (hc2, sample),
        "HC3": (hc3, sample),
        "firm": (clustered, sample),
        "firm and year": (clustered, replace(sample, clusters=both_ways)),
        "Driscoll-Kraay, lag 4": (driscoll_kraay, sample),
    }
    covers = {}
    for name, (kind, rows) in kinds.items():
        spread = covariance(fit, rows, kind)
        covers[name] = holds(spread.matrix, spread.df)
    covers["firm, CR3 jackknife"] = holds(
        jackknife_covariance(jackknife(grams, by_firm), by_firm), by_firm.clusters - 1
    )
    labels: dict[Weights, str] = {"rademacher": "Rademacher", "webb": "Webb"}
    for weights, label in labels.items():
        test = wild_bootstrap(
            grams, by_firm, "x", null=SLOPE, draws=draws, weights=weights, seed=seed
        )
        covers[f"wild, {label}"] = test.p > 0.05
    return covers


def permuted_covers(data: Drawn, seed: int, draws: int) -> bool:
    """Return whether permuting x across firms fails to reject the planted slope.

    Needs firms that are exchangeable; those observed in the same years swap series.
    """
    test = randomize(
        data.columns[:, 0] - SLOPE * data.columns[:, 1],
        data.columns[:, 1],
        np.ones((len(data.firm), 1)),
        data.columns[:, 2:],
        data.effects,
        data.firm,
        data.year,
        scheme="across",
        draws=draws,
        seed=seed,
    )
    return bool(test.p[0] > 0.05)


def coverage(
    design: str, panels: int = 1000, draws: int = 399, seed: int = 0
) -> pd.DataFrame:
    """Simulate panels and count how often intervals cover.

    Parameters
    ----------
    design
        One of ``DESIGNS``.
    panels
        Number of simulated panels; each has its own seed, spawned from ``seed``.
    draws
        Bootstrap draws and permutations per panel.

    Returns
    -------
    pandas.DataFrame
        A row per kind: design, kind, claims (whether it claims to cover here), coverage
        (decimal) and panels.
    """
    hits: dict[str, list[bool]] = {kind: [] for kind in CLAIMS}
    for panel in range(panels):
        rng = np.random.default_rng([seed, sorted(DESIGNS).index(design), panel])
        data = DESIGNS[design](rng)
        for kind, hit in covered(data, panel, draws).items():
            hits[kind].append(hit)
        if design in CLAIMS["randomization across firms"]:
            hits["randomization across firms"].append(
                permuted_covers(data, panel, draws)
            )
    return pd.DataFrame(
        [
            {
                "design": design,
                "kind": kind,
                "claims": design in CLAIMS[kind],
                "coverage": float(np.mean(covers)),
                "panels": len(covers),
            }
            for kind, covers in hits.items()
            if covers
        ]
    )


def coverage_table(table: pd.DataFrame) -> str:
    """Write coverage as a table in Markdown, bold where the kind claims to cover.

    Parameters
    ----------
    table
        Rows of ``coverage`` of any designs.

    Returns
    -------
    str
        Kinds down, designs across, percent.
    """
    shares = table.set_index(["kind", "design"]).coverage.to_dict()
    designs = [d for d in DESIGNS if d in set(table.design)]
    lines = [f"| kind | {' | '.join(designs)} |", "|---" * (1 + len(designs)) + "|"]
    for kind in CLAIMS:
        cells = []
        for design in designs:
            if (kind, design) not in shares:
                cells.append("")
                continue
            text = f"{100 * shares[kind, design]:.1f}"
            cells.append(f"**{text}**" if design in CLAIMS[kind] else text)
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
