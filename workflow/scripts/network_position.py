from alliance_value.alliances.contracts.alliances import (
    Alliances,
    Participants,
    Partnerships,
)
from alliance_value.alliances.contracts.constructs import NetworkPosition, NetworkYears
from alliance_value.alliances.positions import (
    firm_year_positions,
    network_years,
    ties_of_deals,
)
from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job

with job(snakemake) as this:
    firm_years = load(snakemake.input.firm_years, FirmYears)
    ties = ties_of_deals(
        load(snakemake.input.alliances, Alliances),
        load(snakemake.input.participants, Participants),
    )
    closings = firm_years.datadate.dt.year
    years = network_years(ties, int(closings.min()) - 1, int(closings.max()))
    this.tell(f"{years.year.nunique():,} networks of {years.firm.nunique():,} firms")
    store(years, NetworkYears, snakemake.output.network_years)
    found = firm_year_positions(
        years, firm_years, load(snakemake.input.partnerships, Partnerships)
    )
    store(found, NetworkPosition, snakemake.output.network_position)
