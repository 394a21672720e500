"""Measures of partners in models of deals: what was planted, what is left out."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.contracts.constructs import DyadMeasures, Moderators
from alliance_value.alliances.moderators import (
    CONSTRUCTS,
    measured,
    moderator_models,
    usable,
)
from alliance_value.contracts.columns import meanings
from alliance_value.contracts.storage import conform
from tests.unit.alliances.test_dyad_models import world


def deals() -> pd.DataFrame:
    rng = np.random.default_rng(6)
    table = world(n=600)
    n = len(table)
    table = table.assign(
        knowledge_overlap=rng.random(n),
        age_gap=rng.random(n),
        young_established=0.0,
        age_difference=rng.normal(0, 1, n),
    )
    for name in ("customer_centric", "log_value", "experience"):
        table[f"{name}_difference"] = table[f"{name}_i"] - table[f"{name}_j"]
    return table.assign(
        combined_car=table.combined_car + 0.03 * table.knowledge_overlap,
        car_difference=0.02 * table.age_difference + rng.normal(0, 0.02, n),
    )


def test_planted_terms_are_recovered_and_the_order_of_partners_is_none() -> None:
    found = moderator_models(deals(), ["age", "knowledge"], 0.95)
    conform(found, Moderators)
    by = found[found.se_type == "dyadic"].set_index(["model", "term"])
    for key, planted in (
        (("creation", "knowledge_overlap"), 0.03),
        (("creation", "age_gap"), 0.0),
        (("creation by knowledge", "asymmetric:knowledge_overlap"), 0.0),
        (("capture", "age_difference"), 0.02),
    ):
        row = by.loc[key]
        assert abs(row.estimate - planted) < 3 * row.se
    assert by.se["creation", "knowledge_overlap"] < 0.005
    assert "young_established" not in set(found.term)
    assert (found.n == 600).all()


def test_a_measure_that_repeats_another_or_is_seldom_known_is_left_out() -> None:
    table = pd.DataFrame(
        {
            "a": [1.0, 2.0, 3.0, 5.0],
            "b": [2.0, 4.0, 6.0, 10.0],
            "c": [np.nan, np.nan, np.nan, 1.0],
            "d": [1.0, 1.0, 1.0, 1.0],
            "e": [0.0, 1.0, 0.0, 1.0],
        }
    )
    assert usable(table, list("abcde")) == ["a", "e"]


def test_the_codebook_has_every_measure() -> None:
    named = {m for c in CONSTRUCTS.values() for m in (*c.measures, *c.differences)}
    assert {*meanings(DyadMeasures)} == {"alliance", *named}


def test_only_what_is_asked_for_is_measured() -> None:
    dyads = deals()[["alliance", "firm_i", "firm_j", "announced"]]
    years = pd.DataFrame({"firm": dyads.firm_i.unique(), "fiscal_year": 1990})
    table = measured(dyads, ["age"], {"firm_years": years})
    assert {*table} - {*dyads} == {"age_gap", "young_established", "age_difference"}
    with pytest.raises(KeyError):
        measured(dyads, ["function"], {"firm_years": years})
