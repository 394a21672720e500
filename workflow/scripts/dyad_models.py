import pandas as pd

from alliance_value.alliances.contracts.dyad_results import (
    DyadFits,
    DyadModels,
    Formation,
)
from alliance_value.alliances.contracts.governance import Governance
from alliance_value.alliances.dual_appropriation import with_governance
from alliance_value.alliances.dyad_models import (
    GOVERNED,
    MODELS,
    SELECTION,
    dyad_models,
)
from alliance_value.alliances.formation import formation
from alliance_value.contracts.storage import empty, load, store
from alliance_value.models.estimators.result import EstimationError
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    dyads, models = pd.read_parquet(snakemake.input.dyads), MODELS
    for path in listed(snakemake.input.governance):
        dyads = with_governance(dyads, load(path, Governance))
        models = (*models, *GOVERNED)
    try:
        chosen, mills = formation(dyads)
        dyads, models = dyads.assign(mills=mills), (*models, SELECTION)
    except EstimationError as error:
        this.tell(f"no model of formation: {error.rule}")
        chosen = empty(Formation)
    confidence, errors = this.params["confidence"], this.params["errors"]
    estimates, fits = dyad_models(dyads, models, confidence, errors)
    for note, noted in fits[fits.note != ""].groupby("note", sort=False):
        this.tell(f"{'; '.join(noted.model)}: {note}")
    store(estimates, DyadModels, snakemake.output.estimates)
    store(fits, DyadFits, snakemake.output.fits)
    store(chosen, Formation, snakemake.output.formation)
