"""One model's estimates, without the tables and the second opinion of a family."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.models.estimate import estimates_table
from alliance_value.models.family import fitted, prepared
from alliance_value.study.spec import Model


def estimates(table: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return a model's estimates by term; its problems raise as a family's do."""
    problems: list[Problem] = []
    rows, _ = prepared(table, model, FunnelBranch(model.name), problems)
    result = None if rows is None else fitted(rows, model, problems)
    raise_if(problems, "the models")
    assert result is not None
    return estimates_table(model, result).set_index("term")
