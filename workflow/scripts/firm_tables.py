from functools import partial

from alliance_value.alliances.sources.firm_tables import READERS
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.raw_table import decisions_of, readings_of
from alliance_value.sources.read_file import rows_of
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    (source,) = [name for name in READERS if name in this.params]
    files = listed(snakemake.input.files)
    read, name, contract = READERS[source]
    table, rejected, raw = rows_of(
        partial(read, key=this.params["firm_key"]),
        files,
        layout_of(this.params[source]),
    )
    this.tell(f"{len(table):,} rows of {source}")
    store(table, contract, snakemake.output[name])
    store(rejected, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, decisions_of(raw), readings_of([raw]))
