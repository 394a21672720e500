"""Models that could not be estimated -> what an exhibit says in their place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from alliance_value.contracts.failures import reasons
from alliance_value.exhibits.context import Context, Results
from alliance_value.vocabulary.entries import Exhibit

NOT_ESTIMATED = "not estimated"


def failed_in(
    results: Results, named: Collection[str], entry: Exhibit, context: Context
) -> Mapping[str, str]:
    """Return why models that an exhibit is to show are not estimated.

    Parameters
    ----------
    results
        The exhibit's tables; without ``failures`` it shows no models.
    named
        The models that it names; where it names none, those that its kind is of.
    entry, context
        Its kind, and the study's models by what they have.
    """
    every = reasons(results["failures"]) if "failures" in results else {}
    shown = named or context.models.get(entry.of, every)
    return {name: why for name, why in every.items() if name in shown}


def in_sentences(failed: Mapping[str, str], context: Context) -> list[str]:
    """Say of each model that it is not estimated, and why."""
    return [
        f"{context.title(model)} is {NOT_ESTIMATED}: {why}."
        for model, why in failed.items()
    ]
