"""The one look of all figures, and how they are saved to the same bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from alliance_value.exhibits.hover import with_titles

# Okabe and Ito's colours, told apart by colour-blind readers, dark to light in grey
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P")
FILLS = ("full", "none")
LINES = ("-", "--", ":", "-.")
INK = "#222222"
QUIET = "#8A8A8A"
WIDTH = 6.4
PERCENT = PercentFormatter(1.0, decimals=1)
NO_DATE: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "ModDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}

CLIP = re.compile(r'<clipPath id="([^"]+)"')
CLIPPED = re.compile(r'(<clipPath id="|url\(#)([^")]+)("|\))')


def marks(position: int) -> dict[str, Any]:
    """Return the marks of a series, which differ in colour, shape and fill."""
    return {
        "color": COLOURS[position % len(COLOURS)],
        "marker": MARKERS[position % len(MARKERS)],
        "fillstyle": FILLS[position % len(FILLS)],
    }


def apply() -> None:
    """Set the look of all figures."""
    mpl.use("Agg")
    sns.set_theme(context="paper", style="ticks", palette=list(COLOURS))
    mpl.rcParams.update(
        {
            "font.family": "DejaVu Sans",
            "font.size": 9,
            "axes.edgecolor": INK,
            "axes.labelcolor": INK,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "legend.frameon": False,
            "savefig.dpi": 200,
            "svg.fonttype": "path",
            "svg.hashsalt": "alliance-value",
            "figure.constrained_layout.use": True,
        }
    )


def save(figure: Figure, path: str | Path) -> None:
    """Write a figure as its suffix says, without the clock in the file."""
    path = Path(path)
    kind = path.suffix.lstrip(".")
    figure.savefig(path, format=kind, metadata=NO_DATE[kind])
    if kind == "svg":
        svg = with_titles(path.read_text(encoding="utf-8"))
        path.write_text(numbered_clips(svg), "utf-8")


def numbered_clips(svg: str) -> str:
    """Name clipping areas by their order.

    Matplotlib hashes their corners into names, and the layout's solver gives these last
    digits, far below what is written, that differ from run to run.
    """
    names = dict.fromkeys(CLIP.findall(svg))
    order = {name: f"clip{i}" for i, name in enumerate(names, start=1)}
    return CLIPPED.sub(lambda m: f"{m[1]}{order.get(m[2], m[2])}{m[3]}", svg)
