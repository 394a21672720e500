"""The panel: variables, leads and the sample against computations by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import UserError
from alliance_value.panel.build import PanelTables, build_panel
from alliance_value.study.spec import Sample, Variable, Winsorize


def firm_years(seed: int = 0, rows: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    keys = rng.choice(60 * 12, rows, replace=False)
    keys.sort()
    return pd.DataFrame(
        {
            "firm": pd.array([f"{k // 12:03d}" for k in keys], dtype="string"),
            "fiscal_year": keys % 12 + 2000,
            "source_file": pd.array(["a.csv"] * rows, dtype="string"),
            "source_row": np.arange(rows) + 2,
            "ib": rng.normal(size=rows),
            "at": rng.normal(2, 1, size=rows),
            "xrd": np.where(rng.random(rows) < 0.3, np.nan, rng.random(rows)),
        }
    )


def build(variables: list[Variable], sample: Sample | None = None) -> PanelTables:
    table = firm_years()
    funnel = FunnelBranch("sample")
    funnel.start(table, "rows in the files", "a.csv")
    return build_panel(table, funnel.table(), variables, sample or Sample())


ROA = Variable("roa", numerator="ib", denominator="at")


def test_a_ratio_is_missing_where_its_denominator_is_not_positive():
    tables = build([ROA])
    table = tables.panel
    expected = (table.ib / table["at"]).where(table["at"] > 0)
    pd.testing.assert_series_equal(table.roa, expected, check_names=False)
    assert (table["at"] <= 0).sum() == len(tables.rejects) > 0
    assert set(tables.rejects.action) == {"repaired"}


@pytest.mark.parametrize("periods", [-2, -1, 1, 3])
def test_leads_and_lags_go_by_the_calendar(periods):
    name = "lead" if periods > 0 else "lag"
    shifted = Variable("later", value="ib", **{name: abs(periods)})
    table = build([shifted]).panel.set_index(["firm", "fiscal_year"])
    for (firm, year), row in table.iterrows():
        if (firm, year + periods) in table.index:
            assert row.later == table.loc[(firm, year + periods), "ib"]
        else:
            assert np.isnan(row.later)


@pytest.mark.parametrize("by", ["time", "all"])
def test_winsorizing_pulls_to_the_quantiles(by):
    tables = build([Variable("w", value="xrd", winsorize=Winsorize(0.1, 0.9, by))])
    table = tables.panel
    group = table.fiscal_year if by == "time" else pd.Series(0, table.index)
    for _, part in table.groupby(group):
        seen = part.xrd.dropna()
        low, high = np.quantile(seen, [0.1, 0.9])
        np.testing.assert_allclose(part.w.dropna(), np.clip(seen, low, high))
    cuts = tables.cut_points
    moved = ((table.w != table.xrd) & table.xrd.notna()).sum()
    assert cuts.raised.sum() + cuts.lowered.sum() == moved > 0
    assert cuts["values"].sum() == table.xrd.notna().sum()


def test_order_is_ratio_winsorize_lead():
    treated = Variable(
        "next",
        numerator="ib",
        denominator="at",
        winsorize=Winsorize(0.05, 0.95),
        lead=1,
    )
    now = Variable("now", "", "ib", "at", winsorize=Winsorize(0.05, 0.95))
    table = build([treated, now]).panel.set_index(["firm", "fiscal_year"])
    for firm, year in table.index:
        if (firm, year + 1) in table.index:
            np.testing.assert_equal(
                table.loc[(firm, year), "next"], table.loc[(firm, year + 1), "now"]
            )


def test_missing_becomes_zero_with_a_flag():
    table = build([Variable("rd", value="xrd", missing="zero_and_flag")]).panel
    assert (table.rd_missing == table.xrd.isna()).all()
    assert (table.rd == table.xrd.fillna(0)).all()


def test_variables_may_be_declared_in_any_order():
    variables = [Variable("b", value="a + 1"), Variable("a", value="ib * 2")]
    table = build(variables).panel
    np.testing.assert_allclose(table.b, table.ib * 2 + 1)


def test_required_rows_are_gone_for_leads_too_but_later_conditions_keep_them():
    lead = Variable("later", value="ib", lead=1)
    required = build([lead], Sample(require=("fiscal_year < 2006",))).panel
    last = required[required.fiscal_year == 2005]
    assert last.later.isna().all()
    kept = build([lead], Sample(last=2005)).panel
    assert kept.fiscal_year.max() == 2005
    assert kept[kept.fiscal_year == 2005].later.notna().any()


def test_the_funnel_leads_from_the_file_to_the_panel():
    tables = build([ROA], Sample(require=("ib > -1",), where=("roa > 0",), first=2003))
    steps = tables.funnel
    assert steps.rows_in.iloc[0] == 300
    assert steps.rows_out.iloc[-1] == len(tables.panel)
    assert (steps.rows_in.iloc[1:].to_numpy() == steps.rows_out.iloc[:-1]).all()
    assert (tables.panel.roa > 0).all()


def test_an_empty_sample_says_which_condition_emptied_it():
    with pytest.raises(UserError, match=r"from 3000 leaves 0"):
        build([ROA], Sample(first=3000))


def test_leads_need_one_row_per_firm_and_year():
    table = pd.concat([firm_years(), firm_years()], ignore_index=True)
    funnel = FunnelBranch("sample")
    funnel.start(table, "rows in the files", "a.csv")
    with pytest.raises(UserError, match="one row per firm and year"):
        build_panel(
            table, funnel.table(), [Variable("n", value="ib", lead=1)], Sample()
        )
