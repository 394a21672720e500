from pathlib import Path

import pandas as pd

from alliance_value.certificate.contracts import Scores, Worlds
from alliance_value.certificate.page import tables
from alliance_value.certificate.score import scores
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    parts = [load(path, Worlds) for path in listed(snakemake.input.worlds)]
    table = scores(pd.concat(parts, ignore_index=True))
    this.tell(f"{len(table)} methods and quantities judged")
    store(table, Scores, snakemake.output.scores)
    text = tables(table, this.params["designs"])
    Path(snakemake.output.page).write_text(text, encoding="utf-8")
