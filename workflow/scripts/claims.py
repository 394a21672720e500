from pathlib import Path

import pandas as pd
import yaml

from alliance_value.alliances.claims import Evidence, claims_table
from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.results import Claims, Covariances, Estimates
from alliance_value.contracts.storage import load, read, store
from alliance_value.models.design import design
from alliance_value.running.job import job, listed
from alliance_value.study.spec import Model

with job(snakemake) as this:
    claims = yaml.safe_load(Path(snakemake.input.claims).read_text(encoding="utf-8"))
    panel = load(snakemake.input.panel, Panel)
    samples, outcomes = {}, {}
    for written in this.params["models"]:
        model = Model.of(written)
        found = design(panel, model, FunnelBranch(model.name), [])
        if found is not None:
            samples[model.name] = found.factors.assign(**{model.outcome: found.outcome})
            outcomes[model.name] = model.outcome
    dyads = [read(path) for path in listed(snakemake.input.dyads)]
    table = claims_table(
        claims,
        Evidence(
            load(snakemake.input.estimates, Estimates),
            load(snakemake.input.covariances, Covariances),
            samples,
            outcomes,
            dyads[0] if dyads else pd.DataFrame(),
            this.params["confidence"],
        ),
    )
    this.tell(f"{len(table)} readings of {table.claim.nunique()} claims")
    store(table, Claims, snakemake.output.claims)
