"""Regressions of the same rows -> all of their estimates with one covariance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import linalg

from alliance_value.models.covariance import Covariance, Kind, Sample, covariance
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.covariances.robust import robust
from alliance_value.models.regression import Regression
from alliance_value.study.spec import Model
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import StandardError

OF_SCORES = {"scores", "periods", "entities"}


def joint(parts: Sequence[Regression], sample: Sample) -> tuple[Regression, Covariance]:
    """Return regressions of the same rows as one, and the covariance of all estimates.

    Each has as many terms; corrections for small samples count those of one.
    """
    both = stacked(parts)
    counting = replace(sample, terms=len(parts[0].names))
    return both, covariance(both, counting, kind_of(sample.model))


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
