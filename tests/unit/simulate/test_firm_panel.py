"""The simulated panel: what is planted is recovered, the seed fixes the bytes."""

from __future__ import annotations

import numpy as np
import pytest
from linearmodels.panel import PanelOLS

from alliance_value.simulate.firm_panel import FirmPanel, simulate


def slopes(settings: FirmPanel) -> tuple[float, float]:
    table = simulate(settings).assign(roa=lambda t: t.ib / t["at"])
    table["lead"] = table.groupby("gvkey").roa.shift(-1)
    table["both"] = table.cc_share * table.own_cc
    table["size"] = np.log(table["at"])
    data = table.dropna().assign(gvkey=lambda t: t.gvkey.astype(int))
    data = data.set_index(["gvkey", "fyear"])
    b = (
        PanelOLS(
            data.lead,
            data[["cc_share", "own_cc", "both", "size"]],
            entity_effects=True,
            time_effects=True,
        )
        .fit()
        .params
    )
    return b.cc_share, b.cc_share + b.both


def test_planted_slopes_are_recovered_without_bias():
    found = np.array([slopes(FirmPanel(firms=150, seed=s)) for s in range(20)])
    error = found.std(axis=0, ddof=1) / np.sqrt(20)
    assert np.all(np.abs(found.mean(axis=0) - [0.18, -0.17]) < 3 * error)


def test_other_slopes_can_be_planted():
    none = FirmPanel(slope_product_centric=0.0, slope_customer_centric=0.0)
    assert slopes(none) == pytest.approx((0.0, 0.0), abs=0.03)


def test_a_seed_gives_one_world():
    assert simulate(FirmPanel()).equals(simulate(FirmPanel()))
    assert not simulate(FirmPanel()).equals(simulate(FirmPanel(seed=2)))
