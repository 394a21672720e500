from pathlib import Path

from alliance_value.contracts.catalogue import catalogue
from alliance_value.contracts.storage import load, read
from alliance_value.exhibits.chosen import lay_out
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.render import to_json
from alliance_value.exhibits.word import in_every_format
from alliance_value.running.job import job, listed
from alliance_value.study.spec import Table, build


def results(path):
    contract = catalogue().get(Path(path).stem)
    return load(path, contract) if contract else read(path)


with job(snakemake) as this:
    table = lay_out(
        build(Table, this.params["table"]),
        {Path(path).stem: results(path) for path in listed(snakemake.input.tables)},
        Context.of(this.params),
    )
    for name, contents in in_every_format(table).items():
        Path(snakemake.output[name]).write_bytes(contents)
    Path(snakemake.output.cells).write_text(to_json(table), encoding="utf-8")
