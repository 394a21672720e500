"""Products of deviations beside ordinary ones -> their difference, and whose it is.

References
----------
Giesselmann and Schmidt-Catran (2020), Interactions in fixed effects regression models,
Sociological Methods & Research 51. Hausman (1978), Econometrica 46, with the joint
covariance of both estimators from their scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from scipy import linalg

from alliance_value.contracts.results import DIFFERENCE, ORDINARY
from alliance_value.models.covariance import Kind, Sample, covariance
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.covariances.robust import robust
from alliance_value.models.design import Design
from alliance_value.models.estimators.instruments import stages_of
from alliance_value.models.estimators.least_squares import estimated
from alliance_value.models.estimators.result import Equation, Fit, Test, wald
from alliance_value.models.regression import Regression, regress
from alliance_value.study.spec import Model
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import StandardError

OF_SCORES = {"scores", "periods"}


def beside_ordinary(fit: Fit, design: Design, model: Model) -> Fit:
    """Set the ordinary products beside those of deviations that a fit has.

    Parameters
    ----------
    fit
        A model whose products are of deviations from the entity's means.
    design
        Its rows, with ``design.ordinary`` the same rows and ordinary products.
    model
        Its specification.

    Returns
    -------
    Fit
        The fit with two further equations, the model with ordinary products and the
        difference of the products; with a test that all differences are zero, and per
        product the entities that identify it.
    """
    if design.ordinary is None:
        return fit
    within, sample = regression_of(design, model)
    ordinary, _ = regression_of(design.ordinary, model)
    names = [n for n in within.names if ":" in n]
    if not names:
        return fit
    both = stacked((within, ordinary))
    spread = covariance(
        both, replace(sample, terms=len(within.names)), kind_of(sample.model)
    )
    k = len(within.names)
    turn = np.zeros((len(names), 2 * k))
    for row, name in enumerate(names):
        place = within.names.index(name)
        turn[row, [place, k + place]] = 1.0, -1.0
    gap = turn @ both.estimates
    matrix = turn @ spread.matrix @ turn.T
    test = wald(
        "product_difference",
        gap,
        matrix,
        f"products within {{entities}} equal ordinary ones under the null; joint "
        f"covariance of both, {spread.label}",
        spread.df,
    )
    of_ordinary = slice(k, None)
    equations = (
        Equation(
            ORDINARY,
            ordinary.names,
            ordinary.estimates,
            spread.matrix[of_ordinary, of_ordinary],
            spread.df,
        ),
        Equation(DIFFERENCE, tuple(names), gap, matrix, spread.df),
    )
    factors = dict.fromkeys(factor for name in names for factor in name.split(":"))
    tests = [
        Test(
            f"changing: {factor}",
            float(moves.sum()),
            note=f"{{entities}} in which {factor} changes, of {len(moves):,}",
        )
        for factor, moves in moving_in(design, factors).items()
    ]
    tests += [t for name in names for t in changes(name, design, within, ordinary)]
    return replace(
        fit,
        tests=(*fit.tests, test, *tests),
        equations=(*fit.equations, *equations),
    )


def regression_of(design: Design, model: Model) -> tuple[Regression, Sample]:
    """Return the regression that a design's estimator runs, and its rows."""
    if model.estimator == "iv":
        stages = stages_of(design, model)
        return regress(stages.y, stages.x, stages.instruments), stages.sample
    return estimated(design, model)


def stacked(parts: Sequence[Regression]) -> Regression:
    """Return regressions of the same rows as one, whose scores stand side by side.

    Any covariance that sums scores then is the joint one of all estimates, in raw
    units: an estimate's deviation is ``root @ sum of scores``, whichever it is of.
    """
    scores = np.column_stack([part.scores for part in parts])
    root = linalg.block_diag(*(part.turn @ part.root for part in parts))
    return Regression(
        names=tuple(name for part in parts for name in part.names),
        b=np.concatenate([part.estimates for part in parts]),
        basis=scores,
        residuals=np.ones(len(scores)),
        root=root,
        bread=root @ root.T,
        turn=np.eye(len(root)),
        offset=np.zeros(len(root)),
    )


def kind_of(model: Model) -> Kind | None:
    """Return the covariance of the joint estimates: the model's, if of scores alone."""
    if set(entries(StandardError)[model.standard_errors].needs) <= OF_SCORES:
        return None
    return clustered if model.clusters else robust


def changes(
    name: str, design: Design, within: Regression, ordinary: Regression
) -> list[Test]:
    """Return what the entities that change their moderator identify of a product.

    The moderator is the variable of the product that changes in the fewest entities.
    What identifies a term is its variation that effects and other terms leave; in
    two-stage least squares that of its projection.
    """
    moving = moving_in(design, name.split(":"))
    moderator = min(moving, key=lambda factor: moving[factor].sum())
    rows = moving[moderator][design.firms]
    who = f"{{entities}} whose {moderator} changes"
    return [
        Test(
            f"{label}: {name}",
            float((identifying(fit, name)[rows] ** 2).sum()),
            note=f"share of {who} in the variation that identifies the {product}",
        )
        for label, product, fit in (
            ("changing_share", "ordinary product", ordinary),
            ("changing_share_within", "product within {entities}", within),
        )
    ]


def moving_in(design: Design, factors: Iterable[str]) -> dict[str, np.ndarray]:
    """Return whether a variable changes in each entity, bool, shape (entities,)."""
    firms = design.firms
    return {
        factor: np.bincount(firms, design.factors[factor].to_numpy() != 0) > 0
        for factor in factors
    }


def identifying(fit: Regression, name: str) -> np.ndarray:
    """Return what other terms leave of a term, scaled to length one, shape (n,)."""
    row = fit.root[fit.names.index(name)]
    return np.asarray(fit.basis @ row / np.sqrt(row @ row))
