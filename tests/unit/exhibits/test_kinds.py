"""Every kind of figure: drawn from small tables, to the same bytes, saying its n."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.contracts.ownership import CAUSES
from alliance_value.alliances.joint_value import joint_value
from alliance_value.alliances.life_cycle import curves_of
from alliance_value.alliances.whale import whale_curve, whale_summary
from alliance_value.contracts.failures import Failures
from alliance_value.contracts.inference import OF_OUTCOME, OF_TERM
from alliance_value.contracts.storage import empty
from alliance_value.customers.profits import ledger_tables
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import draw
from alliance_value.exhibits.style import save
from alliance_value.study.spec import Figure
from alliance_value.vocabulary import entries as vocabulary
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.words import Words

KINDS = entries(vocabulary.Figure)
FIGURES = [
    Figure("caar", "caar", unit="partners"),
    Figure("value", "joint_value"),
    Figure("division", "division"),
    Figure("both", "both_gain"),
    Figure("survival", "survival"),
    Figure("incidence", "incidence"),
    Figure("whale", "whale_curve"),
    Figure("profit", "ledger_curve"),
    Figure("quadrants", "ledger_quadrants"),
    Figure("size", "size_power"),
    Figure("claims", "claims"),
    Figure("trends", "trends", terms=("roa", "cc_share")),
    Figure("adoption", "adoption"),
    Figure("network", "network", over="size", firms=12),
    Figure("scatter", "binned_scatter", of="roa", over="cc_share"),
    Figure("by", "binned_scatter", of="roa", over="cc_share", by="own_cc"),
    Figure("curve", "specification_curve", terms=("cc_share",), model="m3"),
    Figure("without", "leave_out", terms=("cc_share",)),
    Figure("contours", "sensitivity", terms=("cc_share",), model="m3"),
]


def curves() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(3)
    n = 200
    table = pd.DataFrame(
        {
            "entry": 0,
            "exit": rng.integers(1, 4000, n),
            "cause": rng.choice([*CAUSES, None], n),
            "asymmetric": rng.integers(0, 2, n).astype(float),
            "equity": rng.integers(0, 2, n).astype(float),
            "type": rng.choice(["marketing", "R&D", "other"], n),
        }
    )
    return curves_of(table, 0.95)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(2)
    n = 240
    cars = rng.normal(0.01, 0.03, (n, 2))
    dyads = pd.DataFrame(
        {
            "alliance": [f"a{i}" for i in range(n)],
            "car_i": cars[:, 0],
            "car_j": cars[:, 1],
            "car_difference": cars[:, 0] - cars[:, 1],
            "combined_car": cars.mean(axis=1),
            "asymmetric": rng.integers(0, 2, n).astype(float),
            "customer_centric_i": rng.integers(0, 2, n).astype(float),
            "deal_class": rng.choice(["marketing asymmetric", "R&D symmetric"], n),
            "sign_class": np.select(
                [(cars > 0).all(axis=1), (cars <= 0).all(axis=1)],
                ["both", "none"],
                "one",
            ),
        }
    )
    panel = pd.DataFrame(
        {
            "firm": np.repeat([f"f{i}" for i in range(40)], 8),
            "fiscal_year": np.tile(range(2000, 2008), 40),
            "roa": rng.normal(0.05, 0.05, 320),
            "cc_share": rng.random(320),
            "own_cc": np.repeat(rng.integers(0, 2, 40).astype(float), 8),
            "size": np.repeat(np.arange(40.0), 8),
        }
    )
    days = np.arange(-5, 6)
    caar = pd.DataFrame(
        {
            "unit": "partners",
            "sample": "all",
            "group": np.repeat(["all", "x"], len(days)),
            "model": "market",
            "day": np.tile(days, 2),
            "n": 10,
            "caar": 0.01,
            "lower": 0.0,
            "upper": 0.02,
        }
    )
    estimates = pd.DataFrame(
        {
            "model": [f"m{i}" for i in range(6)],
            "term": "cc_share",
            "estimate": np.linspace(-0.1, 0.4, 6),
            "ci_low": np.linspace(-0.2, 0.3, 6),
            "ci_high": np.linspace(0.0, 0.5, 6),
        }
    )
    claims = pd.DataFrame(
        {
            "claim": ["one", "two"],
            "label": ["First", "Second"],
            "published": [4.0, 0.2],
            "neutral": [1.0, 0.0],
            "estimate": [3.5, 0.1],
            "ci_low": [2.0, np.nan],
            "ci_high": [5.0, 0.3],
            "verdict": ["interval contains the published value", "opposite direction"],
        }
    )
    amounts = pd.DataFrame(
        {
            "firm": panel.firm,
            "revenue": 1.0,
            "direct_cost": 0.6,
            "cost_to_serve": panel.cc_share,
            "profit": 0.4 - panel.cc_share,
        }
    )
    own = {"revenue": "revenue", "direct_cost": "direct_cost", "by": []}
    return {
        **ledger_tables(amounts, own, Words(), 0.95),
        "dyads": dyads,
        "joint_value": joint_value(dyads),
        "panel": panel,
        "partnerships": pd.DataFrame(
            {
                "firm": ["f39", "f38", "f39", "f38", "f39", "f1"],
                "partner_firm": ["f38", "f39", "f30", "f39", None, "f39"],
                "alliance": ["a", "a", "b", "c", "d", "e"],
            }
        ),
        "participants": pd.DataFrame(
            {"firm": ["f39", "f38", "f38", None], "name": ["A", "B Co", "B Co", "C"]}
        ),
        "links": pd.DataFrame({"firm": ["f1"], "security": [1]}),
        "security_names": pd.DataFrame(
            {"security": [1], "name_from": [0], "name": ["D"]}
        ),
        "caar": caar,
        **curves(),
        "estimates": estimates,
        "failures": empty(Failures),
        "inference": pd.DataFrame(
            {"model": ["m3"], "term": ["cc_share"], "estimate": [0.17]}
        ),
        "sensitivity": pd.DataFrame(
            {
                "model": "m3",
                "term": "cc_share",
                "measure": [
                    "partial R2",
                    "robustness value",
                    f"size{OF_TERM}",
                    f"size{OF_OUTCOME}",
                    f"slack{OF_TERM}",
                    f"slack{OF_OUTCOME}",
                ],
                "value": [0.2, 0.39, 0.05, 0.1, 1.2, 0.1],
            }
        ),
        "claims": claims,
        "whale_curve": whale_curve(dyads.combined_car),
        "whale_summary": whale_summary(whale_curve(dyads.combined_car)),
        "leave_out": pd.DataFrame(
            {
                "model": "a",
                "by": ["", "year", "year", "industry"],
                "left_out": ["none", "2000", "2001", "20"],
                "term": "cc_share",
                "estimate": [0.2, 0.1, 0.3, np.nan],
                "ci_low": [0.1, 0.0, 0.2, np.nan],
                "ci_high": [0.3, 0.2, 0.4, np.nan],
            }
        ),
        "size_power": pd.DataFrame(
            {
                "design": np.repeat(["null", "return of 1 %"], 4),
                "part": "",
                "window": np.tile(np.repeat(["[0,0]", "[-1,1]"], 2), 2),
                "test": np.tile(["bmp", "generalized_rank"], 4),
                "level": 0.05,
                "events": 30,
                "samples": 100,
                "rate": [0.04, 0.05, 0.06, np.nan, 0.5, 0.6, 0.7, 0.8],
            }
        ),
    }


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.kind)
def test_the_same_figure_has_the_same_bytes(figure, tables, tmp_path):
    given = {name: tables[name] for name in KINDS[figure.kind].inputs}
    for name in ("a", "b"):
        drawn = draw(figure, given, Context(simulated="all of it."))
        save(drawn.figure, tmp_path / f"{name}.svg")
        plt.close(drawn.figure)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert len(drawn.data)
    assert "Simulated: all of it." in drawn.caption
    assert "nan" not in drawn.caption


@pytest.mark.parametrize("kind", ["caar", "leave_out", "sensitivity"])
def test_rows_of_other_models_samples_units_and_terms_are_not_drawn(kind, tables):
    (figure,) = (f for f in FIGURES if f.kind == kind)
    given = {name: tables[name] for name in KINDS[kind].inputs}

    def beside(table: pd.DataFrame) -> pd.DataFrame:
        parts = [table]
        # names before and behind those that are drawn
        for name in {"model", "sample", "unit", "term"} & {*table.columns}:
            for other in ("~", "0"):
                also = table.assign(**{name: other})
                numbers = also.select_dtypes("float").columns
                parts.append(also.assign(**{n: also[n] / 3 for n in numbers}))
        return pd.concat(parts, ignore_index=True)

    alone, among = (
        draw(figure, results, Context())
        for results in (given, {n: beside(t) for n, t in given.items()})
    )
    assert among.caption == alone.caption
    pd.testing.assert_frame_equal(
        among.data.reset_index(drop=True), alone.data.reset_index(drop=True)
    )
    plt.close("all")


def test_every_kind_is_drawn_here():
    # in test_figures, and in tests/unit/multiverse
    drawn = {"coefficients", "marginal_effect", "multiverse"}
    assert KINDS.keys() - {f.kind for f in FIGURES} == drawn


def test_a_binned_scatter_asks_for_no_column_that_it_does_not_name(tables):
    panel = tables["panel"].drop(columns="own_cc")
    figure = Figure("scatter", "binned_scatter", of="roa", over="cc_share")
    drawn = draw(figure, {"panel": panel}, Context())
    assert len(drawn.data) == 20
    assert "entity and period means" in drawn.figure.axes[0].get_xlabel()
    plt.close(drawn.figure)


def test_values_with_words_are_told_apart_by_them(tables):
    words = {"own_cc": {"0": "plain", "1": "fancy"}}
    figure = Figure("scatter", "binned_scatter", of="roa", over="cc_share", by="own_cc")
    drawn = draw(figure, tables, Context(values=words))
    assert list(dict.fromkeys(drawn.data["group"])) == ["plain", "fancy"]
    assert "plain: slope" in drawn.caption
    plt.close(drawn.figure)


def test_confounders_as_strong_as_controls_leave_the_estimate_of_their_shares(tables):
    figure = Figure("contours", "sensitivity", terms=("cc_share",), model="m3")
    drawn = draw(figure, tables, Context())
    plt.close(drawn.figure)
    # what would explain more than the whole of a term's variance is no confounder
    assert list(drawn.data["control"]) == ["size"]
    # b (1 - sqrt(R2 of outcome R2 of term / (1 - R2 of term) (1 - f2) / f2)), f2 of .2
    bias = np.sqrt(0.1 * 0.05 / 0.95 * 0.8 / 0.2)
    assert drawn.data["estimate"].iloc[0] == pytest.approx(0.17 * (1 - bias))
