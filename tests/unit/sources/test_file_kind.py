"""What a file holds by its first bytes, and by its name where they do not tell."""

from __future__ import annotations

import gzip

import pytest

from alliance_value.sources.file_kind import kind_by_name, kind_of

SAS = bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf"


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"PK\x03\x04" + bytes(9), "a.xls", "excel"),
        (b"PAR1", "a.csv", "parquet"),
        (b"<stata_dta>", "a.csv", "stata"),
        (SAS, "a.csv", "sas"),
        (b"HEADER RECORD*******LIB", "a.csv", "xport"),
        *((bytes([n, 1, 1, 0]), "a.csv", "stata") for n in b"\x69\x6c\x6e\x6f\x71\x73"),
        (b"\x73\x02\x01\x00", "a.csv", "stata"),
        # text, and what is neither
        (b"\x70\x01\x01\x00", "a.dta", "stata"),
        (b"\x70\x01\x01\x00", "a.csv", "csv"),
        (b"s\x01\x01", "a.parquet", "csv"),
        (b"s\x03\x01\x00", "a.parquet", "parquet"),
        (b"s\x01\x02\x00", "a.parquet", "parquet"),
        (b"a,b\n1,2", "a.xlsx", "csv"),
        ("a,b\n1,2".encode("utf-16-le"), "a.dta", "csv"),
        (b"%PDF\x00", "a.dta", "csv"),
        (b"x" * 1000 + b"\x00", "a.dta", "csv"),
        (b"x" * 999 + b"\x00", "a.dta", "stata"),
    ],
)
def test_first_bytes_go_before_the_name(head, name, kind, tmp_path):
    path = tmp_path / name
    path.write_bytes(head)
    assert kind_of(path) == kind
    path.write_bytes(gzip.compress(head))
    assert kind_of(path) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.DTA", "stata"),
        ("a.dta.GZ", "stata"),
        ("b.dta.csv", "csv"),
        ("a.XLSM.zip", "excel"),
        ("a.xpt", "xport"),
        ("a.gz", "csv"),
        ("a", "csv"),
    ],
)
def test_the_last_ending_counts_but_for_archives(name, kind, tmp_path):
    assert kind_by_name(tmp_path / name) == kind
