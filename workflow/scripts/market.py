from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import store
from alliance_value.contracts.vendor_tables import MarketReturns
from alliance_value.running.job import job, listed
from alliance_value.sources.dated_tables import read_market
from alliance_value.sources.raw_table import readings_of
from alliance_value.sources.read_file import read_files
from alliance_value.sources.record import write_record
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    spec = this.params["market"]
    files = listed(snakemake.input.market)
    raws = read_files(files, layout_of(spec))
    read = read_market(raws, spec["date"], spec["ret"], spec["unit"])
    this.tell(f"{len(read.market):,} days, {len(read.rejects):,} rejects")
    store(read.market, MarketReturns, snakemake.output.market)
    store(read.rejects, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, read.decisions, readings_of(raws))
