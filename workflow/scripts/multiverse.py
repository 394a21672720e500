from pathlib import Path

import pandas as pd

from alliance_value.contracts.catalogue import catalogue
from alliance_value.contracts.storage import load, store
from alliance_value.multiverse.contracts import (
    Multiverse,
    MultiverseChoices,
    MultiverseTests,
)
from alliance_value.multiverse.judge import Settings, judge
from alliance_value.running.job import job, listed
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    paths = {Path(path).stem: path for path in listed(snakemake.input.tables)}
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
        table = load(paths[grid["table"]], catalogue()[grid["table"]])
        found.append(judge(table, grid, grid["model"], settings, this.tell))
    for name, contract, outputs in (
        ("multiverse", Multiverse, ("parquet", "csv")),
        ("multiverse_tests", MultiverseTests, ("tests",)),
        ("multiverse_choices", MultiverseChoices, ("choices",)),
    ):
        table = words.fill(pd.concat([getattr(tables, name) for tables in found]))
        for output in outputs:
            store(table, contract, snakemake.output[output])
