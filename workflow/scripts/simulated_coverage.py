from pathlib import Path

import pandas as pd

from alliance_value.models.coverage import DESIGNS, coverage, coverage_table
from alliance_value.running.job import job

with job(snakemake) as this:
    parts = []
    for design in DESIGNS:
        this.tell(f"{this.params['panels']} panels of the design {design}")
        settings = (this.params[key] for key in ("panels", "draws", "seed"))
        parts.append(coverage(design, *settings))
    table = pd.concat(parts)
    table.to_csv(snakemake.output.coverage, index=False, lineterminator="\n")
    Path(snakemake.output.table).write_text(coverage_table(table), encoding="utf-8")
