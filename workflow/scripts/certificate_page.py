from pathlib import Path

from alliance_value.certificate.contracts import DesignCheck, Scores
from alliance_value.certificate.page import certificate_page
from alliance_value.contracts.storage import load
from alliance_value.exhibits.context import Context
from alliance_value.running.job import job

with job(snakemake) as this:
    templates = {
        Path(p).name: Path(p).read_text(encoding="utf-8")
        for p in snakemake.input.templates
    }
    page = certificate_page(
        load(snakemake.input.design_check, DesignCheck),
        load(snakemake.input.scores, Scores),
        this.params["study"],
        Context.of(this.params),
        templates,
    )
    Path(snakemake.output.html).write_text(page, encoding="utf-8")
