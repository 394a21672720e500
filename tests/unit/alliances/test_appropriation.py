"""The antisymmetric model: planted difference, order of partners, and no effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.appropriation import (
    FOCAL,
    MODERATORS,
    OUTCOMES,
    RATIO,
    antisymmetric_model,
    appropriation_models,
    division_of_value,
)
from alliance_value.alliances.claims import capture
from tests.unit.alliances.test_dyad_models import swapped, world

TERMS = ("customer_centric", "log_value", "experience")


def deals(n: int, seed: int, delta: float, firm_sd: float = 0.0) -> pd.DataFrame:
    """Deals of 60 firms; firm_sd adds to every return of a firm's deals."""
    table = world(n, seed)
    rng = np.random.default_rng(seed + 1)
    firm = pd.Series(rng.normal(0, firm_sd, 60), [f"f{k:02d}" for k in range(60)])
    gap = table.customer_centric_i - table.customer_centric_j
    own = delta * (1 + table.temporal_overlap - table.temporal_overlap.mean())
    table["car_i"] += gap * own / 2 + table.firm_i.map(firm)
    table["car_j"] -= gap * own / 2 - table.firm_j.map(firm)
    return completed(table)


def completed(table: pd.DataFrame) -> pd.DataFrame:
    for name in TERMS:
        table[f"{name}_difference"] = table[f"{name}_i"] - table[f"{name}_j"]
    table["car_difference"] = table.car_i - table.car_j
    total = table.market_value_i + table.market_value_j
    gains = [table[f"car_{s}"] * table[f"market_value_{s}"] for s in ("i", "j")]
    table["relative_gain"] = (gains[0] - gains[1]) / total
    table["bounded_gain"] = (gains[0] - gains[1]) / (gains[0].abs() + gains[1].abs())
    both = (gains[0] > 0) & (gains[1] > 0)
    table["share_i"] = (gains[0] / (gains[0] + gains[1])).where(both)
    table["both_gain"] = both.astype(float)
    table["least_car"] = table[["car_i", "car_j"]].min(axis=1)
    return table


def test_planted_difference_and_moderation_are_recovered():
    terms = [FOCAL, f"{FOCAL}:temporal_overlap"]
    estimates, covered = [], 0
    for seed in range(30):
        found = antisymmetric_model(deals(400, 50 + seed, 0.03), "car_difference")
        dyadic = found[found.se_type == "dyadic"].set_index("term").loc[terms]
        estimates.append(dyadic.estimate)
        covered += int(dyadic.ci_low.iloc[0] <= 0.03 <= dyadic.ci_high.iloc[0])
        assert "constant" not in set(found.term)
    mean = np.mean(estimates, axis=0)
    error = np.std(estimates, axis=0) / np.sqrt(30)
    assert (np.abs(mean - 0.03) < 3.5 * error).all()
    assert covered >= 23


def test_estimates_know_no_order_of_partners():
    table = deals(300, 4, 0.02)
    turned = completed(swapped(table.drop(columns="share_i")))
    rng = np.random.default_rng(2)
    mixed = table.where(pd.Series(rng.random(300) < 0.5), turned)
    one = appropriation_models(table)
    assert list(dict.fromkeys(one.outcome)) == [*OUTCOMES]
    pd.testing.assert_frame_equal(
        one[one.outcome == OUTCOMES[1]].reset_index(drop=True),
        antisymmetric_model(table, OUTCOMES[1]),
    )
    assert appropriation_models(table.head(3)).empty
    for other in (turned, mixed.astype(table.dtypes)):
        two = appropriation_models(other)
        assert one.term.tolist() == two.term.tolist()
        for column in ("estimate", "se", "p", "n", "firms"):
            np.testing.assert_allclose(one[column], two[column], rtol=1e-9, atol=1e-12)
    numbers = ["estimate", "ci_low", "ci_high", "n"]
    np.testing.assert_allclose(
        division_of_value(table)[numbers],
        division_of_value(turned)[numbers],
        rtol=1e-12,
    )


def test_dyadic_errors_equal_a_loop_over_pairs():
    # moderators that no deal has are left out
    table = deals(80, 5, 0.02).assign(**dict.fromkeys(MODERATORS, np.nan))
    found = antisymmetric_model(table, "car_difference", controls=())
    x = table[FOCAL].to_numpy()
    e = table.car_difference.to_numpy() - found.estimate.iloc[0] * x
    firms = table[["firm_i", "firm_j"]].to_numpy()
    meat = sum(
        x[a] * e[a] * x[b] * e[b]
        for a in range(80)
        for b in range(80)
        if set(firms[a]) & set(firms[b])
    )
    se = np.sqrt(80 / 79 * meat) / (x @ x)
    dyadic = found[found.se_type == "dyadic"].iloc[0]
    assert dyadic.se == pytest.approx(se, rel=1e-10)
    assert dyadic.df == len(np.unique(firms)) - 1


