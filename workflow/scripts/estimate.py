from math import inf

from alliance_value.contracts.firm_years import FirmYears, Panel
from alliance_value.contracts.results import OF_FAMILIES
from alliance_value.contracts.storage import load, store
from alliance_value.models.design import columns_needed, with_places
from alliance_value.models.family import estimate_family
from alliance_value.models.large_family import estimate_large_family, megabytes_held
from alliance_value.models.shards import Shards
from alliance_value.running.job import job, listed
from alliance_value.study.spec import Model

with job(snakemake) as this:
    models = [Model.of(model) for model in this.params["models"]]
    stop = this.params["on_error"] == "stop"
    shards = Shards.of(snakemake.input.panel)
    most = this.params.get("memory", inf)
    if megabytes_held(shards, models) > most:
        tables = estimate_large_family(
            shards, models, most, this.tell, this.trace, stop=stop
        )
    else:
        panel = load(snakemake.input.panel, Panel, columns_needed(models))
        for path in listed(snakemake.input.firm_years):
            panel = with_places(panel, load(path, FirmYears))
        tables = estimate_family(panel, models, this.tell, this.trace, stop=stop)
    for name, contract in OF_FAMILIES.items():
        store(getattr(tables, name), contract, snakemake.output[name])
