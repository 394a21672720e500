"""Typed parts of a resolved study, one per unit of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar

from alliance_value.vocabulary import collect, entries
from alliance_value.vocabulary.entries import Exhibit

Style = Literal["plain", "aer", "jm"]
CountEffects = Literal["none", "not_nested", "all"]

T = TypeVar("T")

FORMULAS = ("value", "numerator", "denominator", "mean_of_others")


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
    reader: str = "table"
    format: str = "auto"
    delimiter: str = "auto"
    quote: str = '"'
    encoding: str = "auto"
    decimal: str = "."
    thousands: str = ""
    sheet: str = ""
    dates: Literal[
        "auto", "day_first", "month_first", "excel", "sas", "stata", "unix"
    ] = "auto"
    timezone: str = ""
    ignore: str = ""
    units: Mapping[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    columns: Mapping[str, str | None] = field(default_factory=dict)
    text: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    duplicates: Literal["stop", "keep", "first", "last", "sum"] = "stop"
    invalid: Literal["stop", "missing"] = "stop"
    time: str = ""
    time_format: Literal["auto", "integer", "year", "quarter", "month"] = "auto"
    period_end: str = ""
    missing_key: Literal["stop", "reject"] = "reject"
    keyset: Mapping[str, str] = field(default_factory=dict)
    member: str = ""
    from_name: str | tuple[str, ...] = ()
    constants: Mapping[str, str | float] = field(default_factory=dict)
    scale: Mapping[str, float] = field(default_factory=dict)
    by_file: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reported: Literal["first", "last"] = "first"
    forms: tuple[str, ...] = ("10-K", "10-KT", "20-F", "40-F")


def firm_key(sources: Mapping[str, Any]) -> str:
    """Return the column that names the firms of a study's firm-years."""
    section = sources.get("firm_years") or {}
    return str(section.get("entity", "gvkey"))


def layout_of(source: Mapping[str, Any] | None) -> TableFile:
    """Return how the files of a source are written, without what its reader is told."""
    known = {f.name for f in fields(TableFile)}
    written = {k: v for k, v in (source or {}).items() if k in known and k != "columns"}
    if not isinstance(written.get("missing", []), list):
        written.pop("missing")  # what stands for a missing delisting return
    return build(TableFile, {"entity": "", "file": "", **written})


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
    mean_of_others: str = ""
    among: tuple[str, ...] = ()
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
class Gmm:
    """Moment conditions of a dynamic panel model.

    Parameters
    ----------
    instruments
        Variable -> first and last lag of its levels that instrument the differences.
    collapse
        One moment per lag instead of one per lag and period.
    steps
        1 for the one-step, 2 for the two-step estimator.
    """

    instruments: Mapping[str, tuple[int, int]]
    collapse: bool = True
    steps: int = 2


@dataclass(frozen=True)
class Selection:
    """Which rows are observed, and why.

    Parameters
    ----------
    terms
        Terms of the selection equation, those of the outcome equation not understood.
    exclusion
        Those of them that do not enter the outcome equation.
    observed
        0/1 variable of the rows observed; empty for those with an outcome.
    """

    terms: tuple[str, ...]
    exclusion: tuple[str, ...]
    observed: str = ""


@dataclass(frozen=True)
class Model:
    """One model: what is explained by what, and how it is inferred."""

    name: str
    outcome: str
    terms: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()
    standard_errors: str = "clustered"
    estimator: str = "fixed_effects"
    interactions: Literal["product", "within"] = "product"
    absorbed: Literal["stop", "drop"] = "stop"
    singletons: Literal["drop", "keep"] = "drop"
    where: tuple[str, ...] = ()
    count_effects: CountEffects = "none"
    confidence: float = 0.95
    title: str = ""
    family: str = "main"
    weights: str = ""
    endogenous: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    gmm: Gmm | None = None
    selection: Selection | None = None
    draws: int = 199
    lags: int | None = None
    coordinates: tuple[str, ...] = ()
    distance: float = 0.0
    kernel: Literal["uniform", "bartlett"] = "uniform"
    seed: int = 0

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> Model:
        """Make a model from its resolved mapping."""
        values = dict(mapping)
        if values.get("gmm"):
            lags = values["gmm"]["instruments"]
            pairs = {name: (first, last) for name, (first, last) in lags.items()}
            values["gmm"] = build(Gmm, {**values["gmm"], "instruments": pairs})
        if values.get("selection"):
            values["selection"] = build(Selection, values["selection"])
        return build(cls, {k: v for k, v in values.items() if v not in (None, {})})


@dataclass(frozen=True)
class Table:
    """A table of results; of kind models its models are the columns."""

    name: str
    models: tuple[str, ...] = ()
    kind: str = "models"
    model: str = ""
    window: str = ""
    unit: str = ""
    group: str = ""
    test: str = ""
    alternative: Literal["two_sided", "greater", "less"] = "two_sided"
    title: str = ""
    terms: tuple[str, ...] = ()
    digits: int | None = None
    stars: bool | None = None
    below: Literal["errors", "intervals", "nothing"] = "errors"
    note: str = ""
    style: Style = "plain"
    labels: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


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
    by: str = ""
    grid: str = ""
    firms: int = 30


def exhibits_of(
    study: Mapping[str, Any],
) -> Iterator[tuple[str, dict[str, Any], Exhibit]]:
    """Yield where each table and figure of a study stands, itself and its kind."""
    for group, kind in (("tables", entries.Table), ("figures", entries.Figure)):
        known: Mapping[str, Exhibit] = collect.entries(kind)
        for exhibit in study["exhibits"].get(group, []):
            where = f"exhibits.{group}.{exhibit['name']}"
            yield where, exhibit, known[exhibit["kind"]]


@dataclass(frozen=True)
class ReturnsFile:
    """How daily returns or prices are written, and which returns are believed."""

    reader: Literal["crsp", "long", "wide"] = "crsp"
    security: str = ""
    date: str = ""
    ret: str = ""
    price: str = ""
    adjustment: str = ""
    market_value: str = ""
    shares: str = ""
    volume: str = ""
    volume_unit: Literal["ones", "thousands", "millions"] = "ones"
    traded: bool = False
    holds: Literal["returns", "prices"] = "returns"
    unit: Literal["decimal", "percent"] = "decimal"
    shares_unit: Literal["ones", "thousands", "millions"] = "thousands"
    market_value_unit: Literal["ones", "thousands", "millions"] = "millions"
    first: str = ""
    last: str = ""
    largest_return: float = 10.0
    smallest_return: float = -1.0
    longest_gap: int = 1
    thin_day: float = 0.05
