"""A study file as a tool is given it -> its study and where it stands, or a message."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.study.read import file_problems
from alliance_value.study.resolve import resolve
from alliance_value.study.schema import Mapped

SCHEMA = "workflow/schemas/study.schema.yaml"


@dataclass(frozen=True)
class StudyFile:
    """A study file without mistakes.

    Parameters
    ----------
    path
        From the checkout where it lies in there, else absolute.
    written
        Its keys, as they stand.
    study
        The resolved study.
    """

    path: str
    written: Mapped
    study: Mapped

    @property
    def name(self) -> str:
        """Return the name of the study."""
        return str(self.study["study"])

    @property
    def is_inside(self) -> bool:
        """Whether the file lies in the checkout."""
        return not Path(self.path).is_absolute()

    def inside(self, purpose: str) -> str:
        """Return the path from the checkout.

        Raises
        ------
        UserError
            The file lies elsewhere.
        """
        if self.is_inside:
            return self.path
        raise UserError(
            [
                Problem(
                    rule="the study file lies outside of the checkout",
                    remedy=f"copy it there: cp {self.path} config/, run that study "
                    "file, then name it: STUDY=config/...",
                    where=self.path,
                )
            ],
            purpose,
        )


def read_study(file: str) -> StudyFile:
    """Read a study file as Snakemake would, and resolve it.

    Parameters
    ----------
    file
        Path as the user gives it, absolute or from the checkout, which is the current
        folder.

    Raises
    ------
    UserError
        The file is absent or malformed, or the study has mistakes.
    """
    path = placed(file)
    raise_if(list(file_problems(path)), "the study file")
    written: Mapped = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    return StudyFile(path, written, resolve(written, SCHEMA))


def placed(file: str) -> str:
    """Return a path from the current folder where it is in there, else absolute."""
    path = Path(file).parent.resolve() / Path(file).name
    here = Path().resolve()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
