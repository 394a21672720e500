"""Spells with entry, exit and cause -> survival, incidence and hazard ratios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from alliance_value.vocabulary.entries import method

# A spell is at risk in (entry, exit]. Times are whole days, and PHReg counts one that
# enters on the day of an event as at risk: half a day later it does not.
AFTER = 0.5


@dataclass(frozen=True)
class Spells:
    """Spells of which each is at risk in (entry, exit].

    Parameters
    ----------
    entry, exit
        Days since the origin, whole numbers, entry < exit, shape (n,).
    cause
        0 where the spell is censored, else the number of what ended it, shape (n,).
    """

    entry: np.ndarray
    exit: np.ndarray
    cause: np.ndarray

    def take(self, rows: np.ndarray) -> Spells:
        """Return the spells at some places, or where a mask is true."""
        return Spells(self.entry[rows], self.exit[rows], self.cause[rows])


@method(
    "kaplan_meier",
    under="Deals",
    asks=("survival",),
    order=60,
    words="An alliance's life runs from its announcement to its end. Survival is "
    "Kaplan and Meier's product over the days of ends, d of the n at risk ending; "
    "those announced before the observed period enter late, those still alive at its "
    "end are censored.",
    equation="hat(S)(t) = product_(s <= t) (1 - d_s / n_s)",
)
def kaplan_meier(spells: Spells, confidence: float = 0.95) -> pd.DataFrame:
    """Return survival after each time of an end, with Greenwood's standard errors.

    Parameters
    ----------
    spells
        Spells; any cause is an end.
    confidence
        Level of the intervals (decimal), which are those of ln S.

    Returns
    -------
    pandas.DataFrame
        time (days), at_risk, ends (counts), survival, se, ci_low, ci_high (decimals);
        missing limits where survival is 0.

    References
    ----------
    Kaplan and Meier (1958), Journal of the American Statistical Association 53.
    """
    if not (spells.cause > 0).any():
        names = ["time", "at_risk", "ends", "survival", "se", "ci_low", "ci_high"]
        return pd.DataFrame(columns=names, dtype="float64")
    fit = SurvfuncRight(spells.exit, (spells.cause > 0).astype(int), entry=spells.entry)
    survival, se = np.asarray(fit.surv_prob), np.asarray(fit.surv_prob_se)
    z = stats.norm.ppf((1 + confidence) / 2)
    alive = survival > 0
    ratio = np.exp(
        z * np.divide(se, survival, where=alive, out=np.full_like(se, np.nan))
    )
    return pd.DataFrame(
        {
            "time": fit.surv_times,
            "at_risk": fit.n_risk,
            "ends": fit.n_events,
            "survival": survival,
            "se": se,
            "ci_low": survival / ratio,
            "ci_high": np.minimum(survival * ratio, 1.0),
        }
    )


@method(
    "cumulative_incidence",
    under="Deals",
    asks=("survival",),
    order=61,
    words="The cumulative incidence of one way to end, in the presence of the others, "
    "is that of Aalen and Johansen.",
    equation="hat(F)_k (t) = sum_(s <= t) hat(S)(s^-) d_(k s) / n_s",
)
def cumulative_incidence(
    spells: Spells, cause: int, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the share that a cause has ended by each time of an end.

    Parameters
    ----------
    spells
        Spells; other causes compete.
    cause
        The cause.
    confidence
        Level of the intervals (decimal): plain, cut at 0 and 1.

    Returns
    -------
    pandas.DataFrame
        time (days), at_risk, ends (of this cause), incidence, se, ci_low, ci_high.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5. Standard errors:
    Marubini and Valsecchi (1995), equation 10.12, as in statsmodels.
    """
    times = np.unique(spells.exit[spells.cause > 0])
    enter, leave = np.sort(spells.entry), np.sort(spells.exit)
    n = np.searchsorted(enter, times, "left") - np.searchsorted(leave, times, "left")

    def ends(of: np.ndarray) -> np.ndarray:
        ordered = np.sort(spells.exit[of])
        return np.searchsorted(ordered, times, "right") - np.searchsorted(
            ordered, times, "left"
        )

    every, own = ends(spells.cause > 0), ends(spells.cause == cause)
    before = np.concatenate([[1.0], np.cumprod(1 - every / n)[:-1]])
    share = np.cumsum(before * own / n)
    left = (n - every).astype("float64")
    risk = np.divide(every, n * left, where=left > 0, out=np.zeros(len(times)))
    variance = share**2 * np.cumsum(risk) - 2 * share * np.cumsum(share * risk)
    variance += np.cumsum(share**2 * risk)
    variance += np.cumsum(before**2 * (n - own) * own / n**3)
    variance -= 2 * share * np.cumsum(before * own / n**2)
    variance += 2 * np.cumsum(share * before * own / n**2)
    se = np.sqrt(np.maximum(variance, 0.0))
    z = stats.norm.ppf((1 + confidence) / 2)
    return pd.DataFrame(
        {
            "time": times,
            "at_risk": n,
            "ends": own,
            "incidence": share,
            "se": se,
            "ci_low": np.maximum(share - z * se, 0.0),
            "ci_high": np.minimum(share + z * se, 1.0),
        }
    )


