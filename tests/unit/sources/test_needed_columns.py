"""Names of the study -> columns of a file, in its reader's letters."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.needed_columns import (
    Needed,
    column_of,
    in_vendors_letters,
    locate,
    named_columns,
)
from alliance_value.sources.raw_table import RawTable
from alliance_value.study.spec import TableFile

COLUMNS = {"assets": "AT", "absent": None}


@pytest.mark.parametrize(
    ("reader", "columns"),
    [("compustat", ["at", None, "ib"]), ("table", ["AT", None, "IB"])],
)
def test_columns_have_the_letters_of_the_reader(reader, columns):
    layout = TableFile(entity="", time="", file="", columns=COLUMNS, reader=reader)
    assert [column_of(n, layout) for n in ("assets", "absent", "IB")] == columns


def test_a_layout_in_small_letters():
    layout = TableFile(
        entity="GVKEY",
        time="FYEAR",
        period_end="DATADATE",
        file="",
        text=("SIC",),
        columns=COLUMNS,
    )
    small = in_vendors_letters(layout)
    assert (small.entity, small.time, small.period_end) == (
        "gvkey",
        "fyear",
        "datadate",
    )
    assert set(small.text) == {"SIC", "sic"}
    assert small.columns == {"assets": "at", "absent": None}


def test_the_key_and_the_columns_that_are_read():
    needed = Needed({"assets": [], "absent": [], "ib": []})
    layout = TableFile(entity="gvkey", time="fyear", file="", columns=COLUMNS)
    assert named_columns(layout, needed) == ["gvkey", "fyear", "AT", "ib"]


def raw(file, *names):
    cells = pd.DataFrame(columns=[*names])
    return RawTable(cells, pd.Series(dtype="int64"), file, False, ())


def layout(**said):
    return TableFile(**{"entity": "id", "time": "year", "file": ""} | said)


FIRMS = TableFile(entity="code", file="")


def told(tables, needed, firms=None):
    with pytest.raises(UserError) as caught:
        locate(tables, firms, FIRMS if firms else None, needed)
    assert caught.value.subject == "the columns that the study refers to"
    return [(p.rule, p.remedy, p.where, p.row) for p in caught.value.problems]


def test_each_files_own_columns_and_those_of_the_firms():
    tables = [
        (raw("a.csv", "id", "year", "x", "Y"), layout(columns={"y": "Y", "z": None})),
        (raw("b.csv", "id", "year", "x", "y", "z"), layout()),
    ]
    needed = Needed({"x": ["m"], "y": ["m"], "z": ["m"], "size": ["m"]})
    firms = raw("f.csv", "code", "size", "x")
    own, joined = locate(tables, firms, FIRMS, needed)
    assert own == [{"x": "x", "y": "Y"}, {"x": "x", "y": "y", "z": "z"}]
    assert joined == {"size": "size"}


def test_columns_that_are_nowhere_are_told_with_the_nearest():
    tables = [(raw("a.csv", "id", "year", "sales"), layout())]
    needed = Needed(
        {"sale": ["models.m", "models.m"], "roa": ["sample.require"]}, variables=["roa"]
    )
    assert told(tables, needed) == [
        (
            "there is no column or variable 'sale', which models.m needs",
            "did you mean 'sales'?",
            "a.csv",
            None,
        ),
        (
            "there is no column or variable 'roa', which sample.require needs",
            "conditions on variables stand under sample.where",
            "a.csv",
            None,
        ),
    ]
    firms = raw("f.csv", "code", "turnover")
    assert told(tables, Needed({"turnovr": ["m"]}), firms)[0][1] == (
        "did you mean 'turnover'?"
    )
    # a column that the study names is looked for in no table of firms
    named = [(tables[0][0], layout(columns={"turnover": "turn"}))]
    assert told(named, Needed({"turnover": ["m"]}), firms)[0][0].startswith(
        "there is no column or variable 'turn'"
    )


def test_columns_of_the_key_that_are_absent_are_told_first():
    tables = [(raw("a.csv", "ids", "x"), layout(period_end="end"))]
    firms = raw("f.csv", "cod", "x")
    assert [
        (rule, where, row)
        for rule, _, where, row in told(tables, Needed({"x": ["m"]}), firms)
    ] == [
        *(
            (
                f"there is no column '{name}', which sources.firm_years.{key} names",
                "a.csv",
                1,
            )
            for name, key in (("id", "entity"), ("year", "time"), ("end", "period_end"))
        ),
        ("there is no column 'code', which sources.firms.entity names", "f.csv", 1),
    ]


def test_a_column_that_no_file_has_is_told():
    files = [(raw(f, "id", "year"), layout(columns={"x": None})) for f in ("a", "b")]
    assert told(files, Needed({"x": ["m", "n", "m"]})) == [
        (
            "no file has 'x', which m, n needs",
            "name its column in one of the files, or take it out",
            "sources.firm_years.by_file",
            None,
        )
    ]


@pytest.mark.parametrize(
    ("word", "names", "key"),
    [
        ("firm", ["id", "year", " FIRM "], "id"),
        ("fiscal_year", ["id", "year", "Fiscal_Year"], "year"),
        ("firm", ["id", "year", "firms"], None),
        ("year", ["id", "year"], None),
    ],
)
def test_a_word_of_the_program_that_a_column_bears_too(word, names, key):
    tables = [(raw("a.csv", *names), layout())]
    needed = Needed({}, own_words={word: ["models.m.effects"]})
    if key is None:
        assert locate(tables, None, None, needed) == ([{}], {})
        return
    ((rule, remedy, where, _),) = told(tables, needed)
    assert rule == (
        f"'{word}' in models.m.effects is the program's name for '{key}', and a column "
        "of the file bears it too"
    )
    assert remedy.startswith(f"write {key} for the key") and where == "a.csv"
