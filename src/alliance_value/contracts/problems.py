"""What is wrong with an input -> one message that names it and the next step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

SHOWN = 25
# Control characters but tab and line end, halves of characters, and what is none: a
# terminal obeys them, and XML, of which Word files and figures are made, forbids them.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Problem:
    """One broken rule: where it is, what stands there, and what to do.

    Parameters
    ----------
    rule
        The rule that is broken, as a short sentence.
    remedy
        The next step for the reader.
    where
        File, study-file key or table in which the problem stands.
    row
        Row in the file as a spreadsheet counts it (the header is row 1).
    column
        Column in the file.
    value
        The offending value as it stands in the file.
    """

    rule: str
    remedy: str
    where: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = [self.where] if self.where else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column '{self.column}'")
        if self.value is not None:
            place.append(f"value {clip(self.value)!r}")
        head = ", ".join(place)
        text = f"{head}: {self.rule}" if head else self.rule
        return f"{text}\n    -> {self.remedy}"


class UserError(Exception):
    """All problems of one input at once, to be shown without a traceback.

    Parameters
    ----------
    problems
        Every problem found, in the order in which a reader would mend them; one of a
        study that many files meet is told once.
    subject
        What was being done, such as ``reading comp.csv``.
    """

    def __init__(self, problems: Sequence[Problem], subject: str) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        self.subject = subject
        super().__init__(self.render())

    def render(self, limit: int | None = SHOWN) -> str:
        """Return the message: a headline, then the problems, each with its remedy."""
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        lines = [f"{count} {noun} in {self.subject}"]
        shown = self.problems[:limit]
        lines += [f"  {i}. {p}" for i, p in enumerate(shown, start=1)]
        if len(shown) < count:
            lines.append(f"  ... and {count - len(shown)} more.")
        return printable("\n".join(lines))


@contextmanager
def gathered(problems: list[Problem]) -> Iterator[None]:
    """Put a user's mistakes with others, so that all can be told at once.

    Parameters
    ----------
    problems
        Grows by the problems of a `UserError` that the body raises.
    """
    try:
        yield
    except UserError as error:
        problems += error.problems


def raise_if(problems: Sequence[Problem], subject: str) -> None:
    """Raise one `UserError` when there is at least one problem."""
    if problems:
        raise UserError(problems, subject)


def printable(text: str) -> str:
    """Write characters that cannot be printed as their numbers."""
    return UNPRINTABLE.sub(lambda match: f"U+{ord(match[0]):04X}", text)


def clip(value: str, width: int = 80) -> str:
    """Shorten a value that would flood the message."""
    return value if len(value) <= width else f"{value[:width]}... ({len(value)} chars)"


def nearest(name: str, known: Iterable[str], listed: int = 12) -> str:
    """Return a hint that names the nearest known name, or lists what is known.

    Parameters
    ----------
    name
        The name that was not found.
    known
        The names that would have been valid.
    listed
        How many valid names to list when none is near.
    """
    known = list(known)
    by_lower = {k.lower(): k for k in known}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{by_lower[close[0]]}'?"
    names = ", ".join(known[:listed]) + (", ..." if len(known) > listed else "")
    return f"valid: {names}" if names else "none is valid here"
