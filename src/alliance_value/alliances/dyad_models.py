"""Dyads -> what explains the value that partners create together, and each one's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.models.coefficients import tested
from alliance_value.models.small_samples import (
    COLUMNS,
    DYADIC,
    JACKKNIFE,
    Sample,
    fitted,
    noted,
)
from alliance_value.vocabulary.entries import method

TEMPORAL = ("temporal_overlap", "ties_decayed", "any_prior_tie", "recency", "tie_age")
SPATIAL = ("spatial_overlap", "same_sic", "same_state", "same_nation")
CONTROLS = (
    *("joint_size", "size_gap", "joint_experience"),
    *(Alliances.joint_venture, Alliances.technology_transfer, Alliances.cross_border),
)
PARTNER_TERMS = (
    *(
        "own_cc",
        "asymmetric",
        "own_cc:asymmetric",
        Alliances.marketing,
        Alliances.research,
    ),
    *("asymmetric:marketing", "asymmetric:research"),
    *("temporal_overlap", "spatial_overlap"),
    *("own_cc:asymmetric:temporal_overlap", "own_cc:asymmetric:spatial_overlap"),
    *("own_value", "other_value", "own_experience", "other_experience"),
)


@dataclass(frozen=True)
class DyadModel:
    """A model with one row per deal.

    Parameters
    ----------
    name
        Name in the tables.
    outcome
        Column to explain.
    overlaps
        Measures of overlap that moderate; equation (1) has a temporal and a spatial.
    controls
        Further columns.
    years
        Add an effect per year of announcement.
    weights
        Column whose inverse weighs the deals; empty for equal weights.
    logit
        The outcome is 0 or 1 and its log odds are linear; overlaps do not moderate.
    """

    name: str
    outcome: str = "combined_car"
    overlaps: tuple[str, ...] = ("temporal_overlap", "spatial_overlap")
    controls: tuple[str, ...] = CONTROLS
    years: bool = False
    weights: str = ""
    logit: bool = False


BASE = DyadModel("combined")
MODELS = (
    BASE,
    replace(BASE, name="combined, no controls", controls=()),
    replace(BASE, name="combined, year effects", years=True),
    replace(BASE, name="combined, weighted", weights="combined_variance"),
    *(
        replace(BASE, name=f"combined, {name}", overlaps=(name, "spatial_overlap"))
        for name in TEMPORAL[1:]
    ),
    *(
        replace(BASE, name=f"combined, {name}", overlaps=("temporal_overlap", name))
        for name in SPATIAL[1:]
    ),
    DyadModel("smaller CAR", outcome="least_car"),
    DyadModel("both gain", outcome="both_gain", logit=True),
)

# With the inverse Mills ratio of `formation`, in column mills; its first step is taken
# as known.
SELECTION = replace(BASE, name="combined, selection", controls=(*CONTROLS, "mills"))

# With `dual_appropriation.with_governance`: equity in the place of joint ventures.
OTHERS = tuple(c for c in CONTROLS if c != Alliances.joint_venture)
GOVERNED = (
    replace(BASE, name="combined, equity", controls=(*OTHERS, "equity")),
    replace(BASE, name="combined, rung", controls=(*OTHERS, "governance_rung")),
    replace(
        BASE,
        name="combined, by rung",
        overlaps=("temporal_overlap", "governance_rung"),
        controls=OTHERS,
    ),
)


@method(
    "dyad_models",
    under="Deals",
    asks=("event_study", "sources.alliances"),
    order=30,
    words="It is explained by asymmetric structures A, marketing K, R&D R, their "
    "products, and overlaps O as deviations from their means.",
    equation='"CAR"_d = b_0 + b_1 A + b_2 K + b_3 R + b_4 A K + b_5 A R + sum_O '
    "(c_0 + c_1 A + c_2 K + c_3 R + c_4 A K + c_5 A R) O + x'_d f + e_d",
)
def dyad_models(
    dyads: pd.DataFrame,
    models: Sequence[DyadModel] = MODELS,
    confidence: float = 0.95,
    errors: str = DYADIC,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Estimate the models of dyads and the stacked model of their partners.

    Parameters
    ----------
    dyads
        One row per deal, from `events.dyad_study`.
    models
        Models with one row per deal.
    confidence
        Level of the intervals (decimal).
    errors
        ``dyadic_jackknife`` adds that type where a model is least squares.

    Returns
    -------
    estimates : pandas.DataFrame
        model, se_type, term, estimate, se, df, t, p, ci_low, ci_high; one row per
        model, type of standard error and term, effects of years left out. Types are
        ``hc3`` (logit: ``hc0``), ``two_way`` by the partners i and j, ``dyadic``
        of all deals that share a firm; for the stacked model two_way by firm and deal,
        for the system of both partners ``robust``.
    fits : pandas.DataFrame
        model, outcome, estimator, n, firms, hub (the largest share of deals that one
        firm is in), r2 (McFadden's for a logit) and note, which says why a model has no
        estimates.

    References
    ----------
    docs/methods.md, models of dyads. Long and Ervin (2000), American Statistician 54
    (HC3). Cameron, Gelbach and Miller (2011), Journal of Business & Economic Statistics
    29 (two-way). Aronow, Samii and Assenova (2015), Political Analysis 23 (dyadic).
    """
    table = with_measures(dyads)
    samples = [
        replace(sample_of(table, model), jackknife=errors == JACKKNIFE)
        for model in models
    ]
    samples.append(stacked(table))
    parts = [fitted(sample, confidence) for sample in samples]
    parts.append(partners_system(table, confidence))
    tables = [estimates for estimates, _ in parts if len(estimates)]
    return (
        pd.concat(tables, ignore_index=True)
        if tables
        else pd.DataFrame(columns=COLUMNS),
        pd.DataFrame([fit for _, fit in parts]),
    )


