import pandas as pd

from alliance_value.alliances.contracts.dyad_results import (
    DyadFits,
    DyadModels,
    Formation,
)
from alliance_value.alliances.dyad_models import MODELS, SELECTION, dyad_models
from alliance_value.alliances.formation import formation
from alliance_value.contracts.storage import empty, store
from alliance_value.models.estimators.result import EstimationError
from alliance_value.running.job import job

with job(snakemake) as this:
    dyads, models = pd.read_parquet(snakemake.input.dyads), MODELS
    try:
        chosen, mills = formation(dyads)
        dyads, models = dyads.assign(mills=mills), (*MODELS, SELECTION)
    except EstimationError as error:
        this.tell(f"no model of formation: {error.rule}")
        chosen = empty(Formation)
    estimates, fits = dyad_models(dyads, models, this.params["confidence"])
    for _, fit in fits[fits.note != ""].iterrows():
        this.tell(f"{fit.model}: {fit.note}")
    store(estimates, DyadModels, snakemake.output.estimates)
    store(fits, DyadFits, snakemake.output.fits)
    store(chosen, Formation, snakemake.output.formation)
