from pathlib import Path

import pandas as pd

from alliance_value.contracts.catalogue import catalogue
from alliance_value.contracts.storage import load, store
from alliance_value.multiverse.contracts import (
    Multiverse,
    MultiverseChoices,
    MultiverseTests,
)
from alliance_value.multiverse.judge import (
    judge,
    settings_of,
    specifications_of,
    tables_of,
)
from alliance_value.multiverse.parts import load as load_part
from alliance_value.multiverse.solve import joined
from alliance_value.running.job import job, listed
from alliance_value.vocabulary.words import Words

with job(snakemake) as this:
    paths = {Path(path).stem: path for path in listed(snakemake.input.tables)}
    words = Words(**this.params["words"])
    parts = [Path(part) for part in listed(snakemake.input.get("parts", []))]
    workers, tables = snakemake.threads, []
    for grid in this.params["grids"]:
        model, settings = grid["model"], settings_of(grid, this.params["seed"], workers)
        table = load(paths[grid["table"]], catalogue()[grid["table"]])
        own = [part for part in parts if part.parent.name == grid["name"]]
        if own:
            specifications = specifications_of(table, grid, model, settings.seed)
            solved = joined([load_part(part) for part in own])
            tables.append(tables_of(grid, model, specifications, solved))
        else:
            tables.append(judge(table, grid, model, settings, this.tell))
    for name, contract, outputs in (
        ("multiverse", Multiverse, ("parquet", "csv")),
        ("multiverse_tests", MultiverseTests, ("tests",)),
        ("multiverse_choices", MultiverseChoices, ("choices",)),
    ):
        table = words.fill(pd.concat([getattr(one, name) for one in tables]))
        for output in outputs:
            store(table, contract, snakemake.output[output])
