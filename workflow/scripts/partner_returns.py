from alliance_value.alliances.contracts.dyads import Dyads
from alliance_value.alliances.contracts.partner_returns import PartnerReturns
from alliance_value.alliances.partner_returns import partner_returns
from alliance_value.contracts.events import Cars
from alliance_value.contracts.storage import load, store
from alliance_value.running.job import job

with job(snakemake) as this:
    table = partner_returns(
        load(snakemake.input.dyads, Dyads), load(snakemake.input.cars, Cars)
    )
    store(table, PartnerReturns, snakemake.output.partner_returns)
