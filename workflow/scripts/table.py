from pathlib import Path

from alliance_value.contracts.catalogue import CATALOGUE
from alliance_value.contracts.tables import load, read
from alliance_value.exhibits.drawing import Context
from alliance_value.exhibits.render import to_csv, to_html, to_latex
from alliance_value.exhibits.table_kinds import lay_out
from alliance_value.exhibits.word import to_docx
from alliance_value.study.job import job, listed
from alliance_value.study.spec import Table, build


def results(path):
    contract = CATALOGUE.get(Path(path).stem)
    return load(path, contract) if contract else read(path)


with job(snakemake) as this:
    table = lay_out(
        build(Table, this.params["table"]),
        {Path(path).stem: results(path) for path in listed(snakemake.input.tables)},
        build(Context, this.params),
    )
    for name, write in (("html", to_html), ("latex", to_latex), ("csv", to_csv)):
        Path(snakemake.output[name]).write_text(write(table), encoding="utf-8")
    Path(snakemake.output.docx).write_bytes(to_docx(table))
