"""A panel's model and invented identities -> the twin's rows, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.problems import UserError
from alliance_value.sharing.twin.columns import as_text
from alliance_value.sharing.twin.identities import Drawing
from alliance_value.sharing.twin.labels import Labels, drawn_labels
from alliance_value.sharing.twin.panel import PanelModel
from alliance_value.sharing.twin.source import PanelSource
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sharing.twin.study_panel import TWIN_ROW, PanelRecipe
from alliance_value.sources.cells import TRUTH


@dataclass(frozen=True)
class Twin:
    """Rows of invented firms.

    Parameters
    ----------
    source
        What they were drawn after.
    model
        What they were drawn from.
    rows
        Firm and slot of each.
    scores
        float64, shape (n, k).
    labels
        Their texts.
    """

    source: PanelSource
    model: PanelModel
    rows: Rows
    scores: np.ndarray
    labels: Labels

    def firm_years(self) -> pd.DataFrame:
        """Return the rows as the study's canonical firm-years."""
        values = self.model.values(self.scores, self.source.names.values())
        return firm_years(self.source, self.rows, values, self.labels)

    def panel(self, recipe: PanelRecipe) -> pd.DataFrame:
        """Return the panel of the rows, empty where the study's conditions leave none.

        Its index are the rows' numbers.
        """
        try:
            return recipe.panel(self.firm_years())
        except UserError:
            return pd.DataFrame()


def drawn_twin(source: PanelSource, model: PanelModel, drawing: Drawing) -> Twin:
    """Draw invented firms and give them identities.

    Parameters
    ----------
    source, model
        Real rows and what was fitted to them.
    drawing
        What the study's files are drawn with.
    """
    rows, scores = model.draw(drawing.rng)
    entity = (source.layout.entity, source.firms)
    labels = drawn_labels(entity, source.columns, source.rows, model, rows, drawing)
    return Twin(source, model, rows, scores, labels)


def firm_years(
    source: PanelSource,
    rows: Rows,
    values: Mapping[str, np.ndarray],
    labels: Labels | None = None,
) -> pd.DataFrame:
    """Return rows as canonical firm-years with the columns that the study uses.

    Parameters
    ----------
    source
        Real rows.
    rows, values
        Firm, slot and values of the rows.
    labels
        Texts of invented rows; those of the real ones when absent.
    """
    firms = np.array(source.firms, dtype=object) if labels is None else labels.firms
    table: dict[str, object] = {
        FIRM: pd.array(list(firms[rows.firm]), dtype="string"),
        YEAR: np.array(source.periods, dtype="int64")[rows.slot],
        TWIN_ROW: np.arange(len(rows.firm)),
        "source_file": pd.array(["twin"] * len(rows.firm), dtype="string"),
        "source_row": np.arange(1, len(rows.firm) + 1),
    }
    for name, key in source.names.items():
        column = source.columns[key]
        if column.kind == "category":
            levels = np.array(column.levels, dtype=object)
            if labels is not None:
                levels = labels.levels[key]
            words = pd.Series(as_text(values[key], levels, None), dtype="string")
            table[name] = (
                words.str.upper().map(TRUTH).astype("float64")
                if column.truth
                else words
            )
        elif column.kind in ("identity", "serial"):
            cells = column.texts if labels is None else labels.texts[key]
            table[name] = pd.array(list(cells), dtype="string")
        elif column.kind == "empty":
            table[name] = np.full(len(rows.firm), np.nan)
        else:
            table[name] = values[key]
    return pd.DataFrame(table).sort_values([FIRM, YEAR], kind="stable")
