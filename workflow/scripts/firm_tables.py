from alliance_value.alliances.sources.firm_tables import READERS
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.raw_table import readings_of
from alliance_value.sources.read_file import read_file
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    (source,) = [name for name in READERS if name in this.params]
    file = listed(snakemake.input.files)[0]
    raw = read_file(file, layout_of(this.params[source]))
    read, name, contract = READERS[source]
    table = read(raw)
    this.tell(f"{len(table):,} rows of {source}")
    store(table, contract, snakemake.output[name])
    write_record(snakemake.output.sources, [file], raw.decisions, readings_of([raw]))
