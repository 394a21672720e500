"""Dyads -> who appropriates their value: the antisymmetric model and plain means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.alliances.claims import capture
from alliance_value.models.coefficients import coefficient_table
from alliance_value.models.collinearity import dependences
from alliance_value.models.columns import standardized
from alliance_value.models.covariance import Kind, Sample, covariance
from alliance_value.models.covariances.dyadic import dyadic, dyadic_jackknife
from alliance_value.models.covariances.robust import robust
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import regress
from alliance_value.models.small_samples import DYADIC, JACKKNIFE
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import method

OUTCOMES = ("car_difference", "relative_gain", "bounded_gain", "share_difference")
FOCAL = "customer_centric_difference"
MODERATORS = ("temporal_overlap", "spatial_overlap")
CONTROLS = ("log_value_difference", "experience_difference")
RATIO = "ratio of both"
KINDS: dict[str, Kind] = {"robust": robust, DYADIC: dyadic}
WITH_JACKKNIFE: dict[str, Kind] = {**KINDS, JACKKNIFE: dyadic_jackknife}


@method(
    "appropriation",
    under="Deals",
    asks=("event_study", "sources.alliances"),
    order=40,
    words="What one partner takes more than the other is explained by how they differ "
    "in structure C and in controls x, without a constant, so that it knows no order "
    "of the partners.",
    equation='"CAR"_i - "CAR"_j = (b + sum_O c_O O) (C_i - C_j) + (x_i - x_j)\' f + '
    "e_d",
)
def antisymmetric_model(
    dyads: pd.DataFrame,
    outcome: str,
    controls: Sequence[str] = CONTROLS,
    confidence: float = 0.95,
    kinds: Mapping[str, Kind] = KINDS,
) -> pd.DataFrame:
    """Explain how much more partner i takes than j by how they differ.

    Least squares without intercept on differences i less j, and on the difference in
    structure times each moderator as a deviation from its mean. Every term changes its
    sign when the partners are swapped, so the estimates know no order.

    Parameters
    ----------
    dyads
        One row per deal: the outcome, the differences, the moderators, firm_i, firm_j.
    outcome
        Column that swaps its sign with the partners.
    controls
        Further differences.
    confidence
        Level of the intervals.
    kinds
        Types of standard errors by name; one that cannot be computed has no row.

    Returns
    -------
    pandas.DataFrame
        outcome, term, estimate, se, se_type, df, t, p, ci_low, ci_high, n, firms: one
        row per term and type of standard error: by default ``robust`` (HC1) and
        ``dyadic``, which allows for all deals that share a firm, with members - 1
        degrees of freedom.

    References
    ----------
    docs/event-study.md, appropriation. Aronow, Samii and Assenova (2015), Political
    Analysis 23.
    """
    # filings tell no industries: what no deal has moderates nothing
    moderators = [name for name in MODERATORS if dyads[name].notna().any()]
    columns = [outcome, FOCAL, *moderators, *controls, "firm_i", "firm_j"]
    table = dyads[list(dict.fromkeys(columns))].dropna().reset_index(drop=True)
    terms = {FOCAL: table[FOCAL].astype("float64")}
    for name in moderators:
        centred = table[name] - table[name].mean()
        terms[f"{FOCAL}:{name}"] = table[FOCAL] * centred
    terms |= {name: table[name].astype("float64") for name in controls}
    raw = np.column_stack([column.to_numpy("float64") for column in terms.values()])
    x = standardized(raw, list(terms), centre=False)
    y = standardized(table[[outcome]].to_numpy("float64"), [outcome], centre=False)
    firms, codes = np.unique(
        table[["firm_i", "firm_j"]].to_numpy(str).ravel(), return_inverse=True
    )
    if len(y.values) <= len(x.names) or dependences(x) or (x.values == 0).all(0).any():
        return pd.DataFrame(columns=RESULT)
    fit = regress(y, x)
    rows = Sample(
        model=Model(outcome, outcome, clusters=("firm_i", "firm_j")),
        clusters=codes.reshape(-1, 2),
        effects=np.empty((len(table), 0), dtype="int64"),
    )
    parts = []
    for name, kind in kinds.items():
        try:
            spread = covariance(fit, rows, kind)
        except EstimationError:
            continue
        parts.append(
            coefficient_table(
                fit.names, fit.estimates, spread.matrix, spread.df, confidence
            ).assign(outcome=outcome, se_type=name, n=fit.n, firms=len(firms))
        )
    return pd.concat(parts, ignore_index=True)[RESULT]


RESULT = [
    *("outcome", "term", "estimate", "se", "se_type", "df", "t", "p"),
    *("ci_low", "ci_high", "n", "firms"),
]


@method(
    "dyadic_errors",
    under="Deals",
    asks=("event_study", "sources.alliances"),
    order=50,
    words="Standard errors allow for all pairs of deals d, e that share a firm "
    "(Aronow, Samii and Assenova 2015).",
    equation="V = n/(n - k) (X' X)^(-1) (sum_(d, e) x_d hat(u)_d hat(u)_e x'_e) (X' "
    "X)^(-1)",
)
def appropriation_models(
    dyads: pd.DataFrame, confidence: float = 0.95, errors: str = DYADIC
) -> pd.DataFrame:
    """Run the antisymmetric model for every measure of appropriation."""
    table = dyads.assign(share_difference=2 * dyads["share_i"] - 1)
    kinds = WITH_JACKKNIFE if errors == JACKKNIFE else KINDS
    parts = [
        antisymmetric_model(table, outcome, confidence=confidence, kinds=kinds)
        for outcome in OUTCOMES
    ]
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else parts[0]


def division_of_value(dyads: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Describe how deals of two structures divide their value, and how often both gain.

    Parameters
    ----------
    dyads
        One row per deal.
    confidence
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        group (asymmetric, symmetric, all), quantity, estimate, se, ci_low, ci_high, n.
        Of asymmetric deals: the mean abnormal return of the customer- and of the
        product-centric partner, the ratio of both means (Fieller's interval,
        partners' covariance included; without ends where the denominator could be
        zero), and the customer-centric partner's mean share where both gain. Of every
        group: the rate at which both gain, the mean of the smaller abnormal return and
        the partners' correlation (Fisher's interval).
    """
    rows: list[dict[str, object]] = []
    z = float(stats.norm.ppf((1 + confidence) / 2))

    def mean(group: str, quantity: str, values: pd.Series) -> None:
        known = values.dropna().to_numpy("float64")
        if len(known) > 1:
            se = float(known.std(ddof=1) / np.sqrt(len(known)))
            add(group, quantity, float(known.mean()), se, len(known))

    def add(group: str, quantity: str, value: float, se: float, n: int) -> None:
        rows.append(
            {
                "group": group,
                "quantity": quantity,
                "estimate": value,
                "se": se,
                "ci_low": value - z * se,
                "ci_high": value + z * se,
                "n": n,
            }
        )

    mixed = dyads[dyads.asymmetric == 1]
    own_is_i = mixed.customer_centric_i == 1
    cc = mixed.car_i.where(own_is_i, mixed.car_j)
    pc = mixed.car_j.where(own_is_i, mixed.car_i)
    mean("asymmetric", "customer-centric partner's CAR", cc)
    mean("asymmetric", "product-centric partner's CAR", pc)
    ratio = capture(dyads, confidence)
    if np.isfinite(ratio["estimate"]):
        rows.append({"group": "asymmetric", "quantity": RATIO, **ratio})
    share = mixed.share_i.where(own_is_i, 1 - mixed.share_i)
    mean("asymmetric", "customer-centric partner's share", share)
    for group, part in (
        ("asymmetric", mixed),
        ("symmetric", dyads[dyads.asymmetric == 0]),
        ("all", dyads),
    ):
        mean(group, "both gain", part.both_gain)
        mean(group, "smaller CAR", part.least_car)
        cars = part[["car_i", "car_j"]].dropna().to_numpy("float64")
        if len(cars) > 3 and cars.std(axis=0).min() > 0:
            # each pair in both orders: the intraclass form, which knows no first one
            both = np.vstack([cars, cars[:, ::-1]])
            r = float(np.corrcoef(both.T)[0, 1])
            reach = z / np.sqrt(len(cars) - 1.5)
            low, high = np.tanh(np.arctanh(r) + np.array([-reach, reach]))
            add(group, "correlation of CARs", r, float("nan"), len(cars))
            rows[-1] |= {"ci_low": low, "ci_high": high}
    names = ["group", "quantity", "estimate", "se", "ci_low", "ci_high", "n"]
    return pd.DataFrame(rows, columns=names)
