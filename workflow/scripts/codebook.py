from pathlib import Path

import pyarrow.parquet as pq

from alliance_value.contracts.accounts import Codebook
from alliance_value.contracts.catalogue import catalogue
from alliance_value.contracts.storage import load, store
from alliance_value.report.codebook import Described, codebook, codebook_page
from alliance_value.running.job import job, listed


def in_parquet(path, name):
    file = pq.ParquetFile(path)

    def column(wanted):
        return file.read(columns=[wanted]).to_pandas()[wanted]

    return Described(name, file.schema_arrow.names, column)


def in_csv(path, name):
    table = load(path, catalogue()[name])
    return Described(name, list(table.columns), table.__getitem__)


def name_of(path, folder):
    return Path(path).relative_to(folder).with_suffix("").as_posix()


with job(snakemake) as this:
    study = this.params["study"]
    tables = [
        in_parquet(path, name_of(path, this.params["processed"]))
        for path in listed(snakemake.input.tables)
    ]
    tables += [
        in_csv(path, name_of(path, this.params["results"]))
        for path in listed(snakemake.input.results)
    ]
    table = codebook(tables, study)
    this.tell(f"{len(table):,} columns of {len(tables):,} tables")
    store(table, Codebook, snakemake.output.csv)
    templates = {
        Path(p).name: Path(p).read_text(encoding="utf-8")
        for p in snakemake.input.templates
    }
    Path(snakemake.output.html).write_text(
        codebook_page(table, study, templates), encoding="utf-8"
    )
