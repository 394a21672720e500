from pathlib import Path

from alliance_value.contracts.storage import load
from alliance_value.multiverse.contracts import Multiverse
from alliance_value.multiverse.page import multiverse_page
from alliance_value.running.job import job

with job(snakemake) as this:
    templates = {
        Path(p).name: Path(p).read_text(encoding="utf-8")
        for p in snakemake.input.templates
    }
    table = load(snakemake.input.multiverse, Multiverse)
    page = multiverse_page(table, this.params["study"], templates)
    Path(snakemake.output.html).write_text(page, encoding="utf-8")
