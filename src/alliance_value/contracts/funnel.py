"""Steps that take rows away -> rows of the sample funnel."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.tables import FIRM, Funnel, conform

SAMPLE = "sample"
# Branches of sources; no model's name holds a colon.
SOURCE = "source:"


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

    def __init__(self, branch: str, unit: str = "firm-years") -> None:
        self.branch = branch
        self.unit = unit
        self.steps: list[dict[str, object]] = []

    def start(self, table: pd.DataFrame, step: str, why: str) -> None:
        """Open the branch with all rows of a table."""
        self.record(step, len(table), table, why)

    def keep(
        self, table: pd.DataFrame, mask: pd.Series, step: str, why: str
    ) -> pd.DataFrame:
        """Keep the rows where the mask is true and record the step."""
        kept = table[mask.to_numpy(dtype=bool)]
        self.record(step, len(table), kept, why)
        return kept

    def record(self, step: str, rows_in: int, kept: pd.DataFrame, why: str) -> None:
        """Record a step by the number of rows before it and the table after it."""
        firms = kept[FIRM].nunique() if FIRM in kept.columns else 0
        self.count(step, rows_in, len(kept), firms, why)

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
