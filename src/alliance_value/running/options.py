"""Options on a run's command line -> how it treats raw files and what it checks."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance_value.contracts.access import ABSENT
from alliance_value.contracts.problems import Problem, nearest, raise_if

ALLOWED = {"raw": ("made", "given"), "check": ("changed", "all")}


@dataclass(frozen=True)
class Options:
    """What ``--config`` may say beside the keys of a study.

    Parameters
    ----------
    raw
        With 'given', raw files that are there count as the user's: no rule makes them.
    check
        With 'all', every file is read again, whatever its size and times say.
    """

    raw: str = "made"
    check: str = "changed"

    def to_make(self, raw_files: Mapping[str, str]) -> dict[str, str]:
        """Return the raw files that rules are to make.

        Parameters
        ----------
        raw_files
            Those of the study by path, with the rule.

        Raises
        ------
        UserError
            They are to be given, and some are not there.
        """
        if self.raw == "made":
            return dict(raw_files)
        raise_if(
            [
                Problem(
                    rule=f"{ABSENT}, and --config raw=given lets no rule make it",
                    remedy=f"put it there, leave the option out so that rule {rule} "
                    "makes it, or take what asks for it out of the study file",
                    where=path,
                )
                for path, rule in raw_files.items()
                if not Path(path).is_file()
            ],
            "the raw files that are given",
        )
        return {}


def take_options(
    config: MutableMapping[str, Any], written: Mapping[str, Any]
) -> Options:
    """Take the options of a run out of a configuration, and leave the study.

    Parameters
    ----------
    config
        Study file and command line as Snakemake joined them.
    written
        What the command line says: in a study file these keys are unknown.

    Raises
    ------
    UserError
        An option has a value that there is not.
    """
    taken = {name: str(config.pop(name)) for name in ALLOWED if name in written}
    raise_if(
        [
            Problem(
                rule=f"'{value}' is not allowed",
                remedy=nearest(value, ALLOWED[name]),
                where=f"--config {name}",
            )
            for name, value in taken.items()
            if value not in ALLOWED[name]
        ],
        "the options of the run",
    )
    return Options(**taken)
