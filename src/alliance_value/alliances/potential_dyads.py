"""Deals -> the pairs of firms that could have made one: all, or a sample of them.

Pairs grow with the square of the firms. Beyond `MOST_PAIRS` all deals are kept and
pairs without one are drawn at random, so that weights by the inverse of their share
make up for the others (choice-based sampling).

References
----------
Manski and Lerman (1977), Econometrica 45. King and Zeng (2001), Political Analysis 9.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from alliance_value.alliances.contracts.alliances import Alliances

EXCLUSION = "rivals_deals"
MOST_PAIRS = 2_000_000
SEED = 1977
"""Of the draws, with the year: another year's deals do not change a year's draw."""


def potential_dyads(dyads: pd.DataFrame, most: int = MOST_PAIRS) -> pd.DataFrame:
    """Pair all firms that announced a deal in a year with each other.

    Parameters
    ----------
    dyads
        One row per deal, from `events.dyad_study`.
    most
        Where there are more pairs, each year has ``most`` over the number of years
        drawn from its pairs without a deal, or all if it has fewer.

    Returns
    -------
    pandas.DataFrame
        One row per year and pair: year, firm_i, firm_j (in the order of their keys),
        formed (bool); asymmetric, same_industry (two digits of SIC), same_state and
        prior_tie (an earlier year's deal of the pair), all 0/1; joint_size and size_gap
        (sum and distance of ln $ million), joint_experience; and rivals_deals, the sum
        over both partners of ln(1 + deals that year with a firm of the partner's
        industry, those of either partner left out). A firm is as in its first deal of
        the year. weight is how many pairs of its year a row stands for.
    """
    keys = pd.concat([dyads.firm_i, dyads.firm_j]).drop_duplicates().sort_values()
    sides = sides_of(dyads, pd.Index(keys))
    made = deals_of(dyads, pd.Index(keys))
    since = made.groupby("pair").year.min()
    years = [
        (year, sides[sides.year == year], made[made.year == year])
        for year in sides.year.unique().tolist()
    ]
    firms = np.array([part.firm.nunique() for _, part, _ in years])
    all_pairs = int((firms * (firms - 1) // 2).sum())
    drawn = most // len(years) if all_pairs > most else all_pairs
    pairs = pd.concat(
        [pairs_of_year(*year, drawn, len(keys)) for year in years], ignore_index=True
    )
    before = since.reindex(pairs.one.astype("int64") * len(keys) + pairs.two)
    pairs["prior_tie"] = (before.to_numpy() < pairs.year.to_numpy()).astype(float)
    for place, name, codes in ((1, "firm_i", "one"), (2, "firm_j", "two")):
        firm = pd.Categorical.from_codes(pairs.pop(codes), keys)
        pairs.insert(place, name, pd.Series(firm))
    return pairs


def sides_of(dyads: pd.DataFrame, keys: pd.Index) -> pd.DataFrame:
    """Return a row per deal and partner, by year, firm (its place in the keys), day."""
    of_both = [
        pd.DataFrame(
            {
                Alliances.alliance: dyads.alliance,
                "year": dyads.announced.dt.year,
                Alliances.announced: dyads.announced,
                "firm": keys.get_indexer(pd.Index(dyads[f"firm_{own}"])),
                "structure": dyads[f"customer_centric_{own}"],
                "industry": dyads[f"sic_{own}"].astype("string").str[:2],
                "state": dyads[f"state_{own}"],
                "size": dyads[f"log_value_{own}"],
                "experience": dyads[f"experience_{own}"],
            }
        )
        for own in ("i", "j")
    ]
    order = ["year", "firm", Alliances.announced, Alliances.alliance]
    sides = pd.concat(of_both).sort_values(order, ignore_index=True)
    return sides.assign(
        industry=pd.factorize(sides.industry)[0], state=pd.factorize(sides.state)[0]
    )


def deals_of(dyads: pd.DataFrame, keys: pd.Index) -> pd.DataFrame:
    """Return year and pair of each deal; a pair is one whole number."""
    firms = [pd.Index(dyads[f"firm_{own}"]) for own in ("i", "j")]
    places = np.sort([keys.get_indexer(own) for own in firms], axis=0)
    pair = places[0].astype("int64") * len(keys) + places[1]
    return pd.DataFrame({"year": dyads.announced.dt.year, "pair": pair})


def pairs_of_year(
    year: int, sides: pd.DataFrame, made: pd.DataFrame, drawn: int, keys: int
) -> pd.DataFrame:
    """Return the pairs of one year's firms, in the order of their keys.

    Parameters
    ----------
    year
        The year.
    sides, made
        Its deals, by partner and by pair.
    drawn
        Pairs without a deal that are taken, at most.
    keys
        Firms of all years.
    """
    firms = sides.drop_duplicates("firm").reset_index(drop=True)
    place = pd.Series(firms.index, firms.firm)
    dealt = np.sort(made.pair.unique())
    dealt = dealt[dealt // keys != dealt % keys]
    formed = number_of(
        place[dealt // keys].to_numpy(), place[dealt % keys].to_numpy(), len(firms)
    )
    without = len(firms) * (len(firms) - 1) // 2 - len(formed)
    taken = np.arange(without)
    if without > drawn:
        rng = np.random.default_rng([SEED, year])
        taken = np.sort(rng.choice(without, drawn, replace=False, shuffle=False))
    # the k-th pair without a deal stands behind as many deals as come before it
    taken += np.searchsorted(formed - np.arange(len(formed)), taken, side="right")
    numbers = np.sort(np.concatenate([formed, taken]))
    one, two = places_of(numbers, len(firms))
    of = {name: firms[name].to_numpy() for name in firms}
    is_formed = np.isin(numbers, formed, assume_unique=True)
    rivals = rivals_deals(sides, firms, one, two) + rivals_deals(sides, firms, two, one)
    return pd.DataFrame(
        {
            "year": year,
            "one": of["firm"][one],
            "two": of["firm"][two],
            "formed": is_formed,
            "asymmetric": (of["structure"][one] != of["structure"][two]).astype(float),
            **{
                f"same_{name}": (
                    (of[name][one] == of[name][two]) & (of[name][one] >= 0)
                ).astype(float)
                for name in ("industry", "state")
            },
            "joint_size": of["size"][one] + of["size"][two],
            "size_gap": np.abs(of["size"][one] - of["size"][two]),
            "joint_experience": of["experience"][one] + of["experience"][two],
            EXCLUSION: rivals,
            "weight": np.where(is_formed, 1.0, without / max(len(taken), 1)),
        }
    )


def number_of(one: np.ndarray, two: np.ndarray, n: int) -> np.ndarray:
    """Return the numbers of pairs ``one < two`` of n, counted from (0, 1), (0, 2)."""
    return np.asarray(one * (2 * n - one - 1) // 2 + two - one - 1)


def places_of(numbers: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of `number_of`."""
    first = number_of(np.arange(n), np.arange(n) + 1, n)
    one = np.searchsorted(first, numbers, side="right") - 1
    return one, numbers - first[one] + one + 1


def rivals_deals(
    sides: pd.DataFrame, firms: pd.DataFrame, own: np.ndarray, other: np.ndarray
) -> np.ndarray:
    """Return ln(1 + deals in a firm's industry that neither partner takes part in).

    They are the industry's deals, less each partner's of these, plus those of both.
    """
    deal = pd.factorize(sides.alliance)[0]
    firm = pd.Index(firms.firm).get_indexer(sides.firm)
    # the column behind the last is of deals whose firms' industries are not known
    unknown = max(int(sides.industry.max()), -1) + 1
    industry = sides.industry.where(sides.industry >= 0, unknown).to_numpy()

    def incidence(place: np.ndarray, columns: int) -> sparse.csr_array:
        shape = (deal.max() + 1, columns)
        entries = sparse.csr_array((np.ones(len(deal)), (deal, place)), shape=shape)
        entries.sum_duplicates()
        entries.data[:] = 1.0
        return entries

    parts, fields = incidence(firm, len(firms)), incidence(industry, unknown + 1)
    of_firm = (parts.T @ fields).toarray()
    field = firms.industry.where(firms.industry >= 0, unknown).to_numpy()[own]
    shared = parts.T.tocsr()[own].multiply(parts.T.tocsr()[other])
    pair, joint = shared.nonzero()
    both = np.bincount(pair, fields.toarray()[joint, field[pair]], len(own))
    counts = fields.sum(axis=0)[field] - of_firm[own, field] - of_firm[other, field]
    return np.asarray(np.log1p(np.where(field == unknown, 0.0, counts + both)))
