from pathlib import Path

import pandas as pd

from alliance_value.alliances.claims import claims_table, evidence_of
from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.results import Claims, Covariances, Estimates
from alliance_value.contracts.storage import load, read, store
from alliance_value.running.job import job, listed
from alliance_value.study.claims import read_claims
from alliance_value.study.spec import Model

with job(snakemake) as this:
    dyads = [read(path) for path in listed(snakemake.input.dyads)]
    evidence = evidence_of(
        load(snakemake.input.panel, Panel),
        [Model.of(model) for model in this.params["models"]],
        load(snakemake.input.estimates, Estimates),
        load(snakemake.input.covariances, Covariances),
        dyads[0] if dyads else pd.DataFrame(),
        this.params["confidence"],
        {Path(path).stem: read(path) for path in listed(snakemake.input.results)},
    )
    table = claims_table(read_claims(snakemake.input.claims), evidence)
    this.tell(f"{len(table):,} readings of {table.claim.nunique():,} claims")
    store(table, Claims, snakemake.output.claims)
