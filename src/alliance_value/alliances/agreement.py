"""Two coders' classes -> Cohen's kappa with confidence interval, and confusions."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
import pandas as pd
from scipy.stats import norm

from alliance_value.alliances.coding import ADJUDICATED, UNIT, settle_units
from alliance_value.alliances.contracts.alliances import CodedUnits
from alliance_value.alliances.contracts.structures import CoderAgreement
from alliance_value.alliances.structures import Rule, code_structures
from alliance_value.contracts.storage import empty
from alliance_value.panel.keys import FIRM_YEAR

CONFIDENCE = 0.95
COUNTED = ["level", "first", "second", "n"]


@dataclass(frozen=True)
class Kappa:
    """Chance-corrected agreement of two coders.

    Parameters
    ----------
    n
        Objects that both coded.
    agreement, expected
        Observed agreement and the agreement of independent coders with these margins.
    kappa
        (agreement - expected) / (1 - expected); NaN where the margins leave no room
        for disagreement.
    se
        Asymptotic standard error.
    se_null
        Standard error if true kappa is zero, for the test of no agreement.
    ci_low, ci_high
        Normal confidence limits of 95 % from ``se``.
    """

    n: int
    agreement: float
    expected: float
    kappa: float
    se: float
    se_null: float
    ci_low: float
    ci_high: float


def cohens_kappa(counts: np.ndarray) -> Kappa:
    """Compute Cohen's kappa from a square table of counts.

    Parameters
    ----------
    counts
        Shape (k, k), non-negative: first coder's class by row, second's by column.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20. Fleiss, Cohen and
    Everitt (1969), Psychological Bulletin 72: large-sample standard errors.
    """
    total = float(counts.sum())
    n = int(total)
    if n == 0:
        return Kappa(0, nan, nan, nan, nan, nan, nan, nan)
    p = counts / total
    row, column, diagonal = p.sum(axis=1), p.sum(axis=0), np.diag(p)
    observed, expected = float(diagonal.sum()), float(row @ column)
    # margins that sum to one up to rounding leave no room for disagreement
    if 1 - expected < 1e-12:
        return Kappa(n, observed, expected, nan, nan, nan, nan, nan)
    kappa = (observed - expected) / (1 - expected)
    both = row + column
    agree = diagonal @ ((1 - expected) - both * (1 - observed)) ** 2
    cross = p * (column[:, None] + row[None, :]) ** 2
    differ = (1 - observed) ** 2 * (cross.sum() - np.trace(cross))
    shift = (observed * expected - 2 * expected + observed) ** 2
    variance = max(agree + differ - shift, 0.0) / ((1 - expected) ** 4 * n)
    null = expected + expected**2 - row * column @ both
    variance_null = max(null, 0.0) / ((1 - expected) ** 2 * n)
    se = sqrt(variance)
    reach = float(norm.ppf(0.5 + CONFIDENCE / 2)) * se
    return Kappa(
        n=n,
        agreement=observed,
        expected=expected,
        kappa=kappa,
        se=se,
        se_null=sqrt(variance_null),
        ci_low=kappa - reach,
        ci_high=kappa + reach,
    )


def coder_pair(units: pd.DataFrame) -> tuple[str, str] | None:
    """Return the two coders with most units, by name; none where one coded alone."""
    coder = units[CodedUnits.coder].astype("string")
    sizes = coder[coder.ne(ADJUDICATED)].value_counts()
    ranked = sorted(sizes.items(), key=lambda item: (-int(item[1]), str(item[0])))
    if len(ranked) < 2:
        return None
    first, second = sorted(str(name) for name, _ in ranked[:2])
    return first, second


def paired_classes(
    units: pd.DataFrame, coders: tuple[str, str], rule: Rule
) -> pd.DataFrame:
    """Return what two coders found, per unit and per firm-year.

    Returns
    -------
    pandas.DataFrame
        level (unit, firm_year), firm, fiscal_year, unit_name (units only), first,
        second: classes, or customer_centric and other; missing where that coder did
        not code the object.
    """
    names = {1.0: "customer_centric", 0.0: "other"}
    parts = []
    for level, key in (("unit", UNIT), ("firm_year", FIRM_YEAR)):
        sides = []
        for side, coder in zip(("first", "second"), coders, strict=True):
            if level == "unit":
                seen = settle_units(units, coder)[[*key, CodedUnits.unit_class]]
            else:
                seen = code_structures(units, rule, coder)[[*key, "customer_centric"]]
            seen = seen.set_axis([*key, side], axis=1)
            if level == "firm_year":
                seen[side] = seen[side].map(names)
            sides.append(seen.astype({side: "string"}))
        both = sides[0].merge(sides[1], on=key, how="outer", validate="one_to_one")
        parts.append(both.assign(level=level))
    table = pd.concat(parts, ignore_index=True)
    return table[["level", *UNIT, "first", "second"]]


def confusion(pairs: pd.DataFrame) -> pd.DataFrame:
    """Count every combination of classes per level.

    Returns
    -------
    pandas.DataFrame
        level, first, second, n: the full square of the classes that occur, sorted.
    """
    parts = []
    for level in ("unit", "firm_year"):
        seen = pairs[(pairs["level"] == level).to_numpy()].dropna(
            subset=["first", "second"]
        )
        classes = sorted({*seen["first"], *seen["second"]})
        square = pd.MultiIndex.from_product(
            [classes, classes], names=["first", "second"]
        )
        counts = seen.groupby(["first", "second"]).size().reindex(square, fill_value=0)
        parts.append(counts.rename("n").reset_index().assign(level=level))
    return pd.concat(parts, ignore_index=True)[COUNTED]


def coder_agreement(
    units: pd.DataFrame, rule: Rule = "majority"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the two coders with most units; no rows where one coded alone.

    Parameters
    ----------
    units
        Coded units.
    rule
        How units make a firm-year customer-centric.

    Returns
    -------
    agreement : pandas.DataFrame
        One row per level: first_coder, second_coder, fields of `Kappa`, and unpaired,
        the objects that only one of them classed.
    confusions : pandas.DataFrame
        From `confusion`.
    """
    coders = coder_pair(units)
    if coders is None:
        return empty(CoderAgreement), pd.DataFrame(columns=COUNTED)
    pairs = paired_classes(units, coders, rule)
    confusions = confusion(pairs)
    rows = []
    for level in ("unit", "firm_year"):
        cells = confusions.loc[confusions["level"] == level, "n"].to_numpy("float64")
        k = round(sqrt(len(cells)))
        at_level = pairs[(pairs["level"] == level).to_numpy()]
        alone = at_level["first"].isna() ^ at_level["second"].isna()
        rows.append(
            {
                "level": level,
                "first_coder": coders[0],
                "second_coder": coders[1],
                **vars(cohens_kappa(cells.reshape(k, k))),
                "unpaired": int(alone.sum()),
            }
        )
    return pd.DataFrame(rows), confusions