@pytest.mark.parametrize("firm_sd", [0.0, 0.02])
def test_without_a_difference_five_percent_reject(firm_sd):
    draws = []
    for seed in range(100, 200):
        table = antisymmetric_model(deals(150, seed, 0.0, firm_sd), "car_difference")
        draws.append(table[table.term == FOCAL])
    by_type = pd.concat(draws).groupby("se_type")
    # 5 expected, three binomial standard deviations are 6.5
    assert 1 <= by_type.p.apply(lambda p: p.lt(0.05).sum())["dyadic"] <= 11
    # the spread of 100 estimates is known to 7 percent
    size = by_type.se.mean() / by_type.estimate.std()
    assert 0.85 < size["dyadic"] < 1.2
    if firm_sd:
        # deals of one firm are correlated, which robust errors do not see
        assert size["robust"] < 0.8


def test_too_few_or_too_uniform_deals_have_no_estimates():
    table = deals(300, 4, 0.02)
    assert antisymmetric_model(table[:4], "car_difference").empty
    same = table[table.asymmetric == 0]
    assert antisymmetric_model(same, "car_difference").empty


def test_the_division_of_value_equals_plain_formulas():
    table = deals(300, 9, 0.02)
    table.loc[::17, "car_i"] = np.nan
    found = division_of_value(table, 0.9).set_index(["group", "quantity"])
    z = 1.6448536269514722
    mixed = table[table.asymmetric == 1]
    i_is_cc = (mixed.customer_centric_i == 1).to_numpy()
    cc = np.where(i_is_cc, mixed.car_i, mixed.car_j)
    pc = np.where(i_is_cc, mixed.car_j, mixed.car_i)
    share = np.where(i_is_cc, mixed.share_i, 1 - mixed.share_i)
    means = {
        ("asymmetric", "customer-centric partner's CAR"): cc,
        ("asymmetric", "product-centric partner's CAR"): pc,
        ("asymmetric", "customer-centric partner's share"): share,
    }
    groups = {"asymmetric": mixed, "symmetric": table[table.asymmetric == 0]}
    for group, part in {**groups, "all": table}.items():
        means[group, "both gain"] = part.both_gain.to_numpy()
        means[group, "smaller CAR"] = part.least_car.to_numpy()
        pairs = part[["car_i", "car_j"]].dropna().to_numpy()
        a, b = np.concatenate([pairs, pairs[:, ::-1]]).T
        r = ((a - a.mean()) * (b - b.mean())).mean() / a.var()
        row = found.loc[(group, "correlation of CARs")]
        assert row.estimate == pytest.approx(r)
        reach = z / np.sqrt(len(pairs) - 1.5)
        low, high = np.tanh([np.arctanh(r) - reach, np.arctanh(r) + reach])
        assert (row.ci_low, row.ci_high) == pytest.approx((low, high))
        assert np.isnan(row.se) and row.n == len(pairs)
    for key, values in means.items():
        known = values[~np.isnan(values)]
        row, se = found.loc[key], known.std(ddof=1) / np.sqrt(len(known))
        assert (row.estimate, row.se) == pytest.approx((known.mean(), se))
        assert row.ci_low == pytest.approx(known.mean() - z * se)
        assert row.ci_high == pytest.approx(known.mean() + z * se)
        assert row.n == len(known)
    both = ~np.isnan(cc) & ~np.isnan(pc)
    row, x, y = found.loc[("asymmetric", "ratio of both")], cc[both], pc[both]
    ratio = x.mean() / y.mean()
    # the ratio's error is that of the mean of x - ratio y, over the mean of y
    error = (x - ratio * y).std(ddof=1) / np.sqrt(len(x)) / abs(y.mean())
    assert (row.estimate, row.se) == pytest.approx((ratio, error))
    assert row.n == both.sum()
    assert len(found) == len(means) + 4


@pytest.mark.parametrize(("n", "rows"), [(0, 0), (1, 0), (2, 4), (3, 5), (4, 6)])
def test_few_deals_divide_in_few_ways(n, rows):
    table = deals(300, 9, 0.02)
    table = table[(table.asymmetric == 1) & (table.both_gain == 0)].head(n)
    found = division_of_value(table)
    assert (found.group == "asymmetric").sum() == rows
    assert len(found.columns) == 7


def test_the_ratio_of_the_table_is_the_claims_with_fiellers_interval():
    dyads = deals(400, seed=5, delta=0.02)
    dyads[["car_i", "car_j"]] += 0.05
    table = division_of_value(dyads, confidence=0.9).set_index(["group", "quantity"])
    row, claimed = table.loc[("asymmetric", RATIO)], capture(dyads, 0.9)
    assert row[list(claimed)].to_dict() == claimed
    assert row.estimate - row.ci_low != pytest.approx(row.ci_high - row.estimate)
