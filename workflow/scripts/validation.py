import json
from pathlib import Path

from alliance_value.contracts.tables import (
    Covariances,
    Estimates,
    Validation,
    load,
    store,
)
from alliance_value.report.validation import validate
from alliance_value.study.job import job

with job(snakemake) as this:
    table = validate(
        this.params["checks"],
        json.loads(Path(snakemake.input.truth).read_text(encoding="utf-8")),
        load(snakemake.input.estimates, Estimates),
        load(snakemake.input.covariances, Covariances),
        this.params["confidence"],
    )
    this.tell(
        f"{table.covered.sum()} of {len(table)} planted values in their intervals"
    )
    store(table, Validation, snakemake.output.validation)
