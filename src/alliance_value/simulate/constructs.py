"""A world's firms and deals -> what partners depend on, know and are organized for."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from alliance_value.simulate.firms import YEARS, Firms
from alliance_value.simulate.streams import stream
from alliance_value.simulate.vendors.text import day, number

# What each adds to the combined abnormal return of a deal, decimal, as a deviation from
# its mean over deals, so that no mean of deals moves.
EFFECTS = {
    "mutual_dependence": 0.08,
    "dependence_imbalance": -0.15,
    "knowledge_overlap": 0.015,
    "betweenness": 0.06,
    "function": 0.008,
}
CLASSES = 12
TIES_LAST = 5  # years
INDUSTRY_SD = 1.0  # of the log size of an industry, which its flows grow with
ADOPTION = (-4.2, 0.9)  # log odds a year, and more of them per ln(1 + deals)


@dataclass(frozen=True)
class Constructs:
    """Tables beside a world's deals, and what each adds to a deal's value.

    Parameters
    ----------
    tables
        File name without suffix -> table of text.
    joint_value
        Decimal, one per deal.
    """

    tables: dict[str, pd.DataFrame]
    joint_value: np.ndarray


def draw_constructs(
    seed: int, firms: Firms, deals: pd.DataFrame, since: np.ndarray
) -> Constructs:
    """Draw flows between industries, classes of knowledge, and customers.

    Parameters
    ----------
    seed, firms
        The world's.
    deals
        With what partners are organized for, from `with_functions`.
    since
        From `adopted`.
    """
    gvkey = firms.table["gvkey"].to_numpy()
    groups = firms.table["sic"].to_numpy() // 100
    codes, place = np.unique(groups, return_inverse=True)
    size = np.exp(INDUSTRY_SD * stream(seed, "industries").standard_normal(len(codes)))
    flows = 1000 * stream(seed, "flows").gamma(0.4, 1, (len(codes), len(codes)))
    flows *= np.outer(size, size)
    both = flows + flows.T
    share = both / both.sum(1, keepdims=True)
    i, j = deals["i"].to_numpy(), deals["j"].to_numpy()
    on_j, on_i = share[place[i], place[j]], share[place[j], place[i]]
    rng = stream(seed, "classes of knowledge")
    profile = rng.dirichlet(np.full(CLASSES, 0.4), len(codes))
    weights = np.round(
        rng.gamma(2 * profile[place] + 0.05, 50, (len(gvkey), CLASSES)), 1
    )
    weights[:, 0] += 0.1
    length = np.sqrt((weights**2).sum(1))
    year = deals["announced"].to_numpy().astype("datetime64[Y]").astype(int) + 1970
    between = betweenness_before(deals, year)
    terms = {
        "mutual_dependence": on_i + on_j,
        "dependence_imbalance": np.abs(on_i - on_j),
        "knowledge_overlap": (weights[i] * weights[j]).sum(1) / (length[i] * length[j]),
        "betweenness": between,
        "function": (deals["function_i"] + deals["function_j"]).to_numpy(),
    }
    added = sum(EFFECTS[n] * (t - t.mean()) for n, t in terms.items())
    with_one = since < 9999
    a, b = np.nonzero(np.ones_like(flows))
    firm, kind = np.nonzero(weights)
    tables = {
        "input_output": pd.DataFrame(
            {
                "from_industry": [f"{c:02d}" for c in codes[a]],
                "to_industry": [f"{c:02d}" for c in codes[b]],
                "value": number(flows[a, b], 6),
            }
        ),
        "firm_classes": pd.DataFrame(
            {
                "gvkey": gvkey[firm],
                "class": [f"K{k:02d}" for k in kind],
                "weight": number(weights[firm, kind], 1),
            }
        ),
        "alliance_function": pd.DataFrame(
            {
                "gvkey": gvkey[with_one],
                "from": [f"{y}-12-31" for y in since[with_one]],
                "to": "",
            }
        ),
        "major_customers": major_customers(seed, firms, deals),
    }
    return Constructs(tables, np.asarray(added, float))


def adopted(seed: int, count: int, deals: pd.DataFrame) -> np.ndarray:
    """Return the year in which each firm sets up a function, 9999 where never."""
    rng = stream(seed, "alliance functions")
    year = deals["announced"].to_numpy().astype("datetime64[Y]").astype(int) + 1970
    since = np.full(count, 9999)
    for now in range(1992, int(year.max()) + 1):
        past = deals[year <= now]
        ties = np.bincount(past["i"], minlength=count)
        ties += np.bincount(past["j"], minlength=count)
        odds = ADOPTION[0] + ADOPTION[1] * np.log1p(ties)
        adopts = rng.random(count) < 1 / (1 + np.exp(-odds))
        since = np.where(adopts & (since == 9999), now, since)
    return since


def with_functions(deals: pd.DataFrame, since: np.ndarray) -> pd.DataFrame:
    """Add whether each partner has had a function since a year before the deal's."""
    year = deals["announced"].dt.year
    return deals.assign(
        **{f"function_{s}": (since[deals[s]] < year).astype(float) for s in ("i", "j")}
    )


def betweenness_before(deals: pd.DataFrame, year: np.ndarray) -> np.ndarray:
    """Return the sum of both partners' betweenness at the end of the year before.

    Of the network of all deals that were announced in the five years up to then.
    """
    out = np.zeros(len(deals))
    for now in np.unique(year):
        past = deals[(year < now) & (year >= now - TIES_LAST)]
        graph = nx.Graph()
        graph.add_edges_from(sorted({*zip(past["i"], past["j"], strict=True)}))
        score = nx.betweenness_centrality(graph) if len(graph) > 2 else {}
        own = year == now
        for side in ("i", "j"):
            out[own] += [score.get(k, 0.0) for k in deals.loc[own, side]]
    return out


def major_customers(seed: int, firms: Firms, deals: pd.DataFrame) -> pd.DataFrame:
    """Draw which firms are large customers of which, with their share of sales.

    Every second firm with deals sells to a partner of one of them.
    """
    rng = stream(seed, "major customers")
    known = firms.alive & (YEARS >= 1994)[None, :] & (YEARS <= 2014)[None, :]
    count = len(known)
    customer = rng.integers(0, count, (count, 2))
    sells = deals.sample(frac=1.0, random_state=rng).drop_duplicates("i")
    customer[sells["i"], 0] = sells["j"]
    there = (rng.random(customer.shape) < 0.5) & (customer != np.arange(count)[:, None])
    there[:, 1] &= customer[:, 0] != customer[:, 1]
    firm, slot, t = np.nonzero(there[:, :, None] & known[:, None, :])
    size = rng.uniform(0.1, 0.35, customer.shape)[firm, slot]
    size = size * np.exp(rng.normal(0, 0.15, len(firm)).clip(-0.3, 0.3))
    gvkey = firms.table["gvkey"].to_numpy()
    return pd.DataFrame(
        {
            "gvkey": gvkey[firm],
            "datadate": day(firms.datadate[firm, t]),
            "customer": gvkey[customer[firm, slot]],
            "share": number(size, 4),
        }
    )
