from pathlib import Path

from alliance_value.contracts.tables import Diagnostics, Estimates, Fits, load
from alliance_value.exhibits.regression_table import regression_table
from alliance_value.exhibits.render import to_csv, to_html, to_latex
from alliance_value.study.job import job
from alliance_value.study.spec import Table, build

with job(snakemake) as this:
    table = regression_table(
        build(Table, this.params["table"]),
        load(snakemake.input.estimates, Estimates),
        load(snakemake.input.fits, Fits),
        this.params["labels"],
        this.params["titles"],
        this.params["simulated"],
        load(snakemake.input.diagnostics, Diagnostics),
    )
    Path(snakemake.output.html).write_text(to_html(table), encoding="utf-8")
    Path(snakemake.output.latex).write_text(to_latex(table), encoding="utf-8")
    Path(snakemake.output.csv).write_text(to_csv(table), encoding="utf-8")
