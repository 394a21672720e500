import json
from pathlib import Path

from alliance_value.contracts.tables import (
    CutPoints,
    Estimates,
    Fits,
    Funnel,
    Rejects,
    Validation,
    empty,
    load,
)
from alliance_value.report.html import Inputs, render
from alliance_value.report.summary import summary
from alliance_value.study.job import job, listed


def by_file(paths):
    return {Path(p).name: Path(p).read_text(encoding="utf-8") for p in listed(paths)}


def by_name(paths):
    return {Path(p).stem: Path(p).read_text(encoding="utf-8") for p in listed(paths)}


with job(snakemake) as this:
    inputs = Inputs(
        study=this.params["study"],
        labels=this.params["labels"],
        libraries=this.params["libraries"],
        estimates=load(snakemake.input.estimates, Estimates),
        fits=load(snakemake.input.fits, Fits),
        funnel=load(snakemake.input.funnel, Funnel),
        rejects=load(snakemake.input.rejects, Rejects),
        cut_points=load(snakemake.input.cut_points, CutPoints),
        validation=(
            load(snakemake.input.validation, Validation)
            if snakemake.input.validation
            else empty(Validation)
        ),
        sources=[
            json.loads(Path(path).read_text(encoding="utf-8"))
            for path in listed(snakemake.input.sources)
        ],
        tables=by_name(snakemake.input.tables),
        figures=by_name(snakemake.input.figures),
        captions=by_name(snakemake.input.captions),
    )
    templates = by_file(snakemake.input.templates)
    Path(snakemake.output.html).write_text(render(inputs, templates), encoding="utf-8")
    Path(snakemake.output.summary).write_text(
        summary(inputs, snakemake.output.html), encoding="utf-8"
    )
