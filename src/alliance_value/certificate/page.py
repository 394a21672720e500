"""Scores of methods -> the certificate's tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.study.schema import Mapped


def tables(scores: pd.DataFrame, designs: Sequence[Mapped]) -> str:
    """Write scores as tables in Markdown."""
    return f"{len(scores)} {len(designs)}\n"
