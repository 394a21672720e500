"""What every table and figure of a study needs to know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.exhibits.labels import sentence
from alliance_value.study.spec import build
from alliance_value.vocabulary.words import Words

Results = Mapping[str, pd.DataFrame]
ADDED = ("mean of ", "residual of ", "copula of ")


@dataclass(frozen=True)
class Context:
    """What every table and figure of a study needs to know.

    Parameters
    ----------
    labels, titles, outcomes
        Label of each variable; title and outcome of each model.
    placebos
        Models whose terms cannot have an effect.
    models
        Those with ``products``, with ``endogenous`` terms, of ``repeated`` inference.
    values
        Words for the values of variables that have such.
    words
        What the study's units are called.
    confidence
        Level of the intervals (decimal).
    simulated
        What is simulated, in words.
    own
        What one exhibit calls variables, terms and models in place of all that.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    placebos: tuple[str, ...] = ()
    models: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Words = field(default_factory=Words)
    confidence: float = 0.95
    simulated: str = ""
    own: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> Context:
        """Make the context from its parameters."""
        return build(cls, {**mapping, "words": Words(**mapping["words"])})

    @property
    def mark(self) -> str:
        """What an exhibit that travels alone says of simulated data."""
        return f"Simulated: {self.simulated}" if self.simulated else ""

    @property
    def percent(self) -> str:
        """The level of intervals as it is printed, such as 99.5%."""
        return f"{100 * self.confidence:.6g}%"

    @property
    def interval(self) -> str:
        """What an interval is called."""
        return f"{self.percent} interval"

    def label(self, term: str) -> str:
        """Return a term's label: its factors' labels joined by a multiplication sign.

        A label of the study comes first; names that the program gives have their own.
        """
        if term in self.own:
            return self.own[term]
        for added in ADDED:
            if term.startswith(added):
                return added.capitalize() + self.label(term.removeprefix(added))
        usual = {
            FIRM: self.words.say("{Entity}"),
            YEAR: self.words.say("{Time}"),
            "constant": "Constant",
            "lambda": "Inverse Mills ratio",
            **{name: label for name, label in self.labels.items() if label},
            **self.own,
        }
        factors = term.split(":")
        return " × ".join(usual.get(f, f) for f in factors)

    def title(self, model: str) -> str:
        """Return a model's title, else its name in words."""
        return self.own.get(model) or self.titles.get(model) or sentence(model)

    def what(self, model: str) -> str:
        """Name a model, and its outcome where it is known: what a figure is of."""
        outcome = self.outcomes.get(model, "")
        return self.title(model) + (
            f", outcome {self.label(outcome)}" if outcome else ""
        )

    def value(self, name: str, value: float) -> str:
        """Return the words for a variable's value, else the number."""
        return self.values.get(name, {}).get(f"{value:g}") or f"{value:.3g}"

    def level(self, over: str, at: float) -> str:
        """Say at which value of a variable something is: in its words if it has any."""
        words = self.values.get(over, {}).get(f"{at:g}")
        return words or f"{self.label(over)} = {at:.3g}"

    def named(self, text: str) -> str:
        """Return a text that names columns with the study's words for its units."""
        return self.words.named(text)
