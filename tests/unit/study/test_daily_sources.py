"""Sources of returns and factors in a study file: defaults and contradictions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.study.resolve import resolve

SCHEMA = Path(__file__).parents[3] / "workflow/schemas/study.schema.yaml"


def resolved(**sources: Any) -> dict[str, Any]:
    study = {
        "study": "s",
        "title": "S",
        "sources": {
            "firm_years": {"file": "f.csv", "entity": "firm", "time": "year"},
            **sources,
        },
        "models": [{"name": "m", "outcome": "y", "terms": ["x"]}],
    }
    out: dict[str, Any] = resolve(study, SCHEMA)["sources"]
    return out


def test_defaults() -> None:
    out = resolved(returns={"file": "dsf.parquet"}, delistings={"file": "d.csv"})
    returns = out["returns"]
    assert (returns["reader"], returns["largest_return"]) == ("crsp", 10)
    assert (returns["smallest_return"], returns["longest_gap"]) == (-1, 1)
    assert out["delistings"]["missing"] == -0.3
    assert resolved(factors={"file": "f.csv"})["factors"]["reader"] == "french"


LONG = {"file": "p.csv", "reader": "long", "security": "t", "date": "d"}


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ({"returns": {"file": "p.csv", "reader": "long"}}, "key 'security' is missing"),
        ({"returns": LONG}, "neither ret nor price"),
        ({"returns": {**LONG, "ret": "r", "shares": "s"}}, "shares without price"),
        ({"returns": {"file": "p.csv", "reader": "wide"}}, "key 'date' is missing"),
        ({"returns": {"file": "p.csv", "price": "c"}}, "no use for 'price'"),
        ({"returns": {"file": "p", "first": "2004"}}, "does not match"),
        (
            {"returns": {"file": "p", "first": "2004-01-01", "last": "2003-01-01"}},
            "last is before first",
        ),
        ({"returns": {"file": "p", "largest_retrun": 1}}, "largest_return"),
        ({"delistings": {"file": "d.csv"}}, "delistings without returns"),
        ({"factors": {"file": "f.csv", "reader": "table"}}, "key 'mkt_rf' is missing"),
        ({"factors": {"file": "f.csv", "columns": {"rf": "RF"}}}, "for reader table"),
    ],
)
def test_contradictions(sources: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        resolved(**sources)
