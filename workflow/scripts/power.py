from pathlib import Path

from alliance_value.certificate.contracts import DesignCheck
from alliance_value.certificate.words import power_text
from alliance_value.contracts.storage import load, read
from alliance_value.exhibits.context import Context
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    tests = [read(path) for path in listed(snakemake.input.size_power)]
    text = power_text(
        load(snakemake.input.design_check, DesignCheck),
        Context.of(this.params),
        tests[0] if tests else None,
    )
    Path(snakemake.output.text).write_text(text, encoding="utf-8")
    print(text)
