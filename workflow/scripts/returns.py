import tempfile
from pathlib import Path

import pandas as pd

from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store, store_parts
from alliance_value.contracts.vendor_tables import (
    Returns,
    SecurityNames,
    TradedReturns,
)
from alliance_value.running.job import job, listed
from alliance_value.sources.daily_files import daily_files
from alliance_value.sources.record import write_record
from alliance_value.study.spec import ReturnsFile, build

with job(snakemake) as this:
    names = [load(p, SecurityNames) for p in listed(snakemake.input.security_names)]
    windows = [pd.read_parquet(path) for path in listed(snakemake.input.windows)]
    files = listed(snakemake.input.returns)
    delistings = listed(snakemake.input.delistings)
    listings = listed(snakemake.input.listings)
    beside = Path(snakemake.output.returns).parent
    traded = this.params.get("traded", False)
    spec = build(ReturnsFile, {**this.params["returns"], "traded": traded})
    with tempfile.TemporaryDirectory(dir=beside) as folder:
        daily = daily_files(
            files,
            spec,
            Path(folder),
            delistings=delistings,
            listings=listings,
            sources=this.params,
            names=names[0] if names else None,
            windows=windows[0] if windows else None,
        )
        contract = TradedReturns if traded else Returns
        store_parts(daily.parts(), contract, snakemake.output.returns)
    rejected, counts = daily.rejects(), daily.reader.counts
    this.tell(
        f"{counts['rows']:,} security-days, {counts['returns']:,} returns, "
        f"{len(rejected):,} rejects"
    )
    for caution in daily.reader.cautions():
        this.tell(caution)
    store(rejected, Rejects, snakemake.output.rejects)
    store(daily.reader.funnel(), Funnel, snakemake.output.funnel)
    write_record(
        snakemake.output.sources, [*files, *delistings, *listings], daily.decisions()
    )
