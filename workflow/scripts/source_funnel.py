import json
from pathlib import Path

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances, Participants
from alliance_value.alliances.contracts.structures import Structures
from alliance_value.alliances.source_funnel import deal_funnel, row_funnel
from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    rejected = collect([load(p, Rejects) for p in listed(snakemake.input.rejects)])
    branches = []
    for path in listed(snakemake.input.profiles):
        profile = json.loads(Path(path).read_text(encoding="utf-8"))
        names = [file["file"] for file in profile["files"]]
        own = rejected[rejected.file.isin(names)]
        rows = [file["rows"] for file in profile["files"]]
        if None in rows:
            continue
        if profile["source"] != "alliances":
            branches.append(row_funnel(profile["source"], sum(rows), own).table())
            continue
        deals = deal_funnel(
            sum(rows),
            load(snakemake.input.alliances, Alliances),
            load(snakemake.input.participants, Participants),
            load(snakemake.input.structures, Structures),
            own,
            load(snakemake.input.panel, Panel),
            this.params["portfolio"],
        )
        branches.insert(0, deals.table())
    store(pd.concat(branches), Funnel, snakemake.output.funnel)
