"""A study of which a twin is wanted -> what is replaced, and what may be named."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.simulate.files import VENDORS_OWN
from alliance_value.study.expressions import parse
from alliance_value.study.spec import FORMULAS

# A source of this name holds no firm, and may stay where it is open.
OF_THE_MARKET = ("factors", "market")


@dataclass(frozen=True)
class Request:
    """A study of which a twin is wanted.

    Parameters
    ----------
    written, study
        The study file and the resolved study.
    closed
        Sources whose rows may not be shared.
    paths
        Files of each source.
    estimates
        The study's estimates: model, term, estimate, se, ci_low, ci_high.
    """

    written: Mapping[str, Any]
    study: dict[str, Any]
    closed: Sequence[str]
    paths: Mapping[str, Sequence[str]]
    estimates: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def name(self) -> str:
        """Return the twin's name."""
        return f"{self.study['study']}-twin"

    @property
    def vendor(self) -> bool:
        """Whether the firm-years are in a vendor's format."""
        firm_years = self.study["sources"].get("firm_years", {})
        return bool(firm_years.get("reader") == "compustat")

    @property
    def in_vendors_formats(self) -> bool:
        """Whether tables beside the firm-years are in vendors' formats."""
        sources = self.study["sources"].keys()
        return self.vendor or (
            not sources.isdisjoint(VENDORS_OWN) and "overlay" not in sources
        )

    def replaced(self) -> list[str]:
        """Return the sources that the twin replaces.

        Where one that names firms is closed, all of them: their files are joined by
        identities, and those of the twin are invented.
        """
        firms = any(source not in OF_THE_MARKET for source in self.closed)
        overlaid = "overlay" in self.study["sources"]
        return [
            source
            for source in self.paths
            if (source in self.closed or (firms and source not in OF_THE_MARKET))
            and not (overlaid and source not in self.closed and self.is_made(source))
        ]

    def is_made(self, source: str) -> bool:
        """Whether a rule writes the files of a source."""
        own = f"data/raw/{self.study['study']}/"
        return all(path.startswith(own) for path in self.paths[source])

    def rng(self) -> np.random.Generator:
        """Return the generator of everything that is drawn.

        Its seed follows from the licensed files as well as from the study's: without
        them nobody can draw the twin's numbers again and take them off.
        """
        digest = hashlib.sha256(str(self.study["seed"]).encode())
        for source in self.closed:
            for path in self.paths[source]:
                with Path(path).open("rb") as stream:
                    digest.update(hashlib.file_digest(stream, "sha256").digest())
        return np.random.default_rng(int.from_bytes(digest.digest(), "big"))

    def named(self) -> frozenset[str]:
        """Return the texts that the study file names as values of columns."""
        study = self.study
        formulas = [
            variable[key]
            for variable in study["variables"].values()
            for key in FORMULAS
            if variable.get(key)
        ]
        formulas += [*study["sample"]["require"], *study["sample"]["where"]]
        formulas += [text for model in study["models"] for text in model["where"]]
        texts = {
            node.value
            for text in formulas
            for node in ast.walk(parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        return frozenset(texts) | set(
            study["sources"].get("overlay", {}).get("sic", {})
        )
