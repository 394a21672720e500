import pandas as pd

from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.inference import LeaveOut
from alliance_value.contracts.storage import load, store
from alliance_value.models.leave_out import leave_out
from alliance_value.running.job import job
from alliance_value.study.spec import Model

with job(snakemake) as this:
    panel = load(snakemake.input.panel, Panel)
    tables = [
        leave_out(
            panel,
            Model.of(written),
            this.params["by"],
            this.trace,
            pairs=this.params["pairs"],
        )
        for written in this.params["models"]
    ]
    store(pd.concat(tables), LeaveOut, snakemake.output.leave_out)
