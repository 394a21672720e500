import pandas as pd

from alliance_value.contracts.problems import raise_if
from alliance_value.events.calendar import calendar_windows
from alliance_value.events.exclusions import none_in_period
from alliance_value.events.settings import days_of, pair, rules_of
from alliance_value.running.job import job, listed

with job(snakemake) as this:
    parts = [pd.read_parquet(path) for path in listed(snakemake.input.events)]
    events = pd.concat(parts, ignore_index=True)
    announced = pd.to_datetime(events["announced"])
    raise_if(none_in_period(announced, rules_of(this.params)), "the event study")
    windows = calendar_windows(
        events, days_of(this.params, events), pair(this.params["path"])
    )
    this.tell(f"{len(windows):,} windows of {windows.security.nunique():,} securities")
    windows.to_parquet(snakemake.output.windows, index=False)
