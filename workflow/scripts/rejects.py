from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job

with job(snakemake):
    parts = [load(path, Rejects) for path in snakemake.input.parts]
    store(collect(parts), Rejects, snakemake.output.rejects)
