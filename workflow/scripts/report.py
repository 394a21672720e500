import json
from pathlib import Path

from alliance_value.contracts.failures import Failures
from alliance_value.contracts.firm_years import CutPoints
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.results import Claims, Estimates, Fits, Validation
from alliance_value.contracts.storage import empty, load, read
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.render import from_json
from alliance_value.report.inputs import Inputs
from alliance_value.report.pages import pages
from alliance_value.running.job import job, listed


def by_file(paths):
    return {Path(p).name: Path(p).read_text(encoding="utf-8") for p in listed(paths)}


def by_name(paths):
    return {Path(p).stem: Path(p).read_text(encoding="utf-8") for p in listed(paths)}


def one(paths, contract):
    return next((load(p, contract) for p in listed(paths)), empty(contract))


with job(snakemake) as this:
    inputs = Inputs(
        study=this.params["study"],
        context=Context.of(this.params),
        libraries=this.params["libraries"],
        estimates=load(snakemake.input.estimates, Estimates),
        fits=load(snakemake.input.fits, Fits),
        failures=load(snakemake.input.failures, Failures),
        funnel=load(snakemake.input.funnel, Funnel),
        rejects=load(snakemake.input.rejects, Rejects),
        cut_points=one(snakemake.input.cut_points, CutPoints),
        validation=one(snakemake.input.validation, Validation),
        claims=one(snakemake.input.claims, Claims),
        sources=[
            json.loads(Path(path).read_text(encoding="utf-8"))
            for path in listed(snakemake.input.sources)
        ],
        results={Path(p).stem: read(p) for p in listed(snakemake.input.results)},
        tables={n: from_json(t) for n, t in by_name(snakemake.input.tables).items()},
        figures=by_name(snakemake.input.figures),
        captions=by_name(snakemake.input.captions),
        study_file=this.params["study_file"],
    )
    templates = by_file(snakemake.input.templates)
    report = pages(inputs, templates, snakemake.output.html)
    Path(snakemake.output.html).write_text(report.html, encoding="utf-8")
    Path(snakemake.output.pdf).write_bytes(report.pdf)
    Path(snakemake.output.numbers).write_text(report.json, encoding="utf-8")
    Path(snakemake.output.tex).write_text(report.tex, encoding="utf-8")
    Path(snakemake.output.summary).write_text(report.summary, encoding="utf-8")
