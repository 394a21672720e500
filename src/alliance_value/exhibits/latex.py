"""A finished table -> LaTeX that fits a page of a plain article.

Needs booktabs; siunitx aligns numbers and threeparttable sets notes where they are
loaded. Tall tables need longtable, wide ones pdflscape; what is wider than a page on
its side is parted into panels of columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil

from alliance_value.exhibits.house import HOUSES
from alliance_value.exhibits.latex_text import latex_text, longest, width, wrapped
from alliance_value.exhibits.render import NEGATIVE
from alliance_value.exhibits.text_table import TextTable

# pt: the text of an article of 10 pt on either paper, its lines at 8 pt
PORTRAIT, LANDSCAPE, LINE = 345.0, 548.0, 9.6
SEP = 3.0  # \tabcolsep
LABEL = 100.0  # of a row's label, where the page allows
WORDS = 110.0  # of cells beyond which their column breaks lines
LEAST = 62.0
NUMBER = re.compile(
    r"(?P<pre>\(?)(?P<sign>-?)(?P<whole>[\d,]+)(?P<part>(?:\.\d+)?)(?P<post>%?\)?\**)"
)
END = r" \tabularnewline"  # \raggedright makes another of \\
# as many rows stay on the page of the notes, and so does the rule between them
BESIDE_NOTES, STAY = 6, r"\nopagebreak"
LAST_RULE = (
    r"\noalign{\nobreak\vskip\aboverulesep\hrule height\heavyrulewidth"
    r"\nobreak\vskip\belowrulesep\nobreak}"
)
# what is not loaded does without: plain columns, notes in a list, an upright page
HEAD = r"""% \usepackage{booktabs, siunitx, threeparttable, longtable, pdflscape}
\begingroup
\ifcsname threeparttable\endcsname\else\newenvironment{threeparttable}{}{}%
\newenvironment{tablenotes}[1][]{\begin{list}{}{\leftmargin0pt\labelsep0pt
  \labelwidth0pt\itemindent0pt}}{\end{list}}\fi
\ifcsname landscape\endcsname\else\newenvironment{landscape}{}{}\fi
\setlength\tabcolsep{3pt}\footnotesize
"""
NUMBERS = (
    "table-align-text-before=false,table-align-text-after=false,group-digits=integer,"
    "group-separator={,},group-minimum-digits=4,input-ignore={,}"
)


@dataclass(frozen=True)
class Column:
    """One column of a table on paper.

    Parameters
    ----------
    upper, head
        Column heads.
    cells
        From the first row on.
    least, natural
        Widths (pt) that it needs, and that it takes where there is room.
    numbers
        siunitx's format of its numbers; empty where it holds words.
    breaks
        Whether its cells may take several lines.
    """

    upper: str
    head: str
    cells: tuple[str, ...]
    least: float
    natural: float
    numbers: str = ""
    breaks: bool = False


def to_latex(table: TextTable) -> str:
    """Return a table's LaTeX: one float or long table for each panel of columns."""
    columns = [column_of(table, place) for place in range(len(table.columns))]
    labels = [head for head, _ in table.rows]
    natural = max(map(width, labels), default=0.0)
    least = max(min(natural, LABEL), max(map(longest, labels), default=0.0))
    label = Column("", "", tuple(labels), least, max(natural, least), breaks=True)
    whole = needed([label, *columns])
    room = LANDSCAPE if PORTRAIT < whole <= LANDSCAPE else PORTRAIT
    panels = parted(label, columns, room)
    return "\n".join(
        panel_latex(table, label, panel, room, number, len(panels))
        for number, panel in enumerate(panels, start=1)
    )


def column_of(table: TextTable, place: int) -> Column:
    """Measure one column."""
    upper, head = table.columns[place]
    cells = tuple(cells[place] for _, cells in table.rows)
    beside = sum(top == upper for top, _ in table.columns)
    heads = max(longest(head), longest(upper) / beside if upper else 0.0)
    aligned = [m for c in cells if (m := NUMBER.fullmatch(c)) and m["part"]]
    texts = max(map(width, cells), default=0.0)
    if aligned:
        form, size = number_format(aligned)
        words = (width(c) for c in cells if c not in {m[0] for m in aligned})
        size = max(size, heads, *words)
        return Column(upper, head, cells, size, size, form)
    if texts > WORDS:
        least = max(LEAST, heads, *map(longest, cells))
        return Column(upper, head, cells, least, max(texts, least), breaks=True)
    return Column(upper, head, cells, max(texts, heads), max(texts, heads))


