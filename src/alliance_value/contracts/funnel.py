"""Steps that take rows away -> rows of the sample funnel."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.storage import conform
from alliance_value.vocabulary.entries import canonical

SAMPLE = "sample"
# in the words of the study, which its results fill in
PANEL_ROWS = "{entity}-{times}"
# of a source's files, where they tell of nothing else
ROWS = "rows"
# Branches of sources; no model's name holds a colon.
SOURCE = "source:"


@canonical("funnel", stage="accounts")
class Funnel(CanonicalTable, source="the data"):
    """One row per step that takes rows away; within a branch the rows chain."""

    branch: Text = described(
        "Branch", "name", "sample, a source, or a model", source="the study"
    )
    step: Text = described("Step", "text", source="the study")
    unit: Text = described("What a row is", "category", source="the study")
    rows_in: Column[int] = described("Rows before", "count", ge=0)
    rows_out: Column[int] = described("Rows after", "count", ge=0)
    dropped: Column[int] = described(
        "Rows dropped", "count", "rows_in - rows_out", ge=0
    )
    firms_out: Column[int] = described(
        "{Entities} after", "count", "distinct {entities} among rows_out", ge=0
    )
    why: Text = described("Why", "text", source="the study and the rules")

    @pa.dataframe_check
    @classmethod
    def rows_balance(cls, table: pd.DataFrame) -> pd.Series[bool]:
        """Rows in equal rows out plus rows dropped."""
        balance: pd.Series[bool] = table.rows_in == table.rows_out + table.dropped
        return balance

    @pa.dataframe_check
    @classmethod
    def steps_chain(cls, table: pd.DataFrame) -> pd.Series[bool]:
        """Within a branch each step starts with the rows that the last one left."""
        before = table.groupby("branch", sort=False).rows_out.shift()
        return before.isna() | (before == table.rows_in)


class FunnelBranch:
    """Counts what enters and leaves each step of one branch of the sample.

    Parameters
    ----------
    branch
        ``sample`` for what every model shares, ``source:`` and a name for the files of
        another source, else the model's name.
    unit
        What a row is.
    """

    def __init__(self, branch: str, unit: str = PANEL_ROWS) -> None:
        self.branch = branch
        self.unit = unit
        self.steps: list[dict[str, object]] = []
        self.seen: tuple[Callable[[], pd.DataFrame | None], int] = (lambda: None, 0)

    def start(self, table: pd.DataFrame, step: str, why: str) -> None:
        """Open the branch with all rows of a table."""
        self.record(step, len(table), table, why)

    def keep(
        self, table: pd.DataFrame, mask: pd.Series, step: str, why: str
    ) -> pd.DataFrame:
        """Keep the rows where the mask is true and record the step."""
        true = mask.to_numpy(dtype=bool)
        last, firms = self.seen
        if true.all() and table is last():
            self.count(step, len(table), len(table), firms, why)
            return table
        kept = table[true]
        self.record(step, len(table), kept, why)
        return kept

    def record(self, step: str, rows_in: int, kept: pd.DataFrame, why: str) -> None:
        """Record a step by the number of rows before it and the table after it."""
        firms = kept[FIRM].nunique() if FIRM in kept.columns else 0
        self.count(step, rows_in, len(kept), firms, why)
        self.seen = weakref.ref(kept), firms

    def count(
        self, step: str, rows_in: int, rows_out: int, firms: int, why: str
    ) -> None:
        """Record a step by its numbers alone."""
        self.steps.append(
            {
                "branch": self.branch,
                "step": step,
                "unit": self.unit,
                "rows_in": rows_in,
                "rows_out": rows_out,
                "dropped": rows_in - rows_out,
                "firms_out": firms,
                "why": why,
            }
        )

    def drop(self, step: str, rows: int, why: str) -> None:
        """Record that a step drops this many of the rows that the last one left."""
        left = self.steps[-1]["rows_out"]
        assert isinstance(left, int)
        self.count(step, left, left - rows, 0, why)

    def table(self) -> pd.DataFrame:
        """Return the steps as a funnel table."""
        return conform(pd.DataFrame(self.steps), Funnel)
