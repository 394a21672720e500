"""Repeated inference against the family's own fit and refits without clusters."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import draw
from alliance_value.models.design import design
from alliance_value.models.family import estimate_family
from alliance_value.models.inference import Repeated, repeated_inference
from alliance_value.study.spec import Figure, Model

SMALL = Repeated(draws=199, permutations=99, seed=3)
MODEL = Model(
    "m",
    "y",
    terms=("x*z",),
    controls=("w",),
    effects=("firm", "fiscal_year"),
    clusters=("firm",),
)


def panel(seed: int = 1, firms: int = 14, years: int = 7) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = firms * years
    table = pd.DataFrame(
        {
            "firm": pd.array(np.repeat([f"f{i:02d}" for i in range(firms)], years)),
            "fiscal_year": np.tile(np.arange(2000, 2000 + years), firms),
            **{name: rng.normal(size=n) for name in "xzw"},
        }
    ).astype({"firm": "string"})
    table["y"] = 0.5 * table.x + table.x * table.z + rng.normal(size=n)
    return table[rng.random(n) > 0.1].reset_index(drop=True)


@pytest.fixture(scope="module")
def tables():
    data = design(panel(), MODEL, FunnelBranch("m"), [])
    return repeated_inference(data, MODEL, SMALL)


def test_clustered_errors_are_those_of_the_estimates(tables):
    own = estimate_family(panel(), [MODEL]).estimates.set_index("term")
    found = tables.inference.query("method == 'clustered (CR1)'").set_index("term")
    assert list(found.index) == ["x", "z", "x:z"]
    for column in ("estimate", "se", "p", "ci_low"):
        np.testing.assert_allclose(
            found[column], own.loc[found.index, column], rtol=1e-8
        )


def test_influence_and_jackknife_equal_refits_without_each_firm(tables):
    whole = panel()
    full = estimate_family(whole, [MODEL]).estimates.set_index("term").estimate
    parts = {
        firm: estimate_family(whole[whole.firm != firm], [MODEL])
        .estimates.set_index("term")
        .estimate
        for firm in whole.firm.unique()
    }
    for row in tables.influence.itertuples():
        np.testing.assert_allclose(
            row.influence, full[row.term] - parts[row.cluster][row.term], atol=1e-9
        )
    count = len(parts)
    squares = sum((part - full) ** 2 for part in parts.values())
    expected = np.sqrt((count - 1) / count * squares)
    found = tables.inference.query("method == 'jackknife by cluster (CR3)'")
    np.testing.assert_allclose(
        found.se, expected[found.term.tolist()].to_numpy(), rtol=1e-8
    )


def test_every_method_judges_every_term_of_interest(tables):
    counts = tables.inference.groupby("method").size()
    assert counts["HC3"] == counts["wild cluster bootstrap (webb)"] == 3
    assert counts["randomization within {entities}"] == 2
    assert tables.inference.p.between(0, 1).all()
    strong = tables.inference[tables.inference.term == "x:z"]
    assert (strong.p < 0.05).all()


def test_draws_repeat_and_depend_on_the_seed():
    data = design(panel(), MODEL, FunnelBranch("m"), [])
    one, two, other = (
        repeated_inference(data, MODEL, replace(SMALL, seed=seed)).inference
        for seed in (3, 3, 4)
    )
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(other)


def test_sensitivity_by_hand(tables):
    own = estimate_family(panel(), [replace(MODEL, standard_errors="unadjusted")])
    x = own.estimates.set_index("term").loc["x"]
    data = design(panel(), MODEL, FunnelBranch("m"), [])
    firms, years = data.keys.firm.nunique(), data.keys.fiscal_year.nunique()
    df = len(data.keys) - 4 - firms - years + 1
    f = abs(x.estimate / x.se) / np.sqrt(df)
    expected = 0.5 * (np.sqrt(f**4 + 4 * f**2) - f**2)
    found = tables.sensitivity.set_index(["term", "measure"]).value
    np.testing.assert_allclose(found["x", "robustness value"], expected, rtol=1e-6)
    assert np.isfinite(found["x", "Oster's delta"])
    # no stronger confounder than a control brings the estimate past its bound
    assert 0 < found["x", "as strong as z"] < x.estimate
    assert found["", "clusters"] == firms
    assert found["x", "variance inflation"] > 1


def test_contours_start_at_the_estimate_and_show_confounders(tables):
    shown = {name: getattr(tables, name) for name in ("sensitivity", "inference")}
    figure = Figure("s", "sensitivity", terms=("x",))
    drawn = draw(figure, shown, Context(outcomes={"m": "y"}))
    (point,) = drawn.data[drawn.data.control == "z"].to_dict("records")
    found = tables.sensitivity.set_index(["term", "measure"]).value
    assert point["estimate"] == pytest.approx(found["x", "as strong as z"])
    assert 0 < point["of_term"] < 1 and 0 < point["of_outcome"] < 1
    assert "brings it to zero" in drawn.caption
    plt.close(drawn.figure)
