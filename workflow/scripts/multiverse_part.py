from pathlib import Path

from alliance_value.contracts.catalogue import catalogue
from alliance_value.contracts.storage import load
from alliance_value.multiverse.judge import settings_of, specifications_of
from alliance_value.multiverse.parts import save
from alliance_value.multiverse.rows import Frame
from alliance_value.multiverse.solve import solve
from alliance_value.running.job import job, listed
from alliance_value.study.multiverse import parts

with job(snakemake) as this:
    paths = {Path(path).stem: path for path in listed(snakemake.input.tables)}
    asked_for = snakemake.wildcards
    grid = next(g for g in this.params["grids"] if g["name"] == asked_for.grid)
    table = load(paths[grid["table"]], catalogue()[grid["table"]])
    settings = settings_of(grid, this.params["seed"], snakemake.threads)
    solved = solve(
        Frame(table),
        specifications_of(table, grid, grid["model"], settings.seed),
        settings,
        this.tell,
        (int(asked_for.part) - 1, parts(grid)),
    )
    save(solved, snakemake.output.part)
