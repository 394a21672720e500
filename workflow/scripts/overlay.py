import pandas as pd

from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.storage import load
from alliance_value.running.job import job
from alliance_value.running.raw_files import raw_files
from alliance_value.simulate.overlay import TOLD, firm_list, write_overlay
from alliance_value.simulate.settings import WorldSettings

with job(snakemake) as this:
    settings = WorldSettings.from_mapping(
        {"seed": this.params["seed"], "dirt": this.params["dirt"], "effects": "none"}
    )
    told = {key: this.params[key] for key in TOLD if key in this.params}
    firms = firm_list(load(snakemake.input.firm_years, FirmYears), **told)
    this.tell(f"{len(firms):,} real firms; alliances and structures are simulated")
    first, last = firms.first_year.min(), firms.last_year.max()
    days = pd.bdate_range(f"{first}-01-01", f"{last + 1}-12-31")
    with raw_files(snakemake.output, this) as folder:
        write_overlay(settings, firms, days.to_numpy("datetime64[D]"), folder)
