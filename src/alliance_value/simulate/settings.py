"""A plain mapping from a study file -> the checked settings of a world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from alliance_value.simulate.effects import Effects, parameters, planted

Dirt = Literal["none", "realistic", "repairable", "hostile"]
CrspFormat = Literal["legacy", "ciz"]
DailyFormat = Literal["parquet", "csv.gz"]
Calibration = Literal["paper", "field"]
StataTable = Literal["ccm_lnkhist", "compustat_segments"]

SIZES = {"tiny": 0.08, "default": 1.0}


@dataclass(frozen=True)
class WorldSettings:
    """What distinguishes one simulated world, and its export, from another.

    Parameters
    ----------
    seed : int
        Same seed, same bytes.
    size : float
        Firms sampled a year, in thousands; deals grow with it.
    dirt : {"none", "realistic", "repairable", "hostile"}
        Defects in the vendors' files; the world under them is the same. ``repairable``
        has those of ``hostile`` that a careful reader can undo without loss.
    crsp_format : {"legacy", "ciz"}
        Column names of the CRSP files.
    daily_format : {"parquet", "csv.gz"}
        Parquet holds numeric return codes, the text file letters.
    stata : tuple of str
        Tables written as ``.dta`` instead of ``.csv``.
    calibration : {"paper", "field"}
        Whose moments ROA and structures have: ``field`` has heavier tails, write-offs
        and more firms that become customer-centric.
    daily_scale : int
        Daily rows as a multiple: further securities that no firm is linked to.
    effects : Effects
        What is planted.
    edgar : bool
        Whether the world is also written as public sources would have it, without
        dirt: the SEC's data sets, current reports, tickers, prices and a coding sheet.
    constructs : bool
        Whether partners' dependence, knowledge, position and functions move returns.
    lives : bool
        Whether alliances have governance, ends and acquisitions with planted effects.
    """

    seed: int = 1998
    size: float = 1.0
    dirt: Dirt = "realistic"
    crsp_format: CrspFormat = "legacy"
    daily_format: DailyFormat = "parquet"
    stata: tuple[StataTable, ...] = ()
    calibration: Calibration = "paper"
    daily_scale: int = 1
    effects: Effects = field(default_factory=lambda: planted("planted"))
    edgar: bool = False
    constructs: bool = False
    lives: bool = False

    def __post_init__(self) -> None:
        """Reject values that no world can be made from."""
        for name, allowed in (
            ("dirt", get_args(Dirt)),
            ("crsp_format", get_args(CrspFormat)),
            ("daily_format", get_args(DailyFormat)),
            ("calibration", get_args(Calibration)),
        ):
            if getattr(self, name) not in allowed:
                raise ValueError(
                    f"{name} is {getattr(self, name)!r}; allowed are {list(allowed)}"
                )
        if not 0.03 <= self.size <= 20:
            raise ValueError(f"size is {self.size}; allowed are 0.03 to 20")
        if self.daily_scale < 1:
            raise ValueError(f"daily_scale is {self.daily_scale}; 1 is the least")
        wrong = sorted(set(self.stata) - set(get_args(StataTable)))
        if wrong:
            raise ValueError(f"stata: {wrong} not among {list(get_args(StataTable))}")

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> WorldSettings:
        """Build settings from a study file's section.

        Parameters
        ----------
        mapping : mapping
            Field names of the class; ``size`` may be "tiny" or "default",
            ``effects`` "planted", "none", "realistic" or overrides by section and name.

        Raises
        ------
        ValueError
            Where a key is unknown or a value not allowed.
        """
        known = [f.name for f in fields(cls)]
        unknown = sorted(set(mapping) - set(known))
        if unknown:
            raise ValueError(f"unknown {unknown}; known are {known}")
        values = dict(mapping)
        if isinstance(size := values.get("size", 1.0), str):
            if size not in SIZES:
                raise ValueError(f"size is {size!r}; allowed are {list(SIZES)}")
            values["size"] = SIZES[size]
        if not isinstance(values.get("effects"), Effects):
            values["effects"] = planted(values.get("effects", "planted"))
        values["stata"] = tuple(values.get("stata", ()))
        return cls(**values)

    def section(self, name: str) -> dict[str, Any]:
        """Return a section of the world's parameters, as its calibration has them."""
        instead = parameters().get(self.calibration, {}).get(name, {})
        return {**parameters()[name], **instead}

    @property
    def firms_per_year(self) -> int:
        """Firms sampled a year."""
        result: int = round(self.size * parameters()["population"]["firms_per_year"])
        return result

    @property
    def dirt_rates(self) -> dict[str, float]:
        """Share of the eligible rows, or files, that get each kind of defect."""
        levels = parameters()["dirt"]
        if self.dirt != "repairable":
            return dict(levels.get(self.dirt, {}))
        lost = set(parameters()["unrepairable"])
        return {k: rate for k, rate in levels["hostile"].items() if k not in lost}
