"""What every table of coefficients has: estimate, error, test and interval."""

from __future__ import annotations

from functools import partial

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described

NO_ERROR = "no standard error"
SE = partial(described, label="Standard error", unit="as the estimate", ge=0)
T = partial(
    described,
    label="t statistic",
    unit="ratio",
    formula="estimate / se",
    source="this table",
)
P = partial(
    described,
    label="p-value",
    unit="decimal",
    formula="two-sided, t distribution with df",
    source="this table",
    ge=0,
    le=1,
)
LOW = partial(
    described,
    label="Lower confidence limit",
    unit="as the estimate",
    formula="estimate - t quantile x se",
    source="this table",
)
HIGH = partial(
    described,
    label="Upper confidence limit",
    unit="as the estimate",
    formula="estimate + t quantile x se",
    source="this table",
)


class ModelKey(CanonicalTable):
    """The model that a row belongs to."""

    model: Text = described("Model", "name", source="the study's models")


class TermKey(ModelKey):
    """The model and term that a row belongs to."""

    term: Text = described(
        "Term", "name", "a:b is a product", source="the study's models"
    )


class GroupKey(CanonicalTable):
    """The group and the quantity that a row speaks of."""

    group: Text = described("Group", "category")
    quantity: Text = described("Quantity", "name")


class Coefficient(CanonicalTable):
    """An estimate with its standard error, t test and confidence interval.

    A base stands after the key's in a table's declaration, so that its columns follow.
    """

    estimate: Column[float] = described(
        "Estimate", "outcome per unit of term", source="the estimator of the model"
    )
    se: Column[float] = SE(
        formula="square root of the covariance's diagonal",
        source="the model's kind of standard errors",
    )
    df: Column[float] = described(
        "Degrees of freedom",
        "count",
        "smallest number of clusters less 1, or n - k",
        source="Cameron and Miller (2015)",
        gt=0,
    )
    t: Column[float] = T()
    p: Column[float] = P()
    ci_low: Column[float] = LOW()
    ci_high: Column[float] = HIGH()


class Estimated(Coefficient):
    """An estimate, with an error, test and interval where it has an error."""

    se: Column[float] = SE(missing="not defined")
    t: Column[float] = T(missing=NO_ERROR)
    p: Column[float] = P(missing=NO_ERROR)
    ci_low: Column[float] = LOW(missing=NO_ERROR)
    ci_high: Column[float] = HIGH(missing=NO_ERROR)


class PartialCoefficient(Estimated):
    """A combination of estimates, whose variance a covariance may leave negative."""

    se: Column[float] = SE(
        formula="square root of g'Vg, the delta method",
        source="the covariance of the estimates",
        missing="the covariance gives it a negative variance (multiway clusters)",
    )
