from alliance_value.contracts.tables import (
    Covariances,
    Estimates,
    Fits,
    Funnel,
    Margins,
    Panel,
    load,
    store,
)
from alliance_value.models.family import estimate_family
from alliance_value.study.job import job
from alliance_value.study.spec import Model, build

with job(snakemake) as this:
    panel = load(snakemake.input.panel, Panel)
    models = [build(Model, model) for model in this.params["models"]]
    tables = estimate_family(panel, models, this.tell)
    store(tables.estimates, Estimates, snakemake.output.estimates)
    store(tables.fits, Fits, snakemake.output.fits)
    store(tables.covariances, Covariances, snakemake.output.covariances)
    store(tables.margins, Margins, snakemake.output.margins)
    store(tables.funnel, Funnel, snakemake.output.funnel)
