import pandas as pd

from alliance_value.alliances.contracts.dyad_results import OF_VALUE
from alliance_value.alliances.contracts.dyads import Dyads
from alliance_value.alliances.dyad_study import Partners, dyad_study, value_tables
from alliance_value.contracts.events import Caar, Cars, Events, EventTests
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.storage import (
    conform,
    load,
    read_parquet,
    store,
    write_csv,
)
from alliance_value.contracts.vendor_tables import Factors
from alliance_value.running.job import job, listed
from alliance_value.sources.news import news

with job(snakemake) as this:
    returns = read_parquet(snakemake.input.returns, ["security", "date", "ret"])
    confounds, _ = news(listed(snakemake.input.confounds), this.params["confounds"])
    result = dyad_study(
        pd.read_parquet(snakemake.input.dyads),
        Partners(
            load(snakemake.input.events, Events), load(snakemake.input.cars, Cars)
        ),
        returns,
        load(snakemake.input.factors, Factors),
        confounds,
        this.params,
    )
    dyads = conform(result.dyads, Dyads)
    this.tell(f"{len(dyads):,} dyads with both partners' returns")
    dyads.to_parquet(snakemake.output.dyads, index=False)
    store(result.study.event_tests, EventTests, snakemake.output.event_tests)
    store(result.study.caar, Caar, snakemake.output.caar)
    store(result.funnel, Funnel, snakemake.output.funnel)
    write_csv(dyads, snakemake.output.dyads_csv)
    tables = value_tables(dyads, this.params["confidence"], this.params["deal_errors"])
    for name, contract in OF_VALUE.items():
        store(tables[name], contract, snakemake.output[name])
