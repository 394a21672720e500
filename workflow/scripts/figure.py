from pathlib import Path

from alliance_value.contracts.storage import read, write_csv
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import draw
from alliance_value.exhibits.style import save
from alliance_value.running.job import job, listed
from alliance_value.study.spec import Figure, build

with job(snakemake) as this:
    picture = draw(
        build(Figure, this.params["figure"]),
        {Path(path).stem: read(path) for path in listed(snakemake.input.tables)},
        Context.of(this.params),
    )
    for name in ("svg", "pdf", "png"):
        save(picture.figure, snakemake.output[name])
    write_csv(picture.data, snakemake.output.csv)
    Path(snakemake.output.caption).write_text(picture.caption, encoding="utf-8")
