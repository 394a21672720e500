"""Deals + the deals that could have been -> a formation model and its Mills ratio."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.alliances.potential_dyads import EXCLUSION, potential_dyads
from alliance_value.models.columns import standardized
from alliance_value.models.estimators.probit import mills, probit

TERMS = (
    *("asymmetric", "same_industry", "same_state", "prior_tie"),
    *("joint_size", "size_gap", "joint_experience", EXCLUSION),
)


def selection(pairs: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Explain which pairs make a deal by a probit (Heckman 1979).

    Where rows stand for more than one pair, the likelihood is weighted (Manski and
    Lerman 1977) and standard errors are of the sandwich.

    Parameters
    ----------
    pairs
        Potential dyads, with ``formed``, ``year``, ``weight`` and `TERMS`; terms that
        do not vary and rows without a value are left out, effects of years added and
        not shown.

    Returns
    -------
    formation : pandas.DataFrame
        term, estimate, se, z, p, n (rows), formed (deals), sampled (rows without a
        deal over the pairs that they stand for).
    mills : numpy.ndarray
        Inverse Mills ratio of each pair, shape (len(pairs),); NaN where a regressor is
        missing.

    Raises
    ------
    EstimationError
        The probit has no maximum.
    """
    rows = pairs[list(TERMS)].notna().all(axis=1).to_numpy()
    used = pairs[rows]
    shown = [t for t in TERMS if used[t].min() < used[t].max()]
    dummies = pd.get_dummies(used.year, dtype=float).iloc[:, 1:]
    names = ["constant", *shown, *(f"year {y}" for y in dummies.columns)]
    z = np.column_stack([np.ones(len(used)), used[shown], dummies]).astype("float64")
    weights = used.weight.to_numpy() if used.weight.max() > 1 else None
    fit = probit(used.formed.to_numpy(bool), standardized(z, names), weights)
    se = np.sqrt(np.diag(fit.covariance))
    ratio = np.full(len(pairs), np.nan)
    ratio[rows] = mills(fit.index)
    table = pd.DataFrame({"term": names, "estimate": fit.estimates, "se": se}).assign(
        z=lambda t: t.estimate / t.se,
        p=lambda t: 2 * stats.norm.sf(t.z.abs()),
        n=len(used),
        formed=int(used.formed.sum()),
        sampled=1 / used.weight[~used.formed].mean(),
    )
    return table[table.term.isin(["constant", *shown])].reset_index(drop=True), ratio


def formation(dyads: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the formation model and each deal's inverse Mills ratio.

    Parameters
    ----------
    dyads
        One row per deal, from `events.dyad_study`.

    Returns
    -------
    formation : pandas.DataFrame
        As of `selection`.
    mills : pandas.Series
        Inverse Mills ratio, aligned with ``dyads``.

    Raises
    ------
    EstimationError
        The probit has no maximum.

    References
    ----------
    Heckman (1979), Econometrica 47. Wooldridge (2010), section 19.6. The exclusion,
    what rivals announce that year, shifts whether a deal is made and is taken to leave
    its value alone: docs/methods.md.
    """
    pairs = potential_dyads(dyads)
    table, ratio = selection(pairs)
    made = pairs.assign(mills=ratio)[pairs.formed]
    of_pair = made.set_index(["year", "firm_i", "firm_j"]).mills
    lesser = dyads.firm_i.mask(dyads.firm_i > dyads.firm_j, dyads.firm_j)
    greater = dyads.firm_j.mask(dyads.firm_i > dyads.firm_j, dyads.firm_i)
    keys = [dyads.announced.dt.year, lesser, greater]
    matched = of_pair.reindex(pd.MultiIndex.from_arrays(keys))
    return table, pd.Series(matched.to_numpy(), index=dyads.index)
