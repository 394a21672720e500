"""Single values are masked, and what goes together stays out together."""

from __future__ import annotations

from alliance_value.sharing.withhold import left_out, masked

REJECTS = b"file,row,column,value,rule,action,new_value\n"
REJECTS += b"f.csv,3,at,-5.5,negative,rejected,\ng.csv,3,at,-6.5,negative,rejected,\n"
RESULTS = {
    "results/s/codebook.csv": b"table,column,min,p1,median,p99,max,top,mean\n"
    b"panel,at,1.5,2.5,3.5,4.5,5.5,,3.25\npanel,firm,,,,,,Acme (8),\n",
    "results/s/codebook.html": b'<td data-head="Unit">$</td>'
    b'<td data-head="Range" class="words">Acme (8)\nand others</td>',
    "results/s/data_quality.csv": b"source,column,min,max,rows\n"
    b"firms,name,Acme,Zinc,9\n",
    "results/s/data_quality.html": b"<dt>key</dt><dd>gvkey: 1 to 9</dd><dt>rows</dt>"
    b'<dd>96</dd><td data-head="Smallest" class="tight">Acme</td>'
    b'<td data-head="Rows" class="n">9</td><td data-head="Examples">Acme</td>',
    "results/s/rejects.csv": REJECTS,
    "results/s/estimates.csv": b"model,estimate\nbase,0.25\n",
}


def test_single_values_are_masked_and_counts_stay():
    contents, reasons = masked(RESULTS, ["f.csv"])
    together = b"\n".join(contents.values())
    for value in (b"Acme", b"Zinc", b"1.5", b"-5.5", b"gvkey: 1"):
        assert value not in together
    for value in (b"-6.5", b"3.25", b"firms,name,withheld", b">9</td>", b">96</dd>"):
        assert value in together
    assert set(reasons) == set(RESULTS) - {"results/s/estimates.csv"}
    assert contents["results/s/estimates.csv"] == RESULTS["results/s/estimates.csv"]


def test_without_licensed_rejects_these_stay_as_they_are():
    contents, reasons = masked({"results/s/rejects.csv": REJECTS}, ["other.csv"])
    assert contents == {"results/s/rejects.csv": REJECTS}
    assert reasons == {}


NAMES = [
    *(f"results/s/figures/network.{e}" for e in ("csv", "svg", "pdf", "png", "txt")),
    *(f"results/s/figures/paths.{e}" for e in ("csv", "svg", "pdf")),
    *(f"results/s/tables/main.{e}" for e in ("csv", "html", "tex", "docx")),
    *("results/s/report.html", "results/s/report.pdf", "results/s/influence.csv"),
]


def test_a_figure_and_the_report_go_where_the_data_go():
    out = left_out(NAMES, {"results/s/figures/network.csv": "it names firms"}, {})
    assert set(out) == {
        *(name for name in NAMES if "network" in name or "report" in name)
    }
    assert out["results/s/figures/network.pdf"] == "network.csv: it names firms"
    assert out["results/s/report.pdf"].startswith("it shows network.")


def test_a_table_goes_in_all_its_formats():
    out = left_out(NAMES, {"results/s/tables/main.docx": "it names firms"}, {})
    assert {n for n in out if "tables" in n} == {n for n in NAMES if "tables" in n}


def test_the_report_stays_unless_it_shows_what_is_out():
    assert set(left_out(NAMES, {"results/s/influence.csv": "it names firms"}, {})) == {
        "results/s/influence.csv"
    }
    masks = {"results/s/rejects.csv": "values of licensed files are masked"}
    out = left_out(NAMES, {}, masks)
    assert set(out) == {"results/s/report.html", "results/s/report.pdf"}