def number_format(numbers: Sequence[re.Match[str]]) -> tuple[str, float]:
    """Return siunitx's format of numbers with decimals, and its width in pt.

    It reserves what stands before and after the longest of them.
    """
    sign = "-" if any(m["sign"] for m in numbers) else ""
    whole = max(len(m["whole"]) for m in numbers)
    places = max(len(m["part"]) - 1 for m in numbers)
    before = max((m["pre"] for m in numbers), key=width)
    after = max((m["post"] for m in numbers), key=width)
    form = f"{braced(before)}{sign}{whole}.{places}{braced(after_number(after))}"
    return form, width(before + sign + "0" * whole + "." + "0" * places + after)


def braced(text: str) -> str:
    """Return LaTeX in braces, nothing where there is none."""
    return f"{{{text}}}" if text else ""


def after_number(text: str) -> str:
    """Return the LaTeX of what follows a number: its stars raised."""
    plain = text.rstrip("*")
    raised = text[len(plain) :]
    return latex_text(plain) + (rf"\textsuperscript{{{raised}}}" if raised else "")


def needed(columns: Sequence[Column]) -> float:
    """Return the least width of a row."""
    return sum(c.least + 2 * SEP for c in columns)


def parted(label: Column, columns: Sequence[Column], room: float) -> list[list[Column]]:
    """Part columns into panels that fit, each with the rows' labels.

    They are about as wide as each other: a column whose middle lies beyond an even
    share begins the next one.
    """
    free = room - needed([label])
    total = needed(columns)
    panels: list[list[Column]] = [[]]
    share = total / max(ceil(total / free), 1)
    for column in columns:
        size = needed([*panels[-1], column])
        if panels[-1] and (size > free or size - column.least / 2 > share):
            panels.append([])
        panels[-1].append(column)
    return panels


def panel_latex(
    table: TextTable,
    label: Column,
    columns: list[Column],
    room: float,
    number: int,
    panels: int,
) -> str:
    """Return one panel of a table; the last one has the notes."""
    every = spread([label, *columns], room)
    label, *columns = every
    title, name = table.title, table.name
    if panels > 1:
        title, name = f"{title} (part {number} of {panels})", f"{name}-{number}"
    heads = head_lines(columns, HOUSES[table.style].top_rules)
    shown = rows_shown(columns, panels)
    blocks = {next((p for p in shown if p >= rule), 0) for rule in table.rules} - {0}
    rows = [
        (r"\midrule" + "\n" if place in blocks else "")
        + " & ".join(
            [
                rf"\raggedright {latex_text(label.cells[place])}",
                *(latex_cell(column, column.cells[place]) for column in columns),
            ]
        )
        + END
        for place in shown
    ]
    caption = rf"\caption{{{latex_text(title)}}}\label{{tab:{name}}}"
    notes = table.notes if number == panels else ()
    below = " ".join(map(latex_text, notes))
    size = max(sum(c.natural + 2 * SEP for c in every), 2 * LEAST)
    page = LANDSCAPE if room == PORTRAIT else PORTRAIT
    tall = height(every, [title, *notes], size) > page - 2 * LINE
    lines = (
        as_long(caption, heads, rows, below, len(every), size)
        if tall
        else as_float(caption, heads, rows, below)
    )
    if room == LANDSCAPE:
        lines = [r"\begin{landscape}", *lines, r"\end{landscape}"]
    kind = "longtable" if tall else "tabular"
    return "\n".join([HEAD + formats(every, kind), *lines, r"\endgroup", ""])


def rows_shown(columns: Sequence[Column], panels: int) -> list[int]:
    """Return the rows of a panel: those that other panels fill are left out."""
    places = range(len(columns[0].cells))
    filled = [p for p in places if any(column.cells[p] for column in columns)]
    return filled if panels > 1 else [*places]


def as_float(
    caption: str,
    heads: list[str],
    rows: list[str],
    notes: str,
) -> list[str]:
    """Return the lines of a float."""
    opening = r"\begin{tablenotes}[flushleft]\footnotesize\raggedright"
    below = [opening, rf"\item {notes}", r"\end{tablenotes}"]
    return [
        r"\begin{table}[htbp]",
        r"\centering\footnotesize",
        r"\begin{threeparttable}",
        caption,
        r"\expandafter\opening\expandafter{\columns}",
        *heads,
        *rows,
        r"\bottomrule",
        r"\end{tabular}",
        *(below if notes else []),
        r"\end{threeparttable}",
        r"\end{table}",
    ]


