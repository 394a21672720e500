"""Spells with an alliance function -> firms that have one, and what it goes with."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.models.columns import standardized
from alliance_value.models.covariance import Sample, covariance
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.regression import regress
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import method

SIDES = ("i", "j")
HORIZON = 5  # years
LEAST = 2.0  # standard errors from zero of a denominator
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
    dyads: pd.DataFrame, spells: pd.DataFrame, until: pd.Timestamp
) -> pd.DataFrame:
    """Return two rows per deal: what each partner brings and gets.

    Parameters
    ----------
    dyads
        One row per deal.
    spells
        Canonical spells.
    until
        Last day on which a deal's end is known.

    Returns
    -------
    pandas.DataFrame
        alliance, firm, function (0/1), experience, log_value, car (decimal), gain
        ($ million), lasts (1 where the deal is not known to have ended in `HORIZON`
        years; missing where these are not over).
    """
    horizon = dyads.announced + pd.DateOffset(years=HORIZON)
    ended = dyads.terminated.notna() & (dyads.terminated < horizon)
    lasts = (~ended).astype("float64").where(ended | (horizon <= until))
    return pd.concat(
        [
            pd.DataFrame(
                {
                    Alliances.alliance: dyads.alliance,
                    FIRM: dyads[f"firm_{s}"],
                    "function": function_at(
                        spells, dyads[f"firm_{s}"], dyads.announced
                    ),
                    "experience": dyads[f"experience_{s}"],
                    "log_value": dyads[f"log_value_{s}"],
                    "car": dyads[f"car_{s}"],
                    "gain": dyads[f"gain_{s}"],
                    "lasts": lasts,
                }
            )
            for s in SIDES
        ],
        ignore_index=True,
    )


@method(
    "alliance_function",
    under="Deals",
    asks=("constructs.function",),
    order=70,
    words="The chain from experience x over a function F to a partner's return is read "
    "off two linear models, with errors that allow for all of a firm's deals: what "
    "experience does to having a function, and what a function goes with at given "
    "experience and size. It is a cause only where no common cause is left out.",
    equation='F = a_0 + a x + c v + e, quad "CAR" = b_0 + b F + d x + f v + u, quad '
    '"indirect" = a b',
)
def function_results(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return contrasts by function, by size, and the chain from experience.

    Parameters
    ----------
    rows
        From `partners`.
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        group, quantity, estimate, se, ci_low, ci_high, n. Groups: all, and partners
        above and below the median market value. Quantities: mean abnormal return and
        share of deals that last, with and without a function, and their difference;
        ``gain, ratio``, the mean gain in dollars with over that without; of all also
        the chain: ``experience to function``, ``function to return``, ``indirect`` and
        ``direct`` effect of experience, and ``function by size``.

    References
    ----------
    Kale, Dyer and Singh (2002), Strategic Management Journal 23. Sobel (1982),
    Sociological Methodology 13; Imai, Keele and Tingley (2010), Psychological Methods
    15 on what a mediation assumes. Errors are clustered by firm.
    """
    z = float(stats.norm.ppf((1 + confidence) / 2))
    out: list[tuple[str, str, float, float, int]] = []
    middle = rows.log_value.median()
    groups = {
        "all": rows,
        "larger": rows[rows.log_value >= middle],
        "smaller": rows[rows.log_value < middle],
    }
    for group, part in groups.items():
        for name, outcome in (("return", "car"), ("lasting", "lasts")):
            out += [(group, *row) for row in contrasts(part, name, outcome)]
        out += [(group, *row) for row in ratio_of_gains(part)]
    out += [("all", *row) for row in chain(rows)]
    table = pd.DataFrame(out, columns=["group", "quantity", "estimate", "se", "n"])
    reach = z * table.se
    return table.assign(ci_low=table.estimate - reach, ci_high=table.estimate + reach)


Row = tuple[str, float, float, int]


def contrasts(rows: pd.DataFrame, name: str, outcome: str) -> list[Row]:
    """Return means with and without a function and their difference."""
    known = rows.dropna(subset=[outcome])
    fit = solved(known, outcome, ["function"])
    if fit is None:
        return []
    (b, a), v = fit
    n = len(known)
    with_one = int(known.function.sum())
    return [
        (f"{name}, {WITH}", a + b, float(np.sqrt(v.sum())), with_one),
        (f"{name}, {WITHOUT}", a, float(np.sqrt(v[1, 1])), n - with_one),
        (f"{name}, difference", b, float(np.sqrt(v[0, 0])), n),
    ]


def ratio_of_gains(rows: pd.DataFrame) -> list[Row]:
    """Return the mean gain in dollars with a function over that without.

    None where the gain without one is not told from zero.
    """
    known = rows.dropna(subset=["gain"])
    fit = solved(known, "gain", ["function"])
    if fit is None:
        return []
    (b, a), v = fit
    if a <= LEAST * np.sqrt(v[1, 1]):
        return []
    gradient = np.array([1 / a, -b / a**2])
    return [
        ("gain, ratio", 1 + b / a, float(np.sqrt(gradient @ v @ gradient)), len(known))
    ]


def chain(rows: pd.DataFrame) -> list[Row]:
    """Return the chain from experience over a function to the return, and size."""
    known = rows.dropna(subset=["car", "experience", "log_value"])
    first = solved(known, "function", ["experience", "log_value"])
    second = solved(known, "car", ["function", "experience", "log_value"])
    centred = known.assign(
        by_size=known.function * (known.log_value - known.log_value.mean())
    )
    third = solved(centred, "car", ["function", "by_size", "experience", "log_value"])
    if first is None or second is None:
        return []
    n = len(known)
    a, va = first[0][0], first[1][0, 0]
    b, vb = second[0][0], second[1][0, 0]
    direct, vd = second[0][1], second[1][1, 1]
    found = [
        ("experience to function", a, float(np.sqrt(va)), n),
        ("function to return", b, float(np.sqrt(vb)), n),
        ("indirect", a * b, float(np.sqrt(a**2 * vb + b**2 * va)), n),
        ("direct", direct, float(np.sqrt(vd)), n),
    ]
    if third is not None:
        by_size, spread = third[0][1], float(np.sqrt(third[1][1, 1]))
        found.append(("function by size", by_size, spread, n))
    return found


def solved(
    rows: pd.DataFrame, outcome: str, terms: list[str]
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return coefficients (terms, then the constant) and their covariance by firm.

    None where a term does not vary or too few rows are there.
    """
    raw = rows[terms].to_numpy("float64")
    firms = np.unique(rows[FIRM].to_numpy(str), return_inverse=True)[1]
    if (
        len(raw) <= len(terms) + 1
        or firms.max() < 1
        or (np.ptp(raw, axis=0) == 0).any()
    ):
        return None
    columns = np.column_stack([raw, np.ones(len(raw))])
    x = standardized(columns, [*terms, "constant"], centre=False)
    y = standardized(rows[[outcome]].to_numpy("float64"), [outcome], centre=False)
    fit = regress(y, x)
    sample = Sample(
        model=Model(outcome, outcome, clusters=(FIRM,)),
        clusters=firms[:, None],
        effects=np.empty((len(raw), 0), dtype="int64"),
    )
    return fit.estimates, covariance(fit, sample, clustered).matrix
