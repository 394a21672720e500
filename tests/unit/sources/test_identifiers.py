"""Identifiers come out whole from whatever a program made of them, or are refused."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from alliance_value.contracts.identifiers import checks
from alliance_value.sources.identifiers import (
    changes,
    cusips,
    firm_codes,
    from_scientific,
    mantissas,
    own_widths,
    padded,
    plain_numbers,
    scientific,
    whole_cusip,
    without_decimals,
)
from alliance_value.sources.listed_events import listed_events
from tests.unit.conftest import raw_file


def text(*cells: str | None) -> pd.Series:
    return pd.Series(cells, dtype="string")


@pytest.mark.parametrize("cusip", ["037833100", "17275R102", "594918104", "38259P508"])
def test_check_digits_of_known_cusips(cusip: str) -> None:
    assert checks(cusip)
    assert not checks(cusip[:-1] + str((int(cusip[-1]) + 1) % 10))


def test_codes_of_digits_are_padded() -> None:
    cells = text("1004", "1004.0", "1004.", "001004", "01004", "A1004", None)
    whole = ["001004"] * 5 + ["A1004"]
    assert padded(cells).dropna().tolist() == whole
    assert padded(text("320193.0"), 10).tolist() == ["0000320193"]


def test_codes_are_padded_as_those_of_the_firm_years() -> None:
    cells = text("1004", "320193.0")
    assert firm_codes(cells, "gvkey").tolist() == ["001004", "320193"]
    assert firm_codes(cells, "CIK").tolist() == ["0000001004", "0000320193"]
    assert firm_codes(text("1004", "00X"), "ticker").tolist() == ["1004", "00X"]


def test_securities_printed_as_floats_are_those_of_returns(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text("id,permno,day\nA,10001.0,2004-01-05\n")
    names = {"event": "id", "security": "permno", "announced": "day"}
    events, _ = listed_events(raw_file(tmp_path / "e.csv"), names)
    assert events[["security", "firm"]].to_numpy().tolist() == [["10001", "10001"]]


@pytest.mark.parametrize(
    ("cells", "usual", "whole"),
    [
        # nine characters: the check digits of all agree
        (["43215102", "7654106"], 6, ["043215102", "007654106"]),
        # another code of the column kept its nine
        (["17275R102", "360206"], 6, ["17275R102", "000360206"]),
        (["00036020", "3783310"], 6, ["00036020", "03783310"]),
        (["04321A", "43215", "7"], 6, ["04321A", "043215", "000007"]),
        (["17275R10", "3783310"], 8, ["17275R10", "03783310"]),
        (["43215102.0", "037833100"], 6, ["043215102", "037833100"]),
        (["US0378331005", "043215102"], 6, ["037833100", "043215102"]),
        (["0378-33-100"], 6, ["037833100"]),
        # codes with letters that lost their zeros
        (["123BQ10", "00076510"], 8, ["0123BQ10", "00076510"]),
    ],
)
def test_lost_zeros(cells: list[str], usual: int, whole: list[str]) -> None:
    read = cusips(text(*cells), usual)
    assert read.codes.tolist() == whole
    assert read.refused.isna().all()


def test_what_could_be_several_is_refused() -> None:
    # of a column of six and nine characters, 360206 is an issuer, or 000360206
    read = cusips(text("17275R102", "04321A", "360206", "12345678901234"), 6)
    assert read.codes.isna().tolist() == [False, False, True, True]
    assert read.refused.dropna().tolist() == ["cusip_ambiguous"] * 2
    assert read.repaired.isna().all()


@pytest.mark.parametrize(
    ("printed", "whole"),
    [
        ("7.65e+106", "00765E104"),
        ("3.143e+108", "31430E104"),
        ("5e+106", "00500E104"),
        # the check digit allows 00120E104 and 00012E105
        ("1.2e+106", None),
    ],
)
def test_scientific_notation_by_the_check_digit(printed: str, whole: str) -> None:
    read = cusips(text("17275R102", printed), 9)
    assert read.codes[1] is pd.NA if whole is None else read.codes[1] == whole
    rule = "cusip_restored_from_scientific_notation"
    assert (read.repaired[1] if whole else read.refused[1]) == (
        rule if whole else "code_in_scientific_notation"
    )


def test_rounded_by_a_spreadsheet_is_refused() -> None:
    read = cusips(text("17275R102", "7.65E+111", "1.23E+05", "3.78E+07"), 9)
    assert read.codes.isna().tolist() == [False, True, True, True]
    assert set(read.refused.dropna()) == {"code_in_scientific_notation"}
    assert scientific(text("1.23E+05", "12345E10", "7.65e+111")).tolist() == [
        True,
        False,
        True,
    ]


def test_a_vendor_of_one_width() -> None:
    read = cusips(text("361105", "123BQ101", None), 9, always=True)
    assert read.codes.tolist()[:2] == ["000361105", "0123BQ101"]


@pytest.mark.parametrize(
    ("codes", "usual", "widths"),
    [
        (["012345", "99"], 8, {6}),
        (["012345", "17275R102"], 8, {6, 9}),
        (["A23456", "1"], 8, {6}),
        # letters of odd sizes tell nothing, and signs are no zeros that were kept
        (["*12345", "12345A8"], 8, {8}),
        (["12345", "99"], 6, {6}),
        (["12345", "99"], 8, {8}),
        (["1234567"], 6, {8}),
        ([], 6, {6}),
        (["43215102"], 6, {9}),  # its check digit agrees with nine characters
        (["43215102"] * 8 + ["1234567"], 6, {8}),
        (["43215102"] * 9 + ["1234567"], 6, {9}),
    ],
)
def test_a_column_tells_how_many_characters_its_codes_had(codes, usual, widths) -> None:
    assert own_widths(codes, usual) == widths


@pytest.mark.parametrize(
    ("code", "widths", "whole"),
    [
        ("037833100", {6}, "037833100"),
        ("012345", {6}, "012345"),
        ("012345", {8}, "00012345"),
        ("12345", {6}, "012345"),
        ("12345", {6, 8}, None),
        ("1234567890", {6}, None),
        ("1234567", {6}, "01234567"),
        ("43215102", {6}, "043215102"),
        ("43215102", {9}, "043215102"),
        ("43215103", {9}, None),
        ("43215103", {6}, "43215103"),
    ],
)
def test_a_code_is_whole_by_its_column_and_check_digit(code, widths, whole) -> None:
    assert whole_cusip(code, frozenset(widths)) == whole


@pytest.mark.parametrize(
    ("mantissa", "shift", "rounded", "numbers"),
    [
        ("1.25", 2, False, [125]),
        ("1.25", 1, False, []),
        ("5", 0, False, [5]),
        # 1.235 to 1.245 times a thousand, both ends included
        ("1.24", 3, True, [*range(1235, 1246)]),
        ("1.24", 2, True, [124]),
        ("1.24", 1, True, []),
    ],
)
def test_whole_numbers_behind_a_mantissa(mantissa, shift, rounded, numbers) -> None:
    assert [*mantissas(Decimal(mantissa), shift, rounded)] == numbers


def test_codes_of_digits_in_scientific_notation() -> None:
    def codes(mantissa, exponent, widths, rounded=False):
        return plain_numbers(Decimal(mantissa), exponent, frozenset(widths), rounded)

    assert codes("1.2345", 5, {6}) == {"123450"}
    assert codes("1.2345", 4, {6, 8}) == {"012345", "00012345"}
    assert codes("1.2345", 6, {6}) == set()
    # 378331000 fails its check digit, 37833100 with a zero before it has one
    assert codes("3.783310", 8, {9}) == set()
    assert codes("3.78331", 7, {9}) == {"037833100"}
    assert len(codes("1.24", 5, {6}, rounded=True)) == 2


@pytest.mark.parametrize(
    ("cell", "widths", "code"),
    [
        ("1e+06", {6}, None),
        ("1.2345e+05", {6}, "123450"),
        ("1.2345E+05", {6, 8}, None),
        ("12345", {6}, None),
        ("1.2345e-05", {6}, None),
        # a letter E between digits: 12E104 of six characters
        ("1.2e+105", {6}, "12E104"),
        ("1.2e+105", {8}, None),
        ("1e+99", {6}, None),
    ],
)
def test_what_one_code_is_printed_so(cell, widths, code) -> None:
    assert from_scientific(cell, frozenset(widths)) == code


def test_rules_that_a_column_met() -> None:
    read = cusips(text("17275R102", "361105", "1.23E+05", None, " "), 9)
    met = {
        rule: (rows.tolist(), refused)
        for rule, (rows, refused) in changes(read).items()
    }
    assert met == {
        "cusip_zeros_restored": ([False, True, False, False, False], False),
        "code_in_scientific_notation": ([False, False, True, False, False], True),
    }


def test_decimals_are_taken_from_whole_codes_alone() -> None:
    cells = text("12.0", "12.", "12.00", "12.5", "A.0", "12")
    assert without_decimals(cells).tolist() == ["12", "12", "12", "12.5", "A.0", "12"]
    assert padded(text("000", "0012", "A0")).tolist() == ["000000", "000012", "A0"]
    assert scientific(text("1E+05", "1E05", "-1.5e3", None)).tolist() == [
        *(True, False, True, False)
    ]


def test_isins_hold_cusips_but_for_what_is_none() -> None:
    read = cusips(text("us0378331005", "CA0378331005", "US037833100"), 9)
    assert read.codes.fillna("-").tolist() == ["037833100", "037833100", "-"]
