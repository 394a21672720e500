from alliance_value.contracts.rejects import collect
from alliance_value.contracts.tables import Rejects, load, store
from alliance_value.running.job import job

with job(snakemake):
    parts = [load(path, Rejects) for path in snakemake.input.parts]
    store(collect(parts), Rejects, snakemake.output.rejects)
