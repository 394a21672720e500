"""Planted values beside what the study of dyads estimates."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.validation import Dyads, validate
from alliance_value.contracts.problems import UserError
from alliance_value.contracts.results import Covariances, Estimates
from alliance_value.contracts.storage import empty

TRUTH = {"implied": {"car.marketing": 0.02, "car.log_ratio": np.log(3)}}


def dyads() -> Dyads:
    rng = np.random.default_rng(5)
    cc = rng.integers(0, 2, 400).astype(float)
    car = np.column_stack([rng.normal(0.03, 0.02, 400), rng.normal(0.01, 0.02, 400)])
    car = np.where(cc[:, None] == 1, car, car[:, ::-1])
    table = pd.DataFrame(
        {
            "asymmetric": 1.0,
            "customer_centric_i": cc,
            "car_i": car[:, 0],
            "car_j": car[:, 1],
            "combined_car": car.mean(axis=1),
            "deal_class": np.where(np.arange(400) % 2, "marketing", "other"),
        }
    )
    estimates = pd.DataFrame(
        {
            "model": "combined",
            "se_type": ["hc3", "dyadic"],
            "term": "asymmetric",
            "estimate": 0.02,
            "se": [0.5, 0.001],
            "ci_low": 0.018,
            "ci_high": 0.022,
        }
    )
    return Dyads(table, estimates)


def check(truth: str, given: Dyads | None = None, **asked: object) -> pd.Series:
    table = validate(
        [{"truth": f"implied.{truth}", "dyads": asked}],
        TRUTH,
        empty(Estimates),
        empty(Covariances),
        0.95,
        given or dyads(),
    )
    return table.iloc[0]


def test_mean_of_some_deals() -> None:
    row = check("car.marketing", quantity="mean", where={"deal_class": "marketing"})
    values = dyads().table.combined_car[1::2]
    assert row.estimate == pytest.approx(values.mean())
    assert row.se == pytest.approx(values.sem())
    assert row.covered == (abs(row.z) <= 1.959963984540054)
    assert row.combination == "mean of combined_car, deal_class = marketing"


def test_log_ratio_knows_no_order_of_partners() -> None:
    row = check("car.log_ratio", quantity="log_ratio")
    assert row.covered
    given = dyads()
    other = given.table.rename(columns={"car_i": "car_j", "car_j": "car_i"})
    other["customer_centric_i"] = 1 - other.customer_centric_i
    turned = check("car.log_ratio", Dyads(other, given.estimates), quantity="log_ratio")
    assert turned.estimate == pytest.approx(row.estimate, rel=1e-12)
    cars = given.table[["car_i", "car_j"]].to_numpy()
    cars = np.where(
        given.table.customer_centric_i.eq(1).to_numpy()[:, None], cars, cars[:, ::-1]
    )
    rng = np.random.default_rng(1)
    drawn = [cars[rng.integers(0, 400, 400)].mean(axis=0) for _ in range(2000)]
    assert row.se == pytest.approx(
        np.log(np.divide(*np.transpose(drawn))).std(), rel=0.1
    )


def test_a_ratio_of_losses_is_missing_and_not_covered() -> None:
    given = dyads()
    lost = given.table.assign(car_i=-1.0, car_j=-1.0)
    row = check("car.log_ratio", Dyads(lost, given.estimates), quantity="log_ratio")
    assert np.isnan(row.estimate) and not row.covered


def test_terms_have_dyadic_errors_or_those_of_a_jackknife() -> None:
    of = {"quantity": "term", "model": "combined", "term": "asymmetric"}
    row = check("car.marketing", **of)
    assert (row.se, row.covered, row.model) == (0.001, True, "dyads: combined")
    given = dyads()
    both = pd.concat(
        [given.estimates, given.estimates.tail(1).assign(se_type="dyadic_jackknife")]
    ).assign(se=[0.5, 0.001, 0.002])
    assert check("car.marketing", Dyads(given.table, both), **of).se == 0.002


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"quantity": "mean", "of": "combined"}, "no column 'combined'"),
        ({"quantity": "mean", "where": {"kind": 1}}, "no column 'kind'"),
        ({"quantity": "term", "model": "combined", "term": "x"}, "has the term 'x'"),
    ],
)
def test_a_slip_is_named(asked: dict[str, object], message: str) -> None:
    with pytest.raises(UserError, match=message):
        check("car.marketing", None, **asked)


RESULTS = pd.DataFrame(
    {
        "group": ["all", "all", "larger"],
        "quantity": ["return", "gain", "return"],
        "estimate": [0.02, 4.0, 0.03],
        "se": [0.01, 1.0, 0.02],
    }
)


def result(where: dict[str, str], table: pd.DataFrame = RESULTS) -> pd.Series:
    asked = {"table": "shares", "where": where}
    return validate(
        [{"truth": "implied.car.marketing", "result": asked}],
        TRUTH,
        empty(Estimates),
        empty(Covariances),
        0.9,
        tables={"shares": table},
    ).iloc[0]


def test_a_row_of_a_table_may_be_what_recovers_the_truth() -> None:
    row = result({"group": "larger", "quantity": "return"})
    assert (row.model, row.combination) == (
        "shares",
        "group = larger, quantity = return",
    )
    half = 1.6448536269514722 * 0.02
    assert (row.planted, row.estimate, row.se) == (0.02, 0.03, 0.02)
    assert row.ci_low == pytest.approx(0.03 - half, rel=1e-12)
    assert row.ci_high == pytest.approx(0.03 + half, rel=1e-12)
    assert row.z == pytest.approx(0.5) and row.covered
    # limits of the table's own go before a normal's
    limits = RESULTS.assign(ci_low=0.021, ci_high=0.04)
    own = result({"group": "larger", "quantity": "return"}, limits)
    assert (own.ci_low, own.ci_high, own.covered) == (0.021, 0.04, False)


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ({"group": "all"}, "2 rows of shares have group = all"),
        ({"group": "none"}, "0 rows of shares have group = none"),
        ({"kind": "all"}, "shares has no column 'kind'"),
    ],
)
def test_what_picks_no_row_is_named(where: dict[str, str], rule: str) -> None:
    with pytest.raises(UserError, match=rule):
        result(where)


def test_an_interval_holds_its_own_ends() -> None:
    for ends in ((0.02, 0.03), (0.01, 0.02)):
        given = dyads()
        given.estimates[["ci_low", "ci_high"]] = ends
        asked = {"quantity": "term", "model": "combined", "term": "asymmetric"}
        assert check("car.marketing", given, **asked).covered


@pytest.mark.parametrize(("n", "known"), [(2, False), (3, True)])
def test_a_ratio_needs_three_deals(n: int, known: bool) -> None:
    given = dyads()
    few = given.table.assign(car_i=[0.03, 0.02] * 200, car_j=[0.01, 0.02] * 200)[:n]
    row = check("car.log_ratio", Dyads(few, given.estimates), quantity="log_ratio")
    assert np.isfinite(row.estimate) == known


@pytest.mark.parametrize(("n", "known"), [(0, 0), (1, 1), (2, 2)])
def test_a_mean_of_one_has_no_error(n: int, known: int) -> None:
    given = dyads()
    few = Dyads(given.table.assign(combined_car=[0.1, 0.3] * 200)[:n], given.estimates)
    row = check("car.marketing", few, quantity="mean")
    assert np.isfinite([row.estimate, row.se]).sum() == known
    assert row.combination == "mean of combined_car"
