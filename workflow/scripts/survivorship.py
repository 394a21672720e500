import tempfile
from pathlib import Path

from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.storage import load, store
from alliance_value.contracts.vendor_tables import TickerLinks
from alliance_value.running.job import job, listed
from alliance_value.sources.survivorship import (
    Survivorship,
    price_spans,
    survivorship,
)
from alliance_value.study.spec import ReturnsFile, build, layout_of

with job(snakemake) as this:
    section = this.params["returns"]
    with tempfile.TemporaryDirectory() as folder:
        spans = price_spans(
            listed(snakemake.input.returns),
            build(ReturnsFile, section),
            Path(folder),
            layout_of(section),
        )
    table = survivorship(
        load(snakemake.input.firm_years, FirmYears),
        load(snakemake.input.links, TickerLinks),
        spans,
    )
    priced = int(table.firm_years[table.reason == "prices"].sum())
    this.tell(f"{priced:,} of {int(table.firm_years.sum()):,} firm-years have prices")
    store(table, Survivorship, snakemake.output.survivorship)
