from pathlib import Path

from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.storage import load
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.funnel import draw_funnel, funnel_table
from alliance_value.exhibits.style import save
from alliance_value.exhibits.word import in_every_format
from alliance_value.running.job import job

with job(snakemake) as this:
    funnel = load(snakemake.input.funnel, Funnel)
    context = Context.of(this.params)
    picture = draw_funnel(funnel, context)
    for name in ("svg", "pdf", "png"):
        save(picture.figure, snakemake.output[name])
    Path(snakemake.output.caption).write_text(picture.caption, encoding="utf-8")
    table = funnel_table(funnel, context)
    for name, contents in in_every_format(table).items():
        Path(snakemake.output[name]).write_bytes(contents)
