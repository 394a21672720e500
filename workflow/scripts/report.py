import json
from pathlib import Path

from alliance_value.contracts.firm_years import CutPoints
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.results import Claims, Estimates, Fits, Validation
from alliance_value.contracts.storage import empty, load, read
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.render import from_json
from alliance_value.report.contents import contents
from alliance_value.report.html import page
from alliance_value.report.inputs import Inputs
from alliance_value.report.numbers import numbers, to_json, to_tex
from alliance_value.report.pdf import document
from alliance_value.report.summary import summary
from alliance_value.running.job import job, listed


def by_file(paths):
    return {Path(p).name: Path(p).read_text(encoding="utf-8") for p in listed(paths)}


def by_name(paths):
    return {Path(p).stem: Path(p).read_text(encoding="utf-8") for p in listed(paths)}


def made(paths, contract):
    return next((load(p, contract) for p in listed(paths)), empty(contract))


with job(snakemake) as this:
    inputs = Inputs(
        study=this.params["study"],
        context=Context.of(this.params),
        libraries=this.params["libraries"],
        estimates=load(snakemake.input.estimates, Estimates),
        fits=load(snakemake.input.fits, Fits),
        funnel=load(snakemake.input.funnel, Funnel),
        rejects=load(snakemake.input.rejects, Rejects),
        cut_points=made(snakemake.input.cut_points, CutPoints),
        validation=made(snakemake.input.validation, Validation),
        claims=made(snakemake.input.claims, Claims),
        sources=[
            json.loads(Path(path).read_text(encoding="utf-8"))
            for path in listed(snakemake.input.sources)
        ],
        results={Path(p).stem: read(p) for p in listed(snakemake.input.results)},
        tables={n: from_json(t) for n, t in by_name(snakemake.input.tables).items()},
        figures=by_name(snakemake.input.figures),
        captions=by_name(snakemake.input.captions),
    )
    templates = by_file(snakemake.input.templates)
    sections = contents(inputs)
    html = page(inputs.study, sections, templates)
    Path(snakemake.output.html).write_text(html, encoding="utf-8")
    paper = document(inputs.study, sections, templates["report.typ"])
    Path(snakemake.output.pdf).write_bytes(paper)
    named = numbers(inputs)
    Path(snakemake.output.numbers).write_text(to_json(named), encoding="utf-8")
    Path(snakemake.output.tex).write_text(to_tex(named), encoding="utf-8")
    Path(snakemake.output.summary).write_text(
        summary(inputs, snakemake.output.html), encoding="utf-8"
    )
