import pandas as pd

from alliance_value.contracts.tables import write_csv
from alliance_value.models.dyad_models import dyad_models
from alliance_value.study.job import job

with job(snakemake) as this:
    estimates, fits = dyad_models(
        pd.read_parquet(snakemake.input.dyads), confidence=this.params["confidence"]
    )
    for _, fit in fits[fits.note != ""].iterrows():
        this.tell(f"{fit.model}: {fit.note}")
    write_csv(estimates, snakemake.output.estimates)
    write_csv(fits, snakemake.output.fits)
