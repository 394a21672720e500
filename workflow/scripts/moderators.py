from pathlib import Path

import pandas as pd

from alliance_value.alliances.contracts.constructs import (
    DyadMeasures,
    FunctionResults,
    Moderators,
)
from alliance_value.alliances.contracts.life_cycle import OF_ENDS
from alliance_value.alliances.functions import function_results, partners
from alliance_value.alliances.life_cycle import Ends, ends_of
from alliance_value.alliances.moderators import measured, moderator_models
from alliance_value.alliances.sources.known_codes import known_codes
from alliance_value.contracts.storage import load, read, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    asked, confidence = this.params["constructs"], this.params["confidence"]
    dyads = pd.read_parquet(snakemake.input.dyads)
    tables = {Path(path).stem: read(path) for path in listed(snakemake.input.tables)}
    if "firm_classes" in tables:
        own, parties = tables["firm_classes"].firm, [dyads.firm_i, dyads.firm_j]
        this.tell(known_codes(own, pd.concat(parties), "firm_classes", "firms"))
    table = measured(dyads, asked, tables)
    every = table.reindex(columns=list(DyadMeasures.to_schema().columns))
    store(every, DyadMeasures, snakemake.output.dyad_measures)
    models = moderator_models(table, asked, confidence)
    this.tell(f"{models.model.nunique():,} models of what partners are to each other")
    store(models, Moderators, snakemake.output.moderators)
    if "function" in asked:
        ends = {
            name: load(path, contract)
            for name, contract in OF_ENDS.items()
            for path in listed(snakemake.input.get(name, []))
        }
        ended = ends_of(dyads, Ends(**ends)).ended
        last = dyads.announced.max()
        rows = partners(dyads, tables["function_spells"], ended, last)
        results = function_results(rows, confidence)
        store(results, FunctionResults, snakemake.output.alliance_function)
