from pathlib import Path

import pandas as pd

from alliance_value.multiverse.size import PANELS, rejections, size_table
from alliance_value.running.job import job

with job(snakemake) as this:
    settings = [this.params[key] for key in ("draws", "seed")]
    parts = [rejections(firms, n, *settings) for firms, n in PANELS.items()]
    found = pd.concat(parts)
    found.to_csv(snakemake.output.size, index=False, lineterminator="\n")
    Path(snakemake.output.table).write_text(size_table(found), encoding="utf-8")
