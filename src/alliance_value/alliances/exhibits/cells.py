"""Models of deals -> the rows of their tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.contracts.dyads import Dyads
from alliance_value.contracts.columns import meanings
from alliance_value.exhibits.cells import Rows, estimate_rows
from alliance_value.exhibits.context import Context
from alliance_value.models.small_samples import JACKKNIFE
from alliance_value.study.spec import Table

HUB = 0.05  # share of deals from which one firm's news is in too many


def errors_of_deals(estimates: pd.DataFrame, fits: pd.DataFrame) -> str:
    """Say which standard errors a table of `preferred` rows shows, and what of hubs."""
    if (estimates.se_type == JACKKNIFE).any():
        alone = (estimates.se_type == JACKKNIFE).all()
        return (
            "Standard errors in parentheses allow for all deals that share a firm, by "
            f"a jackknife over firms{'' if alone else '; those of a logit are dyadic'}."
        )
    words = "Standard errors in parentheses allow for all deals that share a firm."
    hub = fits.hub.max()
    if not hub > HUB:
        return words
    return (
        f"{words} One firm is in {hub:.0%} of the deals: with such hubs these errors "
        "come out too small; deal_errors: dyadic_jackknife allows for it."
    )


def of_dyads(context: Context) -> Context:
    """Return the context with the labels of the variables in models of dyads."""
    labels = {name: meaning.label for name, meaning in meanings(Dyads).items()}
    labels |= {
        "asymmetric": "Asymmetric",
        Alliances.marketing: "Marketing",
        Alliances.research: "R&D",
        Alliances.joint_venture: "Joint venture",
        Alliances.technology_transfer: "Technology transfer",
        Alliances.cross_border: "Cross-border",
        "joint_size": "Size of both",
        "size_gap": "Difference in size",
        "joint_experience": "Experience of both",
        "mills": "Inverse Mills ratio",
        "equity": "Equity alliance",
        "governance_rung": "Rung of governance",
        "share_difference": "Difference of shares",
        "car_difference": "Difference of CARs",
    }
    return replace(context, labels=labels)


def coefficients(
    estimates: pd.DataFrame,
    by: str,
    columns: Sequence[str],
    context: Context,
    table: Table,
) -> Rows:
    """Lay out terms in rows, the constant last, one column for each of ``by``."""
    rows: Rows = []
    for term in sorted(dict.fromkeys(estimates.term), key="constant".__eq__):
        part = estimates[estimates.term == term].set_index(by)
        rows += estimate_rows(context.label(str(term)), part, columns, table)
    return rows
