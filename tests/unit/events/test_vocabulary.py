"""A new test or model of normal returns is one function, and known everywhere."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from alliance_value.events.exclusions import Rules
from alliance_value.events.study import event_study
from alliance_value.exhibits.labels import label, most_prominent
from alliance_value.report.methods import chosen
from alliance_value.study.measures import RETURN
from alliance_value.study.schema import with_vocabulary
from alliance_value.vocabulary import collect
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import EventTest, Measure, NormalReturn

from . import worlds

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/study.schema.yaml"
NEW = """
import numpy as np

from alliance_value.events.normal.least_squares import least_squares
from alliance_value.events.tests.statistic import normal
from alliance_value.vocabulary.entries import event_test, normal_return


@normal_return("size_only", label="size factor", factors=("smb",), words="Own.")
def size_only(days):
    return least_squares(days)


@event_test("median", label="Median", words="The middle.", equation="m", order=50)
def median(sample):
    return normal(sample.n, float(np.nanmedian(sample.car)))
"""


def test_tests_stand_in_the_order_of_the_methods_page():
    known = entries(EventTest).values()
    assert [test.name for test in sorted(known, key=lambda test: test.order)] == [
        *("cross_sectional", "patell", "bmp"),
        *("kolari_pynnonen_patell", "kolari_pynnonen"),
        *("corrado", "corrado_zivney", "generalized_rank"),
        *("sign", "generalized_sign", "calendar_time", "bootstrap"),
        "variance_ratio",
    ]
    assert len({test.order for test in known}) == len(known)
    # the standardized tests stand for the others
    prominent = sorted(known, key=lambda test: -test.prominence)
    assert [test.name for test in prominent[:3]] == [
        *("kolari_pynnonen", "bmp", "cross_sectional")
    ]
    assert [test.prominence for test in prominent[2:4]] == [1, 0]


def test_what_tests_and_models_need_of_the_days_before():
    known = entries(EventTest).values()
    assert {test.name for test in known if not test.estimation} == {
        *("cross_sectional", "sign", "bootstrap")
    }
    assert {test.name for test in known if test.aligned} == {
        *("corrado", "corrado_zivney")
    }
    models = entries(NormalReturn).values()
    assert {m.name for m in models if not m.estimation} == {"market_adjusted"}
    assert {m.name for m in models if m.excess} == {"ff3", "carhart", "ff5"}


@pytest.fixture
def own(tmp_path, monkeypatch):
    (tmp_path / "own_event_methods.py").write_text(NEW)
    monkeypatch.syspath_prepend(tmp_path)
    known = {kind: {**names} for kind, names in collect.vocabulary().items()}
    for entry in collect.declared(NEW, "own_event_methods"):
        known[entry.kind][entry.name] = entry
    monkeypatch.setattr(collect, "vocabulary", lambda: known)
    yield
    sys.modules.pop("own_event_methods", None)


def study(**options):
    returns, factors = worlds.market()
    listed = worlds.events(returns)
    options = {"estimation": worlds.ESTIMATION, "rules": Rules(minimum=50), **options}
    options |= {"windows": [(-1, 1)], "groupings": [], "draws": 99}
    return event_study(returns, listed, factors, **options)


@pytest.mark.usefixtures("own")
def test_one_function_is_a_test_of_every_study():
    tests = study(models=["size_only"]).event_tests
    assert list(tests.test)[-1] == "median" and set(tests.model) == {"size_only"}
    cars = study(models=["size_only"]).cars
    assert tests.statistic.iloc[-1] == pytest.approx(cars.car.median())


@pytest.mark.usefixtures("own")
def test_the_schema_the_tables_and_the_methods_know_it():
    schema = with_vocabulary(yaml.safe_load(SCHEMA.read_text(encoding="utf-8")))
    section = schema["$defs"]["event_study"]["properties"]
    assert "median" in section["tests"]["items"]["enum"]
    assert "median (Median)" in section["tests"]["items"]["description"]
    assert "size_only" in section["models"]["items"]["enum"]
    assert label(EventTest, "median") == "Median"
    assert label(NormalReturn, "size_only") == "size factor"
    words, equation = chosen(EventTest, ["median"])
    assert (words.text, equation.source) == ("The middle.", "m")


def test_one_test_stands_for_all():
    assert most_prominent(["sign", "bmp", "kolari_pynnonen"]) == "kolari_pynnonen"
    assert most_prominent(["corrado", "sign"]) == "corrado"
    assert most_prominent([]) == ""


def test_a_study_has_each_method_with_its_source_and_words():
    for kind in (Measure, NormalReturn, EventTest):
        for entry in collect.entries(kind).values():
            assert entry.label and entry.words
            assert entry.name == RETURN or (entry.equation and entry.source)
    orders = pd.Series([e.order for e in collect.entries(EventTest).values()])
    assert orders.is_unique
