import json
from pathlib import Path

from alliance_value.alliances.contracts.alliances import Alliances, Participants
from alliance_value.alliances.contracts.structures import Structures
from alliance_value.alliances.source_funnel import Counted, source_funnel
from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects, collect
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    profiles = [
        json.loads(Path(path).read_text(encoding="utf-8"))
        for path in listed(snakemake.input.profiles)
    ]
    tables = Counted(
        load(snakemake.input.alliances, Alliances),
        load(snakemake.input.participants, Participants),
        load(snakemake.input.structures, Structures),
        load(snakemake.input.panel, Panel),
    )
    rejected = collect([load(p, Rejects) for p in listed(snakemake.input.rejects)])
    funnel = source_funnel(profiles, rejected, tables, this.params["portfolio"])
    store(funnel, Funnel, snakemake.output.funnel)
