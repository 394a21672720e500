from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.running.job import job
from alliance_value.sources.listed_events import listed_events
from alliance_value.sources.raw_table import readings_of
from alliance_value.sources.read_file import read_file
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    file = snakemake.input.listed[0]
    raw = read_file(file, layout_of(this.params["columns"]))
    events, rejected = listed_events(raw, this.params["columns"])
    this.tell(f"{len(events)} events")
    events.to_parquet(snakemake.output.events, index=False)
    store(rejected, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, [file], raw.decisions, readings_of([raw]))
