"""``effects.yaml`` plus a study's overrides -> the planted effects, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Any, Literal, TypeVar

import yaml

T = TypeVar("T")


@dataclass(frozen=True)
class Performance:
    """Study 2: ROA points (decimal) per unit of the regressor."""

    cc_share_product_centric: float
    cc_share_customer_centric: float
    own_cc: float
    marketing: float
    marketing_asymmetry: float
    marketing_own_cc: float
    size: float
    leverage: float
    rd_intensity: float
    ad_intensity: float
    slack: float


@dataclass(frozen=True)
class JointValue:
    """Study 1: combined abnormal return over [-1, +1], decimal."""

    neither: float
    asymmetric: float
    marketing: float
    rd: float
    asymmetric_marketing: float
    asymmetric_rd: float
    tro: float
    sro: float
    marketing_tro: float
    marketing_sro: float
    rd_tro: float
    rd_sro: float
    asymmetric_tro: float
    asymmetric_sro: float
    asymmetric_marketing_tro: float
    asymmetric_marketing_sro: float
    asymmetric_rd_tro: float
    asymmetric_rd_sro: float


@dataclass(frozen=True)
class Appropriation:
    """Log of the customer- over the product-centric partner's abnormal return."""

    log_ratio: float
    tro: float
    sro: float


@dataclass(frozen=True)
class Confounding:
    """Strength of the unobservable; 0 switches it off.

    Parameters
    ----------
    firm, time_varying
        Of what moves formation, partner choice and ROA.
    slope
        Of the firm's part as what moves its own structure and the slope of its share.
    selection
        Of the firm-year part as what moves formation and ROA, partners aside.
    """

    firm: float
    time_varying: float
    slope: float
    selection: float


@dataclass(frozen=True)
class Effects:
    """All that is planted."""

    performance: Performance
    joint_value: JointValue
    appropriation: Appropriation
    confounding: Confounding


@cache
def parameters() -> dict[str, Any]:
    """Read ``effects.yaml``: planted effects and world parameters."""
    text = files(__package__).joinpath("effects.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def planted(
    overrides: Mapping[str, Any] | Literal["planted", "none", "realistic"],
) -> Effects:
    """Return the effects of a world.

    Parameters
    ----------
    overrides : mapping, "planted", "none" or "realistic"
        Values by section and name that replace those of ``effects.yaml``; "none"
        sets every effect to zero and leaves the confounder at its default, "realistic"
        takes the smaller ones that ``effects.yaml`` has under that name.

    Raises
    ------
    ValueError
        Where a section or a name is unknown.
    """
    base = parameters()["effects"]
    effects = Effects(
        Performance(**base["performance"]),
        JointValue(**base["joint_value"]),
        Appropriation(**base["appropriation"]),
        Confounding(**base["confounding"]),
    )
    if overrides == "planted":
        return effects
    if overrides == "none":
        return replace(
            effects,
            performance=_zero(effects.performance),
            joint_value=_zero(effects.joint_value),
            appropriation=_zero(effects.appropriation),
        )
    if overrides == "realistic":
        return planted(parameters()["realistic"])
    if not isinstance(overrides, Mapping):
        raise ValueError(
            f"effects must be planted, none, realistic or a mapping: {overrides!r}"
        )
    _reject_unknown("effects", overrides, asdict(effects))
    changed = {
        section: _override(section, getattr(effects, section), values)
        for section, values in overrides.items()
    }
    return replace(effects, **changed)


def _override(name: str, section: T, values: Mapping[str, float]) -> T:
    if not isinstance(values, Mapping):
        raise ValueError(f"effects.{name} must be a mapping: {values!r}")
    _reject_unknown(f"effects.{name}", values, asdict(section))  # type: ignore[call-overload]
    numbers = {key: float(value) for key, value in values.items()}
    if unplanted := [key for key, value in numbers.items() if not isfinite(value)]:
        raise ValueError(f"effects.{name}: {unplanted} are not finite")
    return replace(section, **numbers)  # type: ignore[type-var]


def _zero(section: T) -> T:
    return type(section)(**{f.name: 0.0 for f in fields(section)})  # type: ignore[arg-type]


def _reject_unknown(
    where: str, given: Mapping[str, Any], allowed: Mapping[str, Any]
) -> None:
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        raise ValueError(f"{where}: unknown {unknown}; known are {sorted(allowed)}")