@method(
    "hazard_ratios",
    under="Deals",
    asks=("survival",),
    order=62,
    words="Hazards are proportional (Cox), ties by Breslow's approximation; covariates "
    "may change from row to row of a spell. The covariance is a sandwich of score "
    "residuals U summed by pair of partners p.",
    equation="h(t) = h_0 (t) exp(x'_(i t) b), quad V = H^(-1) (sum_p U_p U'_p) H^(-1)",
)
def hazard_ratios(
    spells: Spells,
    x: np.ndarray,
    names: Sequence[str],
    clusters: np.ndarray,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Estimate proportional hazards of any end, clustered.

    Parameters
    ----------
    spells
        Rows of counting processes: one per spell and stretch in which ``x`` is
        constant. Rows of other causes are to be censored by the caller.
    x
        Covariates, shape (n, k).
    names
        Their names.
    clusters
        Cluster of each row, shape (n,).
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        term, estimate (log hazard ratio), se (clustered, no small-sample factor),
        model_se (of the information), z, p, ci_low, ci_high.

    References
    ----------
    Cox (1972), Journal of the Royal Statistical Society B 34. Andersen and Gill (1982),
    Annals of Statistics 10. Lin and Wei (1989), Journal of the American Statistical
    Association 84. R survival's `coxph(..., ties="breslow", cluster=)`.
    """
    status = (spells.cause > 0).astype(int)
    fit = PHReg(spells.exit, x, status=status, entry=spells.entry + AFTER).fit()
    scores = np.nan_to_num(np.asarray(fit.score_residuals))
    _, codes = np.unique(clusters, return_inverse=True)
    summed = np.zeros((codes.max() + 1, len(names)))
    np.add.at(summed, codes, scores)
    bread = np.asarray(fit.cov_params())
    covariance = bread @ (summed.T @ summed) @ bread
    estimates, se = np.asarray(fit.params), np.sqrt(np.diag(covariance))
    z = stats.norm.ppf((1 + confidence) / 2)
    return pd.DataFrame(
        {
            "term": list(names),
            "estimate": estimates,
            "se": se,
            "model_se": np.sqrt(np.diag(bread)),
            "z": estimates / se,
            "p": 2 * stats.norm.sf(np.abs(estimates / se)),
            "ci_low": estimates - z * se,
            "ci_high": estimates + z * se,
        }
    )


def ended_by(curve: pd.DataFrame, time: float) -> float:
    """Return the share that has ended by a time (days), of a curve of survival."""
    before = curve.survival[curve.time <= time]
    return 1 - float(before.iloc[-1]) if len(before) else 0.0


def unobserved_ends(spells: Spells, missed: float, time: float) -> dict[str, float]:
    """Bound the share that has ended by a time where some ends are not recorded.

    A share ``missed`` of all ends is not in the data: their spells look alive until
    they are censored. ``lowest``: all of them ended after ``time``. ``highest``: as
    many of the censored spells ended on their first day, those that entered first and
    were observed longest before others.
    ``at_random``: ends are missed whenever they come, so that the share is that
    recorded over 1 - missed, at most ``highest``; without censoring before ``time``
    this is exact, as the missed are at risk until then.

    Parameters
    ----------
    spells
        Spells; any cause is an end.
    missed
        Share of all ends (decimal, below 1).
    time
        Days since the origin.

    Returns
    -------
    dict
        recorded, lowest, at_random, highest (decimals).
    """
    recorded = ended_by(kaplan_meier(spells), time)
    ends = int((spells.cause > 0).sum())
    censored = np.flatnonzero(spells.cause == 0)
    count = min(round(ends * missed / (1 - missed)), len(censored))
    order = np.lexsort((censored, -spells.exit[censored], spells.entry[censored]))
    hidden = censored[order[:count]]
    exit_, cause = spells.exit.copy(), spells.cause.copy()
    exit_[hidden], cause[hidden] = spells.entry[hidden] + 1, 1
    worst = ended_by(kaplan_meier(Spells(spells.entry, exit_, cause)), time)
    return {
        "recorded": recorded,
        "lowest": recorded,
        "at_random": min(recorded / (1 - missed), worst),
        "highest": worst,
    }
