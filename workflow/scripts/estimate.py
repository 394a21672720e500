from alliance_value.contracts.tables import Fits, Funnel, Panel, load, store
from alliance_value.models.family import TABLES, estimate_family
from alliance_value.running.job import job
from alliance_value.study.spec import Model

with job(snakemake) as this:
    panel = load(snakemake.input.panel, Panel)
    models = [Model.of(model) for model in this.params["models"]]
    tables = estimate_family(panel, models, this.tell)
    for name, contract in {**TABLES, "fits": Fits, "funnel": Funnel}.items():
        store(getattr(tables, name), contract, snakemake.output[name])
