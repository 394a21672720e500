import json
from pathlib import Path

import pandas as pd

from alliance_value.alliances.validation import Dyads, validate
from alliance_value.contracts.results import Covariances, Estimates, Validation
from alliance_value.contracts.storage import load, read, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    dyads = None
    if snakemake.input.dyads:
        dyads = Dyads(
            pd.read_parquet(listed(snakemake.input.dyads)[0]),
            pd.read_csv(listed(snakemake.input.dyad_models)[0]),
        )
    table = validate(
        this.params["checks"],
        json.loads(Path(snakemake.input.truth).read_text(encoding="utf-8")),
        load(snakemake.input.estimates, Estimates),
        load(snakemake.input.covariances, Covariances),
        this.params["confidence"],
        dyads,
        {Path(path).stem: read(path) for path in listed(snakemake.input.tables)},
    )
    this.tell(
        f"{table.covered.sum()} of {len(table):,} planted values in their intervals"
    )
    store(table, Validation, snakemake.output.validation)
