"""What a study says of its sources' rights -> what of it is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.needs import with_files
from alliance_value.study.schema import Mapped


def rights_problems(study: Mapped) -> Iterator[Problem]:
    """Yield rights of what is no source with files of its own, and odd dates."""
    known = with_files(study["sources"])
    for name, rights in study["rights"].items():
        obtained = str(rights["obtained"])
        if obtained and not is_period(obtained):
            yield Problem(
                rule=f"'{obtained}' is no year, month or day",
                remedy="write 2024, 2024-05 or 2024-05-01, or two of them as "
                "2024-05/2024-07",
                where=f"rights.{name}.obtained",
            )
        if name not in known:
            yield Problem(
                rule=f"no source with files is called '{name}'",
                remedy=nearest(name, known),
                where=f"rights.{name}",
            )


def is_period(text: str) -> bool:
    """Return whether a text is a year, month or day of ISO 8601, or first/last."""
    parts = text.split("/")
    try:
        for part in parts:
            date.fromisoformat(f"{part}-01-01"[:10])
    except ValueError:
        return False
    return len(parts) <= 2 and all(len(part) in (4, 7, 10) for part in parts)
