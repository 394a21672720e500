"""A size and a seed -> firms with lives, identities and industries."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.simulate import names
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import stream

# Two years beyond the simulated files' end, for overlays over later real firms.
YEARS = np.arange(1989, 2019)
STATES = "CA NY TX IL OH NJ PA MA CT MN GA FL MI VA WA MO NC WI CO TN".split()
STATE_WEIGHTS = np.array(
    [14, 11, 11, 8, 7, 6, 6, 6, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2], float
)
CITIES = ("Springfield", "Fairview", "Riverside", "Georgetown", "Salem", "Madison")


@dataclass(frozen=True)
class Firms:
    """The population: one row a firm, and grids of firm by year.

    Parameters
    ----------
    table : DataFrame, F rows
        Identity: gvkey, names, codes, industry, life and securities.
    alive : ndarray of bool, shape (F, Y)
        Firm-years with a statement; the columns are ``YEARS``.
    datadate : ndarray of datetime64[D], shape (F, Y)
        Fiscal year-ends.
    filed : ndarray of datetime64[D], shape (F, Y)
        Filing dates of the annual reports.
    unobserved : ndarray, shape (F,)
        Time-invariant unobservable, unit variance.
    unobserved_path : ndarray, shape (F, Y)
        Its firm-year part, unit variance.
    """

    table: pd.DataFrame
    alive: np.ndarray
    datadate: np.ndarray
    filed: np.ndarray
    unobserved: np.ndarray
    unobserved_path: np.ndarray


def lives(settings: WorldSettings) -> tuple[np.ndarray, np.ndarray]:
    """Draw first and last fiscal year of each firm; exits are replaced.

    Returns
    -------
    first, last : ndarray of int, shape (F,)
        9999 in ``last`` where the firm outlives the world.
    """
    world = parameters()["population"]
    rng = stream(settings.seed, "lives")
    alive = round(settings.firms_per_year * world["universe"])
    first, last = [], []
    open_firms = [int(YEARS[0])] * alive
    for year in YEARS[:-1]:
        leaves = rng.random(len(open_firms)) < world["exit_rate"]
        stays = [b for b, out in zip(open_firms, leaves, strict=True) if not out]
        gone = [b for b, out in zip(open_firms, leaves, strict=True) if out]
        first += gone
        last += [int(year)] * len(gone)
        open_firms = stays + [int(year) + 1] * len(gone)
    first += open_firms
    last += [9999] * len(open_firms)
    return np.array(first), np.array(last)


def fiscal_year_ends(fyr: np.ndarray) -> np.ndarray:
    """Return fiscal year-ends; fiscal years that end by May bear the year before.

    Parameters
    ----------
    fyr : ndarray of int, shape (F,)
        Month of the fiscal year-end.

    Returns
    -------
    ndarray of datetime64[D], shape (F, Y)
    """
    calendar_year = YEARS[None, :] + (fyr <= 5)[:, None]
    months = (calendar_year - 1970) * 12 + fyr[:, None]
    following = months.astype("datetime64[M]").astype("datetime64[D]")
    result: np.ndarray = following - np.timedelta64(1, "D")
    return result


def draw_firms(settings: WorldSettings) -> Firms:
    """Draw the population of a world."""
    world = parameters()["population"]
    seed = settings.seed
    first, last = lives(settings)
    n = len(first)
    rng = stream(seed, "identity")

    industries = parameters()["industries"]
    weights = np.array([row["weight"] for row in industries], float)
    industry = rng.choice(len(industries), n, p=weights / weights.sum())
    codes = [row["sic"] for row in industries]
    pick = rng.random(n)
    sic = np.array(
        [codes[k][int(u * len(codes[k]))] for k, u in zip(industry, pick, strict=True)]
    )
    months = world["fiscal_year_end"]
    share = np.array(list(months.values()))
    fyr = rng.choice(np.array(list(months)), n, p=share / share.sum())
    reasons = world["exits"]
    reason = rng.choice(list(reasons), n, p=np.array(list(reasons.values())))
    reason = np.where(last == 9999, "", reason)
    datadate = fiscal_year_ends(fyr)
    end = np.minimum(last, YEARS[-1]) - YEARS[0]
    # Later than the last statement and than the last calendar year of the firm's
    # deals, earlier than the statement that would have followed.
    closing = np.maximum(
        datadate[np.arange(n), end],
        ((end + YEARS[0] - 1969) * 12).astype("datetime64[M]").astype("datetime64[D]")
        - np.timedelta64(1, "D"),
    )
    exit_date = closing + rng.integers(20, 140, n).astype("timedelta64[D]")
    exit_date = np.where(last == 9999, np.datetime64("NaT", "D"), exit_date)

    renamed = rng.random(n) < world["renamed"]
    span = np.minimum(last, YEARS[-1]) - first
    rename_year = first + 1 + (rng.random(n) * np.maximum(span - 1, 1)).astype(int)
    listed = rng.random(n) < world["listed"]
    # Only CRSP keeps old names and CUSIPs: an unlisted firm's would be lost.
    renamed &= listed & (span >= 3)
    rename_date = (rename_year - 1970).astype("datetime64[Y]").astype(
        "datetime64[D]"
    ) + rng.integers(0, 365, n)
    all_names = names.company_names(stream(seed, "names"), 2 * n)
    all_tickers = names.tickers(stream(seed, "tickers"), 2 * n)
    all_issuers = names.issuers(stream(seed, "cusips"), 3 * n)
    states = rng.choice(len(STATES), n, p=STATE_WEIGHTS / STATE_WEIGHTS.sum())
    gvkeys = stream(seed, "gvkeys").permutation(
        names.identifiers(stream(seed, "gvkeys", 1), n, 180_000, 1_001)
    )
    table = pd.DataFrame(
        {
            "gvkey": [f"{k:06d}" for k in gvkeys],
            "cik": [
                f"{k:010d}"
                for k in names.identifiers(stream(seed, "ciks"), n, 1_500_000, 1_800)
            ],
            "name": all_names[:n],
            "later_name": _only(renamed, all_names[n:]),
            "ticker": all_tickers[:n],
            "later_ticker": _only(renamed, all_tickers[n:]),
            "cusip6": all_issuers[:n],
            "later_cusip6": _only(renamed, all_issuers[n : 2 * n]),
            "subsidiary_cusip6": all_issuers[2 * n :],
            "renamed": np.where(renamed, rename_date, np.datetime64("NaT", "D")),
            "industry": industry,
            "sic": sic,
            "naics": [str(industries[k]["naics"]) for k in industry],
            "state": [STATES[k] for k in states],
            "city": [CITIES[k] for k in rng.integers(0, len(CITIES), n)],
            "fyr": fyr,
            "first_year": first,
            "last_year": last,
            "exit_reason": reason,
            "exit_date": exit_date,
            "listed": listed,
            "dual_class": listed & (rng.random(n) < world["dual_class"]),
        }
    )
    alive = (first[:, None] <= YEARS) & (last[:, None] >= YEARS)
    rng = stream(seed, "unobserved")
    path = rng.standard_normal((n, len(YEARS)))
    rho = parameters()["confounder"]["persistence"]
    for t in range(1, len(YEARS)):
        path[:, t] = rho * path[:, t - 1] + np.sqrt(1 - rho**2) * path[:, t]
    lag = stream(seed, "filings").integers(55, 90, datadate.shape)
    filed = datadate + lag.astype("timedelta64[D]")
    return Firms(table, alive, datadate, filed, rng.standard_normal(n), path)


def _only(mask: np.ndarray, values: np.ndarray) -> np.ndarray:
    out = values.copy()
    out[~mask] = None
    return out
