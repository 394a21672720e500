import pandas as pd

from alliance_value.contracts.tables import (
    Covariances,
    Estimates,
    Fits,
    Funnel,
    Margins,
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
        ("funnel", Funnel, snakemake.input.funnels),
    ):
        table = pd.concat([load(path, contract) for path in paths])
        store(table, contract, snakemake.output[name])
