"""A study's twin: its coefficients, its rows, its identities, its bytes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from tests.unit.sharing.twin.panels import (
    STUDY,
    compared,
    panel,
    read,
    request,
    twin_files,
)

NUMBERS = ["x", "z", "y", "assets", "income", "staff"]


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        table = panel(12, 8, 1)
        wanted = request(table, STUDY, folder)
        return table, wanted, twin_files(wanted)


@pytest.mark.parametrize(("firms", "seed"), [(12, 2), (12, 3), (200, 1), (200, 2)])
def test_coefficients_lie_within_two_standard_errors(firms, seed, tmp_path):
    wanted = request(panel(firms, 8, seed), STUDY, tmp_path)
    made = twin_files(wanted)
    table = compared(made, wanted)
    assert table.distance.notna().all()
    assert (table.distance.abs() < 2).all(), table
    if firms > 100:
        assert (table.se_twin / table.se).between(0.6, 1.6).all(), table
        product = table.set_index(["model", "term"]).loc[("main", "x:z")]
        assert product.estimate_twin == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize(
    "model",
    [
        {"estimator": "first_differences"},
        {"estimator": "random_effects"},
        {"estimator": "mundlak"},
        {"estimator": "pooled_ols"},
        {"estimator": "between", "terms": ["x", "z"]},
        {"estimator": "poisson", "outcome": "counts", "terms": ["x", "z"]},
        {"estimator": "iv", "terms": ["x"], "endogenous": ["x"], "instruments": ["w"]},
        {"outcome": "flag", "terms": ["x", "z"]},
        {"outcome": "roa_next", "terms": ["x", "roa"]},
        {"weights": "assets"},
        {"clusters": ["entity", "time"], "effects": ["entity", "sector:time"]},
    ],
    ids=lambda m: "-".join([m.get("estimator", ""), m.get("outcome", ""), *m][:3]),
)
def test_other_estimators_and_outcomes_come_near_too(model, tmp_path):
    table = panel(60, 8, 4)
    rng = np.random.default_rng(4)
    table["counts"] = rng.poisson(np.exp(0.5 + 0.4 * table.x))
    table["flag"] = (table.y + rng.standard_normal(len(table)) > 0).astype(int)
    table["w"] = (table.x + rng.standard_normal(len(table))).round(3)
    variables = {**STUDY["variables"], "roa_next": {"value": "roa", "lead": 1}}
    whole = {"name": "m", "outcome": "y", "terms": ["x*z"], **model}
    study = {**STUDY, "variables": variables, "models": [whole]}
    wanted = request(table, study, tmp_path)
    both = compared(twin_files(wanted), wanted)
    own = both[both.term.isin(["x", "z", "x:z", "roa"])]
    assert (own.distance.abs() < 2).all(), both


def test_no_row_and_no_identity_is_inside(small):
    table, _, made = small
    twin = read(made)
    assert list(twin.columns) == list(table.columns)
    for name in ("code", "ticker", "name"):
        assert not set(twin[name]) & set(table[name])
        assert twin[name].nunique() == 12
    assert not twin.isin(["Smith family"]).any().any()
    assert set(twin.sector) == {"mining", "steel"}
    whole = {tuple(row) for row in table[NUMBERS[:5]].astype(str).to_numpy()}
    assert not whole & {tuple(row) for row in twin[NUMBERS[:5]].to_numpy()}
    for name in ("x", "y", "assets"):
        same = twin[name].astype(float).isin(table[name])
        assert same.mean() < 0.05


def test_firms_means_are_not_those_of_real_firms(small):
    table, _, made = small
    twin = read(made)
    own = twin.assign(assets=twin.assets.astype(float)).groupby("code").assets.mean()
    real = table.groupby("code").assets.mean()
    nearest = np.abs(own.to_numpy()[:, None] - real.to_numpy()).min(axis=1)
    assert nearest.min() > 1e-3 * real.std()


def test_gaps_and_mass_points_stay(small):
    table, _, made = small
    twin = read(made)
    for name in ("z", "staff"):
        assert (twin[name] == "").mean() == pytest.approx(
            table[name].isna().mean(), abs=0.02
        )
    zeros = (pd.to_numeric(twin.staff) == 0).sum() / (twin.staff != "").sum()
    assert zeros == pytest.approx((table.staff.dropna() == 0).mean(), abs=0.05)


def test_columns_are_written_as_they_were(small):
    table, _, made = small
    twin = read(made)
    assert twin.code.str.fullmatch(r"\d{6}").all()
    assert twin.year.isin(table.year.astype(str)).all()
    assert twin.ticker.str.fullmatch(r"[A-Z]{2}\d{2}[A-Z]").all()
    assert twin.name.str.fullmatch(r"[A-Z][a-z]+").all()
    assert twin.assets.str.fullmatch(r"\d+(\.\d{1,2})?").all()


def test_ranks_correlate_as_in_the_real_rows(tmp_path):
    table = panel(200, 8, 5)
    twin = read(twin_files(request(table, STUDY, tmp_path)))
    numbers = twin[NUMBERS].apply(pd.to_numeric)
    ratio = {"income": "assets"}
    for frame in (numbers, table):
        for above, below in ratio.items():
            frame[above] = frame[above] / frame[below]
    real, own = (t[NUMBERS].rank().corr() for t in (table, numbers))
    assert (real - own).abs().to_numpy().max() < 0.1
    keys = twin.code

    def persistence(values: pd.Series, firm: pd.Series) -> float:
        later = values.groupby(firm).shift(-1)
        return float(values.rank().corr(later.rank()))

    for name in ("x", "assets"):
        assert persistence(numbers[name], keys) == pytest.approx(
            persistence(table[name], table.code), abs=0.1
        )


def test_the_same_files_give_the_same_bytes_and_others_another_twin(small, tmp_path):
    table = panel(12, 8, 1)
    first = small[2].files
    again = twin_files(request(table, STUDY, tmp_path)).files
    assert first == again
    # who has no licensed file cannot draw its twin again: a cell makes another one
    table.loc[0, "x"] += 0.001
    other = twin_files(request(table, STUDY, tmp_path)).files
    path = "data/raw/s-twin/firm_years.csv"
    shared = set(first[path].splitlines()) & set(other[path].splitlines())
    assert len(shared) <= 1


def test_files_of_a_study_join_on_invented_identities(tmp_path):
    table = panel(40, 6, 2)
    firms = table.drop_duplicates("code")[["code"]].assign(
        region=lambda t: ["north", "south"] * 20,
        chief=[f"Ann Lee {chr(65 + i % 26)}{i}" for i in range(40)],
    )
    events = pd.DataFrame(
        {
            "ticker": table.ticker.unique()[:30],
            "announced": pd.date_range("2003-01-06", periods=30, freq="7D").astype(str),
            "kind": ["launch", "recall"] * 15,
        }
    )
    study = {
        **STUDY,
        "sources": {
            **STUDY["sources"],
            "firms": {
                "file": "data/raw/s/firms.csv",
                "entity": "code",
                "text": ["region"],
            },
        },
        "rights": {"firms": {"open": True}},
        "models": [
            {"name": "m", "outcome": "y", "terms": ["x"], "effects": ["region:time"]}
        ],
    }
    wanted = request(table, study, tmp_path, firms=firms, events=events)
    made = twin_files(wanted)
    years, own = read(made), read(made, "firms.csv")
    assert set(years.code) == set(own.code)
    assert own.code.is_unique
    assert set(own.region) == {"north", "south"}
    assert not set(own.chief) & set(firms.chief)
    twin = yaml.safe_load(made.files[made.study_file])
    assert twin["sources"]["firms"]["file"] == "data/raw/s-twin/firms.csv"
    assert compared(made, wanted).distance.abs().max() < 2


def test_texts_that_the_study_file_names_stay(tmp_path):
    source = {**STUDY["sources"]["firm_years"], "text": ["owner"]}
    study = {
        **STUDY,
        "sources": {"firm_years": source},
        "sample": {"where": ["owner != 'Smith family'"]},
    }
    wanted = request(panel(20, 8, 1), study, tmp_path)
    made = twin_files(wanted)
    assert "Smith family" in set(read(made).owner)
    assert "Smith family" not in request(panel(12, 8, 1), STUDY, tmp_path).named()
