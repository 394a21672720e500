"""Invented identities have the form of real ones and are none of them."""

import re

import numpy as np
import pytest

from alliance_value.sharing.twin.identities import Identities, relabelled


def identities() -> Identities:
    return Identities(np.random.default_rng(1))


@pytest.mark.parametrize(
    ("values", "form"),
    [
        ([f"{i:06d}" for i in range(1, 15)], r"\d{6}"),
        ([str(i) for i in range(1, 15)], r"\d+"),
        ([f"{i}.0" for i in range(1001, 1015)], r"\d+\.0"),
        (["AAPL", "F", "BRK.B"], r"[A-Z]+(\.[A-Z])?"),
        ([f"TK{i:02d}Q" for i in range(14)], r"[A-Z]{2}\d{2}[A-Z]"),
        (["Apple", "Ford", "Boeing"], r"[A-Z][a-z]+"),
        (["Apple Inc", "Ford Motor Co"], r"[A-Z][a-z]+( [A-Za-z]+)+"),
        (["037833100", "345370860"], r"\d{9}"),
    ],
)
def test_stand_ins_have_the_form_and_are_new(values, form):
    found = identities().stand_ins(values)
    assert list(found) == values
    assert len(set(found.values())) == len(values)
    assert not {v.casefold() for v in values} & {v.casefold() for v in found.values()}
    assert all(re.fullmatch(form, v) for v in found.values()), found


def test_one_firm_has_one_stand_in_in_every_file_however_it_is_written():
    made = identities()
    first = made.stand_ins(["001004", "001013", "001021", "012345"])
    second = made.stand_ins(["1004.0", "1013.0", "12345.0"])
    third = made.stand_ins(["1021", "1004"])
    assert int(first["001004"]) == int(float(second["1004.0"])) == int(third["1004"])
    assert first["012345"].lstrip("0") == second["12345.0"].removesuffix(".0")


def test_columns_that_share_little_are_other_families():
    made = identities()
    one = made.stand_ins(["1", "2", "3", "4"])
    two = made.stand_ins(["1", "7", "8", "9"])
    assert one["1"] != two["1"]


def test_more_codes_than_their_form_allows_are_longer():
    found = identities().stand_ins(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    assert len(set(found.values())) == 26
    assert not set(found) & set(found.values())


def test_a_pool_is_used_in_the_order_of_the_firms():
    made = identities()
    made.pools = {"gvkey": ["5", "6"], "tic": ["AA", "BB"]}
    assert made.stand_ins(["001", "002", "003"], "GVKEY")["002"] == "006"
    assert made.stand_ins(["XX", "YY"], "tic") == {"XX": "AA", "YY": "BB"}


def test_categories_are_replaced_where_they_may_not_stay():
    levels = ["Energy", "Smith family", "A17", "0131"]
    found = relabelled(levels, {"Energy"}, np.random.default_rng(2))
    assert found["Energy"] == "Energy"
    assert not set(levels) & (set(found.values()) - {"Energy"})
    assert len(found["0131"]) == 4
    assert found["0131"].isdigit()
