"""Deals -> moments of their variables, asymmetric deals' means beside symmetric."""

from __future__ import annotations

from pandas.api.types import is_numeric_dtype

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.contracts.dyads import Dyads
from alliance_value.contracts.columns import meanings
from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.exhibits.cells import Rows, fixed, share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

USUAL = (
    *("combined_car", "joint_gain", "least_car", "both_gain"),
    *(Alliances.marketing, Alliances.research),
    *(Alliances.joint_venture, Alliances.cross_border),
    *("confounded", "prior_ties", "spatial_overlap"),
)
MONEY = ("$ million",)
HEADS = ("Deals", "Mean", "s.d.", "Minimum", "Median", "Maximum")


@table(
    "deal_descriptives",
    label="moments of deals' variables (terms, columns of dyads.csv)",
    inputs=("dyads",),
    section="events",
    takes=("terms",),
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def deal_descriptives(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out moments of deals' variables, means by symmetry beside them."""
    dyads = results["dyads"]
    known = meanings(Dyads)
    numeric = [n for n in known if n in dyads and is_numeric_dtype(dyads[n])]
    raise_if(
        [
            Problem(
                f"deals have no number '{name}'",
                nearest(name, numeric),
                f"exhibits.tables.{table.name}.terms",
            )
            for name in table.terms
            if name not in numeric
        ],
        "the table of deals",
    )
    rows: Rows = []
    for name in table.terms or USUAL:
        values = dyads[name].astype(float)
        sides = (values[dyads.asymmetric == side] for side in (1, 0))
        numbers = (values.mean(), values.std(), values.min(), values.median())
        cells = (*numbers, values.max(), *(side.mean() for side in sides))
        unit = known[name].unit
        head = known[name].label + (f", {unit}" if unit in MONEY else "")
        texts = (written(value, unit) for value in cells)
        rows.append((head, (f"{values.count():,}", *texts)))
    heads = [*(("", head) for head in HEADS), ("Mean of deals", "Asymmetric")]
    heads.append(("Mean of deals", "Symmetric"))
    notes = [
        f"{len(dyads):,} deals both of whose partners' events are kept. Asymmetric: "
        "one partner customer-centric, one product-centric. Returns are of the "
        "headline window."
    ]
    return finished(table, heads, rows, notes, context)


def written(value: float, unit: str) -> str:
    """Write a moment: of decimals in percent, of money with one decimal."""
    if unit == "decimal":
        return share(value)
    return fixed(value, 1 if unit in MONEY else 3)
