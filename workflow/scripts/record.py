from pathlib import Path

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.running.job import job
from alliance_value.running.provenance import read
from alliance_value.running.recorded import dumps, record, results_of

with job(snakemake) as this:
    provenance = read(Path(snakemake.input.provenance))
    results = results_of(provenance, Path()) if provenance else None
    if provenance is None or results is None:
        raise UserError(
            [
                Problem(
                    rule="a result is not what the last whole run made",
                    remedy="run the whole study, then record it",
                    where=snakemake.input.provenance,
                )
            ],
            "recording results",
        )
    text = dumps(record(provenance, results))
    Path(snakemake.output.record).write_text(text, encoding="utf-8")