def with_measures(dyads: pd.DataFrame) -> pd.DataFrame:
    """Add measures that know no order of the partners, and further overlaps.

    Returns
    -------
    pandas.DataFrame
        With joint_size, ln of both values ($ million); size_gap, the distance of their
        logs; joint_experience, the sum; ties_decayed, the decayed count of ties;
        recency, 1 / (1 + years since the last tie); tie_age, ln(1 + years since the
        first); both 0 without a tie.
    """
    return dyads.assign(
        joint_size=np.log(dyads.market_value_i + dyads.market_value_j),
        size_gap=(dyads.log_value_i - dyads.log_value_j).abs(),
        joint_experience=dyads.experience_i + dyads.experience_j,
        ties_decayed=dyads.partner_experience_decayed,
        recency=(1 / (1 + dyads.years_since_last_tie)).fillna(0.0),
        tie_age=np.log1p(dyads.years_since_first_tie).fillna(0.0),
    )


def equation(overlaps: Sequence[str], moderated: bool = True) -> list[str]:
    """Return the terms of equation (1) with all lower-order terms."""
    types = ["asymmetric", Alliances.marketing, Alliances.research]
    types += ["asymmetric:marketing", "asymmetric:research"]
    products = [f"{t}:{m}" for m in overlaps for t in types] if moderated else []
    return [*types, *overlaps, *products]


def without_unknown(
    table: pd.DataFrame, terms: Sequence[str], optional: Sequence[str]
) -> tuple[list[str], str]:
    """Return terms without the columns that tell nothing of any deal, and words on it.

    Filings do not say what SDC does of deals and parties: a column may be missing in
    every deal, or the same.

    Parameters
    ----------
    table
        One row per deal.
    terms
        Terms; ``a:b`` is a product.
    optional
        Columns that may be left out, with products of theirs.
    """
    columns = [name for name in optional if ":" not in name]
    silent = [name for name in columns if table[name].nunique() < 2 and len(table)]
    words = (
        f"without {', '.join(silent)}: missing or the same in all deals"
        if silent
        else ""
    )
    kept = [term for term in terms if not {*term.split(":")} & {*silent}]
    return kept, words


def sample_of(table: pd.DataFrame, model: DyadModel) -> Sample:
    """Return outcome, regressors and members of a model with one row per deal."""
    terms, note = without_unknown(
        table,
        [*equation(model.overlaps, not model.logit), *model.controls],
        [*(o for o in model.overlaps if o in BASE.overlaps), *model.controls],
    )
    used = [*dict.fromkeys(p for t in terms for p in t.split(":"))]
    needed = [model.outcome, *used, *([model.weights] if model.weights else [])]
    rows = table.dropna(subset=needed).reset_index(drop=True)
    overlaps = [name for name in model.overlaps if name in used]
    values = centred(rows[used].astype("float64"), overlaps)
    columns = products(values, terms) | {"constant": np.ones(len(rows))}
    hidden = {}
    if model.years:
        years = rows.announced.dt.year
        hidden = {
            f"year {year}": (years == year).to_numpy("float64")
            for year in sorted(years.unique())[1:]
        }
    members = rows[["firm_i", "firm_j"]].to_numpy(str)
    return Sample(
        name=model.name,
        outcome=model.outcome,
        y=rows[model.outcome].to_numpy("float64"),
        columns={**columns, **hidden},
        shown=tuple(columns),
        clusters=(members[:, 0], members[:, 1]),
        members=(members[:, 0], members[:, 1]),
        weights=1 / rows[model.weights].to_numpy() if model.weights else None,
        logit=model.logit,
        note=note,
    )


