"""Identifiers come out whole from whatever a program made of them, or are refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alliance_value.contracts.identifiers import checks
from alliance_value.sources.identifiers import (
    cusips,
    firm_codes,
    own_widths,
    padded,
    scientific,
    whole_cusip,
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
