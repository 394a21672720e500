"""A printed table + estimates -> the cells that do not agree."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.sharing.verify import Comparison, Difference
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile


def cells_of_file(path: str | Path) -> pd.DataFrame:
    """Return the cells of a table in a file, as text.

    Raises
    ------
    UserError
        The file is absent, or is no table.
    """
    cells = read_file(path, TableFile(entity="", file=str(path))).cells
    return cells.astype("str").fillna("")


def compare_published(
    published: pd.DataFrame, estimates: pd.DataFrame, file: str = "the published table"
) -> Comparison:
    """Compare estimates with printed ones, to half a unit of the last printed digit.

    Parameters
    ----------
    published
        Columns model, term, estimate and se, as text; a cell may be empty.
    estimates
        The recorded estimates, as text or numbers.
    file
        Where the printed numbers stand, for messages.

    Raises
    ------
    UserError
        A column is absent or a cell is no number.
    """
    absent = [c for c in ("model", "term") if c not in published]
    values = [c for c in ("estimate", "se") if c in published]
    problems = [
        Problem(
            rule=f"column '{column}' is not there",
            remedy="give columns model, term, estimate, se",
            where=file,
        )
        for column in [*absent, *([] if values else ["estimate"])]
    ]
    raise_if(problems, f"reading {Path(file).name}")
    ours = {(str(r["model"]), str(r["term"])): r for r in estimates.to_dict("records")}
    differences: list[Difference] = []
    cells = within = 0
    for number, row in enumerate(published.to_dict("records"), start=2):
        key = (str(row["model"]), str(row["term"]))
        for column in values:
            printed = str(row[column]).strip()
            if not printed:
                continue
            cells += 1
            try:
                half = unit(printed) / 2
            except InvalidOperation:
                problems.append(
                    Problem(
                        rule="this is no number",
                        remedy="write it as printed, without stars or brackets",
                        where=file,
                        row=number,
                        column=column,
                        value=printed,
                    )
                )
                continue
            place = ("estimates", "published", " / ".join(key), column)
            if key not in ours:
                differences.append(Difference(*place, printed, "", "missing"))
                continue
            estimated = str(ours[key].get(column, ""))
            if near(estimated, printed, half):
                within += 1
            else:
                differences.append(Difference(*place, printed, estimated))
    raise_if(problems, f"reading {Path(file).name}")
    return Comparison(cells, within, tuple(differences))


def near(estimated: str, printed: str, half: float) -> bool:
    """Whether an estimate rounds to what is printed; one that is no number does not."""
    try:
        return abs(float(estimated) - float(printed)) <= half * (1 + 1e-9)
    except ValueError:
        return False


def unit(printed: str) -> float:
    """Return one unit of the last digit of a printed number."""
    exponent = Decimal(printed).as_tuple().exponent
    if not isinstance(exponent, int):
        raise InvalidOperation
    return float(Decimal(1).scaleb(exponent))
