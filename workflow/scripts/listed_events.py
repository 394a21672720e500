from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.listed_events import listed_events
from alliance_value.sources.listings import identified
from alliance_value.sources.raw_table import (
    decisions_of,
    in_their_files,
    own_files,
    readings_of,
)
from alliance_value.sources.read_file import read_as_one
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    files = listed(snakemake.input.listed)
    raw = read_as_one(files, layout_of(this.params["columns"]))
    spells = identified(listed(snakemake.input.listings), this.params["listings"])
    with own_files(raw):
        events, rejected = listed_events(raw, this.params["columns"], spells)
    this.tell(f"{len(events):,} events")
    events.to_parquet(snakemake.output.events, index=False)
    store(in_their_files(rejected, raw), Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, decisions_of(raw), readings_of([raw]))
