from pathlib import Path

import pandas as pd

from alliance_value.alliances.contracts.constructs import (
    DyadMeasures,
    FunctionResults,
    Moderators,
)
from alliance_value.alliances.functions import function_results, partners
from alliance_value.alliances.moderators import measured, moderator_models
from alliance_value.contracts.storage import read, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    asked, confidence = this.params["constructs"], this.params["confidence"]
    dyads = pd.read_parquet(snakemake.input.dyads)
    tables = {Path(path).stem: read(path) for path in listed(snakemake.input.tables)}
    table = measured(dyads, asked, tables)
    every = table.reindex(columns=list(DyadMeasures.to_schema().columns))
    store(every, DyadMeasures, snakemake.output.dyad_measures)
    models = moderator_models(table, asked, confidence)
    this.tell(f"{models.model.nunique():,} models of what partners are to each other")
    store(models, Moderators, snakemake.output.moderators)
    if "function" in asked:
        rows = partners(dyads, tables["function_spells"], dyads.announced.max())
        results = function_results(rows, confidence)
        store(results, FunctionResults, snakemake.output.alliance_function)
