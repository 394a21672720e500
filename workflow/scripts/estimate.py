from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.results import Fits
from alliance_value.contracts.storage import load, store
from alliance_value.models.design import columns_needed
from alliance_value.models.family import TABLES, estimate_family
from alliance_value.running.job import job
from alliance_value.study.spec import Model

with job(snakemake) as this:
    models = [Model.of(model) for model in this.params["models"]]
    panel = load(snakemake.input.panel, Panel, columns_needed(models))
    tables = estimate_family(panel, models, this.tell)
    for name, contract in {**TABLES, "fits": Fits, "funnel": Funnel}.items():
        store(getattr(tables, name), contract, snakemake.output[name])
