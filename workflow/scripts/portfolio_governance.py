from alliance_value.alliances.contracts.alliances import Partnerships
from alliance_value.alliances.contracts.governance import (
    Governance,
    PortfolioGovernance,
)
from alliance_value.alliances.governance import governance_of_portfolios
from alliance_value.contracts.firm_years import FirmYears
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job

with job(snakemake) as this:
    table = governance_of_portfolios(
        load(snakemake.input.governance, Governance),
        load(snakemake.input.partnerships, Partnerships),
        load(snakemake.input.firm_years, FirmYears),
    )
    store(table, PortfolioGovernance, snakemake.output.portfolio_governance)
