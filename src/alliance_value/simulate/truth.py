"""A world -> ``truth.json``: what was planted, for the validation rule alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.simulate.announcements import partner_returns
from alliance_value.simulate.constructs import EFFECTS
from alliance_value.simulate.effects import Effects, parameters
from alliance_value.simulate.lives import LASTING, truth_of_lives
from alliance_value.simulate.market import Market
from alliance_value.simulate.world import World


def truth(world: World, market: Market) -> dict[str, Any]:
    """Return planted values, what they imply, and what the draw realized.

    Slopes are ROA points (decimal) per unit share; returns are decimal.
    """
    effects = world.settings.effects
    events = market.events.merge(world.deals, on="alliance", validate="many_to_one")
    both = events.groupby("alliance")["firm"].transform("size") == 2
    deals = events[both].drop_duplicates("alliance")
    cells = deals.groupby(["marketing", "rd", "asymmetric"])["joint_value"]
    years = world.firm_years
    settings = asdict(world.settings)
    settings.pop("effects")
    lives = world.lives and truth_of_lives(world.lives, world.deals)
    if lives and world.settings.constructs:
        lives["implied"]["common_variance"] += covariance_of_constructs(events[both])
        first = experience_to_function(events[both], world)
        lives["implied"]["indirect"] = first * lives["implied"]["function_to_lasting"]
    return {
        **({"constructs": EFFECTS} if world.settings.constructs else {}),
        **({"lives": lives} if lives else {}),
        "settings": settings,
        "effects": asdict(effects),
        "centers": parameters()["centers"],
        "implied": implied(effects),
        "realized": {
            "firms": len(world.firms.table),
            "firm_years": len(years),
            "firm_years_with_portfolio": int(years["cc_share"].notna().sum()),
            "deals": len(world.deals),
            "deals_with_two_listed_partners": len(deals),
            "joint_value_means": [
                {
                    "marketing": bool(m),
                    "rd": bool(r),
                    "asymmetric": bool(a),
                    "deals": int(n),
                    "mean": round(float(mean), 10),
                }
                for (m, r, a), n, mean in cells.agg(["size", "mean"]).itertuples()
            ],
        },
    }


def implied(effects: Effects) -> dict[str, float]:
    """Return what planted effects imply for quantities that a study estimates."""
    performance, joint = effects.performance, effects.joint_value
    b1, b13 = (
        performance.cc_share_product_centric,
        performance.cc_share_customer_centric,
    )
    marketing = joint.neither + joint.marketing
    rd = joint.neither + joint.rd
    return {
        "roa.cc_share": b1,
        "roa.cc_share_x_own_cc": b13 - b1,
        "roa.own_cc": performance.own_cc,
        "roa.slope_product_centric": b1,
        "roa.slope_customer_centric": b13,
        "car.marketing_symmetric": marketing,
        "car.marketing_asymmetric": marketing
        + joint.asymmetric
        + joint.asymmetric_marketing,
        "car.rd_symmetric": rd,
        "car.rd_asymmetric": rd + joint.asymmetric + joint.asymmetric_rd,
        "car.log_ratio_customer_over_product": effects.appropriation.log_ratio,
    }


def covariance_of_constructs(events: pd.DataFrame) -> float:
    """Return the covariance of both partners' returns that constructs bring about.

    Parameters
    ----------
    events
        Both partners' events of each deal, with what is planted in the deal.
    """
    rows = events.sort_values(["alliance", "firm"])
    own = rows["firm"] == rows["i"]
    first, second = (rows[side].set_index("alliance") for side in (own, ~own))
    added = first["constructs"].to_numpy(float)
    values = (
        side["value"].reindex(first.index).to_numpy(float) for side in (first, second)
    )
    i, j = partner_returns(added, first["log_ratio"].to_numpy(float), *values)
    return float(np.cov(i, j)[0, 1])


def experience_to_function(events: pd.DataFrame, world: World) -> float:
    """Return the slope of having a function in experience, at given value and year.

    Parameters
    ----------
    events
        Both partners' events of each deal.
    world
        All of its deals count for experience, ln(1 + deals announced before).

    Deals count whose `LASTING` years are over by the last announcement.
    """
    events = events[
        events["announced"] + pd.DateOffset(years=LASTING) <= events["announced"].max()
    ]
    deals, others = world.deals, world.others
    sides = [deals[["announced", s]].set_axis(["day", "firm"], axis=1) for s in "ij"]
    known = others.loc[others["firm"] >= 0, ["announced", "firm"]]
    past = pd.concat([*sides, known.set_axis(["day", "firm"], axis=1)])
    days = past.groupby("firm")["day"].apply(np.sort)
    day = events["announced"].to_numpy()
    firm = events["firm"]
    before = [np.searchsorted(days[f], d) for f, d in zip(firm, day, strict=True)]
    own = np.where(firm == events["i"], events["function_i"], events["function_j"])
    value = np.log(events["value"].to_numpy())
    table = pd.DataFrame({"x": np.log1p(before), "v": value, "f": own})
    table -= table.groupby(events["announced"].dt.year.to_numpy()).transform("mean")
    slopes = np.linalg.lstsq(table[["x", "v"]], table["f"], rcond=None)[0]
    return float(slopes[0])


def write_truth(world: World, market: Market, path: Path) -> None:
    """Write the truth as JSON with sorted keys."""
    text = json.dumps(truth(world, market), indent=2, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
