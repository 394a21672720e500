"""Spells with an alliance function -> firms that have one, and what it goes with."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.alliances.claims import ratio_of_estimates
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.models.coefficients import tested
from alliance_value.models.columns import standardized
from alliance_value.models.covariance import Sample, covariance
from alliance_value.models.covariances.dyadic import dyadic_jackknife
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import regress
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import method

SIDES = ("i", "j")
HORIZON = 5  # years
GIVEN = ("experience", "log_value")
STEPS = ("experience to function", "function to outcome", "indirect", "direct")
WITH, WITHOUT = "with a function", "without a function"


def function_at(spells: pd.DataFrame, firm: pd.Series, day: pd.Series) -> pd.Series:
    """Return 1 where a spell of the firm holds the day before, else 0."""
    asked = pd.DataFrame({FIRM: firm, "day": day}).reset_index(names="row")
    pairs = asked.merge(spells, on=FIRM)
    inside = (pairs.begins < pairs.day) & (
        pairs.ends.isna() | (pairs.ends >= pairs.day)
    )
    held = firm.index.isin(pairs.row[inside])
    return pd.Series(held.astype("float64"), firm.index)


def function_years(spells: pd.DataFrame, firm_years: pd.DataFrame) -> pd.DataFrame:
    """Return whether firms have a function at their fiscal year-ends."""
    after = firm_years.datadate + pd.Timedelta(days=1)
    return firm_years[[FIRM, YEAR]].assign(
        alliance_function=function_at(spells, firm_years[FIRM], after)
    )


def of_dyads(dyads: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    """Return functions (of both, 0 to 2) and function_difference (i less j)."""
    i, j = (function_at(spells, dyads[f"firm_{s}"], dyads.announced) for s in SIDES)
    return pd.DataFrame(
        {"functions": i + j, "function_difference": i - j}, index=dyads.index
    )


def partners(
    dyads: pd.DataFrame, spells: pd.DataFrame, ended: pd.Series, until: pd.Timestamp
) -> pd.DataFrame:
    """Return two rows per deal: what each partner brings and gets.

    Parameters
    ----------
    dyads
        One row per deal.
    spells
        Canonical spells.
    ended
        Day on which each deal ended, missing where it is not known to have.
    until
        Last day on which a deal's end is known.

    Returns
    -------
    pandas.DataFrame
        alliance, firm, other_firm, year (of the announcement), function and
        other_function (0/1, own and the other partner's), experience, log_value, car
        (decimal), gain ($ million), lasts (1 where the deal is not known to have ended
        in `HORIZON` years; missing where these are not over).
    """
    horizon = dyads.announced + pd.DateOffset(years=HORIZON)
    early = ended < horizon
    lasts = (~early).astype("float64").where(horizon <= until)
    has = {s: function_at(spells, dyads[f"firm_{s}"], dyads.announced) for s in SIDES}
    own = ("experience", "log_value", "car", "gain")
    return pd.concat(
        [
            pd.DataFrame(
                {
                    Alliances.alliance: dyads.alliance,
                    FIRM: dyads[f"firm_{s}"],
                    "other_firm": dyads[f"firm_{other}"],
                    "year": dyads.announced.dt.year,
                    "function": has[s],
                    "other_function": has[other],
                    "lasts": lasts,
                    **{name: dyads[f"{name}_{s}"] for name in own},
                }
            )
            for s, other in (SIDES, SIDES[::-1])
        ],
        ignore_index=True,
    )


@method(
    "alliance_function",
    under="Deals",
    asks=("constructs.function",),
    order=70,
    words="The chain from experience x over a function F to what a partner gets y, its "
    "return or a deal that lasts, is read off two linear models, with errors by a "
    "jackknife of firms: what experience does to having a function, and what a "
    "function goes with at given experience, size v, function of the other partner G "
    "and year t. It is a cause only where no common cause is left out.",
    equation="F = a_t + a x + c v + e, quad y = b_t + b F + g G + d x + f v + u, quad "
    '"indirect" = a b',
)
def function_results(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return contrasts by function, by size, and the chains from experience.

    Parameters
    ----------
    rows
        From `partners`.
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        group, quantity, the columns of `tested`, n. Groups: all, and partners above and
        below the median market value. Quantities: the mean abnormal return and the
        share of deals that last, with and without a function, and their difference;
        ``return, ratio`` and ``gain, ratio``, the mean return and gain in dollars with
        over those without (Fieller's interval); of all also both chains: experience to
        function, function to outcome, indirect and direct effect of experience, and
        the function's product with size. What cannot be estimated has no row.

    References
    ----------
    Kale, Dyer and Singh (2002), Strategic Management Journal 23. Sobel (1982),
    Sociological Methodology 13; Imai, Keele and Tingley (2010), Psychological Methods
    15 on what a mediation assumes. Errors are those of `dyadic_jackknife`: both rows of
    a deal share what becomes of it, and few firms are in many deals.
    """
    middle = rows.log_value.median()
    groups = {
        "all": rows,
        "larger": rows[rows.log_value >= middle],
        "smaller": rows[rows.log_value < middle],
    }
    tables = []
    for group, part in groups.items():
        estimates = contrasts(part, "return", "car") + contrasts(
            part, "lasting", "lasts"
        )
        if group == "all":
            estimates += chain(rows, "return", "car") + chain(rows, "lasting", "lasts")
        table = pd.DataFrame(
            estimates, columns=["quantity", "estimate", "se", "df", "n"]
        )
        values = table[["estimate", "se", "df"]].to_numpy("float64").T
        tests = tested(values[0], values[1], values[2], confidence)
        table = pd.concat([table[["quantity", "n"]], tests], axis=1)
        ratios = [
            *ratio(part, "return", "car", confidence),
            *ratio(part, "gain", "gain", confidence),
        ]
        if ratios:
            table = pd.concat([table, pd.DataFrame(ratios)], ignore_index=True)
        tables.append(table.assign(group=group))
    return pd.concat(tables, ignore_index=True)


Row = tuple[str, float, float, float, int]


def contrasts(rows: pd.DataFrame, name: str, outcome: str) -> list[Row]:
    """Return means with and without a function and their difference."""
    fit = solved(rows, outcome, ["function"])
    if fit is None:
        return []
    (b, a), v, df, n = fit
    with_one = int(rows.function[rows[outcome].notna()].sum())
    return [
        (f"{name}, {WITH}", a + b, float(np.sqrt(v.sum())), df, with_one),
        (f"{name}, {WITHOUT}", a, float(np.sqrt(v[1, 1])), df, n - with_one),
        (f"{name}, difference", b, float(np.sqrt(v[0, 0])), df, n),
    ]


def ratio(
    rows: pd.DataFrame, name: str, outcome: str, confidence: float
) -> list[dict[str, object]]:
    """Return the mean with a function over that without, with Fieller's interval."""
    fit = solved(rows, outcome, ["function"])
    if fit is None:
        return []
    (b, a), v, df, n = fit
    moments = (v.sum(), v[1, 1], v[0, 1] + v[1, 1])
    t = float(stats.t.ppf((1 + confidence) / 2, df))
    estimate = ratio_of_estimates(a + b, a, moments, t)
    return [{"quantity": f"{name}, ratio", **estimate, "df": df, "n": n}]


def chain(rows: pd.DataFrame, name: str, outcome: str) -> list[Row]:
    """Return the chain from experience over a function to an outcome, and size."""
    known = rows.dropna(subset=[outcome, *GIVEN])
    known = known.assign(
        by_size=known.function * (known.log_value - known.log_value.mean())
    )
    others = ["other_function", *GIVEN]
    used = [outcome, "function", "by_size", *others]
    known[used] -= known.groupby("year")[used].transform("mean")
    first = solved(known, "function", [*GIVEN])
    second = solved(known, outcome, ["function", *others])
    third = solved(known, outcome, ["function", "by_size", *others])
    if first is None or second is None:
        return []
    (a, *_), va, df, n = first
    (b, _, direct, *_), vb, *_ = second
    errors = np.sqrt([va[0, 0], vb[0, 0], a**2 * vb[0, 0] + b**2 * va[0, 0], vb[2, 2]])
    steps = zip(STEPS, (a, b, a * b, direct), errors.tolist(), strict=True)
    estimates = [(f"{name}: {step}", value, se, df, n) for step, value, se in steps]
    if third is not None:
        by_size = float(third[0][1]), float(np.sqrt(third[1][1, 1]))
        estimates.append((f"{name}: function by size", *by_size, df, n))
    return estimates


def solved(
    rows: pd.DataFrame, outcome: str, terms: list[str]
) -> tuple[list[float], np.ndarray, float, int] | None:
    """Return coefficients (terms, then the constant), covariance, df and n.

    None where a term does not vary, too few rows are there, or only one firm tells.
    """
    known = rows.dropna(subset=[outcome, *terms])
    raw = known[terms].to_numpy("float64")
    n = len(raw)
    if n <= len(terms) + 1 or (np.ptp(raw, axis=0) == 0).any():
        return None
    sides = known[[FIRM, "other_firm"]].to_numpy(str)
    members = np.unique(sides, return_inverse=True)[1].reshape(sides.shape)
    columns = np.column_stack([raw, np.ones(n)])
    x = standardized(columns, [*terms, "constant"], centre=False)
    y = standardized(known[[outcome]].to_numpy("float64"), [outcome], centre=False)
    fit = regress(y, x)
    sample = Sample(
        model=Model(outcome, outcome, clusters=(FIRM, "other_firm")),
        clusters=members,
        effects=np.empty((n, 0), dtype="int64"),
    )
    try:
        spread = covariance(fit, sample, dyadic_jackknife)
    except EstimationError:
        return None
    return fit.estimates.tolist(), spread.matrix, spread.df, n