def as_long(
    caption: str,
    heads: list[str],
    rows: list[str],
    notes: str,
    columns: int,
    size: float,
) -> list[str]:
    """Return the lines of a table over several pages, its heads on each.

    Notes are a cell over all columns, of a width (pt): no page holds them alone.
    """
    below: list[str] = []
    if notes:
        first = len(rows) - BESIDE_NOTES
        rows = [row + STAY * (n >= first) for n, row in enumerate(rows)]
        wide = rf"\multicolumn{{{columns}}}{{@{{}}p{{{0.98 * size - 2 * SEP:.1f}pt}}}}"
        below = [LAST_RULE, rf"{wide}{{\footnotesize\raggedright {notes}}}" + END]
    return [
        r"\expandafter\opening\expandafter{\columns}",
        caption + END,
        *heads,
        r"\endfirsthead",
        *heads,
        r"\endhead",
        r"\bottomrule",
        r"\endfoot",
        *([r"\endlastfoot"] if notes else []),
        *rows,
        *below,
        r"\end{longtable}",
    ]


def spread(columns: Sequence[Column], room: float) -> list[Column]:
    """Give columns that break lines what the others leave."""
    wanted = sum(c.natural - c.least for c in columns)
    free = max(room - needed(columns), 0.0)
    share = min(free / wanted, 1.0) if wanted else 0.0
    return [
        replace(c, natural=c.least + share * (c.natural - c.least)) if c.breaks else c
        for c in columns
    ]


def formats(columns: Sequence[Column], kind: str) -> str:
    """Return the columns' formats, with siunitx and without it."""
    label, *others = columns
    with_numbers, plain = [], []
    for column in others:
        counts = all(map(NUMBER.fullmatch, filter(None, column.cells)))
        text = "r" if counts and any(column.cells) else "c"
        if column.breaks:
            text = f"p{{{column.natural:.1f}pt}}"
        plain.append("c" if column.numbers else text)
        number = f"S[table-format={{{column.numbers}}}]"
        with_numbers.append(number if column.numbers else text)
    first = f"p{{{label.natural:.1f}pt}}"
    return "\n".join(
        [
            rf"\ifdefined\sisetup\sisetup{{{NUMBERS}}}%",
            rf"\def\columns{{{first}{''.join(with_numbers)}}}\else",
            rf"\def\columns{{{first}{''.join(plain)}}}\fi",
            rf"\def\opening#1{{\begin{{{kind}}}{{#1}}}}",
        ]
    )


def head_lines(columns: Sequence[Column], top_rules: int = 1) -> list[str]:
    """Return the lines of column heads with their rules, each head in the middle."""
    upper, rules, start = [""], [], 2
    for head, group in groupby(columns, key=lambda c: c.upper):
        under = list(group)
        room = sum(c.natural + 2 * SEP for c in under) - 2 * SEP
        upper.append(spanning(head, room, len(under)))
        if head:
            rules.append(rf"\cmidrule(lr){{{start}-{start + len(under) - 1}}}")
        start += len(under)
    lower = ["", *(spanning(c.head, c.natural, 1) for c in columns)]
    top = [" & ".join(upper) + END, "".join(rules)] if rules else []
    return [*[r"\toprule"] * top_rules, *top, " & ".join(lower) + END, r"\midrule"]


def spanning(head: str, room: float, count: int) -> str:
    """Return a head over columns, broken into lines where it is wider than they are."""
    lines = [latex_text(line) for line in wrapped(head, room)]
    text = r"\\".join(lines)
    if len(lines) > 1:
        text = rf"\begin{{tabular}}[b]{{@{{}}c@{{}}}}{text}\end{{tabular}}"
    return rf"\multicolumn{{{count}}}{{c}}{{{text}}}"


def latex_cell(column: Column, text: str) -> str:
    """Return a cell: a number for siunitx, words in braces, stars raised."""
    number = NUMBER.fullmatch(text)
    if not column.numbers or not number:
        words = latex_text(NEGATIVE.sub(r"\1−", text))
        if column.breaks:
            return rf"\raggedright {words}"
        return f"{{{words}}}" if words else ""
    if not number["part"]:
        return f"{{{text}}}"
    pre, sign, whole, part, post = number.groups()
    return braced(pre) + sign + whole + part + braced(after_number(post))


def height(columns: Sequence[Column], texts: Sequence[str], size: float) -> float:
    """Return the height of a panel in pt, rounded up: rows, heads and texts around."""
    rows = zip(*(c.cells for c in columns), strict=True)
    lines = sum(
        max(
            len(wrapped(cell, c.natural)) if c.breaks else 1
            for cell, c in zip(row, columns, strict=True)
        )
        for row in rows
    )
    heads = sum(
        max(
            len(wrapped(head, c.natural))
            for head, c in zip(level, columns, strict=True)
        )
        for level in ([c.head for c in columns], [c.upper for c in columns])
    )
    around = sum(width(text) / size + 1 for text in texts)
    return (lines + heads + around + 5) * LINE
