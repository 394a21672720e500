from pathlib import Path

import yaml

from alliance_value.running.job import job

with job(snakemake) as this:
    text = yaml.safe_dump(this.params["study"], sort_keys=False, allow_unicode=True)
    Path(snakemake.output.study).write_text(text, encoding="utf-8")
