"""Every specification of a grid is the model of the same keys, estimated by itself."""

import numpy as np
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.models.design import design
from alliance_value.models.estimate import fit
from alliance_value.models.family import identified
from alliance_value.multiverse.estimate import equation, estimated, solved
from alliance_value.multiverse.products import Products
from alliance_value.multiverse.rows import Frame, Specification, row_sets
from alliance_value.study.multiverse import (
    combinations,
    complete_grid,
    named,
    specified,
)
from tests.unit.multiverse.worlds import GRID, MODEL, panel

SPECIFICATIONS = 200


@pytest.fixture(scope="module")
def table():
    return panel()


@pytest.fixture(scope="module")
def drawn():
    grid = complete_grid(GRID)
    return [
        Specification(tuple(places), specified(grid, MODEL, named(grid, places)))
        for places in combinations(grid, 7, SPECIFICATIONS)
    ]


def test_each_of_200_drawn_is_its_model_alone(table, drawn):
    frame = Frame(table)
    seen = 0
    for shared in row_sets(frame, drawn, "firm"):
        members = [drawn[i] for i in shared.members]
        products = Products(frame, shared, members, "firm")
        for one in members:
            written = equation(one, products.absorbed)
            regression = solved(products, written)
            assert not isinstance(regression, str), regression
            ours = estimated(
                products, one, regression, regression.terms.index(written[2])
            )
            problems = []
            rows = design(table, one.model, FunnelBranch("one"), problems)
            rows, _ = identified(rows, one.model, problems)
            assert not problems
            theirs = fit(rows, one.model)
            j = theirs.names.index(one.term)
            assert ours.n == theirs.n
            assert ours.df == theirs.df
            np.testing.assert_allclose(ours.estimate, theirs.estimates[j], rtol=1e-9)
            error = np.sqrt(theirs.covariance[j, j])
            np.testing.assert_allclose(ours.se, error, rtol=1e-9)
            seen += 1
    assert seen == SPECIFICATIONS
