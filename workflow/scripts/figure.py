from pathlib import Path

from alliance_value.contracts.tables import Estimates, Margins, load, write_csv
from alliance_value.exhibits.figures import Context, draw
from alliance_value.exhibits.style import save
from alliance_value.study.job import job
from alliance_value.study.spec import Figure, build

with job(snakemake) as this:
    picture = draw(
        build(Figure, this.params["figure"]),
        load(snakemake.input.estimates, Estimates),
        load(snakemake.input.margins, Margins),
        build(Context, this.params),
    )
    for name in ("svg", "pdf", "png"):
        save(picture.figure, snakemake.output[name])
    write_csv(picture.data, snakemake.output.csv)
    Path(snakemake.output.caption).write_text(picture.caption, encoding="utf-8")
