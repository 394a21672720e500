"""A text -> its rows of cells: of JSON, of a page's or a drawing's markup, of lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

Row = tuple[str, ...]

LONGEST_LINE = 100_000
DELIMITER = re.compile(r"[,;\t|]|\s&\s")
NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,]\d+)*(?:[eEdD][-+]?\d+)?(?![\w])")
BLOCK = re.compile(
    r"</(?:\w+:)?(?:tr|row|table-row|p|li|div|dd|dt|text|title|desc|h[1-6]|script|style)"
    r"\s*>|<!--|-->",
    re.IGNORECASE,
)
TAG = re.compile(r"<[^>]*>")
MARKUP = re.compile(r"\s*(?:<\?xml|<!doctype|<html|<svg|<table|<div)", re.IGNORECASE)
DRAWN = re.compile(r"<svg.*?</svg>", re.IGNORECASE | re.DOTALL)
PATH = re.compile(r"""\s(?:d|points|transform|style)=("[^"]*"|'[^']*')""")
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


def rows_of_text(text: str, most: int) -> list[Row]:
    """Return a text's rows, so many at most, spread evenly.

    Rows of a table in any mark-up and records of JSON are rows, whether JSON holds
    rows or columns; so is a line, cut where a delimiter stands and again at its
    numbers alone, however they are set apart.
    """
    if text.lstrip()[:1] in "{[":
        try:
            rows = [row for row in rows_of_json(json.loads(text)) if row]
        except (ValueError, RecursionError):
            rows = list(rows_of_lines(text))
    elif MARKUP.match(text):
        rows = list(rows_of_markup(text))
    else:
        rows = list(rows_of_lines(text))
    return rows[:: max(1, len(rows) // most)]


def strings_of_json(text: str) -> list[str]:
    """Return the strings of a text that is JSON, as one text without escapes."""
    if text.lstrip()[:1] not in "{[":
        return []
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        return []
    strings = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            strings += [f"{k}: {v}" for k, v in value.items() if isinstance(v, str)]
            waiting += [v for v in value.values() if not isinstance(v, str)]
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str):
            strings.append(value)
    return ["\n".join(strings)]


def rows_of_lines(text: str) -> Iterator[Row]:
    """Yield the cells of each line, and its numbers."""
    for line in text.splitlines():
        line = line[:LONGEST_LINE]
        marks = DELIMITER.search(line)
        pieces = DELIMITER.split(line) if marks else line.split()
        cells = tuple(map(bare, pieces))
        if any(cells):
            yield cells
        numbers = tuple(NUMBER.findall(line))
        if numbers and numbers != cells:
            yield numbers
        if "<" in line and (words := tuple(cells_of_markup(line))):
            yield words


def bare(piece: str) -> str:
    """Return a cell without marks around it; what opens in it may close."""
    cell = piece.strip().lstrip("\"'`*([{")
    return cell.rstrip("\"'`*" if "(" in cell else "\"'`*)]}")


def rows_of_markup(text: str) -> Iterator[Row]:
    """Yield the cells of each block; of a drawing the notes that name its words."""
    for drawing in DRAWN.findall(text):
        for note in COMMENT.findall(drawing):
            yield (note.strip(),)
    for block in BLOCK.split(DRAWN.sub(worded, text)):
        cells = tuple(cells_of_markup(block))
        if cells:
            yield cells
        if len(cells) == 1 and "\n" in cells[0]:
            yield from rows_of_lines(cells[0])


def worded(drawing: re.Match[str]) -> str:
    """Return a drawing without its paths."""
    return PATH.sub("", drawing[0])


def cells_of_markup(text: str) -> Iterator[str]:
    """Yield what stands between tags."""
    for piece in TAG.split(text):
        if cell := unescape(piece).strip():
            yield cell


def rows_of_json(value: Any) -> Iterator[Row]:
    """Yield the scalars that stand together, by row and by column."""
    if isinstance(value, dict):
        children = list(value.values())
        yield tuple(map(scalar, filter(is_scalar, children)))
    elif isinstance(value, list):
        children = value
        if all(map(is_scalar, value)):
            yield tuple(map(scalar, value))
            for item in value:  # a column that stands alone
                yield (scalar(item),)
            if value and all(isinstance(item, str) for item in value):
                yield from rows_of_text("".join(value), len(value) + 1_000_000)
            return
        if all(isinstance(item, (list, dict)) for item in value):
            yield from across(value)
    else:
        if isinstance(value, str) and "\n" in value:
            yield from rows_of_text(value, 1_000_000)
        return
    if isinstance(value, dict) and len(children) > 1:
        yield from across(children)
    for child in children:
        if not is_scalar(child) or isinstance(child, str):
            yield from rows_of_json(child)


def across(columns: list[Any]) -> Iterator[Row]:
    """Yield the rows of columns of equal length, lists or by label."""
    lists = [list(c.values()) if isinstance(c, dict) else c for c in columns]
    lists = [c for c in lists if isinstance(c, list) and all(map(is_scalar, c))]
    longest = max(map(len, lists), default=0)
    level = [c for c in lists if len(c) == longest]
    if len(level) > 1 and longest > 1:
        yield from (tuple(map(scalar, row)) for row in zip(*level, strict=True))


def is_scalar(value: Any) -> bool:
    """Whether a value of JSON is no list and no mapping."""
    return not isinstance(value, (list, dict))


def scalar(value: Any) -> str:
    """Return a scalar's text."""
    return "" if value is None else str(value)
