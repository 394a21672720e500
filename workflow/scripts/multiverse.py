import pandas as pd

from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.storage import load, store
from alliance_value.multiverse.contracts import (
    Multiverse,
    MultiverseChoices,
    MultiverseTests,
)
from alliance_value.multiverse.judge import Settings, judge
from alliance_value.running.job import job
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    panel = load(snakemake.input.panel, Panel)
    models = {model["name"]: model for model in this.params["models"]}
    words = Words(**this.params["words"])
    found = []
    for grid in this.params["grids"]:
        settings = Settings(
            grid["by"],
            grid["draws"],
            grid["permutations"],
            this.params["seed"],
            snakemake.threads,
        )
        found.append(judge(panel, grid, models[grid["model"]], settings, this.tell))
    for name, contract, outputs in (
        ("multiverse", Multiverse, ("parquet", "csv")),
        ("multiverse_tests", MultiverseTests, ("tests",)),
        ("multiverse_choices", MultiverseChoices, ("choices",)),
    ):
        table = words.fill(pd.concat([getattr(tables, name) for tables in found]))
        for output in outputs:
            store(table, contract, snakemake.output[output])
