"""The panel: variables, leads and the sample against computations by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import UserError
from alliance_value.panel.build import (
    PanelTables,
    build_panel,
    joined,
    named_by_variant,
)
from alliance_value.panel.peers import sum_without
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


def build(
    variables: list[Variable],
    sample: Sample | None = None,
    table: pd.DataFrame | None = None,
) -> PanelTables:
    table = firm_years() if table is None else table
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


def test_a_value_that_is_lost_is_reported_with_its_source_row():
    table = firm_years(rows=6).assign(
        ib=[1.0, 1.0, 1.0, np.nan, 1e300, 1.0],
        at=[2.0, 0.0, -1.0, 0.0, 1e-300, np.nan],
    )
    variables = [ROA, Variable("size", value="log(at)")]
    tables = build(variables, table=table)
    np.testing.assert_array_equal(
        tables.panel.roa, [0.5, np.nan, np.nan, np.nan, np.nan, np.nan]
    )
    found = tables.rejects.groupby(["column", "rule"])["row"].apply(list).to_dict()
    assert found == {
        ("roa", "denominator at is not positive"): [3, 4],
        ("roa", "(ib) / (at) is undefined"): [6],
        ("size", "log of at is undefined"): [3, 4, 5],
    }
    assert tables.rejects.new_value.isna().all()
    assert not np.isinf(tables.panel[["roa", "size"]]).to_numpy().any()


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


@pytest.mark.parametrize(
    "treatment",
    [
        {"missing": "zero"},
        {"missing": "zero_and_flag"},
        {"zero": "missing"},
        {"winsorize": Winsorize(0.1, 0.9)},
        {"lead": 1},
        {"lag": 2},
    ],
    ids=str,
)
def test_text_carries_a_label_and_no_treatment(treatment):
    table = firm_years().assign(sic=pd.array(["01"] * 300, dtype="string"))
    panel = build([Variable("sic", label="Industry")], table=table).panel
    assert set(panel.sic) == {"01"}
    with pytest.raises(UserError, match=r"variables\.sic: 'sic' is text"):
        build([Variable("sic", **treatment)], table=table)


def test_each_mistake_is_told_once_and_not_again_by_what_depends_on_it():
    table = firm_years().assign(sic=pd.array(["01"] * 300, dtype="string"))
    variables = [
        Variable("a", value="sic + 1", missing="zero_and_flag"),
        Variable("b", value="a * 2"),
        Variable("c", value="a_missing + b"),
        Variable("d", value="ib > 'x'"),
    ]
    sample = Sample(require=("sic > 1",), where=("c > 0",))
    with pytest.raises(UserError) as caught:
        build(variables, sample, table)
    places = [p.where for p in caught.value.problems]
    assert places == ["sample.require", "variables.a", "variables.d"]


def test_flags_can_be_read_by_variables_and_conditions():
    rd = Variable("xrd", missing="zero_and_flag", lag=1)
    shown = Variable("shown", value="1 - xrd_missing")
    tables = build([shown, rd], Sample(where=("xrd_missing == 0",)))
    source = firm_years()
    assert len(tables.panel) == source.xrd.notna().sum()
    assert (tables.panel.shown == 1).all()


def test_a_variable_reads_its_own_column_and_others_read_the_result():
    variables = [Variable("half", value="ib / 2"), Variable("ib", value="ib * 10")]
    panel = build(variables).panel
    np.testing.assert_allclose(panel.ib, firm_years().ib * 10)
    np.testing.assert_allclose(panel.half, firm_years().ib * 5)


def test_winsorizing_leaves_out_rows_that_the_sample_may_not_use():
    table = firm_years().assign(ib=lambda t: t.ib.where(t["at"] > 1, 1e9))
    wins = Variable("w", value="ib", winsorize=Winsorize(0.05, 0.95, "all"))
    required = build([wins], Sample(require=("at > 1",)), table)
    chosen = build([wins], Sample(where=("at > 1",)), table)
    known = table.ib[table["at"] > 1]
    low, high = np.quantile(known, [0.05, 0.95])
    np.testing.assert_allclose(required.panel.w, np.clip(known, low, high))
    assert chosen.panel.w.max() > required.panel.w.max()


def test_winsorizing_a_year_without_values():
    table = firm_years().assign(
        xrd=lambda t: t.xrd.where(t.fiscal_year != 2003), one=1.0
    )
    wins = [
        Variable("w", value="xrd", winsorize=Winsorize(0.01, 0.99)),
        Variable("one", winsorize=Winsorize(0.5, 0.5)),
    ]
    tables = build(wins, table=table)
    assert tables.panel.w.isna().sum() == table.xrd.isna().sum()
    assert (tables.panel.one == 1).all()
    cuts = tables.cut_points.query("variable == 'w'").set_index("group")
    assert cuts.loc["2003", "values"] == 0
    assert np.isnan(cuts.loc["2003", "lower"])


@pytest.mark.parametrize("seed", range(12))
def test_random_samples_balance_and_lose_no_row(seed):
    rng = np.random.default_rng(seed)
    table = firm_years(seed, int(rng.integers(60, 400)))
    levels = rng.normal(0, 0.4, 4).round(3)
    sample = Sample(
        require=(f"at > {levels[0]}", f"ib < {1 + abs(levels[1])}")[seed % 3 :],
        where=(f"later > {levels[2] - 1} or fiscal_year > 2006", f"rd > {-levels[3]}"),
        first=2002 if seed % 2 else None,
        last=2009 if seed % 4 else None,
    )
    variables = [
        Variable("later", value="ib", lead=1),
        Variable("rd", value="xrd", missing="zero"),
        ROA,
    ]
    tables = build(variables, sample, table)
    steps = tables.funnel
    assert steps.rows_in.iloc[0] == len(table)
    assert (steps.rows_in == steps.rows_out + steps.dropped).all()
    assert (steps.rows_in.iloc[1:].to_numpy() == steps.rows_out.iloc[:-1]).all()
    assert len(tables.panel) + steps.dropped.sum() == len(table)
    assert steps.firms_out.iloc[-1] == tables.panel.firm.nunique()
    rows = set(zip(tables.panel.firm, tables.panel.fiscal_year, strict=True))
    # the same sample by pandas' own query
    usable = table
    for condition in sample.require:
        usable = usable.query(condition)
    ib = usable.set_index(["firm", "fiscal_year"]).ib
    keys = zip(usable.firm, usable.fiscal_year + 1, strict=True)
    usable = usable.assign(later=[ib.get(k, np.nan) for k in keys])
    usable = usable.assign(rd=usable.xrd.fillna(0.0))
    usable = usable[usable.fiscal_year.between(sample.first or 0, sample.last or 9999)]
    for condition in sample.where:
        usable = usable.query(condition)
    assert rows == set(zip(usable.firm, usable.fiscal_year, strict=True))
    assert not {"source_file", "source_row"} & set(tables.panel.columns)


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
    wins = Variable("w", "ib", missing="zero", winsorize=Winsorize(0, 1), lead=1)
    with pytest.raises(UserError, match=r"requires ib > 99 leaves 0"):
        build([ROA, wins], Sample(require=("ib > 99",)))


def test_leads_need_one_row_per_firm_and_year():
    table = pd.concat([firm_years(), firm_years()], ignore_index=True)
    funnel = FunnelBranch("sample")
    funnel.start(table, "rows in the files", "a.csv")
    with pytest.raises(UserError, match="one row per firm and year"):
        build_panel(
            table, funnel.table(), [Variable("n", value="ib", lead=1)], Sample()
        )


@pytest.mark.parametrize("among", [("industry", "fiscal_year"), ("industry",)])
def test_mean_of_others_leaves_the_own_firm_out(among):
    table = firm_years()
    table["industry"] = pd.array(
        [f"i{int(f) % 5}" if int(f) % 7 else pd.NA for f in table.firm], dtype="string"
    )
    table.loc[table.index[::9], "ib"] = np.nan
    peers = Variable("peers", mean_of_others="2 * ib", among=among)
    found = build([peers], table=table).panel
    keys = found[list(among)].astype("string").fillna("none").agg("|".join, axis=1)
    for row in found.sample(60, random_state=1).itertuples():
        same = (keys == keys[row.Index]) & (found.firm != row.firm)
        others = found[same].ib.dropna()
        if pd.isna(row.industry) or others.empty:
            assert np.isnan(row.peers)
        else:
            assert row.peers == pytest.approx(2 * others.mean())


def test_groups_of_peers_may_be_variables_of_the_study():
    band = Variable("band", value="at > 2")
    peers = Variable("peers", mean_of_others="roa", among=("band", "fiscal_year"))
    found = build([peers, band, ROA]).panel
    group = found.groupby(["band", "fiscal_year"]).roa
    count = group.transform("count") - 1
    by_hand = (group.transform("sum") - found.roa) / count.where(count > 0)
    known = found.roa.notna() & by_hand.notna()
    np.testing.assert_allclose(found.peers[known], by_hand[known], rtol=1e-9)


def test_a_member_that_outweighs_the_others_leaves_their_sum_whole():
    own = pd.Series([1e17, 1.0, 2.5, 3.0, -4.0])
    group = pd.Series(["a", "a", "a", "b", "b"])
    member = pd.Series(["f", "g", "h", "f", "g"])
    whole = own.groupby(group).transform("sum")
    rest = sum_without(whole, own, [group], member)
    assert rest.tolist() == [3.5, 1e17, 1e17, -4.0, 3.0]


def test_the_mean_of_others_is_that_of_the_others_beside_a_giant():
    table = firm_years(rows=3).assign(firm=["f", "g", "h"], fiscal_year=2001)
    table = table.assign(at=[1e17, 1.0, 3.0])
    peers = Variable("peers", mean_of_others="at", among=("fiscal_year",))
    assert build([peers], table=table).panel.peers.iloc[0] == 2.0


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (Sample(first=2003), "period of the sample"),
        (Sample(last=2005), "period of the sample"),
        (Sample(last=2011), "period of the sample"),
        (
            Sample(last=2012),
            "period of the sample; the files end before it, in 2011",
        ),
    ],
)
def test_the_funnel_says_where_the_files_end_before_the_period(sample, why):
    step = build([ROA], sample).funnel.iloc[-1]
    assert step.why == why


def test_tables_are_joined_by_firm_and_year_and_keep_every_firm_year():
    keys = pd.DataFrame({"firm": ["a", "a", "b"], "fiscal_year": [1, 2, 1]})
    part = pd.DataFrame({"firm": ["a", "c"], "fiscal_year": [2, 1], "x": [5.0, 6.0]})
    other = keys.assign(y=[1.0, 2.0, 3.0])[::-1]
    found = joined(keys, [part, other])
    assert found.drop(columns=["x", "y"]).equals(keys)
    np.testing.assert_array_equal(found.x, [np.nan, 5.0, np.nan])
    assert found.y.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(pd.errors.MergeError):
        joined(keys, [pd.concat([part, part])])


def test_only_a_variant_names_its_columns():
    table = pd.DataFrame({"firm": ["a"], "fiscal_year": [1], "x": [5.0]})
    assert named_by_variant(table, "base").columns.tolist() == [*table]
    named = named_by_variant(table, "broad")
    assert named.columns.tolist() == ["firm", "fiscal_year", "x_broad"]
