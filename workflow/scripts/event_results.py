from pathlib import Path

import pandas as pd

from alliance_value.contracts.events import (
    Caar,
    EventTests,
    Exclusions,
    UnitCaar,
    UnitTests,
)
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job, listed

with job(snakemake):
    for name, contract, united in (
        ("event_tests", EventTests, UnitTests),
        ("caar", Caar, UnitCaar),
    ):
        parts = []
        for path in listed(snakemake.input[name]):
            part = load(path, contract)
            part.insert(0, "unit", Path(path).parent.name)
            parts.append(part)
        store(pd.concat(parts), united, snakemake.output[name])
    store(
        load(snakemake.input.exclusions, Exclusions),
        Exclusions,
        snakemake.output.exclusions,
    )
