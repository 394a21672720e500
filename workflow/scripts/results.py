import pandas as pd

from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.results import (
    Covariances,
    Diagnostics,
    Equations,
    Estimates,
    Fits,
    Margins,
    Slopes,
)
from alliance_value.contracts.storage import empty, load, store
from alliance_value.running.job import job, listed
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    words = Words(**this.params["words"])
    for name, contract, paths in (
        ("estimates", Estimates, snakemake.input.estimates),
        ("fits", Fits, snakemake.input.fits),
        ("covariances", Covariances, snakemake.input.covariances),
        ("margins", Margins, snakemake.input.margins),
        ("slopes", Slopes, snakemake.input.slopes),
        ("equations", Equations, snakemake.input.equations),
        ("diagnostics", Diagnostics, snakemake.input.diagnostics),
        ("funnel", Funnel, snakemake.input.funnels),
    ):
        parts = [load(path, contract) for path in listed(paths)]
        table = pd.concat(parts) if parts else empty(contract)
        store(words.fill(table), contract, snakemake.output[name])
