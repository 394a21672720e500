from functools import partial

from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.running.job import job, listed
from alliance_value.sources.listed_events import listed_events
from alliance_value.sources.listings import identified
from alliance_value.sources.raw_table import decisions_of, readings_of
from alliance_value.sources.read_file import rows_of
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    files = listed(snakemake.input.listed)
    columns = this.params["columns"]
    spells = identified(listed(snakemake.input.listings), this.params["listings"])
    read = partial(listed_events, columns=columns, listings=spells)
    events, rejected, raw = rows_of(read, files, layout_of(columns))
    this.tell(f"{len(events):,} events")
    events.to_parquet(snakemake.output.events, index=False)
    store(rejected, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, decisions_of(raw), readings_of([raw]))
