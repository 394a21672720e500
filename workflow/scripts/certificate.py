import pandas as pd

from alliance_value.certificate.contracts import Scores, Worlds
from alliance_value.certificate.power import kind_of
from alliance_value.certificate.score import scores
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    parts = [load(path, Worlds) for path in listed(snakemake.input.worlds)]
    like = {model["name"]: kind_of(model) for model in this.params["models"]}
    words = {design["name"]: design["words"] for design in this.params["designs"]}
    table = scores(pd.concat(parts, ignore_index=True), like, words)
    this.tell(f"{len(table):,} methods and quantities judged")
    store(table, Scores, snakemake.output.scores)
