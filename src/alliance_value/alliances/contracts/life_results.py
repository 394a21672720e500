"""The tables of dual appropriation and of acquisitions of former partners."""

from __future__ import annotations

from alliance_value.contracts.coefficients import NO_ERROR, SE, Estimated, GroupKey
from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

CLASSES = ("both", "one", "none")


@canonical("non_zero_sum", stage="events")
class NonZeroSum(Estimated, GroupKey, source="dyads"):
    """One row per group of deals and quantity: do partners gain together."""

    estimate: Column[float] = described("Estimate", "decimal, or a slope")
    se: Column[float] = SE(formula="dyadic", missing="not defined")
    n: Column[int] = described("Deals", "count", ge=0)

    class Config:
        unique = ["group", "quantity"]


@canonical("sign_transitions", stage="events")
class SignTransitions(CanonicalTable, source="dyads and cars"):
    """One row per group, pair of windows and who gains in both of them."""

    group: Text = described("Deals", "category")
    from_window: Text = described("Window", "days")
    to_window: Text = described("Next window", "days")
    from_class: Text = described("Who gains", "category", isin=list(CLASSES))
    to_class: Text = described("Who gains then", "category", isin=list(CLASSES))
    deals: Column[int] = described("Deals", "count", ge=0)
    share: Column[float] = described(
        "Share of the deals of the first class",
        "decimal",
        missing="no deal is of the first class",
        ge=0,
        le=1,
    )

    class Config:
        unique = ["group", "from_window", "to_window", "from_class", "to_class"]


@canonical("acquisition_returns", stage="events")
class AcquisitionReturns(Estimated, GroupKey, source="acquisitions and returns"):
    """One row per group of acquisitions and quantity."""

    estimate: Column[float] = described(
        "Estimate", "decimal, or years", missing="not estimated"
    )
    se: Column[float] = SE(
        formula="clustered by acquirer (CR2)",
        source="Bell and McCaffrey (2002)",
        missing="not defined",
    )
    df: Column[float] = described(
        "Degrees of freedom",
        "count",
        "Satterthwaite's",
        source="Bell and McCaffrey (2002)",
        missing=NO_ERROR,
        gt=0,
    )
    n: Column[int] = described("Acquisitions", "count", ge=0)

    class Config:
        unique = ["group", "quantity"]
