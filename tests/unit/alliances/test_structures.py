"""Structures from coded units, against cases by hand and searches by loop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.coding import settle_units
from alliance_value.alliances.look_ahead import structure_look_ahead
from alliance_value.alliances.structures import (
    carry_forward,
    code_structures,
    structure_at,
)
from tests.unit.alliances.worlds import random_world, shuffled, text


def sheet(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    names = ["fiscal_year", "filed", "unit_name", "unit_class", "coder", "sales"]
    table = pd.DataFrame(rows, columns=names)
    return table.assign(
        firm=text(["f"] * len(rows)),
        filed=pd.to_datetime(table["filed"]),
        accession=text([f"x{y}" for y in table["fiscal_year"]]),
        confidence=1.0,
    )


def one_year(classes: str, sales: list[float] | None = None) -> pd.DataFrame:
    words = {"c": "customer", "p": "product", "m": "mixed"}
    sales = [1.0] * len(classes) if sales is None else sales
    rows = [
        (2000, "2001-03-01", f"u{i}", words[c], coder, s)
        for i, (c, s) in enumerate(zip(classes, sales, strict=True))
        for coder in ("A", "B")
    ]
    return sheet(rows)


@pytest.mark.parametrize(
    ("rule", "classes", "sales", "share", "flag"),
    [
        ("majority", "ccp", None, 2 / 3, 1),
        ("majority", "cp", None, 1 / 2, 0),
        ("majority", "cmm", None, 1 / 3, 0),
        ("strict", "ccc", None, 1, 1),
        ("strict", "ccm", None, 2 / 3, 0),
        ("sales_weighted", "cpp", [6.0, 2.0, 3.0], 6 / 11, 1),
        ("sales_weighted", "ccp", [1.0, 1.0, 2.0], 1 / 2, 0),
        ("sales_weighted", "ccp", [1.0, np.nan, 2.0], np.nan, np.nan),
        ("sales_weighted", "ccp", [1.0, -1.0, 2.0], np.nan, np.nan),
    ],
)
def test_rules(rule, classes, sales, share, flag):
    row = code_structures(one_year(classes, sales), rule).iloc[0]
    np.testing.assert_equal(row.customer_share, share)
    np.testing.assert_equal(row.customer_centric, flag)
    assert row.units == len(classes)
    assert row.customer_units == classes.count("c")
    assert row.coder == "agreed"


def test_adjudication_settles_and_open_units_leave_only_what_they_decide_open():
    filed = "2001-03-01"
    rows = [
        (2000, filed, "u", k, c, 1.0) for c, k in (("A", "customer"), ("B", "customer"))
    ]
    differ = [
        (2000, filed, "v", "customer", "A", 1.0),
        (2000, filed, "v", "product", "B", 1.0),
    ]
    undecided = code_structures(sheet([*rows, *differ])).iloc[0]
    assert np.isnan(undecided.customer_centric)
    assert np.isnan(undecided.customer_share)
    assert (undecided.coder, undecided.units_unresolved) == ("unresolved", 1)
    judge = [(2000, filed, "v", "customer", "adjudicated", 5.0)]
    settled = code_structures(sheet([*rows, *differ, *judge])).iloc[0]
    assert (settled.customer_centric, settled.coder) == (1, "adjudicated")
    assert settle_units(sheet([*differ, *judge])).sales.tolist() == [5.0]
    more = [(2000, filed, "w", "customer", c, 1.0) for c in "AB"]
    whatever = code_structures(sheet([*rows, *more, *differ])).iloc[0]
    assert whatever.customer_centric == 1
    alone = code_structures(sheet([*rows, *more, *differ]), coder="B").iloc[0]
    assert (alone.coder, alone.customer_units) == ("B", 2)


def test_a_unit_that_one_coder_saw_is_marked():
    table = sheet([(2000, "2001-03-01", "u", "customer", "A", 1.0)])
    assert code_structures(table).coder.tolist() == ["one_coder"]


def test_an_amendment_does_not_replace_the_filing_that_came_first():
    first = one_year("cc")
    later = one_year("pp").assign(
        filed=pd.Timestamp("2001-09-01"), accession=text(["late"] * 4)
    )
    row = code_structures(pd.concat([later, first], ignore_index=True)).iloc[0]
    assert row.customer_centric == 1
    assert row.filed == pd.Timestamp("2001-03-01")


def test_coders_who_note_two_dates_make_the_later_one_count():
    table = one_year("cc")
    table.loc[0, "filed"] = pd.Timestamp("2001-02-01")
    assert code_structures(table).filed.tolist() == [pd.Timestamp("2001-03-01")]


def test_gaps_are_carried_up_to_an_age_and_flagged():
    coded = code_structures(one_year("cc"))
    years = pd.DataFrame({"firm": text(["f"] * 6), "fiscal_year": range(1999, 2005)})
    table = carry_forward(coded, years, max_age=3).set_index("fiscal_year")
    assert table.index.tolist() == [2000, 2001, 2002, 2003]
    assert table.carried_forward.tolist() == [False, True, True, True]
    assert table.age.tolist() == [0, 1, 2, 3]
    assert (table.filed == pd.Timestamp("2001-03-01")).all()


@pytest.mark.parametrize("max_age", [None, 500])
def test_structure_at_is_the_last_filing_before_the_date(max_age):
    world = random_world(3)
    coded = code_structures(world.units)
    table = carry_forward(coded, world.firm_years)
    rng = np.random.default_rng(1)
    filings = coded.sample(60, random_state=2)
    days = rng.integers(-2, 700, 60)
    date = filings.filed + pd.to_timedelta(days, "D")
    firm = filings.firm.copy()
    date.iloc[3], firm.iloc[4], firm.iloc[5] = pd.NaT, pd.NA, "stranger"
    found = structure_at(shuffled(table), firm, date, max_age)
    assert found.index.equals(firm.index)
    for key in firm.index:
        best = None
        for row in coded.itertuples():
            known = not pd.isna(firm[key]) and not pd.isna(date[key])
            if known and row.firm == firm[key] and row.filed < date[key]:
                age = (date[key] - row.filed).days
                if max_age is None or age <= max_age:
                    best = row if best is None or row.filed > best.filed else best
        if best is None:
            assert pd.isna(found.loc[key, "fiscal_year"])
            assert pd.isna(found.loc[key, "customer_centric"])
        else:
            assert found.loc[key, "fiscal_year"] == best.fiscal_year
            assert found.loc[key, "filed"] == best.filed
            np.testing.assert_equal(
                found.loc[key, "customer_centric"], best.customer_centric
            )
    assert found.fiscal_year.notna().sum() > 20


def test_a_filing_of_the_day_itself_is_not_known_yet():
    coded = code_structures(one_year("cc"))
    firm = text(["f", "f", "f"])
    stamps = ["2001-03-01 00:00", "2001-03-01 18:00", "2001-03-02 00:00"]
    date = pd.Series(pd.to_datetime(stamps))
    found = structure_at(coded, firm, date)
    assert found.customer_centric.isna().tolist() == [True, True, False]


@pytest.mark.parametrize("kind", ["string", "str", "object", "arrow"])
def test_text_and_date_types_change_nothing(kind):
    types = {"arrow": "string[pyarrow]"}.get(kind, kind)
    world = random_world(4)
    coded = code_structures(world.units)
    firm, date = world.firm_years.firm, world.firm_years.datadate
    expected = structure_at(coded, firm, date)
    units = world.units.astype({"firm": types})
    if kind == "arrow":
        units = units.astype({"filed": "timestamp[ns][pyarrow]"})
        date = date.astype("timestamp[us][pyarrow]")
    got = structure_at(code_structures(units), firm.astype(types), date)
    pd.testing.assert_frame_equal(got, expected)


def test_what_is_filed_later_changes_nothing_and_the_audit_sees_it():
    world = random_world(5)
    coded = code_structures(world.units)
    day = pd.Timestamp("2003-03-20")
    firm = text(sorted(coded.firm.unique()))
    date = pd.Series(day, index=firm.index)
    found = structure_at(coded, firm, date)
    late = coded.filed >= day
    other = coded.assign(
        customer_centric=coded.customer_centric.where(~late, 1 - coded.customer_centric)
    )
    pd.testing.assert_frame_equal(structure_at(other, firm, date), found)
    pd.testing.assert_frame_equal(structure_at(coded[~late], firm, date), found)
    assert structure_look_ahead(coded, firm, date, found.fiscal_year).empty
    cheat = found.fiscal_year.copy()
    cheat.iloc[0] = coded.loc[late & coded.firm.eq(firm[0]), "fiscal_year"].min()
    caught = structure_look_ahead(coded, firm, date, cheat)
    assert caught.firm.tolist() == [firm[0]]
    unknown = coded.assign(filed=pd.NaT)
    assert len(structure_look_ahead(unknown, firm, date, found.fiscal_year)) == len(
        found.fiscal_year.dropna()
    )


def test_row_order_changes_nothing():
    world = random_world(6)
    for rule in ("majority", "sales_weighted", "strict"):
        a = carry_forward(code_structures(world.units, rule), world.firm_years)
        b = carry_forward(
            code_structures(shuffled(world.units), rule), shuffled(world.firm_years)
        )
        pd.testing.assert_frame_equal(a, b, check_exact=True)


def test_a_repeated_key_is_a_defect():
    table = pd.concat([one_year("cc"), one_year("cc")])
    with pytest.raises(AssertionError, match="repeat a key"):
        code_structures(table)


def test_columns_have_one_type_whether_there_are_rows_or_not():
    units = random_world(7).units
    some, none = code_structures(units), code_structures(units.head(0))
    assert none.empty
    assert some.dtypes.equals(none.dtypes)
    years = random_world(7).firm_years
    assert carry_forward(none, years).empty
    found = structure_at(none, years.firm, years.datadate)
    assert found.customer_centric.isna().all()
