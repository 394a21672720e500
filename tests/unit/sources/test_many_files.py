"""Files of one table: archives, names that tell, schemas that differ, repeats."""

from __future__ import annotations

import weakref
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.firm_years import Needed, SourceTables, firm_years
from alliance_value.sources.raw_table import RawTable
from alliance_value.study.patterns import files_of
from alliance_value.study.spec import TableFile

REVENUE = Needed({"revenue": ["models.m.terms"]})
FORMS = (
    "symbol,year,form,x\nA,2014,10-Q,1\nA,2014,10-K,4\nB,2014,10-K,5\nB,2014,10-Q,no\n"
)


def read(files: list[Path], needed: Needed = REVENUE, **options: Any) -> SourceTables:
    layout = {"entity": "firm", "time": "year", "file": ""} | options
    return firm_years([str(f) for f in files], TableFile(**layout), needed)


def lists(folder: Path) -> list[Path]:
    """Five yearly lists of a ranking, no two of them laid out alike."""
    texts = {
        "list_2001.csv": "Company,Revenue\nA,1000.5\nB,2000\n",
        "list_2002.csv": "name;rev\nA;1,5\nB;2,7\n",
        "list_2003.tsv": "Rank\tFirm\tRevenues ($ mil)\n1\tA\t3000\n2\tB\t2900\n",
        "list_2004.csv": "Company,Profit\nA,1\nB,2\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    with zipfile.ZipFile(folder / "list_2005.zip", "w") as archive:
        archive.writestr("data/list.txt", "Company,Revenue\nA,3100\nB,2800\n")
        archive.writestr("readme.htm", "<html></html>")
        archive.writestr("__MACOSX/list.txt", "x")
    return sorted(folder.glob("list_*"))


LISTS: dict[str, Any] = {
    "entity": "Company",
    "from_name": "list_{year}.*",
    "member": "*.txt",
    "columns": {"revenue": "Revenue"},
    "by_file": {
        "*2002*": {
            "entity": "name",
            "columns": {"revenue": "rev"},
            "scale": {"revenue": 1000},
            "decimal": ",",
        },
        "*.tsv": {"entity": "Firm", "columns": {"revenue": "Revenues ($ mil)"}},
        "*2004*": {"columns": {"revenue": None}, "constants": {"note": "late"}},
    },
}


def test_lists_of_five_schemas_are_one_table(tmp_path: Path) -> None:
    table = read(lists(tmp_path), **LISTS).firm_years
    wide = table.pivot(index="fiscal_year", columns="firm", values="revenue")
    assert wide.A.tolist()[:3] == [1000.5, 1500, 3000] and pd.isna(wide.A[2004])
    assert wide.B.tolist()[4] == 2800
    assert "list_2005.zip/data/list.txt" in set(table.source_file)


def test_archives_of_facts_are_one_table(tmp_path: Path) -> None:
    """Archives of a quarter or a day each, as the SEC publishes its data sets."""
    head = "adsh\ttag\tversion\tcoreg\tddate\tqtrs\tuom\tvalue\tfootnote\n"
    fact = "{n:04d}-{k}\t{tag}\tus-gaap\t{of}\t20091231\t{q}\t{uom}\t{value}.0000\t\n"
    for n in range(40):
        lines = [
            fact.format(n=n, k=k, tag=tag, of=of, q=q, uom=uom, value=n + k)
            for k in range(2)
            for tag, of, q, uom in (
                ("Assets", "", 0, "USD"),
                ("Assets", "Unit", 0, "USD"),
                ("Assets", "", 0, "EUR"),
                ("Assets", "", 4, "USD"),
                ("Liabilities", "", 0, "USD"),
            )
        ]
        again = n == 39
        with zipfile.ZipFile(tmp_path / f"{n:04d}.zip", "w") as archive:
            archive.writestr("num.txt", head + "".join(lines * (1 + again)))
            archive.writestr("sub.txt", "adsh\tcik\n")
            archive.writestr("readme.htm", "<html></html>")
    read_as = {
        "entity": "adsh",
        "time": "ddate",
        "time_format": "year",
        "member": "num.txt",
        "columns": {"revenue": "value"},
        "text": ["coreg", "tag", "uom"],
        "where": ["tag == 'Assets' and uom == 'USD' and qtrs == 0 and missing(coreg)"],
        "duplicates": "first",
    }
    source = read(sorted(tmp_path.glob("*.zip")), **read_as)
    table = source.firm_years
    assert len(table) == 2 * 40 and set(table.fiscal_year) == {2009}
    assert table.revenue.tolist() == [n + k for n in range(40) for k in range(2)]
    assert source.rejects.rule.tolist() == ["duplicate_firm_year"] * 2


def test_the_order_of_files_makes_no_difference(tmp_path: Path) -> None:
    files = lists(tmp_path)
    there, back = read(files, **LISTS), read(files[::-1], **LISTS)
    pd.testing.assert_frame_equal(
        there.firm_years.reset_index(drop=True), back.firm_years.reset_index(drop=True)
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"from_name": "ranks_{year}.csv"}, "does not fit from_name"),
        ({"member": "*.dat"}, "no member '*.dat'"),
        ({"by_file": {"*1999*": {"decimal": ","}}}, "no file fits the pattern"),
        ({"constants": {"Company": "A"}}, "a column of the file and a constant"),
        ({"by_file": {"*": {"columns": {"revenue": None}}}}, "no file has 'revenue'"),
    ],
)
def test_what_fits_no_file_stops(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError) as error:
        read(lists(tmp_path), **(LISTS | change))
    assert message in str(error.value)


