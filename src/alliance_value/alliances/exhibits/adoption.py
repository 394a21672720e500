"""The panel -> the adoption of customer-centric structures."""

from __future__ import annotations

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.ticker import MaxNLocator, PercentFormatter

from alliance_value.alliances.adoption import adoption as by_year
from alliance_value.contracts.firm_years import YEAR
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "adoption",
    label="adoption of customer-centric structures",
    inputs=("panel",),
    columns=("own_cc",),
)
def adoption(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw the share of firms with a customer-centric structure over time."""
    data = by_year(tables["panel"])
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.0))
    axes.plot(data[YEAR], data.share, color=style.COLOURS[0], marker="o", label="share")
    axes.bar(
        data[YEAR],
        data.switched,
        color=style.QUIET,
        width=0.6,
        label="switched this year",
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("Fiscal year")
    axes.set_ylabel("Share of coded firms")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Adoption of customer-centric structures'}. "
        f"{data.share.iloc[0]:.0%} of firms in {data[YEAR].iloc[0]}, "
        f"{data.share.iloc[-1]:.0%} in {data[YEAR].iloc[-1]}; "
        f"{data.switched.mean():.1%} change structure in a year on average.",
    )
