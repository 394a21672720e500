import json
import shutil
from pathlib import Path

from alliance_value.running.files import RAW, under
from alliance_value.running.job import job
from alliance_value.running.provenance import FILE, Job, dumps, gather

with job(snakemake) as this:
    words = json.loads(Path(snakemake.params.words).read_text(encoding="utf-8"))
    output = snakemake.output.provenance
    last = Job(snakemake.rule, tuple(map(str, snakemake.input)), (output,))
    provenance = gather(
        words["study"],
        Path(),
        last,
        words["portable"],
        given=lambda path: under(path, RAW) and path not in words["raw"],
    )
    text = dumps(provenance)
    # Copies of the intermediates travel beside the results; DVC, which empties the
    # folders of its outputs before a run, never has the intermediates themselves.
    steps = Path(words["steps"])
    shutil.rmtree(steps, ignore_errors=True)
    for path in provenance.intermediates(words["processed"]):
        copy = steps / Path(path).relative_to(words["processed"])
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    steps.mkdir(parents=True, exist_ok=True)
    (steps / FILE).write_text(text, encoding="utf-8")
    Path(output).write_text(text, encoding="utf-8")
