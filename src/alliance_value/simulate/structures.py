"""Firms -> their customer-centric flag by year, and units as two coders saw them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import YEARS, Firms
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.statements import industry_column
from alliance_value.simulate.streams import stream

CLASSES = np.array(["customer", "product", "function", "geography", "mixed"])
CUSTOMER_UNITS = (
    "Consumer",
    "Enterprise Customers",
    "Small Business",
    "Government",
    "Healthcare Customers",
    "Institutional Clients",
    "Retail Clients",
    "Education Customers",
)
OTHER_UNITS = (
    "Instruments",
    "Components",
    "Materials",
    "Equipment",
    "Services",
    "Networks",
    "Devices",
    "Coatings",
    "Specialty Products",
    "International",
    "Operations",
)


def draw_flags(settings: WorldSettings, firms: Firms) -> np.ndarray:
    """Draw whether a firm is customer-centric, by year.

    A Markov chain with rare switches; its start and entrants' shares differ by
    industry, so that the supply of customer-centric partners does too, and, where
    ``confounding.slope`` plants it, by a trait of the firm that is not observed.

    Returns
    -------
    ndarray of bool, shape (F, Y)
    """
    world = settings.section("structures")
    rng = stream(settings.seed, "structures")
    n = len(firms.table)
    tilt = industry_column(firms, "cc") - 0.15
    entrant = firms.table["first_year"].to_numpy() > YEARS[0]
    share = np.where(entrant, world["entrant_share"], world["start_share"])
    strength = settings.effects.confounding.slope
    trait = parameters()["confounder"]["structure"] * strength * firms.unobserved
    odds = np.log(share / (1 - share)) + tilt + trait
    flags = np.empty(firms.alive.shape, bool)
    # Stratified, so that the share hardly varies from world to world.
    draw = np.empty(n)
    for group in (entrant, ~entrant):
        count = int(group.sum())
        draw[group] = (rng.permutation(np.arange(count)) + rng.random(count)) / count
    flags[:, 0] = draw * (1 + np.exp(-odds)) < 1
    draws = rng.random(firms.alive.shape)
    for t in range(1, len(YEARS)):
        moves = np.where(flags[:, t - 1], world["to_product"], world["to_customer"])
        moves = moves * (YEARS[t] > firms.table["first_year"].to_numpy())
        flags[:, t] = flags[:, t - 1] ^ (draws[:, t] < moves)
    return flags


def draw_units(
    settings: WorldSettings, firms: Firms, flags: np.ndarray, span: tuple[int, int]
) -> pd.DataFrame:
    """Draw the business units behind the flags, constant between switches.

    Customer-centric firms have a majority of customer units, by number and by
    sales; the others have none or a minority.

    Returns
    -------
    DataFrame
        firm (row in the table), fyear, unit_name, unit_class, sales_share (decimal,
        adds up to 1 over a firm-year).
    """
    rng = stream(settings.seed, "units")
    coded = np.flatnonzero((span[0] <= YEARS) & (span[1] >= YEARS))
    rows: list[tuple[int, int, str, str, float]] = []
    for firm in range(len(flags)):
        regimes: dict[bool, list[tuple[str, str, float]]] = {}
        for t in coded[firms.alive[firm, coded]]:
            flag = bool(flags[firm, t])
            if flag not in regimes:
                regimes[flag] = _regime(rng, flag)
            rows += [(firm, int(YEARS[t]), *unit) for unit in regimes[flag]]
    columns = ["firm", "fyear", "unit_name", "unit_class", "sales_share"]
    return pd.DataFrame(rows, columns=columns)


def _regime(rng: np.random.Generator, flag: bool) -> list[tuple[str, str, float]]:
    n = int(rng.integers(2, 7))
    most = n // 2 + 1
    if flag:
        k = int(rng.integers(most, n + 1))
    else:
        k = int(rng.integers(0, n - most + 1)) if rng.random() < 0.5 else 0
        k = min(k, (n - 1) // 2)
    others = rng.choice(4, n - k, p=[0.72, 0.10, 0.12, 0.06]) + 1
    classes = ["customer"] * k + [str(CLASSES[c]) for c in others]
    labels = [CUSTOMER_UNITS[c] for c in rng.choice(len(CUSTOMER_UNITS), k, False)]
    labels += [OTHER_UNITS[c] for c in rng.choice(len(OTHER_UNITS), n - k, False)]
    shares = np.sort(rng.dirichlet(np.full(n, 6.0)))[::-1]
    if not flag:
        shares = shares[::-1]
    return [(a, b, float(c)) for a, b, c in zip(labels, classes, shares, strict=True)]


def draw_codings(
    settings: WorldSettings, firms: Firms, flags: np.ndarray, units: pd.DataFrame
) -> pd.DataFrame:
    """Draw what coders A and B wrote, and the adjudicated class where they differ.

    The coders never err on the same unit, so adjudication settles every unit
    rightly; a missing year is always one in which nothing changed, so carrying the
    year before forward is right as well.

    Returns
    -------
    DataFrame
        gvkey, fyear, filing_accession, filing_date, unit_name, unit_class, coder,
        confidence, sales_share.
    """
    world = settings.section("structures")
    rng = stream(settings.seed, "coders")
    gap = rng.random(flags.shape) < world["gap_rate"]
    gap[:, 0] = False
    gap[:, 1:] &= (flags[:, 1:] == flags[:, :-1]) & firms.alive[:, :-1]
    gap[:, units["fyear"].min() >= YEARS] = False
    serial = rng.integers(1, 999_999, flags.shape)

    firm, t = units["firm"].to_numpy(), units["fyear"].to_numpy() - YEARS[0]
    kept = ~gap[firm, t]
    base = units[kept].reset_index(drop=True)
    firm, t = firm[kept], t[kept]
    true = np.searchsorted(np.sort(CLASSES), base["unit_class"])
    true = np.argsort(CLASSES)[true]
    who = rng.random(len(base))
    wrong = (true + rng.integers(1, len(CLASSES), len(base))) % len(CLASSES)
    error = world["coder_error"]
    seen = {
        "A": np.where(who < error, wrong, true),
        "B": np.where((who >= error) & (who < 2 * error), wrong, true),
    }
    filing = firms.filed[firm, t]
    cik = firms.table["cik"].to_numpy()[firm]
    year2 = filing.astype("datetime64[Y]").astype(int) % 100 + 70
    accession = [
        f"{c}-{y % 100:02d}-{s:06d}"
        for c, y, s in zip(cik, year2, serial[firm, t], strict=True)
    ]
    parts = []
    for coder in ("A", "B", "adjudicated"):
        classes = true if coder == "adjudicated" else seen[coder]
        part = pd.DataFrame(
            {
                "gvkey": firms.table["gvkey"].to_numpy()[firm],
                "fyear": base["fyear"],
                "filing_accession": accession,
                "filing_date": filing,
                "unit_name": base["unit_name"],
                "unit_class": CLASSES[classes],
                "coder": coder,
                "confidence": np.round(
                    np.clip(rng.normal(0.85, 0.1, len(base)), 0.3, 1.0)
                    - 0.2 * (seen["A"] != seen["B"]),
                    2,
                ),
                "sales_share": base["sales_share"].round(4),
            }
        )
        parts.append(part[seen["A"] != seen["B"]] if coder == "adjudicated" else part)
    sheet = pd.concat(parts)
    keys = ["gvkey", "fyear", "unit_name", "coder"]
    result: pd.DataFrame = sheet.sort_values(keys, kind="stable").reset_index(drop=True)
    return result
