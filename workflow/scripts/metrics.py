import json
from pathlib import Path

from alliance_value.contracts.results import Estimates, Fits, Validation
from alliance_value.contracts.storage import empty, load
from alliance_value.report.metrics import metrics
from alliance_value.running.job import job
from alliance_value.study.terms import expand_all

with job(snakemake) as this:
    values = metrics(
        {
            name: [term.name for term in expand_all(terms)]
            for name, terms in this.params["terms"].items()
        },
        load(snakemake.input.estimates, Estimates),
        load(snakemake.input.fits, Fits),
        (
            load(snakemake.input.validation, Validation)
            if snakemake.input.validation
            else empty(Validation)
        ),
    )
    text = json.dumps(values, indent=1, sort_keys=True)
    Path(snakemake.output.metrics).write_text(f"{text}\n", encoding="utf-8")
