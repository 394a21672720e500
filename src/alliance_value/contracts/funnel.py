"""Steps that take rows away -> rows of the sample funnel."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.tables import FIRM, Funnel, conform


class FunnelBranch:
    """Counts what enters and leaves each step of one branch of the sample.

    Parameters
    ----------
    branch
        ``sample`` for what every model shares, else the model's name.
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
        self.steps.append(
            {
                "branch": self.branch,
                "step": step,
                "unit": self.unit,
                "rows_in": rows_in,
                "rows_out": len(kept),
                "dropped": rows_in - len(kept),
                "firms_out": firms,
                "why": why,
            }
        )

    def table(self) -> pd.DataFrame:
        """Return the steps as a funnel table."""
        return conform(pd.DataFrame(self.steps), Funnel)
