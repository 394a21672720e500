"""Typed parts of a resolved study, one per unit of work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

CountEffects = Literal["none", "not_nested", "all"]
StandardErrors = Literal["clustered", "robust", "unadjusted"]

T = TypeVar("T")

FORMULAS = ("value", "numerator", "denominator")


def flags_of(variables: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the 0/1 variables of missing values -> the variable that makes each."""
    return {
        f"{name}_missing": name
        for name, variable in variables.items()
        if variable["missing"] == "zero_and_flag"
    }


def build(kind: type[T], mapping: Mapping[str, Any]) -> T:
    """Make a spec from a resolved mapping, lists becoming tuples."""
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in mapping.items()}
    return kind(**{k: v for k, v in values.items() if k in known})


@dataclass(frozen=True)
class TableFile:
    """How a table in a file is written."""

    entity: str
    file: str | tuple[str, ...]
    reader: Literal["table", "compustat"] = "table"
    format: str = "auto"
    delimiter: str = "auto"
    encoding: str = "auto"
    decimal: str = "."
    thousands: str = ""
    missing: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    text: tuple[str, ...] = ()
    duplicates: Literal["stop", "keep", "first"] = "stop"
    invalid: Literal["stop", "missing"] = "stop"
    time: str = ""
    time_format: Literal["integer", "year", "quarter", "month"] = "integer"
    period_end: str = ""
    missing_key: Literal["stop", "reject"] = "reject"


@dataclass(frozen=True)
class Winsorize:
    """Quantiles to which extreme values are pulled in."""

    lower: float
    upper: float
    by: Literal["time", "all"] = "time"


@dataclass(frozen=True)
class Adjust:
    """What is subtracted from a variable: what is usual among a group's firms."""

    by: str
    usual: Literal["mean_of_others", "median"] = "mean_of_others"
    peers: int = 1


@dataclass(frozen=True)
class Variable:
    """One variable: a formula or ratio, then its treatment, then its lead or lag."""

    name: str
    value: str = ""
    numerator: str = ""
    denominator: str = ""
    missing: Literal["keep", "zero", "zero_and_flag"] = "keep"
    winsorize: Winsorize | None = None
    lead: int = 0
    lag: int = 0
    horizon: tuple[int, ...] = ()
    adjust: Adjust | None = None
    zero: Literal["observed", "missing"] = "observed"
    label: str = ""
    unit: str = ""

    @classmethod
    def of(cls, name: str, mapping: Mapping[str, Any]) -> Variable:
        """Make the variable of this name from its resolved mapping."""
        values = dict(mapping)
        if values.get("winsorize"):
            values["winsorize"] = Winsorize(**values["winsorize"])
        if values.get("adjust"):
            values["adjust"] = Adjust(**values["adjust"])
        return build(cls, {"name": name, **values})


@dataclass(frozen=True)
class Sample:
    """Which firm-years may enter a model."""

    require: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Model:
    """One model: what is explained by what, and how it is inferred."""

    name: str
    outcome: str
    terms: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    standard_errors: StandardErrors = "clustered"
    estimator: str = "fixed_effects"
    absorbed: Literal["stop", "drop"] = "stop"
    singletons: Literal["drop", "keep"] = "drop"
    where: tuple[str, ...] = ()
    count_effects: CountEffects = "none"
    confidence: float = 0.95
    title: str = ""
    family: str = "main"


@dataclass(frozen=True)
class Table:
    """A regression table: its models are the columns."""

    name: str
    models: tuple[str, ...]
    title: str = ""
    terms: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure made from estimates."""

    name: str
    kind: str
    title: str = ""
    unit: str = ""
    groups: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    model: str = ""
    of: str = ""
    over: str = ""
