import pandas as pd

from alliance_value.contracts.dyad_results import DyadFits, DyadModels
from alliance_value.contracts.tables import store
from alliance_value.models.dyad_models import dyad_models
from alliance_value.study.job import job

with job(snakemake) as this:
    estimates, fits = dyad_models(
        pd.read_parquet(snakemake.input.dyads), confidence=this.params["confidence"]
    )
    for _, fit in fits[fits.note != ""].iterrows():
        this.tell(f"{fit.model}: {fit.note}")
    store(estimates, DyadModels, snakemake.output.estimates)
    store(fits, DyadFits, snakemake.output.fits)
