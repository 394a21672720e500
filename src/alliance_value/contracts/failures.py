"""Problems of models that could not be estimated <-> rows of one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from alliance_value.contracts.coefficients import ModelKey
from alliance_value.contracts.columns import Column, Text, described
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.storage import conform, empty, load
from alliance_value.vocabulary.entries import canonical


@canonical("failures", stage="models")
class Failures(ModelKey, source="the estimator"):
    """One row per problem for which a model is not estimated."""

    rule: Text = described("Rule that is broken", "text")
    remedy: Text = described("Next step", "text")
    where: Text = described("Where", "text", "file, or key of the study file")
    row: Column[pd.Int64Dtype] = described(
        "Row", "count", missing="the problem is in no single row"
    )
    column: Text = described(
        "Column", "text", missing="the problem is in no single column"
    )
    value: Text = described("Value", "text", missing="the problem is no single value")


def failures_of(model: str, problems: Sequence[Problem]) -> pd.DataFrame:
    """Return the problems of one model as rows of the table."""
    if not problems:
        return empty(Failures)
    rows = pd.DataFrame([asdict(problem) for problem in problems])
    return conform(rows.assign(model=model), Failures)


def problems_in(table: pd.DataFrame) -> list[Problem]:
    """Return the problems that the rows of the table hold."""
    plain = table.drop(columns="model").astype(object)
    records = plain.where(plain.notna(), None).to_dict("records")
    return [Problem(**{str(k): v for k, v in row.items()}) for row in records]


def reasons(table: pd.DataFrame) -> Mapping[str, str]:
    """Return why each model that failed is not estimated, in the table's order."""
    rules: dict[str, list[str]] = {}
    for model, rule in zip(table["model"], table["rule"], strict=True):
        rules.setdefault(str(model), []).append(str(rule))
    return {model: "; ".join(of_model) for model, of_model in rules.items()}


def not_estimated(failures: str | Path, grids: str | Path = "") -> list[Problem]:
    """Return the problems of a finished study's models that are not estimated.

    Parameters
    ----------
    failures, grids
        The table of failures and that of specifications, as far as there are such.
    """
    problems = []
    if Path(failures).is_file():
        problems += problems_in(load(failures, Failures))
    if Path(grids).is_file():
        table = pd.read_csv(
            grids, usecols=["grid", "preregistered", "estimate", "note"]
        )
        failed = table[table.preregistered & table.estimate.isna()]
        problems += [
            Problem(
                rule=f"the preregistered specification is not estimated: {row.note}",
                remedy="correct its model, or preregister another one",
                where=f"multiverse.{row.grid}",
            )
            for row in failed.itertuples()
        ]
    return problems


def check_estimated(failures: str | Path, grids: str | Path = "") -> None:
    """Raise the problems of models of a finished study that are not estimated."""
    raise_if(not_estimated(failures, grids), "the models; all else is made")


def any_failed(failures: str | Path, grids: str | Path = "") -> bool:
    """Return whether the last run of a study left models that are not estimated."""
    return bool(not_estimated(failures, grids))
