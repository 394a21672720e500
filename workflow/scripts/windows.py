import pandas as pd

from alliance_value.events.calendar import calendar_windows
from alliance_value.running.job import job

with job(snakemake) as this:
    rule = this.params
    events = pd.read_parquet(snakemake.input.events)
    windows = calendar_windows(events, rule["estimation"], rule["windows"])
    this.tell(f"{len(windows)} windows of {windows.security.nunique()} securities")
    windows.to_parquet(snakemake.output.windows, index=False)
