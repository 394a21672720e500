from functools import partial

from alliance_value.contracts.firm_year_tables import Diversification
from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import Segments
from alliance_value.panel.diversification import diversification, segments_by_year
from alliance_value.running.job import job, listed
from alliance_value.sources.raw_table import decisions_of
from alliance_value.sources.read_file import rows_of
from alliance_value.sources.record import write_record
from alliance_value.sources.segments import read_segments
from alliance_value.study.spec import layout_of

with job(snakemake) as this:
    files = listed(snakemake.input.segments)
    segments, rejected, raw = rows_of(
        partial(read_segments, key=this.params["firm_key"]),
        files,
        layout_of(this.params["segments"]),
    )
    firm_years = load(snakemake.input.firm_years, FirmYears)
    table = diversification(segments_by_year(segments, firm_years))
    this.tell(f"{len(segments):,} segments of {len(table):,} firm-years")
    store(segments, Segments, snakemake.output.segments)
    store(table, Diversification, snakemake.output.diversification)
    store(rejected, Rejects, snakemake.output.rejects)
    write_record(snakemake.output.sources, files, decisions_of(raw))