def stacked(table: pd.DataFrame) -> Sample:
    """Return the model of a partner's abnormal return, two rows per deal."""
    parts = []
    for own, other in (("i", "j"), ("j", "i")):
        partner = table.assign(
            car=table[f"car_{own}"],
            firm=table[f"firm_{own}"],
            own_cc=table[f"customer_centric_{own}"],
            own_value=table[f"log_value_{own}"],
            other_value=table[f"log_value_{other}"],
            own_experience=table[f"experience_{own}"],
            other_experience=table[f"experience_{other}"],
        )
        parts.append(partner)
    rows = pd.concat(parts, ignore_index=True)
    terms, note = without_unknown(table, PARTNER_TERMS, BASE.overlaps)
    used = [*dict.fromkeys(p for t in terms for p in t.split(":"))]
    rows = rows.dropna(subset=["car", *used])
    rows = rows.sort_values([Alliances.alliance, "firm"], ignore_index=True)
    overlaps = [name for name in BASE.overlaps if name in used]
    values = centred(rows[used].astype("float64"), overlaps)
    columns = products(values, terms) | {"constant": np.ones(len(rows))}
    return Sample(
        name="partners, stacked",
        outcome="car",
        y=rows.car.to_numpy("float64"),
        columns=columns,
        shown=tuple(columns),
        clusters=(rows.firm.to_numpy(str), rows.alliance.to_numpy(str)),
        members=None,
        note=note,
    )


def centred(values: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Take moderators as deviations from their means; 0/1 measures too."""
    shifted = {
        name: (values[name] - values[name].mean()) * float(np.ptp(values[name]) > 0)
        for name in names
    }
    return values.assign(**shifted)


def products(values: pd.DataFrame, terms: Sequence[str]) -> dict[str, np.ndarray]:
    """Return each term's column; ``a:b`` is a product."""
    return {
        term: np.prod([values[part].to_numpy() for part in term.split(":")], axis=0)
        for term in terms
    }


def partners_system(
    table: pd.DataFrame, confidence: float
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Estimate both partners' abnormal returns in asymmetric deals as one system.

    The customer-centric partner has one equation and the product-centric the other, so
    that the order i, j is of no account; disturbances of one deal are correlated.

    References
    ----------
    Zellner (1962), Journal of the American Statistical Association 57.
    """
    # only this model needs it, and its import costs more than all the others
    from linearmodels.system import SUR

    mixed = table[table.asymmetric == 1]
    own_is_i = (mixed.customer_centric_i == 1).to_numpy()[:, None]
    shared, absent = without_unknown(
        mixed, [Alliances.marketing, Alliances.research, *BASE.overlaps], BASE.overlaps
    )
    terms = [*shared, "own_value", "own_experience", "constant"]
    equations = {}
    for name, first in (("customer-centric", own_is_i), ("product-centric", ~own_is_i)):
        own = {
            target: np.where(
                first[:, 0], mixed[f"{column}_i"], mixed[f"{column}_j"]
            ).astype("float64")
            for target, column in (
                ("car", "car"),
                ("own_value", "log_value"),
                ("own_experience", "experience"),
            )
        }
        values = mixed[shared].reset_index(drop=True).assign(constant=1.0, **own)
        equations[name] = values.astype("float64")
    whole = ~pd.concat(equations, axis=1).isna().any(axis=1)
    equations = {name: values[whole] for name, values in equations.items()}
    n = int(whole.sum())
    members, counts = np.unique(
        mixed[whole.to_numpy()][["firm_i", "firm_j"]].to_numpy(str), return_counts=True
    )
    fit: dict[str, Any] = {
        "model": "partners, system",
        "outcome": "car",
        "estimator": "sur",
        "n": n,
        "firms": len(members),
        "hub": counts.max(initial=0) / max(n, 1),
        "r2": np.nan,
        "note": "",
    }
    low = [np.linalg.matrix_rank(v[terms]) < len(terms) for v in equations.values()]
    if n <= 2 * len(terms) or any(low):
        note = noted("not estimated: too few or too uniform asymmetric deals", absent)
        return pd.DataFrame(columns=COLUMNS), fit | {"note": note}
    system = SUR(
        {
            name: {"dependent": values.car, "exog": values[terms]}
            for name, values in equations.items()
        }
    ).fit(cov_type="robust", debiased=True)
    sigma = system.sigma.to_numpy()
    r = sigma[0, 1] / np.sqrt(sigma[0, 0] * sigma[1, 1])
    estimates = tested(
        system.params.to_numpy(),
        system.std_errors.to_numpy(),
        n - len(terms),
        confidence,
    ).assign(
        model="partners, system",
        se_type="robust",
        term=[f"{name}: {term}" for name in equations for term in terms],
    )
    note = noted(f"correlation of both partners' disturbances {r:.3f}", absent)
    return estimates[COLUMNS], fit | {"r2": float(system.rsquared), "note": note}
