from pathlib import Path

import pandas as pd

from alliance_value.models.coverage import DESIGNS, coverage, coverage_table
from alliance_value.models.coverage_models import (
    DEPENDENT,
    coverage_of_models,
    list_of_models,
)
from alliance_value.running.job import job

with job(snakemake) as this:
    parts, further = [], []
    draws, seed = this.params["draws"], this.params["seed"]
    for design in DESIGNS:
        this.tell(f"{this.params['panels']} panels of the design {design}")
        parts.append(coverage(design, this.params["panels"], draws, seed))
    for name in DEPENDENT:
        this.tell(f"{this.params['tables']} tables of the design {name}")
        further.append(coverage_of_models(name, this.params["tables"], draws, seed))
    table = pd.concat([*parts, *further])
    table.to_csv(snakemake.output.coverage, index=False, lineterminator="\n")
    text = coverage_table(pd.concat(parts)), list_of_models(pd.concat(further))
    Path(snakemake.output.table).write_text("\n".join(text), encoding="utf-8")
