import json
from pathlib import Path

from alliance_value.contracts.accounts import DataQuality
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.storage import load, store
from alliance_value.report.data_quality import quality_page, quality_table
from alliance_value.running.job import job, listed


def in_json(paths):
    return [json.loads(Path(p).read_text(encoding="utf-8")) for p in listed(paths)]


with job(snakemake) as this:
    profiles = in_json(snakemake.input.profiles)
    records = in_json(snakemake.input.records)
    rejects = load(snakemake.input.rejects, Rejects)
    table = quality_table(profiles, rejects)
    this.tell(f"{len(table):,} columns of source files")
    store(table, DataQuality, snakemake.output.csv)
    templates = {
        Path(p).name: Path(p).read_text(encoding="utf-8")
        for p in snakemake.input.templates
    }
    page = quality_page(profiles, records, rejects, this.params, templates)
    Path(snakemake.output.html).write_text(page, encoding="utf-8")
