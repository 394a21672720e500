"""What a first study is: its keys, and what to say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class First:
    """A first study.

    Parameters
    ----------
    study
        Its keys.
    remarks
        Key -> what a comment above it says.
    said
        What was seen in the files, in sentences without a full stop.
    """

    study: Mapping[str, Any]
    remarks: Mapping[str, str]
    said: Sequence[str]
