import pandas as pd

from alliance_value.contracts.tables import (
    Covariances,
    Diagnostics,
    Equations,
    Estimates,
    Fits,
    Funnel,
    Margins,
    Slopes,
    load,
    store,
)
from alliance_value.study.job import job

with job(snakemake):
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
        table = pd.concat([load(path, contract) for path in paths])
        store(table, contract, snakemake.output[name])