def test_damaged_archives_and_members_are_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("good.csv", "firm,year,revenue\nA,2001,1\n")
        archive.writestr("bad.csv", "firm,year,revenue\nA,2001,1,2,3\n")
    (tmp_path / "b.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-30])
    with pytest.raises(UserError) as error:
        read([tmp_path / "a.zip"])
    assert "a.zip/bad.csv" in str(error.value)
    with pytest.raises(UserError):
        read([tmp_path / "b.zip"])


@pytest.mark.parametrize("how", ["stop", "first", "last", "sum", "keep"])
def test_where_comes_before_duplicates(tmp_path: Path, how: str) -> None:
    path = tmp_path / "forms.csv"
    path.write_text(FORMS)
    uses = {"x": ["m"], "form": ["sources.firm_years.where"]}
    needed = Needed(uses, frozenset({"form"}))
    options = {"entity": "symbol", "where": ("form == '10-K'",), "duplicates": how}
    out = read([path], needed, **options)
    assert out.firm_years.x.tolist() == [4, 5]
    step = out.funnel[out.funnel.step.str.startswith("where")]
    assert step.dropped.tolist() == [2]


def test_what_first_leaves_out_may_not_be_what_the_sample_requires(
    tmp_path: Path,
) -> None:
    path = tmp_path / "forms.csv"
    path.write_text(FORMS.replace("no", "3"))
    needed = Needed(
        {"x": ["m"], "form": ["sample.require"]}, require=("form == '10-K'",)
    )
    with pytest.raises(UserError, match="in 1 firm-years") as error:
        read([path], needed, entity="symbol", text=("form",), duplicates="first")
    assert "sources.firm_years.where" in str(error.value)
    whole = Needed({"x": ["m"]}, require=("x > 0",))
    read([path], whole, entity="symbol", duplicates="first")


@pytest.mark.parametrize(
    ("how", "x", "action"),
    [
        ("first", [1.0, 5.0], "rejected"),
        ("last", [4.0, 5.0], "rejected"),
        ("sum", [5.0, 10.0], "rejected"),
        ("keep", [1.0, 4.0, 5.0, 5.0], "kept"),
    ],
)
def test_repeats_are_counted_by_kind(
    tmp_path: Path, how: str, x: list[float], action: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("firm,year,x\nA,2001,1\nA,2001,4\nB,2001,5\nB,2001,5\n")
    out = read([path], Needed({"x": ["m"]}), duplicates=how)
    assert out.firm_years.x.tolist() == x
    assert out.rejects.rule.value_counts().to_dict() == {
        "conflicting_firm_year": 1,
        "duplicate_firm_year": 1,
    }
    assert set(out.rejects.action) == {action}
    assert "2 rows repeat a firm-year: 1 with the same values, 1 with others" in (
        " ".join([*out.cautions, *out.funnel.why])
    )


def test_stop_tells_repeats_that_are_alike_from_conflicts(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("firm,year,x\nA,2001,1\nA,2001,4\nB,2001,5\nB,2001,5\n")
    with pytest.raises(UserError) as error:
        read([path], Needed({"x": ["m"]}))
    rules = [problem.rule for problem in error.value.problems]
    assert rules[0].endswith("they differ in x")
    assert rules[1].endswith("they are alike")


def test_texts_that_differ_are_not_summed_away(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("firm,year,x,g\nA,2001,1,u\nA,2001,,v\nB,2001,,w\nB,2001,,w\n")
    needed = Needed({"x": ["m"], "g": ["m"]}, frozenset({"g"}))
    out = read([path], needed, duplicates="sum")
    assert out.firm_years.x.fillna(-1).tolist() == [1, -1]
    assert out.firm_years.g.fillna("").tolist() == ["", "w"]
    assert "texts_of_added_rows_differ" in set(out.rejects.rule)


def test_a_year_that_repeats_another_is_told(tmp_path: Path) -> None:
    rows = [f"F{k},{year},{k * year + 0.25},7" for k in (1, 2, 3) for year in (1, 2, 3)]
    rows += [f"F{k},4,{k * 3 + 0.25},7" for k in (1, 2, 3)]
    text = "\n".join(["firm,year,revenue,same", *rows]).replace(".25", "123.25")
    path = tmp_path / "a.csv"
    path.write_text(text)
    needed = Needed({"revenue": ["m"], "same": ["m"]})
    out = read([path], needed, time_format="integer")
    stale = out.rejects[out.rejects.rule == "values_of_another_year"]
    assert stale.value.tolist() == ["4"] * 3 and set(stale.action) == {"kept"}
    assert "nearly all of 4" in out.cautions[0]
    assert len(out.firm_years) == 12


@pytest.mark.parametrize("header", ["worker,year,firm,x", "WORKER,YEAR,FIRM,X"])
def test_a_column_that_bears_the_programs_name(header: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\nw1,2001,e1,1\n")
    needed = Needed({"x": ["m"]}, own_words={"firm": ["models.m.effects"]})
    with pytest.raises(UserError, match="'firm' in models"):
        read([path], needed, entity="worker")
    read([path], Needed({"x": ["m"]}), entity="worker")


@pytest.mark.parametrize("code", ["1004", "1004.0", "001004"])
def test_identifiers_of_vendors_are_whole(tmp_path: Path, code: str) -> None:
    text = f"gvkey,year,revenue\n{code},2001,1\n"
    (tmp_path / "a.csv").write_text(text)
    typed = pd.DataFrame({"gvkey": [1004.0], "year": [2001], "revenue": [1.0]})
    typed.to_parquet(tmp_path / "a.parquet")
    for name in ("a.csv", "a.parquet"):
        out = read([tmp_path / name], entity="gvkey")
        assert out.firm_years.firm.tolist() == ["001004"]


def test_patterns_stand_for_the_files_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert files_of("list_200[12].csv", {}, ()) == ["list_2001.csv", "list_2002.csv"]
    assert files_of("list_1*.csv", {}, ()) == ["list_1*.csv"]
    assert files_of("list_2001.csv", {}, ()) == "list_2001.csv"
    here = {"HERE": str(tmp_path)}
    assert files_of("${HERE}/*.tsv", here, ()) == ["${HERE}/list_2003.tsv"]
    assert files_of("${NONE}/*.tsv", {}, ()) == ["${NONE}/*.tsv"]


@pytest.mark.parametrize(
    ("stems", "period"),
    [
        (["20131", "20134", "20141"], "quarters"),
        (["201312", "201401"], "months"),
        (["20131231", "20141231"], "days"),
    ],
)
def test_files_of_one_period_each_tell_it_together(
    tmp_path: Path, stems: list[str], period: str
) -> None:
    for stem in stems:
        path = tmp_path / f"{stem}.csv"
        path.write_text(f"firm,year,revenue\nA,{stem},1\nB,{stem},2\n")
    with pytest.raises(UserError) as error:
        read(sorted(tmp_path.glob("*.csv")))
    (problem,) = error.value.problems
    assert f"look like {period}" in problem.rule
    assert (problem.where, problem.row) == (f"{stems[0]}.csv", 2)


def test_quarters_of_two_digits_are_told_by_all_files(tmp_path: Path) -> None:
    for stem in ("201301", "201302", "201303", "201304"):
        path = tmp_path / f"{stem}.csv"
        path.write_text(f"firm,year,revenue\nA,{stem},1\nB,{stem},2\n")
    files = sorted(tmp_path.glob("*.csv"))
    out = read(files, time_format="quarter").firm_years
    assert sorted(set(out.fiscal_year - 4 * 2013)) == [0, 1, 2, 3]


@pytest.mark.parametrize("times", ["auto", "quarter"])
def test_only_what_a_condition_keeps_of_many_files_is_held(
    times: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables are cut one by one, and the funnel counts what they were."""
    tables: list[weakref.ref[RawTable]] = []
    held: list[int] = []
    begin = RawTable.__init__

    def noted(table, *cells, **named):
        begin(table, *cells, **named)
        tables.append(weakref.ref(table))
        held.append(sum(len(t.cells) for ref in tables if (t := ref()) is not None))

    monkeypatch.setattr(RawTable, "__init__", noted)
    path = tmp_path / "facts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for quarter in range(20):
            end = "0331" if times == "quarter" else ""
            rows = [f"F{n},{2001 + quarter // 4}{end},{n}Q,{n}" for n in range(500)]
            rows += [f"A,{2001 + quarter}{end},10-K,{quarter}"]
            archive.writestr(f"q{quarter}.csv", "\n".join(["f,year,form,x", *rows, ""]))
    layout = {"entity": "f", "time": "year", "time_format": times}
    layout |= {"where": ("form == '10-K'",)}
    out = read(
        [path], Needed({"x": ["models"], "form": ["where"]}), **layout, text=("form",)
    )
    assert out.firm_years.x.tolist() == [*range(20)]
    first, chosen = out.funnel.iloc[0], out.funnel.iloc[1]
    assert (first.rows_out, first.firms_out) == (20 * 501, 501)
    assert (chosen.rows_out, chosen.dropped, chosen.firms_out) == (20, 20 * 500, 1)
    assert max(held) < 4 * 501
